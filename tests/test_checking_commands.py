"""The command ``check``: verdicts for people and as JSON, and what it cannot check."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.__main__ import main
from tests.commands import PROJECT, Ran

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
    for part in ("有出入", "四、（十四）", "原文“100学时”，引文“120学时”", "共 2 处，1 处有问题"):
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
