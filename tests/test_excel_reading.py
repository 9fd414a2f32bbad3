"""What is read out of Excel files: cells by what they show, merged ones once, text boxes."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests import office_files as files
from tests.office_files import Read, places, upload


def test_workbooks(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "名单"
    sheet["A1"], sheet["B7"], sheet["C1"], sheet["D1"] = "姓名", "依照第（九）条\n办理", 12, 0.5
    sheet["A2"], sheet["B2"], sheet["C2"], sheet["D2"] = (
        True,
        date(2018, 12, 31),
        datetime(2018, 1, 2, 8, 30),
        1e20,
    )
    sheet["E1"], sheet["E2"] = 0.3, 43465
    sheet["E1"].number_format = "0.0%"
    sheet["F1"] = "合并"
    sheet.merge_cells("F1:G2")
    workbook.create_sheet("附表")["A1"] = "第二张"
    workbook.create_sheet("备用").sheet_state = "hidden"
    workbook["备用"]["C3"] = "看不见"
    assert places(upload(files.saved(workbook), tmp_path, "名单.xlsx")) == [
        ("工作表“名单” A1", "姓名"),
        ("工作表“名单” C1", "12"),
        ("工作表“名单” D1", "0.5"),
        ("工作表“名单” E1", "30%"),
        ("工作表“名单” F1", "合并"),
        ("工作表“名单” A2", "TRUE"),
        ("工作表“名单” B2", "2018年12月31日"),
        ("工作表“名单” C2", "2018年1月2日 08:30"),
        ("工作表“名单” D2", "1e+20"),
        ("工作表“名单” E2", "43465"),
        ("工作表“名单” B7", "依照第（九）条\n办理"),
        ("工作表“附表” A1", "第二张"),
        ("隐藏的工作表“备用” C3", "看不见"),
    ]


SHEETS: dict[str, tuple[str, Read]] = {
    "a formula is read by its stored result": (
        '<row r="1"><c r="A1" t="str"><f>B1</f><v>3名</v></c><c r="B1"><f>1+1</f><v>2</v></c></row>',
        [("A1", "3名"), ("B1", "2")],
    ),
    "cells and rows need no reference": (
        '<row><c t="inlineStr"><is><t>甲</t></is></c><c><v>1</v></c></row><row><c><v>2</v></c></row>',
        [("A1", "甲"), ("B1", "1"), ("A2", "2")],
    ),
    "runs are joined, readings left out": (
        '<row><c t="inlineStr"><is><r><t>全科</t></r><r><t>医生</t></r><rPh><t>yi</t></rPh></is></c></row>',
        [("A1", "全科医生")],
    ),
}


def sheet(rows: str, merged: str = "") -> bytes:
    xml = f"<worksheet><sheetData>{rows}</sheetData>{merged}</worksheet>"
    return files.repacked(files.excel({}), {"xl/worksheets/sheet1.xml": xml.encode()})


@pytest.mark.parametrize("case", SHEETS)
def test_cells(case: str, tmp_path: Path) -> None:
    rows, expected = SHEETS[case]
    read = upload(sheet(rows), tmp_path, "名单.xlsx")
    assert places(read) == [(f"工作表“名单” {place}", text) for place, text in expected]


def test_what_lies_under_a_merged_cell_is_not_read(tmp_path: Path) -> None:
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c><c/><c><v>4</v></c></row>"
    merged = '<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>'
    read = upload(sheet(rows, merged), tmp_path, "名单.xlsx")
    assert places(read) == [("工作表“名单” A1", "1"), ("工作表“名单” C2", "4")]


def test_a_formula_without_a_result_is_told(tmp_path: Path) -> None:
    read = upload(files.excel({"A1": "名单", "B1": "=1+1", "C9": "=A1"}), tmp_path, "名单.xlsx")
    assert places(read) == [("工作表“名单” A1", "名单")]
    [remark] = read.remarks
    assert remark.startswith("工作表“名单” B1、工作表“名单” C9的公式没有存下结果")


def test_text_boxes_of_a_sheet_are_read(tmp_path: Path) -> None:
    shape = (
        "<sp><txBody><p><r><t>每万名居民</t></r><r><t>3名</t></r></p><p><r><t>以上</t></r></p></txBody></sp>"
    )
    relations = '<Relationships><Relationship Id="rId1" Type="x/drawing" Target="../drawings/drawing1.xml"/></Relationships>'
    data = files.repacked(
        files.excel({"A1": "名单"}),
        {
            "xl/drawings/drawing1.xml": f"<wsDr><anchor>{shape}</anchor></wsDr>".encode(),
            "xl/worksheets/_rels/sheet1.xml.rels": relations.encode(),
        },
    )
    assert places(upload(data, tmp_path, "名单.xlsx"))[1:] == [
        ("工作表“名单” 文本框1", "每万名居民3名\n以上")
    ]
