"""Sets as Excel workbooks."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import iterparse
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from assistant.evaluation.sets.cells import cell_of
from assistant.evaluation.sets.rows import Flaw, Remarks, Row, shown
from assistant.evaluation.sets.tables import COLUMNS, Content, Header, table_rows

SHEET = "题目"
MOST_CHARACTERS = 32_767
"""What Excel holds in a cell; openpyxl cuts off the rest without a word."""

_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 100
_MOST_BYTES = 128 * 1024**2  # unpacked; a file of a few kilobytes can hold gigabytes
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_WIDTHS = {"question": 50, "history": 30, "gold": 30, "must_include": 40, "must_not_include": 20, "note": 40}
_REASONS = {
    "f": "是公式；请复制后选择性粘贴为“值”",
    "e": "是公式的错误值；请改成文字",
    "d": "是日期，不是文字；请把单元格设为“文本”格式后重新填写",
    "n": "是数字，不是文字；请把单元格设为“文本”格式后重新填写",
}

warnings.filterwarnings("ignore", module="openpyxl")  # what it does not support, no set needs


class _UnusableError(Exception):
    """No questions can be read out of a workbook; the message says why, and what to do."""


def workbook_rows(data: bytes, remarks: Remarks) -> Iterator[Row]:
    """Rows of the sheet with the questions; complains of what a cell of text cannot hold."""
    try:
        yield from table_rows(_sheet_cells(_questions(_opened(data), remarks), remarks), remarks)
    except _UnusableError as error:
        remarks.problems.append(str(error))


def _opened(data: bytes, *, read_only: bool = True) -> Any:
    if data.startswith(_OLE):
        is_locked = "EncryptedPackage".encode("utf-16-le") in data
        what = "有密码保护；请去掉密码后" if is_locked else "是旧版 Excel 格式（.xls）；请在 Excel 里打开后"
        raise _UnusableError(f"文件{what}另存为 .xlsx")
    with _damage_told():
        parts = ZipFile(BytesIO(data)).infolist()
        if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
            raise _UnusableError("文件含有宏；请另存为不含宏的 .xlsx")
        if (size := sum(part.file_size for part in parts)) > _MOST_BYTES:
            raise _UnusableError(
                f"文件展开后有 {size:,} 字节，超过上限 {_MOST_BYTES:,} 字节；请拆成几个文件，或改用 .jsonl"
            )
        return load_workbook(BytesIO(data), read_only=read_only)


@contextmanager
def _damage_told() -> Iterator[None]:
    """Makes one error of the many that openpyxl and the readers below it raise for damaged files."""
    try:
        yield
    except (
        *(BadZipFile, zlib.error, struct.error, SyntaxError, EOFError, OSError, LookupError, ValueError),
        *(TypeError, AttributeError, AssertionError, ArithmeticError, RuntimeError),
    ) as error:
        raise _UnusableError("不是 Excel 文件，或已损坏；请在 Excel 里打开后另存为 .xlsx") from error


def _questions(workbook: Any, remarks: Remarks) -> Any:
    """The sheet called 题目, or the only one."""
    sheets = {sheet.title: sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"}
    titles = "、".join(f"“{title}”" for title in sheets)
    if SHEET not in sheets and len(sheets) != 1:
        raise _UnusableError(f"不知道题目在哪个工作表（{titles or '没有工作表'}）；请把它命名为“{SHEET}”")
    if len(sheets) > 1:
        remarks.warnings.append(f"有几个工作表（{titles}），只读“{SHEET}”")
    return sheets.get(SHEET) or next(iter(sheets.values()))


def _sheet_cells(sheet: Any, remarks: Remarks) -> Iterator[tuple[str, Sequence[Content]]]:
    """Place and cells of every row."""
    name = f"工作表“{sheet.title}”"
    with _damage_told():
        merged, hidden = _layout(sheet)
    remarks.problems += (f"{name} {cells}：是合并的单元格；请取消合并，每行各自填写" for cells in merged)
    unseen = []
    for number, row in enumerate(_rows(sheet), 1):
        cells = [_content(cell) for cell in row]
        if number in hidden and any(cells):
            unseen.append(str(number))
        yield f"{name} 第 {number} 行", cells
    if unseen:
        some = "、".join(unseen[:10]) + ("等" if len(unseen) > 10 else "")
        remarks.warnings.append(f"{name} 第 {some} 行是隐藏的，也作为题目读入；不用的题目请删除")


def _rows(sheet: Any) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()  # what the file says of its size is not always so
    with _damage_told():
        yield from (row[:_MOST_COLUMNS] for row in sheet.iter_rows())


def _layout(sheet: Any) -> tuple[list[str], set[int]]:
    """Merged ranges and the numbers of hidden rows, which openpyxl does not tell of a sheet that it streams."""
    merged: list[str] = []
    hidden: set[int] = set()
    number = 0
    with sheet._get_source() as source:
        for _, element in iterparse(source):
            tag = element.tag.rpartition("}")[2]
            if tag == "row":
                number = int(element.get("r", number + 1))
                hidden |= {number} if element.get("hidden") in ("1", "true") else set()
                if number > _MOST_ROWS:
                    raise ValueError(f"row {number}")
            elif tag == "mergeCell":
                merged.append(element.get("ref", ""))
            element.clear()
    return merged, hidden


def _content(cell: Any) -> Content:
    if cell.value is None:
        return ""
    if cell.data_type in _REASONS:
        return Flaw("", getattr(cell.value, "text", cell.value), _REASONS[cell.data_type])
    return str(cell.value).replace("_x000D_", "").strip()  # how Excel writes a carriage return


def workbook_file(cases: Sequence[Mapping[str, Any]], remarks: Remarks) -> bytes:
    """The cases as a workbook with one sheet, all cells text, so that Excel makes no dates of ids."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(SHEET)
    sheet.freeze_panes = "B2"
    for number, field in enumerate(COLUMNS, 1):
        column = sheet.column_dimensions[get_column_letter(number)]
        column.number_format, column.width = "@", _WIDTHS.get(field, 12)
    sheet.append([_text_cell(WriteOnlyCell(sheet), heading, bold=True) for heading in COLUMNS.values()])
    for case in cases:
        texts = [cell_of(field, case[field]) for field in COLUMNS]
        _check_lengths(case["id"], texts, remarks)
        sheet.append([_text_cell(WriteOnlyCell(sheet), text) for text in texts])
    return _saved(workbook)


