"""Reports written as Word and Excel files and opened again with the libraries that read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook

from assistant.checking.model import Target
from assistant.office.excel_writing import write_excel
from assistant.office.report import Imprint, Report
from assistant.office.word_writing import write_word
from index.store import ClauseStore

CHINA = timezone(timedelta(hours=8))
IMPRINT = Imprint(datetime(2026, 11, 22, 9, 30, tzinfo=CHINA), "5a" * 32)


def target(store: ClauseStore, clause_id: str) -> Target:
    clause = store.clause(clause_id)
    document = store.document(clause.document_id)
    return Target(
        clause.id,
        document.title,
        document.number,
        clause.label,
        document.region,
        document.status,
        clause.text,
    )


def opened_word(report: Report) -> Any:
    return Document(BytesIO(write_word(report)))


def opened_excel(report: Report) -> Any:
    return load_workbook(BytesIO(write_excel(report)))


def texts(table: Any) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def values(sheet: Any) -> list[list[str]]:
    return [[cell.value or "" for cell in row] for row in sheet.iter_rows()]


def runs(element: Any) -> Iterator[Any]:
    for paragraph in element.paragraphs:
        for part in paragraph.iter_inner_content():
            yield from getattr(part, "runs", [part])


def links(document: Any) -> list[str]:
    """Where the links of a Word file lead inside it."""
    return [
        link.get(qn("w:anchor"))
        for link in document.element.iter(qn("w:hyperlink"))
        if link.get(qn("w:anchor"))
    ]


def bookmarks(document: Any) -> list[str]:
    return [mark.get(qn("w:name")) for mark in document.element.iter(qn("w:bookmarkStart"))]
