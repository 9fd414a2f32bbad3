"""Orders in questions, earlier turns, file names and policy texts, and a model that obeys them as badly as it can."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest

from assistant.answer_json import answer_json
from assistant.pipeline import PolicyAssistant
from index.encoder import Encoder
from tests.hashed_encoder import choice_of
from tests.injected_answers import CASES, assert_held, poisoned_assistant
from tests.written_answers import KEY, question, writing


@pytest.fixture(scope="module")
def poisoned(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> PolicyAssistant:
    """The assistant over the policies of the cases, without a model."""
    return poisoned_assistant(tmp_path_factory.mktemp("poisoned"), choice_of(encoder))  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_orders_are_only_data(case: dict[str, Any], request: pytest.FixtureRequest) -> None:
    assistant: PolicyAssistant = request.getfixturevalue("poisoned" if "source" in case else "assistant")
    asked = question(case)
    with writing(assistant.index, [case["reply"]]) as (writer, endpoint):
        answer = writer.answer(asked)
    assert_held(case, answer, assistant.answer(asked), assistant)
    assert KEY not in json.dumps(answer_json(answer))
    assert endpoint.prompts
    for prompt in endpoint.prompts:
        assert_data_stays_data(prompt)


def assert_data_stays_data(prompt: str) -> None:
    """No element of a prompt ends early, no key stands in it, and all of it can be seen."""
    assert KEY not in prompt
    assert all(prompt.count(f"</{tag}>") <= 1 for tag in ("问题", "对话", "证据材料"))
    assert prompt.count("<证据 ") == prompt.count("</证据>")
    assert not [
        char for char in prompt if unicodedata.category(char) in ("Cf", "Cc", "Co", "Cn") and char != "\n"
    ]


def test_there_are_injections_of_each_kind() -> None:
    assert len(CASES) >= 40
    assert {case["in"] for case in CASES} == {"question", "history", "file name", "policy text"}
    assert {case["language"] for case in CASES} == {"zh", "en"}
