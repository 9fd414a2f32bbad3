"""The files of a run's reports, opened again by the libraries that others will open them with."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from junitparser import Failure, JUnitXml
from openpyxl import Workbook, load_workbook

from assistant.evaluation.comparison import compare
from assistant.evaluation.reports.question_records import difference
from assistant.evaluation.reports.writing import ReportError, write_reports
from assistant.evaluation.results import Mode
from assistant.pipeline import PolicyAssistant
from assistant.xml_text import xml_text
from index.store import ClauseStore
from tests.report_runs import HOSTILE, Reported, cases
from tests.scripted_runs import A, B, case, rankings_run


@pytest.fixture(scope="module")
def reported(assistant: PolicyAssistant, tmp_path_factory: pytest.TempPathFactory) -> Reported:
    return Reported(assistant, tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def searched(assistant: PolicyAssistant, tmp_path_factory: pytest.TempPathFactory) -> Reported:
    return Reported(assistant, tmp_path_factory.mktemp("searches"), Mode.RETRIEVAL)


@pytest.fixture(scope="module")
def workbook(reported: Reported) -> Workbook:
    return load_workbook(reported.reports.excel)


def rows(workbook: Workbook, sheet: str) -> list[dict]:
    header, *lines = workbook[sheet].iter_rows(values_only=True)
    return [dict(zip(header, line, strict=True)) for line in lines]


def test_each_type_is_a_test_suite_and_the_gates_are_the_last(reported: Reported) -> None:
    suites = list(JUnitXml.fromfile(str(reported.reports.junit)))
    types = list(dict.fromkeys(xml_text(case.type) for case in cases()))
    assert [suite.name for suite in suites] == [*types, "gates"]
    for suite in suites[:-1]:
        of_type = [result for result in reported.run.run.results if xml_text(result.case.type) == suite.name]
        assert suite.tests == len(of_type)
        assert suite.failures == sum(not result.scores["answer_correct"] for result in of_type)
        assert suite.time == pytest.approx(sum(r.scores["latency_ms"] for r in of_type) / 1000, abs=0.001)


def test_a_failed_test_case_tells_why(reported: Reported) -> None:
    tests = {test.name: test for suite in JUnitXml.fromfile(str(reported.reports.junit)) for test in suite}
    wrong = [result for result in reported.run.run.results if not result.scores["answer_correct"]]
    assert len(wrong) > 1
    for result in wrong:
        [failure] = tests[xml_text(f"{result.case.id} {result.case.question}")].result
        assert isinstance(failure, Failure)
        assert failure.text == xml_text("\n".join(result.failures))
        assert all(xml_text(reason) in failure.message for reason in result.failures)


def test_a_gate_that_does_not_hold_names_metric_value_limit_and_questions(reported: Reported) -> None:
    suite = list(JUnitXml.fromfile(str(reported.reports.junit)))[-1]
    assert suite.tests == len(reported.gates)
    assert suite.failures == sum(not gate.holds for gate in reported.gates)
    broken = next(gate for gate in reported.gates if gate.metric == "citation_recall")
    assert not broken.holds
    [failure] = next(test for test in suite if test.name.startswith("引用召回 ")).result
    assert f"引用召回 {broken.value:.3f}，要求 ≥ {broken.limit:.3f}" in failure.message
    assert failure.text.split("\n")[1:] == list(broken.questions)


def test_a_question_without_gold_is_skipped_where_only_the_retrieval_ran(searched: Reported) -> None:
    report = JUnitXml.fromfile(str(searched.reports.junit))
    skipped = [test.name.split()[0] for suite in report for test in suite if test.is_skipped]
    assert skipped == ["na-000-a", "na-000-e"]
    assert report.failures > 0


def test_the_overview_has_every_metric_with_interval_baseline_and_gates(
    reported: Reported, workbook: Workbook
) -> None:
    overview = {row["名称"]: row for row in rows(workbook, "概览")}
    run = reported.run.run
    assert overview["n"]["本次"] == len(run.results)
    for change in reported.comparison.metrics:
        row = overview[change.name]
        assert row["本次"] == pytest.approx(run.summary[change.name])
        assert row["基线"] == pytest.approx(change.before)
        assert (row["95% 下限"], row["95% 上限"]) == pytest.approx(
            run.intervals.get(change.name, (None, None))
        )
    judged = {row["名称"]: row["是否达标"] for row in overview.values() if row["门槛"]}
    assert judged == {gate.metric: "达标" if gate.holds else "未达标" for gate in reported.gates}


def test_each_question_is_a_row(reported: Reported, workbook: Workbook) -> None:
    outputs = reported.outputs(reported.run)
    found = rows(workbook, "题目")
    assert len(found) == len(reported.run.run.results)
    for row, result in zip(found, reported.run.run.results, strict=True):
        case, answer = result.case, outputs[result.case.id]["answer"]
        assert (row["编号"], row["题目"]) == (xml_text(case.id), xml_text(case.question))
        assert (row["原因"] or "") == xml_text("\n".join(result.failures))
        assert (row["结果"] in ("正确", "正确拒答")) is bool(result.scores["answer_correct"])
        assert row["答案"] == xml_text(answer["text"])
        assert (row["引用条款"] or "").split() == list(
            dict.fromkeys(c["clause"] for c in answer["citations"])
        )


def test_what_changed_stands_beside_what_it_was(reported: Reported, workbook: Workbook) -> None:
    before, now = reported.outputs(reported.baseline), reported.outputs(reported.run)
    found = {row["编号"]: row for row in rows(workbook, "对比")}
    newly_wrong = [name for name, row in found.items() if row["变化"] == "新错"]
    assert newly_wrong == list(reported.comparison.newly_wrong) != []
    assert list(found) == [xml_text(n) for n in now if n in (*newly_wrong, *reported.comparison.changed)]
    for name in newly_wrong:
        assert found[name]["基线答案"] == before[name]["answer"]["text"]
        assert found[name]["本次答案"] == now[name]["answer"]["text"]


def test_a_case_that_was_edited_since_the_baseline_is_told(store: ClauseStore, tmp_path: Path) -> None:
    kept, before = case("kept", A), case("edited", A)
    now = case("edited", B)
    baseline = rankings_run(store, tmp_path / "baseline", [kept, before], {"kept": [A], "edited": [A]})
    run = rankings_run(store, tmp_path / "run", [kept, now], {"kept": [A], "edited": [A]})
    reports = write_reports(run, store, baseline=baseline, comparison=compare(run, baseline), gates=())
    changes = {row["编号"]: row["变化"] for row in rows(load_workbook(reports.excel), "题目")}
    assert (changes["kept"] or "", changes["edited"]) == ("", "题目已改")
    page = reports.html.read_text(encoding="utf-8")
    told = re.search(r"<dt>题目已改</dt>\s*<dd>.*?</dd>", page, re.DOTALL)
    assert told
    assert "<strong>1</strong> 题" in told[0]
    assert 'href="#edited"' in told[0]
    assert "也没有改过的题目" in page


def test_shares_have_three_digits_and_counts_none(workbook: Workbook) -> None:
    header, *lines = workbook["概览"].iter_rows()
    formats = {
        line[1].value: [cell.number_format for cell in line if isinstance(cell.value, int | float)]
        for line in lines
    }
    assert formats["n"] == ["0", "0"]
    assert set(formats["median_chars"][:1]) == {"0"}
    assert set(formats["citation_recall"]) == {"0.000"}
    assert len(formats["citation_recall"]) == len(header) - 5


def test_text_never_becomes_a_formula(workbook: Workbook) -> None:
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]
    suspects = [
        cell for cell in cells if str(cell.value).startswith(("=", "+", "-", "@")) and cell.data_type != "n"
    ]
    assert len(suspects) > 3
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in suspects)
    assert not [cell for cell in cells if cell.data_type in ("f", "e")]


def test_every_sheet_can_be_read_and_sorted(workbook: Workbook) -> None:
    assert workbook.sheetnames == ["概览", "题目", "对比"]
    for sheet in workbook:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert all(
            cell.alignment.wrap_text for row in sheet.iter_rows(min_row=2) for cell in row if cell.value
        )


def test_a_run_without_answers_and_without_baseline(searched: Reported, assistant: PolicyAssistant) -> None:
    reports = write_reports(searched.run, assistant.store)
    workbook = load_workbook(reports.excel)
    first = rows(workbook, "题目")[0]
    output = searched.outputs(searched.run)[first["编号"]]
    assert first["答案"].split("\n") == [item["clause"] for item in output["retrieved"][:10]]
    assert rows(workbook, "对比") == []


def test_the_html_holds_each_clause_once_and_ten_retrieved_at_most(searched: Reported) -> None:
    html = searched.reports.html.read_text(encoding="utf-8")
    questions, clauses = (json.loads(embedded(html, name)) for name in ("questions", "clauses"))
    assert max(len(question["retrieved"]) for question in questions) == 10
    assert len(set(clauses)) == len(clauses)
    for clause in clauses.values():
        assert html.count(json.dumps(clause["text"], ensure_ascii=False)) == 1


def embedded(html: str, name: str) -> str:
    return html.partition(f'<script type="application/json" id="{name}">')[2].partition("</script>")[0]


def test_a_report_that_cannot_be_written_is_named(
    reported: Reported, assistant: PolicyAssistant, tmp_path: Path
) -> None:
    run = type(reported.run)(reported.run.run, tmp_path / "没有", reported.run.clauses)
    with pytest.raises(ReportError, match=r"没有/report\.html”无法写入"):
        write_reports(run, assistant.store)


@pytest.mark.parametrize("name", ["测评 报告", "100%25", "a#b?c", "file:x"])
def test_reports_go_into_a_folder_of_any_name(
    reported: Reported, assistant: PolicyAssistant, tmp_path: Path, name: str
) -> None:
    folder = shutil.copytree(reported.run.folder, tmp_path / name)
    reports = write_reports(
        type(reported.run)(reported.run.run, folder, reported.run.clauses), assistant.store
    )
    written = reports.junit.read_bytes()
    assert written.startswith(b"<?xml")
    assert written == (folder / "junit.xml").read_bytes()
    assert JUnitXml.fromstring(written).tests == len(reported.run.run.results)


@pytest.mark.parametrize(
    ("before", "now", "pieces"),
    [
        ("聘期为3年。", "聘期为3年。", [("same", "聘期为3年。")]),
        ("聘期为3年。", "聘期为5年。", [("same", "聘期为"), ("old", "3年。"), ("new", "5年。")]),
        ("", "有", [("new", "有")]),
        ("无", "", [("old", "无")]),
        ("好", "好", [("same", "好")]),
        ("", "", []),
        ("甲乙丙丁戊", "甲乙丙戊", [("same", "甲乙丙"), ("old", "丁戊"), ("new", "戊")]),
        ("一X二Y三", "一A二B三", [("old", "一X二Y三"), ("new", "一A二B三")]),
        (HOSTILE, HOSTILE, [("same", HOSTILE)]),
    ],
)
def test_differences(before: str, now: str, pieces: list[tuple[str, str]]) -> None:
    assert difference(before, now) == pieces
