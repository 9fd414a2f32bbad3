"""Sets with mistakes: each is told with its place and a remedy, all in one pass."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from assistant.errors import QuestionError
from assistant.evaluation.sets.cases import read_cases
from assistant.model import Question
from assistant.pipeline import check_question
from assistant.understanding import MAX_LENGTH
from index.store import ClauseStore
from tests.case_files import SOUND, Fill, csv_file, json_lines, problems, workbook

FOLDER = Path(__file__).parent / "cases" / "mistakes"
LINES = json.loads((FOLDER / "lines.json").read_text(encoding="utf-8"))
CELLS = json.loads((FOLDER / "cells.json").read_text(encoding="utf-8"))

HEADER = ["编号", "question", "依据条款", "可回答", "依据要求", "对话", "必含", "地区", "note", ""]
ROW = {"编号": "sound", "question": "怎么评副高？", "依据条款": "dalian:三/（九）", "可回答": "是"}
TABLE_ROW = [ROW.get(heading, "") for heading in HEADER]


def test_the_collection_is_large_enough_to_mean_something() -> None:
    assert len({mistake["mistake"] for mistake in (*LINES, *CELLS)}) >= 35


def test_every_mistake_of_a_json_set_is_told_in_one_pass(tmp_path: Path, store: ClauseStore) -> None:
    lines = [
        mistake.get("line", SOUND | {"id": f"m{number}"} | mistake.get("change", {}))
        for number, mistake in enumerate(LINES)
    ]
    expected = [f"第 {number} 行{mistake['problem']}" for number, mistake in enumerate(LINES, 2)]
    assert problems(json_lines(tmp_path / "set.jsonl", SOUND, *lines), store) == expected


def mistaken_rows() -> list[list[str]]:
    changed = (ROW | {"编号": f"m{n}"} | mistake["change"] for n, mistake in enumerate(CELLS))
    return [HEADER, TABLE_ROW, *([row.get(heading, "") for heading in HEADER] for row in changed)]


def expected_of_cells(sheet: str, numbers: Sequence[int]) -> list[str]:
    first = f"{sheet}第 2 行"
    return [
        f"{sheet}第 {number} 行{mistake['problem'].replace('{first}', first)}"
        for number, mistake in zip(numbers, CELLS, strict=True)
    ]


def test_every_mistake_of_a_csv_set_is_told_in_one_pass_with_the_line_it_starts_at(
    tmp_path: Path, store: ClauseStore
) -> None:
    numbers, line = [], 3
    for row in mistaken_rows()[2:]:
        numbers.append(line)
        line += 1 + sum(cell.count("\n") for cell in row)
    file = csv_file(tmp_path / "set.csv", mistaken_rows())
    assert problems(file, store) == expected_of_cells("", numbers)


def test_every_mistake_of_an_excel_set_is_told_in_one_pass_with_sheet_and_row(
    tmp_path: Path, store: ClauseStore
) -> None:
    file = workbook(tmp_path / "set.xlsx", mistaken_rows())
    expected = expected_of_cells("工作表“题目” ", range(3, 3 + len(CELLS)))
    assert problems(file, store) == expected


def test_fields_beside_a_wrong_one_are_checked_against_the_corpus_too(
    tmp_path: Path, store: ClauseStore
) -> None:
    gold = [{"doc": "dalian"}, {"doc": "dailan", "clause": "三"}, 7, {"doc": "jilin", "clause": "（三）"}]
    line = {"id": 1, "question": "问", "gold": gold, "scope": "火星", "answerable": 0}
    told = problems(json_lines(tmp_path / "set.jsonl", line), store)
    assert [problem.split("：")[0] for problem in told] == [
        "第 1 行 id", "第 1 行 gold[0].clause", "第 1 行 gold[2]", "第 1 行 answerable",
        "第 1 行 scope", "第 1 行 gold", "第 1 行 gold",
    ]  # fmt: skip


SHEET = "工作表“题目”"


@pytest.mark.parametrize(
    ("rows", "fill", "expected"),
    [
        (
            [[*TABLE_ROW[:1], 12, *TABLE_ROW[2:]]],
            None,
            f"{SHEET} 第 2 行 question：值 12 是数字，不是文字；请把单元格设为“文本”格式后重新填写",
        ),
        (
            [[date(2018, 12, 31), *TABLE_ROW[1:]]],
            None,
            f'{SHEET} 第 2 行 编号：值 "2018-12-31 00:00:00" 是日期，不是文字；'
            "请把单元格设为“文本”格式后重新填写",
        ),
        (
            [["=A1&B1", *TABLE_ROW[1:]]],
            None,
            f'{SHEET} 第 2 行 编号：值 "=A1&B1" 是公式；请复制后选择性粘贴为“值”',
        ),
        (
            [[*TABLE_ROW[:2], "=G2", *TABLE_ROW[3:]]],
            None,
            f'{SHEET} 第 2 行 依据条款：值 "=G2" 是公式；请复制后选择性粘贴为“值”',
        ),
        (
            [["#REF!", *TABLE_ROW[1:]]],
            None,
            f'{SHEET} 第 2 行 编号：值 "#REF!" 是公式的错误值；请改成文字',
        ),
        (
            [TABLE_ROW],
            lambda sheet: sheet.merge_cells("C2:C4"),
            f"{SHEET} C2:C4：是合并的单元格；请取消合并，每行各自填写",
        ),
        (
            [TABLE_ROW],
            lambda sheet: setattr(sheet["I1"], "value", "gold"),
            f'{SHEET} 第 1 行 列名 "gold"：gold 已有一列；请只留一列',
        ),
        (
            [TABLE_ROW],
            lambda sheet: setattr(sheet["I1"], "value", 2018),
            f'{SHEET} 第 1 行 列名 "2018"：不认识这一列；请删除，或改成 id、question、type、style、scope、'
            "history、gold、gold_mode、must_include、must_not_include、answerable、note 之一",
        ),
        (
            [["", *TABLE_ROW[1:]]],
            lambda sheet: setattr(sheet["A1"], "value", ""),
            f"{SHEET} 第 1 行：缺少列 id（编号）；请补上这一列",
        ),
        (
            [TABLE_ROW],
            lambda sheet: setattr(sheet, "title", "一") or sheet.parent.create_sheet("二"),
            "不知道题目在哪个工作表（“一”、“二”）；请把它命名为“题目”",
        ),
        ([], None, "没有题目；请每行写一道题"),
    ],
)
def test_what_a_workbook_may_hold_that_is_no_text_is_told_with_its_cell(
    tmp_path: Path, rows: list[list[object]], fill: Fill | None, expected: str
) -> None:
    file = workbook(tmp_path / "set.xlsx", [HEADER, *rows], *([fill] if fill else []))
    assert problems(file) == [expected]


def test_a_set_has_no_question_that_the_assistant_refuses(tmp_path: Path, store: ClauseStore) -> None:
    for length, is_sound in ((MAX_LENGTH, True), (MAX_LENGTH + 1, False)):
        text = "问" * length
        file = json_lines(tmp_path / "set.jsonl", SOUND | {"question": text})
        if is_sound:
            check_question(read_cases(file, store).cases[0].as_question())
            continue
        with pytest.raises(QuestionError):
            check_question(Question(text))
        [problem] = problems(file, store)
        assert problem.startswith("第 1 行 question：值 ")
        assert problem.endswith("… 有 4,001 个字，超过上限 4,000 个字；请只保留要问的那几句话")
