"""A span of a clause as a citation."""

from __future__ import annotations

from assistant.evidence import Evidence
from assistant.model import Citation
from corpus.model import Span
from index.store import ClauseStore


def cite(store: ClauseStore, evidence: Evidence, span: Span, n: int) -> Citation:
    """The citation with number ``n`` of a span of the clean text of the clause's source."""
    clause, document = evidence.clause, evidence.document
    source = store.source(clause.source_id)
    place = source.clean.offsets.span_to_source(span)
    return Citation(
        n=n,
        clause=clause.id,
        document=document.title,
        number=document.number,
        label=clause.label,
        region=document.region,
        status=document.status,
        quote=source.clean.text[span.start : span.end],
        start=place.start,
        end=place.end,
    )
