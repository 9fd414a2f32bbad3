"""A run: every case measured, written down at once, and summed up in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant.clause_digests import clause_digests
from assistant.evaluation.measuring import Measure, Measured
from assistant.evaluation.run_folder import StoredRun, load_run, read_outputs, read_results
from assistant.evaluation.run_writer import RunWriter
from assistant.evaluation.sets.cases import Case
from assistant.evaluation.summaries import summed_up

Progress = Callable[[int, int], None]
"""Told how many cases are done and how many there are, first before anything runs.

It may raise to cancel: what is done stays, and the next run of the same setup goes on from there.
"""


def evaluate(cases: Sequence[Case], measure: Measure, folder: Path, progress: Progress) -> StoredRun:
    """Measure every case and write the run into a folder, which is made where missing.

    A folder with an interrupted run of the same setup is taken up; one with a finished run is taken as it is.

    Raises:
        RunError: the folder cannot be written, or holds a run of another setup.
    """
    setup = measure.setup(cases)
    with RunWriter(folder, setup, cases) as writer:
        progress(writer.done, len(cases))
        for case in cases[writer.done :]:
            writer.append(_line(case, measure(case)))
            progress(writer.done, len(cases))
        if not writer.is_finished:
            run = summed_up(setup, tuple(read_results(folder, cases, setup.mode)))
            writer.finish(run, clause_digests(sorted(set(_clauses(folder))), measure.store))
    return load_run(folder)


def _line(case: Case, measured: Measured) -> dict[str, Any]:
    return {
        "id": case.id,
        **measured.output,
        "scores": measured.scores,
        "failures": measured.failures,
        "gold": measured.gold,
        "places": measured.places,
        "documents": measured.documents,
    }


def _clauses(folder: Path) -> Iterator[str]:
    """The gold and the cited clauses of a run."""
    for output in read_outputs(folder):
        yield from output["gold"]
        yield from (citation["clause"] for citation in output.get("answer", {}).get("citations", ()))
