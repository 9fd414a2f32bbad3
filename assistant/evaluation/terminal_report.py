"""Runs and comparisons as Chinese text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from unicodedata import east_asian_width

from assistant.evaluation.comparison import TOLERANCE, Comparison
from assistant.evaluation.run import EvaluationRun, Score, Summary

_NAMES = {
    "n": "题数",
    "citation_recall": "引用召回",
    "citation_precision": "引用精确",
    "answer_correct": "答案正确",
    "declined_recall": "应拒已拒",
    "declined_false": "误拒",
    "quotes_verbatim": "引文逐字",
    "median_chars": "字数中位",
    "latency_p50_ms": "毫秒 p50",
    "latency_p95_ms": "毫秒 p95",
}
_WHOLE = {"n", "median_chars"}
_MILLISECONDS = {"latency_p50_ms", "latency_p95_ms"}
_IN_TABLES = ("n", "recall@5", "citation_recall", "citation_precision", "answer_correct", "declined_recall")
_RANKING_TABLES = ("n", "recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10")


def render_summary(run: EvaluationRun) -> str:
    """Metrics, tables by type and style, and every failing case with its reasons."""
    names = _IN_TABLES if "answer_correct" in run.summary else _RANKING_TABLES
    parts = [_columns([(_name(name), _value(name, value)) for name, value in run.summary.items()])]
    groupings = {"题型": run.by_type, "问法": run.by_style}
    parts += (_table(title, names, groups) for title, groups in groupings.items() if len(groups) > 1)
    if failing := [(result.case.id, "；".join(result.failures)) for result in run.results if result.failures]:
        parts.append(f"未通过 {len(failing)} 题：\n{_columns(failing)}")
    return "\n\n".join(parts)


def render_comparison(comparison: Comparison) -> str:
    """Every metric before and now, and the questions that changed sides."""
    rows = [("指标", "基线", "本次", "差", "")]
    for change in comparison.metrics:
        values = (_value(change.name, change.before), _value(change.name, change.now))
        mark = f"变差超过 {TOLERANCE}" if change.is_worse else ""
        rows.append((_name(change.name), *values, _difference(change.name, change.before, change.now), mark))
    lists = {
        "新错": comparison.newly_wrong,
        "新对": comparison.newly_right,
        "基线没有": comparison.added,
        "本次没有": comparison.removed,
    }
    return "\n".join(
        [_columns(rows), *(f"{name} {len(ids)} 题：{'、'.join(ids)}" for name, ids in lists.items() if ids)]
    )


def _name(metric: str) -> str:
    return _NAMES.get(metric, metric.replace("recall@", "检索召回@"))


def _value(metric: str, value: Score) -> str:
    if value is None:
        return "—"
    return f"{value:.{_decimals(metric)}f}"


def _difference(metric: str, before: Score, now: Score) -> str:
    if before is None or now is None:
        return "—"
    return f"{now - before:+.{_decimals(metric)}f}"


def _decimals(metric: str) -> int:
    return 0 if metric in _WHOLE else 1 if metric in _MILLISECONDS else 3


def _table(title: str, names: Sequence[str], groups: Mapping[str, Summary]) -> str:
    header = (title, *map(_name, names))
    rows = (
        (group or "—", *(_value(name, summary[name]) for name in names)) for group, summary in groups.items()
    )
    return _columns([header, *rows])


def _columns(rows: Iterable[Sequence[str]]) -> str:
    """Rows with their columns aligned; a Chinese character is two columns of a terminal wide."""
    listed = list(rows)
    widths = [max(map(_width, column)) for column in zip(*listed, strict=True)]
    lines = (
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        for row in listed
    )
    return "\n".join(line.rstrip() for line in lines)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
