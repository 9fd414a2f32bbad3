"""What is read out of Word files, and what people call its places."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document

from corpus.model import Span
from tests import office_files as files
from tests.office_files import Read, box, cell, note, paragraph, places, run, table, upload

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


def test_every_character_lies_at_the_place_of_its_piece(tmp_path: Path) -> None:
    read = upload(files.word_of_xml("".join(body for body, _ in WORD.values())), tmp_path, "通知.docx")
    start = 0
    for piece in read.pieces:
        span = Span(start, start + len(piece.text))
        assert read.text[span.start : span.end] == piece.text
        assert read.place_of(span) == piece.place
        start = span.end
    assert start == len(read.text)
