"""Which clause a reference names: 大政办发〔2018〕159号（十七）, 大连文件第十七条, 吉林方案第12条."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from corpus import places, references
from corpus.labels import Style
from corpus.model import Clause, ClauseKind, PolicyDocument, Span
from corpus.numerals import HAN_NUMERAL, NUMERAL, to_int
from corpus.references import Part, Reference
from index.errors import UnknownIdError
from index.normalize import normalize_for_search
from index.store import ClauseStore

_NEAREST = 3
_ITEM_STYLES = (None, Style.HAN_BRACKETED, Style.DIGIT_BRACKETED)
_GENRE = re.compile("文件|方案|意见|通知|办法|规定|条例|草案|稿")


@dataclass(frozen=True, slots=True)
class Found:
    """What one reference names: ``matches`` is one clause where it is clear, several where it is not.

    ``paragraph`` is the 款 or 段 that the reference asks for, 0 for the whole clause.
    """

    matches: tuple[Clause, ...]
    nearest: tuple[Clause, ...] = ()
    paragraph: int = 0


class ClauseFinder:
    """Resolves references against the documents of a store."""

    def __init__(self, store: ClauseStore) -> None:
        self._store = store
        self._documents = tuple(store.documents())
        self._names = {document.id: _names_of(document) for document in self._documents}

    def lookup(self, text: str) -> Found:
        """The clause that a reference typed by a person names."""
        if exact := self._by_id(text.strip()):
            return Found((exact,))
        found = references.find(normalize_for_search(text))
        named = next((r for r in found if r.parts or r.paragraph), found[0] if found else None)
        return self.resolve(_with_last_number(named, text), text)

    def resolve(self, reference: Reference | None, text: str, regions: Iterable[str] = ()) -> Found:
        """The clauses that a reference names; ``text`` may say the document in other words (吉林方案).

        ``regions`` narrow the search where the text names neither document nor place.
        """
        named = self.named_documents(text, reference)
        if named is None:
            return Found((), self._similar(text))
        if reference is None or not reference.parts:
            return Found(self._ends(named, text)) if named else Found((), self._similar(text))
        documents = named or self._of_places(text, regions)
        matches = (
            self._matches(documents, reference)
            or self._matches(self._forwarded(documents), reference)
            or self._matches(documents, _in_any_style(reference))
        )
        if not matches:
            closest = self._closest(documents, reference.parts[-1]) or self._openings(documents)
            return Found((), closest[:_NEAREST], reference.paragraph)
        return Found(tuple(_preferred(matches, reference.parts[-1])), (), reference.paragraph)

    def _matches(self, documents: Iterable[PolicyDocument], reference: Reference) -> list[Clause]:
        """Clauses at the reference, or at the steps before an item that is text of its clause: 第四条第（二）项."""
        for count in range(len(reference.parts), 0, -1):
            shorter = replace(reference, parts=reference.parts[:count])
            found = [clause for document in documents for clause in self._clauses(document, shorter)]
            if found or reference.parts[count - 1].style not in _ITEM_STYLES:
                return found
        return []

    def _forwarded(self, documents: Iterable[PolicyDocument]) -> tuple[PolicyDocument, ...]:
        """What the documents forward or issue: people cite the number of the notice."""
        ids = {document.forwards for document in documents}
        return tuple(document for document in self._documents if document.id in ids)

    def named_documents(
        self, text: str, reference: Reference | None = None
    ) -> tuple[PolicyDocument, ...] | None:
        """Documents that a text names by number, title, alias or place and genre; None if none is known by it."""
        if reference and reference.number:
            return tuple(d for d in self._documents if _bears(d, reference.number)) or None
        if reference and reference.title:
            return self._titled(normalize_for_search(reference.title)) or None
        if named := self._named_in(normalize_for_search(text)):
            return named
        has_place = bool(places.mentions(text)) and bool(_GENRE.search(text))
        return self._of_places(text, ()) or None if has_place else ()

    def _of_places(self, text: str, regions: Iterable[str]) -> tuple[PolicyDocument, ...]:
        """Documents of the places in the text, else of ``regions``, else all; a forwarding notice only if it is all."""
        mentioned = [mention.place for mention in places.mentions(text)]
        wanted = mentioned or [place for region in regions if (place := places.named(region))]
        if not wanted:
            return self._documents
        within = tuple(d for d in self._documents if d.region and _within(d, wanted))
        genre = _GENRE.search(text)
        titled = tuple(
            d for d in within if genre and genre[0] in d.title and (d.forwards or genre[0] != "通知")
        )
        return titled or tuple(d for d in within if not d.forwards) or within

    def _by_id(self, text: str) -> Clause | None:
        try:
            return self._store.clause(text)
        except UnknownIdError:
            return None

    def _named_in(self, text: str) -> tuple[PolicyDocument, ...]:
        """Documents whose longest name occurs in a normalised text."""
        hits = [(len(name), d) for d in self._documents for name in self._names[d.id] if name in text]
        longest = max((length for length, _ in hits), default=0)
        return tuple(dict.fromkeys(d for length, d in hits if length == longest))

    def _titled(self, title: str) -> tuple[PolicyDocument, ...]:
        exact = tuple(d for d in self._documents if title in self._names[d.id])
        containing = tuple(d for d in self._documents if title in normalize_for_search(d.title))
        ending = tuple(d for d in self._documents if title.endswith(self._names[d.id]))
        return exact or containing or ending

    def _clauses(self, document: PolicyDocument, reference: Reference) -> Iterable[Clause]:
        under = normalize_for_search(reference.heading)
        for clause in self._store.clauses(document.id):
            is_under = not under or any(
                under in normalize_for_search(heading) for heading in clause.ancestors
            )
            if is_under and references.matches(reference.parts, clause.path):
                yield clause

    def _openings(self, documents: Iterable[PolicyDocument]) -> tuple[Clause, ...]:
        first = (self._store.clauses(document.id) for document in documents)
        return tuple(clauses[0] for clauses in first if clauses)

    def _ends(self, documents: Iterable[PolicyDocument], text: str) -> tuple[Clause, ...]:
        """The unnumbered clause that a text names (落款), else where the documents begin."""
        clauses = (clause for document in documents for clause in self._store.clauses(document.id))
        named = tuple(
            c for c in clauses if not references.steps_of(c.path) and text.strip().endswith(c.label)
        )
        return named or self._openings(documents)

    def _closest(self, documents: Iterable[PolicyDocument], part: Part) -> tuple[Clause, ...]:
        numbered = [
            (abs(steps[-1].number - part.number), clause)
            for document in documents
            for clause in self._store.clauses(document.id)
            if clause.kind is ClauseKind.CLAUSE and (steps := references.steps_of(clause.path))
        ]
        return tuple(clause for _, clause in sorted(numbered, key=lambda item: item[0])[:_NEAREST])

    def _similar(self, text: str) -> tuple[Clause, ...]:
        """First clauses of the documents whose number or title looks most like the text."""
        names = {d.id: f"{d.title} {d.number}" for d in self._documents}
        ranked = process.extract(text, names, scorer=fuzz.partial_ratio, limit=_NEAREST)
        by_id = {document.id: document for document in self._documents}
        return self._openings(by_id[document_id] for _, _, document_id in ranked)


def _names_of(document: PolicyDocument) -> tuple[str, ...]:
    """Names that identify a document in a normalised text: title, its short form, aliases."""
    title = normalize_for_search(document.title)
    short = re.sub(r"^中华人民共和国|\s.*$|\(.*\)$", "", title)
    book = title.removeprefix("中华人民共和国").replace(" ", "")
    aliases = map(normalize_for_search, document.aliases)
    return tuple(dict.fromkeys(name for name in (title, book, short, *aliases) if len(name) >= 2))


def _bears(document: PolicyDocument, number: str) -> bool:
    """Whether a number in a text is the document's: words may stand before it, and it may be short (159号)."""
    is_full = bool(document.number) and number.endswith(document.number)
    return is_full or ("〔" not in number and document.number.endswith(f"〕{number}"))


