"""A run against an earlier one: what got better and worse, metric by metric and question by question."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assistant.evaluation.measures import METRICS, Kind, Metric
from assistant.evaluation.results import Comparison, EvaluationRun, MetricChange, Mode, Score, ScoredCase
from assistant.evaluation.run_folder import RunError, StoredRun
from assistant.evaluation.statistics import paired_p_value
from assistant.evaluation.summaries import summarize

Pair = tuple[ScoredCase, ScoredCase]
"""A question in the baseline and now."""

_FIRST = 5
"""Clauses of a ranking whose change is another answer: those by which it is judged."""


def compare(run: StoredRun, baseline: StoredRun) -> Comparison:
    """The run against the baseline.

    Raises:
        RunError: one of them has answers and the other only rankings, or they share no question.
    """
    check_comparable(run.run.setup.mode, baseline)
    pairs = shared(run.run, baseline.run)
    if not pairs:
        raise RunError(f"基线“{baseline.folder}”与本次评测没有相同编号的题目；请指定同一组题目的基线")
    turned = [(now, _is_right(before), _is_right(now)) for before, now in pairs]
    before, now = _digests(baseline), _digests(run)
    return Comparison(
        tuple(_changes(run.run.setup.mode, pairs)),
        newly_wrong=_ids(result for result, was, right in turned if was and right is False),
        newly_right=_ids(result for result, was, right in turned if was is False and right),
        changed=_ids(r for r, was, right in turned if was == right and before[r.case.id] != now[r.case.id]),
        added=_only_in(run.run, baseline.run),
        removed=_only_in(baseline.run, run.run),
    )


def check_comparable(mode: Mode, baseline: StoredRun) -> None:
    """Whether a run of this mode can be compared with the baseline.

    Raises:
        RunError: one has answers and the other only rankings.
    """
    if mode != baseline.run.setup.mode:
        raise RunError(
            f"基线“{baseline.folder}”与本次评测不同类：一个评答案，一个只评检索；"
            "请用相同的 --retrieval-only 选项重跑基线"
        )


def shared(run: EvaluationRun, baseline: EvaluationRun) -> list[Pair]:
    """The questions that both runs have, in the order of the run."""
    before = {result.case.id: result for result in baseline.results}
    return [(before[now.case.id], now) for now in run.results if now.case.id in before]


def _changes(mode: Mode, pairs: Sequence[Pair]) -> Iterable[MetricChange]:
    before = summarize(mode, [pair[0] for pair in pairs])
    now = summarize(mode, [pair[1] for pair in pairs])
    for metric in METRICS[mode]:
        if metric.name in now:
            values = before.get(metric.name), now[metric.name]
            yield MetricChange(metric.name, *values, _p_value(metric, pairs, values))


def _p_value(metric: Metric, pairs: Sequence[Pair], values: tuple[Score, Score]) -> Score:
    """None where there is nothing to test: no share, or a change that no question shows which counts in both."""
    if metric.kind is not Kind.SHARE or None in values:
        return None
    both = [(was, now) for pair in pairs for was, now in [(metric.of(pair[0]), metric.of(pair[1]))]]
    differences = [now - was for was, now in both if was is not None and now is not None and was != now]
    return paired_p_value(differences) if differences or values[0] == values[1] else None


def _is_right(result: ScoredCase) -> bool | None:
    """Whether the answer is right or all gold clauses are found; None where there is nothing to find."""
    if "answer_correct" in result.scores:
        return bool(result.scores["answer_correct"])
    recall = result.scores[f"recall@{_FIRST}"]
    return None if recall is None else recall == 1


def _digests(run: StoredRun) -> dict[str, bytes]:
    """A digest of what was answered to each question, timings and scores of the search aside."""
    return {output["id"]: _digest(output) for output in run.outputs()}


def _digest(output: Mapping[str, Any]) -> bytes:
    if "answer" in output:
        told: Any = [output["answer"][key] for key in ("status", "text", "citations")]
    else:
        told = [item["clause"] for item in output["retrieved"][:_FIRST]]
    return hashlib.sha256(json.dumps(told).encode()).digest()


def _only_in(run: EvaluationRun, other: EvaluationRun) -> tuple[str, ...]:
    there = {result.case.id for result in other.results}
    return _ids(result for result in run.results if result.case.id not in there)


def _ids(results: Iterable[ScoredCase]) -> tuple[str, ...]:
    return tuple(result.case.id for result in results)
