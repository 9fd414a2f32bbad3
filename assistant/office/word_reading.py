"""Word files -> their text, as it reads once all tracked changes are accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from xml.etree.ElementTree import Element

from assistant.office.model import Piece
from assistant.office.package import Package, attribute, child, local

TRACKED = "文件里有修订标记：按接受全部修订之后的文字读取，已删除的文字没有读取"
HIDDEN = "文件里有隐藏的文字：也读取了，位置后面注明“隐藏文字”"

_DELETED = {"del", "moveFrom"}
_TRACKED = _DELETED | {"ins", "moveTo"}
_NO_TEXT = {"pPr", "rPr", "tblPr", "trPr", "tcPr", "sectPr", "instrText", "delText", "rt", "Fallback"}
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_WRAPPERS = {"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "AlternateContent", "Choice"}
_NOTES = {"footnoteReference": ("footnotes", "脚注"), "endnoteReference": ("endnotes", "尾注")}
_MARGINS = {"headerReference": "页眉", "footerReference": "页脚"}


def read_word(data: bytes, name: str, remarks: list[str]) -> Iterator[Piece]:
    """Body, notes, headers and footers in this order; a text box follows the paragraph that holds it."""
    yield from _WordReader(Package(data, name, "Word"), remarks).pieces()


class _WordReader:
    """Counts what people count: paragraphs with text, tables, text boxes, notes."""

    def __init__(self, package: Package, remarks: list[str]) -> None:
        self._package = package
        self._remarks = remarks
        self._boxes = count(1)
        self._open_boxes: list[Element] = []  # of the paragraph that is being read
        self._hidden: list[str] = []
        self._notes: dict[tuple[str, str], None] = {}  # kind of reference and id, in the order of the text

    def pieces(self) -> Iterator[Piece]:
        root = self._package.tree(self._package.main)
        body = child(root, "body")
        yield from self._body(body if body is not None else [])
        yield from self._noted()
        yield from self._in_margins(root)

    def _body(self, body: Iterable[Element]) -> Iterator[Piece]:
        paragraphs, tables = count(1), count(1)
        for block in self._blocks(body):
            if isinstance(block, Element):
                yield from self._table(block, f"表{next(tables)}")
            else:
                place = f"第{next(paragraphs)}段" if block.strip() or self._hidden else ""
                yield from self._told([block], place)

    def _story(self, container: Iterable[Element], place: str) -> Iterator[Piece]:
        """All paragraphs of a cell, note, box or margin as one piece, then the tables that it holds."""
        lines: list[str] = []
        tables: list[Element] = []
        for block in self._blocks(container):
            tables.append(block) if isinstance(block, Element) else lines.append(block)
        yield from self._told(lines, place)
        for number, table in enumerate(tables, 1):
            yield from self._table(table, f"{place} 内表{number}")

    def _told(self, lines: list[str], place: str) -> Iterator[Piece]:
        """The lines as a piece, then what is hidden in them and the boxes that hang on them."""
        hidden, self._hidden = "".join(self._hidden), []
        boxes, self._open_boxes = self._open_boxes, []
        text = "\n".join(line for line in lines if line.strip())
        if text:
            yield Piece(f"{text}\n", place)
        if hidden.strip():
            self._remarks.append(HIDDEN)
            yield Piece(f"{hidden}\n", f"{place}（隐藏文字）")
        for box in boxes:
            yield from self._story(box, f"文本框{next(self._boxes)}")

    def _table(self, table: Element, place: str) -> Iterator[Piece]:
        rows = (
            row for row in _unwrapped(table) if local(row.tag) == "tr" and not self._is_deleted(row, "trPr")
        )
        for number, row in enumerate(rows, 1):
            column = 1 + _value(row, "trPr", "gridBefore")
            for cell in _unwrapped(row):
                if local(cell.tag) != "tc" or self._is_deleted(cell, "tcPr"):
                    continue
                if not _continues_above(cell):
                    yield from self._story(cell, f"{place} 第{number}行第{column}列")
                column += _value(cell, "tcPr", "gridSpan") or 1

    def _is_deleted(self, element: Element, properties: str) -> bool:
        mark = any(child(element, properties, name) is not None for name in ("del", "cellDel"))
        if mark:
            self._remarks.append(TRACKED)
        return mark

    def _blocks(self, container: Iterable[Element]) -> Iterator[str | Element]:
        """Paragraphs as text, tables as elements. A paragraph whose end is deleted goes on in the next one."""
        begun = ""
        for block in _unwrapped(container):
            if local(block.tag) == "p":
                begun += "".join(self._inline(block))
                if any(child(block, "pPr", "rPr", name) is not None for name in _DELETED):
                    self._remarks.append(TRACKED)
                else:
                    yield begun
                    begun = ""
            elif local(block.tag) == "tbl":
                yield from filter(None, [begun])
                begun = ""
                yield block
        if begun:
            yield begun

    def _inline(self, element: Element) -> Iterator[str]:
        """Text below an element; boxes, notes and hidden text are set aside."""
        for below in element:
            tag = local(below.tag)
            if tag in _TRACKED:
                self._remarks.append(TRACKED)
            if tag in _DELETED or tag in _NO_TEXT:
                continue
            if tag == "t":
                yield below.text or ""
            elif tag in _SIGNS:
                yield _SIGNS[tag]
            elif tag == "txbxContent":
                self._open_boxes.append(below)
            elif tag in _NOTES:
                self._notes[tag, attribute(below, "id")] = None
            elif tag == "r" and _is_hidden(below):
                self._hidden.append("".join(self._inline(below)))
            else:
                yield from self._inline(below)

    def _noted(self) -> Iterator[Piece]:
        """Footnotes and endnotes, numbered as their marks follow each other in the text."""
        for reference, (kind, title) in _NOTES.items():
            notes = self._notes_of(kind)
            for number, key in enumerate([key for key in self._notes if key[0] == reference], 1):
                if (note := notes.get(key[1])) is not None:
                    yield from self._story(note, f"{title}{number}")

    def _notes_of(self, kind: str) -> dict[str, Element]:
        parts = [r.part for r in self._package.relations(self._package.main) if r.kind == kind]
        return {attribute(note, "id"): note for part in parts for note in self._package.tree(part)}

    def _in_margins(self, root: Element) -> Iterator[Piece]:
        """Headers and footers; what several pages repeat is told once."""
        parts = {relation.id: relation.part for relation in self._package.relations(self._package.main)}
        told: set[Piece] = set()
        for reference in root.iter():
            part = parts.get(attribute(reference, "id")) if local(reference.tag) in _MARGINS else None
            if part:
                pieces = self._story(self._package.tree(part), _MARGINS[local(reference.tag)])
                fresh = [piece for piece in pieces if piece not in told]
                told.update(fresh)
                yield from fresh


def _unwrapped(container: Iterable[Element]) -> Iterator[Element]:
    """Children, those of content controls and the like among them. Of alternatives the first one counts."""
    for element in container:
        if local(element.tag) in _WRAPPERS:
            yield from _unwrapped(element)
        else:
            yield element


def _is_hidden(run: Element) -> bool:
    mark = child(run, "rPr", "vanish")
    return mark is not None and attribute(mark, "val") not in ("0", "false", "off")


def _continues_above(cell: Element) -> bool:
    mark = child(cell, "tcPr", "vMerge")
    return mark is not None and attribute(mark, "val") != "restart"


def _value(element: Element, *path: str) -> int:
    found = child(element, *path)
    return int(attribute(found, "val") or 0) if found is not None else 0
