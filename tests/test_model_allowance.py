"""Time, tokens and patience of an answer hold whatever the endpoint does, and stopping it ends the request."""

from __future__ import annotations

import contextlib
import threading
import time
from email.utils import formatdate

import pytest

from assistant.chains.allowance import Allowance
from assistant.chains.errors import AnswerCancelled
from assistant.chains.language_model import LanguageModel, ModelError
from tests.model_endpoint import Reply, scripted_endpoint
from tests.model_requests import ANSWER, PROMPT, SLOW, SOON, asked, cancelled_after, model_at, outcome


def test_the_first_piece_does_not_wait_for_the_last() -> None:
    with scripted_endpoint(Reply(ANSWER * 20, pause=0.5)) as endpoint:
        pieces = model_at(endpoint).stream(PROMPT, Allowance(60, 500))
        start = time.monotonic()
        assert ANSWER.startswith(next(pieces))
        assert time.monotonic() - start < SOON
        pieces.close()
        assert endpoint.was_left.wait(SOON)


def test_a_model_that_never_answers_costs_no_more_than_the_allowance() -> None:
    found, _ = asked(SLOW, seconds=0.5)
    assert "没有在时限内" in found.error
    assert found.seconds < SOON


def test_an_answer_after_the_time_is_up_is_not_taken_for_the_next() -> None:
    with scripted_endpoint(Reply("迟到的回答", delay=1), ANSWER) as endpoint:
        model = model_at(endpoint)
        assert "没有在时限内" in outcome(model, seconds=0.5).error
        assert outcome(model).text == ANSWER


def test_what_came_before_the_time_was_up_is_kept() -> None:
    found, _ = asked(Reply(ANSWER * 100, pause=0.1), seconds=1)
    assert found.text.startswith(ANSWER[:4])
    assert "没有在时限内" in found.error
    assert found.seconds < SOON


def test_a_rate_limit_without_a_time_is_tried_once_more() -> None:
    assert asked(429, ANSWER)[0].text == ANSWER
    found, requests = asked(429)
    assert "429" in found.error
    assert requests == 2


def test_a_rate_limit_is_waited_for_as_long_as_it_says() -> None:
    found, _ = asked(Reply(status=429, headers={"Retry-After": "1"}), ANSWER)
    assert found.text == ANSWER
    assert found.seconds >= 1


@pytest.mark.parametrize("stated", ["30", formatdate(time.time() + 3600, usegmt=True)])
def test_a_rate_limit_beyond_the_allowance_is_not_waited_for(stated: str) -> None:
    found, requests = asked(Reply(status=429, headers={"Retry-After": stated}), seconds=20)
    assert "429" in found.error
    assert found.seconds < SOON
    assert requests == 1


def test_a_server_error_is_tried_once_more() -> None:
    assert asked(500, ANSWER)[0].text == ANSWER
    found, requests = asked(500)
    assert "HTTP 500" in found.error
    assert requests == 2


def test_a_connection_that_breaks_before_the_reply_is_tried_once_more() -> None:
    found, requests = asked(Reply(status=0), ANSWER)
    assert (found.text, requests) == (ANSWER, 2)


def test_an_endless_reply_is_cut_and_the_connection_closed() -> None:
    with scripted_endpoint(Reply(ANSWER, is_endless=True)) as endpoint:
        found = outcome(model_at(endpoint), tokens=100)
        assert endpoint.was_left.wait(SOON)
        assert endpoint.requests[0]["max_tokens"] == 100
    assert ANSWER in found.text
    assert len(found.text) < 1000
    assert not found.error


@pytest.mark.parametrize("character", [" ", "\n"])
def test_endless_blanks_are_cut(character: str) -> None:
    found, _ = asked(Reply(character * 8, is_endless=True), tokens=100)
    assert found.error
    assert found.seconds < SOON


@pytest.mark.parametrize("reply", [SLOW, Reply(ANSWER, pause=0.1, is_endless=True)])
def test_cancelling_ends_the_request_and_closes_the_connection(reply: Reply) -> None:
    with scripted_endpoint(reply) as endpoint:
        model, allowance = model_at(endpoint), cancelled_after(0.5)
        start = time.monotonic()
        with pytest.raises(AnswerCancelled):
            list(model.stream(PROMPT, allowance))
        assert time.monotonic() - start < 1.5
        assert endpoint.was_left.wait(1)


def test_nothing_is_asked_for_an_answer_that_is_cancelled_already() -> None:
    with scripted_endpoint(ANSWER) as endpoint:
        allowance = Allowance(20, 500)
        allowance.cancel()
        with pytest.raises(AnswerCancelled):
            model_at(endpoint).reply(PROMPT, allowance)
        assert not endpoint.requests


def waiting(model: LanguageModel, allowance: Allowance) -> threading.Thread:
    """Another user, who waits for an answer until it is cancelled."""

    def ask() -> None:
        with contextlib.suppress(AnswerCancelled):
            model.reply("另一个问题", allowance)

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def test_cancelling_one_answer_frees_its_slot_for_another() -> None:
    with scripted_endpoint(SLOW, ANSWER) as endpoint:
        model, allowance = model_at(endpoint, llm_parallel=1), Allowance(60, 500)
        other = waiting(model, allowance)
        while not endpoint.requests:
            time.sleep(0.01)
        threading.Timer(0.5, allowance.cancel).start()
        found = outcome(model)
        other.join()
        assert found.text == ANSWER
        assert found.seconds < SOON


def test_no_more_requests_run_at_once_than_the_settings_allow() -> None:
    with scripted_endpoint(SLOW) as endpoint:
        model, allowance = model_at(endpoint, llm_parallel=1), Allowance(60, 500)
        other = waiting(model, allowance)
        while not endpoint.requests:
            time.sleep(0.01)
        found = outcome(model, seconds=0.5)
        allowance.cancel()
        other.join()
        assert "POLICY_LLM_PARALLEL" in found.error
        assert len(endpoint.requests) == 1


def test_an_answer_that_has_used_up_its_tokens_asks_no_more() -> None:
    with scripted_endpoint(ANSWER * 10) as endpoint:
        model, allowance = model_at(endpoint), Allowance(20, 40)
        assert model.reply("一", allowance)
        assert allowance.tokens == 0
        with pytest.raises(ModelError, match="用完"):
            model.reply("二", allowance)
        assert len(endpoint.requests) == 1


@pytest.mark.parametrize("told", ["-1000000000", '"many"', "{}", "1e999", "null"])
def test_what_an_endpoint_tells_of_tokens_never_adds_to_the_allowance(told: str) -> None:
    choice = '{"index": 0, "delta": {"content": "一二三"}, "finish_reason": "stop"}'
    usage = f'{{"prompt_tokens": 1, "completion_tokens": {told}, "total_tokens": 1}}'
    head = '"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m"'
    event = f'{{{head}, "choices": [{choice}], "usage": {usage}}}'
    with scripted_endpoint(Reply(body=f"data: {event}\n\ndata: [DONE]\n\n")) as endpoint:
        allowance = Allowance(20, 100)
        with contextlib.suppress(ModelError):
            model_at(endpoint).reply("一", allowance)
        assert allowance.tokens <= 100


def test_tokens_are_those_that_the_endpoint_tells_or_else_estimated() -> None:
    for usage, left in ((37, 63), (0, 94)):  # ten characters, at 0.6 tokens each
        with scripted_endpoint(Reply("一二三四五六七八九十", usage=usage)) as endpoint:
            allowance = Allowance(20, 100)
            model_at(endpoint).reply("一", allowance)
            assert allowance.tokens == left
