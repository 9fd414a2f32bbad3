"""The commands ``feedback list`` and ``feedback export``: what users said, and cases made of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.evaluation.sets.cases import load_cases
from assistant.feedback.desk import FeedbackDesk
from assistant.feedback.export import export
from assistant.feedback.model import Verdict
from assistant.feedback.store import FeedbackStore
from assistant.model import Status
from tests.commands import Command, run_process
from tests.judged_answers import DECLINED, desk_in, judged


@pytest.fixture
def desk(tmp_path: Path) -> FeedbackDesk:
    return desk_in(tmp_path)


@pytest.fixture
def kept(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(tmp_path)


@pytest.fixture
def said(tmp_path: Path, desk: FeedbackDesk) -> Path:
    """A data folder with a thumb up, a thumb down, and a thumb up for a declined answer."""
    judged(desk, Verdict.UP, "很清楚")
    judged(desk, Verdict.DOWN, "漏了一条")
    judged(desk, Verdict.UP, None, DECLINED)
    return tmp_path


def test_list_prints_what_was_said(said: Path, command: Command) -> None:
    ran = command("feedback", "list", "--data", said)
    assert (ran.status, ran.err) == (0, "")
    for part in (
        "很清楚",
        "漏了一条",
        "大连市",
        "dalian:五/（十七）",
        "未作答：没有写明。",
        "之前问：怎样评副高",
    ):
        assert part in ran.out
    assert "没用" in command("feedback", "list", "--verdict", "down", "--data", said).out
    assert "很清楚" not in command("feedback", "list", "--verdict", "down", "--data", said).out


def test_a_comment_cannot_steer_the_terminal(desk: FeedbackDesk, tmp_path: Path, command: Command) -> None:
    judged(desk, Verdict.UP, "好\x1b[2J\x9b2J\n9  2026-11-22T05:30Z  没用")
    out = command("feedback", "list", "--data", tmp_path).out
    assert "评语：好 [2J 2J 9 2026-11-22T05:30Z 没用" in out
    assert "\x1b" not in out


def test_list_json_is_one_document_with_everything(said: Path) -> None:
    ran = run_process("feedback", "list", "--json", "--data", said)
    assert (ran.status, ran.err) == (0, "")
    first, second, third = ran.json["entries"]
    assert first["verdict"] == "up"
    assert (second["id"], second["verdict"], second["comment"]) == (2, "down", "漏了一条")
    assert second["citations"] == [
        {"clause": "dalian:五/（十七）", "quote": "连续工作满10年的，可直接取得副高级职称"}
    ]
    assert set(third) == {
        "id", "time", "verdict", "comment", "question", "region", "history", "status", "text", "citations",
        "clauses", "versions",
    }  # fmt: skip
    assert third["status"] == "not_found"


def test_without_feedback_there_is_nothing_to_list_or_export(tmp_path: Path, command: Command) -> None:
    assert "还没有" in command("feedback", "list", "--data", tmp_path).out
    assert command("feedback", "list", "--json", "--data", tmp_path).json == {"entries": []}
    ran = command("feedback", "export", tmp_path / "cases.jsonl", "--data", tmp_path)
    assert (ran.status, ran.out) == (2, "")
    assert "没有可以导出的反馈" in ran.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".xlsx"])
def test_feedback_becomes_cases(suffix: str, said: Path, command: Command) -> None:
    file = said / f"cases{suffix}"
    ran = command("feedback", "export", file, "--data", said)
    assert (ran.status, ran.out) == (0, "")
    assert "1 条标有“待核对”" in ran.err
    up, down, declined = load_cases(file)
    assert (up.id, up.scope, up.answerable, up.note) == ("fb-1", "大连市", True, "很清楚")
    assert [(gold.doc, gold.clause) for gold in up.gold] == [("dalian", "五/（十七）")]
    assert [(turn.role, turn.content) for turn in up.history] == [("user", "怎样评副高？回电〔电话号码〕")]
    assert (down.id, down.gold, down.note) == ("fb-2", up.gold, "待核对：漏了一条")
    assert (declined.id, declined.gold, declined.answerable, declined.note) == ("fb-3", (), False, "")


def test_chosen_entries_become_cases(said: Path, command: Command) -> None:
    file = said / "cases.jsonl"
    assert command("feedback", "export", file, "--id", 1, 3, "--data", said).status == 0
    assert [case.id for case in load_cases(file)] == ["fb-1", "fb-3"]
    ran = command("feedback", "export", said / "other.jsonl", "--verdict", "down", "--id", 1, "--data", said)
    assert ran.status == 2
    assert "没有编号 1" in ran.err


def test_a_fault_of_the_program_is_no_proof_that_there_is_no_answer(
    desk: FeedbackDesk, kept: FeedbackStore, tmp_path: Path
) -> None:
    judged(desk, Verdict.UP, None, replace(DECLINED, status=Status.MODEL_UNAVAILABLE))
    judged(desk, Verdict.DOWN, None, DECLINED)
    assert export(kept.entries(), tmp_path / "cases.jsonl") == 2
    assert [case.note for case in load_cases(tmp_path / "cases.jsonl")] == ["待核对", "待核对"]


def test_an_existing_file_is_never_changed(said: Path, command: Command) -> None:
    file = said / "cases.jsonl"
    file.write_text("mine", encoding="utf-8")
    ran = command("feedback", "export", file, "--data", said)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert all(part in ran.err for part in (str(file), "已存在", "请换一个文件名"))
    assert file.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["feedback"], ["ACTION", "--help"]),
        (["feedback", "drop"], ["drop", "list", "export"]),
        (["feedback", "list", "--verdict", "maybe"], ["maybe", "up", "down"]),
        (["feedback", "export"], ["缺少 FILE"]),
        (["feedback", "export", "x.jsonl", "--id", "one"], ["one", "不是整数"]),
    ],
)
def test_wrong_usage_is_one_line(arguments: list[str], parts: list[str], command: Command) -> None:
    ran = command(*arguments)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert all(part in ran.err for part in parts)


def test_what_is_exported_can_be_evaluated(
    said: Path, data_folder: Path, command: Command, tmp_path: Path
) -> None:
    file = tmp_path / "cases.jsonl"
    command("feedback", "export", file, "--verdict", "up", "--data", said)
    ran = command("evaluate", file, "--json", "--data", data_folder)
    assert [case["id"] for case in ran.json["cases"]] == ["fb-1", "fb-3"]
