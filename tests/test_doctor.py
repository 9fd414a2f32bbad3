"""The command ``doctor``: what is configured, and whether the language model answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.__main__ import main
from tests.commands import Command, Ran
from tests.model_endpoint import Reply, scripted_endpoint
from tests.model_requests import KEY

CITIES = '{"cities": ["长春", "沈阳"]}'


@pytest.fixture
def doctor(capfd: pytest.CaptureFixture[str]) -> Command:
    """Runs the command in this process; it needs no encoder."""

    def run(*arguments: object) -> Ran:
        status = main(["doctor", *map(str, arguments)])
        return Ran(status, *capfd.readouterr())

    return run


def configure(monkeypatch: pytest.MonkeyPatch, url: str, **more: str) -> None:
    given = {"MODEL": "scripted", "BASE_URL": url.replace("//", "//me:pass@"), "API_KEY": KEY, **more}
    for name, value in given.items():
        monkeypatch.setenv(f"POLICY_LLM_{name}", value)


def test_without_a_model_all_is_well(doctor: Command, data_folder: Path) -> None:
    ran = doctor("--data", data_folder)
    assert ran.status == 0
    assert "索引：可用，2 个来源" in ran.out
    assert "语言模型：没有配置" in ran.out
    assert "POLICY_LLM_MODEL" in ran.out


def test_a_model_that_answers_is_measured(
    doctor: Command, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted_endpoint(
        Reply(CITIES, delay=0.3, pause=0.02), refused_formats=("json_schema",)
    ) as endpoint:
        configure(monkeypatch, endpoint.url, TIMEOUT="20")
        ran = doctor("--data", data_folder, "--json")
    assert ran.status == 0
    found = ran.json
    assert found["index"]["sources"] == 2
    assert found["model"] == {
        "name": "scripted",
        "endpoint": endpoint.url,
        "has_key": True,
        "timeout": 20,
        "writes": True,
    }
    trial = found["trial"]
    assert trial["answers"]
    assert trial["structured_output"] == "json_object"
    assert trial["replies_in_json"]
    assert trial["first_text_ms"] > 300
    assert 0 < trial["tokens_per_second"] < 200  # four characters in 20 milliseconds


def test_a_model_that_does_not_answer_is_a_failure(
    doctor: Command, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted_endpoint(401) as endpoint:
        configure(monkeypatch, endpoint.url)
        ran = doctor("--data", data_folder)
    assert ran.status == 1
    assert "没有回答" in ran.out
    assert "密钥不对" in ran.out


@pytest.mark.parametrize("reply", [CITIES, 401, "十个省会"])
def test_neither_key_nor_password_is_shown(
    doctor: Command, data_folder: Path, monkeypatch: pytest.MonkeyPatch, reply: str | int
) -> None:
    with scripted_endpoint(reply) as endpoint:
        configure(monkeypatch, endpoint.url)
        ran = doctor("--data", data_folder)
    assert "已设置密钥" in ran.out
    assert KEY not in ran.out + ran.err
    assert "pass" not in ran.out + ran.err


def test_an_index_that_is_not_there_is_named_and_not_built(doctor: Command, tmp_path: Path) -> None:
    ran = doctor("--data", tmp_path)
    assert "还没有索引" in ran.out
    assert not list(tmp_path.iterdir())


def test_a_model_that_only_judges_is_said_to(
    doctor: Command, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted_endpoint("十个省会") as endpoint:
        configure(monkeypatch, endpoint.url, WRITES="false")
        ran = doctor("--data", data_folder)
    assert "只用于评审" in ran.out
    assert "不是 JSON" in ran.out
