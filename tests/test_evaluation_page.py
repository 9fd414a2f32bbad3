"""The evaluation tab in a real browser: a set is run, cancelled, compared; reports and new cases come out."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import httpx
import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from assistant.evaluation.measuring import AnswerMeasure
from assistant.evaluation.run_library import RunLibrary
from assistant.evaluation.run_writer import RunWriter
from assistant.evaluation.sets.cases import load_cases
from assistant.page.site import build_site
from assistant.pipeline import PolicyAssistant
from assistant.settings import Tab, load_settings
from tests.browsing import ARTIFACTS, DESKTOP, PHONE, OpenPage, ask, serving
from tests.evaluating import RIGHT, UNANSWERABLE, WRONG, evaluate, open_tab, value, written
from tests.judged_answers import desk_in


@pytest.mark.parametrize(("name", "viewport"), [("desktop", DESKTOP), ("phone", PHONE)])
def test_a_set_is_run_and_its_failing_question_explained(
    open_page: OpenPage, tmp_path: Path, name: str, viewport: dict[str, int]
) -> None:
    page = open_tab(open_page, viewport)
    evaluate(page, written(tmp_path / "mine.jsonl", RIGHT, WRONG, UNANSWERABLE))
    expect(page.locator(".metrics")).to_be_visible(timeout=30_000)
    assert (value(page, "答案正确"), value(page, "应拒已拒")) == ("0.500", "1.000")
    assert page.locator(".subject").inner_text() == "题目 mine，共 3 题 · 不比较"
    expect(page.locator(".metrics li", has_text="应拒已拒").locator("small")).to_have_count(0)
    [failing] = page.locator(".failing li").all()
    assert "漏引 dalian:四/（十四）" in failing.inner_text()
    failing.locator("summary").click()
    expect(failing.locator(".answer-text")).to_contain_text("吉林省")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(path=ARTIFACTS / f"{name}-evaluation.png")


def test_reports_are_handed_out_and_runs_compared(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_tab(open_page)
    file = written(tmp_path / "again.jsonl", RIGHT, UNANSWERABLE)
    evaluate(page, file)
    expect(page.get_by_text("全部题目都通过了")).to_be_visible(timeout=30_000)
    with page.expect_download() as download:
        page.locator("#evaluation-reports a", has_text="KB").nth(1).click()
    download.value.save_as(tmp_path / "report.xlsx")
    assert "题目" in load_workbook(tmp_path / "report.xlsx").sheetnames
    page.locator("#baseline input").click()
    page.get_by_role("option").filter(has_text="again").first.click()
    page.locator("#start-evaluation").click()
    expect(page.get_by_text("没有指标变差超过限度")).to_be_visible(timeout=30_000)
    expect(page.locator(".subject")).to_have_text(
        re.compile(r"题目 again，共 2 题 · 与之前的测评比较 \d{8}-.+-again")
    )


def test_a_worse_run_names_metric_limit_and_questions(
    open_page: OpenPage, tmp_path: Path, data_folder: Path
) -> None:
    page = open_tab(open_page)
    evaluate(page, written(tmp_path / "before.jsonl", RIGHT | {"must_include": [["6年"]]}))
    expect(page.locator(".metrics")).to_be_visible(timeout=30_000)
    [results] = (data_folder / "runs").glob("*-before/results.jsonl")
    results.write_text(results.read_text().replace('"answer_correct": false', '"answer_correct": true'))
    page.locator("#baseline input").click()
    page.get_by_role("option").filter(has_text="before").first.click()
    page.locator("#start-evaluation").click()
    broken = page.locator(".gates.broken")
    expect(broken).to_contain_text("answer_correct：0.000，限度 0.980；涉及 t-1", timeout=30_000)


def test_a_set_with_mistakes_is_not_run_and_every_mistake_named(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_tab(open_page)
    unknown = RIGHT | {"id": "t-4", "gold": [{"doc": "dalian", "clause": "五/（九十九）"}]}
    evaluate(page, written(tmp_path / "wrong.jsonl", RIGHT, RIGHT, unknown))
    notice = page.get_by_role("alert")
    for told in ("第 2 行 id", "第 3 行 gold", "五/（九十九）"):
        expect(notice).to_contain_text(told, timeout=20_000)
    expect(page.locator(".metrics")).to_have_count(0)


def test_a_file_that_is_refused_does_not_run_the_shipped_set(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_tab(open_page)
    page.get_by_label("上传的文件").check()
    page.locator("#evaluation-file input[type=file]").set_input_files(written(tmp_path / "mine.txt", RIGHT))
    page.locator("#start-evaluation").click()
    expect(page.get_by_text("还没有上传题目文件")).to_be_visible()
    expect(page.locator(".metrics, .progress")).to_have_count(0)


def test_a_baseline_that_has_gone_is_named(open_page: OpenPage, tmp_path: Path, data_folder: Path) -> None:
    page = open_tab(open_page)
    evaluate(page, written(tmp_path / "gone.jsonl", RIGHT))
    expect(page.locator(".metrics")).to_be_visible(timeout=30_000)
    page.locator("#baseline input").click()
    page.get_by_role("option").filter(has_text="gone").first.click()
    [folder] = (data_folder / "runs").glob("*-gone")
    shutil.rmtree(folder)
    page.locator("#start-evaluation").click()
    expect(page.get_by_text(f"用来比较的测评“{folder.name}”已被删除")).to_be_visible()
    expect(page.locator(".metrics")).to_have_count(0)


@pytest.mark.parametrize(("tabs", "status"), [(tuple(Tab), 200), ((Tab.CHAT,), 403)])
def test_runs_are_served_only_where_the_tab_is(
    assistant: PolicyAssistant, tmp_path: Path, tabs: tuple[Tab, ...], status: int
) -> None:
    report = tmp_path / "runs" / "one" / "report.html"
    report.parent.mkdir(parents=True)
    report.write_text("a run")
    settings = load_settings(data=tmp_path, tabs=tabs)
    with serving(build_site(assistant, desk_in(tmp_path, assistant.store), settings)) as site:
        for path in ("", "/en"):
            assert httpx.get(f"{site.rstrip('/')}{path}/gradio_api/file={report}").status_code == status


def test_a_run_that_is_being_written_is_not_taken_up(assistant: PolicyAssistant, tmp_path: Path) -> None:
    library, cases = RunLibrary(tmp_path), load_cases(written(tmp_path / "own.jsonl", RIGHT))
    setup = AnswerMeasure(assistant, load_settings(data=tmp_path)).setup(cases)
    folder = library.place_for(setup, "own")
    with RunWriter(folder, setup, cases):
        assert library.place_for(setup, "own") != folder
    assert library.place_for(setup, "own") == folder


def test_a_question_and_feedback_become_cases(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    ask(page, "吉林的全科医生聘期几年？")
    page.get_by_role("button", name="没用").click()
    expect(page.get_by_text("您的评价已记下")).to_be_visible()
    page.get_by_role("tab", name="测评").click()
    page.get_by_text("写一道新题").click()
    page.locator("#new-question").locator("textarea, input").first.fill(str(RIGHT["question"]))
    page.locator("#propose").click()
    expect(page.locator("#gold-clauses input:checked")).to_have_count(1, timeout=20_000)
    page.locator("#gold-facts label", has_text="5年").first.click()
    page.locator("#accept-case").click()
    expect(page.locator("#cases-notice")).to_contain_text("1 道新题")
    page.get_by_text("把用户反馈变成题目").click()
    page.locator("#feedback-entries label").first.click()
    page.locator("#convert-feedback").click()
    expect(page.locator("#cases-notice")).to_contain_text("2 道新题")
    with page.expect_download() as download:
        page.locator("#new-cases a").first.click()
    download.value.save_as(tmp_path / "new.jsonl")
    own, complaint = load_cases(tmp_path / "new.jsonl")
    assert [(gold.doc, gold.clause) for gold in own.gold] == [("dalian", "五/（十六）")]
    assert own.must_include == (("5年",),)
    assert complaint.question == "吉林的全科医生聘期几年？"
    assert complaint.id.startswith("fb-")
