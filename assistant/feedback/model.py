"""What is kept of a judged answer. Nothing in it says who judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from assistant.model import Status

LONGEST_COMMENT = 1000
"""Characters of a comment that are kept."""


class Verdict(StrEnum):
    """A thumb."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a user says about an answer."""

    verdict: Verdict
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Cited:
    """A clause that the answer rests on, and its words there."""

    clause: str
    quote: str


@dataclass(frozen=True, slots=True)
class Versions:
    """Digests of what made the answer.

    ``model`` is the language model that wrote it, at the host ``endpoint``, with ``prompts`` of that digest; all
    three are "" for an answer made of quotes.
    """

    program: str
    corpus: str
    encoder: str
    model: str = ""
    endpoint: str = ""
    prompts: str = ""

    def without_model(self) -> Versions:
        """What is left of them where no language model had a hand in the answer."""
        return Versions(self.program, self.corpus, self.encoder)


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """A question with its answer. ``history`` holds the earlier turns of the user, oldest first.

    ``digests`` are those of the cited clauses by id, see :mod:`assistant.clause_digests`.
    """

    question: str
    region: str
    history: tuple[str, ...]
    status: Status
    text: str
    citations: tuple[Cited, ...]
    digests: Mapping[str, str]
    versions: Versions


@dataclass(frozen=True, slots=True)
class Feedback:
    """An entry of the store. ``time`` is that of the first thumb: 2026-11-22T05:30Z."""

    id: int
    time: str
    opinion: Opinion
    answer: JudgedAnswer
