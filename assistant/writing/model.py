"""What a language model writes, before and after it is checked."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.evidence import Evidence
from corpus.model import Span


@dataclass(frozen=True, slots=True)
class Support:
    """What a claim rests on: the label of a piece of evidence (E1) and the words of it, "" where none are given."""

    label: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class DraftClaim:
    """A statement as the model writes it."""

    text: str
    supports: tuple[Support, ...] = ()


@dataclass(frozen=True, slots=True)
class Quoted:
    """Whole sentences of a clause, as a span of the clean text of its source."""

    evidence: Evidence
    span: Span


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A statement after the check: the sentences that carry it, or the ``reason`` why it must not be shown.

    ``text`` is the model's without labels (E1) and hidden characters. The reason is Chinese, for the model
    that may repair the claim and for who reads the steps of an answer.
    """

    text: str
    quoted: tuple[Quoted, ...] = ()
    reason: str = ""
