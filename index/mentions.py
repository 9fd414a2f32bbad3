"""What the clauses refer to, in the words of their texts: found once, when a source is stored.

Which clause a reference means is found out when somebody asks, since it depends on all documents that
are there by then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from corpus import text_references
from corpus.references import Anchor, Reference
from index.rows import decode, encode
from index.text_search import Rows, condensed

TABLES = """
CREATE TABLE mentions (id INTEGER PRIMARY KEY, clause INTEGER, name TEXT, content TEXT);
CREATE TABLE mentioned_numbers (number INTEGER, branch INTEGER, mention INTEGER);
"""
"""``name`` is the number or title of the document, "" for the one that the clause stands in. A mention has
every number on its way, since 第三十九条第三项 may end at an article."""

INDEXES = """
CREATE INDEX mentions_by_clause ON mentions (clause);
CREATE INDEX mentioned_numbers_by_number ON mentioned_numbers (number, branch);
"""

WHOLE = 0
"""Number of a mention of a whole document."""

_MOST_IN_RANGE = 100


class Mention(NamedTuple):
    """A reference with the ids of the clause that it stands in and of that clause's document."""

    clause_id: str
    document_id: str
    reference: Reference


def rows_of(text: str) -> Iterator[tuple[str, str, list[tuple[int, int]]]]:
    """Name, content and numbers of each mention in the text of a clause."""
    for reference in text_references.find(text):
        yield name_key(reference.number or reference.title), encode(reference), list(_numbers(reference))


def name_key(name: str) -> str:
    """One spelling for a title or number in a text."""
    return condensed(name).replace("中华人民共和国", "")


def _numbers(reference: Reference) -> Iterator[tuple[int, int]]:
    yield from dict.fromkeys((part.number, part.branch) for part in reference.parts)
    if reference.anchor is Anchor.NAME and not reference.parts:
        yield WHOLE, 0
    if reference.since:
        last = reference.parts[-1].number
        yield from ((number, 0) for number in range(max(reference.since, last - _MOST_IN_RANGE), last))


def of_clause(rows: Rows, clause_id: str) -> tuple[Reference, ...]:
    """The references in the text of a clause, in order."""
    query = """SELECT content FROM mentions WHERE clause = (SELECT ordinal FROM clauses WHERE id = ?) ORDER BY id"""
    return tuple(decode(Reference, content) for (content,) in rows(query, clause_id))


def of_number(
    rows: Rows, number: int, branch: int, documents: Sequence[str], names: Collection[str]
) -> list[Mention]:
    """The references that may be to a clause of this number, in the order of the clauses that they stand in.

    They stand in one of ``documents`` and name none, or name one by words that end like one of ``names``. With
    ``WHOLE`` as number they name a document as a whole.
    """
    keys = [name_key(name) for name in names]
    own = f"name = '' AND document IN ({', '.join('?' * len(documents))})"
    named = " OR ".join(["substr(name, -?) = ?"] * len(keys))
    query = f"""{_WITH_CLAUSE} JOIN mentioned_numbers ON mention = mentions.id
        WHERE mentioned_numbers.number = ? AND mentioned_numbers.branch = ? AND ({own} OR {named})
        ORDER BY mentions.id"""
    lengths = [value for key in keys for value in (len(key), key)]
    return _decoded(rows(query, number, branch, *documents, *lengths))


_WITH_CLAUSE = "SELECT clauses.id, document, mentions.content FROM mentions JOIN clauses ON ordinal = clause"


def _decoded(rows: list[tuple[str, str, str]]) -> list[Mention]:
    return [Mention(clause_id, document, decode(Reference, content)) for clause_id, document, content in rows]
