"""The key and the prompt go to the endpoint and nowhere else."""

from __future__ import annotations

import logging
import socket
from pathlib import Path

import pytest
from langsmith.utils import get_env_var

from assistant.chains.language_model import LanguageModel, ModelError
from assistant.errors import SettingsError
from assistant.settings import load_settings
from tests.model_endpoint import Reply, scripted_endpoint
from tests.model_requests import ANSWER, KEY, PROMPT, asked, model_at, outcome


@pytest.mark.parametrize("reply", [ANSWER, 400, 401, 429, 500, Reply(ANSWER, finish=""), Reply("")])
def test_neither_key_nor_password_nor_prompt_is_told_or_logged(
    reply: str | int | Reply, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with scripted_endpoint(reply) as endpoint:
        endpoint.url = endpoint.url.replace("//", "//me:password@")
        found = outcome(model_at(endpoint))
        assert len(endpoint.requests) > 0
    told = "".join([found.error, caplog.text, *capfd.readouterr()])
    assert all(secret not in told for secret in (KEY, "password", "机密"))


def test_tracing_that_the_environment_asks_for_gets_no_prompt() -> None:
    with socket.create_server(("127.0.0.1", 0)) as elsewhere, pytest.MonkeyPatch.context() as environment:
        elsewhere.settimeout(1)
        environment.setenv("LANGSMITH_TRACING", "true")
        environment.setenv("LANGSMITH_API_KEY", "lsv2_pt_0")
        environment.setenv("LANGSMITH_ENDPOINT", f"http://127.0.0.1:{elsewhere.getsockname()[1]}")
        get_env_var.cache_clear()
        assert asked(ANSWER)[0].text == ANSWER
        with pytest.raises(TimeoutError):
            elsewhere.accept()
    get_env_var.cache_clear()


def test_an_error_carries_no_other_that_a_traceback_would_print() -> None:
    with scripted_endpoint(401) as endpoint, pytest.raises(ModelError) as caught:
        model_at(endpoint).reply(PROMPT)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "address", ["127.0.0.1:8000/v1", "ftp://host/v1", "http:///v1", "http://host:port/v1"]
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="POLICY_LLM_BASE_URL"):
        LanguageModel.load(load_settings(llm_model="m", llm_base_url=address))


def test_a_key_that_no_header_can_hold_is_refused_without_being_told() -> None:
    with pytest.raises(SettingsError) as caught:
        LanguageModel.load(load_settings(llm_model="m", llm_api_key="sk-密钥"))
    assert "sk-" not in str(caught.value)


def test_a_key_in_the_settings_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "policy.toml").write_text('llm_api_key = "sk-secret"', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="POLICY_LLM_API_KEY") as caught:
        load_settings()
    assert "sk-secret" not in str(caught.value)


def test_a_key_under_a_mistyped_name_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "policy.toml").write_text('llm_apikey = "sk-secret"', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="llm_apikey") as caught:
        load_settings()
    assert "sk-secret" not in str(caught.value)


def test_a_password_in_an_address_is_not_told() -> None:
    address = "https://me:p@ss@host/v1?key=sk-secret"
    model = LanguageModel.load(load_settings(llm_model="m", llm_base_url=address))
    assert model.endpoint == "https://host/v1"
