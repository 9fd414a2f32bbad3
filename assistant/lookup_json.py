"""What ``lookup`` prints, as JSON and for people."""

from __future__ import annotations

from typing import Any

from assistant.lookup import Found
from corpus.model import Clause, ClauseKind
from index.store import ClauseStore


def lookup_json(query: str, found: Found, store: ClauseStore) -> dict[str, Any]:
    """The contract of ``lookup --json``."""
    return {
        "query": query,
        "matches": [_clause(clause, store, found.paragraph) for clause in found.matches],
        "nearest": [_clause(clause, store, 0) for clause in found.nearest],
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
    }


def lookup_text(query: str, found: Found, store: ClauseStore) -> str:
    """The clause in full where it is clear; else the candidates or the nearest, a line each."""
    if len(found.matches) == 1:
        clause = found.matches[0]
        return f"{_title(clause, store)}\n\n{text_of(clause, store, found.paragraph)}"
    if found.matches:
        lines = [f"“{query}”可以指 {len(found.matches)} 个条款，请写明文件或上级标题："]
        return "\n".join([*lines, *(f"- {clause.id}  {_title(clause, store)}" for clause in found.matches)])
    lines = [f"没有找到“{query}”所指的条款；请检查文号和条号。"]
    if found.nearest:
        lines += ["最接近的是：", *(f"- {clause.id}  {_title(clause, store)}" for clause in found.nearest)]
    return "\n".join(lines)


def _title(clause: Clause, store: ClauseStore) -> str:
    document = store.document(clause.document_id)
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
