"""Comparisons: one row a point, one column a place, and 未规定 only where a place surely says nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.answer_json import answer_json
from assistant.answer_text import answer_text
from assistant.counterparts import Counterparts
from assistant.model import Question
from assistant.pipeline import PolicyAssistant

CASES = json.loads((Path(__file__).parent / "cases" / "comparisons.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_rows_and_cells(assistant: PolicyAssistant, case: dict) -> None:
    table = assistant.answer(Question(case["question"])).table
    assert table
    assert len(table.rows) == len(case["rows"])
    for row, expected in zip(table.rows, case["rows"], strict=True):
        assert expected["point"] in row.point
        for cell, said in zip(row.cells, expected["says"], strict=True):
            assert bool(cell) is bool(said)
            assert said in "".join(claim.text for claim in cell)


@pytest.mark.parametrize(
    "question",
    [
        "特岗聘期几年？",
        "乡镇卫生院的全科医生在什么条件下可以直接取得副高职称？",
        "大连和沈阳的特岗聘期有何不同？",  # no document binds 沈阳
        "县管乡用和乡管村用在大连有什么区别？",
    ],
)
def test_what_compares_no_two_places_is_no_table(assistant: PolicyAssistant, question: str) -> None:
    assert assistant.answer(Question(question)).table is None


def test_every_claim_stands_in_one_cell_under_its_place(assistant: PolicyAssistant) -> None:
    for case in CASES:
        answer = assistant.answer(Question(case["question"]))
        assert answer.table
        cells = [
            (place, claim)
            for row in answer.table.rows
            for place, cell in zip(answer.table.places, row.cells, strict=True)
            for claim in cell
        ]
        assert tuple(claim for _, claim in cells) == answer.claims
        assert all(claim.region == place for place, claim in cells)


@pytest.mark.parametrize(
    ("sentence", "place", "is_missing"),
    [
        ("特殊情况下，可不受编制的限制，采取先进后出的方式逐步消化解决。", "大连市", True),
        ("不允许行政部门、事业单位招聘录用正在参加培训或服务期内的单位委派人员。", "大连市", True),
        ("对于落实政策不力、未达到工作目标的地区，按照有关规定追究有关部门和人员责任。", "吉林省", True),
        ("优化审批条件、程序和时限，精简、整合审批环节，取消前置条件或证明材料。", "大连市", False),
        ("提高带教师资的教学意识和带教能力，将教学业绩纳入绩效考核。", "吉林省", False),
        ("各级政府要落实投入责任，各项补助经费专款专用。", "吉林省", False),
        ("——创新机制。", "吉林省", False),  # says too little to tell
    ],
)
def test_a_place_surely_has_no_such_rule(
    assistant: PolicyAssistant, sentence: str, place: str, is_missing: bool
) -> None:
    found = Counterparts(assistant.store, assistant.index.search)
    assert found.is_missing(sentence, place) is is_missing


def test_the_text_says_what_a_place_does_not_state(assistant: PolicyAssistant) -> None:
    answer = assistant.answer(Question("大连和吉林特岗聘期各几年？"))
    assert answer.text == answer_text(answer.claims, answer.citations, answer.table)
    lines = answer.text.splitlines()
    assert lines[:3] == ["■ 聘任期", "【大连市】", "5年。〔五、（十六）〕[1]"]
    assert lines[-2:] == ["【吉林省】", "未规定"]


def test_the_json_has_the_table_beside_claims_and_citations(assistant: PolicyAssistant) -> None:
    document = answer_json(assistant.answer(Question("大连和吉林特岗聘期各几年？")))
    assert document["table"]["places"] == ["大连市", "吉林省"]
    [row] = document["table"]["rows"]
    assert [cell["citations"] for cell in row["cells"]] == [[1], []]
    assert row["cells"][1]["text"] == "未规定"
    assert "table" not in answer_json(assistant.answer(Question("特岗聘期几年？")))
