"""Quoted sentences of a comparison, and which of them speak about the same point."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.evidence import Evidence
from assistant.quotation import pairs, text_of
from corpus.model import Span
from index.normalize import normalize_for_search
from index.sentences import split_sentences

_ALIKE = 0.4
"""Share of the weight of the shorter of two sentences from which both speak about the same point."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A sentence of a clause that is to be quoted."""

    evidence: Evidence
    span: Span

    @property
    def region(self) -> str:
        """The place that says it."""
        return self.evidence.region

    @property
    def text(self) -> str:
        """The sentence as it stands."""
        return text_of(self.evidence, self.span)

    @property
    def words(self) -> set[str]:
        """Its character pairs."""
        return pairs(normalize_for_search(self.text))


@dataclass(frozen=True, slots=True)
class DraftRow:
    """The sentences on one point of a comparison, and its name."""

    quoted: tuple[Quoted, ...]
    point: str = ""

    @property
    def regions(self) -> set[str]:
        """Places that speak about the point."""
        return {item.region for item in self.quoted}

    @property
    def clauses(self) -> set[str]:
        """Ids of the clauses that do."""
        return {item.evidence.clause.id for item in self.quoted}

    def lacks(self, regions: Iterable[str]) -> list[str]:
        """Those of the places that do not."""
        return [region for region in regions if region not in self.regions]

    def of(self, region: str) -> dict[str, list[Quoted]]:
        """The sentences of one place in text order, by clause."""
        own: dict[str, list[Quoted]] = {}
        for item in self.quoted:
            if item.region == region:
                own.setdefault(item.evidence.clause.id, []).append(item)
        return {clause: sorted(items, key=lambda item: item.span.start) for clause, items in own.items()}


def grouped(quoted: Sequence[Quoted]) -> list[DraftRow]:
    """Sentences of different places that are alike, together; in the order in which they come up."""
    weights = _weights(quoted)
    groups: list[list[Quoted]] = []
    for item in quoted:
        alike = [group for group in groups if any(_is_alike(item, other, weights) for other in group)]
        groups = [group for group in groups if group not in alike]
        groups.append([*(other for group in alike for other in group), item])
    return [DraftRow(tuple(group)) for group in sorted(groups, key=lambda group: quoted.index(group[0]))]


def _weights(quoted: Iterable[Quoted]) -> dict[str, float]:
    """Weight of each character pair: what few sentences of the clauses have tells more."""
    clauses = {item.evidence.clause.id: item.evidence.clause.text for item in quoted}
    sentences = [
        pairs(normalize_for_search(text[span.start : span.end]))
        for text in clauses.values()
        for span in split_sentences(text)
    ]
    counts = Counter(pair for sentence in sentences for pair in sentence)
    return {pair: math.log(1 + len(sentences) / count) for pair, count in counts.items()}


def _is_alike(one: Quoted, other: Quoted, weights: dict[str, float]) -> bool:
    if one.region == other.region:
        return False
    least = min(sum(weights.get(pair, 0.0) for pair in item.words) for item in (one, other))
    return sum(weights.get(pair, 0.0) for pair in one.words & other.words) >= _ALIKE * least


def united(rows: Iterable[DraftRow]) -> list[DraftRow]:
    """Rows of the same name made one."""
    united: dict[str, DraftRow] = {}
    for row in rows:
        before = united.get(row.point, DraftRow(()))
        united[row.point] = DraftRow(tuple(dict.fromkeys((*before.quoted, *row.quoted))), row.point)
    return list(united.values())
