import pytest

from index.spelling import Homophones
from index.tokens import Tokenizer

CORPUS = ["牵头", "助理", "方式", "部门", "鼓励", "轮换", "全科", "乡镇", "聘任", "我市", "委派"]


@pytest.fixture(scope="module")
def homophones() -> Homophones:
    tokenizer = Tokenizer()
    return Homophones(CORPUS, tokenizer.segment, tokenizer.is_word)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("是谁签头、谁配合", "是谁牵头、谁配合"),
        ("医保支付方试改革", "医保支付方式改革"),
        ("大连股励社会力量办全科诊所", "大连鼓励社会力量办全科诊所"),
        ("引进的全课人才", "引进的全科人才"),
        ("我是基层全科，想评高级", "我是基层全科，想评高级"),  # 我市 sounds alike, but 是 is a word
        ("单位派我去规培", "单位派我去规培"),  # 委派 sounds like 位派, but 位 belongs to 单位
        ("English text 123", "English text 123"),
        ("", ""),
    ],
)
def test_unknown_runs_become_the_word_that_they_sound_like(
    homophones: Homophones, written: str, meant: str
) -> None:
    assert homophones.corrected(written) == meant


def test_what_the_corpus_writes_itself_is_no_misspelling() -> None:
    tokenizer = Tokenizer()
    corpus = ["保利", "合同"]
    assert Homophones(corpus, tokenizer.segment, tokenizer.is_word).corrected("保理合同") == "保利合同"
    corpus = ["保利", "合同", "保理", "理合"]
    assert Homophones(corpus, tokenizer.segment, tokenizer.is_word).corrected("保理合同") == "保理合同"
