"""PDF files -> the text of their pages, lines joined that only the width of the page has broken."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import zip_longest
from typing import NamedTuple

from pypdf import PdfReader

from assistant.office.model import MOST_CHARACTERS, Piece, UploadError, too_long
from assistant.office.text_width import display_width
from corpus.cleaning import clean
from corpus.labels import starts_with_label
from corpus.radicals import RADICALS

_SOME = 10  # pages that a remark names

_NUMBER = re.compile(
    r"[-—–·.\s]*\d{1,4}[-—–·.\s]*|第?\s*\d{1,4}\s*页?\s*[/，,\s]*共?\s*\d{1,4}\s*页?|第\s*\d{1,4}\s*页"
)
_INSIDE = re.compile(r"[^。！？；：!?;:A-Za-z][^A-Za-z]")
"""Last and first character of lines between which no sentence ends, and no word needs a blank."""

_FULL = 0.8  # share of the widest line of a page; the last line of a paragraph is mostly shorter

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # each flaw of a file that it could mend


class _Line(NamedTuple):
    page: int
    text: str


def read_pdf(data: bytes, name: str, remarks: list[str]) -> Iterator[Piece]:
    """A piece for each page with text, without page numbers. A sentence may go on over the end of a page."""
    pages = list(_page_texts(_opened(data, name), name))
    if not any(page.strip() for page in pages):
        raise UploadError(
            f"文件“{name}”里没有文字，各页大概是扫描的图片；请先用文字识别（OCR）软件转成文字，或上传 Word 原件"
        )
    if empty := [str(number) for number, page in enumerate(pages, 1) if not page.strip()]:
        some = "、".join(empty[:_SOME]) + ("等" if len(empty) > _SOME else "")
        remarks.append(f"第{some}页没有文字（空白页或图片），没有读取")
    yield from _joined(pages)


def _opened(data: bytes, name: str) -> PdfReader:
    try:
        reader = PdfReader(BytesIO(data))
        is_open = not reader.is_encrypted or bool(reader.decrypt(""))  # a password may only guard printing
    except NotImplementedError:  # encrypted in a way of its own
        is_open = False
    if not is_open:
        raise UploadError(f"文件“{name}”有密码保护；请去掉打开密码（例如打开后打印成新的 PDF）再上传")
    return reader


def _page_texts(reader: PdfReader, name: str) -> Iterator[str]:
    size = 0
    for page in reader.pages:
        text = page.extract_text().translate(RADICALS)  # a line may begin with a label: ⼀、
        size += len(text)
        if size > MOST_CHARACTERS:
            raise too_long(name)
        yield text


def _joined(pages: Sequence[str]) -> Iterator[Piece]:
    """The pages without their numbers. Where a sentence goes on, so does the text, also over the end of a page."""
    lines = [_Line(number, line) for number, page in enumerate(pages, 1) for line in _lines_of(page)]
    widths = {line.page: 0 for line in lines}
    for line in lines:
        widths[line.page] = max(widths[line.page], display_width(line.text))
    texts = dict.fromkeys(widths, "")
    for before, after in zip_longest(lines, lines[1:]):
        goes_on = after is not None and _goes_on(before.text, after.text, widths[before.page])
        texts[before.page] += before.text if goes_on else f"{before.text}\n"
    yield from (Piece(text, f"第{page}页") for page, text in texts.items())


def _lines_of(page: str) -> list[str]:
    """Lines with text, tidied, without the page number that is the first or last of them."""
    lines = [line for line in (clean(given).text for given in page.splitlines()) if line]
    return [
        line for at, line in enumerate(lines) if at not in (0, len(lines) - 1) or not _NUMBER.fullmatch(line)
    ]


def _goes_on(before: str, after: str, width: int) -> bool:
    """Whether a line was broken at the width of the page only. Chinese text has no hyphens there."""
    is_full = display_width(before) >= _FULL * width
    return is_full and bool(_INSIDE.fullmatch(before[-1] + after[0])) and not starts_with_label(after)
