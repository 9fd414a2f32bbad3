import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import DictionaryError
from index.normalize import normalize_for_search
from index.tokens import DICTIONARY, Tokenizer

TOKENIZE = Tokenizer()


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("鄉鎮衛生院的全科醫生", "乡镇卫生院的全科医生"),
        ("２０１８年ＧＰ", "2018年gp"),
        ("國辦發〔２０１８〕３號", "国办发〔2018〕3号"),
        ("著作權與乾隆", "著作权与乾隆"),
    ],
)
def test_width_case_and_script_do_not_matter(written: str, searched: str) -> None:
    assert normalize_for_search(written) == searched
    assert TOKENIZE(written) == TOKENIZE(searched)


def test_policy_terms_are_words_and_so_are_their_parts() -> None:
    tokens = TOKENIZE("经住院医师规范化培训合格的乡镇卫生院医生")
    assert {"住院医师规范化培训", "规范化", "培训", "乡镇卫生院", "卫生院", "医生"} <= set(tokens)


def test_pairs_of_characters_find_what_words_would_miss() -> None:
    assert "基编" in TOKENIZE("县级医基编办")
    assert "基编" in TOKENIZE("医基编")


def test_numbers_and_latin_words_stay_whole() -> None:
    assert TOKENIZE("每2年100学时、50.5%（GP2）") == ["每", "2", "年", "100", "学时", "学时", "50.5%", "gp2"]


def test_punctuation_and_blanks_are_no_tokens() -> None:
    assert TOKENIZE("，。；（）《》 \n\t——") == []


def test_users_add_words_of_their_own(tmp_path: Path) -> None:
    words = tmp_path / "mine.txt"
    words.write_text("# our own\n连创连贷  # scheme\n\n", encoding="utf-8")
    own = Tokenizer(words)
    assert "连创连贷" in own("申请连创连贷的条件")
    assert "连创连贷" not in TOKENIZE("申请连创连贷的条件")
    assert own.digest != TOKENIZE.digest


def test_digest_names_the_dictionary_and_is_stable() -> None:
    assert Tokenizer().digest == TOKENIZE.digest


@pytest.mark.parametrize(
    ("content", "named"),
    [("两个 词".encode(), "第 1 行"), ("词".encode("utf-16"), "UTF-8"), (None, "mine.txt")],
)
def test_a_faulty_dictionary_is_named(tmp_path: Path, content: bytes | None, named: str) -> None:
    file = tmp_path / "mine.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(DictionaryError, match=named):
        Tokenizer(file)


def test_the_shipped_dictionary_has_no_word_twice() -> None:
    lines = DICTIONARY.read_text(encoding="utf-8").splitlines()
    words = [line for line in lines if line and not line.startswith("#")]
    assert len(words) == len(set(words)) > 150


def test_segmenting_prints_nothing() -> None:
    program = "from index.tokens import Tokenizer; Tokenizer()('全科医生')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, cwd=Path.cwd())
    assert (done.stdout, done.stderr) == (b"", b"")
