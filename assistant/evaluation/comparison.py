"""A run against an earlier one: what got better and worse, metric by metric and question by question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from assistant.evaluation.run import RUN_FILE, EvaluationRun, RunError, Score

TOLERANCE = 0.02
"""How much worse than the baseline a share may be before the comparison does not hold."""

_NOT_GATED = {"n", "median_chars", "latency_p50_ms", "latency_p95_ms"}
_LOWER_IS_BETTER = {"declined_false"}


class _StoredCase(BaseModel):
    id: str
    scores: dict[str, Any]


class Baseline(BaseModel):
    """An earlier run, as far as a comparison needs it."""

    summary: dict[str, float | None]
    cases: list[_StoredCase]


@dataclass(frozen=True, slots=True)
class MetricChange:
    """A metric before and now; ``is_worse`` if it is a share that lost more than the tolerance."""

    name: str
    before: Score
    now: Score
    is_worse: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed since the baseline. Ids are in the order of the run."""

    metrics: tuple[MetricChange, ...]
    newly_wrong: tuple[str, ...]
    newly_right: tuple[str, ...]
    added: tuple[str, ...]  # cases that the baseline does not have
    removed: tuple[str, ...]  # cases that only the baseline has

    @property
    def is_worse(self) -> bool:
        """Whether any metric is worse than the tolerance allows."""
        return any(change.is_worse for change in self.metrics)


def load_baseline(folder: Path) -> Baseline:
    """The run that an earlier ``--out`` wrote into the folder.

    Raises:
        RunError: there is none, or it cannot be read.
    """
    file = folder / RUN_FILE
    try:
        return Baseline.model_validate_json(file.read_bytes())
    except OSError as error:
        raise RunError(
            f"基线“{folder}”无法读取（{RUN_FILE}：{error.strerror}）；请指定先前用 --out 写出的文件夹"
        ) from error
    except ValidationError as error:
        raise RunError(f"基线“{file}”已损坏或不是评测结果；请重新运行 evaluate --out 生成") from error


def compare(run: EvaluationRun, baseline: Baseline) -> Comparison:
    """The run against the baseline.

    A question is right if its answer is; when only the retrieval ran, if all of its gold clauses are
    among the first five.

    Raises:
        RunError: one of them has answers and the other only rankings.
    """
    if ("answer_correct" in run.summary) != ("answer_correct" in baseline.summary):
        raise RunError(
            "基线与本次评测不同类：一个评答案，一个只评检索；请用相同的 --retrieval-only 选项重跑基线"
        )
    before = {case.id: _is_right(case.scores) for case in baseline.cases}
    now = {result.case.id: _is_right(result.scores) for result in run.results}
    shared = [name for name in now if name in before]
    return Comparison(
        tuple(_change(name, baseline.summary.get(name), value) for name, value in run.summary.items()),
        newly_wrong=tuple(name for name in shared if before[name] and not now[name]),
        newly_right=tuple(name for name in shared if now[name] and not before[name]),
        added=tuple(name for name in now if name not in before),
        removed=tuple(name for name in before if name not in now),
    )


def _is_right(scores: Mapping[str, Any]) -> bool:
    return bool(scores.get("answer_correct", scores.get("recall@5") == 1))


def _change(name: str, before: Score, now: Score) -> MetricChange:
    if before is None or now is None or name in _NOT_GATED:
        return MetricChange(name, before, now, is_worse=False)
    loss = now - before if name in _LOWER_IS_BETTER else before - now
    return MetricChange(name, before, now, is_worse=round(loss, 9) > TOLERANCE)
