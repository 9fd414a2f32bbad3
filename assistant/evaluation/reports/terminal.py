"""Runs, comparisons and gates as Chinese text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from unicodedata import east_asian_width

from assistant.evaluation.measures import METRICS, Metric
from assistant.evaluation.reports.findings import limit_text, shown
from assistant.evaluation.results import Comparison, EvaluationRun, GateResult, Mode, Summary
from assistant.terminal import one_line

_TITLES = {"type": "题型", "style": "问法", "place": "地区", "document": "文件"}
_IN_TABLES = {
    Mode.ANSWERS: ("recall@5", "citation_recall", "citation_precision", "answer_correct", "declined_recall"),
    Mode.RETRIEVAL: ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10"),
}
_MOST_GROUPS = 30  # a table of a thousand laws says nothing
_MOST_CASES = 200  # in lists; the reports have all


def render_summary(run: EvaluationRun) -> str:
    """Metrics with their 95 % intervals, tables by group, and the failing cases with their reasons."""
    parts = [_metrics(run)]
    parts += (
        _table(_TITLES[name], run.setup.mode, groups)
        for name, groups in run.groups.items()
        if 1 < len(groups) <= _MOST_GROUPS
    )
    if failing := [
        (one_line(result.case.id), one_line("；".join(result.failures)))
        for result in run.results
        if result.failures
    ]:
        more = [f"……另有 {len(failing) - _MOST_CASES} 题"] if len(failing) > _MOST_CASES else []
        parts.append("\n".join([f"未通过 {len(failing)} 题：", _columns(failing[:_MOST_CASES]), *more]))
    return "\n\n".join(parts)


def render_comparison(comparison: Comparison, mode: Mode) -> str:
    """Every metric before and now over the shared questions, and the questions that changed."""
    metrics = {metric.name: metric for metric in METRICS[mode]}
    rows: list[tuple[str, ...]] = [("指标", "基线", "本次", "差", "p")]
    for change in comparison.metrics:
        metric, values = metrics[change.name], (change.before, change.now)
        difference = None if None in values else (change.now or 0) - (change.before or 0)
        p_value = "—" if change.p_value is None else f"{change.p_value:.3f}"
        rows.append(
            (
                metric.label,
                *(shown(metric, value) for value in values),
                shown(metric, difference, "+"),
                p_value,
            )
        )
    lists = {
        "新错": comparison.newly_wrong,
        "新对": comparison.newly_right,
        "答案有变": comparison.changed,
        "题目已改": comparison.edited,
        "基线没有": comparison.added,
        "本次没有": comparison.removed,
    }
    named = (f"{name} {len(ids)} 题：{_listed(ids)}" for name, ids in lists.items() if ids)
    return "\n".join(["与基线比较", _columns(rows), *named])


def render_gates(gates: Sequence[GateResult], mode: Mode) -> str:
    """The gates that do not hold, each with its metric, value, limit and the questions behind it."""
    metrics = {metric.name: metric for metric in METRICS[mode]}
    failed = [gate for gate in gates if not gate.holds]
    if not failed:
        return f"门槛 {len(gates)} 项全部通过"
    lines = (_gate(metrics[gate.metric], gate) for gate in failed)
    return "\n".join([f"门槛 {len(gates)} 项，未通过 {len(failed)} 项：", *lines])


def _gate(metric: Metric, gate: GateResult) -> str:
    behind = f"；相关 {len(gate.questions)} 题：{_listed(gate.questions)}" if gate.questions else ""
    return (
        f"{metric.label}（{metric.name}）{shown(metric, gate.value)}，要求 {limit_text(metric, gate)}{behind}"
    )


def _metrics(run: EvaluationRun) -> str:
    rows: list[tuple[str, ...]] = [("指标", "值", "95% 区间"), ("题数", str(run.summary["n"]), "")]
    for metric in METRICS[run.setup.mode]:
        if metric.name in run.summary:
            ends = run.intervals.get(metric.name)
            interval = " – ".join(shown(metric, end) for end in ends) if ends else ""
            rows.append((metric.label, shown(metric, run.summary[metric.name]), interval))
    return _columns(rows)


def _table(title: str, mode: Mode, groups: Mapping[str, Summary]) -> str:
    metrics = [metric for metric in METRICS[mode] if metric.name in _IN_TABLES[mode]]
    rows = [(title, "题数", *(metric.label for metric in metrics))]
    for group, summary in groups.items():
        cells = (shown(metric, summary.get(metric.name)) for metric in metrics)
        rows.append((one_line(group) or "—", str(summary["n"]), *cells))
    return _columns(rows)


def _listed(ids: Sequence[str]) -> str:
    more = "……" if len(ids) > _MOST_CASES else ""
    return "、".join(map(one_line, islice(ids, _MOST_CASES))) + more


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
