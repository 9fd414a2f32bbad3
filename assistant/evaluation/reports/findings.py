"""What every report of a run tells: its metrics, and its cases with what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assistant.evaluation.measures import METRICS, Better, Kind, Metric, is_right
from assistant.evaluation.results import Comparison, GateResult, MetricChange, Mode, Score, ScoredCase
from assistant.evaluation.run_folder import StoredRun

FIRST = 10
"""Retrieved clauses of a question that reports show."""


class Outcome(StrEnum):
    """What came of a case. A declined answer is right where the corpus does not hold the answer."""

    RIGHT = "正确"
    WRONG = "错误"
    RIGHTLY_DECLINED = "正确拒答"
    WRONGLY_DECLINED = "误拒"
    UNJUDGED = "不计分"  # only the retrieval ran, and there is nothing to find


class Change(StrEnum):
    """What became of a case since the baseline."""

    NEWLY_WRONG = "新错"
    NEWLY_RIGHT = "新对"
    CHANGED = "答案有变"
    EDITED = "题目已改"
    ADDED = "基线没有"
    NONE = ""


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A metric of the run with its 95 % interval, its change since the baseline and the gates on it."""

    metric: Metric
    value: Score
    interval: tuple[float, float] | None
    change: MetricChange | None
    gates: tuple[GateResult, ...]

    @property
    def before(self) -> Score:
        """The value in the baseline, over the questions that both runs have."""
        return self.change.before if self.change else None

    @property
    def difference(self) -> Score:
        """Now minus before over the questions that both runs have, where both are defined."""
        if self.change is None or self.change.now is None or self.change.before is None:
            return None
        return self.change.now - self.change.before

    @property
    def p_value(self) -> Score:
        """That of the change."""
        return self.change.p_value if self.change else None

    @property
    def is_changed(self) -> bool:
        """Whether there is a difference that shows."""
        return bool(round(self.difference or 0, decimals(self.metric)))

    @property
    def is_better(self) -> bool | None:
        """Whether the difference is for the better; None where there is none that shows or could be judged."""
        if not self.difference or not self.is_changed or self.metric.better is Better.NEITHER:
            return None
        return (self.difference > 0) == (self.metric.better is Better.HIGHER)


@dataclass(frozen=True, slots=True)
class CaseFinding:
    """A case with the line of ``results.jsonl`` that belongs to it.

    ``before`` is the baseline's line, kept only where the answer changed.
    """

    scored: ScoredCase
    output: Mapping[str, Any]
    outcome: Outcome
    change: Change
    before: Mapping[str, Any] | None

    @property
    def answer(self) -> Mapping[str, Any] | None:
        """The answer as ``ask --json`` prints it, unless only the retrieval ran."""
        return self.output.get("answer")


@dataclass(frozen=True, slots=True)
class Findings:
    """A run, the run that it is compared with, and what the gates say."""

    stored: StoredRun
    baseline: StoredRun | None = None
    comparison: Comparison | None = None
    gates: Sequence[GateResult] = ()

    @property
    def mode(self) -> Mode:
        """What was evaluated."""
        return self.stored.run.setup.mode

    @property
    def failed_gates(self) -> list[GateResult]:
        """The gates that do not hold."""
        return [gate for gate in self.gates if not gate.holds]

    def metrics(self) -> list[MetricRow]:
        """The metrics that are defined now or were so before, in the order of the table of metrics."""
        rows = [self._metric(metric) for metric in METRICS[self.mode]]
        return [row for row in rows if row.value is not None or row.before is not None]

    def cases(self) -> Iterator[CaseFinding]:
        """Every case in the order of the run; read lazily, so that a long run does not fill the memory."""
        changes = self._changes()
        before = self._outputs_before({name for name, change in changes.items() if change in _COMPARED})
        for scored, output in zip(self.stored.run.results, self.stored.outputs(), strict=True):
            name = scored.case.id
            yield CaseFinding(
                scored, output, outcome(scored), changes.get(name, Change.NONE), before.get(name)
            )

    def _metric(self, metric: Metric) -> MetricRow:
        run, name = self.stored.run, metric.name
        changes = self.comparison.metrics if self.comparison else ()
        return MetricRow(
            metric,
            run.summary.get(name),
            run.intervals.get(name),
            next((change for change in changes if change.name == name), None),
            tuple(gate for gate in self.gates if gate.metric == name),
        )

    def _changes(self) -> dict[str, Change]:
        if not self.comparison:
            return {}
        lists = {
            Change.NEWLY_WRONG: self.comparison.newly_wrong,
            Change.NEWLY_RIGHT: self.comparison.newly_right,
            Change.CHANGED: self.comparison.changed,
            Change.EDITED: self.comparison.edited,
            Change.ADDED: self.comparison.added,
        }
        return {name: change for change, names in lists.items() for name in names}

    def _outputs_before(self, wanted: set[str]) -> dict[str, Mapping[str, Any]]:
        """The baseline's lines on the ``wanted`` cases, without what no report shows of them."""
        if not (self.baseline and wanted):
            return {}
        return {
            output["id"]: _abridged(output) for output in self.baseline.outputs() if output["id"] in wanted
        }


_COMPARED = (Change.NEWLY_WRONG, Change.NEWLY_RIGHT, Change.CHANGED)


def _abridged(output: Mapping[str, Any]) -> dict[str, Any]:
    answer = output.get("answer")
    kept: dict[str, Any] = {"failures": list(output["failures"])}
    if answer:
        return kept | {"answer": {"status": answer["status"], "text": answer["text"]}}
    return kept | {"retrieved": output["retrieved"][:FIRST]}


def outcome(scored: ScoredCase) -> Outcome:
    """What came of a case; rankings decline nothing."""
    right, declined = is_right(scored), scored.scores.get("declined")
    if right is None:
        return Outcome.UNJUDGED
    if right:
        return Outcome.RIGHTLY_DECLINED if declined else Outcome.RIGHT
    return Outcome.WRONGLY_DECLINED if declined else Outcome.WRONG


def decimals(metric: Metric) -> int:
    """Digits behind the point that a metric is shown with."""
    return {Kind.SHARE: 3, Kind.MEDIAN: 0}.get(metric.kind, 1)


def shown(metric: Metric, value: Score, sign: str = "") -> str:
    """A value of a metric for people; ``sign`` is ``+`` for a difference."""
    return "—" if value is None else f"{value:{sign},.{decimals(metric)}f}"


def limit_text(metric: Metric, gate: GateResult) -> str:
    """``≥ 0.920（基线 0.940）``: what the gate asks for."""
    sign = "≥" if metric.better is Better.HIGHER else "≤"
    counted = "" if gate.baseline is None else f"（基线 {shown(metric, gate.baseline)}）"
    return f"{sign} {shown(metric, gate.limit)}{counted}"
