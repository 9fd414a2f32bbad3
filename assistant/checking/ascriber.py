"""Connects the quotations of a text with what it says of their origin."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.checking.ascription import NOWHERE, Ascription
from assistant.checking.citations import Citation, CitationReader
from assistant.checking.neighbours import Neighbours
from assistant.checking.quotations import HIDDEN, Quotation, sentence_end, sentence_start
from assistant.checking.versions import Versions
from assistant.document_names import is_former
from corpus import places
from corpus.model import PolicyDocument, Span

_JOINED = re.compile(r"(?:[\s，,、和与及同跟或（()）]|以及|连同|的?规定)*")
_BEHIND = re.compile(
    r"[”\"＂」』]?\s*(?:[（(〔\[]|——+)\s*(?:摘自|引自|见于?|参见|出自|语出|载于|来源|源自|依据|根据)?\s*[:：]?\s*"
)
_POINTING = re.compile(
    r"[”\"＂」』]?\s*[，,]?\s*(?:参见|详见|见于?|引自|摘自|出自|语出|源自|来自|选自|载于|是|系|为)\s*[:：]?\s*"
)
_BRACKET_END = re.compile(r"[^）)〕\]\n]*")
_SAME_SOURCE = re.compile(
    "其中|上述|同条|同时|此外|另外|并|还|进一步|原文|后半|前半|接着|该[条款项]|这一?[条款项]"
)
_SAYS = "规定|要求|提出|明确|指出|写明|写道"
_NAMING = re.compile(rf"[^，,：:。\n]{{2,40}}?(?:{_SAYS})(?:了|的是)?[，,：:]?\s*")
_ALL = re.compile(f"均|皆|都(?=有|已|是|{_SAYS})")
_EACH = re.compile(f"{_ALL.pattern}|{_SAYS}")
"""What a text says of all clauses that it has named together."""

_QUOTED = re.compile(f"{HIDDEN}+")
_AND = re.compile("以及|[、和与及同跟]")
_FAR, _GAP = 100, 12
"""Characters behind a quotation in which references stand, and between a bracket there and the first of them."""


class Ascriber:
    """Connects quotations with the citations that a reader has read."""

    def __init__(self, reader: CitationReader, quotations: Sequence[Quotation], versions: Versions) -> None:
        quoted = [quotation.span for quotation in quotations]
        self._text, self._bare = reader.text, reader.bare
        self._finder, self._versions = reader.finder, versions
        self.citations = [c for c in reader.citations if not any(_overlap(c.span, span) for span in quoted)]
        self._starts = [citation.span.start for citation in self.citations]
        self._neighbours = Neighbours(reader.text, [citation.span for citation in self.citations])
        self._of_above: set[Span] = set()
        for quotation in quotations:
            if (line := self._line_below(quotation)) and not self._above(quotation):
                self._of_above.add(line)

    def all(self, quotations: Iterable[Quotation]) -> Iterator[Ascription]:
        """The origin of each quotation, in order."""
        previous = NOWHERE
        for quotation in quotations:
            previous = (
                self._behind(quotation)
                or self._in_sentence(quotation)
                or self._pointed_at(quotation)
                or self._above(quotation)
                or self._carried(quotation, previous)
                or self._below(quotation)
                or NOWHERE
            )
            yield previous

    def lead_in(self, text: str) -> tuple[int, Ascription]:
        """How long the words are with which a text names its origin, and which: 大连意见规定，…."""
        match = _NAMING.match(text)
        named = self._finder.named_documents(match[0]) if match else ()
        return (match.end(), self._of_documents(named)) if match and named else (0, NOWHERE)

    def _behind(self, quotation: Quotation) -> Ascription | None:
        """The origin in brackets or after a dash right behind a quotation: “…”（《…》第八条）."""
        opening = _BEHIND.match(self._text, quotation.span.end)
        if not opening:
            return None
        cited = self._cited_in(Span(opening.start(), opening.end() + _FAR))
        if cited and cited[0].span.start <= opening.end() + _GAP:
            return self._joined(quotation, list(self._list_of(cited)))
        words = _BRACKET_END.match(self._text, opening.end())
        named = self._finder.named_documents(words[0]) if words and words[0].strip() else ()
        return self._of_documents(named) if named else None

    def _in_sentence(self, quotation: Quotation) -> Ascription | None:
        """The origin named before a quotation in its sentence."""
        start = sentence_start(self._text, quotation.lead)
        cited = self._cited_in(Span(start, quotation.lead))
        bare = [r for r in self._bare if start <= r.span.start and r.span.end <= quotation.lead]
        if cited:
            return self._joined(quotation, list(self._listed(cited)))
        if bare:
            return Ascription(steps=(bare[-1].parts,))
        return self._named_in(Span(start, quotation.lead))

    def _pointed_at(self, quotation: Quotation) -> Ascription | None:
        """The origin told behind a quotation in its sentence, which quotes no more: “…”，见第八条."""
        pointing = _POINTING.match(self._text, quotation.span.end)
        if pointing is None:
            return None
        rest = Span(pointing.end(), sentence_end(self._text, pointing.end()))
        if HIDDEN in self._text[rest.start : rest.end]:
            return None
        cited = self._cited_in(rest)
        is_told = bool(cited) and cited[0].span.start == pointing.end()
        return self._joined(quotation, list(self._list_of(cited))) if is_told else None

    def _above(self, quotation: Quotation) -> Ascription | None:
        """The origin in the sentence, line or cell above that leads to a quotation: 第八条规定如下。“…”."""
        span = self._leading(quotation)
        if span is None:
            return self._title_above(quotation)
        cited = self._cited_in(span)
        behind = bisect_left(self._starts, span.end)
        return self._merged(self._listed(self.citations[:behind])) if cited else self._named_in(span)

    def _title_above(self, quotation: Quotation) -> Ascription | None:
        """The document of which the name, and nothing else, stands in the line or cell above."""
        start = sentence_start(self._text, quotation.lead)
        is_alone = self._neighbours.is_frame(start, quotation.lead)
        line = self._neighbours.above(start) if is_alone else None
        title = self._text[line.start : line.end] if line else ""
        names = self._finder.names
        return self._of_documents(named) if (named := names.exact(title) or names.of_kind(title)) else None

    def _leading(self, quotation: Quotation) -> Span | None:
        start = sentence_start(self._text, quotation.lead)
        span = self._neighbours.leading(start) if self._neighbours.is_frame(start, quotation.lead) else None
        is_other = span and any(span.start <= line.start < span.end for line in self._of_above)
        return None if is_other else span

    def _below(self, quotation: Quotation) -> Ascription | None:
        """The origin in the line or cell below that is nothing but a reference: “…”, 出处：第八条."""
        line = self._line_below(quotation)
        return self._merged(self._listed(self._cited_in(line))) if line else None

    def _line_below(self, quotation: Quotation) -> Span | None:
        cell = self._text.rfind("\t", 0, quotation.lead) + 1
        start = max(cell, sentence_start(self._text, quotation.lead))
        is_alone = self._neighbours.is_frame(start, quotation.lead)
        return self._neighbours.below(quotation.span.end) if is_alone else None

    def _cited_in(self, span: Span) -> list[Citation]:
        first, behind = (bisect_left(self._starts, border) for border in (span.start, span.end))
        return [c for c in self.citations[first:behind] if c.span.end <= span.end]

    def _named_in(self, span: Span) -> Ascription | None:
        words = self._text[span.start : span.end].replace(HIDDEN, "")
        named = self._finder.named_documents(words)
        if not named:
            return None
        listed = [own for part in _AND.split(words) if (own := self._finder.named_documents(part))]
        if len(listed) == 1 or not _ALL.search(words):
            return self._of_documents(named)
        merged = self._of_documents(tuple(document for own in listed for document in own))
        return replace(merged, joined=tuple(map(self._of_documents, listed)), is_of_each=True)

    def _listed(self, citations: Sequence[Citation]) -> Iterator[Citation]:
        """The last citation, and those that are listed with it: （九）、（十七）."""
        for index in range(len(citations) - 1, -1, -1):
            yield citations[index]
            between = (citations[index - 1].span.end, citations[index].span.start)
            if index and not _JOINED.fullmatch(self._text, *between):
                break

    def _list_of(self, citations: Sequence[Citation]) -> Iterator[Citation]:
        """The first citation, and those that are listed with it."""
        yield citations[0]
        for citation, following in pairwise(citations):
            if not _JOINED.fullmatch(self._text, citation.span.end, following.span.start):
                break
            yield following

    def _carried(self, quotation: Quotation, previous: Ascription) -> Ascription | None:
        """The origin of the quotation before, or the one named before in the paragraph that the sentence goes on with."""
        start = sentence_start(self._text, quotation.lead)
        paragraph = self._text.rfind("\n", 0, start) + 1
        if self._neighbours.is_frame(start, quotation.lead):
            is_next = start > paragraph or self._neighbours.follows_quotation(start)
            return previous if is_next and previous != NOWHERE else None
        earlier = self._cited_in(Span(paragraph, start))
        is_same = _SAME_SOURCE.search(self._text[start : quotation.lead])
        return self._merged([earlier[-1]]) if earlier and is_same else None

    def _joined(self, quotation: Quotation, listed: Sequence[Citation]) -> Ascription:
        """The origin in citations that follow each other, any of which may be meant where more is quoted beside them."""
        merged = self._merged(listed)
        ordered = sorted(listed, key=lambda citation: citation.span.start)
        gaps = [self._text[one.span.end : other.span.start] for one, other in pairwise(ordered)]
        told = self._text[ordered[-1].span.end : quotation.lead]
        start, end = (
            sentence_start(self._text, quotation.lead),
            sentence_end(self._text, quotation.span.end),
        )
        is_alone = len(_QUOTED.findall(self._text, start, end)) == 1 or _ALL.search(told)
        if not gaps or not is_alone or any("或" in gap for gap in gaps):
            return merged
        own = tuple(self._merged([citation]) for citation in ordered)
        return replace(merged, joined=own, is_of_each=bool(_EACH.search(told)))

    def _merged(self, citations: Iterable[Citation]) -> Ascription:
        """One origin of several citations, any of which may be the right one; of any version where none is named."""
        listed = list(citations)
        exact = [c for c in listed if c.reference.parts or c.reference.paragraph]
        documents = tuple(document for c in listed for document in c.documents)
        is_dated = any(c.reference.date or is_former(c.reference.title) for c in listed)
        return Ascription(
            clauses=tuple(clause for c in exact for clause in c.found.matches),
            documents=documents,
            versions=() if is_dated else self._versions.others(documents),
            regions=tuple(document.region for document in documents) or _places(listed),
            steps=tuple(c.reference.parts for c in exact),
            parts=tuple((c.found.paragraph, c.found.item) for c in exact for _ in c.found.matches),
            is_missing=all(not c.documents or (c in exact and not c.found.matches) for c in listed),
        )

    def _of_documents(self, named: tuple[PolicyDocument, ...]) -> Ascription:
        regions = tuple(document.region for document in named)
        return Ascription(documents=named, versions=self._versions.others(named), regions=regions)


def _places(citations: Iterable[Citation]) -> tuple[str, ...]:
    """The places in the titles of documents that the corpus lacks."""
    titles = (citation.reference.title for citation in citations)
    return tuple(mention.place.name for title in titles for mention in places.mentions(title))


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
