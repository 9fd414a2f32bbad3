from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.kinds import holds_measures
from assistant.wording import Wording

WORDING = Wording.load()


def counts(**frequencies: int) -> Callable[[str], int]:
    return lambda word: frequencies.get(word, 0)


@pytest.mark.parametrize(
    ("said", "official"),
    [
        ("规培结束后怎么办", "住院医师规范化培训"),
        ("村医有编制吗", "乡村医生"),
        ("被公司炒鱿鱼了", "解除劳动合同"),
        ("房东不退押金", "出租人"),
    ],
)
def test_everyday_words_bring_the_official_ones(said: str, official: str) -> None:
    assert official in WORDING.official_terms(said, counts())


def test_what_is_official_already_brings_nothing() -> None:
    assert WORDING.official_terms("住院医师规范化培训要几年", counts()) == ()


@pytest.mark.parametrize(
    ("frequencies", "is_brought"),
    [
        ({"医生": 3, "医师": 900}, True),  # laws say 医师
        ({"医生": 57, "医师": 23}, False),  # policies on 全科医生 say 医生
        ({"医生": 57}, True),  # the corpus may write the term in a way that is no single token
    ],
)
def test_a_word_that_the_corpus_itself_prefers_brings_no_other(
    frequencies: dict[str, int], is_brought: bool
) -> None:
    assert ("医师" in WORDING.official_terms("医生能多点执业吗", counts(**frequencies))) is is_brought


def test_a_file_of_the_user_adds_words(tmp_path: Path) -> None:
    file = tmp_path / "terms.toml"
    file.write_text('[terms]\n"家庭病床" = ["上门床位"]\n', encoding="utf-8")
    assert "家庭病床" in Wording.load(file).official_terms("有上门床位吗", counts())
    assert "乡村医生" in Wording.load(file).official_terms("村医", counts())


@pytest.mark.parametrize(
    ("question", "text", "holds"),
    [
        ("结业考多少分算过", "考核合格的，颁发证书。", False),
        ("结业考多少分算过", "满分100分，60分为合格。", True),
        ("一个医生最多签几户", "每万名居民拥有2名全科医生", False),
        ("好几次没通过怎么办", "考核不合格的，延长培训。", True),  # 好几次 asks for no number
        ("怎么考核", "考核合格的，颁发证书。", True),
    ],
)
def test_a_clause_counts_in_the_measure_that_is_asked_for(question: str, text: str, holds: bool) -> None:
    assert holds_measures(question, text) is holds


@pytest.mark.parametrize(
    "content", ["terms = 3", 'terms = "abc"', '[terms]\n"家庭病床" = [""]', "[other]", "[terms"]
)
def test_a_file_of_another_form_is_refused_by_name(tmp_path: Path, content: str) -> None:
    file = tmp_path / "terms.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"terms\.toml"):
        Wording.load(file)
