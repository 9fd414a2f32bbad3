"""What the index package takes and gives: encoders and sources in, hits and reports out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from corpus.model import Source, Span, Status

if TYPE_CHECKING:  # commands that only look things up do without numpy
    import numpy as np
    from numpy.typing import NDArray


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
    """A found clause. ``score`` is the fused score, about 0..1; the others explain it."""

    clause_id: str
    score: float
    dense: float  # mean of clause and best-sentence cosine
    lexical: float  # BM25 of title, headings and text
    sentences: tuple[SentenceHit, ...] = ()  # all of the clause, in text order


class TextEncoder(Protocol):
    """An embedding model. The rows of what it returns have unit length."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    @property
    def digest(self) -> str:
        """Names the weights: equal digests, equal vectors."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 ``[len(texts), dim]``."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 ``[len(texts), dim]``."""


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """The encoder that the settings name, loaded only where vectors are needed."""

    name: str
    load: Callable[[], TextEncoder]


@dataclass(frozen=True, slots=True)
class PendingSource:
    """A source that the index shall hold; read and parsed only where it is not in the index yet."""

    id: str
    digest: str  # equal digests, equal sources
    load: Callable[[], Source]


Progress = Callable[[str, int, int], None]
"""Told of each stage by its Chinese name, how much of it is done, and how much there is to do."""


class Change(StrEnum):
    """What bringing the index in step did to a source."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class SourceChange:
    """One source and its number of clauses: now, or for a removed one before."""

    source_id: str
    change: Change
    clauses: int


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What bringing the index in step has done."""

    sources: tuple[SourceChange, ...]  # by id
    embedded: int  # texts that went through the encoder
    rebuilt: bool  # False where everything was in step already
