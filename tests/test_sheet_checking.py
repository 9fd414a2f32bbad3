"""Quotations in the cells of a workbook: what they take their references from, and what they do not."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment

from assistant.checking.checker import Checker
from assistant.checking.model import Item, Kind, Verdict
from assistant.lookup import ClauseFinder
from index.store import ClauseStore
from tests.office_files import saved, upload

EARLIER = "“招聘为正式工作人员的，可提前转正定级”"
LATER = "“取得的副高级职称原则上应限定在基层医疗卫生机构聘任”"
EARLIER_NAME, LATER_NAME = "大连意见（八）", "大连意见（十七）"

Row = tuple[str, ...]

SHEETS: dict[str, tuple[list[Row], list[Verdict]]] = {
    "its own row, before": ([(EARLIER_NAME, EARLIER), (LATER_NAME, LATER)], [Verdict.EXACT] * 2),
    "its own row, behind": ([(EARLIER, EARLIER_NAME), (LATER, LATER_NAME)], [Verdict.EXACT] * 2),
    "behind a name and a number": ([("1", "人事科", LATER, EARLIER_NAME)], [Verdict.WRONG_REFERENCE]),
    "a reference alone above": ([(LATER_NAME,), (LATER,)], [Verdict.EXACT]),
    "a wrong one above": ([(EARLIER_NAME,), (LATER,)], [Verdict.WRONG_REFERENCE]),
    "a title above": ([("大连意见",), ("（八）", EARLIER)], [Verdict.EXACT]),
    "not the row above": ([(EARLIER_NAME, EARLIER), ("", LATER)], [Verdict.EXACT] * 2),
    "not the row below": ([(LATER,), (EARLIER_NAME, EARLIER)], [Verdict.EXACT] * 2),
    "not the cell of a quotation above": ([(EARLIER_NAME,), (EARLIER,), (LATER,)], [Verdict.EXACT] * 2),
}


@pytest.fixture(scope="module")
def checker(store: ClauseStore) -> Checker:
    return Checker(store, ClauseFinder(store))


def workbook(*sheets: list[Row]) -> Workbook:
    book = Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    return book


def quoted(checker: Checker, book: Workbook, folder: Path) -> list[Item]:
    read = upload(saved(book), folder, "台账.xlsx")
    return [item for item in checker.check(read.text) if item.kind is Kind.QUOTE]


@pytest.mark.parametrize("case", SHEETS)
def test_a_cell_takes_its_reference_from_its_row_or_from_one_alone_above(
    checker: Checker, case: str, tmp_path: Path
) -> None:
    rows, verdicts = SHEETS[case]
    assert [item.verdict for item in quoted(checker, workbook(rows), tmp_path)] == verdicts


def test_no_reference_goes_from_sheet_to_sheet(checker: Checker, tmp_path: Path) -> None:
    book = workbook([(EARLIER_NAME, EARLIER), (EARLIER_NAME,)], [(LATER,)])
    assert [item.verdict for item in quoted(checker, book, tmp_path)] == [Verdict.EXACT] * 2


def test_a_quotation_in_a_comment_is_judged_at_its_place(checker: Checker, tmp_path: Path) -> None:
    book = workbook([(EARLIER_NAME, EARLIER)])
    book.worksheets[0]["B1"].comment = Comment(f"{EARLIER_NAME}没有这句话：{LATER}", "审核")
    read = upload(saved(book), tmp_path, "台账.xlsx")
    *_, last = checker.check(read.text)
    assert (last.text, last.verdict) == (LATER.strip("“”"), Verdict.WRONG_REFERENCE)
    assert read.place_of(last.span) == "工作表“Sheet” B1 批注"
    assert read.text[last.span.start : last.span.end] == last.text
