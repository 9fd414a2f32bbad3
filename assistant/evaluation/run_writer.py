"""Writes a run into its folder case by case, so that an interrupted one goes on where it ended."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from assistant.evaluation.result_lines import ResultLine
from assistant.evaluation.results import EvaluationRun, Setup
from assistant.evaluation.run_folder import (
    CASES,
    CLAUSES,
    DIGESTS,
    FORMAT,
    RESULTS,
    SETUP,
    SUMMARY,
    RunError,
    SetupFile,
    Sums,
    read_setup,
    reading,
)
from assistant.evaluation.run_setup import canonical, differences
from assistant.evaluation.sets.cases import Case
from assistant.terminal import one_line

_NAMED = 5  # files in a message


class RunWriter:
    """A run in the making; ``done`` is how many of its cases have results.

    To be used in a ``with`` statement, which keeps other processes from writing into the folder.

    Raises:
        RunError: the folder cannot be written, holds a run of another setup or other files, or is in use.
    """

    def __init__(self, folder: Path, setup: Setup, cases: Sequence[Case]) -> None:
        self.folder = folder
        self.done = 0
        self._setup = setup
        self._cases = cases

    def __enter__(self) -> RunWriter:
        with self._writing():
            self.folder.mkdir(parents=True, exist_ok=True)
            self._check_contents()
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

    def _check_contents(self) -> None:
        """Nothing may be overwritten that is not of a run; the setup, written first, tells a run."""
        there = {file.name: file for file in self.folder.iterdir()}
        if SETUP in there:
            read_setup(self.folder)
            return
        foreign = sorted(name for name, file in there.items() if not _is_left_over(file))
        if foreign:
            names = "、".join(map(one_line, foreign[:_NAMED])) + ("……" if len(foreign) > _NAMED else "")
            raise RunError(
                f"“{self.folder}”里已有别的文件（{names}），评测可能覆盖它们；"
                "请另选文件夹（--out），空的或还不存在的都可以"
            )

    def _begin(self) -> None:
        """Starts a run, or takes up the one that is there."""
        self._results.seek(0)
        if (self.folder / SETUP).exists():
            self._check_setup()
            self._take_up()
        else:
            self._write(
                SETUP, [SetupFile(format=FORMAT, setup=self._setup).model_dump_json(indent=1).encode()]
            )
        if not (self.folder / CASES).exists():
            self._write(CASES, canonical(self._cases))

    def _check_setup(self) -> None:
        if unequal := differences(read_setup(self.folder), self._setup):
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


def _is_left_over(file: Path) -> bool:
    """Whether a run that was killed before it could begin left the file."""
    return file.name == f"{SETUP}.new" or (file.name == RESULTS and not file.stat().st_size)


def is_being_written(folder: Path) -> bool:
    """Whether a :class:`RunWriter` is at work in the folder, in this process or another."""
    try:
        with (folder / RESULTS).open("rb") as results:
            fcntl.flock(results, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _plain(
    groups: Mapping[str, Mapping[str, Mapping[str, float | None]]],
) -> dict[str, dict[str, dict[str, float | None]]]:
    return {name: {group: dict(summary) for group, summary in of.items()} for name, of in groups.items()}
