"""What became of clauses, told from two states of the store."""

from __future__ import annotations

from pathlib import Path

from assistant.clause_changes import ClauseChanges, compare_clauses
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
    return compare_clauses(store_of(folder / "before", before), store_of(folder / "now", now))


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
    assert (changes.changed, changes.vanished, changes.renumbered, changes.added) == ({}, {}, {}, ())


def case(name: str, clause: str) -> Case:
    return Case(id=name, question="？", gold=(GoldClause(doc="law", clause=clause),))


def test_a_renumbered_clause_is_told_with_its_new_place(tmp_path: Path) -> None:
    now = LAW.replace("第二条 补贴三百元。\n", "").replace("第三条", "第二条").replace("第四条", "第三条")
    before, after = store_of(tmp_path / "before", {"law": LAW}), store_of(tmp_path / "now", {"law": now})
    found = impact(
        [case("moved", "第三条"), case("cut", "第二条")],
        after,
        journal=compare_clauses(before, after),
    )
    moved = ChangedClause("law:第三条", Fate.RENUMBERED, "law:第二条")
    cut = ChangedClause("law:第二条", Fate.VANISHED)
    assert found.cases == (Affected("moved", "？", (moved,)), Affected("cut", "？", (cut,)))
    assert "law:第三条 改为 law:第二条" in found.as_text()
