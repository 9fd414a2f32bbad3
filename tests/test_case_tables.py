"""Sets as tables that people edit by hand: what a cell may hold, and that nothing is lost on the way."""

import codecs
import csv
import io
import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from assistant.evaluation.sets.cases import (
    Case,
    CaseError,
    EarlierTurn,
    GoldClause,
    load_cases,
    read_cases,
    write_cases,
)
from assistant.evaluation.sets.cells import value_of

CASES = Path(__file__).parent / "cases"
FORMATS = pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".xlsx"])
SPECIAL = [
    "=1+1",
    "-",
    "+86",
    "@x",
    "a|b｜c",
    "a\\|b",
    "\\n",
    "\\",
    "x:y：z",
    "两\n行",
    " 空 ",
    "_x000D_",
    "\r\n",
    "\x85",
]

texts = st.lists(
    st.sampled_from(SPECIAL) | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
).map("".join)
filled = texts.filter(lambda text: re.search(r"[^\s\x1c-\x1f]", text))
gold = st.builds(GoldClause, doc=filled, clause=filled)
turns = st.builds(EarlierTurn, role=st.sampled_from(["user", "assistant"]), content=texts)
answerable = st.builds(
    Case,
    id=filled,
    question=filled,
    type=texts,
    style=texts,
    scope=st.none() | filled,
    history=st.lists(turns, max_size=2).map(tuple),
    gold=st.lists(gold, min_size=1, max_size=2).map(tuple),
    gold_mode=st.sampled_from(["all", "any"]),
    must_include=st.lists(st.lists(filled, min_size=1, max_size=2).map(tuple), max_size=2).map(tuple),
    must_not_include=st.lists(filled, max_size=2).map(tuple),
    note=texts,
)
unanswerable = st.builds(Case, id=filled, question=filled, answerable=st.just(False))


@FORMATS
@pytest.mark.parametrize("name", ["policies.jsonl", "policies_extra.jsonl"])
def test_a_shipped_set_comes_back_as_it_was_written(tmp_path: Path, suffix: str, name: str) -> None:
    cases = read_cases(CASES / name).cases
    assert read_cases(write_cases(tmp_path / f"set{suffix}", cases)).cases == cases


@FORMATS
def test_whatever_stands_in_a_case_comes_back(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"set{suffix}"

    @settings(max_examples=60, deadline=None)
    @given(st.lists(answerable | unanswerable, min_size=1, max_size=3, unique_by=lambda case: case.id))
    @example([Case(id=text, question=text, answerable=False, note=text) for text in SPECIAL[:-2]])
    def comes_back(cases: list[Case]) -> None:
        assert load_cases(write_cases(file, cases)) == cases

    comes_back()


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("gold", "dalian:五/（十七）", [{"doc": "dalian", "clause": "五/（十七）"}]),
        ("gold", " dalian：三/（九）#2 \r\n\r\njilin:三", [
            {"doc": "dalian", "clause": "三/（九）#2"}, {"doc": "jilin", "clause": "三"},
        ]),
        ("gold", r"a\:b:c:d", [{"doc": "a:b", "clause": "c:d"}]),
        ("must_include", "10年 | 十年｜十 年\n副高", [["10年", "十年", "十 年"], ["副高"]]),
        ("must_include", r"A\|B", [["A|B"]]),
        ("must_not_include", "免费\n一次性", ["免费", "一次性"]),
        ("history", "用户：大连怎么规定？\n助手: 见第九条。", [
            {"role": "user", "content": "大连怎么规定？"}, {"role": "assistant", "content": "见第九条。"},
        ]),
        ("history", r"User：两\n行", [{"role": "user", "content": "两\n行"}]),
        ("answerable", "否", False),
        ("answerable", "TRUE", True),
        ("gold_mode", "任一", "any"),
        ("question", r"\=1 加 1 等于几？", "=1 加 1 等于几？"),
        ("note", r"C:\work", r"C:\work"),
    ],
)  # fmt: skip
def test_what_people_write_into_a_cell(field: str, cell: str, value: object) -> None:
    assert value_of(field, cell) == value


