"""All settings, read in one place: defaults < ``policy.toml`` < environment < command line."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from assistant.errors import SettingsError

PROJECT = Path(__file__).parent.parent


class Tab(StrEnum):
    """A tab of the page. Whoever opens the evaluation tab may run sets, and reads what users said of answers."""

    CHAT = "chat"
    LOOKUP = "lookup"
    CHECK = "check"
    COMPARE = "compare"
    EVALUATION = "evaluation"


class Settings(BaseSettings):
    """What can be set, each as ``POLICY_NAME`` in the environment or ``name`` in ``policy.toml``."""

    model_config = SettingsConfigDict(
        env_prefix="POLICY_", toml_file="policy.toml", frozen=True, extra="forbid"
    )

    data: Path = Path(".data")
    texts: tuple[Path, ...] = (PROJECT / "corpus" / "texts",)
    encoder: str = "bundled"
    chroma_url: str | None = None
    dictionary: Path | None = None
    terms: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)
    tabs: tuple[Tab, ...] = tuple(Tab)
    keep_personal_data: bool = False
    llm_model: str = ""
    llm_base_url: str | None = None
    llm_api_key: SecretStr | None = None
    llm_temperature: float = Field(default=0, ge=0, le=2)
    llm_max_tokens: int = Field(default=1500, ge=1)  # that an answer may take to write, over all requests
    llm_timeout: float = Field(default=60, gt=0, allow_inf_nan=False)  # seconds an answer, over all requests
    llm_parallel: int = Field(default=4, ge=1)  # requests at once
    llm_writes: bool = True  # False: answers are extractive, and the model only judges

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The order of precedence, strongest first."""
        return init_settings, env_settings, _File(settings_cls)


class _File(TomlConfigSettingsSource):
    """``policy.toml``, which is copied and checked in, and must hold no secret."""

    def __call__(self) -> dict[str, Any]:
        found = super().__call__()
        if "llm_api_key" in found:
            raise SettingsError(
                "policy.toml 里写有密钥 llm_api_key，不会使用；请从文件中删去，改用环境变量 POLICY_LLM_API_KEY"
            )
        return found


def load_settings(**overrides: Any) -> Settings:
    """Settings with what the command line overrides; ``None`` leaves a setting alone.

    Raises:
        SettingsError: a value is not valid, or ``policy.toml`` holds an unknown name.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        if first["type"] == "extra_forbidden":  # its value may be a key under a mistyped name
            raise SettingsError(f"没有名为“{name}”的设置；请检查 policy.toml 里的拼写") from error
        raise SettingsError(
            f"设置“{name}”的值“{first['input']}”无效：{first['msg']}；请检查环境变量 POLICY_{name.upper()} 或 policy.toml"
        ) from error
