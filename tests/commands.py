"""Commands of the command line, run for tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent
ANSWER = ["question", "status", "text", "claims", "citations", "retrieved", "timings_ms"]
"""Keys of what ``ask --json`` prints, in order."""


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON document and nothing else."""
        return json.loads(self.out)


Command = Callable[..., Ran]


def run_process(*arguments: object, **settings: str) -> Ran:
    """``python -m assistant`` with these arguments and settings, in a process of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("POLICY_")}
    command = [sys.executable, "-m", "assistant", *map(str, arguments)]
    done = subprocess.run(command, cwd=PROJECT, env=clean | settings, capture_output=True, encoding="utf-8")
    return Ran(done.returncode, done.stdout, done.stderr)


def fresh_copy(data: Path, target: Path) -> Path:
    """A data folder to be changed, with the index of ``data`` alone; the encoder, which is large, is shared."""
    shutil.copytree(data, target, ignore=shutil.ignore_patterns("encoder", "runs", "feedback.*"))
    (target / "encoder").symlink_to(data / "encoder", target_is_directory=True)
    return target
