"""What the results of a run depend on, as digests, settings and versions."""

from __future__ import annotations

import hashlib
import platform
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from assistant.evaluation.results import Mode, Setup
from assistant.evaluation.sets.cases import Case
from assistant.prompts import PROMPTS
from assistant.settings import PROJECT, Settings
from assistant.writing.writer import Writer
from index.manifest import Manifest

_PROGRAM = ("assistant", "corpus", "index")
_PROGRAM_FILES = {".py", ".toml", ".csv", ".json"}
_TEXTS = PROJECT / "corpus" / "texts"  # the digest of the corpus tells those that were ingested

_WITHOUT_EFFECT = {
    *("data", "texts", "chroma_url", "host", "port"),
    *("tabs", "keep_personal_data"),
    *(name for name in Settings.model_fields if name.startswith("llm_")),  # writer and judge tell their own
}
"""Settings that no answer depends on. Where things are is one: the digests tell what is there."""

_OF_WRITING = {"llm_temperature", "llm_max_tokens", "llm_timeout"}
"""Settings of the language model that its answers depend on."""

_CREDENTIALS = re.compile("(?<=//)[^/@]*@")


def setup_of(mode: Mode, cases: Iterable[Case], manifest: Manifest, settings: Settings) -> Setup:
    """The setup of a run over cases with the index of the manifest."""
    return Setup(
        mode,
        _digest(canonical(cases)),
        manifest.corpus_digest,
        manifest.encoder_digest,
        program_digest(),
        _told(settings),
        _versions(),
    )


def writing_setup(writer: Writer, settings: Settings) -> dict[str, str]:
    """What answers depend on that a language model writes, by name."""
    own = {name: str(value) for name, value in settings.model_dump(include=_OF_WRITING).items()}
    return {f"llm_{name}": value for name, value in writer.version.items()} | own


def canonical(cases: Iterable[Case]) -> Iterator[bytes]:
    """The cases as lines of JSON, the same however their file was written."""
    return (case.model_dump_json().encode() + b"\n" for case in cases)


def differences(before: Setup, now: Setup) -> list[str]:
    """What differs between two setups, in words; empty for equal ones."""
    names = {
        "mode": "评测方式",
        "cases": "题目",
        "corpus": "政策文件",
        "encoder": "向量模型",
        "program": "程序",
    }
    found = [name for field, name in names.items() if getattr(before, field) != getattr(now, field)]
    found += (f"设置 {item}" for item in _unequal(before.settings, now.settings))
    return found + [f"依赖 {item}" for item in _unequal(before.versions, now.versions)]


def _unequal(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    names = sorted({*before, *now})
    return [
        f"{name}（{before.get(name) or '无'} → {now.get(name) or '无'}）"
        for name in names
        if before.get(name) != now.get(name)
    ]


def _told(settings: Settings) -> dict[str, str]:
    """Settings by name, files by their content, addresses without user and password."""
    values = settings.model_dump(exclude=_WITHOUT_EFFECT)
    return {
        name: _digest([value.read_bytes()])[:12]
        if isinstance(value, Path)
        else _CREDENTIALS.sub("", str(value or ""))
        for name, value in values.items()
    }


@cache
def _versions() -> dict[str, str]:
    """Versions of Python and of the libraries that the project depends on."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = (re.match(r"[\w.-]+", requirement) for requirement in project["dependencies"])
    return {"python": platform.python_version()} | {name[0]: _version(name[0]) for name in names if name}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


@cache
def program_digest() -> str:
    """Changes with those of the program's own files that answers depend on: code, vocabulary, prompts."""
    return _digest(part for file in _program_files() for part in (_named(file), file.read_bytes()))


def _program_files() -> list[Path]:
    found = (file for name in _PROGRAM for file in (PROJECT / name).rglob("*"))
    own = (file for file in found if file.suffix in _PROGRAM_FILES and _TEXTS not in file.parents)
    prompts = (file for file in PROMPTS.glob("*.md") if file.name != "README.md")
    return [PROJECT / "app.py", *sorted(own), *sorted(prompts)]


def _named(file: Path) -> bytes:
    return f"\0{file.relative_to(PROJECT).as_posix()}\0".encode()


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
