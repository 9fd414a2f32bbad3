"""References inside texts, linked to the clauses that they name, and who refers to a clause."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from assistant.document_names import Documents, names_of
from assistant.document_versions import versions_at, versions_meant
from assistant.lookup import ClauseFinder
from corpus import references
from corpus.labels import Style
from corpus.model import NOT_IN_FORCE, Clause, PolicyDocument, Span
from corpus.references import Anchor, Part, Reference
from corpus.versions import successors
from index.mentions import WHOLE, Mention
from index.store import ClauseStore

_AMENDS = re.compile("修改|修正|废止")
"""What such a document says of 第三条 is about the one that it amends."""

_BEFORE_UNKNOWN = re.compile(".*[将由为是在对按和或及与除](?=..)")
"""What stands before an unknown title without title marks."""

_MOST_BACK = 5
_MOST_CITING = 50


class LinkState(StrEnum):
    """Whether the corpus has what a reference names."""

    LINKED = "linked"
    AMBIGUOUS = "ambiguous"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Target:
    """A clause with the 款 and the 项 of it that are meant; () and 0 for the whole clause."""

    clause_id: str
    paragraphs: tuple[int, ...] = ()
    item: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A reference at ``span`` of a text. ``targets`` is one clause where it is linked, or several clauses of a
    range or a choice; of an ambiguous one the candidates."""

    span: Span
    state: LinkState
    targets: tuple[Target, ...] = ()

    def is_to(self, clause_id: str) -> bool:
        """Whether it is clear and leads to this clause."""
        return self.state is LinkState.LINKED and self.targets[0].clause_id == clause_id


