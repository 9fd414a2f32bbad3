"""What can hold the answer that the form of a question asks for."""

from __future__ import annotations

import pytest

from assistant.kinds import Kind, can_hold, kinds_of

DURATIONS = [
    "提前三十日以书面形式通知",
    "每年至少检查一次",
    "应当立即报告",
    "保护期不受限制",
    "二十个工作日",
    "5年聘任期",
]
DATES = ["自2019年1月1日起施行", "十二月三十一日前报送", "到2020年底", "今日印发", "逐步提高", "实行日报制度"]


@pytest.mark.parametrize("question", ["辞职要提前多久通知公司？", "培训多长时间？", "how long is the term?"])
def test_a_question_for_a_duration_needs_no_unit(question: str) -> None:
    assert kinds_of(question) == (Kind.DURATION,)


@pytest.mark.parametrize(
    ("text", "holds"), [*((text, True) for text in DURATIONS), *((text, False) for text in DATES)]
)
def test_a_date_is_no_duration(text: str, holds: bool) -> None:
    assert can_hold(Kind.DURATION, text) == holds
