"""Excel files -> the text of their cells and text boxes, formulas by the results that are stored with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import chain, count, groupby, repeat
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.cell import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from assistant.checking.quotations import APART
from assistant.office.excel_parts import Cell, Merged, SharedTexts, SheetCells
from assistant.office.model import Piece
from assistant.office.package import Package, attribute, child, local

_UNSHOWN = 5  # places that a remark names
_GENERAL = "General"


def read_excel(data: bytes, name: str, remarks: list[str]) -> Iterator[Piece]:
    """All sheets in order, each row by row, then its text boxes. Of merged cells only the first has text."""
    package = Package(data, name, "Excel")
    book = _Book(package)
    for sheet in book.sheets():
        unknown: list[str] = []
        yield from _apart(_cells(book, sheet, package.parse(sheet.part, SheetCells(name)), unknown))
        if unknown:
            some = "、".join(unknown[:_UNSHOWN]) + ("等" if len(unknown) > _UNSHOWN else "")
            remarks.append(f"{some}的公式没有存下结果，没有读取；请在 Excel 或 WPS 里打开并保存后再上传")
        for piece in (*_comments(package, sheet), *_boxes(package, sheet)):
            yield from _apart([piece])


def _apart(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Pieces that have nothing to do with those before them."""
    for piece, mark in zip(pieces, chain([APART], repeat("")), strict=False):
        yield Piece(mark + piece.text, piece.place)


def _cells(book: _Book, sheet: _Sheet, cells: SheetCells, unknown: list[str]) -> Iterator[Piece]:
    """The cells with text, each with a tab behind it; places whose text is not stored go to ``unknown``."""
    for number, row in groupby(_uncovered(cells), key=lambda cell: cell.row):
        told: list[Piece] = []
        for cell in row:
            place = f"{sheet.title} {get_column_letter(cell.column)}{number}"
            if cell.is_pending:
                unknown.append(place)
            elif text := book.text_of(cell).strip():
                told.append(Piece(f"{text}\t", place))
        yield from told[:-1]
        yield from (Piece(f"{last.text}\n", last.place) for last in told[-1:])


@dataclass(frozen=True, slots=True)
class _Sheet:
    title: str  # 工作表“名单”
    part: str


class _Book:
    """What all sheets share: their order, the shared texts, number formats and the first day of dates."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._root = package.tree(package.main)
        self._parts = {relation.id: relation for relation in package.relations(package.main)}
        texts = self._part_of("sharedStrings")
        self._texts = package.parse(texts, SharedTexts()) if texts else []
        self._formats = _formats(package.tree(styles)) if (styles := self._part_of("styles")) else []
        settings = child(self._root, "workbookPr")
        is_mac = settings is not None and attribute(settings, "date1904") in ("1", "true")
        self._epoch = CALENDAR_MAC_1904 if is_mac else CALENDAR_WINDOWS_1900

    def sheets(self) -> Iterator[_Sheet]:
        for sheet in child(self._root, "sheets") or ():
            relation = self._parts.get(attribute(sheet, "id"))
            if relation and relation.kind == "worksheet":
                hidden = "" if sheet.get("state", "visible") == "visible" else "隐藏的"
                yield _Sheet(f"{hidden}工作表“{sheet.get('name', '')}”", relation.part)

    def text_of(self, cell: Cell) -> str:
        """What Excel shows, but for the grouping and rounding of numbers."""
        if cell.kind == "s":
            return self._texts[int(cell.value)]
        if cell.kind == "b":
            return "TRUE" if cell.value == "1" else "FALSE"
        if cell.kind != "n":
            return cell.value
        known = 0 <= cell.style < len(self._formats)
        return self._number(float(cell.value), self._formats[cell.style] if known else _GENERAL)

    def _number(self, value: float, form: str) -> str:
        if is_date_format(form):
            try:
                return _date(from_excel(value, self._epoch))
            except (OverflowError, ValueError):  # no day that a calendar has
                return f"{value:.15g}"
        return f"{value * 100:.12g}%" if "%" in form else f"{value:.15g}"

    def _part_of(self, kind: str) -> str:
        return next((relation.part for relation in self._parts.values() if relation.kind == kind), "")


def _formats(styles: Element) -> list[str]:
    """Number format of each cell style."""
    own = {
        int(attribute(form, "numFmtId")): attribute(form, "formatCode")
        for form in child(styles, "numFmts") or ()
    }
    known = BUILTIN_FORMATS | own
    return [
        known.get(int(attribute(style, "numFmtId") or 0), _GENERAL)
        for style in child(styles, "cellXfs") or ()
    ]


def _date(moment: datetime | time | timedelta) -> str:
    if isinstance(moment, datetime):
        day = f"{moment.year}年{moment.month}月{moment.day}日"
        return day if moment.time() == time() else f"{day} {moment:%H:%M}"
    return f"{moment:%H:%M}" if isinstance(moment, time) else str(moment)


def _uncovered(sheet: SheetCells) -> Iterator[Cell]:
    """The cells that show: those that merged ones cover do not, whatever some programs leave in them."""
    waiting = sorted(sheet.merged, reverse=True)
    open_: list[Merged] = []
    for row, cells in groupby(sheet.cells, key=lambda cell: cell.row):
        while waiting and waiting[-1].top <= row:
            open_.append(waiting.pop())
        open_ = [merged for merged in open_ if merged.bottom >= row]
        yield from (cell for cell in cells if not any(merged.covers(cell) for merged in open_))


def _comments(package: Package, sheet: _Sheet) -> Iterator[Piece]:
    """What is noted on cells."""
    for part in (relation.part for relation in package.relations(sheet.part) if relation.kind == "comments"):
        for note in package.tree(part).iter():
            if local(note.tag) == "comment":
                text = "".join(t.text or "" for t in note.iter() if local(t.tag) == "t").strip()
                if text:
                    yield Piece(f"{text}\n", f"{sheet.title} {attribute(note, 'ref')} 批注")


def _boxes(package: Package, sheet: _Sheet) -> Iterator[Piece]:
    numbers = count(1)
    for drawing in (
        relation.part for relation in package.relations(sheet.part) if relation.kind == "drawing"
    ):
        for box in _shapes(package.tree(drawing)):
            paragraphs = (below for below in box if local(below.tag) == "p")
            lines = ("".join(t.text or "" for t in p.iter() if local(t.tag) == "t") for p in paragraphs)
            if text := "\n".join(line for line in lines if line.strip()):
                yield Piece(f"{text}\n", f"{sheet.title} 文本框{next(numbers)}")


def _shapes(element: Element) -> Iterator[Element]:
    """The texts of shapes; what stands there for programs that do not know a shape is left out."""
    for below in element:
        if local(below.tag) == "txBody":
            yield below
        elif local(below.tag) != "Fallback":
            yield from _shapes(below)
