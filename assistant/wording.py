"""Everyday words, abbreviations and English -> the words of official documents. For search only."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import SettingsError
from index.normalize import normalize_for_search

_FOLDER = Path(__file__).parent / "vocabulary"
_TERMS = (_FOLDER / "terms.toml", _FOLDER / "legal_terms.toml")


@dataclass(frozen=True, slots=True)
class Wording:
    """The vocabulary, ready for look-up; keys are normalised for search."""

    official: dict[str, tuple[str, ...]]  # everyday word -> official terms
    english: dict[str, str]
    english_places: dict[str, str]
    occupation_names: tuple[str, ...]
    off_topic: re.Pattern[str]
    off_topic_unless_found: re.Pattern[str]

    @classmethod
    def load(cls, extra: Path | None = None) -> Wording:
        """The shipped vocabulary and, on top, a file of the user in the same form.

        Raises:
            SettingsError: a file is missing or malformed.
        """
        official: dict[str, tuple[str, ...]] = {}
        for file in filter(None, (*_TERMS, extra)):
            for term, words in _table(file, "terms").items():
                for word in words if isinstance(words, list) else [words]:
                    key = normalize_for_search(str(word))
                    official[key] = (*official.get(key, ()), term)
        english = _FOLDER / "english.toml"
        names = (_FOLDER / "occupations.txt").read_text(encoding="utf-8").split()
        always, unless_found = (
            re.compile("|".join(_table(_FOLDER / "off_topic.toml", name).values()))
            for name in ("always", "unless_found")
        )
        return cls(
            official, _table(english, "terms"), _table(english, "places"), tuple(names), always, unless_found
        )

    def official_terms(self, text: str, frequency: Callable[[str], int]) -> tuple[str, ...]:
        """Official terms for what a normalised text says in other words, each once.

        ``frequency`` tells how many clauses hold a word: one that the corpus uses more than the official
        term needs no other. Policies on 全科医生 say 医生, laws say 医师.
        """
        found = [
            term
            for word, terms in self.official.items()
            if word in text
            for term in terms
            if word in term or not 0 < frequency(term) < frequency(word)
        ]
        return tuple(term for term in dict.fromkeys(found) if term not in text)

    def is_off_topic(self, text: str) -> bool:
        """Whether a normalised text asks for something that no document can say."""
        return bool(self.off_topic.search(text))

    def is_doubtful(self, text: str) -> bool:
        """Whether a normalised text asks for something that a document can hardly say."""
        return bool(self.off_topic_unless_found.search(text))

    def occupations(self, text: str) -> tuple[str, ...]:
        """Occupations that a normalised text names."""
        return tuple(name for name in self.occupation_names if name in text)

    def translated_terms(self, text: str) -> tuple[str, ...]:
        """Official terms for the English expressions of a normalised text, longer ones first.

        Plurals in -s, possessives and hyphens instead of blanks need no entries of their own.
        """
        return _matched(text, self.english)

    def with_chinese_places(self, text: str) -> str:
        """``text`` with the places that it names in English in Chinese."""
        for name, place in self.english_places.items():
            text = re.sub(rf"(?<![a-z]){name}(?:'s)?(?![a-z])", place, text)
        return text


def _matched(text: str, table: dict[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    for expression in sorted(table, key=len, reverse=True):
        words = "[ -]".join(map(re.escape, re.split("[ -]", expression)))
        pattern = rf"(?<![a-z]){words}(?:'?s)?(?![a-z])"
        if re.search(pattern, text):
            found.append(table[expression])
            text = re.sub(pattern, " ", text)
    return tuple(dict.fromkeys(found))


def _table(file: Path, name: str) -> dict[str, str]:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))[name]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise SettingsError(
            f"词表“{file}”无法读取：{error}；请检查路径，并写成含 [{name}] 表的 TOML"
        ) from error
    if not isinstance(table, dict) or any(not str(word).strip() for word in _words(table)):
        raise SettingsError(
            f'词表“{file}”的 [{name}] 不是表，或含有空白的词；请写成 “正式说法 = ["日常说法"]”'
        )
    return dict(table)


def _words(table: dict[str, Any]) -> Iterator[object]:
    for value in table.values():
        yield from value if isinstance(value, list) else [value]
