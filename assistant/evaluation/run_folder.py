"""The folder of a run: what stands in it, and how it is read.

``setup.json`` tells what the results depend on, ``cases.jsonl`` the cases, ``results.jsonl`` what each gave, a line
a case, ``clauses.json`` digests of gold and cited clauses, and ``summary.json``, written last, what the scores come to.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, TypeAdapter, ValidationError

from assistant.errors import AssistantError
from assistant.evaluation.result_lines import ResultLine
from assistant.evaluation.results import EvaluationRun, Mode, Score, ScoredCase, Setup
from assistant.evaluation.sets.cases import Case

SETUP, CASES, RESULTS = "setup.json", "cases.jsonl", "results.jsonl"
CLAUSES, SUMMARY = "clauses.json", "summary.json"

FORMAT = 1
"""Counts up when the files of a run change in a way that older programs, or newer ones, cannot read."""

DIGESTS = TypeAdapter(dict[str, str])


class RunError(AssistantError):
    """A run cannot be written, read or compared."""


class _Format(BaseModel):
    format: int = 0


class SetupFile(_Format):
    """``setup.json``: the setup of a run, and the format of all files of its folder."""

    setup: Setup


def _with_number(summary: dict[str, int | Score]) -> dict[str, int | Score]:
    if not isinstance(summary.get("n"), int):
        raise ValueError("no number of questions")
    return summary


_Summary = Annotated[dict[str, int | Score], AfterValidator(_with_number)]


class Sums(BaseModel):
    """What the scores of a run come to, as ``summary.json`` holds it."""

    summary: _Summary
    intervals: dict[str, tuple[float, float]]
    groups: dict[str, dict[str, _Summary]]


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A finished run in its folder. ``clauses`` holds digests of gold and cited clauses by id."""

    run: EvaluationRun
    folder: Path
    clauses: Mapping[str, str]

    def outputs(self) -> Iterator[Mapping[str, Any]]:
        """The lines of the results in the order of the cases, read one by one: a run may be larger than memory."""
        return read_outputs(self.folder)


def load_run(folder: Path) -> StoredRun:
    """The finished run that an earlier ``evaluate --out`` wrote into the folder.

    Raises:
        RunError: there is none, it was interrupted, its files are damaged or of another format.
    """
    if not (folder / SETUP).is_file():
        raise RunError(f"“{folder}”里没有评测结果（缺少 {SETUP}）；请指定先前用 --out 写出的文件夹")
    setup = read_setup(folder)
    if not (folder / SUMMARY).is_file():
        raise RunError(f"“{folder}”里的评测没有做完；请用同样的命令接着评测（evaluate --out），或另选文件夹")
    with reading(folder, SUMMARY):
        sums = Sums.model_validate_json((folder / SUMMARY).read_bytes())
    with reading(folder, CLAUSES):
        clauses = DIGESTS.validate_json((folder / CLAUSES).read_bytes())
    results = tuple(read_results(folder, read_cases_of(folder), setup.mode))
    return StoredRun(
        EvaluationRun(setup, sums.summary, sums.intervals, sums.groups, results), folder, clauses
    )


def read_setup(folder: Path) -> Setup:
    """What the results in a folder depend on.

    Raises:
        RunError: it cannot be read, or another version of the program wrote it in another format.
    """
    with reading(folder, SETUP):
        content = (folder / SETUP).read_bytes()
        found = _Format.model_validate_json(content).format
    if found != FORMAT:
        raise RunError(
            f"“{folder / SETUP}”的格式是 {found or '（未注明）'}，本程序只能读格式 {FORMAT}："
            "它是另一版本的程序写的，或不是评测结果；请另选文件夹重新评测（evaluate --out）"
        )
    with reading(folder, SETUP):
        return SetupFile.model_validate_json(content).setup


def read_cases_of(folder: Path) -> list[Case]:
    """The cases of a run.

    Raises:
        RunError: they cannot be read.
    """
    with reading(folder, CASES), (folder / CASES).open("rb") as lines:
        return [Case.model_validate_json(line) for line in lines]


def read_results(folder: Path, cases: Iterable[Case], mode: Mode) -> Iterator[ScoredCase]:
    """The scores of the cases of a finished run, in their order.

    Raises:
        RunError: results and cases do not belong together, or cannot be read.
    """
    with reading(folder, RESULTS), (folder / RESULTS).open("rb") as lines:
        for case, text in zip(cases, lines, strict=True):
            line = ResultLine.model_validate_json(text)
            if (line.id, line.mode) != (case.id, mode):
                raise ValueError(f"{line.mode} of {line.id} in the place of {mode} of {case.id}")
            yield ScoredCase(case, line.scores, line.failures, line.places, line.documents)


def read_outputs(folder: Path) -> Iterator[Mapping[str, Any]]:
    """What each case of a run gave, read one by one."""
    with reading(folder, RESULTS), (folder / RESULTS).open("rb") as lines:
        yield from map(json.loads, lines)


@contextmanager
def reading(folder: Path, name: str) -> Iterator[None]:
    """Whatever is wrong with a file of a run becomes a :class:`RunError` that names it."""
    try:
        yield
    except OSError as error:
        raise RunError(
            f"评测结果“{folder / name}”无法读取：{error.strerror}；请检查权限，或重新评测（evaluate --out）"
        ) from error
    except (ValidationError, ValueError) as error:
        raise RunError(
            f"评测结果“{folder / name}”已损坏或不是本程序写的；请另选文件夹重新评测（evaluate --out）"
        ) from error
