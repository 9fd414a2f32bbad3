"""An evaluation that somebody watches while it runs, and may cancel."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event

from assistant.errors import AssistantError
from assistant.evaluation import gates
from assistant.evaluation.comparison import check_comparable, compare
from assistant.evaluation.measuring import Measure
from assistant.evaluation.reports.writing import Reports, write_reports
from assistant.evaluation.results import Comparison, GateResult
from assistant.evaluation.run import evaluate
from assistant.evaluation.run_folder import StoredRun
from assistant.evaluation.run_library import RunLibrary
from assistant.evaluation.sets.cases import Case


class CancelledError(AssistantError):
    """Somebody has cancelled the evaluation."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished evaluation of the set of this name, with its comparison and its reports."""

    name: str
    run: StoredRun
    reports: Reports
    baseline: StoredRun | None
    comparison: Comparison | None
    gates: tuple[GateResult, ...]


class Job:
    """Evaluates cases with the default gates. :meth:`run` is for one thread, the rest for any other.

    Args:
        name: what the set is called.
        baseline: an earlier run to compare with.
    """

    def __init__(
        self,
        cases: Sequence[Case],
        name: str,
        measure: Measure,
        library: RunLibrary,
        baseline: StoredRun | None,
    ) -> None:
        self.done, self.total = 0, len(cases)
        self._cases = cases
        self._name = name
        self._measure = measure
        self._library = library
        self._baseline = baseline
        self._cancelled = Event()
        self._began: tuple[float, int] | None = None

    def run(self) -> Finished:
        """Evaluates, compares and writes the reports.

        Raises:
            CancelledError: :meth:`cancel` was called; what is done stays for the next job of the same setup.
            RunError: the run cannot be written, or the baseline does not fit.
        """
        self._go_on()
        setup = self._measure.setup(self._cases)
        if self._baseline:
            check_comparable(setup.mode, self._cases, self._baseline)
        folder = self._library.place_for(setup, self._name)
        run = evaluate(self._cases, self._measure, folder, self._progress)
        comparison = compare(run, self._baseline) if self._baseline else None
        results = gates.check(gates.DEFAULT, run, self._baseline)
        reports = write_reports(
            run, self._measure.store, baseline=self._baseline, comparison=comparison, gates=results
        )
        return Finished(self._name, run, reports, self._baseline, comparison, results)

    def cancel(self) -> None:
        """Ends the run after the question that it is at."""
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether :meth:`cancel` was called."""
        return self._cancelled.is_set()

    @property
    def has_begun(self) -> bool:
        """Whether questions are being evaluated."""
        return self._began is not None

    @property
    def remaining(self) -> float | None:
        """Seconds that the rest will take at the speed so far; None before there is any."""
        if self._began is None or self.done == self._began[1]:
            return None
        start, first = self._began
        return (time.monotonic() - start) / (self.done - first) * (self.total - self.done)

    def _progress(self, done: int, total: int) -> None:
        self._began = self._began or (time.monotonic(), done)
        self.done, self.total = done, total
        if done < total:
            self._go_on()

    def _go_on(self) -> None:
        if self.is_cancelled:
            raise CancelledError("测评已停止")
