"""What ``lookup`` prints, as JSON and for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.clause_view import ClauseReader, ClauseView, citation_of
from assistant.lookup_result import Found
from assistant.reference_links import Link
from corpus.model import Clause, ClauseKind, PolicyDocument
from index.store import ClauseStore

_MOST_CITING = 10


def lookup_json(query: str, found: Found, store: ClauseStore, reader: ClauseReader) -> dict[str, Any]:
    """The contract of ``lookup --json``; one clear clause comes with its context."""
    return {
        "query": query,
        "matches": [_clause(clause, store, found.paragraph) for clause in found.matches],
        "nearest": [_clause(clause, store, 0) for clause in found.nearest],
        "total": found.total,
        "paragraph": found.paragraph,
        "item": found.item,
        "remark": _lacks(found),
        "context": _context(reader.view(found.matches[0])) if len(found.matches) == 1 else None,
    }


def _clause(clause: Clause, store: ClauseStore, paragraph: int) -> dict[str, Any]:
    document = store.document(clause.document_id)
    return {
        "clause": clause.id,
        "label": clause.label,
        "document": document.title,
        "number": document.number,
        "region": document.region,
        "status": document.status.value,
        "text": text_of(clause, store, paragraph),
        "heading": clause.heading,
        "date": document.date,
        "units": [{"role": unit.role.value, "name": unit.name} for unit in clause.units],
        "citation": citation_of(clause, document, with_text=False),
    }


def _context(view: ClauseView) -> dict[str, Any]:
    return {
        "sections": [{"clause": section.id, "heading": section.heading} for section in view.sections],
        "bases": [
            {
                "title": item.basis.title,
                "number": item.basis.number,
                "document": item.document.id if item.document else None,
            }
            for item in view.bases
        ],
        "links": [_link(link, view.clause) for link in view.links],
        "cited_by": [
            {"clause": citing.clause.id, "document": citing.document.title, "words": citing.words}
            for citing in view.cited_by
        ],
        "previous": view.before.id if view.before else None,
        "next": view.behind.id if view.behind else None,
    }


def _link(link: Link, clause: Clause) -> dict[str, Any]:
    return {
        "words": clause.text[link.span.start : link.span.end],
        "state": link.state.value,
        "clauses": [target.clause_id for target in link.targets],
    }


def lookup_text(query: str, found: Found, store: ClauseStore, reader: ClauseReader) -> str:
    """The clause in full where it is clear; else the candidates or the nearest, a line each."""
    if len(found.matches) == 1:
        clause = found.matches[0]
        about = "\n".join(_about(reader.view(clause)))
        return "\n\n".join(
            filter(None, (_title(clause, store), text_of(clause, store, found.paragraph), about))
        )
    if found.matches:
        lines = [f"“{query}”可以指 {found.total} 个条款，请写明文件或上级标题："]
        return "\n".join([*lines, *(f"- {clause.id}  {_title(clause, store)}" for clause in found.matches)])
    lines = [f"没有找到“{query}”所指的条款；{_lacks(found) or '请检查文号和条号'}。"]
    if found.nearest:
        lines += ["最接近的是：", *(f"- {clause.id}  {_title(clause, store)}" for clause in found.nearest)]
    return "\n".join(lines)


def _lacks(found: Found) -> str:
    """That a clause is there, but not the 款 or 项 of it."""
    return f"该条{found.lacks}" if found.lacks else ""


def _about(view: ClauseView) -> Iterator[str]:
    """Who carries a clause out, and which clauses refer to it."""
    roles = dict.fromkeys(unit.role for unit in view.clause.units)
    for role in roles:
        yield f"{role}：{'、'.join(unit.name for unit in view.clause.units if unit.role is role)}"
    if view.cited_by:
        yield f"引用它的条款（{len(view.cited_by)}）："
    for citing in view.cited_by[:_MOST_CITING]:
        yield f"- {citing.clause.id}  《{citing.document.title}》{citing.clause.label}：“{citing.words}”"


def _title(clause: Clause, store: ClauseStore) -> str:
    document: PolicyDocument = store.document(clause.document_id)
    number = f"（{document.number}）" if document.number else ""
    heading = f" {clause.heading}" if clause.heading and clause.heading != clause.label else ""
    return f"《{document.title}》{number}{clause.label}{heading}〔{document.region or '地区未注明'}·{document.status}〕"


def text_of(clause: Clause, store: ClauseStore, paragraph: int = 0) -> str:
    """Text of a clause, of one paragraph of it, or of a section with all that it holds."""
    for part in clause.paragraphs:
        if part.number == paragraph:
            base = clause.span.start
            return clause.text[part.span.start - base : part.span.end - base].strip()
    if clause.kind is ClauseKind.CLAUSE:
        return clause.text.strip()
    below = (c.text for c in store.clauses(clause.document_id) if c.path.startswith(f"{clause.path}/"))
    return "".join([clause.text, *below]).strip()
