"""What a question is understood to ask: places, kind of answer, references, and what a follow-up takes over."""

import json
from pathlib import Path

import pytest

from assistant.model import Question, Turn
from assistant.pipeline import PolicyAssistant

CASES = json.loads((Path(__file__).parent / "cases" / "understanding.json").read_text(encoding="utf-8"))


def question_of(case: dict) -> Question:
    history = tuple(Turn("user", text) for text in case.get("history", []))
    return Question(case["question"], case.get("region", ""), history)


def name_of(case: dict) -> str:
    return " > ".join([*case.get("history", []), case["question"]]) + f" {case.get('region', '')}"


@pytest.mark.parametrize("case", CASES, ids=map(name_of, CASES))
def test_a_question_is_understood(assistant: PolicyAssistant, case: dict) -> None:
    query, _ = assistant.search(question_of(case))
    assert [place.name for place in query.places] == case.get("places", [])
    if "kinds" in case:
        assert sorted(query.kinds) == case["kinds"]
    if "years" in case:
        assert list(query.years) == case["years"]
    wanted = case.get("references", [])
    assert len(query.references) == len(wanted)
    for found, reference in zip(query.references, wanted, strict=True):
        assert found.number == reference.get("number", "")
        assert found.title == reference.get("title", "")
        assert [part.number for part in found.parts] == reference["parts"]
        assert found.paragraph == reference.get("paragraph", 0)
    assert case.get("context", "") in query.context
    assert query.is_follow_up == bool(case.get("history"))


@pytest.mark.parametrize(
    "text",
    [
        "２０２０年大連市每萬人口要有幾名全科醫生？",
        "  特岗　聘期\n几年？ ",
        "<b>特岗</b>聘期几年？",
        "ＧＰ contract IN Dalian?",
    ],
)
def test_what_the_user_wrote_is_shown_as_it_was_written(assistant: PolicyAssistant, text: str) -> None:
    assert assistant.answer(Question(text)).question == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("大連市特崗聘期幾年？", "大连市特岗聘期几年？"),
        ("２０２０年每万人口几名全科医生？", "2020年每万人口几名全科医生？"),
        ("大连 特岗 聘期 几年?", "大连　特岗　聘期　几年？"),
    ],
)
def test_spelling_makes_no_difference(assistant: PolicyAssistant, one: str, other: str) -> None:
    assert assistant.search(Question(one))[0] == assistant.search(Question(other))[0]
