"""What a comparison of two documents finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from corpus.model import Clause, PolicyDocument, Span


class Relation(StrEnum):
    """How aligned clauses stand to each other."""

    SAME = "same"  # white space and numbering aside
    CHANGED = "changed"
    ONLY_LEFT = "only_left"
    ONLY_RIGHT = "only_right"


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between aligned sentences: clean offsets of both sides, either of which may be empty.

    An empty span stands where the words of the other side are missing. A sentence may have its
    counterpart in a clause of another row: then the span of that side lies in none of this row's clauses.
    """

    left: Span
    right: Span


@dataclass(frozen=True, slots=True)
class AlignedClauses:
    """Clauses of both sides that are about the same, in text order; one side is empty where only the other has it.

    ``also_left`` and ``also_right`` are clauses of other rows that share a rule with one of this row: a
    clause stands in the row of the clause that it has most in common with. ``changes`` are in the order
    of the left side; there are none where one side is empty. ``is_renumbered`` tells, of versions of
    one instrument, that the same clause bears another number on the other side.
    """

    left: tuple[Clause, ...]
    right: tuple[Clause, ...]
    relation: Relation
    changes: tuple[Change, ...] = ()
    is_renumbered: bool = False
    also_left: tuple[Clause, ...] = ()
    also_right: tuple[Clause, ...] = ()


class FactKind(StrEnum):
    """What a row of the table of differences is about."""

    NUMBER = "数字"
    PERIOD = "期限"
    DATE = "时间"
    PLACE = "地区范围"
    BODY = "单位"
    TERM = "用语"
    RULE = "规定"  # a whole sentence that only one side has


@dataclass(frozen=True, slots=True)
class FactDifference:
    """Something that both sides say differently, or only one says: 3名以上 and 2名以上 per 10,000 in 2020.

    ``left`` and ``right`` are verbatim words of the clauses of these ids, "" where a side has none.
    ``left_part`` and ``right_part`` are the parts of the sentences that they stand in, verbatim as well.
    ``topic`` is the heading of the clause, with the calendar year that the words apply to: 工作目标（2020年）.
    """

    kind: FactKind
    topic: str
    left: str
    right: str
    left_clause: str
    right_clause: str
    left_part: str = ""
    right_part: str = ""


@dataclass(frozen=True, slots=True)
class DocumentComparison:
    """Two documents clause by clause.

    ``rows`` are in the order of the left document, every clause of both exactly once; mere headings of
    sections are in none. ``differences`` are ordered by kind and then like the rows. ``pairs`` are the ids
    of all clauses that share a rule, left and right, within rows and across them. ``are_versions`` tells
    that both are texts of one instrument.
    """

    left: PolicyDocument
    right: PolicyDocument
    rows: tuple[AlignedClauses, ...]
    differences: tuple[FactDifference, ...]
    pairs: frozenset[tuple[str, str]]
    are_versions: bool

    @property
    def names(self) -> tuple[str, str]:
        """What to call the sides: their places where these differ, else their dates."""
        for left, right in ((self.left.region, self.right.region), (self.left.date, self.right.date)):
            if left and right and left != right:
                return left, right
        return "前者", "后者"

    def count(self, relation: Relation) -> int:
        """How many rows are of this relation."""
        return sum(row.relation is relation for row in self.rows)

    @property
    def numbers(self) -> tuple[tuple[str, str], ...]:
        """The map from old to new numbers: 第九条 -> 第十条、第十一条; "" for what was added or removed."""
        return tuple((_labels(row.left), _labels(row.right)) for row in self.rows)

    @property
    def moved(self) -> tuple[tuple[str, str], ...]:
        """The part of the map that is not the same on both sides."""
        return tuple((old, new) for old, new in self.numbers if old != new)


def _labels(clauses: tuple[Clause, ...]) -> str:
    return "、".join(clause.label for clause in clauses)
