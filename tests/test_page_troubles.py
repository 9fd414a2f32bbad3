"""The page when something is odd: strange questions, many users, failures, a port in use."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from assistant.model import Answer, Question, Status
from assistant.page.chat import Chat
from assistant.page.site import build_site
from assistant.settings import Tab, load_settings
from tests.browsing import ARTIFACTS, PHONE, PROJECT, QUESTION, OpenPage, ask, serving
from tests.fake_assistants import Declining
from tests.judged_answers import desk_in


def test_tricks_in_a_question_are_shown_as_text(open_page: OpenPage) -> None:
    page = open_page()
    trick = "<script>alert(1)</script><img src=x onerror=alert(2)> **粗** [链接](javascript:alert(3)) ${1+1} {{value}}"
    ask(page, trick)
    assert page.locator(".question").inner_text().endswith(trick)
    assert page.locator(".exchange :is(script, img, a, strong)").count() == 0


def test_an_empty_question_gets_a_hint_and_loses_nothing(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, QUESTION)
    page.locator("#question textarea").fill("  ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("请先写下您想问的问题")
    expect(page.locator(".exchange")).to_have_count(1)
    ask(page, "大连的聘期是几年？")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_question_of_20000_characters_is_answered_or_stays_in_the_box(open_page: OpenPage) -> None:
    page = open_page()
    question = (QUESTION * 1000)[:20_000]
    page.locator("#question textarea").fill(question)
    page.locator("#send").click()
    outcome = page.locator(".answer, .declined, #notice p")
    expect(outcome).to_be_visible(timeout=30_000)
    if page.get_by_role("alert").count():
        expect(page.get_by_role("alert")).to_contain_text("20,000")
        expect(page.locator("#question textarea")).to_have_value(question)


def test_two_users_ask_at_once_and_each_gets_the_own_answer(open_page: OpenPage) -> None:
    first, second = open_page(), open_page(PHONE)
    questions = {first: "大连的全科医生特岗计划，聘期是几年？", second: "今天天气怎么样？"}
    for page, question in questions.items():
        page.locator("#question textarea").fill(question)
    for page in questions:
        page.keyboard.press("Enter")
    expect(first.locator(".answer .cite").first).to_be_visible(timeout=30_000)
    expect(second.locator(".declined")).to_be_visible(timeout=30_000)
    for page, question in questions.items():
        expect(page.locator(".question")).to_have_count(1)
        expect(page.locator(".question")).to_contain_text(question)


class SlowAssistant(Declining):
    """Answers when it is told to: ``meeting`` holds each answer back until two are wanted at once."""

    def __init__(self) -> None:
        super().__init__()
        self.meeting = threading.Barrier(2)

    def answer(self, question: Question) -> Answer:
        self.meeting.wait(20)
        return Answer(question.text, Status.OUT_OF_SCOPE, "", reason=f"不回答：{question.text}")


@contextmanager
def served(assistant: SlowAssistant, data: Path) -> Iterator[str]:
    site = build_site(assistant, desk_in(data), load_settings(data=data, tabs=[Tab.CHAT]))  # type: ignore[arg-type]
    with serving(site) as address:
        try:
            yield address
        finally:
            assistant.meeting.abort()


def test_no_user_waits_for_the_answer_of_another(open_page: OpenPage, tmp_path: Path) -> None:
    with served(SlowAssistant(), tmp_path) as site:
        pages = [open_page(site=site), open_page(site=site)]
        for page, question in zip(pages, ("甲的问题", "乙的问题"), strict=True):
            page.locator("#question textarea").fill(question)
            page.keyboard.press("Enter")
        for page, question in zip(pages, ("甲的问题", "乙的问题"), strict=True):
            expect(page.locator(".declined")).to_contain_text(f"不回答：{question}", timeout=15_000)


def test_a_stopped_question_returns_to_the_box_and_can_be_sent_again(
    open_page: OpenPage, tmp_path: Path
) -> None:
    assistant = SlowAssistant()
    with served(assistant, tmp_path) as site:
        page = open_page(site=site)
        box = page.locator("#question textarea")
        box.fill("等一等的问题")
        page.keyboard.press("Enter")
        expect(page.locator(".pending")).to_be_visible()
        expect(page.locator("#send")).to_be_hidden()
        page.get_by_role("button", name="停止").click()
        expect(box).to_have_value("等一等的问题")
        expect(page.locator(".exchange")).to_have_count(0)
        expect(page.get_by_role("alert")).to_have_count(0)
        page.get_by_role("button", name="发送").click()
        expect(page.locator(".declined")).to_be_visible(
            timeout=15_000
        )  # the stopped one is the other in the meeting


def test_a_question_beside_an_example_waits_in_the_box(open_page: OpenPage, tmp_path: Path) -> None:
    assistant = SlowAssistant()
    with served(assistant, tmp_path) as site:
        page = open_page(site=site)
        box = page.locator("#question textarea")
        page.locator("#examples button").first.click()
        expect(page.locator(".pending")).to_be_visible()
        box.fill("等不及的问题")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("上一个问题还在回答")
        expect(box).to_have_value("等不及的问题")
        assistant.meeting.wait(20)
        expect(page.locator(".declined")).to_be_visible()
        expect(page.locator(".pending")).to_have_count(0)
        page.keyboard.press("Enter")
        assistant.meeting.wait(20)
        expect(page.locator(".declined")).to_have_count(2)


def test_no_question_is_lost_that_is_sent_as_soon_as_the_page_takes_one(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    respond = Chat.respond

    @wraps(respond)
    async def end_late(*arguments: Any) -> AsyncIterator[Any]:
        async for update in respond(*arguments):
            yield update
        await asyncio.sleep(1)

    monkeypatch.setattr(Chat, "respond", end_late)
    site = build_site(Declining(), desk_in(tmp_path), load_settings(data=tmp_path, tabs=[Tab.CHAT]))  # type: ignore[arg-type]
    with serving(site) as address:
        page = open_page(site=address)
        for question in ("第一个问题", "紧接着的问题", "再一个问题"):
            ask(page, question)
        expect(page.locator(".question")).to_have_count(3)


def test_a_failure_that_nobody_foresaw_loses_no_question(open_page: OpenPage, tmp_path: Path) -> None:
    assistant = SlowAssistant()
    assistant.meeting.abort()
    with served(assistant, tmp_path) as site:
        page = open_page(site=site)
        page.locator("#question textarea").fill("出错的问题")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert").filter(has_text="出了意外")).to_be_visible(timeout=15_000)
        expect(page.locator("#question textarea")).to_have_value("出错的问题")
        page.screenshot(path=ARTIFACTS / "desktop-failure.png")


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        command = [sys.executable, "app.py", "--data", str(tmp_path), "--port", str(port)]
        run = subprocess.run(
            command, cwd=PROJECT, capture_output=True, text=True, encoding="utf-8", timeout=60
        )
    assert run.returncode == 2
    assert run.stdout == ""
    assert len(run.stderr.strip().splitlines()) == 1
    assert f"端口 {port} 已被其他程序占用" in run.stderr
    assert "--port" in run.stderr
