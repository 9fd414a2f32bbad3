"""Sources, documents, clauses and sentences in one SQLite file, read without any model."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from corpus.model import Clause, PolicyDocument, Source, Span
from corpus.versions import with_superseded
from index.errors import IndexDamagedError, UnknownIdError
from index.rows import SpanList, TextOfSource, decode


class ClauseStore:
    """What a :class:`~index.store_writer.StoreWriter` has written. Any thread may read.

    Every method raises :class:`IndexDamagedError` where the file proves damaged.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = Lock()
        self._recent_source = lru_cache(maxsize=16)(self._read_source)
        # immutable: readable on read-only media, and after a newer index has replaced the file
        address = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
        try:
            self._database = sqlite3.connect(address, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._damaged(error) from error

    def close(self) -> None:
        """Releases the file."""
        self._database.close()

    def documents(self) -> tuple[PolicyDocument, ...]:
        """All documents, in the order of their sources and within them."""
        return tuple(self._documents.values())

    def document(self, document_id: str) -> PolicyDocument:
        """The document of this id.

        Raises:
            UnknownIdError: there is none.
        """
        if document_id not in self._documents:
            raise _unknown("文件", document_id)
        return self._documents[document_id]

    def clauses(self, document_id: str) -> tuple[Clause, ...]:
        """Clauses and section headings of a document, in text order.

        Raises:
            UnknownIdError: there is no such document.
        """
        self.document(document_id)
        rows = self._rows("SELECT content FROM clauses WHERE document = ? ORDER BY ordinal", document_id)
        return tuple(decode(Clause, content) for (content,) in rows)

    def clause(self, clause_id: str) -> Clause:
        """The clause or section heading of this id.

        Raises:
            UnknownIdError: there is none.
        """
        found = self.find_clause(clause_id)
        if found is None:
            raise _unknown("条款", clause_id)
        return found

    def find_clause(self, clause_id: str) -> Clause | None:
        """The clause or section heading of this id, if there is one."""
        rows = self._rows("SELECT content FROM clauses WHERE id = ?", clause_id)
        return decode(Clause, rows[0][0]) if rows else None

    def sentences(self, clause_id: str) -> tuple[Span, ...]:
        """Sentences of a clause, as clean offsets of its source; none for a section heading.

        Raises:
            UnknownIdError: there is no such clause.
        """
        rows = self._rows("SELECT sentences FROM clauses WHERE id = ?", clause_id)
        if not rows:
            raise _unknown("条款", clause_id)
        return decode(SpanList, rows[0][0]).spans if rows[0][0] else ()

    def source(self, source_id: str) -> Source:
        """The source as it was read: original and cleaned text, documents and clauses.

        Raises:
            UnknownIdError: there is none.
        """
        return self._recent_source(source_id)

    def source_digests(self) -> dict[str, str]:
        """Ids of all sources, in order, and their digests."""
        return dict(self._rows("SELECT id, digest FROM sources ORDER BY rowid"))

    def clause_counts(self) -> dict[str, int]:
        """How many clauses of each source can be found."""
        return dict(self._rows("SELECT source, count(position) FROM clauses GROUP BY source"))

    def records(self, kind: str) -> list[str]:
        """Names of the vectors of all ``clauses`` or ``sentences``, by position."""
        rows = self._rows(f"SELECT record FROM {kind} WHERE position IS NOT NULL ORDER BY position")
        return [record for (record,) in rows]

    def positions(self, kind: str, records: Sequence[str]) -> list[int]:
        """Positions of the clauses that bear these vectors, or have ``sentences`` that do."""
        column = {"clauses": "position", "sentences": "clause"}[kind]
        marks = ", ".join("?" * len(records))
        rows = self._rows(f"SELECT {column} FROM {kind} WHERE record IN ({marks})", *records)
        return [position for (position,) in rows]

    def at(self, position: int) -> tuple[str, tuple[Span, ...]]:
        """Id and sentences of the clause at a position."""
        [(clause_id, content)] = self._rows("SELECT id, sentences FROM clauses WHERE position = ?", position)
        return clause_id, decode(SpanList, content).spans

    @cached_property
    def _documents(self) -> dict[str, PolicyDocument]:
        rows = self._rows("SELECT content FROM documents ORDER BY ordinal")
        stored = (decode(PolicyDocument, content) for (content,) in rows)
        return {document.id: document for document in with_superseded(stored)}

    def _read_source(self, source_id: str) -> Source:
        rows = self._rows("SELECT content FROM sources WHERE id = ?", source_id)
        if not rows:
            raise _unknown("来源", source_id)
        text = decode(TextOfSource, rows[0][0])
        documents = tuple(document for document in self.documents() if document.source_id == source_id)
        rows = self._rows("SELECT content FROM clauses WHERE source = ? ORDER BY ordinal", source_id)
        clauses = tuple(decode(Clause, content) for (content,) in rows)
        return Source(text.id, text.path, text.digest, text.original, text.clean, documents, clauses)

    def _rows(self, query: str, *parameters: Any) -> list[Any]:
        try:
            with self._lock:
                return self._database.execute(query, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> IndexDamagedError:
        return IndexDamagedError(f"条款库“{self._file}”已损坏：{error}；请重新导入（ingest）以重建")


def _unknown(what: str, id_: str) -> UnknownIdError:
    return UnknownIdError(f"索引中没有{what}“{id_}”；请检查名称，或先导入（ingest）该文件")
