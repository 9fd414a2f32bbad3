"""The same query in other words: trade words, Traditional characters, wrong homophones, English."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import islice
from random import Random

from opencc import OpenCC
from pypinyin import lazy_pinyin

from assistant.wording import Wording
from index.tokens import Tokenizer

_HAN = re.compile("[\u4e00-\u9fff]")
_SHORTEST_TERM = 3


class Wordings:
    """Writes a query anew; None where there is nothing to write otherwise.

    Args:
        texts: of the corpus; its frequent characters are what people choose in place of another.
    """

    def __init__(self, texts: Iterable[str], tokenizer: Tokenizer) -> None:
        counts = Counter(char for text in islice(texts, 20_000) for char in _HAN.findall(text))
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for char, _ in counts.most_common(2_500):
            self._by_sound[lazy_pinyin(char)[0]].append(char)
        self._tokenizer = tokenizer
        wording = Wording.load()
        self._everyday: dict[str, list[str]] = defaultdict(list)
        for word, terms in wording.official.items():
            for term in terms:
                self._everyday[term].append(word)
        self._english: dict[str, list[str]] = defaultdict(list)
        for english, term in wording.english.items():
            self._english[term].append(english)

    def in_trade_words(self, query: str, random: Random) -> str | None:
        """One official term as people say it."""
        found = [term for term in self._everyday if len(term) >= _SHORTEST_TERM and term in query]
        if not found:
            return None
        term = max(found, key=len)
        return query.replace(term, random.choice(self._everyday[term]))

    def in_traditional(self, query: str, random: Random) -> str | None:
        """In Traditional characters, as in general, in Taiwan or in Hong Kong."""
        written = _converter(random.choice(["s2t", "s2tw", "s2hk"])).convert(query)
        return written if written != query else None

    def misspelt(self, query: str, random: Random) -> str | None:
        """One or two words with a character that sounds the same and is wrong."""
        words = self._tokenizer.segment(query)
        long = [at for at, word in enumerate(words) if len(word) > 1 and _HAN.match(word)]
        written = list(words)
        for at in random.sample(long, min(len(long), random.choice([1, 1, 2]))):
            written[at] = self._misspelt_word(words[at], random)
        return "".join(written) if written != words else None

    def in_english(self, text: str, random: Random) -> str | None:
        """The glossary's English for at least two terms of ``text``, one of them of more words than one."""
        terms = [term for term in self._english if len(term) > 1 and term in text]
        terms = [term for term in terms if not any(term != other and term in other for other in terms)]
        chosen = random.sample(terms, min(len(terms), 3))
        words = [random.choice(self._english[term]) for term in chosen]
        return " ".join(words) if len(words) > 1 and any(" " in word for word in words) else None

    def _misspelt_word(self, word: str, random: Random) -> str:
        at = random.randrange(len(word))
        others = [char for char in self._by_sound[lazy_pinyin(word[at])[0]][:8] if char != word[at]]
        return word[:at] + random.choice(others) + word[at + 1 :] if others else word


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)
