"""Sources, documents, clauses and sentences in one SQLite file, read without any model."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from corpus.model import Clause, PolicyDocument, Source, Span
from corpus.references import Reference
from corpus.versions import with_superseded
from index import mentions, text_search
from index.errors import IndexDamagedError, UnknownIdError
from index.mentions import Mention
from index.rows import LARGEST, SpanList, TextOfSource, decode


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

    def numbered(self, number: int, branch: int, documents: Sequence[str]) -> list[tuple[str, bool]]:
        """Ids of what has this own number, in text order, and whether it is a clause and no mere heading.

        Looks in all documents where none is given, here and in the next two methods.
        """
        where, parameters = _within(documents)
        query = f"""SELECT id, position IS NOT NULL FROM clauses WHERE number = ? AND branch = ? {where}
            ORDER BY ordinal"""
        return self._rows(query, min(number, LARGEST), min(branch, LARGEST), *parameters)

    def nearest_numbers(self, number: int, documents: Sequence[str], limit: int) -> list[str]:
        """Ids of the clauses, without headings, whose own numbers come nearest to this, the nearest first."""
        where, parameters = _within(documents)
        query = """SELECT ordinal, abs(number - ?) FROM clauses WHERE number {} ? AND position IS NOT NULL {}
            ORDER BY number {}, ordinal LIMIT ?"""
        number = min(number, LARGEST)
        below, above = query.format("<=", where, "DESC"), query.format(">", where, "ASC")
        found = [row for sql in (below, above) for row in self._rows(sql, number, number, *parameters, limit)]
        return self._ids([ordinal for ordinal, _ in sorted(found, key=lambda row: row[1])[:limit]])

    def headed(self, words: str, documents: Sequence[str], limit: int) -> list[str]:
        """Ids of the clauses and headings whose own heading is these words, or if there is none has them."""
        where, parameters = _within(documents)
        query = f"SELECT ordinal FROM clauses WHERE heading <> '' AND {{}} {where} ORDER BY +ordinal LIMIT ?"
        wanted = text_search.condensed(words)
        found = self._rows(query.format("heading = ?"), wanted, *parameters, limit)
        found = found or self._rows(query.format("instr(heading, ?)"), wanted, *parameters, limit)
        return self._ids([ordinal for (ordinal,) in found]) if wanted else []

    def clause_ids(self, document_id: str, limit: int = -1) -> list[str]:
        """Ids of the first clauses and headings of a document, or of all, in text order."""
        query = "SELECT id FROM clauses WHERE document = ? ORDER BY ordinal LIMIT ?"
        return [id_ for (id_,) in self._rows(query, document_id, limit)]

    def around(self, clause_id: str, before: int, behind: int) -> tuple[list[str], list[str]]:
        """Ids of the clauses, without headings, next to one in its document: those before it, nearest first, and behind."""
        query = """SELECT near.id FROM clauses AS own JOIN clauses AS near USING (document)
            WHERE own.id = ? AND near.position IS NOT NULL AND near.ordinal {} own.ordinal
            ORDER BY near.ordinal {} LIMIT ?"""
        earlier = self._rows(query.format("<", "DESC"), clause_id, before)
        later = self._rows(query.format(">", "ASC"), clause_id, behind)
        return [id_ for (id_,) in earlier], [id_ for (id_,) in later]

    def references_in(self, clause_id: str) -> tuple[Reference, ...]:
        """The references in the text of a clause, in order, with their spans in that text."""
        return mentions.of_clause(self._rows, clause_id)

    def mentions_of(
        self, number: int, branch: int, documents: Sequence[str], names: Collection[str]
    ) -> list[Mention]:
        """The references that may be to a clause of this number, in text order: see :func:`index.mentions.of_number`."""
        return mentions.of_number(self._rows, number, branch, documents, names)

    def containing(self, text: str, limit: int) -> list[str]:
        """Ids of the clauses and headings that have ``text``, in text order, ``limit`` at most.

        Spelling in width, case and script, white space and punctuation do not count.
        """
        return self._ids(text_search.containing(self._rows, text, limit))

    def sharing(self, text: str, limit: int) -> list[str]:
        """Ids of the clauses and headings that have most of the words of ``text``, best first; rare words count more."""
        return self._ids(text_search.sharing(self._rows, text, limit))

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

    def positions_of(self, document_id: str) -> dict[str, int]:
        """Positions of the clauses of a document that can be found, by their ids."""
        return dict(
            self._rows(
                "SELECT id, position FROM clauses WHERE document = ? AND position IS NOT NULL", document_id
            )
        )

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

    def _ids(self, ordinals: Sequence[int]) -> list[str]:
        marks = ", ".join("?" * len(ordinals))
        found = dict(self._rows(f"SELECT ordinal, id FROM clauses WHERE ordinal IN ({marks})", *ordinals))
        return [found[ordinal] for ordinal in ordinals]

    def _rows(self, query: str, *parameters: Any) -> list[Any]:
        try:
            with self._lock:
                return self._database.execute(query, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> IndexDamagedError:
        return IndexDamagedError(f"条款库“{self._file}”已损坏：{error}；请重新导入（ingest）以重建")


def _within(documents: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Condition and parameters for clauses of some documents; of all where none is given."""
    return (f"AND document IN ({', '.join('?' * len(documents))})", documents) if documents else ("", ())


def _unknown(what: str, id_: str) -> UnknownIdError:
    return UnknownIdError(f"索引中没有{what}“{id_}”；请检查名称，或先导入（ingest）该文件")
