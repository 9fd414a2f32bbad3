"""Requests to a chat model through LangChain: what is asked for, one repetition, kinds of structured output."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from assistant.chains.allowance import Allowance
from assistant.chains.errors import ModelOutageError
from assistant.chains.failures import meaning_of, pause_after
from assistant.chains.reply_reading import ReplyReader
from assistant.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

    Pieces = AsyncGenerator[AIMessageChunk, None]

Schema = Mapping[str, Any]
"""A JSON schema of an object, in the strict form: every property required, and no other allowed."""

OPENAI = "https://api.openai.com/v1"
"""The endpoint where the settings name none."""

_TALKATIVE = ("openai", "httpx", "httpx2", "httpcore", "httpcore2")
"""Loggers that write prompts, or addresses with passwords, below WARNING."""


_FOREIGN = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What a foreign reply does to LangChain and to who reads it."""


class StructuredOutput(StrEnum):
    """How a request can ask for a reply in JSON, strictest first."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    NONE = "none"


_LAXER = {
    StructuredOutput.SCHEMA: StructuredOutput.OBJECT,
    StructuredOutput.OBJECT: StructuredOutput.NONE,
}


class Endpoint:
    """A chat model at an address. To be used on one event loop.

    ``structured_output`` is the strictest kind that it accepts, as far as is known.
    """

    def __init__(self, settings: Settings, key: str) -> None:
        self.structured_output = StructuredOutput.SCHEMA
        self._chat = _chat_model(settings, key)
        # only OpenAI itself knows the newer name, and refuses the older one for its newer models
        self._bound = "max_tokens" if settings.llm_base_url else "max_completion_tokens"

    async def texts(
        self, prompt: str, allowance: Allowance, schema: Schema | None, reader: ReplyReader
    ) -> AsyncIterator[str]:
        """The text of a reply, as it comes.

        Raises:
            ModelError: there is none, or it breaks off.
        """
        from openai import OpenAIError

        try:
            async with aclosing(await self._opened(prompt, allowance, schema)) as pieces:
                async for piece in pieces:
                    if text := reader.read(piece):
                        yield text
                    if reader.is_too_long:
                        break
        except OpenAIError as error:
            raise meaning_of(error, has_begun=reader.has_begun) from None
        except _FOREIGN:
            raise ModelOutageError(
                "回答不合 OpenAI 协议；请检查 POLICY_LLM_BASE_URL（多以 /v1 结尾）"
            ) from None
        if rest := reader.end():
            yield rest

    async def _opened(self, prompt: str, allowance: Allowance, schema: Schema | None) -> Pieces:
        """A reply that has begun, in the strictest structure that the endpoint accepts."""
        if schema is None:
            return await self._repeated(prompt, allowance, {})
        return await self._structured(prompt, allowance, schema, self.structured_output)

    async def _structured(
        self, prompt: str, allowance: Allowance, schema: Schema, kind: StructuredOutput
    ) -> Pieces:
        from openai import BadRequestError, UnprocessableEntityError

        try:
            pieces = await self._repeated(prompt, allowance, _response_format(kind, schema))
        except (BadRequestError, UnprocessableEntityError):
            if kind not in _LAXER:
                raise
            return await self._structured(prompt, allowance, schema, _LAXER[kind])
        self.structured_output = kind
        return pieces

    async def _repeated(self, prompt: str, allowance: Allowance, more: Mapping[str, Any]) -> Pieces:
        """A reply that has begun, asked for a second time where the first failure may pass."""
        from openai import APIConnectionError, InternalServerError, RateLimitError

        body = {self._bound: allowance.tokens, **more}
        try:
            return await self._begun(prompt, body)
        except (APIConnectionError, InternalServerError, RateLimitError) as error:
            pause = pause_after(error)
            if pause >= allowance.seconds:
                raise
        await asyncio.sleep(pause)
        return await self._begun(prompt, body)

    async def _begun(self, prompt: str, body: Mapping[str, Any]) -> Pieces:
        from langsmith import tracing_context

        pieces = aiter(self._chat.astream(prompt, extra_body=body))
        with tracing_context(enabled=False):  # whatever the environment says, prompts go nowhere else
            first = await anext(pieces)
        return _joined(first, pieces)


async def _joined(first: AIMessageChunk, more: AsyncIterator[AIMessageChunk]) -> Pieces:
    yield first
    async for piece in more:
        yield piece


def _response_format(kind: StructuredOutput, schema: Schema) -> dict[str, Any]:
    match kind:
        case StructuredOutput.SCHEMA:
            described = {"name": "answer", "strict": True, "schema": dict(schema)}
            return {"response_format": {"type": "json_schema", "json_schema": described}}
        case StructuredOutput.OBJECT:
            return {"response_format": {"type": "json_object"}}
        case StructuredOutput.NONE:
            return {}


def _chat_model(settings: Settings, key: str) -> BaseChatModel:
    """LangChain's model. It repeats nothing and stops nothing by itself, for an answer has one time limit."""
    from langchain.chat_models import init_chat_model

    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    return init_chat_model(
        settings.llm_model,
        model_provider="openai",
        base_url=settings.llm_base_url or OPENAI,
        api_key=key or "none",
        temperature=settings.llm_temperature,
        timeout=2 * settings.llm_timeout,  # a last resort: the allowance of the answer ends before
        max_retries=0,
        stream_chunk_timeout=None,
        use_responses_api=False,
    )
