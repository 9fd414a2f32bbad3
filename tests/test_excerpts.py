"""Quotations that are right word for word, but cut off what their words depend on, or that spell numbers otherwise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.checking.checker import Checker
from assistant.lookup import ClauseFinder
from corpus.library import find_sources, load
from index.store import ClauseStore
from index.store_writer import StoreWriter

CASES = json.loads((Path(__file__).parent / "cases" / "excerpts.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    """Knows the rules of the cases alone."""
    folder = tmp_path_factory.mktemp("rules")
    (folder / "rules.txt").write_text("\n".join(CASES["text"]), encoding="utf-8")
    file = folder / "clauses.sqlite"
    with StoreWriter(file) as writer:
        for source in find_sources([folder / "rules.txt"]):
            writer.add(load(source))
    store = ClauseStore(file)
    return Checker(store, ClauseFinder(store))


@pytest.mark.parametrize("case", CASES["quotations"], ids=lambda case: case["words"])
def test_an_excerpt_is_exact_only_if_it_says_what_the_rule_says(
    checker: Checker, case: dict[str, Any]
) -> None:
    [item] = checker.check(f"「{case['words']}」")
    assert item.verdict.value == case["verdict"]
    assert [[d.source, d.given, d.kind.value] for d in item.differences] == case["differences"]
    said = "" if item.remark.startswith("库中没有") else item.remark
    assert case["remark"] in said
    assert bool(case["remark"]) == bool(said)
