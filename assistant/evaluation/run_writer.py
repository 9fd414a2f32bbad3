"""Writes a run into its folder case by case, so that an interrupted one goes on where it ended."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from assistant.evaluation.results import EvaluationRun, Setup
from assistant.evaluation.run_folder import (
    CASES,
    CLAUSES,
    DIGESTS,
    RESULTS,
    SETUP,
    SETUPS,
    SUMMARY,
    ResultLine,
    RunError,
    Sums,
    reading,
)
from assistant.evaluation.run_setup import canonical, differences
from assistant.evaluation.sets.cases import Case


class RunWriter:
    """A run in the making; ``done`` is how many of its cases have results.

    To be used in a ``with`` statement, which keeps other processes from writing into the folder.

    Raises:
        RunError: the folder cannot be written, holds a run of another setup, or is in use.
    """

    def __init__(self, folder: Path, setup: Setup, cases: Sequence[Case]) -> None:
        self.folder = folder
        self.done = 0
        self._setup = setup
        self._cases = cases

    def __enter__(self) -> RunWriter:
        with self._writing():
            self.folder.mkdir(parents=True, exist_ok=True)
            self._results: IO[bytes] = (self.folder / RESULTS).open("a+b")
        try:
            self._lock()
            self._begin()
        except RunError:
            self._results.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._results.close()

    @property
    def is_finished(self) -> bool:
        """Whether the folder holds the whole run already."""
        return self.done == len(self._cases) and (self.folder / SUMMARY).exists()

    def append(self, line: Mapping[str, Any]) -> None:
        """Adds the result of the next case."""
        with self._writing():
            self._results.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            self._results.flush()
        self.done += 1

    def finish(self, run: EvaluationRun, clauses: Mapping[str, str]) -> None:
        """Adds what the results come to, and the digests of the clauses."""
        sums = Sums(summary=dict(run.summary), intervals=dict(run.intervals), groups=_plain(run.groups))
        self._write(CLAUSES, [DIGESTS.dump_json(dict(clauses), indent=1)])
        self._write(SUMMARY, [sums.model_dump_json(indent=1).encode()])

    def _lock(self) -> None:
        try:
            fcntl.flock(self._results, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RunError(
                f"另一个进程正在向“{self.folder}”写评测结果；请等它完成，或另选文件夹（--out）"
            ) from error

    def _begin(self) -> None:
        """Starts a run, or takes up the one that is there."""
        self._results.seek(0)
        if (self.folder / SETUP).exists():
            self._check_setup()
            self._take_up()
        elif self._results.read(1):
            raise RunError(
                f"“{self.folder}”里有 {RESULTS}，却没有 {SETUP}，看不出是哪次评测；请删除该文件夹或另选（--out）"
            )
        else:
            self._write(CASES, canonical(self._cases))
            self._write(SETUP, [SETUPS.dump_json(self._setup, indent=1)])

    def _check_setup(self) -> None:
        with reading(self.folder, SETUP):
            there = SETUPS.validate_json((self.folder / SETUP).read_bytes())
        if unequal := differences(there, self._setup):
            raise RunError(
                f"“{self.folder}”里已有另一次评测，与这次不同的是：{'、'.join(unequal)}；"
                "请另选文件夹（--out），或删除该文件夹后重跑"
            )

    def _take_up(self) -> None:
        """Counts the results that are there, and cuts off a line that was only half written."""
        whole = 0
        with reading(self.folder, RESULTS):
            for line in self._results:
                if not line.endswith(b"\n"):
                    break
                name = ResultLine.model_validate_json(line).id
                if self.done == len(self._cases) or name != self._cases[self.done].id:
                    raise ValueError(f"not the result of case {self.done + 1}: {name}")
                whole += len(line)
                self.done += 1
        with self._writing():
            self._results.truncate(whole)

    def _write(self, name: str, parts: Iterable[bytes]) -> None:
        """Writes a file that is there either whole or not at all."""
        draft = self.folder / f"{name}.new"
        with self._writing():
            with draft.open("wb") as file:
                file.writelines(parts)
            os.replace(draft, self.folder / name)  # noqa: PTH105

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise RunError(
                f"评测结果无法写入“{self.folder}”：{error.strerror}；请换一个可写的文件夹（--out）"
            ) from error


def _plain(
    groups: Mapping[str, Mapping[str, Mapping[str, float | None]]],
) -> dict[str, dict[str, dict[str, float | None]]]:
    return {name: {group: dict(summary) for group, summary in of.items()} for name, of in groups.items()}
