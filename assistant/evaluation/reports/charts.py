"""Charts of a run: how each group of questions fares, next to the baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.evaluation.measures import METRICS, Metric
from assistant.evaluation.reports.findings import Findings
from assistant.evaluation.results import Mode, Score, Summary

_CHARTED = {
    Mode.ANSWERS: ("answer_correct", "declined_recall", "citation_recall", "citation_precision", "recall@5"),
    Mode.RETRIEVAL: ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10"),
}
"""Shares by which groups are told apart, the most telling first."""

_TITLES = {"type": "按题型", "style": "按问法", "place": "按地区", "document": "按文件"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A share of a group, and what it was in the baseline."""

    metric: Metric
    value: Score
    before: Score


@dataclass(frozen=True, slots=True)
class Group:
    """The questions of one type, style, place or document."""

    name: str
    count: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Groups side by side; ``key`` names what they are told apart by."""

    key: str
    title: str
    metrics: tuple[Metric, ...]
    groups: tuple[Group, ...]


def charts(findings: Findings) -> list[Chart]:
    """A chart for each way of grouping that parts the questions at all."""
    by_name = {metric.name: metric for metric in METRICS[findings.mode]}
    metrics = tuple(by_name[name] for name in _CHARTED[findings.mode])
    now = findings.stored.run.groups
    before = findings.baseline.run.groups if findings.baseline else {}
    return [
        Chart(key, title, metrics, _groups(metrics, now[key], before.get(key, {})))
        for key, title in _TITLES.items()
        if len(now.get(key, {})) > 1
    ]


def _groups(
    metrics: tuple[Metric, ...], now: Mapping[str, Summary], before: Mapping[str, Summary]
) -> tuple[Group, ...]:
    return tuple(
        Group(
            name,
            int(summary.get("n") or 0),
            tuple(
                Bar(metric, summary.get(metric.name), before.get(name, {}).get(metric.name))
                for metric in metrics
            ),
        )
        for name, summary in now.items()
    )
