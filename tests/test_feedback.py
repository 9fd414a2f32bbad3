"""What users say about answers: kept without a word on who they are, listed, and exported as cases."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.clause_digests import text_digest
from assistant.feedback import desk as desk_module
from assistant.feedback.desk import FeedbackDesk
from assistant.feedback.model import Opinion, Verdict
from assistant.feedback.store import FILE, FeedbackError, FeedbackStore
from assistant.model import Status
from assistant.settings import load_settings
from tests.commands import PROJECT, Command
from tests.judged_answers import ANSWER, QUESTION, desk_in, judged

PERSONAL = ("13800138000", "83635963")


@pytest.fixture
def desk(tmp_path: Path) -> FeedbackDesk:
    return desk_in(tmp_path)


@pytest.fixture
def kept(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(tmp_path)


def test_an_entry_holds_the_answer_and_what_it_rests_on(tmp_path: Path, kept: FeedbackStore) -> None:
    clause = SimpleNamespace(id="dalian:五/（十七）", text="（十七）职称 晋升")
    desk = desk_in(tmp_path, SimpleNamespace(find_clause={"dalian:五/（十七）": clause}.get))
    judged(desk, Verdict.UP, "很清楚")
    [entry] = kept.entries()
    answer = entry.answer
    assert (entry.id, entry.opinion) == (1, Opinion(Verdict.UP, "很清楚"))
    assert len(entry.time) == len("2026-11-22T05:30Z")
    assert entry.time.endswith("Z")
    assert (answer.region, answer.status, answer.text) == ("大连市", Status.ANSWERED, ANSWER.text)
    assert [(cited.clause, cited.quote) for cited in answer.citations] == [
        ("dalian:五/（十七）", "连续工作满10年的，可直接取得副高级职称")
    ]
    assert answer.digests == {"dalian:五/（十七）": text_digest("（十七）职称晋升")}
    assert (answer.versions.program, answer.versions.corpus, answer.versions.encoder) == ("p1", "c1", "e1")


def test_no_personal_data_reaches_the_disk(tmp_path: Path, desk: FeedbackDesk, kept: FeedbackStore) -> None:
    judged(desk, Verdict.DOWN, "请回电１３８ ００１３ ８０００")
    [entry] = kept.entries()
    assert entry.answer.question == "那满几年可以直接评副高？我的电话是〔电话号码〕"
    assert entry.answer.history == ("怎样评副高？回电〔电话号码〕",)
    assert entry.opinion.comment == "请回电〔电话号码〕"
    written = b"".join(file.read_bytes() for file in tmp_path.glob(f"{FILE}*")).decode(errors="replace")
    assert "副高" in written
    assert not any(number in written for number in (*PERSONAL, "１３８"))


def test_the_deployment_may_keep_it(tmp_path: Path, kept: FeedbackStore) -> None:
    judged(desk_in(tmp_path, keeps_personal_data=True), Verdict.DOWN, "回电13800138000")
    [entry] = kept.entries()
    assert (entry.answer.question, entry.opinion.comment) == (QUESTION.text, "回电13800138000")


def test_the_setting_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load_settings().keep_personal_data
    monkeypatch.setenv("POLICY_KEEP_PERSONAL_DATA", "true")
    assert load_settings().keep_personal_data


def test_a_changed_mind_changes_the_entry(desk: FeedbackDesk, kept: FeedbackStore) -> None:
    key = desk.offer(QUESTION, ANSWER)
    desk.judge(key, Verdict.UP)
    desk.judge(key, Verdict.UP, "很清楚")
    desk.judge(key, Verdict.DOWN)
    assert [entry.opinion for entry in kept.entries()] == [Opinion(Verdict.DOWN, "很清楚")]
    desk.judge(key, Verdict.DOWN, "")
    assert desk.opinions([key, ""]) == {key: Opinion(Verdict.DOWN)}
    assert [entry.opinion for entry in kept.entries()] == [Opinion(Verdict.DOWN)]


def test_only_answers_that_were_given_can_be_judged(desk: FeedbackDesk, tmp_path: Path) -> None:
    desk.offer(QUESTION, ANSWER)
    assert desk.judge("guessed", Verdict.UP, "编的") is None
    assert not (tmp_path / FILE).exists()


def test_keys_cannot_be_guessed(desk: FeedbackDesk) -> None:
    keys = {desk.offer(QUESTION, ANSWER) for _ in range(100)}
    assert len(keys) == 100
    assert min(map(len, keys)) >= 22  # 128 bits


def test_the_oldest_answers_make_room(desk: FeedbackDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "CAPACITY", 2)
    first, *_, last = (desk.offer(QUESTION, ANSWER) for _ in range(3))
    assert desk.judge(first, Verdict.UP) is None
    assert desk.judge(last, Verdict.UP)


@pytest.mark.parametrize(
    ("comment", "stored"),
    [
        ("  好\n", "好"),
        ("长" * 1200, "长" * 1000),
        ("坏\ud800字", "坏字"),
        ("'); DROP TABLE feedback; --",) * 2,
    ],
)
def test_any_comment_is_text_of_at_most_1000_characters(
    comment: str, stored: str, desk: FeedbackDesk, kept: FeedbackStore
) -> None:
    judged(desk, Verdict.UP, comment)
    assert kept.entries()[0].opinion.comment == stored


def test_entries_can_be_chosen(desk: FeedbackDesk, kept: FeedbackStore) -> None:
    for verdict in (Verdict.UP, Verdict.DOWN, Verdict.DOWN):
        judged(desk, verdict)
    assert [entry.id for entry in kept.entries(Verdict.DOWN)] == [2, 3]
    assert [entry.id for entry in kept.entries(ids=[3, 1])] == [1, 3]
    with pytest.raises(FeedbackError, match=r"没有编号 1、9.*feedback list"):
        kept.entries(Verdict.DOWN, [1, 2, 9])


def test_a_deleted_file_is_made_anew(desk: FeedbackDesk, kept: FeedbackStore, tmp_path: Path) -> None:
    key = desk.offer(QUESTION, ANSWER)
    desk.judge(key, Verdict.UP)
    for file in tmp_path.glob(f"{FILE}*"):
        file.unlink()
    desk.judge(key, Verdict.DOWN)
    assert [entry.opinion.verdict for entry in kept.entries()] == [Verdict.DOWN]


def rubbish(file: Path) -> None:
    file.write_bytes(b"rubbish" * 1000)


def truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def altered(statement: str) -> Any:
    def alter(file: Path) -> None:
        database = sqlite3.connect(file)
        with database:
            database.execute(statement)
        database.close()

    return alter


@pytest.mark.parametrize(
    ("damage", "parts"),
    [
        (rubbish, ["已损坏", "移到别处"]),
        (truncated, ["已损坏", "移到别处"]),
        (emptied, ["已损坏", "移到别处"]),
        (altered("UPDATE feedback SET answer = '{}'"), ["第 1 条", "移到别处"]),
        (altered("UPDATE feedback SET verdict = 'perhaps'"), ["第 1 条", "移到别处"]),
        (altered("PRAGMA user_version = 2"), ["格式是 2", "请更新程序"]),
    ],
)
def test_a_file_that_is_not_fit_is_named_with_the_remedy(
    damage: Any, parts: list[str], desk: FeedbackDesk, tmp_path: Path, command: Command
) -> None:
    judged(desk, Verdict.UP)
    damage(tmp_path / FILE)
    ran = command("feedback", "list", "--data", tmp_path)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert all(part in ran.err for part in (FILE, *parts))


def test_a_folder_that_cannot_be_written_is_named(desk: FeedbackDesk, tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(FeedbackError, match=r"无法使用.*请检查"):
        judged(desk, Verdict.UP)


WRITE = """
import sys
from pathlib import Path
from assistant.feedback.model import Verdict
from tests.judged_answers import ANSWER, QUESTION, desk_in

desk = desk_in(Path(sys.argv[1]))
for number in range(50):
    key = desk.offer(QUESTION, ANSWER)
    desk.judge(key, Verdict.UP)
    desk.judge(key, Verdict.DOWN, f"{sys.argv[2]}-{number}")
"""


def test_several_processes_write_at_once_and_nothing_is_lost(tmp_path: Path, kept: FeedbackStore) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITE, tmp_path, str(name)], cwd=PROJECT) for name in range(3)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    entries = kept.entries()
    said = {entry.opinion.comment for entry in entries if entry.opinion.verdict is Verdict.DOWN}
    assert said == {f"{name}-{number}" for name in range(3) for number in range(50)}
    assert [entry.id for entry in entries] == list(range(1, 151))


def test_threads_that_press_at_once_make_one_entry(desk: FeedbackDesk, kept: FeedbackStore) -> None:
    key = desk.offer(QUESTION, ANSWER)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: desk.judge(key, Verdict.UP), range(40)))
    assert len(kept.entries()) == 1
