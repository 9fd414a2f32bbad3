"""What a question takes for granted and the cited clauses contradict, as remarks that quote both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.evidence import Evidence
from assistant.premises import amounts, bodies, documents, series
from assistant.premises.passages import Contradiction, Passage
from assistant.understanding import Query

_CHECKS = (documents.contradicted, amounts.contradicted, series.contradicted, bodies.contradicted)


@dataclass(frozen=True, slots=True)
class Correction:
    """A remark, and the words of the question that it repeats: they need not stand in what it cites."""

    text: str
    asked: tuple[str, ...]


def corrections(query: Query, quoted: Sequence[tuple[Evidence, str]]) -> tuple[Correction | None, ...]:
    """For each quote of an answer the remark that belongs before it; None where it contradicts nothing.

    Quotes of one place are seen together: what one of their clauses confirms is not corrected, and
    nothing is corrected twice.
    """
    passages = [Passage(evidence, quote) for evidence, quote in quoted]
    found: dict[int, list[Contradiction]] = {}
    for region in dict.fromkeys(passage.evidence.region for passage in passages):
        group = [passage for passage in passages if passage.evidence.region == region]
        for passage, contradiction in _found(query, group):
            found.setdefault(id(passage), []).append(contradiction)
    return tuple(_correction(found.get(id(passage), ())) for passage in passages)


def _found(query: Query, group: Sequence[Passage]) -> Iterator[tuple[Passage, Contradiction]]:
    for check in _CHECKS:
        yield from check(query, group)


def _correction(found: Sequence[Contradiction]) -> Correction | None:
    """One clause for each thing that is wrong: 原文为“5年”，与提问中的“3年”不符."""
    remarks: list[str] = []
    for what in dict.fromkeys(item.what for item in found):
        same = [item for item in found if item.what == what]
        original = "".join(dict.fromkeys(f"“{item.original}”" for item in same))
        asked = "".join(dict.fromkeys(f"“{item.asked}”" for item in same))
        remarks.append(f"{what}为{original}，与提问中的{asked}不符")
    asked_words = tuple(dict.fromkeys(item.asked for item in found))
    return Correction("；".join(remarks), asked_words) if found else None
