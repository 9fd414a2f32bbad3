"""The language model that the settings name, through LangChain. Endpoints speak OpenAI's protocol."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.errors import AssistantError, SettingsError
from assistant.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_ATTEMPTS = 2
_CREDENTIALS = re.compile(r"^((?:[a-z][a-z\d+.-]*:)?//)?.*@", re.IGNORECASE)


class ModelError(AssistantError):
    """The language model does not answer, or refuses. The message names the endpoint and no secret."""


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A chat model, the name that the settings give it, and its endpoint without user and password."""

    name: str
    endpoint: str
    chat: BaseChatModel

    @classmethod
    def load(cls, settings: Settings) -> LanguageModel:
        """The model of the settings.

        Raises:
            SettingsError: the settings name none.
        """
        if not settings.llm_model:
            raise SettingsError(
                "没有配置语言模型；请设置 POLICY_LLM_MODEL（以及 POLICY_LLM_BASE_URL、POLICY_LLM_API_KEY）"
            )
        from langchain.chat_models import init_chat_model

        chat = init_chat_model(
            settings.llm_model,
            model_provider="openai",
            base_url=settings.llm_base_url,
            api_key=settings.llm_api_key.get_secret_value() if settings.llm_api_key else "none",
            temperature=0,
            timeout=settings.llm_timeout,
            max_retries=_ATTEMPTS - 1,
        )
        endpoint = settings.llm_base_url or "https://api.openai.com"
        return cls(settings.llm_model, _CREDENTIALS.sub(r"\1", endpoint), chat)

    def reply(self, prompt: str) -> str:
        """What the model answers to one message.

        Raises:
            ModelError: it cannot be reached, takes too long, or returns an error.
        """
        from langchain_core.exceptions import LangChainException
        from openai import OpenAIError

        try:
            return str(self.chat.invoke(prompt).text)
        except (OpenAIError, LangChainException, ValueError) as error:
            reason = type(error).__name__
            raise ModelError(
                f"语言模型“{self.name}”（{self.endpoint}）没有给出回答：{reason}；请检查地址、密钥和模型名，或稍后再试"
            ) from error
