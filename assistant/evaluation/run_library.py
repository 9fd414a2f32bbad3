"""The runs that a data folder keeps for the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from assistant.evaluation.results import Setup
from assistant.evaluation.run_folder import SUMMARY, RunError, Sums, read_setup
from assistant.evaluation.run_writer import is_being_written

FOLDER = "runs"
"""Where runs lie in the data folder."""


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A finished run, as far as a choice among runs needs it."""

    folder: Path
    setup: Setup
    sums: Sums


class RunLibrary:
    """Finished and interrupted runs, one folder each, named by time and set."""

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER

    def finished(self) -> list[KeptRun]:
        """The finished runs that can be read, newest first."""
        return [
            KeptRun(folder, setup, sums)
            for folder, setup in self._runs()
            if (sums := _sums(folder)) is not None
        ]

    def place_for(self, setup: Setup, name: str) -> Path:
        """The folder of an interrupted run of this setup, to be taken up; else a new one for a set of that name.

        A run that another process is writing is not interrupted.
        """
        same = [
            folder
            for folder, known in self._runs()
            if known == setup and not (folder / SUMMARY).exists() and not is_being_written(folder)
        ]
        started = datetime.now().strftime("%Y%m%d-%H%M%S-%f")
        return same[0] if same else self._folder / f"{started}-{name}"

    def _runs(self) -> Iterator[tuple[Path, Setup]]:
        for folder in sorted(self._folder.glob("*/"), reverse=True):
            try:
                yield folder, read_setup(folder)
            except RunError:
                continue


def _sums(folder: Path) -> Sums | None:
    try:
        return Sums.model_validate_json((folder / SUMMARY).read_bytes())
    except (OSError, ValidationError):
        return None
