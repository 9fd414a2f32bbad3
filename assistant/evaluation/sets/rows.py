"""What readers of sets hand over: rows of fields that nobody has checked yet, and remarks on what is wrong."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import Any

from pydantic_core import from_json

MAX_CHARACTERS = 100_000
"""Characters that a question may have in all its fields."""

_SHOWN_CHARACTERS = 40
_LINE_END = re.compile(rb"\r\n|\n|\r")
_PRIVATE = re.compile("[\ue000-\uf8ff]")  # what text in another encoding is full of when read as GB18030


@dataclass(slots=True)
class Remarks:
    """What is found while a set is read, in reading order; a set with problems cannot be used."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with the ``value`` of a field: ``reason`` says why, and what to do about it."""

    field: str
    value: object
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one question as they were read.

    ``names`` are the headings under which a table has the fields, ``remedies`` its own words for values
    that are no such thing; ``unreadable`` are the fields of which something wrong has been said already.
    """

    place: str  # 第 5 行; 工作表“题目” 第 5 行
    values: Mapping[str, Any]
    names: Mapping[str, str] = field(default_factory=dict)
    remedies: Mapping[str, str] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()

    def told(self, flaw: Flaw) -> str:
        """``第 5 行 gold：值 "dalian:九" …；请…``."""
        name = self.names.get(flaw.field, flaw.field)
        return f"{self.place} {name}：值 {shown(flaw.value)} {flaw.reason}"


def shown(value: object) -> str:
    """The beginning of a value, as JSON."""
    text = json.dumps(value, ensure_ascii=False, default=str).encode(errors="replace").decode()
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a text with their ends; ``damaged`` are the numbers of those that could not be decoded."""

    lines: tuple[str, ...]
    encoding: str
    damaged: frozenset[int] = frozenset()


def read_lines(data: bytes, encodings: Sequence[str], remarks: Remarks) -> Lines:
    """Lines in the first of the ``encodings`` that fits, or in the one that fits most of them."""
    data = data.removeprefix(codecs.BOM_UTF8)
    wrong: dict[str, list[int]] = {}
    for encoding in encodings:
        wrong[encoding] = _undecodable(data, encoding)
        if not wrong[encoding]:
            break
    best = min(wrong, key=lambda encoding: len(wrong[encoding]))
    names = "、".join(encoding.upper() for encoding in encodings)
    remarks.problems += (f"第 {run} 行不是 {names} 编码；请另存为 UTF-8" for run in _runs(wrong[best]))
    text = data.decode(best, "replace")
    return Lines(tuple(io.StringIO(text, newline="")), best, frozenset(wrong[best]))


def _undecodable(data: bytes, encoding: str) -> list[int]:
    if _decodes(data, encoding):
        return []
    return [n for n, line in enumerate(_LINE_END.split(data), 1) if not _decodes(line, encoding)]


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return encoding != "gb18030" or not _PRIVATE.search(text)


def _runs(numbers: Sequence[int]) -> Iterator[str]:
    """``3``, ``7–9`` for 3, 7, 8, 9."""
    for _, group in groupby(enumerate(numbers), lambda item: item[1] - item[0]):
        run = [number for _, number in group]
        yield str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}"


def is_too_long(place: str, length: int, remarks: Remarks) -> bool:
    """Whether a row has too many characters to be looked at; complains of one that has."""
    if length > MAX_CHARACTERS:
        remarks.problems.append(f"{place}：有 {length:,} 个字，超过上限 {MAX_CHARACTERS:,} 个字；请缩短")
    return length > MAX_CHARACTERS


def json_rows(data: bytes, remarks: Remarks) -> Iterator[Row]:
    """One row of each line that holds a JSON object; blank lines do not count."""
    text = read_lines(data, ["utf-8"], remarks)
    for number, line in enumerate(text.lines, 1):
        if number in text.damaged or not line.strip():
            continue
        place = f"第 {number} 行"
        if is_too_long(place, len(line), remarks):
            continue
        repeated: list[str] = []
        try:
            from_json(line)  # strict, and does not descend without end
            values = json.loads(line, object_pairs_hook=partial(_object, repeated))
        except ValueError:
            remarks.problems.append(
                f"{place}：值 {shown(line.strip())} 不是有效的 JSON；请每行写一道题，检查引号、逗号和括号"
            )
            continue
        remarks.problems += (f"{place} {name}：字段写了不止一次；请只留一个" for name in repeated)
        if isinstance(values, dict):
            yield Row(place, values)
        else:
            remarks.problems.append(f"{place}：值 {shown(values)} 不是对象；请写成 {{ … }}")


def _object(repeated: list[str], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these fields; adds the names that occur more than once to ``repeated``."""
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        repeated += sorted({shown(name)[1:-1] for name in names if names.count(name) > 1})
    return values


def json_file(cases: Sequence[Mapping[str, Any]], _: Remarks) -> bytes:
    """The cases as JSON Lines."""
    return "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases).encode()


def json_appended(data: bytes, case: Mapping[str, Any], remarks: Remarks) -> bytes:
    """The file with one more line."""
    end = b"" if not data or data.endswith(b"\n") else b"\n"
    return data + end + json_file([case], remarks)
