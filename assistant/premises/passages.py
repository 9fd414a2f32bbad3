"""The texts that premises are checked with: a quote in a spelling for comparison, of the same length."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from assistant.evidence import Evidence
from corpus.model import Span
from index.normalize import normalize_for_search
from index.sentences import split_sentences

_BORDER = re.compile(r"[,，。;；:：?？!！\n]")
_BEFORE, _AFTER = 18, 24
"""Characters on both sides of an expression that tell what it is about, within its part of the sentence."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Words of a source, verbatim, that say otherwise than words of the question.

    ``what`` names what they are: words of the text, or what is known of its document.
    """

    original: str
    asked: str
    what: str = "原文"


@dataclass(frozen=True)
class Passage:
    """A quote of an answer with the clause that it stands in."""

    evidence: Evidence
    quote: str

    @cached_property
    def folded(self) -> str:
        """The quote in one spelling; its offsets are those of the quote."""
        return fold(self.quote)

    @cached_property
    def clause(self) -> str:
        """The whole clause in one spelling."""
        return fold(self.evidence.clause.text)

    @property
    def is_first(self) -> bool:
        """Whether the clause is the best of its place or one that the question names."""
        return self.evidence.rank == 0 or self.evidence.is_named

    @cached_property
    def frequency(self) -> Counter[str]:
        """How often each pair of characters stands in the clause."""
        return Counter(pairs(self.clause))


def fold(text: str) -> str:
    """``text`` in one width, case and script, character for character."""
    return "".join(map(_folded, text))


@cache
def _folded(char: str) -> str:
    normal = normalize_for_search(char)
    return normal if len(normal) == 1 else char


def around(text: str, span: Span) -> str:
    """What stands beside an expression in its part of the sentence; the expression itself is blank."""
    part = part_of(text, span)
    before = text[max(part.start, span.start - _BEFORE) : span.start]
    return f"{before} {text[span.end : min(part.end, span.end + _AFTER)]}"


def part_of(text: str, span: Span) -> Span:
    """The part of the sentence that an expression stands in, between two marks of punctuation."""
    borders = [match.start() for match in _BORDER.finditer(text)]
    start = max((border + 1 for border in borders if border < span.start), default=0)
    return Span(start, min((border for border in borders if border >= span.end), default=len(text)))


def sentence_of(text: str, span: Span) -> str:
    """The sentence that an expression stands in."""
    found = next((s for s in split_sentences(text) if s.start <= span.start < s.end), Span(0, len(text)))
    return text[found.start : found.end]


def pairs(text: str) -> Iterator[str]:
    """Pairs of neighbouring Chinese characters."""
    for run in re.findall("[\u4e00-\u9fff]+", text):
        yield from (run[i : i + 2] for i in range(len(run) - 1))


def closeness(asked: set[str], beside: str, frequency: Counter[str]) -> float:
    """How much of ``asked`` stands in ``beside``; a pair that the clause often has tells less."""
    return sum(1 / math.sqrt(max(1, frequency[pair])) for pair in set(pairs(beside)) & asked)
