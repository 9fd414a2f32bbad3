"""Files that cannot be read are declined with their name, the reason and the remedy; nothing of them is kept."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfWriter

from assistant.__main__ import main
from assistant.office.model import UploadError
from assistant.office.uploads import MOST_BYTES, read_upload
from tests import office_files as files

CASES = json.loads((Path(__file__).parent / "cases" / "bad_uploads.json").read_text(encoding="utf-8"))
BODY, SHEET = "word/document.xml", "xl/worksheets/sheet1.xml"
ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    + "]><x>&a8;</x>"
)
NESTED = (
    f'<w:document xmlns:w="{files.W}"><w:body>{"<w:sdt>" * 10_000}{"</w:sdt>" * 10_000}</w:body></w:document>'
)


def encrypted_pdf() -> bytes:
    writer = files.pdf([["内部资料"]])
    writer.encrypt("secret", algorithm="AES-256")
    return files.saved(writer)


def scanned_pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    return files.saved(writer)


def locked_zip() -> bytes:
    """A zip whose parts are marked as encrypted."""
    data = bytearray(files.word("内部资料"))
    central = data.find(b"PK\x01\x02")
    data[central + 8] |= 1
    return bytes(data)


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def without(data: bytes, part: str) -> bytes:
    return files.zipped({name: content for name, content in files.unzipped(data).items() if name != part})


def repeating_excel() -> bytes:
    """A few kilobytes in which three hundred cells show the same text of ten thousand characters."""
    data = files.excel({"A1": "长" * 10_000})
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 301))
    texts = f"<sst><si><t>{'长' * 10_000}</t></si></sst>"
    relations = files.unzipped(data)["xl/_rels/workbook.xml.rels"].decode()
    shared = '<Relationship Id="rIdS" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>'
    return files.repacked(
        data,
        {
            SHEET: f"<worksheet><sheetData>{cells}</sheetData></worksheet>".encode(),
            "xl/sharedStrings.xml": texts.encode(),
            "xl/_rels/workbook.xml.rels": relations.replace("</Relationships>", shared).encode(),
        },
    )


CONTENTS: dict[str, Callable[[], bytes]] = {
    "encrypted office": lambda: files.OLE + "EncryptedPackage".encode("utf-16-le"),
    "old office": lambda: files.OLE + "WordDocument".encode("utf-16-le"),
    "text": lambda: "第一条".encode(),
    "zip": lambda: files.zipped({"照片/1.txt": b"x"}),
    "encrypted zip": locked_zip,
    "excel": lambda: files.excel({"A1": "名单"}),
    "word": lambda: files.word("通知"),
    "pdf": lambda: files.saved(files.pdf([["通知"]])),
    "half a word file": lambda: half(files.word("通知")),
    "half an excel file": lambda: half(files.excel({"A1": "名单"})),
    "half a pdf file": lambda: half(files.saved(files.pdf([["通知"]] * 9))),
    "word with broken xml": lambda: files.edited(files.word("通知"), BODY, "</w:t>", "</w:x>"),
    "word without body part": lambda: files.zipped(
        {"[Content_Types].xml": b"<Types/>", "word/x.xml": b"<x/>"}
    ),
    "excel without its sheet": lambda: without(files.excel({"A1": "名单"}), SHEET),
    "noise": lambda: random.Random(0).randbytes(5_000),
    "zip bomb": lambda: files.repacked(files.word("通知"), {"word/media/1.bmp": bytes(129 * 1024**2)}),
    "word with a huge body": lambda: files.repacked(files.word("通知"), {BODY: b" " * (33 * 1024**2)}),
    "word with entities": lambda: files.repacked(files.word("通知"), {BODY: ENTITIES.encode()}),
    "excel with entities": lambda: files.repacked(
        files.excel({"A1": "x"}), {SHEET: ENTITIES.encode("utf-16")}
    ),
    "word nested ten thousand deep": lambda: files.repacked(files.word("通知"), {BODY: NESTED.encode()}),
    "excel that repeats a long text": repeating_excel,
    "encrypted pdf": encrypted_pdf,
    "scanned pdf": scanned_pdf,
    "word without text": lambda: files.word(" "),
    "excel without text": lambda: files.excel({}),
    "nothing": lambda: b"",
    "blanks": lambda: b" \n\n",
    "33 MB": lambda: bytes(MOST_BYTES + 1),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_file_that_cannot_be_read_is_declined(case: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / case["name"]
    file.write_bytes(CONTENTS[case["content"]]())
    with pytest.raises(UploadError) as caught:
        read_upload(file)
    message = str(caught.value)
    assert "；请" in message
    assert all(words in message for words in (case["name"], *case["says"])), message
    assert list(tmp_path.iterdir()) == [file]


def test_every_kind_of_bad_file_is_tried() -> None:
    assert {case["content"] for case in CASES} == set(CONTENTS)


def test_a_missing_file_and_a_folder_are_declined(tmp_path: Path) -> None:
    with pytest.raises(UploadError, match="不存在"):
        read_upload(tmp_path / "没有.docx")
    (tmp_path / "文件夹.docx").mkdir()
    with pytest.raises(UploadError, match="无法读取"):
        read_upload(tmp_path / "文件夹.docx")


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".pdf"])
def test_a_damaged_file_is_read_or_declined_but_never_crashes(suffix: str, tmp_path: Path) -> None:
    whole = {
        ".docx": files.word("第一条", "第二条"),
        ".xlsx": files.excel({"A1": "第一条", "B2": "=1+1", "C3": 0.5}),
        ".pdf": files.saved(files.pdf([["第一条"], ["第二条"]])),
    }[suffix]
    chance = random.Random(suffix)
    file = tmp_path / f"坏{suffix}"
    declined = 0
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(chance.choice([1, 4, 30])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        del data[: chance.choice([0, 0, 0, 9])]
        file.write_bytes(data)
        try:
            read_upload(file)
        except UploadError:
            declined += 1
    assert declined > 20


def test_the_command_line_declines_a_bad_file_in_one_line(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "加密.docx"
    file.write_bytes(CONTENTS["encrypted office"]())
    assert main(["check", "--file", str(file), "--data", str(tmp_path)]) == 2
    [line] = capfd.readouterr().err.splitlines()
    assert "有密码保护" in line
