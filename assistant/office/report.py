"""What a Word or Excel file that people take away says, before it is written as either."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

UNSAID = "（无）"
"""What stands for the empty side of a difference."""


class Mark(StrEnum):
    """How a fragment is set off: in Word by colour, in Excel by brackets."""

    PLAIN = ""
    REMOVED = "removed"
    ADDED = "added"
    DIFFERENT = "different"  # other words on the other side, of which neither came first
    STRONG = "strong"


_BRACKETED = (Mark.REMOVED, Mark.ADDED, Mark.DIFFERENT)


@dataclass(frozen=True, slots=True)
class Fragment:
    """Text of one look; ``link`` is the id of the clause that it leads to, or an address of the web."""

    text: str
    mark: Mark = Mark.PLAIN
    link: str = ""


Line = tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column; its width is in half-width characters."""

    title: str
    width: int


@dataclass(frozen=True, slots=True)
class Row:
    """A cell for each column. Links to the ``clauses`` (ids), which the row has in full, lead to it."""

    cells: tuple[Line, ...]
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a title of its own."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """Paragraphs under a title."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A clause in full. Links to its ``id`` lead to it. All exhibits of a report name the same facts."""

    id: str
    title: str  # 《…意见》（大政办发〔2018〕159号）五、（十七）
    facts: tuple[tuple[str, Line], ...]  # name and value: 状态, 征求意见稿
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Imprint:
    """When a file is made, in the time zone of its reader, from which corpus, and the address of the page, if any."""

    made: datetime
    corpus_digest: str
    address: str = ""

    @property
    def made_utc(self) -> datetime:
        """The time as Office files note it in their properties: in UTC, without saying so."""
        return self.made.astimezone(UTC).replace(tzinfo=None)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What the file says of itself."""
        return (("生成时间", f"{self.made:%Y-%m-%d %H:%M:%S}"), ("语料摘要", self.corpus_digest))


@dataclass(frozen=True, slots=True)
class Report:
    """A file to take away; ``closing`` says what it is not."""

    title: str
    imprint: Imprint
    facts: tuple[tuple[str, str], ...] = ()
    passages: tuple[Passage, ...] = ()
    tables: tuple[Table, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    closing: str = ""


def line(text: str, link: str = "") -> Line:
    """A line of one fragment, with the clause or address that it leads to."""
    return (Fragment(text, link=link),)


def change(before: str, after: str) -> Line:
    """What is taken away and what comes in its place; either may be empty."""
    return Fragment(before or UNSAID, Mark.REMOVED), Fragment(after or UNSAID, Mark.ADDED)


def plain(fragments: Line) -> str:
    """A line where colours cannot be shown: 每万名居民【3名→2名】."""
    pieces: list[str] = []
    before = Mark.PLAIN
    for fragment in fragments:
        if before is Mark.REMOVED and fragment.mark is Mark.ADDED:
            pieces[-1] = f"{pieces[-1][:-1]}→{fragment.text}】"
        else:
            pieces.append(f"【{fragment.text}】" if fragment.mark in _BRACKETED else fragment.text)
        before = fragment.mark
    return "".join(pieces)
