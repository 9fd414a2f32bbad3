"""The answer as ``ask --json`` prints it."""

from __future__ import annotations

from typing import Any

from assistant.answer_text import UNSTATED
from assistant.model import Answer, Citation, Claim, ComparisonTable, Timings


def answer_json(answer: Answer) -> dict[str, Any]:
    """``answer`` as plain lists, dictionaries, strings and numbers, keys in the order of the contract.

    A comparison has its ``table`` as well. Where a language model had a part in it, three more keys tell which.
    """
    return {
        "question": answer.question,
        "status": answer.status.value,
        "text": answer.text,
        "claims": [{"text": claim.text, "citations": list(claim.citations)} for claim in answer.claims],
        "citations": [_citation(citation) for citation in answer.citations],
        **({"table": _table(answer.table)} if answer.table else {}),
        "retrieved": [{"clause": ranked.clause, "score": ranked.score} for ranked in answer.retrieved],
        "timings_ms": _timings(answer.timings_ms),
        **_writing(answer),
    }


def _writing(answer: Answer) -> dict[str, Any]:
    """What a language model did for an answer; nothing where none was asked."""
    if not (answer.written_by or answer.notice or answer.steps):
        return {}
    steps = [{"kind": step.kind.value, "text": step.text, "reason": step.reason} for step in answer.steps]
    return {"written_by": answer.written_by, "notice": answer.notice, "steps": steps}


def _table(table: ComparisonTable) -> dict[str, Any]:
    return {
        "places": list(table.places),
        "rows": [{"point": row.point, "cells": [_cell(cell) for cell in row.cells]} for row in table.rows],
    }


def _cell(claims: tuple[Claim, ...]) -> dict[str, Any]:
    return {
        "text": "\n".join(claim.text for claim in claims) or UNSTATED,
        "citations": list(dict.fromkeys(n for claim in claims for n in claim.citations)),
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "n": citation.n,
        "clause": citation.clause,
        "document": citation.document,
        "number": citation.number,
        "label": citation.label,
        "region": citation.region,
        "status": citation.status.value,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
    }


def _timings(timings: Timings) -> dict[str, float]:
    return {
        "understand": timings.understand,
        "retrieve": timings.retrieve,
        "compose": timings.compose,
        "verify": timings.verify,
        "total": timings.total,
    }
