"""What spares a model and who waits for it: the circuit breaker, and replies that are known already."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import pytest

from assistant.chains.allowance import Allowance
from assistant.chains.circuit_breaker import PAUSE, CircuitBreaker
from assistant.chains.errors import AnswerCancelled, ModelError, ModelSetupError
from assistant.chains.language_model import LanguageModel
from assistant.chains.reply_cache import ReplyCache
from tests.model_endpoint import Endpoint, Reply, scripted_endpoint
from tests.model_requests import ANSWER, PROMPT, SLOW, SOON, cancelled_after, model_at, outcome


@dataclass
class Clock:
    """A clock that a test sets."""

    seconds: float = 0

    def __call__(self) -> float:
        return self.seconds


def guarded(endpoint: Endpoint, clock: Clock) -> LanguageModel:
    return replace(model_at(endpoint), breaker=CircuitBreaker(clock))


def test_after_three_failures_nothing_is_asked_for_a_while() -> None:
    with scripted_endpoint(*[500] * 6, ANSWER) as endpoint:
        clock = Clock()
        model = guarded(endpoint, clock)
        for _ in range(3):
            assert "HTTP 500" in outcome(model).error
        refused = outcome(model)
        assert "暂停" in refused.error
        assert "60 秒" in refused.error
        assert len(endpoint.requests) == 6  # each failure was tried once more
        clock.seconds += PAUSE
        assert outcome(model).text == ANSWER
        assert outcome(model, prompt="又一个").text == ANSWER


def test_a_wrong_key_ends_the_asking_at_once() -> None:
    with scripted_endpoint(401) as endpoint:
        clock = Clock()
        model = guarded(endpoint, clock)
        outcome(model)
        assert "密钥不对" in outcome(model).error
        assert len(endpoint.requests) == 1
        clock.seconds += PAUSE
        outcome(model)  # the probe fails, and the breaker stays open
        assert "暂停" in outcome(model).error
        assert len(endpoint.requests) == 2


def test_one_success_between_failures_starts_the_count_anew() -> None:
    replies: list[int | str] = [500, 500, 500, 500, ANSWER] * 2  # each failure is tried once more
    with scripted_endpoint(*replies) as endpoint:
        model = model_at(endpoint)
        texts = [outcome(model, prompt=str(n)).text for n in range(6)]
    assert texts == ["", "", ANSWER] * 2


def test_slow_and_odd_replies_are_no_failures() -> None:
    with scripted_endpoint(*[Reply(ANSWER * 9, pause=0.2)] * 2, *["", 400] * 2, ANSWER) as endpoint:
        model = model_at(endpoint)
        for _ in range(6):
            assert outcome(model, seconds=0.5).error
        assert outcome(model).text == ANSWER


def test_cancelled_requests_are_no_failures() -> None:
    with scripted_endpoint(SLOW, SLOW, SLOW, ANSWER) as endpoint:
        model = model_at(endpoint)
        for _ in range(3):
            with pytest.raises(AnswerCancelled):
                model.reply(PROMPT, cancelled_after(0.2))
        assert outcome(model).text == ANSWER


def end(breaker: CircuitBreaker, error: BaseException | None = None) -> None:
    """A request that ends so."""
    with breaker.request():
        if error:
            raise error


def ends(breaker: CircuitBreaker, error: BaseException) -> None:
    with pytest.raises(type(error)):
        end(breaker, error)


def tripped(clock: Clock) -> CircuitBreaker:
    breaker = CircuitBreaker(clock)
    ends(breaker, ModelSetupError("密钥不对"))
    return breaker


def test_others_wait_while_one_request_probes() -> None:
    clock = Clock()
    breaker = tripped(clock)
    clock.seconds += PAUSE
    with breaker.request(), pytest.raises(ModelError, match="暂停"):
        end(breaker)
    end(breaker)


def test_a_probe_that_is_cancelled_leaves_the_next_request_to_probe() -> None:
    clock = Clock()
    breaker = tripped(clock)
    clock.seconds += PAUSE
    ends(breaker, asyncio.CancelledError())
    end(breaker)


def test_a_request_of_before_that_is_cancelled_does_not_end_the_pause() -> None:
    breaker = CircuitBreaker(Clock())
    before = breaker.request()
    before.__enter__()
    ends(breaker, ModelSetupError("密钥不对"))
    stop = asyncio.CancelledError()
    assert not before.__exit__(type(stop), stop, None)
    with pytest.raises(ModelError, match="暂停"):
        end(breaker)


def test_a_reply_that_is_known_is_not_asked_for_again() -> None:
    with scripted_endpoint(ANSWER, "别的") as endpoint:
        model = model_at(endpoint)
        assert [outcome(model).text for _ in range(2)] == [ANSWER, ANSWER]
        assert model.reply(PROMPT, Allowance(20, 500)) == ANSWER
        assert len(endpoint.requests) == 1


def test_what_a_reply_depends_on_makes_it_another() -> None:
    with scripted_endpoint(ANSWER) as endpoint:
        model = model_at(endpoint)
        outcome(model)
        outcome(model, prompt="另一个问题")
        list(model.stream(PROMPT, Allowance(20, 500), {"type": "object"}))
        assert len(endpoint.requests) == 3


def test_who_asks_without_an_allowance_gets_a_new_reply() -> None:
    with scripted_endpoint("一", "二") as endpoint:
        model = model_at(endpoint)
        assert [model.reply(PROMPT), model.reply(PROMPT)] == ["一", "二"]


@pytest.mark.parametrize(
    "reply", [Reply(ANSWER, finish=""), Reply(ANSWER, finish="length"), Reply(""), Reply(status=400)]
)
def test_what_is_not_whole_is_asked_for_again(reply: Reply) -> None:
    with scripted_endpoint(reply, ANSWER) as endpoint:
        model = model_at(endpoint)
        outcome(model)
        assert outcome(model).text == ANSWER
        assert len(endpoint.requests) == 2


def test_who_stops_reading_leaves_nothing_half_behind() -> None:
    with scripted_endpoint(Reply(ANSWER * 3, pause=0.05), "另一份") as endpoint:
        model = model_at(endpoint)
        pieces = model.stream(PROMPT, Allowance(20, 500))
        next(pieces)
        pieces.close()
        assert endpoint.was_left.wait(SOON)
        assert outcome(model).text == "另一份"


def test_of_many_replies_those_asked_for_last_are_kept() -> None:
    cache = ReplyCache()
    for number in range(256):
        cache.put(str(number), ANSWER)
    assert cache.get("0") == ANSWER
    cache.put("256", ANSWER)
    assert (cache.get("0"), cache.get("1")) == (ANSWER, None)
