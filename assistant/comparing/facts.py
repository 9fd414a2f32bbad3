"""The table of differences: what corresponding sentences say otherwise, and what only one side says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from assistant.comparing.changes import added_rule, runs
from assistant.comparing.matching import Match
from assistant.comparing.mentions import Naming
from assistant.comparing.model import FactDifference, FactKind
from assistant.comparing.naming import named_differently
from assistant.comparing.quantities import amounts, unequal
from assistant.comparing.text import Part, Passage
from assistant.premises.passages import part_of
from corpus.clauses import PREAMBLE, SIGNATURE
from corpus.model import Clause, Span

_ORDER = {kind: place for place, kind in enumerate(FactKind)}


def differences(matched: Iterable[Match], regions: tuple[str, str]) -> list[FactDifference]:
    """The table of differences, ordered by kind and then like the text; equal rows once.

    ``regions`` are the places that the documents bind.
    """
    told = (match for match in _united(matched) if _is_told(match))
    found = (fact for match in told for fact in _facts(match, regions))
    once: dict[FactDifference, FactDifference] = {}
    for fact in found:
        once.setdefault(replace(fact, left_part="", right_part=""), fact)
    return sorted(once.values(), key=lambda fact: _ORDER[fact.kind])


def _united(matched: Iterable[Match]) -> list[Match]:
    """The matches, with neighbouring sentences of a clause that only one side has made one."""
    united: list[Match] = []
    for match in matched:
        before = united[-1] if united else Match(Passage(()), Passage(()))
        if _continues(before.left, match.left) and not before.right.sentences and not match.right.sentences:
            united[-1] = Match(Passage(before.left.sentences + match.left.sentences), match.right)
        elif _continues(before.right, match.right) and not before.left.sentences and not match.left.sentences:
            united[-1] = Match(match.left, Passage(before.right.sentences + match.right.sentences))
        else:
            united.append(match)
    return united


def _continues(before: Passage, passage: Passage) -> bool:
    if not before.sentences or not passage.sentences:
        return False
    last, first = before.sentences[-1], passage.sentences[0]
    is_next = last.clause is first.clause and first.number == last.number + 1
    return is_next and first.part is last.part is Part.RULE


def _is_told(match: Match) -> bool:
    """Whether a match is about rules and bodies, and not about headings, preamble or signature."""
    sentences = (*match.left.sentences, *match.right.sentences)
    is_frame = any(s.clause.path.rpartition("/")[2] in (PREAMBLE, SIGNATURE) for s in sentences)
    return not is_frame and all(s.part is not Part.HEADING for s in sentences)


def _facts(match: Match, regions: tuple[str, str]) -> Iterator[FactDifference]:
    left, right = match.left, match.right
    if left.text == right.text:
        return
    if (*left.sentences, *right.sentences)[0].part is Part.UNITS:
        yield _fact(FactKind.BODY, match, left.whole, right.whole)
        return
    for one, other in unequal(amounts(left.text), amounts(right.text)):
        kind, year = next((amount.kind, amount.year) for amount in (one, other) if amount)
        yield _fact(kind, match, one.span if one else None, other.span if other else None, year)
    if not left.sentences or not right.sentences:
        yield _fact(FactKind.RULE, match, left.whole, right.whole)
        return
    for named in named_differently(Naming(left.text, regions[0]), Naming(right.text, regions[1])):
        yield _fact(named.kind, match, named.left, named.right)
    for run in runs(left.text, right.text):
        here, there = added_rule(left.text, run.left, run.right), added_rule(right.text, run.right, run.left)
        if here or there:
            yield _fact(FactKind.RULE, match, here, there)


def _fact(
    kind: FactKind, match: Match, left: Span | None, right: Span | None, year: str = ""
) -> FactDifference:
    clauses = _clause(match.left, left), _clause(match.right, right)
    heading = next((_heading(clause) for clause in clauses if clause), "")
    is_whole = kind is FactKind.RULE
    return FactDifference(
        kind,
        f"{heading}（{year}年）" if year else heading,
        _words(match.left, left),
        _words(match.right, right),
        clauses[0].id if clauses[0] else "",
        clauses[1].id if clauses[1] else "",
        "" if is_whole else _part(match.left, left),
        "" if is_whole else _part(match.right, right),
    )


def _clause(passage: Passage, span: Span | None) -> Clause | None:
    return passage.clause_at(span.start) if span and span.start < span.end else None


def _words(passage: Passage, span: Span | None) -> str:
    return passage.verbatim(span) if span and span.start < span.end else ""


def _part(passage: Passage, span: Span | None) -> str:
    """The part of the sentence that words stand in, between two marks."""
    return passage.verbatim(part_of(passage.text, span)) if span and span.start < span.end else ""


def _heading(clause: Clause) -> str:
    """The heading of a clause, or that of its section, or its label."""
    heading = clause.heading or next(reversed(clause.ancestors), "") or clause.label
    return "".join(heading.split())
