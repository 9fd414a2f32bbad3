"""Homophones: words of a question that sound like a word of the corpus and are none themselves.

People type by sound: 助里医师 for 助理医师, 签头 for 牵头. A run of characters that the dictionary does
not know is replaced by the word of the corpus with the same syllables. For search only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise

from pypinyin import lazy_pinyin

_LONGEST = 4
_PARTICLES = frozenset(
    "我你他她它咱是的地得了着过在去来到从把被给让和与或及就都也还又再很太最更不没无有个几一二三四五六七八九十两多少"
    "大小上下中里外前后时年月日想要能会可应该须拿干看说问做搞用吗呢吧啊呀么什哪谁怎这那各每全才只但而且若因为所以其之等"
)
"""Characters that are words of their own everywhere: two of them side by side are no misspelling."""

_HAN = re.compile("[\u4e00-\u9fff]+")


class Homophones:
    """Corrects text by sound.

    Args:
        vocabulary: tokens of the corpus. Its words of two to four characters are what may be meant; a
            pair of characters that it writes somewhere is no misspelling.
        segment: splits text into words.
        is_word: whether a word stands in the dictionary.
    """

    def __init__(
        self, vocabulary: Iterable[str], segment: Callable[[str], list[str]], is_word: Callable[[str], bool]
    ) -> None:
        self._by_sound: dict[tuple[str, ...], str] = {}
        self._written: set[str] = set()
        for token in vocabulary:
            if 2 <= len(token) <= _LONGEST and _HAN.fullmatch(token):
                self._written.add(token)
                if is_word(token):
                    self._by_sound.setdefault(tuple(lazy_pinyin(token)), token)
        self._segment = segment
        self._is_word = is_word

    def corrected(self, text: str) -> str:
        """``text`` with every unknown run that sounds like a word of the corpus written as that word."""
        return _HAN.sub(lambda run: self._corrected_run(run[0]), text)

    def _corrected_run(self, run: str) -> str:
        doubtful = self._doubtful(run)
        sounds = lazy_pinyin(run)
        if len(sounds) != len(run):
            return run
        characters = list(run)
        for length in range(_LONGEST, 1, -1):
            for start in range(len(run) - length + 1):
                span = range(start, start + length)
                word = self._by_sound.get(tuple(sounds[start : start + length]))
                wrong = {at for at in span if word and run[at] != word[at - start]}
                if word and wrong <= doubtful and self._fits(run[start : start + length], word):
                    characters[start : start + length] = word
                    doubtful -= set(span)
        return "".join(characters)

    def _doubtful(self, run: str) -> set[int]:
        """Positions of characters in words that the dictionary lacks, and of single characters side by side."""
        words = self._segment(run)
        starts = [0]
        for word in words:
            starts.append(starts[-1] + len(word))
        unknown = [len(word) == 1 or not self._is_word(word) for word in words]
        alone = [len(word) == 1 for word in words]
        found: set[int] = set()
        for index, (start, end) in enumerate(pairwise(starts)):
            beside = any(alone[i] for i in (index - 1, index + 1) if 0 <= i < len(words))
            if unknown[index] and (not alone[index] or beside):
                found.update(range(start, end))
        return found

    def _fits(self, written: str, word: str) -> bool:
        """A correction keeps at least one character and replaces neither a word nor a particle."""
        if all(first + second in self._written for first, second in pairwise(written)):
            return False
        pairs = list(zip(written, word, strict=True))
        keeps_one = any(a == b for a, b in pairs)
        return (
            keeps_one and not self._is_word(written) and not any(a != b and a in _PARTICLES for a, b in pairs)
        )
