"""Files that the page hands out do not stay."""

import os
import time
from pathlib import Path

import pytest

from assistant.page.downloads import KEPT, download_folder


def test_what_was_handed_out_long_ago_is_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    old, recent = download_folder(), download_folder()
    (old / "check.docx").write_bytes(b"words of a user")
    before = time.time() - KEPT - 1
    os.utime(old, (before, before))
    download_folder()
    assert not old.exists()
    assert recent.exists()
