"""What is kept of answers that a language model wrote: who wrote them, where, and with which prompts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.evaluation.measuring import AnswerMeasure
from assistant.feedback.desk import FeedbackDesk
from assistant.feedback.model import Verdict
from assistant.feedback.store import FeedbackStore
from assistant.model import Answer
from assistant.office.evidence_report import answer_evidence
from assistant.office.report import Imprint
from assistant.pipeline import PolicyAssistant
from assistant.settings import Settings, load_settings
from index.store import ClauseStore
from tests.commands import Command
from tests.judged_answers import ANSWER, judged
from tests.model_endpoint import Endpoint, scripted_endpoint
from tests.written_answers import KEY, writing

ASKED = "大连的特岗全科医生在聘任期内享受什么待遇？"
HOST = "127.0.0.1"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data=tmp_path, llm_api_key=KEY, llm_base_url=f"http://me:secret@{HOST}:9/v1")


@pytest.fixture
def writer(assistant: PolicyAssistant) -> Iterator[PolicyAssistant]:
    with writing(assistant.index, ["…"], llm_model="qwen-test") as (writer, _):
        yield writer


def test_an_opinion_of_a_written_answer_keeps_model_host_and_prompts(
    writer: PolicyAssistant, settings: Settings, command: Command
) -> None:
    desk = FeedbackDesk.over(writer, settings)
    judged(desk, Verdict.UP, answer=replace(ANSWER, written_by="qwen-test"))
    judged(desk, Verdict.UP)
    written, quoted = (entry.answer.versions for entry in FeedbackStore(settings.data).entries())
    assert (written.model, written.endpoint) == ("qwen-test", HOST)
    assert len(written.prompts) == 16
    assert quoted == replace(written, model="", endpoint="", prompts="")
    listed = command("feedback", "list", "--json", "--data", settings.data).json["entries"]
    assert [set(entry["versions"]) - {"program", "corpus", "encoder"} for entry in listed] == [
        {"model", "endpoint", "prompts"}, set()
    ]  # fmt: skip


def test_a_run_tells_what_wrote_its_answers_and_no_secret(
    writer: PolicyAssistant, assistant: PolicyAssistant, settings: Settings
) -> None:
    told = AnswerMeasure(writer, settings).setup([]).settings
    plain = AnswerMeasure(assistant, settings).setup([]).settings
    assert (told["llm_model"], told["llm_endpoint"], told["llm_temperature"]) == ("qwen-test", HOST, "0.0")
    assert not [name for name in plain if name.startswith("llm_")]
    assert not any(secret in str(told) for secret in (KEY, "secret"))
    assert {name: told[name] for name in plain} == plain


def test_the_evidence_names_the_model_that_wrote_the_answer(store: ClauseStore) -> None:
    def told(answer: Answer) -> str:
        report = answer_evidence(answer, store, Imprint(datetime.now(UTC), "c1"))
        return str(report.passages)

    assert "由语言模型 qwen-test 撰写" in told(replace(ANSWER, written_by="qwen-test"))
    assert "语言模型" not in told(ANSWER)


def test_an_entry_from_before_there_were_models_can_be_read(
    settings: Settings, assistant: PolicyAssistant
) -> None:
    judged(FeedbackDesk.over(assistant, settings), Verdict.UP)
    store = FeedbackStore(settings.data)
    with store._database() as database:
        [(answer,)] = database.execute("SELECT answer FROM feedback")
        kept = json.loads(answer)
        kept["versions"] = {name: kept["versions"][name] for name in ("program", "corpus", "encoder")}
        database.execute("UPDATE feedback SET answer = ?", (json.dumps(kept),))
    [entry] = store.entries()
    assert entry.answer.versions.model == ""


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """A language model that the environment names; it is out of order."""
    with scripted_endpoint(500) as endpoint:
        monkeypatch.setenv("POLICY_LLM_MODEL", "qwen-test")
        monkeypatch.setenv("POLICY_LLM_BASE_URL", endpoint.url)
        yield endpoint


@pytest.mark.usefixtures("endpoint")
def test_ask_says_why_the_model_did_not_write(data_folder: Path, command: Command) -> None:
    printed = command("ask", ASKED, "--data", data_folder).out
    assert printed.startswith("语言模型这次没有给出可用的回答")
    told = command("ask", ASKED, "--json", "--data", data_folder).json
    assert (told["written_by"], told["status"]) == ("", "answered")
    assert printed.startswith(told["notice"])
    assert [step["kind"] for step in told["steps"]] == ["failed"]
    assert "HTTP 500" in told["steps"][0]["reason"]


def test_without_a_model_nothing_is_said_of_one(data_folder: Path, command: Command) -> None:
    told = command("ask", ASKED, "--json", "--data", data_folder).json
    assert not {"written_by", "notice", "steps"} & set(told)
    assert "语言模型" not in command("ask", ASKED, "--data", data_folder).out
