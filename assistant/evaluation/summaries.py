"""Scores of questions -> metrics over all of them and over groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assistant.evaluation.measures import METRICS, Kind, Metric
from assistant.evaluation.results import EvaluationRun, Mode, Score, ScoredCase, Setup, Summary
from assistant.evaluation.statistics import confidence_interval, median, percentile, weighted_mean

GROUPINGS: Mapping[str, Callable[[ScoredCase], Sequence[str]]] = {
    "type": lambda result: (result.case.type,),
    "style": lambda result: (result.case.style,),
    "place": lambda result: result.places,
    "document": lambda result: result.documents,
}
"""The groups that a question counts in, by what they are groups of."""


def summed_up(setup: Setup, results: Sequence[ScoredCase]) -> EvaluationRun:
    """The run that these results, in the order of the cases, are."""
    metrics = _measured(setup.mode, results)
    intervals = {metric.name: _interval(metric, results) for metric in metrics if metric.kind is Kind.SHARE}
    return EvaluationRun(
        setup,
        _summary(metrics, results),
        {name: interval for name, interval in intervals.items() if interval},
        {
            name: {group: _summary(metrics, members) for group, members in _grouped(results, of).items()}
            for name, of in GROUPINGS.items()
        },
        tuple(results),
    )


def summarize(mode: Mode, results: Sequence[ScoredCase]) -> Summary:
    """Number of questions and metrics by name. Metrics that no question has a score for are left out."""
    return _summary(_measured(mode, results), results)


def _measured(mode: Mode, results: Sequence[ScoredCase]) -> list[Metric]:
    """What was measured: a language model judges only where one is configured."""
    scored = {name for result in results for name in result.scores}
    return [metric for metric in METRICS[mode] if metric.score in scored]


def _summary(metrics: Sequence[Metric], results: Sequence[ScoredCase]) -> dict[str, Score]:
    return {"n": len(results)} | {metric.name: _value(metric, results) for metric in metrics}


def _value(metric: Metric, results: Sequence[ScoredCase]) -> Score:
    values, weights = _counted(metric, results)
    match metric.kind:
        case Kind.SHARE:
            return weighted_mean(values, weights)
        case Kind.MEDIAN:
            return median(values)
        case Kind.P50:
            return percentile(values, 0.50)
        case Kind.P95:
            return percentile(values, 0.95)


def _interval(metric: Metric, results: Sequence[ScoredCase]) -> tuple[float, float] | None:
    return confidence_interval(*_counted(metric, results))


def _counted(metric: Metric, results: Sequence[ScoredCase]) -> tuple[list[float], list[float]]:
    """Values and weights of the questions that count in a metric."""
    counted = [(value, result) for result in results if (value := metric.of(result)) is not None]
    weights = [(result.scores[metric.weight] or 0.0) if metric.weight else 1.0 for _, result in counted]
    return [float(value) for value, _ in counted], weights


def _grouped(
    results: Sequence[ScoredCase], groups_of: Callable[[ScoredCase], Sequence[str]]
) -> dict[str, list[ScoredCase]]:
    grouped: dict[str, list[ScoredCase]] = {}
    for result in results:
        for group in groups_of(result):
            grouped.setdefault(group, []).append(result)
    return grouped
