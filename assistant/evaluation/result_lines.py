"""The shape of a line of ``results.jsonl``, as far as comparisons and reports read it."""

from __future__ import annotations

from pydantic import BaseModel, model_validator

from assistant.evaluation.measures import VERDICTS
from assistant.evaluation.results import Mode, Score

_SCORES = {
    Mode.ANSWERS: {VERDICTS[Mode.ANSWERS], "declined", "quotes"},
    Mode.RETRIEVAL: {VERDICTS[Mode.RETRIEVAL]},
}
"""Scores without which no metric can be summed up."""


class _Ranked(BaseModel):
    clause: str
    score: float


class _Cited(BaseModel):
    n: int
    clause: str
    document: str
    number: str
    label: str
    region: str
    status: str
    quote: str


class _Answer(BaseModel):
    question: str
    status: str
    text: str
    citations: tuple[_Cited, ...]
    retrieved: tuple[_Ranked, ...]


class _Judgement(BaseModel):
    reason: str


class ResultLine(BaseModel):
    """A line of ``results.jsonl``: what a case gave, an answer or a ranking, and how it scored."""

    id: str
    scores: dict[str, bool | int | Score]
    failures: tuple[str, ...]
    gold: tuple[str, ...]
    places: tuple[str, ...]
    documents: tuple[str, ...]
    answer: _Answer | None = None
    retrieved: tuple[_Ranked, ...] | None = None
    judge: _Judgement | None = None

    @property
    def mode(self) -> Mode:
        """What the case was evaluated for."""
        return Mode.ANSWERS if self.answer else Mode.RETRIEVAL

    @model_validator(mode="after")
    def _holds_what_is_read(self) -> ResultLine:
        if (self.answer is None) == (self.retrieved is None):
            raise ValueError("neither an answer nor a ranking")
        if missing := _SCORES[self.mode] - set(self.scores):
            raise ValueError(f"no score for {missing}")
        return self
