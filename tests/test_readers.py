from pathlib import Path

import pytest

from corpus.errors import UnreadableSourceError
from corpus.library import find_sources
from corpus.readers import read_text

TEXT = "一、总体要求\r\n到2020年，每万名居民拥有3名以上全科医生，鼓励“县管乡用”。\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_reads_the_encodings_of_chinese_offices(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "政策.txt"
    file.write_bytes(TEXT.encode(encoding))
    assert read_text(file) == TEXT


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "是空的"),
        (b" \r\n\t ", "是空的"),
        (b"\xef\xbb\xbf", "是空的"),
        (b"%PDF-1.7\x00\x01\x02\xff\xfe\x00", "不是文本"),
        (bytes(range(256)) * 8, "不是文本"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(200, 256)) * 40, "不是文本"),
    ],
)
def test_what_is_no_text_is_refused_by_name(tmp_path: Path, data: bytes, reason: str) -> None:
    file = tmp_path / "附表.txt"
    file.write_bytes(data)
    with pytest.raises(UnreadableSourceError, match=rf"附表\.txt.*{reason}.*；请"):
        read_text(file)


def test_a_missing_path_is_named() -> None:
    with pytest.raises(UnreadableSourceError, match="“没有这个文件夹”不存在；请"):
        find_sources([Path("没有这个文件夹")])


def test_a_folder_without_texts_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSourceError, match=r"没有 \.txt"):
        find_sources([tmp_path])


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "意见.txt").write_text("一、总则", encoding="utf-8")
    with pytest.raises(UnreadableSourceError, match="来源名“意见”重复"):
        find_sources([tmp_path / "a", tmp_path / "b"])


def test_source_ids_are_paths_below_the_folder(tmp_path: Path) -> None:
    (tmp_path / "民法典").mkdir()
    (tmp_path / "民法典" / "总则.md").write_text("第一条 本法。", encoding="utf-8")
    (tmp_path / "dalian.txt").write_text("一、总则", encoding="utf-8")
    assert [source.id for source in find_sources([tmp_path])] == ["dalian", "民法典/总则"]
