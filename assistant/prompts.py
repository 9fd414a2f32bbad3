"""Prompt templates: text files under ``prompts/`` with named placeholders."""

from __future__ import annotations

import hashlib
from pathlib import Path
from string import Template

from assistant.errors import SettingsError

PROMPTS = Path(__file__).parent.parent / "prompts"


def load_prompt(name: str, variables: frozenset[str]) -> Template:
    """The template ``prompts/NAME.md``, which must have exactly these variables (``$question``).

    Raises:
        SettingsError: the file cannot be read, or has other variables.
    """
    file = PROMPTS / f"{name}.md"
    try:
        template = Template(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"提示词文件“{file.name}”无法读取（{error}）；请恢复这个文件") from error
    if not template.is_valid() or (found := set(template.get_identifiers())) != variables:
        wanted = "、".join(f"${name}" for name in sorted(variables))
        has = "、".join(f"${name}" for name in sorted(found)) if template.is_valid() else "写错的 $"
        raise SettingsError(
            f"提示词文件“{file.name}”里的变量是 {has or '（无）'}，应当恰好是 {wanted}；请改正"
        )
    return template


def digest_of(template: Template) -> str:
    """Changes with every change of a template."""
    return hashlib.sha256(template.template.encode()).hexdigest()[:16]
