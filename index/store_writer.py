"""Writes the SQLite file that :mod:`index.store` reads."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any

from corpus import references
from corpus.model import Clause, Source
from index import mentions, text_search
from index.passages import Passage, passages, record_id
from index.rows import LARGEST, SpanList, TextOfSource, encode

_TABLES = f"""
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
BEGIN;
CREATE TABLE sources (id TEXT PRIMARY KEY, digest TEXT, content TEXT);
CREATE TABLE documents (ordinal INTEGER PRIMARY KEY, id TEXT UNIQUE, source TEXT, content TEXT);
CREATE TABLE clauses (
    ordinal INTEGER PRIMARY KEY, id TEXT UNIQUE, source TEXT, document TEXT, heading TEXT, content TEXT,
    number INTEGER, branch INTEGER, position INTEGER, record TEXT, sentences TEXT
);
CREATE TABLE sentences (position INTEGER PRIMARY KEY, clause INTEGER, record TEXT);
{text_search.TABLES}
{mentions.TABLES}
"""
"""``number`` and ``branch`` are those of the clause itself: 133 and 1 for 第二编/第二章/第一百三十三条之一. A
``position`` counts what search can find, from 0; ``record`` names its vector. The file is written without a
journal, since nobody reads it before it is complete."""

_INDEXES = f"""
{text_search.FREQUENCIES}
{mentions.INDEXES}
CREATE INDEX documents_by_source ON documents (source);
CREATE INDEX clauses_by_source ON clauses (source);
CREATE INDEX clauses_by_document ON clauses (document, number, branch, position);
CREATE INDEX clauses_by_number ON clauses (number, branch, position) WHERE number IS NOT NULL;
CREATE INDEX clauses_by_heading ON clauses (heading) WHERE heading <> '';
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
            ordinal = self._insert(
                "clauses (id, source, document, heading, content, number, branch, position, record, sentences)",
                *(
                    clause.id,
                    source.id,
                    clause.document_id,
                    text_search.condensed(clause.heading),
                    encode(clause),
                    *_number(clause),
                ),
                *self._place(found.get(clause.path)),
            )
            self._insert("clause_texts (rowid, text)", ordinal, text_search.indexed(clause.text))
            self._add_mentions(ordinal, clause)
        return list(found.values())

    def _add_mentions(self, ordinal: int, clause: Clause) -> None:
        for name, content, numbers in mentions.rows_of(clause.text):
            mention = self._insert("mentions (clause, name, content)", ordinal, name, content)
            for number, branch in numbers:
                self._insert("mentioned_numbers", number, branch, mention)

    def _place(self, passage: Passage | None) -> tuple[int | None, str | None, str | None]:
        if passage is None:
            return None, None, None
        position = self._n_clauses
        self._n_clauses += 1
        for record in passage.sentence_records:
            self._insert("sentences", self._n_sentences, position, record)
            self._n_sentences += 1
        return position, record_id(passage.embedded), encode(SpanList(passage.sentences))

    def _insert(self, table: str, *row: Any) -> int:
        """The number of the new row."""
        marks = ", ".join("?" * len(row))
        return self._database.execute(f"INSERT INTO {table} VALUES ({marks})", row).lastrowid or 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._database.executescript(_INDEXES)
        self._database.close()


def _number(clause: Clause) -> tuple[int | None, int | None]:
    steps = references.steps_of(clause.path)
    return (min(steps[-1].number, LARGEST), min(steps[-1].branch, LARGEST)) if steps else (None, None)
