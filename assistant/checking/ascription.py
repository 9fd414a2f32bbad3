"""Where a text says that its quotations are from."""

from __future__ import annotations

from dataclasses import dataclass

from corpus import references
from corpus.model import Clause, PolicyDocument
from corpus.references import Part


@dataclass(frozen=True, slots=True)
class Ascription:
    """What a text says of the origin of a quotation; empty where it says nothing.

    ``clauses`` and ``documents`` are those named, ``versions`` other versions of these documents, which may be
    meant as well, ``regions`` the places that these bind. ``steps`` lead to the clauses named, perhaps of no
    document, ``parts`` are the 款 and the 项 of each clause, 0 for all. ``is_missing`` tells that the corpus lacks
    what is named. ``joined`` are the origins that are named together, ``is_of_each`` tells
    that each of them is said to have the words: A与B均规定.
    """

    clauses: tuple[Clause, ...] = ()
    documents: tuple[PolicyDocument, ...] = ()
    versions: tuple[PolicyDocument, ...] = ()
    regions: tuple[str, ...] = ()
    steps: tuple[tuple[Part, ...], ...] = ()
    parts: tuple[tuple[int, int], ...] = ()
    is_missing: bool = False
    joined: tuple[Ascription, ...] = ()
    is_of_each: bool = False

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
        return self._is_in_document(clause) if self.documents else self._is_at(clause)

    def parts_of(self, clause: Clause) -> list[tuple[int, int]]:
        """The 款 and 项 named of a clause, or of the clause that another version has in its place."""
        named = list(zip(self.clauses, self.parts, strict=True))
        return [part for own, part in named if own.id == clause.id] or list(self.parts)

    def distance(self, clause: Clause, region: str) -> int:
        """How far a clause of a document for ``region`` is from what is named: there, in the document, in another
        version of it, for the same place, elsewhere.
        """
        is_version = any(document.id == clause.document_id for document in self.versions)
        steps = (self.covers(clause), self._is_in_document(clause), is_version, region in self.regions, True)
        return steps.index(True)

    def _is_in_document(self, clause: Clause) -> bool:
        return any(clause.document_id in (document.id, document.forwards) for document in self.documents)

    def _is_at(self, clause: Clause) -> bool:
        return not self.steps or any(references.matches(parts, clause.path) for parts in self.steps)


NOWHERE = Ascription()
