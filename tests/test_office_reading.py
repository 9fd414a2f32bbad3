"""What is read out of Word, Excel, PDF and text files, and what people call its places."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest
from docx import Document
from openpyxl import Workbook

from assistant.office.model import Upload
from assistant.office.uploads import pasted, read_upload
from corpus.model import Span
from tests import office_files as files
from tests.commands import PROJECT
from tests.office_files import box, cell, note, paragraph, run, table

Read = list[tuple[str, str]]


DELETED = "<w:del><w:r><w:delText>2名</w:delText></w:r></w:del>"
INSERTED = f"<w:ins>{run('3名')}</w:ins>"
MOVED = f"<w:moveFrom>{run('旧处')}</w:moveFrom>"

WORD: dict[str, tuple[str, Read]] = {
    "paragraphs with text are counted": (
        paragraph(run("第一条")) + paragraph() + paragraph(run("第二"), run("条")),
        [("第1段", "第一条"), ("第2段", "第二条")],
    ),
    "tabs and line breaks stay": (
        paragraph("<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:noBreakHyphen/></w:r>"),
        [("第1段", "甲\t乙\n丙-")],
    ),
    "cells are called by table, row and column": (
        table(cell("甲") + cell("乙"), cell("丙") + cell("丁")) + paragraph() + table(cell("戊")),
        [
            ("表1 第1行第1列", "甲"),
            ("表1 第1行第2列", "乙"),
            ("表1 第2行第1列", "丙"),
            ("表1 第2行第2列", "丁"),
            ("表2 第1行第1列", "戊"),
        ],
    ),
    "a merged cell is read once and counts its columns": (
        table(
            cell("横", '<w:gridSpan w:val="2"/>') + cell("右"),
            cell("竖", '<w:vMerge w:val="restart"/>') + cell("中"),
            cell("竖", "<w:vMerge/>") + cell("下"),
        ),
        [
            ("表1 第1行第1列", "横"),
            ("表1 第1行第3列", "右"),
            ("表1 第2行第1列", "竖"),
            ("表1 第2行第2列", "中"),
            ("表1 第3行第2列", "下"),
        ],
    ),
    "a table may lie in a cell": (
        table(cell("外", more=table(cell("内", more=table(cell("更内")) + paragraph())) + paragraph())),
        [
            ("表1 第1行第1列", "外"),
            ("表1 第1行第1列 内表1 第1行第1列", "内"),
            ("表1 第1行第1列 内表1 第1行第1列 内表1 第1行第1列", "更内"),
        ],
    ),
    "a text box is read once, after its paragraph": (
        paragraph(run("前"), box("框里"), run("后")) + paragraph(run("下一段"), box("第二框")),
        [("第1段", "前后"), ("文本框1", "框里"), ("第2段", "下一段"), ("文本框2", "第二框")],
    ),
    "a text box may lie in a cell": (
        table(f"<w:tc>{paragraph(run('格'), box('框'))}</w:tc>"),
        [("表1 第1行第1列", "格"), ("文本框1", "框")],
    ),
    "tracked changes are read as accepted": (
        paragraph(run("每万名居民"), DELETED, INSERTED, MOVED, f"<w:moveTo>{run('以上')}</w:moveTo>"),
        [("第1段", "每万名居民3名以上")],
    ),
    "a paragraph whose end is deleted goes on": (
        paragraph(run("应当"), properties="<w:rPr><w:del/></w:rPr>") + paragraph(run("办理")),
        [("第1段", "应当办理")],
    ),
    "a deleted row is not read": (
        "<w:tbl><w:tr><w:trPr><w:del/></w:trPr>"
        + cell("旧")
        + "</w:tr><w:tr>"
        + cell("新")
        + "</w:tr></w:tbl>",
        [("表1 第1行第1列", "新")],
    ),
    "hidden text is read and told": (
        paragraph(run("明"), run("暗", "<w:vanish/>"), run("亮", '<w:vanish w:val="0"/>')),
        [("第1段", "明亮"), ("第1段（隐藏文字）", "暗")],
    ),
    "content controls, links and fields are text": (
        f"<w:sdt><w:sdtContent>{paragraph(run('控件'))}</w:sdtContent></w:sdt>"
        + paragraph(
            f"<w:hyperlink>{run('链接')}</w:hyperlink>",
            '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>REF x</w:instrText></w:r>',
            run("（九）"),
        ),
        [("第1段", "控件"), ("第2段", "链接（九）")],
    ),
    "of a word with its reading, the word is text": (
        paragraph(
            f"<w:r><w:ruby><w:rt>{run('zhāng')}</w:rt><w:rubyBase>{run('章')}</w:rubyBase></w:ruby></w:r>"
        ),
        [("第1段", "章")],
    ),
}


def upload(data: bytes, tmp_path: Path, name: str) -> Upload:
    file = tmp_path / name
    file.write_bytes(data)
    return read_upload(file)


def places(read: Upload) -> Read:
    return [(piece.place, piece.text.rstrip("\n")) for piece in read.pieces]


@pytest.mark.parametrize("case", WORD)
def test_word(case: str, tmp_path: Path) -> None:
    body, expected = WORD[case]
    assert places(upload(files.word_of_xml(body), tmp_path, "通知.docx")) == expected


def test_notes_are_numbered_as_the_text_refers_to_them(tmp_path: Path) -> None:
    body = paragraph(run("甲"), note("footnote", 7), note("endnote", 2)) + paragraph(
        run("乙"), note("footnote", 3)
    )
    body += paragraph(f"<w:del>{note('footnote', 5)}</w:del>", run("丙"))
    notes = "".join(f'<w:footnote w:id="{n}">{paragraph(run(f"注{n}"))}</w:footnote>' for n in (3, 5, 7))
    separator = f'<w:footnote w:type="separator" w:id="-1">{paragraph()}</w:footnote>'
    ends = f'<w:endnote w:id="2">{paragraph(run("见"))}{paragraph(run("（九）"))}</w:endnote>'
    read = upload(
        files.word_of_xml(body, {"footnotes": separator + notes, "endnotes": ends}), tmp_path, "通知.docx"
    )
    assert places(read)[3:] == [("脚注1", "注7"), ("脚注2", "注3"), ("尾注1", "见\n（九）")]


def test_headers_and_footers_are_read_once(tmp_path: Path) -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "内部资料"
    document.sections[0].footer.paragraphs[0].text = "大连市"
    document.add_paragraph("正文")
    second = document.add_section()
    second.header.is_linked_to_previous = False
    second.header.paragraphs[0].text = "内部资料"
    read = upload(files.saved(document), tmp_path, "通知.docx")
    assert places(read) == [("第1段", "正文"), ("页眉", "内部资料"), ("页脚", "大连市")]


def test_word_in_the_strict_form_is_read_too(tmp_path: Path) -> None:
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    data = files.word("第一条")
    body = files.unzipped(data)["word/document.xml"].decode().replace(files.W, strict)
    read = upload(files.repacked(data, {"word/document.xml": body.encode()}), tmp_path, "通知.docx")
    assert places(read) == [("第1段", "第一条")]


def test_changes_and_hidden_text_are_remarked_on(tmp_path: Path) -> None:
    read = upload(
        files.word_of_xml(paragraph(DELETED, INSERTED, run("暗", "<w:vanish/>")) * 2), tmp_path, "通知.docx"
    )
    tracked, hidden = read.remarks
    assert "接受全部修订" in tracked
    assert "隐藏" in hidden


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


LONG = "全科医生的培养与使用激励机制是医疗卫生体制改革的重要内容"


def test_pdf_lines_are_joined_also_over_the_end_of_a_page(tmp_path: Path) -> None:
    first = ["关于全科医生的意见", f"一、{LONG}，", "各地应当落实。", f"（一）{LONG}", "— 1 —"]
    second = ["培养一批全科医生。", f"{LONG}{LONG[:3]}。", "二、附则", "2"]
    read = upload(files.saved(files.pdf([first, second])), tmp_path, "意见.pdf")
    assert read.text == (
        f"关于全科医生的意见\n一、{LONG}，各地应当落实。\n（一）{LONG}培养一批全科医生。\n{LONG}{LONG[:3]}。\n二、附则\n"
    )
    across = read.text.index("培养一批") - 5
    assert read.place_of(Span(across, across + 9)) == "第1页至第2页"


def test_a_pdf_that_only_guards_printing_is_read(tmp_path: Path) -> None:
    writer = files.pdf([["只限打印"]])
    writer.encrypt("", "owner", algorithm="AES-256")
    assert places(upload(files.saved(writer), tmp_path, "意见.pdf")) == [("第1页", "只限打印")]


def test_radicals_that_a_browser_prints_become_characters(tmp_path: Path) -> None:
    read = upload(files.saved(files.pdf([["⼤连市居⺠，成⻓"]])), tmp_path, "意见.pdf")
    assert read.text == "大连市居民，成长\n"


def test_pages_without_text_are_told(tmp_path: Path) -> None:
    read = upload(files.saved(files.pdf([["第一页"], [], ["第三页"], []])), tmp_path, "意见.pdf")
    assert [place for place, _ in places(read)] == ["第1页", "第3页"]
    assert read.remarks == ("第2、4页没有文字（空白页或图片），没有读取",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_is_read_line_by_line_in_any_usual_encoding(encoding: str, tmp_path: Path) -> None:
    read = upload("第一条\r\n\n第二条".encode(encoding), tmp_path, "通知.TXT")
    assert read.text == "第一条\r\n\n第二条"
    assert read.place_of(Span(6, 9)) == "第3行"


def test_pasted_text_has_places_too() -> None:
    assert pasted("第一条\n第二条").place_of(Span(4, 7)) == "第2行"


def test_every_character_lies_at_the_place_of_its_piece(tmp_path: Path) -> None:
    read = upload(files.word_of_xml("".join(body for body, _ in WORD.values())), tmp_path, "通知.docx")
    start = 0
    for piece in read.pieces:
        span = Span(start, start + len(piece.text))
        assert read.text[span.start : span.end] == piece.text
        assert read.place_of(span) == piece.place
        start = span.end
    assert start == len(read.text)


@pytest.mark.parametrize("name", ["通知.docx", "名单.xlsx", "意见.pdf", "通知.txt"])
def test_reading_alters_and_keeps_nothing(name: str, tmp_path: Path) -> None:
    data = {
        ".docx": files.word("第一条"),
        ".xlsx": files.excel({"A1": "第一条"}),
        ".pdf": files.saved(files.pdf([["第一条"]])),
        ".txt": "第一条".encode(),
    }[Path(name).suffix]
    upload(data, tmp_path, name)
    assert hashlib.sha256((tmp_path / name).read_bytes()).digest() == hashlib.sha256(data).digest()
    assert [file.name for file in tmp_path.iterdir()] == [name]


def five_hundred_pages(suffix: str) -> bytes:
    pages = [[f"第{page}页。", *[f"{LONG}，"] * 28] for page in range(500)]
    return (
        files.saved(files.pdf(pages)) if suffix == ".pdf" else files.word(*("".join(page) for page in pages))
    )


@pytest.mark.parametrize("suffix", [".pdf", ".docx"])
def test_five_hundred_pages_take_little_memory(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"汇编{suffix}"
    file.write_bytes(five_hundred_pages(suffix))
    script = (
        "import re, sys; from pathlib import Path; from assistant.office.uploads import read_upload\n"
        "read = read_upload(Path(sys.argv[1]))\n"
        "peak = re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1]\n"
        "print(len(read.pieces), len(read.text), peak)"
    )
    done = subprocess.run([sys.executable, "-c", script, file], cwd=PROJECT, capture_output=True, check=True)
    pieces, characters, kilobytes = map(int, done.stdout.split())
    assert pieces == 500
    assert characters > 400_000
    assert kilobytes < 300_000
