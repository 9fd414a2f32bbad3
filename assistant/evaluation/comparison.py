"""A run against an earlier one: what got better and worse, metric by metric and question by question."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from assistant.evaluation.measures import JUDGED_DEPTH, METRICS, Kind, Metric, is_right
from assistant.evaluation.results import Comparison, EvaluationRun, MetricChange, Mode, Score, ScoredCase
from assistant.evaluation.run_folder import RunError, StoredRun
from assistant.evaluation.sets.cases import Case
from assistant.evaluation.statistics import paired_p_value
from assistant.evaluation.summaries import summarize

Pair = tuple[ScoredCase, ScoredCase]
"""A question in the baseline and now."""

_ASKED = ("question", "history", "scope")
_EXPECTED = ("gold", "gold_mode", "must_include", "must_not_include", "answerable")


def compare(run: StoredRun, baseline: StoredRun) -> Comparison:
    """The run against the baseline.

    Raises:
        RunError: one of them has answers and the other only rankings, or they share no question.
    """
    check_comparable(run.run.setup.mode, (result.case for result in run.run.results), baseline)
    pairs = shared(run.run, baseline.run)
    turned = [(now, is_right(before), is_right(now)) for before, now in pairs]
    before, now = _digests(baseline), _digests(run)
    return Comparison(
        tuple(_changes(run.run.setup.mode, pairs)),
        newly_wrong=_ids(result for result, was, right in turned if was and right is False),
        newly_right=_ids(result for result, was, right in turned if was is False and right),
        changed=_ids(r for r, was, right in turned if was == right and before[r.case.id] != now[r.case.id]),
        added=_only_in(run.run, baseline.run),
        removed=_only_in(baseline.run, run.run),
        edited=_edited(run.run, baseline.run),
    )


def check_comparable(mode: Mode, cases: Iterable[Case], baseline: StoredRun) -> None:
    """Whether a run of this mode over these cases can be compared with the baseline.

    Raises:
        RunError: one has answers and the other only rankings, or they share no question.
    """
    if mode != baseline.run.setup.mode:
        raise RunError(
            f"基线“{baseline.folder}”与本次评测不同类：一个评答案，一个只评检索；"
            "请用相同的 --retrieval-only 选项重跑基线"
        )
    before = _by_id(baseline.run)
    if not any(case.id in before and _is_same(before[case.id].case, case) for case in cases):
        raise RunError(
            f"基线“{baseline.folder}”与本次评测没有一道相同的题目（编号、问题和要求都相同）；"
            "请指定同一组题目的基线"
        )


def shared(run: EvaluationRun, baseline: EvaluationRun) -> list[Pair]:
    """The questions that both runs have and that ask and expect the same, in the order of the run."""
    return [pair for pair in _of_one_id(run, baseline) if _is_same(pair[0].case, pair[1].case)]


def _of_one_id(run: EvaluationRun, baseline: EvaluationRun) -> Iterator[Pair]:
    before = _by_id(baseline)
    return ((before[now.case.id], now) for now in run.results if now.case.id in before)


def _by_id(run: EvaluationRun) -> dict[str, ScoredCase]:
    return {result.case.id: result for result in run.results}


def _is_same(before: Case, now: Case) -> bool:
    return all(getattr(before, name) == getattr(now, name) for name in (*_ASKED, *_EXPECTED))


def _edited(run: EvaluationRun, baseline: EvaluationRun) -> tuple[str, ...]:
    return _ids(now for before, now in _of_one_id(run, baseline) if not _is_same(before.case, now.case))


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


def _digests(run: StoredRun) -> dict[str, bytes]:
    """A digest of what was answered to each question, timings and scores of the search aside."""
    return {output["id"]: _digest(output) for output in run.outputs()}


def _digest(output: Mapping[str, Any]) -> bytes:
    if "answer" in output:
        told: Any = [output["answer"][key] for key in ("status", "text", "citations")]
    else:
        told = [item["clause"] for item in output["retrieved"][:JUDGED_DEPTH]]
    return hashlib.sha256(json.dumps(told).encode()).digest()


def _only_in(run: EvaluationRun, other: EvaluationRun) -> tuple[str, ...]:
    there = _by_id(other)
    return _ids(result for result in run.results if result.case.id not in there)


def _ids(results: Iterable[ScoredCase]) -> tuple[str, ...]:
    return tuple(result.case.id for result in results)
