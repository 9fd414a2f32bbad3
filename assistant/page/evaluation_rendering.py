"""An evaluation as HTML: how far it is, what it came to, which questions failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import islice

from assistant.evaluation.job import Finished, Job
from assistant.evaluation.reports.findings import CaseFinding, Change, Findings, MetricRow, Outcome, shown
from assistant.evaluation.results import Mode
from assistant.rendering import Words

MOST = 50
"""Failing questions that the page lists; the reports have all."""

_FAILED = (Outcome.WRONG, Outcome.WRONGLY_DECLINED)


def render_waiting(words: Words) -> str:
    """Before a run begins."""
    return f'<p role="status">{escape(words["evaluation_waiting"])}</p>'


def render_progress(job: Job, words: Words) -> str:
    """A bar with the number of questions done and the time that is left."""
    if not job.has_begun:
        return render_waiting(words)
    left = job.remaining
    text = words["evaluation_progress"].format(done=job.done, total=job.total)
    rest = words["evaluation_left"].format(seconds=round(left)) if left is not None else ""
    return (
        f'<p class="progress" role="status"><progress max="{job.total}" value="{job.done}"></progress>'
        f"<span>{escape(text)}{escape(rest)}</span></p>"
    )


def render_warnings(warnings: Sequence[str], words: Words) -> str:
    """What is odd about a set, folded up."""
    items = "".join(f"<li>{escape(warning)}</li>" for warning in warnings)
    title = escape(words["evaluation_warnings"].format(n=len(warnings)))
    return f'<details class="warnings"><summary>{title}</summary><ul>{items}</ul></details>' if items else ""


def render_finished(finished: Finished, words: Words) -> str:
    """What was run, gates, metrics and the questions that failed or changed sides."""
    findings = Findings(finished.run, finished.baseline, finished.comparison, finished.gates)
    parts = (
        _subject(finished, words),
        _gates(finished, words),
        _metrics(findings, words),
        _cases(findings, words),
    )
    return "".join(parts)


def _subject(finished: Finished, words: Words) -> str:
    run, baseline = finished.run.run, finished.baseline
    told = [
        words["evaluation_subject"].format(name=finished.name, n=len(run.results)),
        *([words["retrieval_only"]] if run.setup.mode is Mode.RETRIEVAL else []),
        f"{words['baseline']} {baseline.folder.name}" if baseline else words["no_baseline"],
    ]
    return f'<p class="subject">{escape(" · ".join(told))}</p>'


def _gates(finished: Finished, words: Words) -> str:
    broken = [gate for gate in finished.gates if not gate.holds]
    if not finished.gates:
        return ""
    if not broken:
        return f'<p class="gates held" role="status">{escape(words["gates_held"])}</p>'
    lines = (
        words["gate_broken"].format(
            metric=gate.metric,
            value=f"{gate.value:.3f}",
            limit=f"{gate.limit:.3f}",
            questions="、".join(gate.questions),
        )
        for gate in broken
    )
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return (
        f'<div class="gates broken" role="alert"><p>{escape(words["gates_broken"])}</p><ul>{items}</ul></div>'
    )


def _metrics(findings: Findings, words: Words) -> str:
    return f'<ul class="metrics">{"".join(_metric(row, words) for row in findings.metrics())}</ul>'


def _metric(row: MetricRow, words: Words) -> str:
    label = row.metric.label if words["lang"] == "zh-CN" else row.metric.name
    interval = ""
    if row.interval:
        low, high = (shown(row.metric, end) for end in row.interval)
        interval = f"<small>{low}–{high}</small>"
    change = ""
    if row.difference is not None:
        sense = {True: "better", False: "worse", None: "same"}[row.is_better]
        change = f'<em class="{sense}">{shown(row.metric, row.difference, "+")}</em>'
    return f"<li><span>{escape(label)}</span><strong>{shown(row.metric, row.value)}</strong>{change}{interval}</li>"


def _cases(findings: Findings, words: Words) -> str:
    failing = list(islice(_failing(findings.cases()), MOST + 1))
    if not failing:
        return f'<p class="all-right">{escape(words["evaluation_all_right"])}</p>'
    items = "".join(_case(case) for case in failing[:MOST])
    more = f"<p>{escape(words['evaluation_more'])}</p>" if len(failing) > MOST else ""
    return f'<h3>{escape(words["evaluation_failing"])}</h3><ul class="failing">{items}</ul>{more}'


def _failing(cases: Iterable[CaseFinding]) -> Iterator[CaseFinding]:
    return (case for case in cases if case.outcome in _FAILED or case.change is Change.NEWLY_RIGHT)


def _case(case: CaseFinding) -> str:
    own = case.scored.case
    tag = (
        f'<span class="badge {case.change.name.lower()}">{escape(case.change)}</span>' if case.change else ""
    )
    gold = "、".join(f"{item.doc}:{item.clause}" for item in own.gold)
    answer = case.answer["text"] if case.answer else ""
    return (
        f"<li><details><summary><code>{escape(own.id)}</code> {escape(own.question)} {tag}"
        f'<span class="why">{escape("；".join(case.scored.failures))}</span></summary>'
        f'<p class="gold">{escape(gold)}</p><p class="answer-text">{escape(answer)}</p></details></li>'
    )