CHINESE = [
    ["编号", "问题", "依据条款", "必含", "可回答"],
    ["甲", "怎么评副高？", "dalian:三/（九）", "10年 | 十年", "是"],
    ["", "", "", "", ""],
    ["乙", "今天天气？", "", "", "否"],
]
READ = [
    Case(
        id="甲",
        question="怎么评副高？",
        gold=(GoldClause(doc="dalian", clause="三/（九）"),),
        must_include=(("10年", "十年"),),
    ),
    Case(id="乙", question="今天天气？", answerable=False),
]


def csv_bytes(rows: list[list[str]], encoding: str) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_as_excel_writes_it_in_china_and_elsewhere(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "set.csv"
    file.write_bytes(csv_bytes(CHINESE, encoding))
    assert load_cases(file) == READ


def test_a_workbook_as_people_make_it_with_notes_beside_hidden_rows_and_truth_values(tmp_path: Path) -> None:
    book = Workbook()
    book.create_sheet("说明").append(["写给出题人"])
    sheet = book.create_sheet("题目")
    for row in [*CHINESE[:-1], [*CHINESE[-1][:-1], False]]:
        sheet.append([cell if cell != "" else None for cell in row])
    sheet.row_dimensions[4].hidden = True
    book.save(tmp_path / "set.xlsx")
    read = read_cases(tmp_path / "set.xlsx")
    assert list(read.cases) == READ
    assert read.warnings == (
        "有几个工作表（“Sheet”、“说明”、“题目”），只读“题目”",
        "工作表“题目” 第 4 行是隐藏的，也作为题目读入；不用的题目请删除",
    )


def test_a_written_workbook_is_text_throughout_so_that_excel_makes_no_dates_of_ids(tmp_path: Path) -> None:
    case = Case(id="1-2", question="=1+1?", answerable=False)
    sheet = load_workbook(write_cases(tmp_path / "set.xlsx", [case])).active
    assert sheet
    assert [cell.value for cell in sheet[1]][:3] == ["编号", "问题", "题型"]
    assert {(cell.data_type, cell.number_format) for cell in sheet[2] if cell.value} == {("s", "@")}
    assert sheet.column_dimensions["A"].number_format == "@"


def test_written_csv_bears_the_mark_by_which_excel_knows_utf_8(tmp_path: Path) -> None:
    assert write_cases(tmp_path / "set.csv", READ).read_bytes().startswith(codecs.BOM_UTF8 + b"id,question")


def test_a_workbook_is_read_to_its_end_whatever_it_says_of_its_size(tmp_path: Path) -> None:
    sound = ZipFile(write_cases(tmp_path / "sound.xlsx", READ))
    with ZipFile(tmp_path / "set.xlsx", "w") as archive:
        for name in sound.namelist():
            content = sound.read(name)
            archive.writestr(name, content.replace(b"<sheetData>", b'<dimension ref="A1:B2"/><sheetData>'))
    assert load_cases(tmp_path / "set.xlsx") == READ


def test_line_ends_that_excel_writes_as_code_are_line_ends(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active
    for row in (["id", "question", "gold"], ["a", "怎么评？", "dalian:三/（九）_x000D_\njilin:三"]):
        book.active.append(row)
    book.save(tmp_path / "set.xlsx")
    [case] = load_cases(tmp_path / "set.xlsx")
    assert [gold.clause for gold in case.gold] == ["三/（九）", "三"]


def test_a_cell_that_excel_would_cut_off_is_refused(tmp_path: Path) -> None:
    case = Case(id="long", question="长？", note="长" * 32_768, answerable=False)
    with pytest.raises(CaseError, match='题目 "long"：有一格超过 32,767 个字，Excel 放不下'):
        write_cases(tmp_path / "set.xlsx", [case])
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="无法写入"):
        write_cases(tmp_path / "nowhere" / "set.jsonl", READ)
