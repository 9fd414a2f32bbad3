"""The vectors of a new generation: taken over where they exist, computed where they are missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from index.arrays import write_vectors
from index.generations import Generation
from index.model import Progress, TextEncoder
from index.passages import passages, record_id
from index.store import ClauseStore
from index.vectors import VectorCollection, VectorDatabase, collection_name, copy_database

KINDS = ("clauses", "sentences")

_BATCH = 256
"""Texts between two writes: what an interruption loses is a few seconds of work."""


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
    store = ClauseStore(generation.store)
    folder = generation.vectors(encoder.digest)
    if before and chroma_url is None:
        _take_over(before.vectors(encoder.digest), folder)
    computed = 0
    sizes: dict[str, int] = {}
    with closing(store), closing(VectorDatabase(folder, chroma_url)) as database:
        for kind in KINDS:
            records = store.records(kind)
            collection = database.create(collection_name(kind, encoder.digest))
            computed += _embed(_texts(store, kind), len(records), collection, encoder, progress)
            collection.prune(set(records))
            sizes[kind] = len(collection)
            write_vectors(generation.arrays / f"{kind}.npy", records, encoder.dim, collection.get)
    return Embedded(sizes["clauses"], sizes["sentences"], computed)


def _take_over(source: Path, target: Path) -> None:
    if target.exists() or not source.exists():
        return
    draft = target.with_suffix(".part")
    shutil.rmtree(draft, ignore_errors=True)
    copy_database(source, draft)
    draft.rename(target)


def _texts(store: ClauseStore, kind: str) -> Iterator[str]:
    """What the encoder reads, by position."""
    for source_id in store.source_digests():
        for passage in passages(store.source(source_id)):
            if kind == "clauses":
                yield passage.embedded
            else:
                yield from passage.embedded_sentences


def _embed(
    texts: Iterator[str], total: int, collection: VectorCollection, encoder: TextEncoder, progress: Progress
) -> int:
    """Adds the vectors that are missing; how many."""
    done = computed = 0
    while batch := list(islice(texts, _BATCH)):
        by_id = {record_id(text): text for text in batch}
        missing = collection.missing(list(by_id))
        if missing:
            collection.add(missing, encoder.encode_passages([by_id[id_] for id_ in missing]))
        done, computed = done + len(batch), computed + len(missing)
        progress(f"计算向量（{'条款' if 'clauses' in collection.name else '句子'}）", done, total)
    return computed
