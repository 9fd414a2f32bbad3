"""For whom and on what conditions a rule holds: a claim must not leave out or change them."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.premises import series
from assistant.premises.passages import pairs
from assistant.writing.claim_force import BACK, forces
from assistant.writing.claim_retelling import LEAST, OPENING, patterns, told
from assistant.writing.claim_text import Part, Statement
from assistant.writing.grounds import Grounds, Sentence

_CONDITION, _PROCEDURE = (patterns("conditions")[name] for name in ("words", "procedures"))
_SERIES = series.load()

_KEPT, _TOUCHED = 0.5, 0.3
"""Share of the character pairs of a condition that a claim must have, and of a procedure."""

_NOUN = 10
"""Characters behind a condition in which the noun stands that it belongs to."""


def conditions_fault(statement: Statement, grounds: Grounds, meant: str = "") -> str:
    """A condition of a rule that a claim leaves out. ``meant`` are official terms for words of the claim."""
    own = set(pairs(statement.text)) | set(pairs(meant))
    for pair in told(statement, grounds.sentences):
        if any(sentence.lists_units for sentence, _ in pair.sources):
            continue
        nouns = own.difference(pairs(pair.source.text))
        noun_conditions = (found for _, part in pair.sources for found in _qualifiers(part, nouns))
        ruling = (item for item in pair.sources if item[1] in (pair.source, *pair.whole))
        conditions = (found for sentence, part in ruling for found in _conditions(sentence, part))
        for condition, share in (*conditions, *noun_conditions):
            needed = set(pairs(condition))
            if needed and len(needed & own) < share * len(needed):
                return f"漏掉条件“{condition}”"
    return ""


def _qualifiers(part: Part, nouns: set[str]) -> Iterator[tuple[str, float]]:
    """Conditions before a noun that the claim has: 具有执业医师资格的 for 乡村医生."""
    for condition in _CONDITION.finditer(part.text):
        if len(nouns.intersection(pairs(part.text[condition.end() :][:_NOUN]))) >= LEAST:
            yield condition[0], _KEPT


def _conditions(sentence: Sentence, part: Part) -> Iterator[tuple[str, float]]:
    """Conditions of the rule that a part belongs to, and the share of each that a claim must have."""
    parts = sentence.statement.parts
    at = first = parts.index(part)
    near = (i for i in range(at, max(-1, at - BACK - 1), -1) if forces(parts[i].text) - {"encouraged"})
    first = next(near, at)
    while first and OPENING.search(parts[first - 1].text):
        first -= 1
        if parts[first].text.endswith(("的", "者")):
            yield parts[first].text, _KEPT
    for before in parts[first : at + 1]:
        yield from ((found[0], _KEPT) for found in _CONDITION.finditer(before.text))
        yield from ((found[0], _TOUCHED) for found in _PROCEDURE.finditer(before.text))


def members_fault(statement: Statement, grounds: Grounds) -> str:
    """A member of a closed series (本科, 副高级, 乡镇卫生院) that the clauses do not name so."""
    for row in _SERIES:
        known = list(row.mentions(grounds.text))
        for own in row.mentions(statement.text):
            same = [other for other in known if other.ranks == own.ranks]
            words = statement.text[own.span.start : own.span.end]
            if not same:
                return f"“{words}”不在所引条款中"
            if all(other.bound != own.bound for other in same):
                stated = grounds.text[same[0].span.start : same[0].span.end]
                return f"“{words}”与原文“{stated}”的范围不同"
    return ""
