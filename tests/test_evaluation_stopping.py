"""Evaluations of the page that are stopped, left, or started one upon another."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from playwright.sync_api import expect

from assistant.evaluation.run_library import RunLibrary
from assistant.page import evaluation_tab
from assistant.page.evaluation_tab import EvaluationTab, Source
from assistant.page.site import build_site
from assistant.pipeline import PolicyAssistant
from assistant.rendering import load_words
from assistant.settings import Tab, load_settings
from tests.browsing import OpenPage, serving
from tests.evaluating import RIGHT, evaluate, open_tab, value, written
from tests.judged_answers import desk_in


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
