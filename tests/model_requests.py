"""Requests to a scripted language model, and what comes of them."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from assistant.chains.allowance import Allowance
from assistant.chains.language_model import LanguageModel, ModelError
from assistant.settings import load_settings
from tests.model_endpoint import Endpoint, Reply, scripted_endpoint

ANSWER = "聘期为5年，期满后参加考核。"
PROMPT = "特岗聘期几年？机密的提示词"
KEY = "sk-secret"
SLOW = Reply(ANSWER, delay=30)  # longer than any test
SOON = 5.0  # seconds; generous, for the machine may be busy


@dataclass
class Outcome:
    """What came of one request, and the seconds that it took."""

    pieces: list[str] = field(default_factory=list)
    error: str = ""
    seconds: float = 0

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def model_at(endpoint: Endpoint, **settings: object) -> LanguageModel:
    given = {"llm_model": "scripted", "llm_base_url": endpoint.url, "llm_api_key": KEY}
    return LanguageModel.load(load_settings(**given, **settings))


def outcome(model: LanguageModel, seconds: float = 20, tokens: int = 500, prompt: str = PROMPT) -> Outcome:
    found, start = Outcome(), time.monotonic()
    try:
        found.pieces.extend(model.stream(prompt, Allowance(seconds, tokens)))
    except ModelError as error:
        found.error = str(error)
    found.seconds = time.monotonic() - start
    return found


def asked(*replies: str | int | Reply, seconds: float = 20, tokens: int = 500) -> tuple[Outcome, int]:
    """What comes of a request to an endpoint that replies so, and how many requests it got."""
    with scripted_endpoint(*replies) as endpoint:
        return outcome(model_at(endpoint), seconds, tokens), len(endpoint.requests)


def cancelled_after(seconds: float) -> Allowance:
    """An allowance that somebody cancels."""
    allowance = Allowance(60, 50_000)
    threading.Timer(seconds, allowance.cancel).start()
    return allowance
