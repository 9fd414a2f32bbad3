"""Files that are no set of questions, or more than one may hold: each says what to do, and nothing crashes."""

import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.evaluation.sets import cases
from assistant.evaluation.sets.cases import CaseError, load_cases, read_cases, write_cases
from tests.case_files import SOUND, json_lines, problems
from tests.commands import PROJECT

SHIPPED = PROJECT / "tests" / "cases" / "policies.jsonl"


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
