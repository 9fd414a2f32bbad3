"""What several test files share: a data folder with the shipped policies, a server over it, a browser."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from assistant.__main__ import main
from assistant.evaluation.run_folder import StoredRun
from assistant.pipeline import PolicyAssistant
from assistant.settings import load_settings
from corpus.library import find_sources, load
from index.encoder import BUNDLED, Encoder
from index.store import ClauseStore
from index.store_writer import StoreWriter
from tests.browsing import ARTIFACTS, CHROMIUM, DESKTOP, PROJECT, SWITCHES, OpenPage
from tests.commands import Command, Ran
from tests.scripted_runs import EARLIER_ANSWERS, EARLIER_CASES, answers_run

expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests in a browser: they want the machine for themselves."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> ClauseStore:
    """The clauses of the shipped policies, without vectors."""
    file = tmp_path_factory.mktemp("store") / "clauses.sqlite"
    with StoreWriter(file) as writer:
        for source in find_sources([PROJECT / "corpus" / "texts"]):
            writer.add(load(source))
    return ClauseStore(file)


@pytest.fixture(scope="session")
def law_store(tmp_path_factory: pytest.TempPathFactory) -> ClauseStore:
    """The shipped policies beside laws (public domain; 刑法 is shortened), two of them versions of one, without vectors."""
    file = tmp_path_factory.mktemp("laws") / "clauses.sqlite"
    with StoreWriter(file) as writer:
        for source in find_sources([PROJECT / "corpus" / "texts", PROJECT / "tests" / "cases" / "laws"]):
            writer.add(load(source))
    return ClauseStore(file)


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped policies, ingested once for all tests. Read only: copy it before changing anything."""
    folder = tmp_path_factory.mktemp("data")
    command = [sys.executable, "-m", "assistant", "ingest", "--data", str(folder)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def assistant(data_folder: Path) -> PolicyAssistant:
    """The assistant over the shipped policies, in this process."""
    return PolicyAssistant.open(load_settings(data=data_folder), print)


@pytest.fixture(scope="session")
def encoder(data_folder: Path) -> Encoder:
    """The bundled encoder."""
    return Encoder.load(BUNDLED, data_folder / "encoder")


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, encoder: Encoder) -> Command:
    """Runs commands in this process; the bundled encoder, which takes seconds to load, is there already."""
    monkeypatch.setattr(Encoder, "load", lambda name, folder: encoder)

    def run(*arguments: object) -> Ran:
        capfd.readouterr()
        status = main([str(argument) for argument in arguments])
        return Ran(status, *capfd.readouterr())

    return run


@pytest.fixture(scope="session")
def address(data_folder: Path) -> Iterator[str]:
    """The address of a server process that is ready to answer; it ends well when it is interrupted."""
    command = [sys.executable, "app.py", "--data", str(data_folder), "--port", "0"]
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as server:
        assert server.stdout
        ready = next((line for line in server.stdout if "已就绪" in line), "")
        assert ready, "the server stopped before it was ready"
        yield ready.strip().partition("：")[2]
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium. Its event loop occupies the thread, so it ends with its test file."""
    if not CHROMIUM:
        missing = "no Chromium; set POLICY_CHROMIUM or install chromium"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Opens the page for one more user. No user's page may run foreign code or ask another server."""
    asked: list[str] = []
    troubles: list[str] = []
    ARTIFACTS.mkdir(exist_ok=True)

    def open_(viewport: dict[str, int] = DESKTOP, site: str = "", **settings: object) -> Page:
        page = browser.new_context(viewport=viewport, locale="zh-CN", **settings).new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: (troubles.append(dialog.message), dialog.dismiss()))
        page.goto(site or request.getfixturevalue("address"))
        expect(page.locator("#question textarea")).to_be_visible(timeout=20_000)
        assert asked
        return page

    yield open_
    for context in browser.contexts:
        context.close()
    foreign = [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]
    assert not foreign
    assert not troubles


@pytest.fixture
def baseline(store: ClauseStore, tmp_path: Path) -> StoredRun:
    """The run that others are compared with."""
    return answers_run(store, tmp_path / "baseline", EARLIER_CASES, EARLIER_ANSWERS)


@pytest.fixture
def rerun(store: ClauseStore, tmp_path: Path) -> Callable[..., StoredRun]:
    """Makes a run of other answers."""
    return lambda answers, cases=EARLIER_CASES: answers_run(store, tmp_path / "run", cases, answers)
