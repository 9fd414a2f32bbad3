"""The line before a quote: what it answers in short, and nothing where that needs a choice."""

import pytest

from assistant.kinds import kinds_of
from assistant.leads import lead
from assistant.understanding import Query
from index.normalize import normalize_for_search
from index.tokens import Tokenizer

SEGMENT = Tokenizer().segment
TEN_YEARS = "取得中级职称后在贫困县农村基层连续工作满10年的，可直接取得副高级职称。"
TRAINING = "每2年对全市乡村医生开展一次不少于100学时的系统性培训；（责任单位：市卫生计生委）"
BODIES = "深入开展转岗培训。（牵头单位：市卫生计生委；配合单位：市财政局、市人社局）"


def told(question: str, quote: str) -> tuple[str, tuple[str, ...]]:
    text = normalize_for_search(question)
    found = lead(Query(text=text, asked=text, focus=text, kinds=kinds_of(text)), quote, SEGMENT)
    return (found.text, found.asked) if found else ("", ())


@pytest.mark.parametrize(
    ("question", "outcome"),
    [
        ("我在贫困县工作了8年，能直接拿副高吗？", "原文要求“满10年”，提问中的“8年”未达到年限。"),
        ("我干了十二年，可以直接评副高吗？", ""),  # the rule may not count all of them
        ("工作8年能直接拿副高吗？", "原文要求“满10年”，提问中的“8年”未达到年限。"),
        ("我今年58岁，还有2年退休，能直接拿副高吗？", ""),  # years of something else
        ("我干了8个月，能直接拿副高吗？", ""),  # another unit
        ("我干了不到10年，能直接拿副高吗？", ""),
        ("单位要求我干8年，能直接拿副高吗？", ""),  # not yet served
        ("再工作2年能直接拿副高吗？", ""),
    ],
)
def test_the_askers_years_of_service_beside_the_minimum(question: str, outcome: str) -> None:
    assert told(question, TEN_YEARS)[0] == outcome


def test_a_lead_says_what_it_repeats_of_the_question() -> None:
    assert told("我在贫困县工作了8年，能直接拿副高吗？", TEN_YEARS)[1] == ("8年",)


def test_a_figure_that_is_no_length_of_service_is_not_compared() -> None:
    assert told("我做了8年村医，要参加培训吗？", TRAINING) == ("", ())


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("转岗培训由哪个部门牵头？", "牵头单位：市卫生计生委。"),
        ("转岗培训有哪几个配合单位？", "配合单位：市财政局、市人社局。"),
        ("转岗培训由谁负责？", "牵头单位：市卫生计生委；配合单位：市财政局、市人社局。"),
        ("转岗培训是怎么开展的？", ""),
        ("转岗培训由谁负责，是哪一条？", ""),  # the clause is asked for
    ],
)
def test_bodies_as_far_as_they_are_asked_for(question: str, answer: str) -> None:
    assert told(question, BODIES)[0] == answer


@pytest.mark.parametrize(
    ("question", "quote", "answer"),
    [
        ("特岗计划的资金由谁承担？", "特岗计划所需资金由市、县财政共同承担。", "由市、县财政共同承担。"),
        ("轮换时间由谁定？", "年度考核由卫生院负责，培训考核由培训基地负责。", ""),
        ("到哪一年取得进展？", "力争到2020年取得实质性进展。", "到2020年。"),
        ("哪个月底前取得进展？", "力争2018年 月底前取得实质性进展。", ""),  # the month is not filled in
        ("到哪一年取得进展？", "自2018年起试点，到2020年取得进展。", ""),
    ],
)
def test_a_body_or_a_date_only_where_there_is_one(question: str, quote: str, answer: str) -> None:
    assert told(question, quote)[0] == answer
