"""The vectors of a new generation: taken over where they exist, computed where they are missing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from index.arrays import write_vectors
from index.errors import IndexDamagedError
from index.generations import Generation
from index.model import Progress, TextEncoder
from index.passages import Passage, passages, record_id
from index.store import ClauseStore
from index.vectors import VectorCollection, VectorDatabase, collection_name, copy_database

_BATCH = 256
"""Clauses between two writes: what an interruption loses is a few seconds of work."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """What the vector database of a generation holds, and how many texts the encoder had to read."""

    records: int
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
        records = {kind: store.records(kind) for kind in ("clauses", "sentences")}
        collection = database.create(collection_name(encoder.digest))
        report = partial(progress, "计算向量")
        computed = _embed(_passages(store), len(records["clauses"]), collection, encoder, report)
        collection.prune({record for kind in records.values() for record in kind})
        for kind, names in records.items():
            write_vectors(generation.arrays / f"{kind}.npy", names, encoder.dim, collection.get)
        return Embedded(len(collection), computed)


def _passages(store: ClauseStore) -> Iterator[Passage]:
    """All passages, by position."""
    for source_id in store.source_digests():
        yield from passages(store.source(source_id))


def _embed(
    found: Iterator[Passage],
    total: int,
    collection: VectorCollection,
    encoder: TextEncoder,
    report: Callable[[int, int], None],
) -> int:
    """Adds the vectors of clauses and sentences that are missing; how many."""
    done = computed = 0
    while batch := list(islice(found, _BATCH)):
        texts = (text for passage in batch for text in (passage.embedded, *passage.embedded_sentences))
        by_id = {record_id(text): text for text in texts}
        missing = collection.missing(list(by_id))
        if missing:
            collection.add(missing, encoder.encode_passages([by_id[id_] for id_ in missing]))
        done, computed = done + len(batch), computed + len(missing)
        report(done, total)
    return computed
