"""Prompt templates: text files under ``prompts/`` with named placeholders."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from assistant.errors import SettingsError

PROMPTS = Path(__file__).parent.parent / "prompts"

_STRETCH = 10
"""Letters in a row that only who has read a template writes."""


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


@dataclass(frozen=True, slots=True)
class Prompts:
    """The templates that a task needs, by name."""

    templates: Mapping[str, Template]

    @classmethod
    def load(cls, variables: Mapping[str, frozenset[str]]) -> Prompts:
        """The templates of these names, each with exactly its variables.

        Raises:
            SettingsError: a file cannot be read, or has other variables.
        """
        return cls({name: load_prompt(name, own) for name, own in variables.items()})

    @property
    def digest(self) -> str:
        """Changes with every change of any of the templates."""
        texts = "".join(f"{name}\0{digest_of(own)}\0" for name, own in sorted(self.templates.items()))
        return hashlib.sha256(texts.encode()).hexdigest()[:16]

    def are_told_in(self, text: str) -> bool:
        """Whether ``text`` has a stretch of a template, however it is set out."""
        own, told = ("".join(filter(str.isalnum, part)) for part in (self._words, text))
        return any(told[at : at + _STRETCH] in own for at in range(len(told) - _STRETCH + 1))

    @property
    def _words(self) -> str:
        return "\n".join(template.template for template in self.templates.values())

    def fill(self, name: str, texts: Mapping[str, str]) -> str:
        """The prompt with ``texts`` in the places of its variables; those that it does not have are left out."""
        return self.templates[name].substitute(texts)


def digest_of(template: Template) -> str:
    """Changes with every change of a template."""
    return hashlib.sha256(template.template.encode()).hexdigest()[:16]
