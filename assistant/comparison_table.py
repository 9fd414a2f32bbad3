"""Quoted sentences of several places -> rows of a comparison: who says what on the same point, and who nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.comparison_rows import DraftRow, Quoted, grouped, united
from assistant.counterparts import Counterparts
from assistant.evidence import Evidence
from assistant.kinds import Kind
from assistant.norms import Segment
from assistant.point_names import measures, point_of
from assistant.quotation import answering_sentences, is_asked_by_heading, pairs
from assistant.understanding import Query
from corpus import places
from corpus.model import PolicyDocument
from index.normalize import normalize_for_search

_SAME = 0.5
"""Share of its words that a sentence has in common with one of a clause that does not answer, if it does not either."""


def compared_places(
    query: Query, chosen: Sequence[Evidence], documents: Iterable[PolicyDocument]
) -> tuple[str, ...]:
    """The places of a comparison: those that the question names and a document binds, and those of the evidence.

    Empty for a question that compares no places, and where fewer than two are left.
    """
    if Kind.COMPARE not in query.kinds or not chosen or any(evidence.spans for evidence in chosen):
        return ()
    bound = [document.region for document in documents if document.region and not document.forwards]
    spoken = dict.fromkeys(evidence.region for evidence in chosen)
    named = [_bound(place, [*spoken, *bound]) for place in query.places]
    found = tuple(dict.fromkeys(filter(None, (*named, *spoken))))
    return found if len(found) > 1 else ()


def _bound(place: places.Place, regions: Sequence[str]) -> str:
    """The region that stands for a place: its own, else one around it or inside; "" if no document binds it."""
    apart = [region for region in regions if region not in ("", places.NATION)]
    near = [region for region in apart if places.related(region, place)]
    return place.name if place.name in near else next(iter(near), "")


class Comparer:
    """Drafts the rows of comparisons."""

    def __init__(self, counterparts: Counterparts, segment: Segment) -> None:
        self._counterparts = counterparts
        self._segment = segment

    def rows(self, query: Query, chosen: Sequence[Evidence], regions: Sequence[str]) -> list[DraftRow]:
        """The rows, the best first; a place without sentences in one has no rule on its point.

        Sentences that are alike share a row. Where none are, all stand in one row: better to set rules
        side by side that may not meet than to call one missing.
        """
        quoted = tuple(Quoted(item, span) for item in chosen for span in answering_sentences(query, item))
        if own := self._named_by_some(query, quoted, regions):
            rest = grouped([item for item in quoted if item not in own.quoted])
            rows = [own, *(group for group in rest if not group.lacks(regions))]
        else:
            rows = self._aligned(query, quoted, regions)
        return united(
            row if row.point else replace(row, point=point_of(query, row, regions, self._segment))
            for row in rows
        )

    def _aligned(self, query: Query, quoted: tuple[Quoted, ...], regions: Sequence[str]) -> list[DraftRow]:
        """Rows of sentences that are alike, and what is left of the others."""
        whole = DraftRow(quoted)
        silent = [r for r in whole.lacks(regions) if self._counterparts.is_silent(query, r)]
        speaking = [region for region in regions if region not in silent]
        groups = grouped(quoted) if len(speaking) > 1 else [whole]
        rows = [group for group in groups if not group.lacks(speaking)]
        if not rows:
            return [self._completed(whole, speaking)]
        for group in groups:
            rows = rows if group in rows else self._placed(query, group, rows, speaking)
        return rows

    def _named_by_some(
        self, query: Query, quoted: Sequence[Quoted], regions: Sequence[str]
    ) -> DraftRow | None:
        """The sentences with the measure that a question names (聘期, 安家费), if some place has no such thing."""
        for names in measures(query, self._segment):
            row = DraftRow(tuple(item for item in quoted if any(name in item.text for name in names)))
            if row.quoted and any(
                self._counterparts.is_unnamed(query, names, row.quoted[0].text, region)
                for region in row.lacks(regions)
            ):
                name = next(name for name in names if name in row.quoted[0].text)
                return replace(row, point=name)
        return None

    def _completed(self, row: DraftRow, regions: Sequence[str]) -> DraftRow:
        """The row with the nearest sentence of each place that it lacks, unless that surely has no rule."""
        for region in row.lacks(regions):
            sentence = row.quoted[0].text
            near = self._counterparts.nearest(sentence, region)
            if near and not self._counterparts.is_missing(sentence, region):
                row = DraftRow((*row.quoted, Quoted(near.evidence, near.span)))
        return row

    def _placed(
        self, query: Query, group: DraftRow, rows: list[DraftRow], regions: Sequence[str]
    ) -> list[DraftRow]:
        """The rows with what only some places say: as a row of its own if the others surely do not.

        In doubt it joins the row of its clause, or the first. It is left out if the question has none of
        its words, or if a clause elsewhere that does not answer says the same.
        """
        first, missing = group.quoted[0], group.lacks(regions)
        if not is_asked_by_heading(query, first.evidence):
            if not _is_asked(query, group):
                return rows
            if all(self._counterparts.is_missing(first.text, region) for region in missing):
                return [*rows, group]
            cited = {clause for row in rows for clause in row.clauses}
            near = [self._counterparts.nearest(first.text, region) for region in missing]
            if any(other and other.share > _SAME and other.evidence.clause.id not in cited for other in near):
                return rows
        at = next((i for i, row in enumerate(rows) if row.clauses & group.clauses), 0)
        return [*rows[:at], DraftRow((*rows[at].quoted, *group.quoted)), *rows[at + 1 :]]


def _is_asked(query: Query, row: DraftRow) -> bool:
    """Whether the question has words of a sentence, beside those of the titles."""
    titles = normalize_for_search(" ".join(item.evidence.document.title for item in row.quoted))
    asked = pairs(query.without_places(query.focus)) - pairs(titles)
    return any(item.words & asked for item in row.quoted)
