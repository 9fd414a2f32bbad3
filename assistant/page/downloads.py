"""Files that the page hands out. They are kept no longer than a download takes."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from tempfile import mkdtemp

from gradio.utils import get_upload_folder

from assistant.office.excel_writing import write_excel
from assistant.office.report import Report
from assistant.office.word_writing import write_word

KEPT = 3600
"""Seconds that the page keeps what it was given and what it hands out."""

_PREFIX = "policy-download-"


def download_folder() -> Path:
    """A new folder below Gradio's cache; folders that are older than :data:`KEPT` are deleted."""
    cache = Path(get_upload_folder())
    cache.mkdir(parents=True, exist_ok=True)
    for folder in cache.glob(f"{_PREFIX}*"):
        if time.time() - folder.stat().st_mtime > KEPT:
            shutil.rmtree(folder, ignore_errors=True)
    return Path(mkdtemp(dir=cache, prefix=_PREFIX))


def written(report: Report, name: str) -> list[str]:
    """A report as Word and Excel files to hand out."""
    folder = download_folder()
    contents = {folder / f"{name}.docx": write_word(report), folder / f"{name}.xlsx": write_excel(report)}
    for file, data in contents.items():
        file.write_bytes(data)
    return list(map(str, contents))
