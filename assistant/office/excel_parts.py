"""The large parts of an Excel file, read without holding them: shared texts and the cells of a sheet."""

from __future__ import annotations

import re
from typing import NamedTuple

from openpyxl.utils.cell import column_index_from_string

from assistant.office.model import MOST_CHARACTERS, too_long
from assistant.office.package import NoDoctype, local


class Cell(NamedTuple):
    """A cell with a value, or with a formula whose result is not stored."""

    row: int
    column: int
    kind: str  # how Excel types the value: s shared text, inlineStr, str, n number, b, e, d
    value: str
    style: int
    has_formula: bool

    @property
    def is_pending(self) -> bool:
        """Whether Excel would have to compute what the cell shows."""
        return self.has_formula and not self.value and self.kind != "str"


class Merged(NamedTuple):
    """A merged range; its first cell is the one that shows."""

    top: int
    left: int
    bottom: int
    right: int

    def covers(self, cell: Cell) -> bool:
        """Whether a cell lies below another one of the range."""
        is_within = self.top <= cell.row <= self.bottom and self.left <= cell.column <= self.right
        return is_within and (cell.row, cell.column) != (self.top, self.left)


class _Texts(NoDoctype):
    """Collects the text of elements, without the readings (拼音) that Excel keeps beside it."""

    opening = frozenset({"t"})

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._is_open = self._is_reading = False

    def start(self, tag: str, _attributes: dict[str, str], /) -> None:
        """An element begins."""
        self._is_reading |= local(tag) == "rPh"
        self._is_open = local(tag) in self.opening and not self._is_reading

    def end(self, tag: str, /) -> None:
        """An element ends."""
        self._is_reading &= local(tag) != "rPh"
        self._is_open = False

    def data(self, text: str, /) -> None:
        """Characters of the element that is open."""
        if self._is_open:
            self._pieces.append(text)

    def taken(self) -> str:
        """What was collected since the last call."""
        text, self._pieces = "".join(self._pieces), []
        return text.replace("_x000D_", "")  # how Excel writes a carriage return


class SharedTexts(_Texts):
    """The texts that cells refer to by number."""

    def __init__(self) -> None:
        super().__init__()
        self._found: list[str] = []

    def end(self, tag: str, /) -> None:
        super().end(tag)
        if local(tag) == "si":
            self._found.append(self.taken())

    def close(self) -> list[str]:
        """All texts by number."""
        return self._found


class SheetCells(_Texts):
    """The cells of a sheet row by row, and its merged ranges."""

    opening = frozenset({"t", "v"})

    def __init__(self, name: str) -> None:
        super().__init__()
        self.cells: list[Cell] = []
        self.merged: list[Merged] = []
        self._name = name
        self._row = self._column = self._size = 0
        self._attributes: dict[str, str] = {}
        self._has_formula = False

    def start(self, tag: str, attributes: dict[str, str], /) -> None:
        super().start(tag, attributes)
        match local(tag):
            case "row":
                self._row, self._column = int(attributes.get("r", self._row + 1)), 0
            case "c":
                self._attributes, self._has_formula = attributes, False
            case "f":
                self._has_formula = True
            case "mergeCell":
                first, _, last = attributes.get("ref", "").partition(":")
                self.merged.append(Merged(*_place(first), *_place(last or first)))

    def end(self, tag: str, /) -> None:
        super().end(tag)
        if local(tag) == "c":
            self._add(self.taken())

    def _add(self, value: str) -> None:
        given = self._attributes
        here = (self._row, self._column + 1)
        self._row, self._column = _place(given["r"]) if "r" in given else here
        if value or self._has_formula:
            kind, style = given.get("t", "n"), int(given.get("s", 0))
            self.cells.append(Cell(self._row, self._column, kind, value, style, self._has_formula))
            self._size += len(value)
        if self._size > MOST_CHARACTERS:
            raise too_long(self._name)

    def close(self) -> SheetCells:
        """The sheet itself."""
        return self


def _place(reference: str) -> tuple[int, int]:
    """Row and column of ``B7``."""
    match = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", reference)
    if match is None:
        raise ValueError(reference)
    return int(match[2]), column_index_from_string(match[1])
