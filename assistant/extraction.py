"""Evidence -> claims made of quoted sentences: only what answers, cut at sentence borders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.citing import cite
from assistant.comparison_rows import DraftRow
from assistant.comparison_table import Comparer, compared_places
from assistant.counterparts import Counterparts
from assistant.evidence import Evidence
from assistant.kinds import Kind
from assistant.leads import lead
from assistant.model import Citation, Claim, ComparisonTable, Role, Row
from assistant.points import points
from assistant.premises.corrections import Correction, corrections
from assistant.quotation import answering_sentences, neighbours, text_of
from assistant.understanding import Query
from corpus.model import DRAFTS, Span
from index.clause_index import ClauseIndex

_LISTED = (Kind.CONDITION, Kind.PROCEDURE)
_LIST_ASKED = re.compile("哪些|哪几|分别|有什么(?:条件|要求|措施|政策|待遇|规定)")
_UNFILLED = re.compile(r"[0-9]{4}年\s+月|月\s+日")


@dataclass(frozen=True, slots=True)
class Composition:
    """Claims and the citations that they point to, not yet verified; those of a comparison also as a table."""

    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    table: ComparisonTable | None = None


class Extractor:
    """Composes answers out of verbatim sentences."""

    def __init__(self, index: ClauseIndex) -> None:
        self._index = index
        self._comparer = Comparer(Counterparts(index.store, index.search), index.segment)

    def compose(self, query: Query, chosen: Sequence[Evidence]) -> Composition:
        """Claims grouped by place, in the order in which the places come up; a comparison point by point."""
        quotes = _Quotes(query, self._index)
        if compared := compared_places(query, chosen, self._index.store.documents()):
            return self._compared(query, chosen, _in_order(query, chosen, compared), quotes)
        for region in _in_order(query, chosen, {evidence.region for evidence in chosen}):
            for evidence in chosen:
                if evidence.region == region:
                    quotes.cite(evidence, answering_sentences(query, evidence))
        claims = tuple(claim for told in quotes.claims().values() for claim in told)
        return Composition(claims, quotes.citations)

    def _compared(
        self, query: Query, chosen: Sequence[Evidence], regions: list[str], quotes: _Quotes
    ) -> Composition:
        drafts = self._comparer.rows(query, chosen, regions)
        numbers = [[_cited(quotes, row, region) for region in regions] for row in drafts]
        claims = quotes.claims()
        rows = tuple(
            Row(row.point, tuple(tuple(claim for n in cell for claim in claims[n]) for cell in cells))
            for row, cells in zip(drafts, numbers, strict=True)
        )
        told = tuple(claim for row in rows for cell in row.cells for claim in cell)
        return Composition(told, quotes.citations, ComparisonTable(tuple(regions), rows))


class _Quotes:
    """Numbers the citations of quotes, and makes claims of all of them together."""

    def __init__(self, query: Query, index: ClauseIndex) -> None:
        self._query = query
        self._index = index
        self._quoted: list[tuple[Evidence, Citation]] = []

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations, by number."""
        return tuple(citation for _, citation in self._quoted)

    def cite(self, evidence: Evidence, sentences: Iterable[Span]) -> list[int]:
        """Quotes sentences of a clause, neighbours as one; the numbers of the citations."""
        runs = neighbours(evidence, self._decisive(evidence, list(sentences)))
        for run in runs:
            span = Span(run[0].start, run[-1].end)
            citation = cite(self._index.store, evidence, span, len(self._quoted) + 1)
            self._quoted.append((evidence, citation))
        return list(range(len(self._quoted) - len(runs) + 1, len(self._quoted) + 1))

    def claims(self) -> dict[int, list[Claim]]:
        """By number of the citation: what corrects the question, or answers it in short, and the statements."""
        remarks = corrections(self._query, [(evidence, cited.quote) for evidence, cited in self._quoted])
        return {
            citation.n: [*self._lead(evidence, citation, remark), *self._statements(evidence, citation)]
            for (evidence, citation), remark in zip(self._quoted, remarks, strict=True)
        }

    def _lead(self, evidence: Evidence, citation: Citation, remark: Correction | None) -> Iterator[Claim]:
        if remark:
            text, asked = f"{remark.text}。", remark.asked
        elif not evidence.spans and (short := lead(self._query, citation.quote, self._index.segment)):
            text, asked = short.text, short.asked
        else:
            return
        yield Claim(text, (citation.n,), evidence.region, Role.LEAD, asked)

    def _decisive(self, evidence: Evidence, sentences: list[Span]) -> list[Span]:
        """The one sentence that answers in short, where one thing is asked and one sentence does; else all."""
        if self._query.parts > 1 or evidence.spans or Kind.RESPONSIBLE in self._query.kinds:
            return sentences
        segment = self._index.segment
        decisive = [span for span in sentences if lead(self._query, text_of(evidence, span), segment)]
        return decisive if len(decisive) == 1 else sentences

    def _statements(self, evidence: Evidence, citation: Citation) -> Iterator[Claim]:
        """The quote, point by point where a list is asked for.

        The clause's heading stands before it where a clause is asked for, behind it a word on what is unfilled.
        """
        is_clause_asked = Kind.CLAUSE in self._query.kinds or evidence.is_named
        heading = evidence.clause.heading
        is_told = heading in citation.quote or heading == citation.label
        title = f"{citation.label}“{heading}”：" if is_clause_asked and not is_told else ""
        note = "（原文此处留空，月份或日期未填写）" if _UNFILLED.search(citation.quote) else ""
        text = title + citation.quote + note
        items = points(text) if _is_list_asked(self._query) else (text,)
        role = Role.POINT if len(items) > 1 else Role.STATEMENT
        yield from (Claim(item.strip(), (citation.n,), evidence.region, role) for item in items)


def _cited(quotes: _Quotes, row: DraftRow, region: str) -> list[int]:
    """Numbers of the citations of a cell."""
    return [
        n
        for items in row.of(region).values()
        for n in quotes.cite(items[0].evidence, [item.span for item in items])
    ]


def _is_list_asked(query: Query) -> bool:
    """Whether the question asks for conditions, steps or several things, and not for the clause itself."""
    asks = bool(set(query.kinds) & set(_LISTED)) or bool(_LIST_ASKED.search(query.asked))
    return asks and Kind.CLAUSE not in query.kinds


def _in_order(query: Query, chosen: Sequence[Evidence], regions: Iterable[str]) -> list[str]:
    """Places in the order in which the question names them, else drafts last, else the best first."""
    asked = [place.name for place in query.places]
    spoken = list(dict.fromkeys(evidence.region for evidence in chosen))
    drafts = {evidence.region for evidence in chosen if evidence.document.status in DRAFTS}

    def rank(region: str) -> tuple[int, bool, int]:
        named = asked.index(region) if region in asked else len(asked)
        return named, region in drafts, spoken.index(region) if region in spoken else len(spoken)

    return sorted(regions, key=rank)
