"""Brings an index in step with the sources: writes a new generation, then switches to it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index.arrays import ClauseFacts, write_positions
from index.embedding import write_embeddings
from index.errors import DataFolderError, EmptyCorpusError, IndexingError
from index.generations import Generation, current_generation, next_generation, publish, update_lock
from index.lexical import LexicalWriter
from index.manifest import Manifest, corpus_digest, file_states, read_manifest
from index.model import (
    Change,
    EncoderChoice,
    PendingSource,
    Progress,
    SourceChange,
    UpdateReport,
)
from index.passages import FIELDS
from index.store import ClauseStore
from index.store_writer import StoreWriter
from index.tokens import Tokenizer
from index.vectors import settled_files

CountReferences = Callable[[ClauseStore], Mapping[str, int]]
"""How many other clauses of a store refer to a clause, by its id."""


@dataclass(frozen=True, slots=True)
class _State:
    """A generation that is complete and undamaged; digests and clause counts by source."""

    generation: Generation
    manifest: Manifest
    digests: dict[str, str]
    clauses: dict[str, int]


def update(
    data: Path,
    sources: Sequence[PendingSource],
    encoder: EncoderChoice,
    progress: Progress,
    *,
    references: CountReferences,
    dictionary: Path | None = None,
    chroma_url: str | None = None,
    rebuild: bool = False,
) -> UpdateReport:
    """Makes the index in ``data`` hold exactly ``sources``.

    What is in step already is left alone; else a new generation is written beside the old one,
    which serves until the end. Vectors of texts that have not changed are taken over, also those
    that an interrupted update has computed.

    Args:
        references: counts those to each clause, which raise its rank.
        rebuild: write a new generation also where the present one seems to be in step.

    Raises:
        IndexLockedError: another process is updating.
        EmptyCorpusError: no source holds a clause that could be found.
        IndexingError: the data folder, dictionary, encoder or vector server cannot be used.
        CorpusError: a source cannot be read; the index stays as it was.
    """
    tokenizer = Tokenizer(dictionary)
    with update_lock(data):
        before = _current_state(data)
        manifest = before.manifest if before and not rebuild else None
        if before and manifest and manifest.fits(encoder.name, tokenizer.digest, corpus_digest(sources)):
            return UpdateReport(tuple(_changes(before, before)), embedded=0, rebuilt=False)
        generation = next_generation(data)
        old = before.generation if before else None
        try:
            embedded = _write(generation, sources, encoder, tokenizer, progress, references, old, chroma_url)
            after = _state(generation)
            publish(data, generation)
        except (OSError, sqlite3.Error) as error:
            raise DataFolderError(f"写入“{data}”失败：{error}；请检查磁盘空间和权限，然后重试") from error
    return UpdateReport(tuple(_changes(before, after)), embedded, rebuilt=True)


def _current_state(data: Path) -> _State | None:
    """The present generation; None where it is missing, damaged or of another version."""
    try:
        return _state(current_generation(data))
    except IndexingError:
        return None


def _state(generation: Generation) -> _State:
    manifest = read_manifest(generation.folder)
    manifest.check_files(generation.folder)
    with closing(ClauseStore(generation.store)) as store:
        return _State(generation, manifest, store.source_digests(), store.clause_counts())


def _write(
    generation: Generation,
    sources: Sequence[PendingSource],
    choice: EncoderChoice,
    tokenizer: Tokenizer,
    progress: Progress,
    references: CountReferences,
    before: Generation | None,
    chroma_url: str | None,
) -> int:
    """Writes all parts of a generation, the manifest last; how many texts were embedded."""
    encoder = choice.load()
    vectors = generation.vectors(encoder.digest)
    _clear(generation, vectors)
    facts = _write_texts(generation, sources, tokenizer, progress)
    with closing(ClauseStore(generation.store)) as store:
        write_positions(generation.arrays, facts, references(store))
    embedded = write_embeddings(generation, encoder, before, chroma_url, progress)
    written = [generation.store, *_files(generation.lexical), *_files(generation.arrays)]
    Manifest(
        encoder=choice.name,
        encoder_digest=encoder.digest,
        dictionary_digest=tokenizer.digest,
        corpus_digest=corpus_digest(sources),
        sources=len(sources),
        clauses=len(facts),
        sentences=sum(fact.sentences for fact in facts),
        clause_records=embedded.clause_records,
        sentence_records=embedded.sentence_records,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        files=file_states(generation.folder, [*written, *settled_files(vectors)]),
    ).write(generation.folder)
    return embedded.computed


def _clear(generation: Generation, keep: Path) -> None:
    """Removes what an interrupted update has left, but for the vectors, which are worth their time."""
    for path in generation.folder.iterdir():
        if path.is_dir() and path != keep:
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()


def _write_texts(
    generation: Generation, sources: Sequence[PendingSource], tokenizer: Tokenizer, progress: Progress
) -> list[ClauseFacts]:
    """Writes store and BM25; gives the facts of each clause, by position."""
    fields = {name: LexicalWriter() for name in FIELDS}
    ordinals: dict[str, int] = {}
    facts: list[ClauseFacts] = []
    with StoreWriter(generation.store) as store:
        for done, pending in enumerate(sources, 1):
            source = pending.load()
            ordinals |= {document.id: len(ordinals) + n for n, document in enumerate(source.documents)}
            for passage in store.add(source):
                for name, text in passage.fields.items():
                    fields[name].add(tokenizer(text))
                clause = passage.clause
                document, length = ordinals[clause.document_id], len(clause.text)
                n_sentences = len(passage.sentences)
                facts.append(ClauseFacts(clause.id, document, length, passage.is_numbered, n_sentences))
            progress("读取和分词", done, len(sources))
    if not facts:
        raise EmptyCorpusError(f"给定的 {len(sources)} 个文件里没有可检索的条款；请检查文件内容和路径")
    for name, field in fields.items():
        field.write(generation.lexical / name)
    return facts


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _changes(before: _State | None, after: _State) -> Iterator[SourceChange]:
    old = before.digests if before else {}
    counts = {**(before.clauses if before else {}), **after.clauses}
    for source_id in sorted(old.keys() | after.digests.keys()):
        yield SourceChange(
            source_id, _change(old.get(source_id), after.digests.get(source_id)), counts[source_id]
        )


def _change(old: str | None, new: str | None) -> Change:
    if old is None:
        return Change.ADDED
    if new is None:
        return Change.REMOVED
    return Change.UNCHANGED if old == new else Change.UPDATED
