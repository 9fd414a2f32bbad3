"""A file -> its decoded text."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from corpus.errors import EmptySourceError, UnreadableSourceError

SUFFIXES = (".txt", ".md")
MAX_BYTES = 20_000_000

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_PLAUSIBLE = re.compile(r"[\s!-~\u2010-\u303f\u4e00-\u9fff\uff01-\uffe5]")


def read_text(path: Path) -> str:
    """Text of a file in UTF-8, UTF-16 or GB18030, without byte-order mark, line ends unchanged.

    Raises:
        UnreadableSourceError: the file is missing, empty, too large, binary, or in no known encoding.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UnreadableSourceError(
                f"文件“{path}”有 {size:,} 字节，超过上限 {MAX_BYTES:,} 字节；请拆分后再导入"
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise UnreadableSourceError(f"文件“{path}”不存在；请检查路径") from None
    except OSError as error:
        raise UnreadableSourceError(f"文件“{path}”无法读取：{error.strerror}；请检查权限") from error
    return decode(data, str(path))


def decode(data: bytes, name: str) -> str:
    """Text of ``data``; ``name`` stands in error messages."""
    text = _decoded(data)
    if text is None:
        raise UnreadableSourceError(
            f"文件“{name}”不是文本，或编码不是 UTF-8、UTF-16、GB18030；请另存为 UTF-8 文本后再导入"
        )
    if not text.strip("\ufeff \t\r\n\f\u3000"):
        raise EmptySourceError(f"文件“{name}”是空的；请放入政策正文后再导入")
    return text


def _decoded(data: bytes) -> str | None:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _try(data[len(bom) :], encoding)
    if b"\0" in data:
        return next(
            (
                text
                for encoding in ("utf-16-le", "utf-16-be")
                if (text := _try(data, encoding)) is not None and _is_plausible(text)
            ),
            None,
        )
    text = _try(data, "utf-8")
    if text is not None:
        return text if _has_no_controls(text) else None
    candidates = (_try(data, encoding) for encoding in ("gb18030", "utf-16-le", "utf-16-be"))
    return next((text for text in candidates if text is not None and _is_plausible(text)), None)


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _has_no_controls(text: str) -> bool:
    return not re.search(r"[\x00-\x08\x0e-\x1b]", text)


def _is_plausible(text: str) -> bool:
    """Nine in ten characters belong to Chinese official writing: a wrong guess yields rare letters."""
    return _has_no_controls(text) and len(_PLAUSIBLE.findall(text)) >= 0.9 * len(text)
