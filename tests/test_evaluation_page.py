"""The evaluation tab in a real browser: a set is run, cancelled, compared; reports and new cases come out."""

from __future__ import annotations

import asyncio
import gc
import json
import re
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from assistant.evaluation.measuring import AnswerMeasure
from assistant.evaluation.run_library import RunLibrary
from assistant.evaluation.run_writer import RunWriter
from assistant.evaluation.sets.cases import load_cases
from assistant.page import evaluation_tab
from assistant.page.evaluation_tab import EvaluationTab, Source
from assistant.page.site import build_site
from assistant.pipeline import PolicyAssistant
from assistant.rendering import load_words
from assistant.settings import Tab, load_settings
from tests.browsing import ARTIFACTS, DESKTOP, PHONE, OpenPage, ask, serving
from tests.judged_answers import desk_in

RIGHT = {
    "id": "t-1",
    "question": "大连特岗全科医生聘期几年？",
    "gold": [{"doc": "dalian", "clause": "五/（十六）"}],
    "must_include": [["5年"]],
}
WRONG = {
    "id": "t-2",
    "question": "吉林的乡村医生多久培训一次？<img src=x onerror=alert(1)>",
    "gold": [{"doc": "dalian", "clause": "四/（十四）"}],
}
UNANSWERABLE = {"id": "t-3", "question": "今天天气怎么样？", "answerable": False}


def written(file: Path, *cases: object) -> Path:
    file.write_text("\n".join(json.dumps(case, ensure_ascii=False) for case in cases), encoding="utf-8")
    return file


def open_tab(open_page: OpenPage, viewport: dict[str, int] = DESKTOP) -> Page:
    page = open_page(viewport)
    if viewport == PHONE:  # the last tabs stand in a menu
        page.locator(".overflow-menu > button").click()
    page.locator("[role=tab], .overflow-dropdown button").filter(has_text="测评", visible=True).click()
    expect(page.locator("#start-evaluation")).to_be_visible()
    return page


def evaluate(page: Page, file: Path | None = None) -> None:
    if file:
        page.get_by_label("上传的文件").check()
        page.locator("#evaluation-file input[type=file]").set_input_files(file)
        expect(page.locator("#evaluation-file")).to_contain_text(file.stem)
    page.locator("#start-evaluation").click()


def value(page: Page, metric: str) -> str:
    return page.locator(".metrics li", has_text=metric).first.locator("strong").inner_text()


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


def test_a_stopped_run_is_taken_up_by_the_next(open_page: OpenPage, data_folder: Path) -> None:
    page = open_tab(open_page)
    evaluate(page)
    expect(page.locator(".progress")).to_contain_text("约剩", timeout=30_000)
    page.locator("#stop-evaluation").click()
    expect(page.get_by_text("测评已停止")).to_be_visible()
    evaluate(page)
    expect(page.locator(".metrics")).to_be_visible(timeout=60_000)
    assert float(value(page, "引用召回")) > 0.9
    assert len(list((data_folder / "runs").glob("*-policies"))) == 1


def test_stopping_is_offered_only_while_something_runs(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_tab(open_page)
    start, stop = page.locator("#start-evaluation"), page.locator("#stop-evaluation")
    expect(stop).to_be_disabled()
    evaluate(page)
    expect(page.locator(".progress")).to_be_visible(timeout=30_000)
    expect(start).to_be_disabled()
    stop.click()
    expect(page.get_by_text("测评已停止")).to_be_visible()
    expect(stop).to_be_disabled()
    evaluate(page, written(tmp_path / "short.jsonl", RIGHT))
    expect(page.locator(".metrics")).to_be_visible(timeout=60_000)
    expect(stop).to_be_disabled()
    expect(start).to_be_enabled()


def test_pages_of_both_languages_take_turns(open_page: OpenPage, address: str) -> None:
    first, second = open_tab(open_page), open_page(site=f"{address}/en/")
    second.get_by_role("tab", name="Evaluate").click()
    evaluate(first)
    expect(first.locator(".progress")).to_be_visible(timeout=30_000)
    second.locator("#start-evaluation").click()
    expect(second.get_by_text("another evaluation may have to finish first")).to_be_visible()
    expect(second.locator(".progress")).to_have_count(0)
    first.locator("#stop-evaluation").click()
    expect(second.locator(".metrics")).to_be_visible(timeout=60_000)
    expect(second.get_by_role("alert")).to_have_count(0)


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


@pytest.mark.parametrize("is_waiting", [False, True])
def test_a_stopped_run_says_so_itself(
    assistant: PolicyAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_waiting: bool
) -> None:
    turn = asyncio.Lock()
    monkeypatch.setattr(evaluation_tab, "_TURN", turn)
    with gr.Blocks():
        tab = EvaluationTab(assistant, load_settings(data=tmp_path), load_words()["zh"])

    async def stop() -> list[str]:
        if is_waiting:  # for the run of somebody else
            await turn.acquire()
        page = gr.Request(session_hash="stopping")
        run = tab.run(Source.SHIPPED, None, True, "", page)
        shown = [(await anext(run))[tab.result]]
        tab.cancel(page)
        async with asyncio.timeout(30):
            return shown + [update[tab.result] async for update in run]

    with ThreadPoolExecutor() as pool:
        first, *_, last = pool.submit(asyncio.run, stop()).result()
    assert "测评已停止" not in first
    assert "测评已停止" in last
    assert not RunLibrary(tmp_path).finished()


def test_no_run_is_lost_that_is_started_as_soon_as_the_last_is_over(
    open_page: OpenPage, assistant: PolicyAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = EvaluationTab.run
    begun = []

    @wraps(run)
    async def slow(*arguments: Any) -> AsyncIterator[Any]:
        begun.append(arguments)
        await asyncio.sleep(1)
        async for update in run(*arguments):
            yield update
        await asyncio.sleep(1)

    monkeypatch.setattr(EvaluationTab, "run", slow)
    settings = load_settings(data=tmp_path, tabs=[Tab.CHAT, Tab.EVALUATION])
    with serving(build_site(assistant, desk_in(tmp_path), settings)) as site:
        page = open_page(site=site)
        page.get_by_role("tab", name="测评").click()
        page.get_by_label("上传的文件").check()
        for _ in range(2):
            page.locator("#start-evaluation").click()
            expect(page.get_by_text("正在准备")).to_be_visible()
            expect(page.get_by_text("还没有上传题目文件")).to_be_visible()
    assert len(begun) == 2


def test_whoever_leaves_a_run_leaves_no_trace_in_the_log(
    assistant: PolicyAssistant, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with gr.Blocks():
        tab = EvaluationTab(assistant, load_settings(data=tmp_path), load_words()["zh"])

    async def leave() -> None:
        others = asyncio.all_tasks()
        run = tab.run(Source.SHIPPED, None, True, "", gr.Request(session_hash="leaving"))
        await anext(run)
        await run.aclose()
        await asyncio.gather(*asyncio.all_tasks() - others, return_exceptions=False)

    with ThreadPoolExecutor() as pool:  # the browser occupies the loop of this thread
        pool.submit(asyncio.run, leave()).result()
    gc.collect()
    assert not caplog.records


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
