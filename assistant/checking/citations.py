"""Which clauses a text cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from assistant.checking.quotations import HIDDEN
from assistant.lookup import ClauseFinder, Found
from corpus import places, references, text_references
from corpus.model import PolicyDocument, Span
from corpus.references import Reference
from index.store import ClauseStore

_SENTENCE = re.compile(r"[^\n。；;！!？?]{1,500}")
_TITLE = re.compile("《[^《》]*(?:《[^《》]*》[^《》]*)*》")
_OWN = re.compile("本[\u4e00-\u9fff]{1,4}$")
_CITED_SO = re.compile(r"\s*(?:的|中|里)?\s*(?:规定|要求|明确|所|提|指|执行|办理)")
_BORDER = re.compile(rf"[，,：:、（()）“”\"「」『』{HIDDEN}]")
_TO_NUMBER = re.compile(r"\s*[（(〔\[]?\s*")
_TO_STEP = re.compile(r"\s*(?:文件|文|号)?\s*(?:的|中|里)?\s*[）)]?\s*")
_LISTED = re.compile(r"[\s，,、）)]*(?:和|与|及|或|至|到)?\s*")
_SHORT_NAME = re.compile(r"以下(?:简称|统称|称)\s*[为:：]?\s*[“\"《]?(?P<name>[^”\"》）)，,。\n]{1,20})")
_GENRE = re.compile(
    "(?:实施|指导|若干|暂行)*(?:意见|办法|方案|规定|通知|条例|细则|决定|规划|纲要|决议|通告|公告|法)"
)
"""What a text calls a document that it has named before."""

_LEAD = 60
"""Characters before a reference in which other words may name its document, and behind it for a short name."""

_DEFINED = re.compile(r"(?:简称|统称|以下称)\s*[为:：]?\s*$")


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference at ``span`` of a text with what it names in the corpus.

    ``documents`` bear the name, and are none where the corpus has no such document. ``conflict`` tells that
    title and number name different documents.
    """

    span: Span
    reference: Reference
    found: Found
    documents: tuple[PolicyDocument, ...]
    conflict: bool = False


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
            for reference in _separate(_found(sentence[0]), sentence[0]):
                span = Span(sentence.start() + reference.span.start, sentence.start() + reference.span.end)
                self._take(replace(reference, span=span), sentence.start())

    def _take(self, reference: Reference, start: int) -> None:
        before = max(
            start, self.citations[-1].span.end if self.citations else 0, reference.span.start - _LEAD
        )
        lead = self.text[before : reference.span.start]
        if _DEFINED.search(lead) and not reference.parts:
            return
        if _GENRE.fullmatch(reference.title) and reference.title not in self._short_names:
            reference = replace(reference, title="")
        if reference.number or reference.title:
            self._take_named(reference)
        elif not _OWN.search(lead) and not self._is_label(reference):
            self._take_unnamed(reference, lead)

    def _take_named(self, reference: Reference) -> None:
        known = self._short_names.get(reference.title)
        if known:
            reference = _of(known.reference, reference)
        self._last = _Name(reference, known.words if known else "", reference.span.end)
        defined = _SHORT_NAME.search(self.text, reference.span.start, reference.span.end + _LEAD)
        if defined:
            self._short_names[defined["name"]] = self._last
        self._add(reference, self._last.words)

    def _take_unnamed(self, reference: Reference, lead: str) -> None:
        """A reference whose document is named in other words before it, or is the one named last."""
        words = self._naming(lead)
        short = next((name for name in self._short_names if lead.endswith(name)), "")
        is_carried = self._last and "\n" not in self.text[self._last.end : reference.span.start]
        if short or (not words and is_carried):
            name = self._short_names[short] if short else self._last
            assert name
            self._add(_of(name.reference, reference), name.words)
        elif words and reference.parts:
            self._last = _Name(Reference(reference.span), words, reference.span.end)
            self._add(reference, words)
        elif reference.parts:
            self.bare.append(reference)

    def _naming(self, lead: str) -> str:
        """The words nearest to a reference that name a document or a place; "" where none do."""
        nearest = _BORDER.split(lead)[-1]
        for words in (nearest, lead.replace(HIDDEN, "")):
            if self.finder.named_documents(words) != () or places.mentions(words):
                return words
        return ""

    def _add(self, reference: Reference, words: str) -> None:
        words += self.text[reference.span.start : reference.span.end]
        documents = self.finder.named_documents(words, reference) or ()
        conflict = False
        if reference.number and reference.title:
            titled = self.finder.named_documents("", replace(reference, number="")) or ()
            numbered = {id_ for document in documents for id_ in (document.id, document.forwards)}
            conflict = any(document.number for document in titled) and not numbered & {d.id for d in titled}
            reference = reference if documents else replace(reference, number="")
            documents = documents or titled
        found = self.finder.resolve(reference, words)
        if not documents and not (reference.number or reference.title):
            ids = dict.fromkeys(clause.document_id for clause in found.matches)
            documents = tuple(map(self.store.document, ids))
        self.citations.append(Citation(reference.span, reference, found, documents, conflict))

    def _is_label(self, reference: Reference) -> bool:
        """Whether a reference is the number of a paragraph of the text itself: 第三条 乙方应当…."""
        line = self.text.rfind("\n", 0, reference.span.start) + 1
        is_first = not self.text[line : reference.span.start].strip()
        return is_first and not _CITED_SO.match(self.text, reference.span.end)