def _within(document: PolicyDocument, wanted: Iterable[places.Place]) -> bool:
    own = places.named(document.region)
    return own is not None and any(place.contains(own) or own.contains(place) for place in wanted)


def _preferred(matches: list[Clause], part: Part) -> list[Clause]:
    """Clauses go before mere headings, unless a level is named that only headings have."""
    if part.style in (Style.HAN_BRACKETED, None):
        leaves = [clause for clause in matches if clause.kind is ClauseKind.CLAUSE]
        return leaves or matches
    return matches


def _in_any_style(reference: Reference) -> Reference:
    """A lone Chinese number may name a clause of any form: 大连意见十七 is （十七）."""
    last = reference.parts[-1]
    is_open = len(reference.parts) == 1 and last.style is Style.HAN
    return replace(reference, parts=(replace(last, style=None),)) if is_open else reference


def _with_last_number(reference: Reference | None, text: str) -> Reference | None:
    """A reference with the bare number that ends it, where no clause is named otherwise: 吉林方案12, 附件2."""
    if reference is not None and (reference.parts or reference.paragraph):
        return reference
    match = re.search(rf"(?P<annex>附件\s*)?(?<![0-9年])(?P<number>{NUMERAL})$", text.strip())
    if match is None:
        return reference
    style = (
        Style.ANNEX if match["annex"] else Style.HAN if re.fullmatch(HAN_NUMERAL, match["number"]) else None
    )
    part = Part(to_int(match["number"]), style=style)
    return replace(reference or Reference(Span(0, len(text))), parts=(part,))
