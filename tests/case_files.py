"""Sets of questions as files, for tests of how they are read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from assistant.evaluation.sets.cases import CaseError, read_cases
from index.store import ClauseStore

SOUND = {
    "id": "sound",
    "question": "乡镇卫生院怎么评副高？",
    "gold": [{"doc": "dalian", "clause": "三/（九）"}],
}
"""A question without a mistake."""

Fill = Callable[[Worksheet], object]


def problems(file: Path, store: ClauseStore | None = None) -> list[str]:
    with pytest.raises(CaseError) as caught:
        read_cases(file, store)
    return list(caught.value.problems)


def json_lines(file: Path, *lines: object) -> Path:
    texts = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    file.write_text("\n".join(texts), encoding="utf-8")
    return file


def csv_file(file: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    file.write_bytes(text.getvalue().encode(encoding))
    return file


def workbook(file: Path, rows: Sequence[Sequence[object]], *fills: Fill) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet
    sheet.title = "题目"
    for row in rows:
        sheet.append(row)
    for fill in fills:
        fill(sheet)
    book.save(file)
    return file
