"""A run as an Excel file: what it comes to, a row for each question, and what changed since the baseline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from assistant.evaluation.reports.findings import (
    FIRST,
    CaseFinding,
    Change,
    Findings,
    MetricRow,
    Outcome,
    decimals,
    limit_text,
)
from assistant.evaluation.results import GateResult, Score
from assistant.xml_text import xml_text

LONGEST = 32_767
"""Characters that a cell can hold."""

P_DIGITS = 3
"""Digits behind the point of a p value."""


class Number(NamedTuple):
    """A number, and how many digits behind the point are shown of it."""

    value: float
    digits: int = 0


Value = str | Number | None

_OVERVIEW = {
    "指标": 22,
    "名称": 22,
    "本次": 10,
    "95% 下限": 10,
    "95% 上限": 10,
    "基线": 10,
    "差": 10,
    "p 值": 10,
    "门槛": 34,
    "是否达标": 12,
    "涉及题目": 60,
}
_QUESTIONS = {
    "编号": 16,
    "题目": 44,
    "题型": 14,
    "问法": 12,
    "地区": 14,
    "结果": 10,
    "原因": 36,
    "引用条款": 26,
    "应引条款": 26,
    "答案": 70,
    "变化": 10,
    "毫秒": 10,
}
_CHANGES = {
    "变化": 10,
    "编号": 16,
    "题目": 44,
    "基线答案": 64,
    "本次答案": 64,
    "基线原因": 30,
    "本次原因": 30,
}
_HEADER = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="1D4F63")
_WRAPPED = Alignment(vertical="top", wrap_text=True)
_BAD = Font(color="A32020", bold=True)
_GOOD = Font(color="1C6341", bold=True)
_FONTS = {
    **dict.fromkeys((Outcome.WRONG, Outcome.WRONGLY_DECLINED, Change.NEWLY_WRONG, "未达标"), _BAD),
    **dict.fromkeys((Outcome.RIGHT, Outcome.RIGHTLY_DECLINED, Change.NEWLY_RIGHT, "达标"), _GOOD),
}


def write_excel(file: Path, findings: Findings) -> None:
    """Write the run as an Excel file, row by row."""
    workbook = Workbook(write_only=True)
    _add_sheet(workbook, "概览", _OVERVIEW, _overview(findings))
    _add_sheet(workbook, "题目", _QUESTIONS, map(_question, findings.cases()))
    changed = (case for case in findings.cases() if case.before)
    _add_sheet(workbook, "对比", _CHANGES, map(_change, changed))
    workbook.save(file)


def _add_sheet(
    workbook: Workbook, title: str, columns: Mapping[str, int], rows: Iterable[Sequence[Value]]
) -> None:
    sheet = workbook.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, width in enumerate(columns.values(), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_header(sheet, name) for name in columns])
    last = 1
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
        last += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"


def _header(sheet: Worksheet, name: str) -> Cell:
    cell = _cell(sheet, name)
    cell.font, cell.fill = _HEADER
    return cell


def _cell(sheet: Worksheet, value: Value) -> Cell:
    """A cell that stays what it is: text that looks like a formula or an error is marked as text."""
    text = _fitting(value) if isinstance(value, str) else None
    cell = WriteOnlyCell(sheet, value.value if isinstance(value, Number) else text)
    cell.alignment = _WRAPPED
    if text is not None:
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
        if text in _FONTS:
            cell.font = _FONTS[text]
    elif isinstance(value, Number):
        cell.number_format = f"{0:.{value.digits}f}"
    return cell


def _fitting(text: str) -> str:
    kept = xml_text(text)
    return kept if len(kept) <= LONGEST else kept[: LONGEST - 1] + "…"


def _overview(findings: Findings) -> Iterator[list[Value]]:
    run = findings.stored.run
    before = Number(len(findings.baseline.run.results)) if findings.baseline else None
    yield ["题数", "n", Number(len(run.results)), None, None, before, *[None] * 5]
    for row in findings.metrics():
        yield from _metric(row)


def _metric(row: MetricRow) -> Iterator[list[Value]]:
    """The metric with its first gate; further gates get rows of their own."""
    low, high = row.interval or (None, None)
    digits = decimals(row.metric)
    of_metric = (row.value, low, high, row.before, row.difference)
    figures = [*(_number(value, digits) for value in of_metric), _number(row.p_value, P_DIGITS)]
    for number, gate in enumerate(row.gates or [None]):
        yield [
            row.metric.label,
            row.metric.name,
            *(figures if number == 0 else [None] * 6),
            *_gate(row, gate),
        ]


def _number(value: Score, digits: int) -> Number | None:
    return None if value is None else Number(value, digits)


def _gate(row: MetricRow, gate: GateResult | None) -> list[Value]:
    if gate is None:
        return [None] * 3
    return [limit_text(row.metric, gate), "达标" if gate.holds else "未达标", "、".join(gate.questions)]


def _question(case: CaseFinding) -> list[Value]:
    wanted, scores = case.scored.case, case.scored.scores
    return [
        wanted.id,
        wanted.question,
        wanted.type,
        wanted.style,
        "、".join(case.scored.places),
        case.outcome.value,
        "\n".join(case.scored.failures),
        "\n".join(_cited(case)),
        _gold(case),
        _answer(case.output),
        case.change.value,
        _number(scores.get("latency_ms"), 1),
    ]


def _change(case: CaseFinding) -> list[Value]:
    before = case.before or {}
    return [
        case.change.value,
        case.scored.case.id,
        case.scored.case.question,
        _answer(before),
        _answer(case.output),
        "\n".join(before.get("failures", ())),
        "\n".join(case.scored.failures),
    ]


def _gold(case: CaseFinding) -> str:
    joint = "\n或 " if case.scored.case.gold_mode == "any" else "\n"
    return joint.join(f"{gold.doc}:{gold.clause}" for gold in case.scored.case.gold)


def _cited(case: CaseFinding) -> list[str]:
    return list(dict.fromkeys(citation["clause"] for citation in (case.answer or {}).get("citations", ())))


def _answer(output: Mapping[str, Any]) -> str:
    """The text of the answer; where only the retrieval ran, the first clauses that it found."""
    if "answer" in output:
        return str(output["answer"]["text"])
    return "\n".join(ranked["clause"] for ranked in output.get("retrieved", ())[:FIRST])
