"""Reports as Word files: A4, Chinese fonts, links that work offline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from assistant.office.archive import repacked
from assistant.office.report import Exhibit, Fragment, Line, Mark, Report, Table
from assistant.xml_text import xml_text

_WEB = ("http://", "https://")
_MARGIN = 2.0  # cm
_A4 = (21.0, 29.7)
_SONG, _HEI, _LATIN = "宋体", "黑体", "Times New Roman"
_SIZES = {"Title": 18, "Heading 1": 14, "Heading 2": 11, "Normal": 10.5}
_CELL_SIZE = 9
_RED, _GREEN, _BLUE = RGBColor(0xC0, 0x1C, 0x1C), RGBColor(0x1C, 0x6E, 0x3C), RGBColor(0x1D, 0x4F, 0x8F)
_THEMES = ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme")


def write_word(report: Report) -> bytes:
    """The report as a .docx file, the same for the same report."""
    return _Writer(report).written()


class _Writer:
    def __init__(self, report: Report) -> None:
        self._report = report
        self._document: WordDocument = Document()
        self._marks = {clause: f"clause{number}" for number, clause in enumerate(_anchored(report), 1)}
        self._width = _set_up(self._document, report)

    def written(self) -> bytes:
        """All parts of the report in order."""
        report = self._report
        self._document.add_paragraph(xml_text(report.title), "Title")
        for name, value in (*report.facts, *report.imprint.facts):
            self._paragraph((Fragment(f"{name}：", Mark.STRONG), Fragment(value)))
        for passage in report.passages:
            self._heading(passage.title, 1)
            for content in passage.lines:
                self._paragraph(content)
        for table in report.tables:
            self._table(table)
        if report.exhibits:
            self._heading("条款全文", 1)
        for exhibit in report.exhibits:
            self._exhibit(exhibit)
        if report.closing:
            self._paragraph((Fragment(report.closing, Mark.STRONG),))
        stream = BytesIO()
        self._document.save(stream)
        return repacked(stream.getvalue())

    def _heading(self, text: str, level: int) -> Paragraph:
        return self._document.add_paragraph(xml_text(text), f"Heading {level}")

    def _paragraph(self, content: Line) -> None:
        self._fill(self._document.add_paragraph(), content)

    def _exhibit(self, exhibit: Exhibit) -> None:
        self._bookmark(self._heading(exhibit.title, 2), exhibit.id)
        self._paragraph(tuple(_facts(exhibit)))
        for content in exhibit.lines:
            self._paragraph(content)

    def _table(self, table: Table) -> None:
        self._heading(table.title, 1)
        grid = self._document.add_table(1 + len(table.rows), len(table.columns), "Table Grid")
        grid.autofit = False
        share = self._width / sum(column.width for column in table.columns)
        widths = [int(column.width * share) for column in table.columns]
        for column, width in zip(grid.columns, widths, strict=True):
            column.width = width
        header, *rows = grid.rows
        header._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        self._row(header, widths, [(Fragment(column.title, Mark.STRONG),) for column in table.columns])
        for made, row in zip(rows, table.rows, strict=True):
            first = self._row(made, widths, row.cells)
            for clause in row.clauses:
                self._bookmark(first, clause)

    def _row(self, row: Any, widths: Iterable[int], contents: Iterable[Line]) -> Paragraph:
        """Fills the cells; returns the first paragraph."""
        cells = row.cells
        for cell, width, content in zip(cells, widths, contents, strict=True):
            cell.width = width
            self._fill(cell.paragraphs[0], content, _CELL_SIZE)
        first: Paragraph = cells[0].paragraphs[0]
        return first

    def _fill(self, paragraph: Paragraph, content: Line, size: float = 0) -> None:
        for fragment in content:
            run = paragraph.add_run(xml_text(fragment.text))
            _dress(run, fragment.mark)
            if size:
                run.font.size = Pt(size)
            if fragment.link in self._marks:
                _link(run, "w:anchor", self._marks[fragment.link])
            elif fragment.link.startswith(_WEB):
                _link(
                    run,
                    "r:id",
                    self._document.part.relate_to(
                        fragment.link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True
                    ),
                )

    def _bookmark(self, paragraph: Paragraph, clause: str) -> None:
        """A place that links lead to, once for each clause."""
        name = self._marks[clause]
        number = name.removeprefix("clause")
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        start.set(qn("w:id"), number)
        start.set(qn("w:name"), name)
        end.set(qn("w:id"), number)
        paragraph._p.append(start)
        paragraph._p.append(end)


def _anchored(report: Report) -> dict[str, None]:
    """Ids of the clauses that stand in full in the report."""
    shown = [exhibit.id for exhibit in report.exhibits]
    within = (clause for table in report.tables for row in table.rows for clause in row.clauses)
    return dict.fromkeys([*shown, *within])


def _facts(exhibit: Exhibit) -> Iterator[Fragment]:
    for number, (name, value) in enumerate(exhibit.facts):
        yield Fragment(f"{'　' if number else ''}{name}：", Mark.STRONG)
        yield from value


def _dress(run: Run, mark: Mark) -> None:
    run.bold = mark is Mark.STRONG or None
    if mark is Mark.REMOVED:
        run.font.strike = True
        run.font.color.rgb = _RED
    elif mark is Mark.ADDED:
        run.font.underline = True
        run.font.color.rgb = _GREEN
    elif mark is Mark.DIFFERENT:
        run.font.color.rgb = _RED


def _link(run: Run, attribute: str, target: str) -> None:
    """Wraps a run into a hyperlink, which python-docx reads but does not write."""
    run.font.color.rgb = _BLUE
    run.font.underline = True
    link = OxmlElement("w:hyperlink")
    link.set(qn(attribute), target)
    run._r.addprevious(link)
    link.append(run._r)


def _set_up(document: WordDocument, report: Report) -> int:
    """Page, fonts and properties; returns the width of the text. Tables lie across the page."""
    section = document.sections[0]
    width, height = map(Cm, _A4[::-1] if report.tables else _A4)
    section.orientation = WD_ORIENT.LANDSCAPE if report.tables else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = width, height
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(_MARGIN)
    _number_pages(section.footer.paragraphs[0])
    _set_fonts(document)
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = xml_text(report.title), "", ""
    properties.comments, properties.language = "", "zh-CN"
    properties.created = properties.modified = report.imprint.made_utc
    return width - 2 * Cm(_MARGIN)


def _set_fonts(document: WordDocument) -> None:
    """宋体 for text and 黑体 for headings, by name: the fonts of the template's theme have no Chinese."""
    for fonts in document.styles.element.iter(qn("w:rFonts")):
        for theme in _THEMES:
            fonts.attrib.pop(qn(theme), None)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    for name, size in _SIZES.items():
        font = document.styles[name].font
        font.name, font.size = _LATIN, Pt(size)
        font.color.rgb = RGBColor(0, 0, 0)
        chinese = _SONG if name == "Normal" else _HEI
        font.element.rPr.rFonts.set(qn("w:eastAsia"), chinese)


def _number_pages(paragraph: Paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
