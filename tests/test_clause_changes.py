"""What became of clauses, told from two states of the store."""

from __future__ import annotations

from pathlib import Path

from assistant.clause_changes import ClauseChanges, Difference, changes_of, difference, joined
from assistant.evaluation.impact import Affected, ChangedClause, Fate, impact
from assistant.evaluation.sets.cases import Case, GoldClause
from corpus.library import find_sources, load
from index.store import ClauseStore
from index.store_writer import StoreWriter

LAW = (
    "云岭省乡村医生管理办法\n第一条 聘期为四年。\n第二条 补贴三百元。\n第三条 每年考核。\n第四条 按月发放。\n"
)


def store_of(folder: Path, texts: dict[str, str]) -> ClauseStore:
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    with StoreWriter(folder / "clauses.sqlite") as writer:
        for source in find_sources([folder]):
            writer.add(load(source))
    return ClauseStore(folder / "clauses.sqlite")


def compared(folder: Path, before: dict[str, str], now: dict[str, str]) -> ClauseChanges:
    return changes_of(differing(folder, before, now), "")


def differing(folder: Path, before: dict[str, str], now: dict[str, str]) -> Difference:
    folder.mkdir(exist_ok=True)
    return difference(store_of(folder / "before", before), store_of(folder / "now", now))


def is_none(changes: ClauseChanges) -> bool:
    return not (changes.changed or changes.vanished or changes.renumbered or changes.added)


def test_two_changes_come_to_what_one_from_first_to_last_would(tmp_path: Path) -> None:
    states = [
        LAW,
        LAW.replace("四年", "五年").replace("第二条 补贴三百元。\n", ""),
        "云岭省乡村医生管理办法\n第一条 聘期为六年。\n第三条 补贴三百元。\n第五条 按月发放。\n",
    ]
    laws = [{"law": state} for state in states]
    first = differing(tmp_path / "first", laws[0], laws[1])
    second = differing(tmp_path / "second", laws[1], laws[2])
    assert changes_of(joined(first, second), "") == compared(tmp_path / "both", laws[0], laws[2])


def test_what_is_as_it_was_has_not_changed(tmp_path: Path) -> None:
    now = LAW.replace("四年", "五年").replace("第二条 补贴三百元。\n", "") + "第五条 另行通知。\n"
    there = differing(tmp_path / "there", {"law": LAW}, {"law": now})
    back = differing(tmp_path / "back", {"law": now}, {"law": LAW})
    assert len(there) == 3
    assert joined(there, back) == {}


def test_an_inserted_article_moves_those_behind_it(tmp_path: Path) -> None:
    now = (
        LAW.replace("第四条", "第五条")
        .replace("第三条", "第四条")
        .replace("第二条 补贴三百元。", "第二条 定期培训。\n第三条 补贴三百元。")
    )
    changes = compared(tmp_path, {"law": LAW}, {"law": now})
    assert changes.renumbered == {
        "law:第二条": "law:第三条",
        "law:第三条": "law:第四条",
        "law:第四条": "law:第五条",
    }
    assert (changes.changed, changes.vanished, changes.added) == ({}, {}, ("law:第二条",))


def test_a_cut_article_has_vanished_though_the_next_one_takes_its_number(tmp_path: Path) -> None:
    now = LAW.replace("第二条 补贴三百元。\n", "").replace("第三条", "第二条").replace("第四条", "第三条")
    changes = compared(tmp_path, {"law": LAW}, {"law": now})
    assert changes.renumbered == {"law:第三条": "law:第二条", "law:第四条": "law:第三条"}
    assert (list(changes.vanished), changes.changed, changes.added) == (["law:第二条"], {}, ())


def test_a_renamed_file_moves_its_clauses(tmp_path: Path) -> None:
    changes = compared(tmp_path, {"law": LAW}, {"yunling": LAW})
    assert changes.renumbered["law:第三条"] == "yunling:第三条"
    assert (changes.changed, changes.vanished, changes.added) == ({}, {}, ())


def test_of_clauses_with_the_same_words_none_is_said_to_have_moved(tmp_path: Path) -> None:
    twice = LAW.replace("按月发放", "每年考核")
    changes = compared(tmp_path, {"law": twice}, {"yunling": twice})
    assert "law:第三条" not in changes.renumbered
    assert list(changes.vanished) == ["law:第三条", "law:第四条"]
    assert changes.added == ("yunling:第三条", "yunling:第四条")


def test_white_space_is_no_change(tmp_path: Path) -> None:
    changes = compared(tmp_path, {"law": LAW}, {"law": LAW.replace("第二条 ", "第二条　　")})
    assert is_none(changes)


def case(name: str, clause: str) -> Case:
    return Case(id=name, question="？", gold=(GoldClause(doc="law", clause=clause),))


def test_a_renumbered_clause_is_told_with_its_new_place(tmp_path: Path) -> None:
    now = LAW.replace("第二条 补贴三百元。\n", "").replace("第三条", "第二条").replace("第四条", "第三条")
    before, after = store_of(tmp_path / "before", {"law": LAW}), store_of(tmp_path / "now", {"law": now})
    found = impact(
        [case("moved", "第三条"), case("cut", "第二条")],
        after,
        journal=changes_of(difference(before, after), ""),
    )
    moved = ChangedClause("law:第三条", Fate.RENUMBERED, "law:第二条")
    cut = ChangedClause("law:第二条", Fate.VANISHED)
    assert found.cases == (Affected("moved", "？", (moved,)), Affected("cut", "？", (cut,)))
    assert "law:第三条 改为 law:第二条" in found.as_text()
