"""A run as JUnit XML: a test suite for each type of question, a test case for each question, the gates last."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from junitparser import Failure, JUnitXml, Skipped, TestCase, TestSuite

from assistant.evaluation.measures import METRICS, Metric
from assistant.evaluation.reports.findings import Findings, Outcome, limit_text, outcome, shown
from assistant.evaluation.results import GateResult, ScoredCase
from assistant.xml_text import xml_text

GATES = "gates"
UNTYPED = "untyped"


def write_junit(file: Path, findings: Findings) -> None:
    """Write the run as JUnit XML; a question that is not right and a gate that does not hold are failures."""
    report = JUnitXml("evaluate")
    by_type: dict[str, list[ScoredCase]] = {}
    for scored in findings.stored.run.results:
        by_type.setdefault(xml_text(scored.case.type) or UNTYPED, []).append(scored)
    for name, group in by_type.items():
        report.add_testsuite(_suite(name, (_question(name, scored) for scored in group)))
    if findings.gates:
        metrics = {metric.name: metric for metric in METRICS[findings.mode]}
        gates = (_gate(metrics[gate.metric], gate) for gate in findings.gates)
        report.add_testsuite(_suite(GATES, gates))
    report.update_statistics()  # type: ignore[no-untyped-call]
    written = BytesIO()
    report.write(written)
    file.write_bytes(written.getvalue())  # given a path, lxml would read it as a URL


def _suite(name: str, cases: Iterable[TestCase]) -> TestSuite:
    suite = TestSuite(name)
    suite.add_testcases(list(cases))
    return suite


def _question(suite: str, scored: ScoredCase) -> TestCase:
    seconds = round((scored.scores.get("latency_ms") or 0) / 1000, 6)
    case = TestCase(xml_text(f"{scored.case.id} {scored.case.question}"), suite, seconds)
    found = outcome(scored)
    if found is Outcome.UNJUDGED:
        case.result = [Skipped("语料中没有答案，只评检索时不计分")]
    elif found in (Outcome.WRONG, Outcome.WRONGLY_DECLINED):
        case.result = [_failure(found, "；".join(scored.failures), "\n".join(scored.failures))]
    return case


def _gate(metric: Metric, gate: GateResult) -> TestCase:
    case = TestCase(f"{metric.label} {limit_text(metric, gate)}", GATES, 0.0)
    if not gate.holds:
        behind = f"；涉及 {len(gate.questions)} 题" if gate.questions else ""
        message = f"{metric.label} {shown(metric, gate.value)}，要求 {limit_text(metric, gate)}{behind}"
        case.result = [_failure(gate.metric, message, "\n".join((message, *gate.questions)))]
    return case


def _failure(kind: str, message: str, text: str) -> Failure:
    failure = Failure(xml_text(message), kind)
    failure.text = xml_text(text)
    return failure
