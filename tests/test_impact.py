"""After an ingest that changed clauses: the cases and stored answers that rest on them are told, and no others."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.change_journal import FILE, read_changes
from assistant.clause_changes import ClauseChanges
from assistant.evaluation.impact import impact
from assistant.evaluation.metrics import matches
from assistant.evaluation.sets.cases import Case, GoldClause
from assistant.feedback.model import Verdict
from assistant.model import Answer, Question, Status
from index.store import ClauseStore
from tests.commands import Command, fresh_copy
from tests.judged_answers import desk_in
from tests.sample_answers import DALIAN

TEXTS = Path(__file__).parent.parent / "corpus" / "texts"
ALTERED, REMOVED, UNTOUCHED = "dalian:五/（十七）", "dalian:三/（十）", "jilin:四/（五）/23"
QUESTIONS = {
    "altered": ("大连的全科医生满几年可以直接评副高？", "dalian", "五/（十七）"),
    "by-its-end": ("大连的职称有什么倾斜？", "dalian", "（十七）#1"),
    "removed": ("大连怎样鼓励社会力量举办全科诊所？", "dalian", "三/（十）#1"),
    "untouched": ("吉林的全科医生满几年可以直接评副高？", "jilin", "四/（五）/23"),
}


def case(name: str, question: str, doc: str, clause: str) -> Case:
    return Case(id=name, question=question, gold=(GoldClause(doc=doc, clause=clause),))


def with_changes(text: str) -> str:
    """The text of Dalian with a word of one clause altered and another clause cut out."""
    start, end = text.index("（十）鼓励"), text.index("（十一）增强")
    head, mark, tail = (text[:start] + text[end:]).partition("（十七）职称")
    return head + mark + tail.replace("10年", "12年", 1)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEXTS, tmp_path / "texts"))


@pytest.fixture
def data(data_folder: Path, texts: Path, command: Command, tmp_path: Path) -> Path:
    """A data folder of the copied texts, a run over the cases, and thumbs for two answers."""
    folder = fresh_copy(data_folder, tmp_path / "data")
    assert command("ingest", texts, "--data", folder).status == 0
    return folder


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    file = tmp_path / "cases.jsonl"
    lines = [case(name, *item).model_dump_json() for name, item in QUESTIONS.items()]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


@pytest.fixture
def ingest_changed(command: Command, data: Path, texts: Path) -> Callable[[], None]:
    def ingest() -> None:
        file = texts / "dalian.txt"
        file.write_text(with_changes(file.read_text(encoding="utf-8")), encoding="utf-8")
        assert command("ingest", texts, "--data", data).status == 0

    return ingest


def judge(data: Path, store: ClauseStore, *clauses: str) -> None:
    """A thumb for an answer that cites these clauses."""
    desk = desk_in(data, store)
    cited = tuple(replace(DALIAN, clause=clause) for clause in clauses)
    answer = Answer("怎样评副高？", Status.ANSWERED, "满10年。", citations=cited)
    desk.judge(desk.offer(Question("怎样评副高？"), answer), Verdict.UP)


def test_the_journal_tells_what_an_ingest_changed(
    data: Path, ingest_changed: Callable[[], None], command: Command, texts: Path
) -> None:
    assert read_changes(data) is None
    ingest_changed()
    changes = read_changes(data)
    assert changes
    assert (list(changes.changed), list(changes.vanished)) == ([ALTERED], [REMOVED])
    assert len(set(changes.changed[ALTERED])) == 2
    assert (changes.renumbered, changes.added) == ({}, ())
    assert len(list((data / "generations").iterdir())) == 1
    command("ingest", texts, "--data", data)
    assert read_changes(data) == changes  # nothing changed since
    with (texts / "catalog.toml").open("a", encoding="utf-8") as catalog:
        catalog.write('status = "草案"\n')
    assert "更新  jilin" in command("ingest", texts, "--data", data).out
    assert read_changes(data) == changes  # no clause changed since
    command("ingest", TEXTS, "--data", data)
    back = read_changes(data)
    assert back == ClauseChanges(changes.since, {}, {}, {}, ())


def test_the_journal_adds_up_what_several_ingests_changed(
    data: Path, ingest_changed: Callable[[], None], command: Command, texts: Path
) -> None:
    ingest_changed()
    first = read_changes(data)
    assert first
    file = texts / "dalian.txt"
    file.write_text(file.read_text(encoding="utf-8").replace("12年", "15年"), encoding="utf-8")
    command("ingest", texts, "--data", data)
    both = read_changes(data)
    assert both
    assert list(both.vanished) == [REMOVED]
    assert both.changed[ALTERED][0] == first.changed[ALTERED][0]
    assert both.changed[ALTERED][1] != first.changed[ALTERED][1]
    assert len(json.loads((data / FILE).read_bytes())) == 1  # a day's changes are one


def dated(data: Path, *days_ago: int) -> list[str]:
    """Repeats the only entry of the journal with other dates, which it gives."""
    (entry,) = json.loads((data / FILE).read_bytes())
    times = [(datetime.now(UTC) - timedelta(days=days)).isoformat() for days in days_ago]
    (data / FILE).write_text(json.dumps([entry | {"since": time} for time in times]), encoding="utf-8")
    return times


def test_changes_older_than_30_days_are_forgotten(
    data: Path, ingest_changed: Callable[[], None], cases: Path, command: Command
) -> None:
    ingest_changed()
    _, kept, _ = dated(data, 31, 29, 2)
    changes = read_changes(data)
    assert changes
    assert changes.since == kept[:16] + "Z"
    assert f"{changes.since} 以来的条款变动" in command("evaluate", cases, "--impact", "--data", data).out
    command("ingest", TEXTS, "--data", data)
    assert len(json.loads((data / FILE).read_bytes())) == 3
    assert read_changes(data) == ClauseChanges(changes.since, {}, {}, {}, ())


def test_where_all_changes_are_old_none_is_told(
    data: Path, ingest_changed: Callable[[], None], cases: Path, command: Command
) -> None:
    ingest_changed()
    dated(data, 31)
    assert read_changes(data) is None
    assert "最近 30 天没有条款变动" in command("evaluate", cases, "--impact", "--data", data).out


def test_an_ingest_begins_a_new_journal_where_the_old_one_is_damaged(
    data: Path, ingest_changed: Callable[[], None]
) -> None:
    (data / FILE).write_text("{", encoding="utf-8")
    ingest_changed()
    changes = read_changes(data)
    assert changes
    assert (list(changes.changed), list(changes.vanished)) == ([ALTERED], [REMOVED])


def test_cases_and_judged_answers_are_told(
    data: Path, cases: Path, store: ClauseStore, ingest_changed: Callable[[], None], command: Command
) -> None:
    for clauses in ([UNTOUCHED], [UNTOUCHED, REMOVED], [ALTERED]):
        judge(data, store, *clauses)
    ingest_changed()
    ran = command("evaluate", cases, "--impact", "--json", "--data", data)
    assert (ran.status, ran.err) == (0, "")
    assert [item["id"] for item in ran.json["cases"]] == ["altered", "by-its-end", "removed"]
    assert [item["clauses"][0]["fate"] for item in ran.json["cases"]] == ["changed", "changed", "vanished"]
    assert {item["id"]: [clause["clause"] for clause in item["clauses"]] for item in ran.json["judged_answers"]} == {
        "2": [REMOVED],
        "3": [ALTERED],
    }  # fmt: skip
    text = command("evaluate", cases, "--impact", "--data", data).out
    for part in (
        f"{ALTERED} 已改动",
        f"{REMOVED} 已删除",
        "题目：3 个受影响",
        "用户评价过的回答：2 个受影响",
    ):
        assert part in text
    assert UNTOUCHED not in text
    assert "基线" not in text  # none was given


def test_before_any_change_nothing_is_told(data: Path, cases: Path, command: Command) -> None:
    ran = command("evaluate", cases, "--impact", "--data", data)
    assert ran.status == 0
    assert "最近 30 天没有条款变动的导入记录" in ran.out
    assert "题目：没有受影响的" in ran.out


def test_a_baseline_decides_by_its_own_digests(
    data: Path, cases: Path, ingest_changed: Callable[[], None], command: Command, tmp_path: Path
) -> None:
    assert command("evaluate", cases, "--out", tmp_path / "before", "--data", data).status == 0
    ingest_changed()
    (data / FILE).unlink()  # it would say the same
    arguments = ("evaluate", cases, "--impact", "--json", "--data", data, "--baseline")
    told = command(*arguments, tmp_path / "before").json
    assert [item["id"] for item in told["cases"]] == ["altered", "by-its-end", "removed"]
    answers = {item["id"]: [clause["clause"] for clause in item["clauses"]] for item in told["run_answers"]}
    assert answers["altered"] == [ALTERED]
    assert answers["removed"] == [REMOVED]
    assert "untouched" not in answers


def test_what_was_stored_after_the_change_rests_on_the_new_text(
    data: Path, cases: Path, ingest_changed: Callable[[], None], command: Command, tmp_path: Path
) -> None:
    ingest_changed()
    lines = [
        case(*item) for item in (("altered", *QUESTIONS["altered"]), ("untouched", *QUESTIONS["untouched"]))
    ]
    cases.write_text("\n".join(line.model_dump_json() for line in lines), encoding="utf-8")
    assert command("evaluate", cases, "--out", tmp_path / "after", "--data", data).status == 0
    told = command(
        "evaluate", cases, "--impact", "--json", "--baseline", tmp_path / "after", "--data", data
    ).json
    assert (told["cases"], told["run_answers"], told["judged_answers"]) == ([], [], [])


@pytest.mark.parametrize(
    "content", ["{", "{}", '[{"since": 3}]', '[{"since": "2026-11-22T05:42:00", "clauses": {}}]']
)
def test_a_damaged_journal_is_named(content: str, data: Path, cases: Path, command: Command) -> None:
    (data / FILE).write_text(content, encoding="utf-8")
    ran = command("evaluate", cases, "--impact", "--data", data)
    assert (ran.status, ran.out) == (2, "")
    assert all(part in ran.err for part in (FILE, "已损坏", "请删除"))


def test_an_index_that_cannot_be_read_leaves_the_journal(
    data: Path, texts: Path, ingest_changed: Callable[[], None], command: Command
) -> None:
    ingest_changed()
    changes = read_changes(data)
    (file,) = (data / "generations").glob("*/clauses.sqlite")
    file.write_bytes(file.read_bytes()[:100])
    assert command("ingest", TEXTS, "--data", data).status == 0
    assert read_changes(data) == changes
    assert len(list((data / "generations").iterdir())) == 1


@pytest.mark.parametrize(
    ("doc", "clause"),
    [("dalian", "五/（十七）"), ("dalian", "（十七）"), ("dalian", "（十七）#2"), ("dalian", "十七）"),
     ("dalian", "五"), ("jilin", "（十七）"), ("dalian", "一/五/（十七）")],
)  # fmt: skip
def test_gold_clauses_are_found_as_the_metrics_find_them(doc: str, clause: str, store: ClauseStore) -> None:
    journal = ClauseChanges("", changed={ALTERED: ("a", "b")}, vanished={}, renumbered={}, added=())
    told = impact([case("one", "？", doc, clause)], store, journal=journal).cases
    assert bool(told) == matches(ALTERED, GoldClause(doc=doc, clause=clause))


def test_the_result_is_ready_for_json(store: ClauseStore) -> None:
    journal = ClauseChanges("2026-11-22T05:42Z", {ALTERED: ("a", "b")}, {}, {}, ())
    told = impact([case("one", "？", "dalian", "（十七）")], store, journal=journal).as_json()
    assert json.loads(json.dumps(told)) == {
        "since": "2026-11-22T05:42Z",
        "cases": [
            {"id": "one", "question": "？", "clauses": [{"clause": ALTERED, "fate": "changed", "now": ""}]}
        ],
        "run_answers": None,
        "judged_answers": [],
    }
