"""A clause with all that stands around it, and the form in which Chinese official writing cites it."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.lookup import ClauseFinder
from assistant.reference_links import Link, ReferenceLinker
from corpus.clauses import BODY, PREAMBLE, SIGNATURE
from corpus.labels import label_of
from corpus.model import DRAFTS, Basis, Clause, PolicyDocument, Span, Status
from corpus.references import steps_of
from index.store import ClauseStore

_NESTED = str.maketrans("“”", "‘’")


@dataclass(frozen=True, slots=True)
class BasisDocument:
    """A document that another one names as its basis; ``document`` is None where the corpus does not hold it."""

    basis: Basis
    document: PolicyDocument | None


@dataclass(frozen=True, slots=True)
class CitingClause:
    """A clause that refers to another one, with its document and the words of the reference at ``span`` of its text."""

    clause: Clause
    document: PolicyDocument
    span: Span

    @property
    def words(self) -> str:
        """The reference as it is written."""
        return self.clause.text[self.span.start : self.span.end]


@dataclass(frozen=True, slots=True)
class ClauseView:
    """A clause in its context. ``sections`` are the headings above it, outermost first; ``links`` the references in
    its text; ``before`` and ``behind`` the clauses next to it, without headings, None at the ends of the document.
    """

    clause: Clause
    document: PolicyDocument
    sections: tuple[Clause, ...]
    bases: tuple[BasisDocument, ...]
    links: tuple[Link, ...]
    cited_by: tuple[CitingClause, ...]
    before: Clause | None
    behind: Clause | None


class ClauseReader:
    """Shows the clauses of a store in their context."""

    def __init__(self, store: ClauseStore, finder: ClauseFinder) -> None:
        self._store = store
        self._finder = finder
        self._linker = ReferenceLinker(store, finder)

    def view(self, clause: Clause) -> ClauseView:
        """A clause with its context."""
        before, behind = self._store.around(clause.id, 1, 1)
        document = self._store.document(clause.document_id)
        return ClauseView(
            clause=clause,
            document=document,
            sections=self._sections(clause),
            bases=tuple(BasisDocument(basis, self._document_of(basis)) for basis in document.bases),
            links=self._linker.links(clause),
            cited_by=self._cited_by(clause),
            before=self._store.clause(before[0]) if before else None,
            behind=self._store.clause(behind[0]) if behind else None,
        )

    def _sections(self, clause: Clause) -> tuple[Clause, ...]:
        segments = clause.path.split("/")
        paths = ("/".join(segments[:count]) for count in range(1, len(segments)))
        found = (self._store.find_clause(f"{clause.source_id}:{path}") for path in paths)
        return tuple(section for section in found if section)

    def _document_of(self, basis: Basis) -> PolicyDocument | None:
        names = self._finder.names
        found = (names.numbered(basis.number) if basis.number else ()) or names.official(basis.title)
        return found[0] if len(found) == 1 else None

    def _cited_by(self, clause: Clause) -> tuple[CitingClause, ...]:
        citing = ((self._store.clause(item.clause_id), item.span) for item in self._linker.cited_by(clause))
        return tuple(CitingClause(own, self._store.document(own.document_id), span) for own, span in citing)


def citation_of(clause: Clause, document: PolicyDocument, *, with_text: bool) -> str:
    """《标题》（文号）五、（十七）, for a text that is no longer or not yet in force with what it is.

    ``with_text`` adds what the clause says: 规定：“…”, with single quotation marks inside (GB/T 15834-2011, 4.8).
    """
    label = "" if _is_unnamed(clause) else clause.label.replace(" ", "")
    code, _, volume = document.title.partition(" ")
    title = code if volume and code.endswith("法典") and label else document.title  # its articles run on
    name = f"《{title}》{f'（{document.number}）' if document.number else ''}{_state(document)}{label}"
    if not with_text:
        return name
    return f"{name}规定：“{own_words(clause).translate(_NESTED)}”"


def _is_unnamed(clause: Clause) -> bool:
    """Whether the label of a clause is a name that the parser gave it."""
    is_part = clause.document_id.endswith(f"@{clause.path}")
    return is_part or clause.path.rpartition("/")[2] in (PREAMBLE, BODY, SIGNATURE)


def own_words(clause: Clause) -> str:
    """Text of a clause without its label."""
    label = label_of(clause.text) if steps_of(clause.path) else None
    return clause.text[label.end if label else 0 :].strip()


def _state(document: PolicyDocument) -> str:
    if document.status in DRAFTS and document.status.value not in document.title:
        return f"（{document.status}）"
    if document.status is Status.AMENDED and document.date:
        return f"（{document.date[:4]}年文本）"
    return f"（{document.status}）" if document.status is Status.REPEALED else ""
