"""Where a text says that its quotations are from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.checking.citations import Citation, CitationReader
from assistant.checking.quotations import HIDDEN, Quotation, sentence_start
from assistant.checking.versions import Versions
from corpus import references
from corpus.model import Clause, PolicyDocument, Span
from corpus.references import Part

_JOINED = re.compile(r"[\s，,、和与及或（()）]*")
_BEHIND = re.compile(
    r"[”\"＂」』]?\s*(?:[（(〔\[]|——+)\s*(?:摘自|引自|见于?|参见|出自|语出|载于|来源|源自|依据|根据)?\s*[:：]?\s*"
)
_BRACKET_END = re.compile(r"[^）)〕\]\n]*")
_SAME_SOURCE = re.compile(
    "其中|上述|同条|同时|此外|另外|并|还|进一步|原文|后半|前半|接着|该[条款项]|这一?[条款项]"
)
_NAMING = re.compile(r"[^，,：:。\n]{2,40}?(?:规定|要求|提出|明确|指出|写明|写道)(?:了|的是)?[，,：:]?\s*")
_GAP = 12
"""Characters between the bracket behind a quotation and the reference in it."""


@dataclass(frozen=True, slots=True)
class Ascription:
    """What a text says of the origin of a quotation; empty where it says nothing.

    ``clauses`` and ``documents`` are those named, ``versions`` other versions of these documents, which may be
    meant as well. ``steps`` lead to the clauses named, perhaps of no document, ``paragraph`` is a 款 of the one
    clause named. ``is_missing`` tells that the corpus lacks what is named.
    """

    clauses: tuple[Clause, ...] = ()
    documents: tuple[PolicyDocument, ...] = ()
    versions: tuple[PolicyDocument, ...] = ()
    steps: tuple[tuple[Part, ...], ...] = ()
    paragraph: int = 0
    is_missing: bool = False

    def covers(self, clause: Clause) -> bool:
        """Whether a clause is the one named or lies in it; True where none is named."""
        if any(document.id == clause.document_id for document in self.versions):
            return self._is_at(clause)
        if self.clauses:
            return any(
                clause.document_id == named.document_id
                and (clause.path == named.path or clause.path.startswith(f"{named.path}/"))
                for named in self.clauses
            )
        if self.is_missing:
            return False
        if self.documents:
            ids = {id_ for document in self.documents for id_ in (document.id, document.forwards)}
            return clause.document_id in ids
        return self._is_at(clause)

    def _is_at(self, clause: Clause) -> bool:
        return not self.steps or any(references.matches(parts, clause.path) for parts in self.steps)


NOWHERE = Ascription()


class Ascriber:
    """Connects quotations with the citations that a reader has read."""

    def __init__(self, reader: CitationReader, quotations: Iterable[Quotation], versions: Versions) -> None:
        quoted = [quotation.span for quotation in quotations]
        self._text, self._bare = reader.text, reader.bare
        self._finder, self._versions = reader.finder, versions
        self.citations = [c for c in reader.citations if not any(_overlap(c.span, span) for span in quoted)]

    def all(self, quotations: Iterable[Quotation]) -> Iterator[Ascription]:
        """The origin of each quotation, in order."""
        previous = NOWHERE
        for quotation in quotations:
            previous = self._behind(quotation) or self._before(quotation, previous)
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
        for citation in self.citations:
            if opening.start() <= citation.span.start <= opening.end() + _GAP:
                return self._merged([citation])
        words = _BRACKET_END.match(self._text, opening.end())
        named = self._finder.named_documents(words[0]) if words and words[0].strip() else ()
        return self._of_documents(named) if named else None

    def _before(self, quotation: Quotation, previous: Ascription) -> Ascription:
        start = sentence_start(self._text, quotation.lead)
        cited = [c for c in self.citations if start <= c.span.start and c.span.end <= quotation.lead]
        bare = [r for r in self._bare if start <= r.span.start and r.span.end <= quotation.lead]
        words = self._text[start : quotation.lead]
        named = self._finder.named_documents(words.replace(HIDDEN, ""))
        if cited:
            return self._merged(self._listed(cited))
        if bare:
            return Ascription(steps=(bare[-1].parts,))
        return self._of_documents(named) if named else self._carried(words, start, previous)

    def _listed(self, citations: Sequence[Citation]) -> Iterator[Citation]:
        """The last citation, and those that are listed with it: （九）、（十七）."""
        yield citations[-1]
        for citation, following in reversed(list(pairwise(citations))):
            if not _JOINED.fullmatch(self._text[citation.span.end : following.span.start]):
                break
            yield citation

    def _carried(self, words: str, start: int, previous: Ascription) -> Ascription:
        """The origin named before in the paragraph, where the sentence goes on with it: 其中“…”."""
        paragraph = self._text.rfind("\n", 0, start) + 1
        earlier = [c for c in self.citations if paragraph <= c.span.start and c.span.end <= start]
        if start > paragraph and not re.search("[\u4e00-\u9fff]", words):
            return previous
        return self._merged([earlier[-1]]) if earlier and _SAME_SOURCE.search(words) else NOWHERE

    def _merged(self, citations: Iterable[Citation]) -> Ascription:
        """One origin of several citations, any of which may be the right one; of any version where none is named."""
        listed = list(citations)
        exact = [c for c in listed if c.reference.parts or c.reference.paragraph]
        documents = tuple(document for c in listed for document in c.documents)
        is_dated = any(citation.reference.date for citation in listed)
        return Ascription(
            clauses=tuple(clause for c in exact for clause in c.found.matches),
            documents=documents,
            versions=() if is_dated else self._versions.others(documents),
            steps=tuple(c.reference.parts for c in exact),
            paragraph=listed[0].found.paragraph if len(listed) == 1 else 0,
            is_missing=all(not c.documents or (c in exact and not c.found.matches) for c in listed),
        )

    def _of_documents(self, named: tuple[PolicyDocument, ...]) -> Ascription:
        return Ascription(documents=named, versions=self._versions.others(named))


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
