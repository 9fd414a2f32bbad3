"""What the index package takes and gives: filters, queries, hits, the manifest."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.model import Span, Status


@dataclass(frozen=True, slots=True)
class Filter:
    """Which clauses may be found; an empty field lets everything through."""

    regions: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()  # document ids
    statuses: tuple[Status, ...] = ()


@dataclass(frozen=True, slots=True)
class SentenceHit:
    """A sentence of a found clause with its dense similarity to the query, -1..1."""

    span: Span  # clean offsets of the source
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A found clause. ``score`` is the fused score, 0..1; the others explain it."""

    clause_id: str
    score: float
    dense: float  # mean of clause and best-sentence cosine
    lexical: float  # BM25
    sentences: tuple[SentenceHit, ...] = ()  # all of the clause, in text order
