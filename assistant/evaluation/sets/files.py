"""Files of sets: their formats, and their content as bytes."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from assistant.errors import AssistantError
from assistant.evaluation.sets.rows import Remarks, Row, json_appended, json_file, json_rows
from assistant.evaluation.sets.tables import csv_appended, csv_file, csv_rows
from assistant.evaluation.sets.workbooks import workbook_appended, workbook_file, workbook_rows

MAX_BYTES = 32 * 1024**2
MOST_TOLD = 200
_ZIP = b"PK\x03\x04"


class CaseError(AssistantError):
    """A set of questions cannot be read or written, or holds mistakes.

    ``problems`` lists every mistake with its place; so does the message, up to 200, one a line.
    """

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        what = "有误：" if len(problems) == 1 else f"有 {len(problems):,} 处错误：\n"
        super().__init__(f"题目文件“{path}”{what}" + "\n".join(first(problems)))


def first(remarks: Sequence[str]) -> list[str]:
    """The first remarks, and how many more there are."""
    more = len(remarks) - MOST_TOLD
    return [*remarks[:MOST_TOLD], *([f"……另有 {more:,} 处"] if more > 0 else [])]


@dataclass(frozen=True, slots=True)
class Format:
    """How a kind of file is read and made. Cases are mappings of their fields."""

    rows: Callable[[bytes, Remarks], Iterator[Row]]
    file: Callable[[Sequence[Mapping[str, Any]], Remarks], bytes]
    appended: Callable[[bytes, Mapping[str, Any], Remarks], bytes]  # sound content, and a case more


_FORMATS = {
    ".jsonl": Format(json_rows, json_file, json_appended),
    ".csv": Format(csv_rows, csv_file, csv_appended),
    ".xlsx": Format(workbook_rows, workbook_file, workbook_appended),
}


def format_of(path: Path) -> Format:
    """The format that the name of a file tells.

    Raises:
        CaseError: it is none of a set.
    """
    suffix = path.suffix.lower()
    if suffix not in _FORMATS:
        raise CaseError(path, [f"不支持类型“{suffix}”；请用 .jsonl、.csv 或 .xlsx 文件"])
    return _FORMATS[suffix]


def content(path: Path) -> bytes:
    """The bytes of a set.

    Raises:
        CaseError: it is missing, no file, too large, or an Excel file under another name.
    """
    try:
        if path.exists() and not path.is_file():
            raise CaseError(path, ["不是文件；请检查路径"])
        if (size := path.stat().st_size) > MAX_BYTES:
            raise CaseError(path, [f"有 {size:,} 字节，超过上限 {MAX_BYTES:,} 字节；请拆成几个文件"])
        data = path.read_bytes()
    except OSError as error:
        raise CaseError(path, [f"无法读取（{error.strerror}）；请检查路径和权限"]) from error
    if data.startswith(_ZIP) and path.suffix.lower() != ".xlsx":
        raise CaseError(path, ["内容是 Excel 文件；请把后缀改为 .xlsx"])
    return data


def replace(path: Path, data: bytes) -> None:
    """Give a file this content, all of it or, where that fails, none.

    Raises:
        CaseError: it cannot be written.
    """
    target = path.resolve()
    draft = target.with_name(f".{target.name}.new")
    with _writing(path):
        draft.write_bytes(data)
        draft.replace(target)


def check_writable(path: Path) -> None:
    """Raise :class:`CaseError` where a file cannot be written or replaced."""
    with _writing(path), TemporaryFile(dir=path.resolve().parent):
        pass


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keeps others who lock the same set waiting. Its folder is what is locked: the file may not exist yet.

    Raises:
        CaseError: there is no such folder, or it cannot be locked.
    """
    with _writing(path):
        folder = os.open(path.resolve().parent, os.O_RDONLY)
    try:
        with _writing(path):
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CaseError(path, [f"无法写入（{error.strerror}）；请换一个可写的文件夹"]) from error
