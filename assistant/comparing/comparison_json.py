"""What ``compare --json`` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from assistant.comparing.model import AlignedClauses, Change, DocumentComparison, Relation
from corpus.model import Clause, PolicyDocument, Span
from index.store import ClauseStore


def comparison_json(comparison: DocumentComparison, store: ClauseStore) -> dict[str, Any]:
    """The contract of ``compare --json``. Offsets are those of the source files as decoded."""
    sides = comparison.left, comparison.right
    left, right = (_Side(document, store) for document in sides)
    return {
        "left": left.facts(),
        "right": right.facts(),
        "are_versions": comparison.are_versions,
        "counts": {relation.value: comparison.count(relation) for relation in Relation}
        | {"renumbered": sum(row.is_renumbered for row in comparison.rows)},
        "differences": [asdict(fact) | {"kind": fact.kind.value} for fact in comparison.differences],
        "rows": [_row(row, left, right) for row in comparison.rows],
    }


class _Side:
    """One document and the texts that its offsets count in."""

    def __init__(self, document: PolicyDocument, store: ClauseStore) -> None:
        self._document = document
        self._clean = store.source(document.source_id).clean

    def facts(self) -> dict[str, str]:
        document = self._document
        return {
            "document": document.id,
            "title": document.title,
            "number": document.number,
            "date": document.date,
            "region": document.region,
            "status": document.status.value,
        }

    def words(self, span: Span) -> dict[str, Any]:
        source = self._clean.offsets.span_to_source(span)
        return {"text": self._clean.text[span.start : span.end], "start": source.start, "end": source.end}


def _row(row: AlignedClauses, left: _Side, right: _Side) -> dict[str, Any]:
    return {
        "relation": row.relation.value,
        "renumbered": row.is_renumbered,
        "left": _clauses(row.left),
        "right": _clauses(row.right),
        "also_left": [clause.id for clause in row.also_left],
        "also_right": [clause.id for clause in row.also_right],
        "changes": [_change(change, left, right) for change in row.changes],
    }


def _clauses(clauses: Sequence[Clause]) -> list[dict[str, str]]:
    return [{"clause": c.id, "label": c.label, "heading": c.heading, "text": c.text.strip()} for c in clauses]


def _change(change: Change, left: _Side, right: _Side) -> dict[str, Any]:
    return {"left": left.words(change.left), "right": right.words(change.right)}
