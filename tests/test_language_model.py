"""What an endpoint may reply, and what the caller gets: text as it comes, or an error that says what to do."""

from __future__ import annotations

import pytest

from assistant.chains.allowance import Allowance
from assistant.chains.endpoint import StructuredOutput
from assistant.chains.language_model import ModelError
from tests.model_endpoint import Reply, scripted_endpoint
from tests.model_requests import ANSWER, PROMPT, asked, model_at, outcome

SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}


def test_a_reply_comes_piece_by_piece() -> None:
    found, _ = asked(ANSWER)
    assert found.text == ANSWER
    assert len(found.pieces) > 2


def test_an_endpoint_that_is_not_there_is_named() -> None:
    with scripted_endpoint(ANSWER) as endpoint:
        model = model_at(endpoint)
    found = outcome(model)
    assert "连接不上" in found.error
    assert endpoint.url in found.error


def test_what_came_before_a_reset_is_kept() -> None:
    found, requests = asked(Reply(ANSWER, pause=0.05, finish=""))
    assert found.text
    assert ANSWER.startswith(found.text)
    assert "中途断开" in found.error
    assert requests == 1


@pytest.mark.parametrize("text", ["", "  \n", "<think>想了很久</think>\n", "<think>没有想完"])
def test_an_empty_reply_is_an_error(text: str) -> None:
    found, _ = asked(text)
    assert "没有写出任何文字" in found.error


def test_reasoning_that_takes_all_tokens_names_the_setting() -> None:
    found, _ = asked(Reply("<think>想了很久", finish="length"))
    assert "POLICY_LLM_MAX_TOKENS" in found.error


def test_a_refusal_is_an_error() -> None:
    found, _ = asked(Reply(deltas=({"refusal": "I cannot help with that."},)))
    assert "拒绝" in found.error
    assert "cannot help" not in found.error


def test_a_reply_that_a_filter_stops_is_an_error() -> None:
    found, _ = asked(Reply("聘期", finish="content_filter"))
    assert "内容审查" in found.error


@pytest.mark.parametrize("finish", ["tool_calls", "stop"])
def test_a_tool_call_that_nobody_asked_for_is_an_error(finish: str) -> None:
    call = {"index": 0, "id": "1", "type": "function", "function": {"name": "rm", "arguments": "{}"}}
    found, _ = asked(Reply(deltas=({"tool_calls": [call]},), finish=finish))
    assert "调用工具" in found.error


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        (Reply("<think>先看条款，\n再答</think>\n\n" + ANSWER), ANSWER),
        (Reply("\n<think></think>" + ANSWER), ANSWER),
        (Reply(deltas=tuple({"content": char} for char in f"<think>再答</think>{ANSWER}")), ANSWER),
        (Reply("<b>" + ANSWER), "<b>" + ANSWER),
        (Reply("<th"), "<th"),
        (Reply(ANSWER + "<think>不在开头</think>"), ANSWER + "<think>不在开头</think>"),
        (Reply(ANSWER, deltas=({"reasoning_content": "先看条款"}, {"content": None})), ANSWER),
    ],
)
def test_reasoning_is_not_shown(reply: Reply, shown: str) -> None:
    assert asked(reply)[0].text == shown


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, "密钥不对"), (402, "余额"), (403, "没有权限"), (404, "模型名不对"), (400, "被拒绝")],
)
def test_what_a_second_request_would_not_mend_is_asked_once(status: int, reason: str) -> None:
    found, requests = asked(status)
    assert reason in found.error
    assert requests == 1


@pytest.mark.parametrize(
    "body",
    [
        "<html>404</html>", "data: {坏的\n\n", "data: []\n\n", 'data: "机密"\n\n',
        'data: {"choices": [{}]}\n\n', "data: [DONE]\n\n", "data: " + "[" * 100_000 + "\n\n",
        'data: {"error": {"message": "机密的提示词"}}\n\n',
    ],
)  # fmt: skip
def test_what_is_no_reply_is_an_error(body: str) -> None:
    found, _ = asked(Reply(body=body))
    assert "没有给出回答" in found.error
    assert "机密" not in found.error
    assert not found.text


def test_structured_output_is_asked_for_as_strictly_as_the_endpoint_can() -> None:
    with scripted_endpoint("{}", refused_formats=("json_schema",)) as endpoint:
        model = model_at(endpoint)
        for prompt in ("一", "二"):
            list(model.stream(prompt, Allowance(20, 50), SCHEMA))
        assert endpoint.formats == ["json_schema", "json_object", "json_object"]
        assert model.structured_output is StructuredOutput.OBJECT


def test_a_reply_comes_where_no_structured_output_is_accepted() -> None:
    with scripted_endpoint("{}", refused_formats=("json_schema", "json_object")) as endpoint:
        model = model_at(endpoint)
        assert list(model.stream(PROMPT, Allowance(20, 50), SCHEMA)) == ["{}"]
        assert model.structured_output is StructuredOutput.NONE


def test_a_prompt_that_is_refused_in_any_case_changes_nothing() -> None:
    with scripted_endpoint(400) as endpoint:
        model = model_at(endpoint)
        with pytest.raises(ModelError, match="400"):
            list(model.stream(PROMPT, Allowance(20, 50), SCHEMA))
        assert model.structured_output is StructuredOutput.SCHEMA


def test_the_schema_goes_out_as_it_is() -> None:
    with scripted_endpoint("{}") as endpoint:
        list(model_at(endpoint).stream(PROMPT, Allowance(20, 50), SCHEMA))
        assert endpoint.requests[0]["response_format"]["json_schema"]["schema"] == SCHEMA
