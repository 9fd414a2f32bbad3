"""Reports as files that the page hands out."""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp

from assistant.office.excel_writing import write_excel
from assistant.office.report import Report
from assistant.office.word_writing import write_word


def written(report: Report, name: str) -> list[str]:
    """A report as Word and Excel files in a folder of their own; Gradio deletes what it has handed out."""
    folder = Path(mkdtemp(prefix="policy-report-"))
    contents = {folder / f"{name}.docx": write_word(report), folder / f"{name}.xlsx": write_excel(report)}
    for file, data in contents.items():
        file.write_bytes(data)
    return list(map(str, contents))
