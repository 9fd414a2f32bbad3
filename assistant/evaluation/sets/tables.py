"""Sets as tables: the headings of the columns, rows under them, and CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.evaluation.sets.cells import REMEDIES, cell_of, value_of
from assistant.evaluation.sets.rows import Flaw, Remarks, Row, is_too_long, read_lines, shown

COLUMNS = {
    "id": "编号",
    "question": "问题",
    "type": "题型",
    "style": "问法",
    "scope": "地区",
    "history": "对话",
    "gold": "依据条款",
    "gold_mode": "依据要求",
    "must_include": "必含",
    "must_not_include": "不得含",
    "answerable": "可回答",
    "note": "备注",
}
"""Fields in the order of their columns, and how else these may be called."""

_NEEDED = ("id", "question")
_IMPLIED = {"gold_mode": "all", "answerable": "是"}  # what a table without these columns says
_ENCODINGS = ("utf-8", "gb18030")
csv.field_size_limit(2**31 - 1)  # a cell may be as long as the file
_FIELDS = {name: field for field, heading in COLUMNS.items() for name in (field, heading)}

Content = str | Flaw
"""What a cell holds: ``""`` where it is empty, a flaw (of a field not named yet) where it cannot be used."""


@dataclass(frozen=True, slots=True)
class Header:
    """Which column holds which field, and under which heading; ``missing`` are needed fields without column."""

    fields: Mapping[int, str]
    names: Mapping[str, str]
    missing: frozenset[str] = frozenset()

    @classmethod
    def read(cls, cells: Sequence[Content], place: str, remarks: Remarks) -> Header:
        """The header in the first row; complains of headings that are unknown, missing or repeated."""
        fields: dict[int, str] = {}
        for column, cell in enumerate(cells):
            heading = cell if isinstance(cell, str) else shown(cell.value)
            field = _FIELDS.get(heading.lower())
            if field in fields.values():
                remarks.problems.append(f"{place} 列名 {shown(heading)}：{field} 已有一列；请只留一列")
            elif field:
                fields[column] = field
            elif heading:
                remarks.problems.append(
                    f"{place} 列名 {shown(heading)}：不认识这一列；请删除，或改成 {'、'.join(COLUMNS)} 之一"
                )
        missing = [field for field in _NEEDED if field not in fields.values()]
        remarks.problems += (f"{place}：缺少列 {name}（{COLUMNS[name]}）；请补上这一列" for name in missing)
        names = {field: str(cells[column]) for column, field in fields.items()}
        return cls(fields, names, frozenset(missing))

    def row(self, place: str, cells: Sequence[Content], remarks: Remarks) -> Row:
        """The row of these cells; complains of cells that cannot be used."""
        row = Row(place, {}, self.names, REMEDIES)
        values: dict[str, Any] = {}
        unreadable = set(self.missing)
        for column, cell in enumerate(cells):
            field = self.fields.get(column)
            if isinstance(cell, Flaw):
                flaw = replace(cell, field=field or f"第 {column + 1} 列")
                remarks.problems.append(row.told(flaw))
                unreadable.add(flaw.field)
            elif field is None:
                remarks.problems += [row.told(Flaw(f"第 {column + 1} 列", cell, _NO_HEADING))] if cell else []
            elif cell != "":
                values[field] = value_of(field, cell)
        return replace(row, values=values, unreadable=frozenset(unreadable))

    def cells(self, values: Mapping[str, Any], remarks: Remarks) -> dict[int, str]:
        """The cells of a new row, by column; complains of a value for which there is no column."""
        written = {field: cell_of(field, value) for field, value in values.items()}
        told = (field for field, cell in written.items() if cell != _IMPLIED.get(field, ""))
        lost = [field for field in told if field not in self.names]
        remarks.problems += (f"缺少列 {field}（{COLUMNS[field]}）；请先补上这一列" for field in lost)
        return {column: written[field] for column, field in self.fields.items()}


_NO_HEADING = "没有对应的列名；请写上列名或删去（CSV 里含逗号、引号的文字要用引号括起来）"


def table_rows(rows: Iterable[tuple[str, Sequence[Content]]], remarks: Remarks) -> Iterator[Row]:
    """Rows under a header, from places and cells; empty rows do not count."""
    filled = ((place, cells) for place, cells in rows if any(cell != "" for cell in cells))
    first = next(filled, None)
    if first is None:
        return
    header = Header.read(first[1], first[0], remarks)
    for place, cells in filled:
        if not is_too_long(place, sum(len(cell) for cell in cells if isinstance(cell, str)), remarks):
            yield header.row(place, cells, remarks)


def csv_rows(data: bytes, remarks: Remarks) -> Iterator[Row]:
    """Rows of a CSV file in UTF-8 or GB18030."""
    return table_rows(_csv_cells(data, remarks), remarks)


def _csv_cells(data: bytes, remarks: Remarks) -> Iterator[tuple[str, list[Content]]]:
    """Place and cells of every row; rows that cannot be decoded or parsed are left out."""
    text = read_lines(data, _ENCODINGS, remarks)
    reader = csv.reader(text.lines, strict=True)
    while True:
        first = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            remarks.problems.append(
                f"第 {first} 行：引号没有配对，其后可能有题目没读到；请检查引号（文字里的引号要写两遍）"
            )
            continue
        if cells is None:
            return
        if text.damaged.isdisjoint(range(first, reader.line_num + 1)):
            yield f"第 {first} 行", [*map(str.strip, cells)]


def csv_file(cases: Sequence[Mapping[str, Any]], _: Remarks) -> bytes:
    """The cases as CSV in UTF-8 with a byte-order mark, without which Excel would take it for GB18030."""
    rows = ([cell_of(field, case[field]) for field in COLUMNS] for case in cases)
    return _csv_text([list(COLUMNS), *rows]).encode("utf-8-sig")


def csv_appended(data: bytes, case: Mapping[str, Any], remarks: Remarks) -> bytes:
    """The file with one more row, in its own encoding and order of columns."""
    text = read_lines(data, _ENCODINGS, remarks)
    place, heading = next(_csv_cells(data, remarks))
    cells = Header.read(heading, place, remarks).cells(case, remarks)
    row = _csv_text([[cells.get(column, "") for column in range(len(heading))]])
    end = "" if text.lines[-1].endswith(("\n", "\r")) else "\r\n"
    return data + (end + row).encode(text.encoding)


def _csv_text(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
