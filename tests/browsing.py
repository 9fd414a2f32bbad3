"""A user at the page: what tests in a real browser have in common."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Page, expect

from assistant.address import listen, url_of

PROJECT = Path(__file__).parent.parent
ARTIFACTS = PROJECT / "test-artifacts"
CHROMIUM = os.environ.get("POLICY_CHROMIUM") or shutil.which("chromium")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
QUESTION = "乡镇卫生院的全科医生在什么条件下可以直接取得副高职称？"

OpenPage = Callable[..., Page]


def ask(page: Page, question: str) -> None:
    """Types a question, sends it with Enter and waits until its answer is there."""
    exchanges = page.locator(".exchange").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".exchange")).to_have_count(exchanges + 1)
    expect(page.locator(".exchange:last-child").locator(".answer, .declined")).to_be_visible(timeout=30_000)
    expect(page.locator(".pending")).to_have_count(0)


def places(page: Page) -> list[str]:
    headings = page.locator(".exchange:last-child .place h3").all_inner_texts()
    return [re.split(r"\s", heading)[0] for heading in headings]


@contextmanager
def serving(site: FastAPI) -> Iterator[str]:
    """The address of a site that a thread of this process serves."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(site, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield url_of(listener)
    finally:
        server.should_exit = True
        thread.join()
