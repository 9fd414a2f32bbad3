"""What several test files share: a data folder with the shipped policies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped policies, ingested once for all tests. Read only: copy it before changing anything."""
    folder = tmp_path_factory.mktemp("data")
    command = [sys.executable, "-m", "assistant", "ingest", "--data", str(folder)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    return folder
