"""The Word and Excel files that people take away, opened again with the libraries that read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from openpyxl import load_workbook

from assistant.checking.model import Difference, Item, Kind, Target, Verdict
from assistant.comparing.model import (
    AlignedClauses,
    Change,
    DocumentComparison,
    FactDifference,
    FactKind,
    Relation,
)
from assistant.model import Answer, Citation, Status
from assistant.office.check_report import check_report
from assistant.office.comparison_report import comparison_report
from assistant.office.evidence_report import answer_evidence, clause_evidence
from assistant.office.excel_writing import write_excel
from assistant.office.report import Imprint, Report
from assistant.office.uploads import pasted
from assistant.office.word_writing import write_word
from corpus.model import Span
from index.store import ClauseStore

CHINA = timezone(timedelta(hours=8))
IMPRINT = Imprint(datetime(2026, 11, 22, 9, 30, tzinfo=CHINA), "5a" * 32)
TEXT = "每万名居民配备2名以上全科医生。\n=HYPERLINK(1)见第（九）条\x07\n-3\n@甲\n+1"
DRAFT = "尚未定稿，不是正式文件，不能作为办事依据"


def target(store: ClauseStore, clause_id: str) -> Target:
    clause = store.clause(clause_id)
    document = store.document(clause.document_id)
    return Target(
        clause.id,
        document.title,
        document.number,
        clause.label,
        document.region,
        document.status,
        clause.text,
    )


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


@pytest.fixture
def comparison(store: ClauseStore) -> DocumentComparison:
    left, right = store.clause("dalian:一/（三）"), store.clause("jilin:三")
    only = store.clause("dalian:五/（十七）")
    three, two = left.text.index("3名"), right.text.index("2名")
    change = Change(
        Span(left.span.start + three, left.span.start + three + 1),
        Span(right.span.start + two, right.span.start + two + 1),
    )
    fact = FactDifference(
        FactKind.NUMBER, "工作目标（2020年）", "3名", "2名", left.id, right.id, "每万人口拥有3名"
    )
    return DocumentComparison(
        store.document("dalian"),
        store.document("jilin"),
        (
            AlignedClauses((left,), (right,), Relation.CHANGED, (change,)),
            AlignedClauses((only,), (), Relation.ONLY_LEFT, also_right=(right,)),
        ),
        (fact, FactDifference(FactKind.PERIOD, "聘期", "5年", "", only.id, "")),
        frozenset(),
        False,
    )


def opened_word(report: Report) -> Any:
    return Document(BytesIO(write_word(report)))


def opened_excel(report: Report) -> Any:
    return load_workbook(BytesIO(write_excel(report)))


def texts(table: Any) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def values(sheet: Any) -> list[list[str]]:
    return [[cell.value or "" for cell in row] for row in sheet.iter_rows()]


def runs(element: Any) -> Iterator[Any]:
    for paragraph in element.paragraphs:
        for part in paragraph.iter_inner_content():
            yield from getattr(part, "runs", [part])


def links(document: Any) -> list[str]:
    """Where the links of a Word file lead inside it."""
    return [
        link.get(qn("w:anchor"))
        for link in document.element.iter(qn("w:hyperlink"))
        if link.get(qn("w:anchor"))
    ]


def bookmarks(document: Any) -> list[str]:
    return [mark.get(qn("w:name")) for mark in document.element.iter(qn("w:bookmarkStart"))]


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
    assert "结果：共 6 处引文和引用，文字有出入 1 处，出处不对 1 处，没有找到 4 处" in said
    assert "注意：文件里有修订标记" in said
    assert "生成时间：2026-11-22 09:30:00" in said
    assert f"语料摘要：{'5a' * 32}" in said


def test_links_in_word_lead_to_the_clauses_in_full(check: Report, store: ClauseStore) -> None:
    document = opened_word(check)
    assert sorted(set(links(document))) == sorted(bookmarks(document)) == ["clause1", "clause2"]
    said = [paragraph.text for paragraph in document.paragraphs]
    for clause_id in ("dalian:一/（三）", "dalian:五/（十七）"):
        for paragraph in store.clause(clause_id).text.strip().splitlines():
            assert paragraph in said
    assert not [r for r in document.part.rels.values() if r.is_external]


def test_where_the_page_has_an_address_clauses_lead_there_too(check: Report, store: ClauseStore) -> None:
    imprint = replace(IMPRINT, address="http://policy.example/")
    report = clause_evidence("（十七）", [store.clause("dalian:五/（十七）")], store, imprint)
    address = "http://policy.example/?clause=dalian%3A%E4%BA%94%2F%EF%BC%88%E5%8D%81%E4%B8%83%EF%BC%89"
    document = opened_word(report)
    assert [r.target_ref for r in document.part.rels.values() if r.is_external] == [address]
    row = [cell for cell in opened_excel(report)["条款全文"][2] if cell.value == "打开"]
    assert [cell.hyperlink.target for cell in row] == [address]


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


def test_a_comparison_has_the_differences_first_then_the_clauses(comparison: DocumentComparison) -> None:
    differences, clauses = opened_word(comparison_report(comparison, IMPRINT)).tables
    assert texts(differences) == [
        ["序号", "类别", "事项", "大连市", "大连市条款", "吉林省", "吉林省条款"],
        ["1", "数字", "工作目标（2020年）", "3名\n每万人口拥有3名", "一、（三）", "2名", "三"],
        ["2", "期限", "聘期", "5年", "五、（十七）", "—", ""],
    ]
    header, changed, only = texts(clauses)
    assert header == ["序号", "大连市", "吉林省", "关系"]
    assert changed[1] == comparison.rows[0].left[0].text.strip()
    assert changed[2] == comparison.rows[0].right[0].text.strip()
    assert changed[3] == "有改动"
    assert only[2:] == ["见 三", "仅大连市有"]


def test_changed_characters_are_marked_on_both_sides(comparison: DocumentComparison) -> None:
    table = opened_word(comparison_report(comparison, IMPRINT)).tables[1]
    marked = [[run.text for run in runs(table.cell(1, side)) if run.font.color.rgb] for side in (1, 2)]
    assert marked == [["3"], ["2"]]
    row = values(opened_excel(comparison_report(comparison, IMPRINT))["逐条对照"])[1]
    assert "拥有【3】名以上" in row[1]
    assert "【2】名以上" in row[2]


def test_between_versions_old_words_are_struck_and_numbers_mapped(comparison: DocumentComparison) -> None:
    versions = replace(comparison, are_versions=True)
    *_, clauses, numbers = opened_word(comparison_report(versions, IMPRINT)).tables
    struck = [run.text for side in (1, 2) for run in runs(clauses.cell(1, side)) if run.font.strike]
    assert struck == ["3"]
    assert texts(numbers) == [["旧条号", "新条号"], ["一、（三）", "三"], ["五、（十七）", "—"]]


def test_differences_lead_to_the_row_with_the_clause(comparison: DocumentComparison) -> None:
    report = comparison_report(comparison, IMPRINT)
    document, sheet = opened_word(report), opened_excel(report)["差异表"]
    assert set(links(document)) <= set(bookmarks(document))
    assert len(bookmarks(document)) == len(set(bookmarks(document))) == 3
    assert [sheet[place].hyperlink.location for place in ("E2", "G2", "E3")] == [
        "'逐条对照'!A2",
        "'逐条对照'!A2",
        "'逐条对照'!A3",
    ]


def answer(store: ClauseStore) -> Answer:
    citations = []
    for number, clause_id in enumerate(("dalian:五/（十七）", "jilin:四/（五）/23", "dalian:五/（十七）"), 1):
        found = target(store, clause_id)
        quote = next(part for part in re.split("(?<=。)", found.text) if len(part) > 20)
        citations.append(
            Citation(
                number, clause_id, found.document, "", found.label, found.region, found.status, quote, 0, 0
            )
        )
    lines = [f"· {citation.quote}〔{citation.label}〕[{citation.n}]" for citation in citations]
    return Answer("乡镇医生怎样评副高？", Status.ANSWERED, "\n".join(lines), citations=tuple(citations))


def test_evidence_of_an_answer_is_complete(store: ClauseStore) -> None:
    given = answer(store)
    document = opened_word(answer_evidence(given, store, IMPRINT))
    said = [paragraph.text for paragraph in document.paragraphs]
    assert said[said.index("问题") + 1] == given.question
    assert said[said.index("回答") + 1 : said.index("条款全文")] == given.text.splitlines()
    headings = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 2"]
    assert [heading.partition(" ")[0] for heading in headings] == ["[1][3]", "[2]"]
    assert any(line.startswith("地区：吉林省") and f"状态：征求意见稿（{DRAFT}）" in line for line in said)
    assert f"注意：所引条款中有征求意见稿或草案：{DRAFT}" in said
    assert f"语料摘要：{'5a' * 32}" in said
    assert said[-1].startswith("本回答依据所列文件原文自动生成，不构成官方解释")


def test_citation_marks_lead_to_the_clauses_and_quotes_are_set_off(store: ClauseStore) -> None:
    given = answer(store)
    document = opened_word(answer_evidence(given, store, IMPRINT))
    assert links(document) == ["clause1", "clause2", "clause1"]
    start = next(n for n, paragraph in enumerate(document.paragraphs) if paragraph.text == "条款全文")
    bold = {run.text for paragraph in document.paragraphs[start:] for run in paragraph.runs if run.bold}
    assert {citation.quote.strip() for citation in given.citations} <= bold


def test_evidence_of_a_declined_answer_gives_the_reason(store: ClauseStore) -> None:
    declined = Answer("火星上的待遇？", Status.NOT_FOUND, "收录的文件没有规定。")
    said = [paragraph.text for paragraph in opened_word(answer_evidence(declined, store, IMPRINT)).paragraphs]
    assert "收录的文件没有规定。" in said
    assert "条款全文" not in said


def test_evidence_of_a_lookup_has_the_clause_in_full(store: ClauseStore) -> None:
    clause = store.clause("jilin:四/（五）/23")
    said = [
        p.text for p in opened_word(clause_evidence("吉林方案第23条", [clause], store, IMPRINT)).paragraphs
    ]
    assert "吉林方案第23条" in said
    assert all(line in said for line in clause.text.strip().splitlines())
    assert f"注意：所引条款中有征求意见稿或草案：{DRAFT}" in said


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
