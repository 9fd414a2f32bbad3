"""The answer as ``ask --json`` prints it."""

from __future__ import annotations

from typing import Any

from assistant.model import Answer, Citation, Timings


def answer_json(answer: Answer) -> dict[str, Any]:
    """``answer`` as plain lists, dictionaries, strings and numbers, keys in the order of the contract."""
    return {
        "question": answer.question,
        "status": answer.status.value,
        "text": answer.text,
        "claims": [{"text": claim.text, "citations": list(claim.citations)} for claim in answer.claims],
        "citations": [_citation(citation) for citation in answer.citations],
        "retrieved": [{"clause": ranked.clause, "score": ranked.score} for ranked in answer.retrieved],
        "timings_ms": _timings(answer.timings_ms),
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
