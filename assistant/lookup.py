"""Which clause a reference names: 大政办发〔2018〕159号（十七）, 大连文件第十七条, 吉林方案第12条, 民法典54条."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from rapidfuzz import fuzz, process

from assistant.document_names import DocumentNames, Documents, is_kind_named
from assistant.document_versions import versions_meant
from assistant.lookup_result import NEAREST, Found
from assistant.typed_reference import Reading, canonical, dated, readings, with_context
from corpus import places, references
from corpus.labels import Style
from corpus.model import Span, Status
from corpus.numerals import NUMERAL
from corpus.references import Part, Reference
from index.store import ClauseStore
from index.text_search import condensed

_MOST = 50
"""Candidates that are named at most."""

_LONGEST = 200
"""Characters of a typed reference that are read: twice the longest titles."""

_BRACKETED = (Style.HAN_BRACKETED, Style.DIGIT_BRACKETED)
_ITEM_STYLES = (None, *_BRACKETED)
_NUMBER = re.compile(r"[\u4e00-\u9fff]*(?:〔[0-9]{4}〕)?[0-9]+号")
_NO_HEADING = re.compile(rf".?|{NUMERAL}")
_ID_SPELLING = str.maketrans("：()", ":（）")


class ClauseFinder:
    """Resolves references against the documents of a store."""

    def __init__(self, store: ClauseStore) -> None:
        self._store = store
        self.names = DocumentNames(store.documents())
        self._outdated = {
            document.source_id
            for document in self.names.documents
            if document.status in (Status.AMENDED, Status.REPEALED)
        }

    def lookup(self, text: str) -> Found:
        """The clause that a reference typed by a person names."""
        text = text.strip()[:_LONGEST]
        if exact := self._by_id(text):
            return exact.with_parts()
        missed: Found | None = None
        *_, plainest = ways = list(readings(canonical(text)))
        for reading in ways:
            for documents, reference in self._meanings(reading):
                found = self._found(documents, reference)
                if found.matches:
                    return found.with_parts()
                if documents and reference.parts and not reference.heading:
                    missed = missed or self._missed(documents, reference)
        return missed or self._similar(plainest.name or text, plainest.steps)

    def resolve(self, reference: Reference | None, text: str, regions: Iterable[str] = ()) -> Found:
        """The clauses that a reference in a question names; ``text`` may say the document in other words (吉林方案).

        ``regions`` narrow the search where the text names neither document nor place.
        """
        named = self.named_documents(text, reference)
        if named is None or (not named and (reference is None or not reference.parts)):
            return self._similar(
                reference.title or reference.number or text if reference else text, reference
            )
        if reference is None or not reference.parts:
            return self._found(named, Reference(Span(0, 0)))
        documents = named or self.names.of_places(text, regions)
        found = self._found(documents, reference)
        return found if found.matches else self._missed(documents, reference)

    def named_documents(self, text: str, reference: Reference | None = None) -> Documents | None:
        """Documents that a text names by number, title, alias or place and genre; None if none is known by it."""
        if reference and reference.number:
            return self.names.numbered(reference.number) or None
        if reference and reference.title:
            named = self.names.titled(reference.title) or self.names.closing(reference.title)[0]
            return versions_meant(named, reference.date) or None
        if named := self.names.within(text):
            return versions_meant(named, reference.date if reference else "") or None
        has_place = bool(places.mentions(text)) and is_kind_named(text)
        return self.names.of_places(text, ()) or None if has_place else ()

    def is_outdated(self, clause_id: str) -> bool:
        """Whether a clause stands in a text that is amended or repealed."""
        return _source(clause_id) in self._outdated

    def locate(self, documents: Documents, reference: Reference) -> tuple[list[str], int]:
        """Ids of the clauses at the steps of a reference, and the number of the 项 where that is text of its clause."""
        parts = reference.parts
        for count in range(len(parts), 0, -1):
            found = self._at(documents, replace(reference, parts=parts[:count]))
            if found and count == len(parts):
                return _preferred(found, parts[-1]), reference.item
            if clauses := [entry for entry in found if entry[1]]:
                return _preferred(clauses, parts[count - 1]), parts[count].number
            if parts[count - 1].style not in _ITEM_STYLES:
                break
        return [], 0

    def _meanings(self, reading: Reading) -> Iterator[tuple[Documents, Reference]]:
        """Documents that the name of a reading may mean, and what to look for in them, the likeliest first."""
        name, date = reading.name, ""
        if not condensed(name):
            if reading.steps.parts:
                yield self.names.documents, reading.steps
            return
        if number := _NUMBER.search(name):
            yield self.names.numbered(number[0]), with_context(reading, name[number.end() :])
            return
        if not self.names.leading(name)[0]:
            name, date = dated(name)
        documents, length = self.names.leading(name)
        reference = with_context(reading, name[length:])
        yield versions_meant(documents, date or reference.date), reference
        titled = self.names.titled(name) or self.names.closing(name)[0]
        yield versions_meant(titled, date), reading.steps
        yield self.names.of_kind(name), reading.steps
        if reference.parts and not (length or date or reference.heading):  # all of the words are steps
            yield self.names.documents, reference

    def _found(self, documents: Documents, reference: Reference) -> Found:
        if not documents:
            return Found(())
        ids, item = self._located(documents, reference)
        clauses = tuple(self._store.clause(id_) for id_ in ids[:_MOST])
        return Found(clauses, (), reference.paragraph, item, len(ids))

    def _located(self, documents: Documents, reference: Reference) -> tuple[list[str], int]:
        if not reference.parts:
            return self._whole(documents, reference.heading), 0
        tries = (
            (documents, reference),
            (self.names.forwarded_by(documents), reference),
            (documents, _in_any_style(reference)),
        )
        located = (self.locate(where, what) for where, what in tries if where)
        return next((found for found in located if found[0]), ([], 0))

    def _whole(self, documents: Documents, heading: str) -> list[str]:
        """Where documents begin, or their sections and clauses with a heading."""
        if heading:
            is_name = not _NO_HEADING.fullmatch(condensed(heading))
            return self._store.headed(heading, self._ids(documents), _MOST) if is_name else []
        return [opening for document in documents for opening in self._store.clause_ids(document.id, 1)]

    def _at(self, documents: Documents, reference: Reference) -> list[tuple[str, bool]]:
        """Ids of what is at the steps of a reference, and whether it is a clause and no mere heading."""
        last = reference.parts[-1]
        found = [
            (id_, is_clause)
            for id_, is_clause in self._store.numbered(last.number, last.branch, self._ids(documents))
            if references.matches(reference.parts, _path(id_)) and self._is_under(id_, reference.heading)
        ]
        is_named = documents is not self.names.documents
        return found if is_named else [entry for entry in found if not self.is_outdated(entry[0])] or found

    def _is_under(self, clause_id: str, heading: str) -> bool:
        if not heading:
            return True
        headings = self._store.clause(clause_id).ancestors
        return any(condensed(heading) in condensed(own) for own in headings)

    def _ids(self, documents: Documents) -> list[str]:
        """Ids for the store, which takes none for all."""
        is_all = len(documents) == len(self.names.documents)
        return [] if is_all else [document.id for document in documents]

    def _by_id(self, text: str) -> Found | None:
        """The clause of an id, as the product prints it (dalian:三/（九）#2) or with other brackets."""
        id_, _, paragraph = text.translate(_ID_SPELLING).partition("#")
        clause = self._store.find_clause(id_)
        is_named = clause and (not paragraph or paragraph.isdecimal())
        return Found((clause,), (), int(paragraph or 0), 0, 1) if clause and is_named else None

    def _missed(self, documents: Documents, reference: Reference) -> Found:
        """Nothing bears the number: the clauses with the nearest ones."""
        wanted = reference.parts[-1].number if reference.parts else 0
        nearest = self._store.nearest_numbers(wanted, self._ids(documents), NEAREST)
        ids = nearest or self._whole(documents, "")
        return Found((), tuple(map(self._store.clause, ids[:NEAREST])), reference.paragraph)

    def _similar(self, name: str, steps: Reference | None) -> Found:
        """No document bears the name: the same clause in those whose number or title looks most like it."""
        names = {document.id: f"{document.title} {document.number}" for document in self.names.documents}
        ranked = process.extract(name, names, scorer=fuzz.partial_ratio, limit=NEAREST)
        nearest: list[str] = []
        for _, _, document_id in ranked:
            document = self._store.document(document_id)
            same = self.locate((document,), steps)[0] if steps else []
            nearest += (same or self._store.clause_ids(document_id, 1))[:1]
        return Found((), tuple(map(self._store.clause, nearest)))


def _source(clause_id: str) -> str:
    return clause_id.partition(":")[0]


def _path(clause_id: str) -> str:
    return clause_id.partition(":")[2]


def _preferred(numbered: list[tuple[str, bool]], part: Part) -> list[str]:
    """Of a number without a level, such as 第三条, articles go in each source before other clauses, and these
    before mere headings. All stay where the part names a level: 第三章, （三）.
    """
    if part.style is not None:
        return [id_ for id_, _ in numbered]
    chosen: list[str] = []
    for _, group in groupby(numbered, key=lambda entry: _source(entry[0])):
        own = list(group)
        clauses = [id_ for id_, is_clause in own if is_clause]
        articles = [id_ for id_ in clauses if references.steps_of(_path(id_))[-1].style is Style.ARTICLE]
        chosen += articles or clauses or [id_ for id_, _ in own]
    return chosen


def _in_any_style(reference: Reference) -> Reference:
    """A lone Chinese number, or one in brackets, may name a clause of any form: 大连意见十七, 大连意见（17）."""
    last = reference.parts[-1]
    is_open = len(reference.parts) == 1 and last.style in (Style.HAN, *_BRACKETED)
    return replace(reference, parts=(replace(last, style=None),)) if is_open else reference
