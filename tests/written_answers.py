"""Answers that a scripted model writes over a real index, and what each of them must hold to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from assistant.model import Answer, Question, Turn
from assistant.pipeline import PolicyAssistant
from assistant.selection import Calibration
from assistant.settings import load_settings
from assistant.wording import Wording
from assistant.writing.writer import Writer
from index.clause_index import ClauseIndex
from tests.model_endpoint import Endpoint, Reply, scripted_endpoint

KEY = "sk-test-6f1c0d9b"


@contextmanager
def writing(
    index: ClauseIndex, replies: Sequence[Any], **settings: Any
) -> Iterator[tuple[PolicyAssistant, Endpoint]]:
    """An assistant whose model gives these replies, and the endpoint that it asks."""
    with scripted_endpoint(*map(scripted, replies)) as endpoint:
        given = {"llm_model": "scripted", "llm_api_key": KEY, "llm_timeout": 30} | settings
        writer = Writer.load(load_settings(llm_base_url=endpoint.url, **given), index)
        yield PolicyAssistant(index, Wording.load(), Calibration.load(), writer), endpoint


def scripted(reply: str | int | Mapping[str, Any]) -> str | int | Reply:
    """A text, the status of an error, or statements or a text with how they are told."""
    if not isinstance(reply, Mapping):
        return reply
    told = {name: value for name, value in reply.items() if name not in ("claims", "missing")}
    if "claims" in reply:
        told["text"] = statements(reply["claims"], reply.get("missing", ""))
    return Reply(**told)


def statements(claims: Sequence[Any], missing: str = "") -> str:
    """A reply in the form that is asked for. A claim is its text and its supports: a label and words each."""
    listed = [
        {"text": text, "supports": [{"label": label, "words": words} for label, words in supports]}
        for text, supports in claims
    ]
    return json.dumps({"claims": listed, "missing": missing}, ensure_ascii=False)


def question(case: Mapping[str, Any]) -> Question:
    """The question of a case, with what the user said before."""
    turns = tuple(Turn(role, said) for role, said in case.get("history", ()))
    return Question(case["question"], case.get("region", ""), turns)


def own_statements(answer: Answer, quotes: Answer) -> list[str]:
    """What an answer states and the one made of quotes does not."""
    quoted = {claim.text for claim in quotes.claims}
    return [claim.text for claim in answer.claims if claim.text not in quoted]


def assert_sound(answer: Answer, assistant: PolicyAssistant) -> None:
    """Each claim is cited under the place of its clauses, each citation is what the store holds, word for word."""
    assert assistant.verifier.verify(answer.claims, answer.citations, answer.question) == answer.claims
    cited = {citation.n: citation for citation in answer.citations}
    for claim in answer.claims:
        assert {cited[n].region for n in claim.citations} == {claim.region}
    for citation in answer.citations:
        clause = assistant.store.clause(citation.clause)
        document = assistant.store.document(clause.document_id)
        told = (citation.label, citation.document, citation.number, citation.region, citation.status)
        assert told == (
            clause.label,
            document.title,
            document.number,
            document.region,
            document.status,
        )
