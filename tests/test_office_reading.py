"""What is read out of PDF and text files, and what holds for every file that people upload."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.office.uploads import pasted
from corpus.model import Span
from tests import office_files as files
from tests.commands import PROJECT
from tests.office_files import places, upload

LONG = "全科医生的培养与使用激励机制是医疗卫生体制改革的重要内容"


def test_pdf_lines_are_joined_also_over_the_end_of_a_page(tmp_path: Path) -> None:
    first = ["关于全科医生的意见", f"一、{LONG}，", "各地应当落实。", f"（一）{LONG}", "— 1 —"]
    second = ["培养一批全科医生。", f"{LONG}{LONG[:3]}。", "二、附则", "2"]
    read = upload(files.saved(files.pdf([first, second])), tmp_path, "意见.pdf")
    assert read.text == (
        f"关于全科医生的意见\n一、{LONG}，各地应当落实。\n（一）{LONG}培养一批全科医生。\n{LONG}{LONG[:3]}。\n二、附则\n"
    )
    across = read.text.index("培养一批") - 5
    assert read.place_of(Span(across, across + 9)) == "第1页至第2页"


def test_a_pdf_that_only_guards_printing_is_read(tmp_path: Path) -> None:
    writer = files.pdf([["只限打印"]])
    writer.encrypt("", "owner", algorithm="AES-256")
    assert places(upload(files.saved(writer), tmp_path, "意见.pdf")) == [("第1页", "只限打印")]


def test_radicals_that_a_browser_prints_become_characters(tmp_path: Path) -> None:
    read = upload(files.saved(files.pdf([["⼤连市居⺠，成⻓", LONG, "⼀、总则"]])), tmp_path, "意见.pdf")
    assert read.text == f"大连市居民，成长\n{LONG}\n一、总则\n"


def test_radicals_copied_from_such_a_file_become_characters_too(tmp_path: Path) -> None:
    copied = "⼤连市居⺠，成⻓"
    reads = [
        upload(files.word(copied), tmp_path, "通知.docx"),
        upload(files.excel({"A1": copied}), tmp_path, "名单.xlsx"),
        upload(copied.encode(), tmp_path, "通知.txt"),
        pasted(copied),
    ]
    assert [read.text.strip() for read in reads] == ["大连市居民，成长"] * 4


def test_pages_without_text_are_told(tmp_path: Path) -> None:
    read = upload(files.saved(files.pdf([["第一页"], [], ["第三页"], []])), tmp_path, "意见.pdf")
    assert [place for place, _ in places(read)] == ["第1页", "第3页"]
    assert read.remarks == ("第2、4页没有文字（空白页或图片），没有读取",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_is_read_line_by_line_in_any_usual_encoding(encoding: str, tmp_path: Path) -> None:
    read = upload("第一条\r\n\n第二条".encode(encoding), tmp_path, "通知.TXT")
    assert read.text == "第一条\r\n\n第二条"
    assert read.place_of(Span(6, 9)) == "第3行"


def test_pasted_text_has_places_too() -> None:
    assert pasted("第一条\n第二条").place_of(Span(4, 7)) == "第2行"


@pytest.mark.parametrize("name", ["通知.docx", "名单.xlsx", "意见.pdf", "通知.txt"])
def test_reading_alters_and_keeps_nothing(name: str, tmp_path: Path) -> None:
    data = {
        ".docx": files.word("第一条"),
        ".xlsx": files.excel({"A1": "第一条"}),
        ".pdf": files.saved(files.pdf([["第一条"]])),
        ".txt": "第一条".encode(),
    }[Path(name).suffix]
    upload(data, tmp_path, name)
    assert hashlib.sha256((tmp_path / name).read_bytes()).digest() == hashlib.sha256(data).digest()
    assert [file.name for file in tmp_path.iterdir()] == [name]


def five_hundred_pages(suffix: str) -> bytes:
    pages = [[f"第{page}页。", *[f"{LONG}，"] * 28] for page in range(500)]
    return (
        files.saved(files.pdf(pages)) if suffix == ".pdf" else files.word(*("".join(page) for page in pages))
    )


@pytest.mark.parametrize("suffix", [".pdf", ".docx"])
def test_five_hundred_pages_take_little_memory(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"汇编{suffix}"
    file.write_bytes(five_hundred_pages(suffix))
    script = (
        "import re, sys; from pathlib import Path; from assistant.office.uploads import read_upload\n"
        "read = read_upload(Path(sys.argv[1]))\n"
        "peak = re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1]\n"
        "print(len(read.pieces), len(read.text), peak)"
    )
    done = subprocess.run([sys.executable, "-c", script, file], cwd=PROJECT, capture_output=True, check=True)
    pieces, characters, kilobytes = map(int, done.stdout.split())
    assert pieces == 500
    assert characters > 400_000
    assert kilobytes < 300_000
