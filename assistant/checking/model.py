"""What a check of quotations and references finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from corpus.model import Span
from corpus.model import Status as DocumentStatus


class Kind(StrEnum):
    """What is judged."""

    QUOTE = "quote"
    REFERENCE = "reference"


class Verdict(StrEnum):
    """How a quotation or reference stands against the corpus."""

    EXACT = "exact"
    NEAR = "near"  # the words differ a little
    WRONG_REFERENCE = "wrong_reference"  # right words, wrong clause, document or place
    CONTRADICTED = "contradicted"  # the clause says otherwise
    NOT_FOUND = "not_found"


class DifferenceKind(StrEnum):
    """What a difference is about; those that change the meaning come first."""

    NUMBER = "number"
    NEGATION = "negation"
    PLACE = "place"
    BODY = "body"
    WORDS = "words"
    SPELLING = "spelling"  # of an equal number: 五年, 5年


@dataclass(frozen=True, slots=True)
class Difference:
    """Words of the source and what the text gives instead; one of them may be empty."""

    source: str
    given: str
    kind: DifferenceKind = DifferenceKind.WORDS


@dataclass(frozen=True, slots=True)
class Target:
    """A clause with what people call it."""

    clause: str  # dalian:五/（十七）
    document: str
    number: str
    label: str
    region: str
    status: DocumentStatus
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A quotation or a reference at ``span`` of the checked text, with what is said of it.

    ``target`` is the clause that has the words or that the reference names, or the nearest one where nothing
    does; ``claimed`` is what the text says the clause is, where that is another one. ``differences`` are ordered
    by how much they matter. ``remark`` tells in Chinese what is wrong: a draft, a repealed text, spliced clauses.
    ``is_narrated`` tells of a reference that the text says something of it in words of its own, which are held
    against the clause for numbers and negations alone.
    """

    text: str
    kind: Kind
    verdict: Verdict
    span: Span
    target: Target | None = None
    claimed: Target | None = None
    differences: tuple[Difference, ...] = ()
    remark: str = ""
    is_narrated: bool = False
