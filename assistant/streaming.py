"""Answers that grow while an event loop goes on with its other work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from assistant.chains.allowance import Allowance
from assistant.model import Answer, Question
from assistant.pipeline import PolicyAssistant

AT_ONCE = 32
"""Answers that are made at the same time; threads, most of which wait for a language model."""

_THREADS = ThreadPoolExecutor(AT_ONCE, "answer")


async def growing_answers(
    assistant: PolicyAssistant, question: Question, allowance: Allowance
) -> AsyncGenerator[Answer, None]:
    """What :meth:`PolicyAssistant.stream` yields, from a thread. Whoever stops listening cancels the allowance.

    Raises:
        QuestionError: the question is empty, too long or no valid text.
        AnswerCancelled: somebody else cancelled the allowance.
    """
    answers = assistant.stream(question, allowance)
    following = partial(next, answers, None)
    loop = asyncio.get_running_loop()
    try:
        while answer := await loop.run_in_executor(_THREADS, following):
            yield answer
    finally:
        allowance.cancel()
