"""The language model that the settings name: whole replies and growing ones, within the allowance of an answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from assistant.chains.allowance import Allowance
from assistant.chains.background_loop import Tell, texts_of
from assistant.chains.circuit_breaker import CircuitBreaker
from assistant.chains.endpoint import OPENAI, Endpoint, Schema, StructuredOutput
from assistant.chains.errors import AnswerCancelled, ModelError, ModelOutageError
from assistant.chains.reply_cache import ReplyCache, cache_key
from assistant.chains.reply_reading import ReplyReader
from assistant.errors import SettingsError
from assistant.settings import Settings

__all__ = ["AnswerCancelled", "LanguageModel", "ModelError", "Schema"]

_CREDENTIALS = re.compile(r"^((?:[a-z][a-z\d+.-]*:)?//)?.*@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A chat model at an endpoint that speaks OpenAI's protocol. Any thread may use it.

    ``endpoint`` is its address without user, password and query.
    """

    name: str
    endpoint: str
    settings: Settings
    chat: Endpoint
    slots: asyncio.Semaphore
    breaker: CircuitBreaker = field(default_factory=CircuitBreaker)
    cache: ReplyCache = field(default_factory=ReplyCache)

    @classmethod
    def load(cls, settings: Settings) -> LanguageModel:
        """The model of the settings.

        Raises:
            SettingsError: they name none, or its address or key cannot be used.
        """
        if not settings.llm_model:
            raise SettingsError(
                "没有配置语言模型；请设置 POLICY_LLM_MODEL（以及 POLICY_LLM_BASE_URL、POLICY_LLM_API_KEY）"
            )
        endpoint = _without_secrets(settings.llm_base_url or OPENAI)
        chat = Endpoint(settings, _key(settings))
        return cls(settings.llm_model, endpoint, settings, chat, asyncio.Semaphore(settings.llm_parallel))

    @property
    def host(self) -> str:
        """The machine that prompts are sent to: api.deepseek.com."""
        return urlsplit(self.endpoint).hostname or ""

    @property
    def structured_output(self) -> StructuredOutput:
        """The strictest kind of structured output that the endpoint accepts, as far as is known."""
        return self.chat.structured_output

    def allowance(self) -> Allowance:
        """What one answer may cost by the settings."""
        return Allowance(self.settings.llm_timeout, self.settings.llm_max_tokens)

    def reply(self, prompt: str, allowance: Allowance | None = None) -> str:
        """The whole reply to one message.

        Without the allowance of an answer it has one of its own and is asked for anew in any case.

        Raises:
            ModelError: there is none, or not within the allowance.
            AnswerCancelled: nobody waits for the answer any more.
        """
        return "".join(
            self._texts(prompt, allowance or self.allowance(), None, may_repeat=allowance is not None)
        )

    def stream(self, prompt: str, allowance: Allowance, schema: Schema | None = None) -> Iterator[str]:
        """The reply to one message, as it comes; one that is known already comes at once.

        Reasoning is left out. A reply that reaches the bound on tokens just ends there. Closing the iterator
        or cancelling the allowance closes the connection.

        Args:
            schema: asks for a reply in JSON of this kind, as strictly as the endpoint can. Check what comes.

        Raises:
            ModelError: there is no reply, or it breaks off after the text that came.
            AnswerCancelled: nobody waits for the answer any more.
        """
        return self._texts(prompt, allowance, schema, may_repeat=True)

    def _texts(
        self, prompt: str, allowance: Allowance, schema: Schema | None, *, may_repeat: bool
    ) -> Iterator[str]:
        key = self._cache_key(prompt, schema) if may_repeat else ""
        try:
            yield from texts_of(lambda tell: self._tell(prompt, allowance, schema, key, tell), allowance)
        except ModelError as error:
            told = f"语言模型“{self.name}”（{self.endpoint}）没有给出回答：{error}"
        else:
            return
        raise ModelError(told)

    async def _tell(
        self, prompt: str, allowance: Allowance, schema: Schema | None, key: str, tell: Tell
    ) -> None:
        """Tells the reply, which a key lets be known already."""
        if known := self.cache.get(key):
            tell(known)
            return
        reader = ReplyReader(allowance.tokens)
        async with self._slot(allowance):
            with self.breaker.request():
                await self._ask(prompt, allowance, schema, reader, tell)
        if key and reader.is_whole:
            self.cache.put(key, reader.reply)

    async def _ask(
        self, prompt: str, allowance: Allowance, schema: Schema | None, reader: ReplyReader, tell: Tell
    ) -> None:
        try:
            async with asyncio.timeout(allowance.seconds):
                async for text in self.chat.texts(prompt, allowance, schema, reader):
                    tell(text)
        except TimeoutError:
            kind = ModelError if reader.reply else ModelOutageError  # slow is not out of order
            raise kind("没有在时限内答完；请稍后再试，或调大 POLICY_LLM_TIMEOUT") from None
        finally:
            allowance.spend(reader.tokens)

    @asynccontextmanager
    async def _slot(self, allowance: Allowance) -> AsyncIterator[None]:
        """The right to one of the requests at once."""
        if not (allowance.tokens and allowance.seconds):
            raise ModelError(
                "这个回答的时间或字数已经用完；请调大 POLICY_LLM_TIMEOUT 或 POLICY_LLM_MAX_TOKENS"
            )
        try:
            async with asyncio.timeout(allowance.seconds):
                await self.slots.acquire()
        except TimeoutError:
            raise ModelError("同时提问的太多，没有轮到；请稍后再试，或调大 POLICY_LLM_PARALLEL") from None
        try:
            yield
        finally:
            self.slots.release()

    def _cache_key(self, prompt: str, schema: Schema | None) -> str:
        return cache_key(
            model=self.name,
            endpoint=self.endpoint,
            temperature=self.settings.llm_temperature,
            tokens=self.settings.llm_max_tokens,
            schema=schema,
            prompt=prompt,
        )


def _key(settings: Settings) -> str:
    key = settings.llm_api_key.get_secret_value().strip() if settings.llm_api_key else ""
    if not (key.isascii() and key.isprintable()):
        raise SettingsError("密钥里有英文字母、数字、符号以外的字符；请检查环境变量 POLICY_LLM_API_KEY")
    return key


def _without_secrets(address: str) -> str:
    shown = re.sub(r"[?#].*", "", _CREDENTIALS.sub(r"\1", address))
    try:
        parts = urlsplit(shown)
        is_usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable:
        raise SettingsError(
            f"语言模型的地址“{shown}”不能用；POLICY_LLM_BASE_URL 应形如 https://api.deepseek.com/v1"
        )
    return shown
