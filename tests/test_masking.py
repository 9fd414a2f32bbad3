"""Personal data in what people write is hidden; dates, document numbers and amounts stay."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.masking import PersonalData, find_personal_data, mask

CASES = json.loads((Path(__file__).parent / "cases" / "masking.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_personal_data_is_masked_and_nothing_else(case: dict[str, str]) -> None:
    assert mask(case["text"]) == case["masked"]


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_masking_twice_changes_nothing(case: dict[str, str]) -> None:
    assert mask(mask(case["text"])) == mask(case["text"])


def test_a_finding_says_what_stands_where() -> None:
    text = "我叫王某，电话１３８ ００１３ ８０００，邮箱 w@163.com"
    findings = find_personal_data(text)
    assert [(f.kind, text[f.span.start : f.span.end]) for f in findings] == [
        (PersonalData.PHONE, "１３８ ００１３ ８０００"),
        (PersonalData.EMAIL, "w@163.com"),
    ]


@given(
    st.sampled_from(["13800138000", "21021119800101123X", "6222021234567890128", "w@163.com"]),
    st.text("我你，。 \n（）年a", max_size=8),
    st.text("我你，。 \n（）年", max_size=8),
)
def test_what_stands_around_it_hides_no_number(number: str, before: str, after: str) -> None:
    assert number not in mask(f"{before}{number}{after}")


@pytest.mark.parametrize("text", ["1 " * 10_000, "1" * 20_000, "a." * 10_000, "0411-" * 4_000, "+1" * 10_000])
def test_a_long_text_of_any_kind_takes_no_time(text: str) -> None:
    begin = time.process_time()
    mask(text)
    assert time.process_time() - begin < 2
