"""Text -> search tokens: words of the policy trade and of everyday Chinese, and character pairs."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

import jieba

from index.errors import DictionaryError
from index.normalize import normalize_for_search

DICTIONARY = Path(__file__).with_name("dictionary.txt")
"""Words of the policy trade, one a line; ``#`` begins a comment."""

STOPWORDS = Path(__file__).with_name("stopwords.txt")
"""Words without a topic, apart by blanks; ``#`` begins a comment."""

_SCHEME = "1"
"""Part of the digest: raise it when the same text would give other tokens."""

_RUNS = re.compile(r"(?P<han>[\u3400-\u9fff\U00020000-\U0003ffff]+)|[a-z0-9]+(?:\.[0-9]+)?%?")

jieba.setLogLevel(logging.WARNING)


class Tokenizer:
    """Splits normalised text into words (jieba, search mode) and pairs of neighbouring characters.

    The pairs find what the dictionary cuts in another way. Words in Latin letters and numbers stay
    whole; punctuation and blanks give no token.

    Args:
        extra: word list of the user in the form of :data:`DICTIONARY`.

    Raises:
        DictionaryError: ``extra`` does not exist, is not UTF-8 or holds blanks inside a word.
    """

    def __init__(self, extra: Path | None = None) -> None:
        files = [DICTIONARY, *([extra] if extra else [])]
        self._words = tuple(word for file in files for word in _read_words(file))
        self.digest = _digest(self._words)
        """Changes with everything that changes the tokens."""

    def __call__(self, text: str) -> list[str]:
        """Tokens of ``text`` in order, repeated as often as they occur."""
        return list(self._tokens(normalize_for_search(text)))

    def query_tokens(self, text: str) -> list[str]:
        """Tokens of a query: without words such as 怎么 and 可以, which say nothing of its topic."""
        return [token for token in self(text) if token not in _stopwords()]

    def topic_words(self, text: str) -> list[str]:
        """Chinese words of ``text`` that name something, each once: at least two characters, no stop word."""
        runs = (run["han"] for run in _RUNS.finditer(normalize_for_search(text)) if run["han"])
        words = dict.fromkeys(word for run in runs for word in _segmenter(self._words).cut_for_search(run))
        return [word for word in words if len(word) > 1 and word not in _stopwords()]

    def segment(self, text: str) -> list[str]:
        """Words of ``text``, which joined are the text."""
        return list(_segmenter(self._words).cut(text, HMM=False))

    def is_word(self, word: str) -> bool:
        """Whether the dictionary holds ``word``."""
        return bool(_segmenter(self._words).FREQ.get(word))

    def _tokens(self, text: str) -> Iterator[str]:
        for run in _RUNS.finditer(text):
            if run["han"] is None:
                yield run[0]
            else:
                yield from self._han_tokens(run[0])

    def _han_tokens(self, run: str) -> Iterator[str]:
        yield from _segmenter(self._words).cut_for_search(run)
        yield from (run[start : start + 2] for start in range(len(run) - 1))


@cache
def _segmenter(words: tuple[str, ...]) -> jieba.Tokenizer:
    segmenter = jieba.Tokenizer()
    # What initialize() does, less its cache file in the common temporary folder, which saves no time.
    segmenter.FREQ, segmenter.total = segmenter.gen_pfdict(segmenter.get_dict_file())
    segmenter.initialized = True
    for word in words:
        segmenter.add_word(word)
    return segmenter


def _read_words(file: Path) -> list[str]:
    """Words of a dictionary file, normalised like the text that is searched."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DictionaryError(
            f"词典“{file}”无法读取：{error}；请检查路径，并存为 UTF-8 文本，每行一个词"
        ) from error
    words = [line.partition("#")[0].strip() for line in lines]
    for number, word in enumerate(words, 1):
        if len(word.split()) > 1:
            raise DictionaryError(f"词典“{file}”第 {number} 行“{word}”含有空格；请每行只写一个词")
    return [normalize_for_search(word) for word in words if word]


@cache
def _stopwords() -> frozenset[str]:
    lines = STOPWORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _digest(words: tuple[str, ...]) -> str:
    parts = [_SCHEME, version("jieba"), *words]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
