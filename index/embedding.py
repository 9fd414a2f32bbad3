"""The vectors of a new generation: taken over where they exist, computed where they are missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.arrays import write_vectors
from index.errors import IndexDamagedError
from index.generations import Generation
from index.model import Progress, TextEncoder
from index.passages import Passage, passages, record_id
from index.store import ClauseStore
from index.vectors import VectorCollection, VectorDatabase, collection_name, copy_database

_KINDS = ("clauses", "sentences")

_BATCH = 256
"""Clauses between two writes: what an interruption loses is a few seconds of work."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """What the vector database of a generation holds, and how many texts the encoder had to read."""

    clause_records: int
    sentence_records: int
    computed: int


def write_embeddings(
    generation: Generation,
    encoder: TextEncoder,
    before: Generation | None,
    chroma_url: str | None,
    progress: Progress,
) -> Embedded:
    """Fills vector database and arrays of a generation whose store is complete.

    Vectors come from what an interrupted update has left in its folder, else from the generation
    ``before``, and for texts that are new from the encoder.
    """
    folder = generation.vectors(encoder.digest)
    if chroma_url is not None:
        return _fill(generation, encoder, VectorDatabase(folder, chroma_url), progress)
    _take_over(before, encoder.digest, folder)
    try:
        return _fill(generation, encoder, VectorDatabase(folder), progress)
    except IndexDamagedError:  # what an interruption has left is of no use: compute it again
        shutil.rmtree(folder)
        return _fill(generation, encoder, VectorDatabase(folder), progress)


def _take_over(before: Generation | None, encoder_digest: str, target: Path) -> None:
    """Copies the vectors of the generation before; none where they are damaged or by another encoder."""
    source = before.vectors(encoder_digest) if before else None
    if source is None or target.exists() or not source.exists():
        return
    draft = target.with_suffix(".part")
    with suppress(IndexDamagedError):
        copy_database(source, draft)
        draft.rename(target)
    shutil.rmtree(draft, ignore_errors=True)


def _fill(
    generation: Generation, encoder: TextEncoder, database: VectorDatabase, progress: Progress
) -> Embedded:
    with closing(ClauseStore(generation.store)) as store, closing(database):
        names = {kind: store.records(kind) for kind in _KINDS}
        clauses, sentences = (database.create(collection_name(kind, encoder.digest)) for kind in _KINDS)
        computed = 0
        for done, batch in _batches(store):
            computed += _embed([passage.embedded for passage in batch], clauses, encoder)
            computed += _embed(
                [t for passage in batch for t in passage.embedded_sentences], sentences, encoder
            )
            progress("计算向量", done, len(names["clauses"]))
        clauses.prune(set(names["clauses"]))
        sentences.prune(set(names["sentences"]))
        of_sentences = partial(_sentence_vectors, sentences, clauses, encoder.dim)
        write_vectors(generation.arrays / "clauses.npy", names["clauses"], encoder.dim, clauses.get)
        write_vectors(generation.arrays / "sentences.npy", names["sentences"], encoder.dim, of_sentences)
        return Embedded(len(clauses), len(sentences), computed)


def _batches(store: ClauseStore) -> Iterator[tuple[int, list[Passage]]]:
    """All passages by position, a batch at a time, and how many there are up to its end."""
    found = (p for source_id in store.source_digests() for p in passages(store.source(source_id)))
    done = 0
    while batch := list(islice(found, _BATCH)):
        done += len(batch)
        yield done, batch


def _embed(texts: Sequence[str], collection: VectorCollection, encoder: TextEncoder) -> int:
    """Adds the vectors that are missing; how many."""
    by_id = {record_id(text): text for text in texts}
    missing = collection.missing(list(by_id))
    if missing:
        collection.add(missing, encoder.encode_passages([by_id[id_] for id_ in missing]))
    return len(missing)


def _sentence_vectors(
    sentences: VectorCollection, clauses: VectorCollection, dim: int, records: Sequence[str]
) -> NDArray[np.float32]:
    """Vectors of sentences, taken from the clause where they share its vector: float32 ``[len(records), dim]``."""
    absent = set(sentences.missing(records))
    is_shared = np.asarray([record in absent for record in records])
    vectors = np.empty((len(records), dim), np.float32)
    for collection, chosen in ((sentences, ~is_shared), (clauses, is_shared)):
        if chosen.any():
            vectors[chosen] = collection.get([records[row] for row in np.flatnonzero(chosen).tolist()])
    return vectors