@dataclass(frozen=True, slots=True)
class Citing:
    """A clause that refers to another one, at ``span`` of its text."""

    clause_id: str
    span: Span


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a reference stands."""

    clause_id: str
    document: PolicyDocument

    @property
    def path(self) -> str:
        return self.clause_id.partition(":")[2]


def citation_counts(store: ClauseStore) -> dict[str, int]:
    """How many other clauses refer to a numbered clause, by its id; those that none refers to are left out.

    Only texts in force count. What they say of an earlier version counts for the same number in the one in force.
    """
    linker = ReferenceLinker(store, ClauseFinder(store))
    documents = store.documents()
    in_force = {id_: document.source_id for id_, document in successors(documents).items()}
    counts: Counter[str] = Counter()
    for document in documents:
        if document.status not in NOT_IN_FORCE:
            for clause in store.clauses(document.id):
                for source, _, path in (id_.partition(":") for id_ in linker.cites(clause)):
                    if references.steps_of(path):
                        counts[f"{in_force.get(source, source)}:{path}"] += 1
    return dict(counts)


class ReferenceLinker:
    """Links references to the clauses of a store."""

    def __init__(self, store: ClauseStore, finder: ClauseFinder) -> None:
        self._store = store
        self._finder = finder
        self._named = lru_cache(maxsize=4096)(self._documents_named)
        self._openings = lru_cache(maxsize=4096)(self._find_openings)

    def links(self, clause: Clause) -> tuple[Link, ...]:
        """The references in the text of a clause, in order, with their spans in that text."""
        place = _Place(clause.id, self._store.document(clause.document_id))
        found = (self._link(reference, place, clause) for reference in self._store.references_in(clause.id))
        return tuple(link for link in found if link)

    def cites(self, clause: Clause) -> frozenset[str]:
        """Ids of the other clauses that a clause clearly refers to."""
        linked = (link for link in self.links(clause) if link.state is LinkState.LINKED)
        return frozenset(target.clause_id for link in linked for target in link.targets) - {clause.id}

    def cited_by(self, clause: Clause) -> tuple[Citing, ...]:
        """The other clauses that refer to a clause, each once, 50 at most: the next ones with 前条, the others in text order.

        The beginning of a document has those that refer to the document as a whole.
        """
        citing = [*self._mentions_behind(clause), *self._mentions(clause)]
        first = {
            mention.clause_id: Citing(mention.clause_id, mention.reference.span)
            for mention in reversed(citing)
        }
        first.pop(clause.id, None)
        return tuple(reversed(first.values()))[:_MOST_CITING]

    def _mentions(self, clause: Clause) -> Iterator[Mention]:
        """The references to a clause by its number, or to its document where it begins."""
        steps = references.steps_of(clause.path)
        if not steps and self._store.clause_ids(clause.document_id, 1) != [clause.id]:
            return
        number, branch = (steps[-1].number, steps[-1].branch) if steps else (WHOLE, 0)
        document = self._store.document(clause.document_id)
        own = [volume.id for volume in self._finder.names.volumes(document)]
        names = [*names_of(document), *filter(None, [document.number])]
        for mention in self._store.mentions_of(number, branch, own, names):
            if self._is_to(mention, clause, number):
                yield mention

    def _mentions_behind(self, clause: Clause) -> Iterator[Mention]:
        """Those of the next clauses that say 前条."""
        _, behind = self._store.around(clause.id, 0, _MOST_BACK)
        for distance, clause_id in enumerate(behind, 1):
            for reference in self._store.references_in(clause_id):
                if reference.counted == "条" and reference.back >= distance:
                    yield Mention(clause_id, clause.document_id, reference)

    def _is_to(self, mention: Mention, clause: Clause, number: int) -> bool:
        reference = mention.reference
        if reference.since and reference.since <= number < reference.parts[-1].number:
            reference = replace(
                reference, parts=(*reference.parts[:-1], replace(reference.parts[-1], number=number))
            )
        counts = range(1, len(reference.parts) + 1)
        if number and not any(references.matches(reference.parts[:count], clause.path) for count in counts):
            return False
        link = self._link(reference, _Place(mention.clause_id, self._store.document(mention.document_id)))
        return link is not None and link.is_to(clause.id)

    def _link(self, reference: Reference, place: _Place, clause: Clause | None = None) -> Link | None:
        """The link of a reference; None where it refers to nothing. Only with ``clause`` it may be to that itself."""
        if reference.anchor is Anchor.NAME:
            return self._to_named(reference, place.document.date)
        if reference.anchor is Anchor.CLAUSE:
            return self._to_near(reference, clause) if clause else None
        if _AMENDS.search(place.document.title):
            return None
        if reference.anchor is Anchor.DIVISION:
            return self._to_division(reference, place)
        own = self._located((place.document,), reference)
        return own if own.targets else self._located(self._finder.names.volumes(place.document), reference)

    def _to_named(self, reference: Reference, date: str) -> Link:
        """A link to the version that the reference states, or that was in force at the date of its text."""
        name = (reference.number, reference.title, reference.is_marked)
        documents, length = self._named(*name, reference.date, date)
        link = self._located(documents, reference)
        extra = 0 if reference.is_marked else len(reference.title) - length
        return replace(link, span=Span(link.span.start + extra, link.span.end))

    def _documents_named(
        self, number: str, title: str, is_marked: bool, stated: str, date: str
    ) -> tuple[Documents, int]:
        """The documents of a number or title, and the length of the name in the words of the title."""
        names = self._finder.names
        length = len(title)
        if not (documents := names.numbered(number)):
            documents, length = (names.official(title), length) if is_marked else names.closing(title)
        meant = versions_meant(documents, stated) if stated else versions_at(documents, date)
        return meant, length or len(_BEFORE_UNKNOWN.sub("", title))

    def _located(self, documents: Documents, reference: Reference) -> Link:
        """The clause at the steps of a reference in documents, or where they begin."""
        if not documents:
            return Link(reference.span, LinkState.ABSENT)
        if reference.parts:
            ids, item = self._finder.locate(documents, reference)
        else:
            ids, item = self._openings(documents), 0
        return _link_to(reference, ids, item)

    def _find_openings(self, documents: Documents) -> list[str]:
        """Where documents begin; for the volumes of a code, the one that has 第一条."""
        if len(documents) > 1 and set(documents) <= set(self._finder.names.volumes(documents[0])):
            first, _ = self._finder.locate(documents, Reference(Span(0, 0), parts=(Part(1),)))
            documents = tuple(self._store.document(self._store.clause(id_).document_id) for id_ in first)
        return [id_ for document in documents for id_ in self._store.clause_ids(document.id, 1)]

    def _to_division(self, reference: Reference, place: _Place) -> Link | None:
        """本章 and 本章第二节, from the divisions around a clause; a volume of a code is 本编."""
        segments = place.path.split("/")
        for count in range(len(segments), 0, -1):
            steps = references.steps_of("/".join(segments[:count]))
            if steps and steps[-1].style is reference.division:
                return self._located((place.document,), replace(reference, parts=(*steps, *reference.parts)))
        is_volume = len(self._finder.names.volumes(place.document)) > 1
        is_book = is_volume and reference.division is Style.BOOK
        return self._located((place.document,), reference) if is_book else None

    def _to_near(self, reference: Reference, clause: Clause) -> Link:
        """前条, 本条第二款, 前款 and the like, from where they stand in a clause."""
        if reference.counted == "条" and reference.back:
            before, _ = self._store.around(clause.id, reference.back, 0)
            ids = before if len(before) == reference.back else []
            return _link_to(reference, ids, reference.item, is_choice=False)
        current = _paragraph_at(clause, reference.span.start)
        wanted = range(reference.paragraph or current, (reference.paragraph or current) + 1)
        if reference.counted == "款" and reference.back:
            wanted = range(current - reference.back, current)
        known = {paragraph.number for paragraph in clause.paragraphs} or {1}
        if not known.issuperset(wanted):
            return Link(reference.span, LinkState.ABSENT)
        return Link(reference.span, LinkState.LINKED, (Target(clause.id, tuple(wanted), reference.item),))


def _paragraph_at(clause: Clause, offset: int) -> int:
    """Number of the 款 at an offset of the text; 1 where the clause has no more."""
    at = clause.span.start + offset
    return next((p.number for p in clause.paragraphs if p.span.start <= at < p.span.end), 1)


def _link_to(reference: Reference, ids: list[str], item: int, *, is_choice: bool = True) -> Link:
    paragraphs = (reference.paragraph,) if reference.paragraph else ()
    targets = tuple(Target(id_, paragraphs, item) for id_ in ids)
    if not targets:
        return Link(reference.span, LinkState.ABSENT)
    return Link(
        reference.span, LinkState.AMBIGUOUS if is_choice and len(targets) > 1 else LinkState.LINKED, targets
    )
