"""Reports as Excel files: a sheet for each table, the clauses in full, and what the file says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.xml.functions import tostring

from assistant.office.archive import repacked
from assistant.office.report import Column, Exhibit, Line, Report, Row, Table, line, plain
from assistant.office.text_width import display_width
from assistant.xml_text import xml_text

CLAUSES, ABOUT = "条款全文", "说明"
LONGEST = 32_767
"""Characters that a cell can hold."""

_A4 = 9  # Excel's number of the paper size
_LINE, _HIGHEST = 14.0, 409.0  # points, of a line and of the highest row
_CORE = "docProps/core.xml"
_FONT, _LINK = Font(name="宋体", size=10), Font(name="宋体", size=10, color="1D4F8F", underline="single")
_HEADER = Font(name="黑体", size=10, bold=True, color="FFFFFF"), PatternFill("solid", fgColor="1D4F63")
_WRAPPED = Alignment(vertical="top", wrap_text=True)
_ABOUT_COLUMNS = (Column("项目", 16), Column("内容", 100))


def write_excel(report: Report) -> bytes:
    """The report as an .xlsx file, the same for the same report."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    tables = [*report.tables, *_clauses(report.exhibits), _about(report)]
    places = {
        clause: f"'{table.title}'!A{number}"
        for table in tables
        for number, row in enumerate(table.rows, 2)
        for clause in row.clauses
    }
    for table in tables:
        _add_sheet(workbook, table, places)
    return _saved(workbook, report)


def _clauses(exhibits: tuple[Exhibit, ...]) -> Iterator[Table]:
    if exhibits:
        names = [name for name, _ in exhibits[0].facts]
        columns = (Column("条款", 36), *(Column(name, 16) for name in names), Column("全文", 90))
        yield Table(CLAUSES, columns, tuple(map(_clause, exhibits)))


def _clause(exhibit: Exhibit) -> Row:
    text = "\n".join(map(plain, exhibit.lines))
    return Row((line(exhibit.title), *(value for _, value in exhibit.facts), line(text)), (exhibit.id,))


def _about(report: Report) -> Table:
    """What a Word file says above and below its tables."""
    passages = ((passage.title, plain(content)) for passage in report.passages for content in passage.lines)
    closing = (("声明", report.closing),) if report.closing else ()
    entries = (("标题", report.title), *report.facts, *report.imprint.facts, *passages, *closing)
    return Table(ABOUT, _ABOUT_COLUMNS, tuple(Row((line(name), line(value))) for name, value in entries))


def _add_sheet(workbook: Workbook, table: Table, places: Mapping[str, str]) -> None:
    sheet = workbook.create_sheet(table.title)
    for number, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
        cell = sheet.cell(1, number)
        _write(cell, column.title)
        cell.font, cell.fill = _HEADER
    for number, row in enumerate(table.rows, 2):
        for at, content in enumerate(row.cells, 1):
            cell = sheet.cell(number, at)
            _write(cell, plain(content))
            _link(cell, content, places)
        sheet.row_dimensions[number].height = _height(row, table.columns)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    sheet.page_setup.paperSize, sheet.page_setup.orientation = _A4, "landscape"
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True


def _height(row: Row, columns: Sequence[Column]) -> float:
    """Points that the wrapped text of a row takes: not every program that opens the file works it out."""
    lines = (
        sum(ceil(max(1, display_width(text)) / column.width) for text in plain(content).split("\n"))
        for content, column in zip(row.cells, columns, strict=True)
    )
    return min(_LINE * max(lines), _HIGHEST)


def _write(cell: Any, text: str) -> None:
    """Text that stays text, also where it looks like a formula or an error."""
    kept = xml_text(text)
    cell.value = kept if len(kept) <= LONGEST else kept[: LONGEST - 1] + "…"
    cell.data_type = "s"
    cell.quotePrefix = kept.startswith(("=", "+", "-", "@"))
    cell.alignment, cell.font = _WRAPPED, _FONT


def _link(cell: Any, content: Line, places: Mapping[str, str]) -> None:
    """The first link of a cell, which holds no more than one."""
    link = next((fragment.link for fragment in content if fragment.link), "")
    if link in places:
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=places[link])
    elif link:
        cell.hyperlink = link
    else:
        return
    cell.font = _LINK


def _saved(workbook: Workbook, report: Report) -> bytes:
    """Openpyxl notes the time of saving in the properties, so these are written again."""
    stream = BytesIO()
    workbook.save(stream)
    properties = workbook.properties
    properties.title, properties.creator = xml_text(report.title), ""
    properties.created = properties.modified = report.imprint.made_utc
    return repacked(stream.getvalue(), {_CORE: tostring(properties.to_tree())})