def _of(name: Reference, reference: Reference) -> Reference:
    """A reference in the document that another one names."""
    return replace(reference, number=name.number, title=name.title, date=name.date)


def _found(text: str) -> list[Reference]:
    """References in a sentence, in the forms of documents and, where they say more, in those that people use."""
    formal = [r for r in text_references.find(text) if r.title or r.number or text[r.span.start] in "第(（"]
    titles = [Span(*match.span()) for match in _TITLE.finditer(text)]
    free = [r for r in references.find(text) if r.title or r.number or not _overlaps(r.span, titles)]
    named = [reference for reference in formal if reference.title or reference.number]
    unnamed = [
        r for r in (*formal, *free) if r not in named and not _overlaps(r.span, [n.span for n in named])
    ]
    longest: list[Reference] = []
    for reference in sorted(unnamed, key=lambda r: r.span.start - r.span.end):
        if not _overlaps(reference.span, [other.span for other in longest]):
            longest.append(reference)
    return sorted([*named, *longest], key=lambda reference: reference.span.start)


def _overlaps(span: Span, others: Iterable[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)


def _separate(found: Iterable[Reference], text: str) -> Iterator[Reference]:
    """References side by side: title and number are one, and what follows in a list (、第四十条) begins behind the comma."""
    waiting: Reference | None = None
    for reference in found:
        if waiting is None:
            waiting = reference
        elif _is_step_of(waiting, reference, text):
            waiting = replace(_of(waiting, reference), span=_both(waiting, reference))
        elif _is_number_of(waiting, reference, text):
            end = reference.span.end + text.startswith(("）", ")"), reference.span.end)
            waiting = replace(reference, title=waiting.title, span=Span(waiting.span.start, end))
        else:
            yield waiting
            waiting = _cut(reference, waiting.span.end, text)
    if waiting:
        yield waiting


def _is_number_of(title: Reference, number: Reference, text: str) -> bool:
    is_title = bool(title.title) and not (title.number or title.parts)
    gap = text[title.span.end : number.span.start]
    return is_title and bool(number.number) and not number.title and bool(_TO_NUMBER.fullmatch(gap))


def _is_step_of(name: Reference, step: Reference, text: str) -> bool:
    """Whether a clause is named right behind a document: 159号文第十四条."""
    is_name = bool(name.title or name.number) and not name.parts
    is_step = bool(step.parts) and not (step.title or step.number)
    return is_name and is_step and bool(_TO_STEP.fullmatch(text[name.span.end : step.span.start]))


def _both(first: Reference, second: Reference) -> Span:
    return Span(first.span.start, second.span.end)


def _cut(reference: Reference, taken: int, text: str) -> Reference:
    if reference.span.start >= taken:
        return reference
    joint = _LISTED.match(text, taken)
    return replace(reference, span=Span(joint.end() if joint else taken, reference.span.end))
