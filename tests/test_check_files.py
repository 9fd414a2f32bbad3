"""The Word and Excel files with the result of a check."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from assistant.checking.model import Difference, Item, Kind, Verdict
from assistant.office.check_report import check_report
from assistant.office.excel_writing import write_excel
from assistant.office.report import Report
from assistant.office.uploads import pasted
from assistant.office.word_writing import write_word
from corpus.model import Span
from index.store import ClauseStore
from tests.report_files import (
    CHINA,
    IMPRINT,
    bookmarks,
    links,
    opened_excel,
    opened_word,
    runs,
    target,
    texts,
    values,
)

TEXT = "每万名居民配备2名以上全科医生。\n=HYPERLINK(1)见第（九）条\x07\n-3\n@甲\n+1"


@pytest.fixture
def check(store: ClauseStore) -> Report:
    lines = TEXT.split("\n")
    goals, path = target(store, "dalian:一/（三）"), target(store, "dalian:五/（十七）")
    near = Difference("3名", "2名"), Difference("", "配备")
    items = [
        Item(lines[0], Kind.QUOTE, Verdict.NEAR, Span(0, 17), goals, None, near),
        Item(
            lines[1], Kind.REFERENCE, Verdict.WRONG_REFERENCE, Span(18, 38), path, goals, (), "所引的条款不对"
        ),
        *(Item(text, Kind.QUOTE, Verdict.NOT_FOUND, Span(42, 43), path) for text in lines[2:]),
        Item("没有这样的文件", Kind.QUOTE, Verdict.NOT_FOUND, Span(42, 43)),
    ]
    return check_report(
        items, replace(pasted(TEXT, "通知.docx"), remarks=("文件里有修订标记",)), store, IMPRINT
    )


def test_a_check_in_word_has_a_row_for_each_item(check: Report) -> None:
    header, first, second, *_, last = texts(opened_word(check).tables[0])
    assert header == ["序号", "位置", "原文摘录", "类型", "结论", "对应条款", "差异（来文→条款）", "说明"]
    assert first[:5] == ["1", "第1行", "每万名居民配备2名以上全科医生。", "引文", "文字有出入"]
    assert first[5].endswith("》（大政办发〔2018〕159号）一、（三）")
    assert first[6] == "2名3名\n配备（无）"
    assert second[1:5] == ["第2行", "=HYPERLINK(1)见第（九）条", "引用", "出处不对"]
    assert re.fullmatch(r"《.*》（.*）五、（十七）\n所称：《.*》（.*）一、（三）", second[5])
    assert second[7] == "所引的条款不对"
    assert last[4:6] == ["没有找到", ""]


def test_in_word_the_wrong_words_are_struck_in_red_and_the_right_ones_green(check: Report) -> None:
    cell = opened_word(check).tables[0].cell(1, 6)
    wrong, right = list(runs(cell))[:2]
    assert (wrong.text, wrong.font.strike, str(wrong.font.color.rgb)) == ("2名", True, "C01C1C")
    assert (right.text, right.font.strike, str(right.font.color.rgb)) == ("3名", None, "1C6E3C")


def test_a_check_says_what_was_checked_and_when(check: Report) -> None:
    said = [paragraph.text for paragraph in opened_word(check).paragraphs]
    assert said[0] == "引文核对"
    assert "核对的文件：通知.docx" in said
    assert "结果：共 6 处引文和引用，文字有出入 1 处，出处不对 1 处，没有找到 4 处。" in said
    assert "注意：文件里有修订标记" in said
    assert "生成时间：2026-11-22 09:30:00" in said
    assert f"语料摘要：{'5a' * 32}" in said


def test_a_check_says_how_far_words_without_quotation_marks_were_compared(store: ClauseStore) -> None:
    reference = Item(
        "（三）",
        Kind.REFERENCE,
        Verdict.EXACT,
        Span(0, 3),
        target(store, "dalian:一/（三）"),
        is_narrated=True,
    )
    told = "共 1 处引文和引用，一致 1 处。没有加引号的叙述只与所引条款核对了数字和否定词。"
    report = check_report([reference], pasted("（三）"), store, IMPRINT)
    assert f"结果：{told}" in [paragraph.text for paragraph in opened_word(report).paragraphs]
    assert ["结果", told] in values(opened_excel(report)["说明"])


def test_links_in_word_lead_to_the_clauses_in_full(check: Report, store: ClauseStore) -> None:
    document = opened_word(check)
    assert sorted(set(links(document))) == sorted(bookmarks(document)) == ["clause1", "clause2"]
    said = [paragraph.text for paragraph in document.paragraphs]
    for clause_id in ("dalian:一/（三）", "dalian:五/（十七）"):
        for paragraph in store.clause(clause_id).text.strip().splitlines():
            assert paragraph in said
    assert not [r for r in document.part.rels.values() if r.is_external]


def test_word_files_are_a4_with_chinese_fonts_and_repeated_headers(check: Report) -> None:
    document = opened_word(check)
    [section] = document.sections
    assert (round(section.page_width / Mm(1)), round(section.page_height / Mm(1))) == (297, 210)
    table = document.tables[0]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    width = section.page_width - section.left_margin - section.right_margin
    assert sum(column.width for column in table.columns) == pytest.approx(width, rel=0.001)
    for style, font in (("Normal", "宋体"), ("Heading 1", "黑体"), ("Heading 2", "黑体"), ("Title", "黑体")):
        fonts = document.styles[style].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font
        assert fonts.get(qn("w:eastAsiaTheme")) is None


def test_a_check_in_excel_has_the_same_table_and_the_clauses(check: Report, store: ClauseStore) -> None:
    workbook = opened_excel(check)
    assert workbook.sheetnames == ["核对结果", "条款全文", "说明"]
    header, first, second, *_ = values(workbook["核对结果"])
    assert header == texts(opened_word(check).tables[0])[0]
    assert first[6] == "【2名→3名】\n【配备→（无）】"
    assert second[2] == "=HYPERLINK(1)见第（九）条"
    goals, path = values(workbook["条款全文"])[1:]
    assert goals[-1].split("\n") == store.clause("dalian:一/（三）").text.strip().splitlines()
    assert path[0].endswith("五、（十七）")
    assert path[1:3] == ["大连市", "现行有效"]
    assert ["语料摘要", "5a" * 32] in values(workbook["说明"])


def test_links_in_excel_lead_to_the_sheet_with_the_clauses(check: Report) -> None:
    workbook = opened_excel(check)
    links = [workbook["核对结果"].cell(row, 6).hyperlink for row in (2, 3)]
    assert [link.location for link in links] == ["'条款全文'!A2", "'条款全文'!A3"]
    assert workbook["条款全文"]["A3"].value.endswith("五、（十七）")


def test_excel_sheets_print_on_a4_with_their_header(check: Report) -> None:
    for sheet in opened_excel(check).worksheets:
        assert sheet.page_setup.paperSize == int(sheet.PAPERSIZE_A4)
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.freeze_panes == "A2"
        assert sheet["A2"].font.name == "宋体"
        assert all(cell.alignment.wrap_text for cell in sheet[2])


def test_text_never_becomes_a_formula_and_loses_what_xml_cannot_hold(check: Report) -> None:
    cells = [row[2] for row in opened_excel(check)["核对结果"].iter_rows(min_row=3, max_row=6)]
    assert [cell.value for cell in cells] == ["=HYPERLINK(1)见第（九）条", "-3", "@甲", "+1"]
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)


def test_a_text_too_long_for_a_cell_is_cut_in_excel_only(check: Report, store: ClauseStore) -> None:
    item = Item("长" * 40_000, Kind.QUOTE, Verdict.NOT_FOUND, Span(0, 1))
    report = check_report([item], pasted("长"), store, IMPRINT)
    assert opened_excel(report)["核对结果"]["C2"].value == "长" * 32_766 + "…"
    assert opened_word(report).tables[0].cell(1, 2).text == "长" * 40_000


@pytest.mark.parametrize("write", [write_word, write_excel])
def test_the_same_report_makes_the_same_file(
    write: Callable[[Report], bytes], check: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write(check)
    monkeypatch.setattr("time.time", lambda: 2e9)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 0, 0, 0, 0, 1, 0))
    assert write(check) == first
    assert write(replace(check, imprint=replace(IMPRINT, made=datetime(2026, 11, 23, tzinfo=CHINA)))) != first


def test_both_kinds_carry_the_time_that_they_are_given(check: Report) -> None:
    for properties in (opened_word(check).core_properties, opened_excel(check).properties):
        for noted in (properties.created, properties.modified):
            assert noted.replace(tzinfo=None) == datetime(2026, 11, 22, 1, 30)  # Office notes UTC
        assert properties.title == "引文核对"
