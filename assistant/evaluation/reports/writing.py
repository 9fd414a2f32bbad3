"""The reports of a run: one HTML file and one Excel file for people, JUnit XML for machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import AssistantError
from assistant.evaluation.reports.excel import write_excel
from assistant.evaluation.reports.findings import Findings
from assistant.evaluation.reports.html import write_html
from assistant.evaluation.reports.junit import write_junit
from assistant.evaluation.results import Comparison, GateResult
from assistant.evaluation.run_folder import StoredRun
from index.store import ClauseStore


class ReportError(AssistantError):
    """The reports of a run cannot be written."""


@dataclass(frozen=True, slots=True)
class Reports:
    """The files of a run's reports."""

    html: Path
    junit: Path
    excel: Path


def write_reports(
    stored: StoredRun,
    store: ClauseStore,
    *,
    baseline: StoredRun | None = None,
    comparison: Comparison | None = None,
    gates: Sequence[GateResult] = (),
) -> Reports:
    """Write ``report.html``, ``junit.xml`` and ``report.xlsx`` into the run's folder.

    ``store`` gives the texts of the clauses that the run cites, expects or found.

    Raises:
        ReportError: a file cannot be written.
    """
    findings = Findings(stored, baseline, comparison, gates)
    folder = stored.folder
    reports = Reports(folder / "report.html", folder / "junit.xml", folder / "report.xlsx")
    try:
        write_html(reports.html, findings, store)
        write_junit(reports.junit, findings)
        write_excel(reports.excel, findings)
    except OSError as error:
        raise ReportError(
            f"报告“{error.filename or folder}”无法写入：{error.strerror}；请检查权限和磁盘空间，并关闭正在打开它的程序"
        ) from error
    return reports
