"""Assistants without an index, for tests of what is around an answer."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

from assistant.chains.allowance import Allowance
from assistant.model import Answer, Question, Status
from corpus.model import PolicyDocument


class Declining:
    """Declines every question at once; no language model writes."""

    writer = None

    def __init__(self, *documents: PolicyDocument) -> None:
        self.store = SimpleNamespace(documents=lambda: documents, clause_counts=dict)

    def allowance(self) -> Allowance:
        return Allowance(0, 0)

    def answer(self, question: Question) -> Answer:
        return Answer(question.text, Status.OUT_OF_SCOPE, "不在范围内。", reason="不在范围内。")

    def stream(self, question: Question, allowance: Allowance) -> Iterator[Answer]:
        yield self.answer(question)
