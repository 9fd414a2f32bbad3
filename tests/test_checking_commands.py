"""The command ``check``: verdicts for people and as JSON, and what it cannot check."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.__main__ import main
from tests.commands import PROJECT, Ran
from tests.office_files import excel, word

WRONG = "根据大连意见（十四），“每2年对全市乡村医生开展一次不少于120学时的系统性培训”。"
RIGHT = "按大连意见第二十一条，“各项补助经费专款专用，不得截留、挪用、挤占”。"


def check(capfd: pytest.CaptureFixture[str], data: Path, *arguments: object) -> Ran:
    capfd.readouterr()
    status = main(["check", "--data", str(data), *map(str, arguments)])
    return Ran(status, *capfd.readouterr())


def test_a_wrong_quotation_is_told_with_its_difference(
    data_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = check(
        capfd, data_folder, "根据大连意见（十四），“开展一次不少于120学时的理论与实践相结合的系统性培训”。"
    )
    assert ran.status == 1
    for part in ("有出入", "四、（十四）", "原文“100学时”，引文“120学时”", "共 2 处引文和引用，1 处有问题"):
        assert part in ran.out


def test_json_is_what_scripts_rely_on(data_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = "根据大连意见（十四），“开展一次不少于120学时的理论与实践相结合的系统性培训”。"
    ran = check(capfd, data_folder, "--json", text)
    reference, quote = ran.json["items"]
    assert (reference["kind"], reference["verdict"], reference["clause"]) == (
        "reference",
        "exact",
        "dalian:四/（十四）",
    )
    assert (quote["kind"], quote["verdict"], quote["clause"]) == ("quote", "near", "dalian:四/（十四）")
    assert [(d["source"], d["given"], d["kind"]) for d in quote["differences"]] == [
        ("100学时", "120学时", "number")
    ]
    assert text[quote["start"] : quote["end"]] == quote["text"]


def test_a_right_text_is_done(data_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert check(capfd, data_folder, RIGHT).status == 0
    assert all(
        item["verdict"] == "exact" for item in check(capfd, data_folder, "--json", RIGHT).json["items"]
    )


@pytest.mark.parametrize(
    ("text", "is_narrated"),
    [
        (RIGHT, False),
        (RIGHT.replace("按大连意见第二十一条", "依照大连意见第二十一条的有关规定"), False),
        ("全科医生的培训见大连意见（十四）。", True),
        (f"{RIGHT}大连意见（十七）规定，全科医生都可以直接取得副高级职称。", True),
        (f"大连意见（十七）规定：全科医生月薪一律翻番，由市财政列支。{RIGHT}", True),
    ],
)
def test_the_sum_says_how_far_words_without_quotation_marks_were_compared(
    data_folder: Path, capfd: pytest.CaptureFixture[str], text: str, is_narrated: bool
) -> None:
    ran = check(capfd, data_folder, text)
    assert "处引文和引用，全部一致。" in ran.out
    assert ("没有加引号的叙述只与所引条款核对了数字和否定词" in ran.out) is is_narrated


def test_a_file_is_checked_with_its_places(
    data_folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "通知.txt"
    file.write_text(f"通知\n{RIGHT}\n{WRONG}\n", encoding="gb18030")
    ran = check(capfd, data_folder, "--json", "--file", file)
    assert ran.status == 1
    assert [item["place"] for item in ran.json["items"]] == ["第2行", "第2行", "第3行", "第3行"]
    assert [item["verdict"] for item in ran.json["items"][:3]] == ["exact"] * 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([" \n"], "要核对的文字是空的"),
        (["\udce9"], "无法识别的字符"),
        ([], "要核对的文字是空的"),
        (["--file", "没有.txt"], "没有.txt"),
        (["文字", "--file", "a.txt"], "不能与"),
    ],
)
def test_bad_input_is_one_clear_line(
    data_folder: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    ran = check(capfd, data_folder, *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert told in ran.err
    assert ran.err.count("\n") == 1


def test_no_model_is_loaded_for_it(data_folder: Path) -> None:
    code = (
        "import sys; from assistant.__main__ import main; main(sys.argv[1:]);"
        "print(sorted({'torch', 'transformers', 'chromadb', 'gradio'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, "check", RIGHT, "--data", str(data_folder)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "[]"


JILIN = "城乡每万名居民拥有5名合格的全科医生"


@pytest.mark.parametrize("marks", ["“{}”", "{}"])
def test_what_stands_beside_or_below_a_reference_in_a_file_is_its_quotation(
    data_folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], marks: str
) -> None:
    quoted = marks.format(JILIN)
    (tmp_path / "表.xlsx").write_bytes(excel({"A2": "大连意见（十七）", "B2": quoted}))
    (tmp_path / "文.docx").write_bytes(word("大连意见（十七）", quoted))
    for name in ("表.xlsx", "文.docx"):
        reference, quote = check(capfd, data_folder, "--json", "--file", tmp_path / name).json["items"]
        assert (reference["text"], reference["verdict"]) == ("大连意见（十七）", "exact")
        assert (quote["text"], quote["verdict"]) == (JILIN, "wrong_reference")
        assert (quote["clause"], quote["claimed"]) == ("jilin:三", "dalian:五/（十七）")


def test_references_may_stand_behind_their_quotations_in_a_table(
    data_folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rows = [("引文", "依据"), ("转正定级时的薪级工资高定一级", "大连意见（八）"), (JILIN, "大连意见（十七）")]
    cells = {f"{'AB'[column]}{row}": own[column] for row, own in enumerate(rows, 1) for column in (0, 1)}
    (tmp_path / "表.xlsx").write_bytes(excel(cells))
    items = check(capfd, data_folder, "--json", "--file", tmp_path / "表.xlsx").json["items"]
    assert [(item["place"][-2:], item["verdict"]) for item in items] == [
        ("A2", "exact"),
        ("B2", "exact"),
        ("A3", "wrong_reference"),
        ("B3", "exact"),
    ]


@pytest.mark.parametrize("text", [" \n\t\n", "\u3000\n\u3000", "\ufeff \n"])
def test_a_file_of_white_space_is_told_to_have_no_text(
    data_folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "空.txt").write_text(text, encoding="utf-8")
    ran = check(capfd, data_folder, "--file", tmp_path / "空.txt")
    assert (ran.status, ran.out) == (2, "")
    assert "空.txt" in ran.err
    assert "请检查是否选对了文件" in ran.err


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("根据大连意见（十四）开展培训", ["大连意见（十四）"]),
        ("参照吉林省的实施方案第十二条、第十三条执行", ["吉林省的实施方案第十二条", "第十三条"]),
        ("按《大连意见》（以下简称《意见》），依《意见》（八）", ["《大连意见》", "《意见》（八）"]),
        ("按吉林方案的要求，第十二条应当落实", ["第十二条"]),
    ],
)
def test_a_reference_is_shown_as_it_is_written(
    data_folder: Path, capfd: pytest.CaptureFixture[str], text: str, shown: list[str]
) -> None:
    items = check(capfd, data_folder, "--json", text).json["items"]
    assert [item["text"] for item in items] == shown
    assert [text[item["start"] : item["end"]] for item in items] == shown
