"""What the corpus says of a set: shipped sets fit it, and what is odd is told without stopping anything."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluation.sets.cases import read_cases
from index.store import ClauseStore

CASES = Path(__file__).parent / "cases"
SOUND = {"id": "a", "question": "怎么评副高？", "gold": [{"doc": "dalian", "clause": "五/（十七）"}]}
TITLE = {"doc": "dalian", "clause": "题头"}


def warnings(folder: Path, store: ClauseStore, *cases: dict[str, Any]) -> tuple[str, ...]:
    file = folder / "set.jsonl"
    file.write_text(
        "\n".join(json.dumps(SOUND | case, ensure_ascii=False) for case in cases), encoding="utf-8"
    )
    return read_cases(file, store).warnings


@pytest.mark.parametrize("name", ["policies.jsonl", "policies_extra.jsonl"])
def test_the_shipped_sets_fit_the_shipped_policies(store: ClauseStore, name: str) -> None:
    assert read_cases(CASES / name, store).warnings == ()


@pytest.mark.parametrize(
    ("case", "warning"),
    [
        (
            {"must_include": [["副高级职称"], ["二十年", "20年"]]},
            '第 1 行 must_include：值 ["二十年", "20年"] 依据条款里没有这些文字；请核对原文',
        ),
        (
            {"must_not_include": ["正高级", "滿１０ 年"]},
            '第 1 行 must_not_include：值 "滿１０ 年" 依据条款里有这些文字，逐字引用的回答会被判错；请核对',
        ),
        (
            {"gold": [{"doc": "dalian", "clause": "五"}]},
            '第 1 行 gold：值 "dalian:五" 只是标题，回答不会引用它；请改成它下面的条款',
        ),
        (
            {"note": "待核对：漏了一条"},
            '第 1 行 note：值 "待核对：漏了一条" 还没有人核对；请核对依据条款，再删去“待核对”',
        ),
    ],
)
def test_what_is_odd_is_told(tmp_path: Path, store: ClauseStore, case: dict[str, Any], warning: str) -> None:
    assert warnings(tmp_path, store, case) == (warning,)


@pytest.mark.parametrize(
    "case",
    [
        {
            "must_include": [["十年", "滿１０ 年"]]
        },  # one string of the group is enough, in any script and width
        {"must_include": [["瓦政办发〔2018〕137号"]], "gold": [TITLE]},  # stands in the forwarding notice
        {"gold": [{"doc": "dalian", "clause": "（十七）"}]},  # the last part of a path, where it is clear
        {"gold": [{"doc": "dalian", "clause": "三/（九）#3"}]},
        {"scope": "沈阳"},  # a place that the corpus has nothing of
        {"scope": "全国"},
    ],
)
def test_what_is_fine_is_not_told(tmp_path: Path, store: ClauseStore, case: dict[str, Any]) -> None:
    assert warnings(tmp_path, store, case) == ()


def test_a_question_asked_twice_is_told_unless_place_or_earlier_turns_differ(
    tmp_path: Path, store: ClauseStore
) -> None:
    earlier = {"history": [{"role": "user", "content": "大连呢？"}]}
    told = warnings(
        tmp_path,
        store,
        {"id": "a"},
        {"id": "b", "question": "怎麼評副高？"},
        {"id": "c", "scope": "大连"},
        {"id": "d", **earlier},
    )
    assert told == ('第 2 行 question：值 "怎麼評副高？" 与第 1 行是同一个问题；不需要的请删除',)


def test_many_warnings_are_told_as_the_first_200_and_a_count(tmp_path: Path, store: ClauseStore) -> None:
    told = warnings(tmp_path, store, *({"id": str(number)} for number in range(251)))
    assert (len(told), told[-1]) == (201, "……另有 50 处")
