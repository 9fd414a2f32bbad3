"""Which clauses a text cites."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from assistant.checking.quotations import HIDDEN, sentence_start
from assistant.checking.reference_forms import of_document, references_in
from assistant.lookup import ClauseFinder
from assistant.lookup_result import Found
from assistant.typed_reference import dated
from corpus import places
from corpus.model import PolicyDocument, Span
from corpus.references import Reference
from index.store import ClauseStore

_SENTENCE = re.compile(r"[^\n\t。；;！!？?]{1,500}")
_OWN = re.compile(r"本[\u4e00-\u9fff]{1,4}(?:第[^，,。；;\n]{1,20}(?:至|到|、|和|与|及|或者?))?$")
_CITED_SO = re.compile(r"\s*(?:的|中|里)?\s*(?:规定|要求|明确|所|提|指|执行|办理)")
_BORDER = re.compile(rf"[，,：:、（()）“”\"「」『』{HIDDEN}]")
_APART = re.compile('[，,：:、“”"「」『』]')
_ORDER = re.compile(
    r"[（(][0-9年月日\s]*(?P<number>[^（）()《》\n0-9]{2,20}令\s*第?\s*[0-9零〇一二三四五六七八九十百]{1,4}\s*号)[^（）()\n]*[)）]"
)
"""The number of a law or regulation behind its title: （国务院令第375号）."""

_GOES_ON = re.compile("[^。；;\\n]{0,12}")
_LINE_END = re.compile(r"[^\S\n\t]*(?:[\n\t]|$)")
_SHORT_NAME = re.compile(r"以下(?:简称|统称|称)\s*[为:：]?\s*[“\"《]?(?P<name>[^”\"》）)，,。\n]{1,20})")
_GENRE = re.compile(
    "(?:实施|指导|若干|暂行)*(?:意见|办法|方案|规定|通知|条例|细则|决定|规划|纲要|决议|通告|公告|法)"
)
"""What a text calls a document that it has named before."""

_FORMER = re.compile("(?:(?<![中还复])原来?|旧版?|修[订改]前)的?$")
"""What says before a title in its marks that a version of the past is meant: 原《公司法》."""

_LEAD = 60
"""Characters before a reference in which other words may name its document, and behind it for a short name."""

_DEFINED = re.compile(r"(?:简称|统称|以下称)\s*[为:：]?\s*$")


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference at ``span`` of a text with what it names in the corpus.

    ``documents`` bear the name, and are none where the corpus has no such document. ``conflict`` tells that
    title and number are not of one document, ``unchecked`` is a number given for documents that have none in
    the corpus.
    """

    span: Span
    reference: Reference
    found: Found
    documents: tuple[PolicyDocument, ...]
    conflict: bool = False
    unchecked: str = ""


@dataclass(frozen=True, slots=True)
class _Name:
    """A document as a text names it: by a reference, or by words such as 吉林方案."""

    reference: Reference
    words: str
    end: int


