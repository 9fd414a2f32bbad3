"""Files that people upload -> their text. They are read once into memory, never altered and never kept."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile

from pypdf.errors import PyPdfError

from assistant.office.excel_reading import read_excel
from assistant.office.model import MOST_CHARACTERS, Piece, Upload, UploadError, too_long
from assistant.office.pdf_reading import read_pdf
from assistant.office.word_reading import read_word
from corpus.errors import EmptySourceError, UnreadableSourceError
from corpus.radicals import RADICALS
from corpus.readers import decode

MOST_BYTES = 32 * 1024**2
"""Size of a file."""

Reader = Callable[[bytes, str, list[str]], Iterable[Piece]]

_DAMAGE = (
    *(BadZipFile, zlib.error, struct.error, SyntaxError, EOFError, OSError, LookupError, ValueError),
    *(PyPdfError, TypeError, AttributeError, AssertionError, ArithmeticError, RuntimeError),
)
"""What the readers below raise for damaged files."""

_AS_WORD, _AS_EXCEL = "另存为 .docx", "另存为 .xlsx"
_REMEDIES = {
    **dict.fromkeys((".doc", ".dot", ".wps", ".wpt", ".rtf", ".odt", ".docm", ".dotx", ".uof"), _AS_WORD),
    **dict.fromkeys((".xls", ".xlt", ".et", ".ett", ".ods", ".xlsm", ".xlsb", ".csv"), _AS_EXCEL),
    **dict.fromkeys((".ofd", ".caj", ".ppt", ".pptx", ".dps", ".html", ".htm"), "转成 PDF"),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp"), "用文字识别（OCR）软件转成文字"),
    **dict.fromkeys((".zip", ".rar", ".7z"), "解压，上传里面的文件"),
}
"""What to do with a file of another format before it is uploaded."""


def read_upload(path: Path, name: str = "") -> Upload:
    """The text of a Word, Excel, PDF or text file with its places; ``name`` is what the user calls it.

    Raises:
        UploadError: the file is missing, too large, protected, damaged, empty, of another format than its
            suffix says, or of one that cannot be read.
    """
    name = name or path.name
    suffix = Path(name).suffix.lower()
    if suffix not in READERS:
        raise UploadError(f"文件“{name}”的类型不受支持；{_remedy(suffix)}")
    data = _bytes(path, name)
    remarks: list[str] = []
    with _damage_told(name, suffix):
        pieces = _legible(_limited(READERS[suffix](data, name, remarks), name))
    if not any(piece.text.strip() for piece in pieces):
        raise UploadError(f"文件“{name}”里没有文字；请检查是否选对了文件")
    return Upload(name, pieces, tuple(dict.fromkeys(remarks)))


def pasted(text: str, name: str = "粘贴的文字") -> Upload:
    """Text that was typed or pasted, its places the lines with text."""
    return Upload(name, _legible(_lines(text)))


def _bytes(path: Path, name: str) -> bytes:
    try:
        if (size := path.stat().st_size) > MOST_BYTES:
            raise UploadError(
                f"文件“{name}”有 {size:,} 字节，超过上限 {MOST_BYTES:,} 字节；请删去图片或拆成几个文件后再上传"
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise UploadError(f"文件“{name}”不存在；请检查路径") from None
    except OSError as error:
        raise UploadError(f"文件“{name}”无法读取：{error.strerror}；请检查它是不是文件，以及权限") from error
    if not data.strip():
        raise UploadError(f"文件“{name}”是空的；请检查是否选对了文件，或重新保存后再上传")
    return data


def _remedy(suffix: str) -> str:
    known = "、".join(READERS)
    return f"请先{_REMEDIES[suffix]}，再上传" if suffix in _REMEDIES else f"请换成 {known} 中的一种再上传"


@contextmanager
def _damage_told(name: str, suffix: str) -> Iterator[None]:
    """Makes one error of the many that the readers raise for damaged files."""
    try:
        yield
    except _DAMAGE as error:
        raise UploadError(
            f"文件“{name}”不是 {suffix} 文件，或已损坏；请用 Office、WPS 或 PDF 阅读器打开检查，重新保存后再上传"
        ) from error


def _limited(pieces: Iterable[Piece], name: str) -> Iterator[Piece]:
    size = 0
    for piece in pieces:
        size += len(piece.text)
        if size > MOST_CHARACTERS:
            raise too_long(name)
        yield piece


def _legible(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The pieces with the characters that are meant by radicals, one for one: texts from a PDF have them."""
    return tuple(Piece(piece.text.translate(RADICALS), piece.place) for piece in pieces)


def _read_text(data: bytes, name: str, _remarks: list[str]) -> Iterator[Piece]:
    try:
        text = decode(data, name)
    except EmptySourceError:
        return
    except UnreadableSourceError:
        raise UploadError(
            f"文件“{name}”不是文本，或编码不是 UTF-8、UTF-16、GB18030；请另存为 UTF-8 文本后再上传"
        ) from None
    yield from _lines(text)


def _lines(text: str) -> Iterator[Piece]:
    for number, line in enumerate(re.findall(r"[^\n]*\n|[^\n]+$", text), 1):
        yield Piece(line, f"第{number}行")


READERS: dict[str, Reader] = {
    ".docx": read_word,
    ".xlsx": read_excel,
    ".pdf": read_pdf,
    ".txt": _read_text,
    ".md": _read_text,
}
"""What reads a file, by its suffix."""
