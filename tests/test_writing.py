"""Answers in a model's words, whatever the model does: checked statements, or the answer made of quotes."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assistant.chains.errors import AnswerCancelled
from assistant.model import Answer, Question, StepKind, Timings, Turn
from assistant.pipeline import PolicyAssistant
from assistant.rendering import load_words, render_answer
from tests.written_answers import KEY, assert_sound, own_statements, question, statements, writing

CASES = json.loads((Path(__file__).parent / "cases" / "model_replies.json").read_text(encoding="utf-8"))
WORDS = load_words()["zh"]
TERM = "大连的全科医生特岗计划，聘期是几年？"
LANGUAGES = "职称评审对外语有要求吗"
FIVE_YEARS = ["特岗全科医生的聘任期为5年。", [["E1", "5年聘任期内"]]]
BUDGET = 10
"""Seconds that an answer may take at most, though a model never answers: its time is less in each such case."""


def told(answer: Answer) -> Answer:
    """An answer without what a model left of its work."""
    return replace(answer, timings_ms=Timings(), notice="", steps=())


@pytest.fixture(scope="module")
def quotes_alone(assistant: PolicyAssistant) -> Callable[[Question], Answer]:
    """The answer that is made without a model."""
    return cache(assistant.answer)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_only_what_holds_is_shown(
    case: dict[str, Any], assistant: PolicyAssistant, quotes_alone: Callable[[Question], Answer]
) -> None:
    asked = question(case)
    quotes = quotes_alone(asked)
    with writing(assistant.index, case["replies"], **case.get("settings", {})) as (writer, endpoint):
        begin = time.monotonic()
        answer = writer.answer(asked)
        assert time.monotonic() - begin < BUDGET
    assert_sound(answer, assistant)
    assert own_statements(answer, quotes) == case["written"]
    if case["written"]:
        assert (answer.written_by, answer.notice) == ("scripted", "")
    else:
        assert told(answer) == told(quotes)
        assert answer.notice
    assert len(endpoint.requests) == case.get("requests", len(endpoint.requests))
    assert_steps(answer, case.get("steps"))
    assert_page(answer, quotes)


def assert_steps(answer: Answer, steps: list[list[str]] | None) -> None:
    """The steps are of these kinds, and each tells this word."""
    if steps is not None:
        assert [step.kind for step in answer.steps] == [kind for kind, _ in steps]
        assert all(
            word in step.text + step.reason for step, (_, word) in zip(answer.steps, steps, strict=True)
        )


def assert_page(answer: Answer, quotes: Answer) -> None:
    """Places with their statuses and the notice are as ever, and nothing could run or be fetched."""
    html, quoted = (render_answer(shown, WORDS) for shown in (answer, quotes))
    assert re.findall("<h3>(.*?)</h3>", html) == re.findall("<h3>(.*?)</h3>", quoted)
    assert WORDS["disclaimer"] in html
    assert not re.search(r"<(?:script|img|a )|Traceback", html)


def test_a_statement_is_shown_before_the_reply_ends(assistant: PolicyAssistant) -> None:
    endless = {
        "text": statements([FIVE_YEARS]).partition("]}]")[0] + "]}, ",
        "is_endless": True,
        "pause": 0.002,
    }
    with writing(assistant.index, [endless]) as (writer, endpoint):
        answers = writer.stream(Question(TERM))
        first = next(answers)
        assert [claim.text for claim in first.claims] == ["特岗全科医生的聘任期为5年。"]
        assert_sound(first, assistant)
        answers.close()
        assert endpoint.was_left.wait(2)


def test_an_answer_only_grows_and_a_draft_stands_last(assistant: PolicyAssistant) -> None:
    told_both = [
        ["在吉林省，基层全科医生参加中级职称考试时，外语成绩不作为申报条件。", [["E1", "外语成绩"]]],
        ["基层全科医生申报高级职称时，外语成绩不作为申报条件。", [["E2", "外语成绩"]]],
    ]
    with writing(assistant.index, [{"claims": told_both}]) as (writer, _):
        answers = list(writer.stream(Question(LANGUAGES)))
    assert [[claim.region for claim in answer.claims] for answer in answers] == [
        ["吉林省"],
        ["大连市", "吉林省"],
        ["大连市", "吉林省"],
    ]
    for answer in answers:
        assert_sound(answer, assistant)


def test_what_is_shown_keeps_its_numbers_when_quotes_fill_up(assistant: PolicyAssistant) -> None:
    about_dalian = ["基层全科医生申报高级职称时，外语成绩不作为申报条件。", [["E2", "外语成绩"]]]
    with writing(assistant.index, [{"claims": [about_dalian]}]) as (writer, _):
        first, *_, whole = writer.stream(Question(LANGUAGES))
    assert whole.claims[: len(first.claims)] == first.claims
    assert whole.citations[: len(first.citations)] == first.citations
    assert {claim.region for claim in whole.claims} == {"大连市", "吉林省"}


def test_who_stops_gets_no_further_answer(assistant: PolicyAssistant) -> None:
    with writing(assistant.index, [{"delay": 30}], llm_timeout=60) as (writer, endpoint):
        allowance = writer.allowance()
        allowance.cancel()
        with pytest.raises(AnswerCancelled):
            list(writer.stream(Question(TERM), allowance))
        assert not endpoint.requests


@pytest.mark.parametrize(
    "text",
    [
        "大连市和吉林省的特岗聘期有什么不同？", "大政办发〔2018〕159号第十七条怎么说？", "吉林方案第12条",
        "大连的意见由谁发布？文号是多少", "今天天气怎么样？", "沈阳的全科医生怎么评副高？",
    ],
)  # fmt: skip
def test_the_model_is_not_asked_for_what_its_words_could_not_better(
    text: str, assistant: PolicyAssistant
) -> None:
    with writing(assistant.index, ["我来回答"]) as (writer, endpoint):
        assert told(writer.answer(Question(text))) == told(assistant.answer(Question(text)))
        assert not endpoint.requests


def test_the_model_sees_labels_places_statuses_and_texts_and_nothing_else(assistant: PolicyAssistant) -> None:
    replies = [{"claims": [["聘期10年。", [["E1", ""]]]], "missing": "乡村医生培训"}]
    earlier = (Turn("user", "我是全科医生"), Turn("assistant", "聘期为5年。〔五、（十六）〕[1]"))
    with writing(assistant.index, replies) as (writer, endpoint):
        answer = writer.answer(Question(LANGUAGES, history=earlier))
    assert len(endpoint.prompts) == 3
    assert '<证据 编号="E1" 地区="吉林省" 状态="征求意见稿">' in endpoint.prompts[0]
    assert "<对话>\n我是全科医生\n</对话>" in endpoint.prompts[0]
    for prompt in endpoint.prompts:
        assert not re.search(r"(?:dalian|jilin):|https?:|\.txt|大政办发〔2018〕159号|聘期为5年", prompt)
        assert not any(citation.clause in prompt for citation in answer.citations)
        assert KEY not in prompt


def test_the_model_reads_the_question_as_it_was_understood(assistant: PolicyAssistant) -> None:
    with writing(assistant.index, [""]) as (writer, endpoint):
        writer.answer(Question("大连全课医生特岗计划聘期几年"))
        writer.answer(Question("大连特岗全科医生聘期几年？"))
    misspelt, *_, plain = endpoint.prompts
    assert "大连全科医生特岗计划聘期几年" in misspelt
    assert "全课" not in misspelt
    assert "大连特岗全科医生聘期几年？" in plain


def test_personal_data_stays_on_the_machine(assistant: PolicyAssistant) -> None:
    said = "我叫王某，身份证 210204198503071234，电话１３８-0013-8000，邮箱 a.b@example.com。"
    for text, history in ((said + TERM, ()), (TERM, (said,)), ("那工资谁出？" + said, (TERM,))):
        asked = Question(text, history=tuple(Turn("user", turn) for turn in history))
        with writing(assistant.index, [{"claims": [], "missing": said}]) as (writer, endpoint):
            writer.answer(asked)
        sent = json.dumps(endpoint.requests, ensure_ascii=False)
        assert "〔身份证号〕" in sent
        for secret in ("210204198503071234", "0013", "８０００", "8000", "example.com"):
            assert secret not in sent


REWRITTEN = {
    "a whole question": ("大连的全科医生特岗计划，聘期是几年？", True),
    "in quotation marks": ("“大连的全科医生特岗计划，聘期是几年？”", True),
    "about another place": ("吉林的全科医生特岗计划，聘期是几年？", False),
    "about no place": ("全科医生特岗计划，聘期是几年？", False),
    "about two places": ("大连和吉林的全科医生特岗计划，聘期是几年？", False),
    "no question but a text": ("好的。\n大连的全科医生特岗计划，聘期是几年？", False),
    "too long": ("大连的全科医生特岗计划，聘期是几年？" * 20, False),
    "about something else": ("大连今天天气怎么样？", False),
}


@pytest.mark.parametrize(("rewritten", "is_used"), REWRITTEN.values(), ids=REWRITTEN.keys())
def test_a_follow_up_is_put_anew_where_the_rules_find_nothing(
    rewritten: str, is_used: bool, assistant: PolicyAssistant
) -> None:
    asked = Question("签了那个要干多久？", history=(Turn("user", "我表弟是学医的，大连的"),))
    assert not assistant.answer(asked).claims
    with writing(assistant.index, [rewritten, {"claims": [FIVE_YEARS]}]) as (writer, endpoint):
        answer = writer.answer(asked)
    assert_sound(answer, assistant)
    assert answer.question == asked.text
    if is_used:
        assert [claim.text for claim in answer.claims] == ["特岗全科医生的聘任期为5年。"]
        assert answer.steps[0].kind is StepKind.REWRITTEN
    else:
        assert told(answer) == told(assistant.answer(asked))
        assert len(endpoint.requests) == 1


def test_a_place_without_documents_is_not_rewritten_away(assistant: PolicyAssistant) -> None:
    asked = Question(
        "那边的呢？", history=(Turn("user", "大连的聘期？"), Turn("user", "北京的特岗全科医生聘期几年？"))
    )
    with writing(assistant.index, [TERM, {"claims": [FIVE_YEARS]}]) as (writer, _):
        assert told(writer.answer(asked)) == told(assistant.answer(asked))


def test_a_follow_up_that_the_rules_understand_is_not_put_anew(assistant: PolicyAssistant) -> None:
    asked = Question("那吉林呢？", history=(Turn("user", LANGUAGES),))
    with writing(assistant.index, [{"claims": []}]) as (writer, endpoint):
        answer = writer.answer(asked)
    assert len(endpoint.requests) == 1
    assert '编号="E1" 地区="吉林省"' in endpoint.prompts[0]
    assert StepKind.REWRITTEN not in {step.kind for step in answer.steps}
