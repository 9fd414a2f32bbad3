"""Writes the SQLite file that :mod:`index.store` reads."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any

from corpus.model import Source
from index.passages import Passage, passages, record_id
from index.rows import SpanList, TextOfSource, encode

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
BEGIN;
CREATE TABLE sources (id TEXT PRIMARY KEY, digest TEXT, content TEXT);
CREATE TABLE documents (ordinal INTEGER PRIMARY KEY, id TEXT UNIQUE, source TEXT, content TEXT);
CREATE TABLE clauses (
    ordinal INTEGER PRIMARY KEY, id TEXT UNIQUE, source TEXT, document TEXT, content TEXT,
    position INTEGER, record TEXT, sentences TEXT
);
CREATE TABLE sentences (position INTEGER PRIMARY KEY, clause INTEGER, record TEXT);
"""
"""A ``position`` counts what search can find, from 0; ``record`` names its vector. The file is written
without a journal, since nobody reads it before it is complete."""

_INDEXES = """
CREATE INDEX documents_by_source ON documents (source);
CREATE INDEX clauses_by_source ON clauses (source);
CREATE INDEX clauses_by_document ON clauses (document);
CREATE UNIQUE INDEX clauses_by_position ON clauses (position) WHERE position IS NOT NULL;
CREATE INDEX clauses_by_record ON clauses (record) WHERE record IS NOT NULL;
CREATE INDEX sentences_by_record ON sentences (record);
"""


class StoreWriter(AbstractContextManager["StoreWriter"]):
    """Writes a new store, source by source; leaving the context completes the file."""

    def __init__(self, file: Path) -> None:
        self._database = sqlite3.connect(file, isolation_level=None)
        self._database.executescript(_TABLES)
        self._n_clauses = self._n_sentences = 0

    def add(self, source: Source) -> list[Passage]:
        """Stores ``source``; gives its passages in the order of their positions."""
        text = TextOfSource(source.id, source.path, source.digest, source.original, source.clean)
        self._insert("sources (id, digest, content)", source.id, source.digest, encode(text))
        for document in source.documents:
            self._insert("documents (id, source, content)", document.id, source.id, encode(document))
        found = {passage.clause.path: passage for passage in passages(source)}
        for clause in source.clauses:
            self._insert(
                "clauses (id, source, document, content, position, record, sentences)",
                *(clause.id, source.id, clause.document_id, encode(clause)),
                *self._place(found.get(clause.path)),
            )
        return list(found.values())

    def _place(self, passage: Passage | None) -> tuple[int | None, str | None, str | None]:
        if passage is None:
            return None, None, None
        position = self._n_clauses
        self._n_clauses += 1
        for record in passage.sentence_records:
            self._insert("sentences", self._n_sentences, position, record)
            self._n_sentences += 1
        return position, record_id(passage.embedded), encode(SpanList(passage.sentences))

    def _insert(self, table: str, *row: Any) -> None:
        marks = ", ".join("?" * len(row))
        self._database.execute(f"INSERT INTO {table} VALUES ({marks})", row)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._database.executescript(_INDEXES)
        self._database.close()
