"""Statements of a model's reply, however it comes in."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from assistant.writing.model import DraftClaim, Support
from assistant.writing.statements import MOST, StatementReader

CASES = json.loads((Path(__file__).parent / "cases" / "replies.json").read_text(encoding="utf-8"))


def read(reply: str, size: int) -> tuple[list[DraftClaim], str]:
    reader, claims = StatementReader(), []
    for start in range(0, len(reply), size):
        claims += reader.feed(reply[start : start + size])
    return [*claims, *reader.finish()], reader.missing


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_statements_are_read_whatever_the_pieces(case: dict[str, Any], size: int) -> None:
    wanted = [
        DraftClaim(text, tuple(Support(label, words) for label, words in supports))
        for text, supports in case["claims"]
    ]
    assert read(case["reply"], size) == (wanted, case["missing"])


def test_a_statement_is_read_as_soon_as_it_is_whole() -> None:
    reader = StatementReader()
    assert not list(reader.feed('{"claims": [{"text": "甲。", "supports": [{"label": "E1", "words": "甲"}]'))
    assert [claim.text for claim in reader.feed('}, {"text": "乙')] == ["甲。"]


@pytest.mark.parametrize(
    ("reply", "is_cut"),
    [('{"claims": [{"text": "甲', True), ('{"claims": [], "missing": ""', False), ("聘期为5年。[E1]", False)],
)
def test_a_reply_is_cut_where_its_statements_do_not_end(reply: str, is_cut: bool) -> None:
    reader = StatementReader()
    assert not list(reader.feed(reply))
    assert reader.is_cut is is_cut


def test_of_an_endless_list_only_the_first_statements_are_read() -> None:
    claim = '{"text": "甲。", "supports": []}'
    claims, _ = read('{"claims": [' + ", ".join([claim] * 3 * MOST), 100)
    assert len(claims) == MOST


def test_a_statement_that_comes_in_many_pieces_is_read_at_once() -> None:
    begin = time.process_time()
    claims, _ = read('{"claims": [{"text": "' + "甲" * 200_000 + '", "supports": []}]}', 4)
    assert len(claims) == 1
    assert time.process_time() - begin < 2


def test_nested_without_end_is_no_statement() -> None:
    assert read('{"claims": [' + '{"text":' * 100_000, 100_000_000) == ([], "")