def workbook_appended(data: bytes, case: Mapping[str, Any], remarks: Remarks) -> bytes:
    """The workbook with one more row in the sheet with the questions."""
    try:
        workbook = _opened(data, read_only=False)
        _append(_questions(workbook, Remarks()), case, remarks)
        with _damage_told():
            return _saved(workbook)
    except _UnusableError as error:
        remarks.problems.append(str(error))
        return data


def _append(sheet: Any, case: Mapping[str, Any], remarks: Remarks) -> None:
    rows = [row for row in sheet.iter_rows() if any(cell.value is not None for cell in row)]
    header = Header.read([_content(cell) for cell in rows[0]], sheet.title, remarks)
    cells = header.cells(case, remarks)
    _check_lengths(case["id"], cells.values(), remarks)
    for column, text in cells.items():
        _text_cell(sheet.cell(rows[-1][0].row + 1, column + 1), text)


def _text_cell(cell: Any, text: str, *, bold: bool = False) -> Any:
    cell.value = text
    cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.font = Font(bold=bold)
    return cell


def _check_lengths(case_id: str, texts: Iterable[str], remarks: Remarks) -> None:
    if any(len(text) > MOST_CHARACTERS for text in texts):
        remarks.problems.append(
            f"题目 {shown(case_id)}：有一格超过 {MOST_CHARACTERS:,} 个字，Excel 放不下；请改用 .jsonl 或 .csv"
        )


def _saved(workbook: Any) -> bytes:
    file = BytesIO()
    workbook.save(file)
    return file.getvalue()