@dataclass
class CitationReader:
    """Reads the citations of one text, whose quotations are hidden. ``bare`` are references to no document."""

    store: ClauseStore
    finder: ClauseFinder
    text: str
    citations: list[Citation] = field(default_factory=list)
    bare: list[Reference] = field(default_factory=list)
    _last: _Name | None = None
    _short_names: dict[str, _Name] = field(default_factory=dict)

    def read(self) -> None:
        """All citations in order. References to the text's own parts (本办法第三条) are none."""
        for sentence in _SENTENCE.finditer(self.text):
            for reference in references_in(sentence[0]):
                start, end = reference.span.start, len(sentence[0][: reference.span.end].rstrip())
                span = Span(sentence.start() + start, sentence.start() + end)
                self._take(replace(reference, span=span), sentence_start(self.text, span.start))

    def _take(self, reference: Reference, start: int) -> None:
        before = max(
            start, self.citations[-1].span.end if self.citations else 0, reference.span.start - _LEAD
        )
        lead = self.text[before : reference.span.start]
        if _DEFINED.search(lead) and not reference.parts:
            return
        reference = self._continued(reference)
        if reference.is_marked and (former := _FORMER.search(lead)):
            reference = replace(_with_name(reference, former[0]), title=former[0] + reference.title)
        if _GENRE.fullmatch(reference.title) and reference.title not in self._short_names:
            reference = replace(reference, title="")
        if reference.number or reference.title:
            self._take_named(reference)
        elif not _OWN.search(lead) and not self._is_label(reference):
            self._take_unnamed(reference, lead)

    def _continued(self, reference: Reference) -> Reference:
        """A 款 or 项 with the article of the reference before, from which it goes on: 第二款至第四款, （一）至（三）项."""
        is_part = bool(reference.paragraph or reference.item) and not reference.parts
        if not is_part or not self.citations:
            return reference
        last = self.citations[-1]
        if not _GOES_ON.fullmatch(self.text, last.span.end, reference.span.start):
            return reference
        paragraph = reference.paragraph or last.reference.paragraph
        return replace(reference, parts=last.reference.parts, paragraph=paragraph)

    def _take_named(self, reference: Reference) -> None:
        known = self._short_names.get(reference.title)
        conflict, unchecked = False, ""
        if known:
            reference = of_document(known.reference, reference)
        else:
            reference, conflict, unchecked = self._settled(reference)
        self._last = _Name(reference, known.words if known else "", reference.span.end)
        defined = _SHORT_NAME.search(self.text, reference.span.start, reference.span.end + _LEAD)
        if defined:
            self._short_names[defined["name"]] = self._last
        self._add(reference, self._last.words, conflict=conflict, unchecked=unchecked)

    def _settled(self, reference: Reference) -> tuple[Reference, bool, str]:
        """A reference without a number that is not that of its title, whether another document or another number
        is known by it, and else the number of which nothing is known.
        """
        reference, number = self._numbered(reference)
        titled = self.finder.named_documents("", replace(reference, number="")) or ()
        numbered = self.finder.names.numbered(reference.number)
        same = {id_ for document in numbered for id_ in (document.id, document.forwards)}
        if not reference.title or same & {document.id for document in titled}:
            return reference, False, ""
        is_known = bool(numbered) or any(document.number for document in titled)
        own = replace(reference, number="") if titled else reference
        return own, is_known and bool(number), "" if is_known else number

    def _numbered(self, reference: Reference) -> tuple[Reference, str]:
        """A reference with the number of a decree behind its title, and the number that is written in it."""
        written = self.text[reference.span.start : reference.span.end]
        inside = _ORDER.search(self.text, reference.span.start, reference.span.end)
        order = inside or (_ORDER.match(self.text, reference.span.end) if written.endswith("》") else None)
        if order is None:
            return reference, reference.number if "号" in written else ""
        span = Span(reference.span.start, max(order.end(), reference.span.end))
        return replace(reference, span=span), order["number"]

    def _take_unnamed(self, reference: Reference, lead: str) -> None:
        """A reference whose document is named in other words before it, or is the one named last."""
        words = self._naming(lead)
        short = next((name for name in self._short_names if lead.endswith(name)), "")
        is_near = self._last and "\n" not in self.text[self._last.end : reference.span.start]
        is_carried = is_near or self._is_cell(reference)
        if short or (not words and is_carried):
            name = self._short_names[short] if short else self._last
            assert name
            self._add(_with_name(of_document(name.reference, reference), short), name.words)
        elif words and reference.parts:
            named = words[self.finder.names.start_within(words) :]
            reference = _with_name(reference, "" if _APART.search(named) else named)
            reference = replace(reference, date=dated(named)[1])
            self._last = _Name(Reference(reference.span), words, reference.span.end)
            order = _ORDER.search(named)
            self._add(reference, words, unchecked=order["number"] if order else "")
        elif reference.parts and (title := self._title_above(reference)):
            self._last = _Name(Reference(reference.span), title, reference.span.end)
            self._add(reference, title)
        elif reference.parts and not self.text[reference.span.start : reference.span.end].isdigit():
            self.bare.append(reference)

    def _naming(self, lead: str) -> str:
        """The words right before a reference that name a document or a place; "" where none do."""
        nearest = _BORDER.split(lead)[-1]
        for words in (nearest, lead.replace(HIDDEN, "")):
            if self.finder.named_documents(words) != () or places.mentions(words):
                return words
        return ""

    def _add(self, reference: Reference, words: str, *, conflict: bool = False, unchecked: str = "") -> None:
        words += self.text[reference.span.start : reference.span.end]
        documents = self.finder.named_documents(words, reference) or ()
        found = self.finder.resolve(reference, words).with_parts()
        if not documents and not (reference.number or reference.title):
            ids = dict.fromkeys(clause.document_id for clause in found.matches)
            documents = tuple(map(self.store.document, ids))
        self.citations.append(Citation(reference.span, reference, found, documents, conflict, unchecked))

    def _is_label(self, reference: Reference) -> bool:
        """Whether a reference is the number of a paragraph of the text itself: 第三条 乙方应当…."""
        line = self.text.rfind("\n", 0, reference.span.start) + 1
        is_first = not self.text[line : reference.span.start].strip()
        is_named = self._is_cell(reference) or bool(self._title_above(reference))
        return is_first and not (_CITED_SO.match(self.text, reference.span.end) or is_named)

    def _is_cell(self, reference: Reference) -> bool:
        """Whether a reference stands alone below the name of its document: 《大连意见》, below it 第十七条."""
        above = self.text[self._last.end : reference.span.start] if self._last else "."
        return not above.strip() and bool(_LINE_END.match(self.text, reference.span.end))

    def _title_above(self, reference: Reference) -> str:
        """The line above a reference that stands alone, if it is the name of a document: 吉林方案, below it 第17条."""
        if not _LINE_END.match(self.text, reference.span.end):
            return ""
        above = self.text[max(0, reference.span.start - _LEAD) : reference.span.start]
        line = above.rstrip().rpartition("\n")[2].strip() if "\n" in above else ""
        names = self.finder.names
        return line if line and (names.exact(line) or names.of_kind(line)) else ""


def _with_name(reference: Reference, words: str) -> Reference:
    """A reference together with the words right before it that name its document: 大连意见（十七）."""
    return replace(reference, span=Span(reference.span.start - len(words), reference.span.end))
