"""The kind of answer that a question asks for, from its form, and what can hold such an answer."""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from pathlib import Path

from corpus.numerals import HAN_NUMERAL


class Kind(StrEnum):
    """What is asked for. A question can ask for several; ``GENERAL`` asks for the rule itself."""

    GENERAL = "general"
    MONEY = "money"
    DURATION = "duration"
    PERCENT = "percent"
    COUNT = "count"
    DATE = "date"
    CONTACT = "contact"
    PERSON = "person"
    RESPONSIBLE = "responsible"
    DOCUMENT = "document"
    CLAUSE = "clause"
    CONDITION = "condition"
    PROCEDURE = "procedure"
    COMPARE = "compare"
    YES_NO = "yes_no"


_NUMBER = rf"(?:[0-9]+(?:\.[0-9]+)?|{HAN_NUMERAL})"
_TABLES = tomllib.loads(
    Path(__file__).with_name("vocabulary").joinpath("kinds.toml").read_text(encoding="utf-8")
)


def _patterns(table: str) -> dict[Kind, re.Pattern[str]]:
    return {
        Kind(name): re.compile("|".join(expressions).replace("N", _NUMBER))
        for name, expressions in _TABLES[table].items()
    }


_QUESTION, _EVIDENCE = _patterns("question"), _patterns("evidence")
_MEASURES = {
    re.compile(f"(?:多少|(?<![没好])几)(?:{'|'.join(words)})"): re.compile(
        rf"{_NUMBER}\s*(?:余|多)?(?:{'|'.join(words)})"
    )
    for words in _TABLES["measures"].values()
}

MEASURABLE = frozenset(_EVIDENCE)
"""Kinds whose answer shows in the text: a clause without a match cannot hold it."""


def kinds_of(question: str) -> tuple[Kind, ...]:
    """Kinds that a normalised question asks for; ``GENERAL`` where its form does not tell."""
    found = tuple(kind for kind, pattern in _QUESTION.items() if pattern.search(question))
    return found or (Kind.GENERAL,)


def holds_measures(question: str, text: str) -> bool:
    """Whether a text counts in the measure words that a question asks for: 多少分 needs 60分."""
    return all(held.search(text) for asked, held in _MEASURES.items() if asked.search(question))


def can_hold(kind: Kind, text: str) -> bool:
    """Whether a text can hold an answer of that kind; kinds without a visible form always can."""
    pattern = _EVIDENCE.get(kind)
    return pattern is None or bool(pattern.search(text))
