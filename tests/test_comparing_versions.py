import json
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assistant.comparing.comparison import compare_texts
from assistant.comparing.comparison_text import comparison_text
from assistant.comparing.model import DocumentComparison, FactKind, Relation
from assistant.comparing.text import ComparedText, compared_text
from corpus.library import SourceFile, load

VERSIONS = Path(__file__).parent / "cases" / "versions"
LAWS = json.loads((VERSIONS / "maps.json").read_text(encoding="utf-8"))
LARGE = 300
"""Articles of a large law."""


def text(file: Path) -> ComparedText:
    source = load(SourceFile(file.stem, file, None))
    return compared_text(source.documents[0], source.clauses)


@cache
def compared(law: str, old: str, new: str) -> DocumentComparison:
    return compare_texts(text(VERSIONS / f"{law}({old}).md"), text(VERSIONS / f"{law}({new}).md"))


@pytest.fixture(params=LAWS, ids=lambda law: law["law"])
def law(request: pytest.FixtureRequest) -> dict[str, Any]:
    return request.param


@pytest.fixture
def comparison(law: dict[str, Any]) -> DocumentComparison:
    return compared(law["law"], law["old"], law["new"])


def test_every_article_is_accounted_for_once(law: dict[str, Any], comparison: DocumentComparison) -> None:
    assert comparison.are_versions
    for side in ("old", "new"):
        own = text(VERSIONS / f"{law['law']}({law[side]}).md")
        shown = [c.id for row in comparison.rows for c in (row.left if side == "old" else row.right)]
        assert sorted(shown) == sorted(clause.id for clause in own.clauses)


def test_articles_go_where_a_reader_finds_them(law: dict[str, Any], comparison: DocumentComparison) -> None:
    numbers = dict(comparison.numbers)
    assert {old: numbers[old] for old in law["map"]} == law["map"]


def test_new_articles_have_no_predecessor(law: dict[str, Any], comparison: DocumentComparison) -> None:
    added = {new for old, new in comparison.numbers if not old}
    assert set(law["added"]) <= added


def test_articles_that_were_only_renumbered_are_told_from_those_that_changed(
    law: dict[str, Any], comparison: DocumentComparison
) -> None:
    both = [row for row in comparison.rows if row.left and row.right]
    assert all(
        row.is_renumbered == (row.left[0].label != row.right[0].label) for row in both if len(row.right) == 1
    )
    if "changed" in law:
        changed = [row.left[0].label for row in both if row.relation is Relation.CHANGED]
        assert changed[1:] == law["changed"]  # the preamble tells of the new version


def test_people_are_told_which_numbers_moved(law: dict[str, Any], comparison: DocumentComparison) -> None:
    [told] = [part for part in comparison_text(comparison).split("\n\n") if part.startswith("条号对照")]
    title, moved = told.split("\n")
    assert title == f"条号对照（{law['old']}→{law['new']}）"
    shown = moved.split("；")
    assert set(shown) >= {f"{old}→{new or '（删去）'}" for old, new in law["map"].items() if old != new}
    assert set(shown) >= {f"（新增）→{new}" for new in law["added"]}
    assert not any(f"{old}→{new}" in shown for old, new in law["map"].items() if old == new)


def test_equal_articles_have_no_changes_and_others_do(comparison: DocumentComparison) -> None:
    for row in comparison.rows:
        if len(row.left) == len(row.right) == 1:
            assert bool(row.changes) == (row.relation is Relation.CHANGED)


@pytest.mark.parametrize(
    ("law_name", "kind", "left", "right"),
    [
        ("慈善法", FactKind.PERIOD, "满二年", "满一年"),
        ("反垄断法", FactKind.NUMBER, "五十万元以下", "三百万元以下"),
        ("行政复议法", FactKind.DATE, "自1999年10月1日起", "自2024年1月1日起"),
    ],
)
def test_amounts_and_periods_that_a_revision_changed_are_in_the_table(
    law_name: str, kind: FactKind, left: str, right: str
) -> None:
    law = next(law for law in LAWS if law["law"] == law_name)
    found = compared(law_name, law["old"], law["new"]).differences
    assert (kind, left, right) in {(fact.kind, fact.left, fact.right) for fact in found}


def test_large_laws_are_compared_in_seconds(tmp_path: Path) -> None:
    sides = []
    for side in ("old", "new"):
        file = tmp_path / f"法律汇编({side}).md"
        parts = [(VERSIONS / f"{law['law']}({law[side]}).md").read_text(encoding="utf-8") for law in LAWS]
        file.write_text("\n".join(["# 法律汇编\n", *parts]).replace("\n# ", "\n## "), encoding="utf-8")
        sides.append(text(file))
    assert min(len(side.clauses) for side in sides) > LARGE
    start = time.perf_counter()
    comparison = compare_texts(sides[0], sides[1])
    assert time.perf_counter() - start < 20
    assert sum(len(row.left) for row in comparison.rows) == len(sides[0].clauses)
    assert sum(len(row.right) for row in comparison.rows) == len(sides[1].clauses)
