"""The assistant as a part of LangChain chains."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig
from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.answer_json import answer_json
from assistant.errors import QuestionError
from assistant.history import GivenTurn
from assistant.model import Question, Turn
from assistant.pipeline import PolicyAssistant
from assistant.streaming import growing_answers
from assistant.understanding import check_region

Asked = str | Mapping[str, Any]
"""A question, alone or as ``{"question", "region", "history"}``; the history is that of ``ask --history``."""


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    question: str
    region: str = ""
    history: tuple[GivenTurn, ...] = ()


class AnswerRunnable(Runnable[Asked, dict[str, Any]]):
    """Answers questions; each answer is what ``ask --json`` prints.

    A stream yields whole answers, each with more of the claims that have passed the check. Who leaves a stream
    or cancels an asynchronous call ends the work on the answer. A question that cannot be read raises
    :class:`assistant.errors.QuestionError`.
    """

    def __init__(self, assistant: PolicyAssistant) -> None:
        self._assistant = assistant

    def invoke(self, input: Asked, config: RunnableConfig | None = None, **_: Any) -> dict[str, Any]:
        """The answer."""
        return list(self.stream(input, config))[-1]

    def stream(
        self, input: Asked, config: RunnableConfig | None = None, **_: Any
    ) -> Iterator[dict[str, Any]]:
        """The growing answer; the last one is whole."""
        yield from self._transform_stream_with_config(iter([input]), self._answers, config)

    async def ainvoke(self, input: Asked, config: RunnableConfig | None = None, **_: Any) -> dict[str, Any]:
        """The answer; the event loop goes on meanwhile."""
        return [answer async for answer in self.astream(input, config)][-1]

    async def astream(
        self, input: Asked, config: RunnableConfig | None = None, **_: Any
    ) -> AsyncIterator[dict[str, Any]]:
        """The growing answer; the event loop goes on meanwhile."""
        async for answer in self._atransform_stream_with_config(_alone(input), self._answers_apart, config):
            yield answer

    def _answers(self, inputs: Iterator[Asked]) -> Iterator[dict[str, Any]]:
        allowance = self._assistant.allowance()
        try:
            for asked in inputs:
                yield from map(answer_json, self._assistant.stream(_question(asked), allowance))
        finally:
            allowance.cancel()

    async def _answers_apart(self, inputs: AsyncIterator[Asked]) -> AsyncIterator[dict[str, Any]]:
        async for asked in inputs:
            growing = growing_answers(self._assistant, _question(asked), self._assistant.allowance())
            async with aclosing(growing):
                async for answer in growing:
                    yield answer_json(answer)


async def _alone(asked: Asked) -> AsyncIterator[Asked]:
    yield asked


def _question(asked: Asked) -> Question:
    try:
        given = _Asked.model_validate({"question": asked} if isinstance(asked, str) else asked)
    except ValidationError as error:
        name = ".".join(map(str, error.errors()[0]["loc"])) or type(asked).__name__
        raise QuestionError(
            f"问题的格式不对（{name}）；请给出一句问题，或 "
            '{"question": "…", "region": "…", "history": [{"role": "user", "content": "…"}]}'
        ) from error
    check_region(given.region)
    return Question(given.question, given.region, tuple(Turn(t.role, t.content) for t in given.history))
