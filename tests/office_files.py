"""Word, Excel and PDF files as people have them, made with their libraries; what these cannot make is put in as XML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from openpyxl import Workbook
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

from assistant.checking.quotations import APART
from assistant.office.model import Upload
from assistant.office.uploads import read_upload

Read = list[tuple[str, str]]

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml"'
)
OLE = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(504)


def saved(file: WordDocument | Workbook | PdfWriter) -> bytes:
    """The bytes of a file."""
    stream = BytesIO()
    file.write(stream) if isinstance(file, PdfWriter) else file.save(stream)
    return stream.getvalue()


def word(*paragraphs: str) -> bytes:
    """A Word file of plain paragraphs."""
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def paragraph(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def box(text: str) -> str:
    """A text box as Word writes it: once for itself, once for the Word of 2007."""
    content = f"<w:txbxContent>{paragraph(run(text))}</w:txbxContent>"
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx>{content}</wps:txbx>'
        f"</wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{content}</v:textbox></w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r>"
    )


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def cell(text: str, properties: str = "", more: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(run(text))}{more}</w:tc>"


def note(kind: str, number: int) -> str:
    return f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'


def word_of_xml(body: str, parts: Mapping[str, str] | None = None) -> bytes:
    """A Word file with this XML in its body; ``parts`` are the footnotes and endnotes by kind, also as XML."""
    document = Document()
    for element in parse_xml(f"<w:body {NAMESPACES}>{body}</w:body>"):
        document.element.body.insert_element_before(element, "w:sectPr")
    data = saved(document)
    for kind, xml in (parts or {}).items():
        content = f"<w:{kind} {NAMESPACES}>{xml}</w:{kind}>"
        relation = (
            f'<Relationship Id="rId{kind}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"'
            f' Target="{kind}.xml"/></Relationships>'
        )
        data = repacked(data, {f"word/{kind}.xml": content.encode()})
        data = edited(data, "word/_rels/document.xml.rels", "</Relationships>", relation)
    return data


def excel(cells: Mapping[str, object]) -> bytes:
    """An Excel file with one sheet 名单."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "名单"
    for place, value in cells.items():
        sheet[place] = value
    return saved(workbook)


def pdf(pages: Sequence[Sequence[str]]) -> PdfWriter:
    """A PDF file of pages with these lines, in a Chinese font that readers bring along."""
    writer = PdfWriter()
    descendant = {"/Type": "/Font", "/Subtype": "/CIDFontType0", "/BaseFont": "/STSong-Light"}
    font = _dictionary({"/Type": "/Font", "/Subtype": "/Type0", "/BaseFont": "/STSong-Light"})
    font[NameObject("/Encoding")] = NameObject("/UniGB-UTF16-H")
    font[NameObject("/DescendantFonts")] = ArrayObject([_dictionary(descendant)])
    for lines in pages:
        page = writer.add_blank_page(595, 842)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F"): font})}
        )
        content = DecodedStreamObject()
        shown = "".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -20 Td " for line in lines)
        content.set_data(f"BT /F 14 Tf 60 780 Td {shown} ET".encode())
        page[NameObject("/Contents")] = writer._add_object(content)
    return writer


def _dictionary(entries: Mapping[str, str]) -> DictionaryObject:
    return DictionaryObject({NameObject(key): NameObject(value) for key, value in entries.items()})


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip file."""
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    """The parts of a zip file."""
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repacked(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """An Office file with other or more parts."""
    return zipped(unzipped(data) | dict(parts))


def edited(data: bytes, part: str, old: str, new: str) -> bytes:
    """An Office file with one place of one part changed."""
    content = unzipped(data)[part].decode()
    assert old in content
    return repacked(data, {part: content.replace(old, new, 1).encode()})


def upload(data: bytes, folder: Path, name: str) -> Upload:
    """What is read of a file of this name."""
    file = folder / name
    file.write_bytes(data)
    return read_upload(file)


def places(read: Upload) -> Read:
    """Each place with its text."""
    return [(piece.place, piece.text.lstrip(APART).rstrip("\t\n")) for piece in read.pieces]
