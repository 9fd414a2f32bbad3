"""Sets with mistakes: each is told with its place and a remedy, all in one pass, and nothing crashes."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from assistant.errors import QuestionError
from assistant.evaluation.sets import cases
from assistant.evaluation.sets.cases import CaseError, load_cases, read_cases, write_cases
from assistant.model import Question
from assistant.pipeline import check_question
from assistant.understanding import MAX_LENGTH
from index.store import ClauseStore

FOLDER = Path(__file__).parent / "cases" / "mistakes"
LINES = json.loads((FOLDER / "lines.json").read_text(encoding="utf-8"))
CELLS = json.loads((FOLDER / "cells.json").read_text(encoding="utf-8"))
SHIPPED = FOLDER.parent / "policies.jsonl"

GOLD = {"doc": "dalian", "clause": "三/（九）"}
SOUND = {"id": "sound", "question": "乡镇卫生院怎么评副高？", "gold": [GOLD]}
HEADER = ["编号", "question", "依据条款", "可回答", "依据要求", "对话", "必含", "地区", "note", ""]
ROW = {"编号": "sound", "question": "怎么评副高？", "依据条款": "dalian:三/（九）", "可回答": "是"}
TABLE_ROW = [ROW.get(heading, "") for heading in HEADER]

Fill = Callable[[Worksheet], object]


def problems(file: Path, store: ClauseStore | None = None) -> list[str]:
    with pytest.raises(CaseError) as caught:
        read_cases(file, store)
    return list(caught.value.problems)


def json_lines(file: Path, *lines: object) -> Path:
    texts = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    file.write_text("\n".join(texts), encoding="utf-8")
    return file


def csv_file(file: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    file.write_bytes(text.getvalue().encode(encoding))
    return file


def workbook(file: Path, rows: Sequence[Sequence[object]], *fills: Fill) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet
    sheet.title = "题目"
    for row in rows:
        sheet.append(row)
    for fill in fills:
        fill(sheet)
    book.save(file)
    return file


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


def zipped(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


OLE = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(500)
LINE = json.dumps(SOUND, ensure_ascii=False)
TABLE = "id,question,gold\na,怎么评？,dalian:三\n"
ENCODINGS = "不是 UTF-8、GB18030 编码；请另存为 UTF-8"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("missing.jsonl", None, "无法读取（No such file or directory）；请检查路径和权限"),
        ("set.json", b"[]", "不支持类型“.json”；请用 .jsonl、.csv 或 .xlsx 文件"),
        ("set.xls", OLE, "不支持类型“.xls”；请用 .jsonl、.csv 或 .xlsx 文件"),
        ("set.xlsm", b"PK", "不支持类型“.xlsm”；请用 .jsonl、.csv 或 .xlsx 文件"),
        ("blank.jsonl", b"\n \r\n", "没有题目；请每行写一道题"),
        ("empty.csv", b"", "没有题目；请每行写一道题"),
        ("header.csv", b"id,question\n", "没有题目；请每行写一道题"),
        ("gb.jsonl", LINE.encode("gb18030"), "第 1 行不是 UTF-8 编码；请另存为 UTF-8"),
        ("wide.jsonl", LINE.encode("utf-16"), "第 1 行不是 UTF-8 编码；请另存为 UTF-8"),
        ("deep.jsonl", b"[" * 90_000, '第 1 行：值 "[[['),
        ("long.jsonl", LINE.encode() + b" " * 200_000, "第 1 行：有 200,090 个字，超过上限 100,000 个字；请缩短"),
        ("mixed.csv", TABLE.encode() + "b,那吉林呢,".encode("gb18030"), f"第 3 行{ENCODINGS}"),
        ("big5.csv", b"id,question,gold\nb,\xa4\xa4\xfe\xfe,dalian:\xa4T\n", f"第 2 行{ENCODINGS}"),
        ("quote.csv", TABLE.encode() + b'b,"open,dalian', "第 3 行：引号没有配对"),
        ("text.xlsx", TABLE.encode(), "不是 Excel 文件，或已损坏；请在 Excel 里打开后另存为 .xlsx"),
        ("book.csv", zipped(a="b"), "内容是 Excel 文件；请把后缀改为 .xlsx"),
        ("letter.xlsx", zipped(**{"word/document.xml": "<a/>"}), "不是 Excel 文件，或已损坏"),
        ("macro.xlsx", zipped(**{"xl/vbaProject.bin": ""}), "文件含有宏；请另存为不含宏的 .xlsx"),
        ("bomb.xlsx", zipped(a=" " * 150_000_000), "文件展开后有 150,000,000 字节，超过上限 134,217,728 字节"),
        ("old.xlsx", OLE, "文件是旧版 Excel 格式（.xls）；请在 Excel 里打开后另存为 .xlsx"),
        (
            "locked.xlsx",
            OLE + "EncryptedPackage".encode("utf-16-le"),
            "文件有密码保护；请去掉密码后另存为 .xlsx",
        ),
    ],
)  # fmt: skip
def test_a_file_that_is_no_set_says_what_to_do(
    tmp_path: Path, name: str, content: bytes | None, expected: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    [problem] = problems(file)
    assert problem.startswith(expected)


def test_a_file_of_50_mb_is_refused_by_its_size(tmp_path: Path) -> None:
    file = tmp_path / "large.jsonl"
    with file.open("wb") as content:
        content.truncate(50_000_000)
    assert problems(file) == ["有 50,000,000 字节，超过上限 33,554,432 字节；请拆成几个文件"]


def test_a_folder_is_no_set(tmp_path: Path) -> None:
    folder = tmp_path / "set.jsonl"
    folder.mkdir()
    assert problems(folder) == ["不是文件；请检查路径"]


def test_too_many_questions_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "MAX_CASES", 2)
    file = json_lines(tmp_path / "set.jsonl", *(SOUND | {"id": str(number)} for number in range(3)))
    assert problems(file) == ["第 3 行：超过 2 道题，其余没有检查；请拆成几个文件"]


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


def test_the_message_names_the_file_and_lists_the_first_200_problems_one_a_line(tmp_path: Path) -> None:
    file = json_lines(
        tmp_path / "set.jsonl", *({**SOUND, "id": 7, "note": ["长" * 1000]} for _ in range(150))
    )
    with pytest.raises(CaseError) as caught:
        load_cases(file)
    first, *lines = str(caught.value).split("\n")
    assert first == f"题目文件“{file}”有 300 处错误："
    assert lines[0] == "第 1 行 id：值 7 不是字符串；请写成带引号的文字"
    assert (len(lines), lines[-1]) == (201, "……另有 100 处")
    assert max(map(len, lines)) < 100


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".xlsx"])
def test_no_damage_to_a_file_crashes_its_reading(tmp_path: Path, suffix: str) -> None:
    file = write_cases(tmp_path / f"set{suffix}", load_cases(SHIPPED)[:5])
    sound = file.read_bytes()

    @settings(max_examples=150, deadline=None)
    @given(st.integers(0, len(sound)), st.integers(0, 40), st.binary(max_size=40))
    def damaged(start: int, length: int, put: bytes) -> None:
        file.write_bytes(sound[:start] + put + sound[start + length :])
        with suppress(CaseError):
            read_cases(file)

    damaged()
