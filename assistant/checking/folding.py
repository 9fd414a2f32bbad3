"""Texts as they are compared: without white space, punctuation, script and width, with the way back."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.model import Span
from index.text_search import condensed

_NUMBER = r"[0-9０-９%％]"
_HAN = r"[〇一二两三四五六七八九十百千]"
_DASH = "[-‐-―−~～－]"
_JOINT = re.compile(
    rf"(?:(?<={_NUMBER})|(?<=[0-9０-９][年月日天岁级元名个家]))\s*(?P<range>{_DASH}+)\s*(?={_NUMBER})"
    rf"|(?<={_HAN})(?P<han_range>{_DASH})(?={_HAN})"
    rf"|(?<={_NUMBER})\s*(?:(?P<point>[.．])|(?P<list>[,，、;；])|(?P<ratio>[/／:：∶]))\s*(?={_NUMBER})"
)
_THOUSANDS = re.compile(r"[,，]\s*[0-9０-９]{3}(?![0-9０-９])")
_SIGN = re.compile(rf"[≤≦⩽≥≧⩾≠≈±+＋×÷=＝¥￥$＄€£]|[<＜>＞](?=\s*{_NUMBER})")
_ONE_SIGN = str.maketrans("≦⩽≧⩾＋＝￥＄＜＞", "≤≤≥≥+=¥$<>")

SIGNS = frozenset("≤≥≠≈±+×÷=¥$€£<>")
"""What says how a number is meant, or what is done to it. Angle brackets do so only before a number."""


@dataclass(frozen=True, slots=True)
class Folded:
    """What counts of a text. ``offsets`` tells for each character of ``text`` where the original has it.

    ``parts`` are the places in ``text`` before which the original has punctuation.
    """

    text: str
    offsets: tuple[int, ...]
    parts: tuple[int, ...] = ()

    def original(self, start: int, end: int) -> Span:
        """The place of ``text[start:end]`` in the original."""
        if start >= end:
            at = self.offsets[start] if start < len(self.offsets) else 0
            return Span(at, at)
        return Span(self.offsets[start], self.offsets[end - 1] + 1)

    def around(self, place: int) -> Span:
        """The words between punctuation that the character at ``place`` of ``text`` belongs to."""
        index = bisect_right(self.parts, place)
        start = self.parts[index - 1] if index else 0
        return Span(start, self.parts[index] if index < len(self.parts) else len(self.text))


def fold(text: str) -> Folded:
    """``text`` condensed as for search, but with signs and the punctuation inside numbers: ≥3, 50%-70%, 3.5, 2、3."""
    kept_marks = dict(_marks(text))
    chars: list[str] = []
    offsets: list[int] = []
    parts: list[int] = []
    for index, char in enumerate(text):
        kept = kept_marks[index] if index in kept_marks else condensed(char)
        chars += kept
        offsets += [index] * len(kept)
        if not kept and not char.isspace() and index not in kept_marks:
            parts.append(len(chars))
    return Folded("".join(chars), tuple(offsets), tuple(dict.fromkeys(parts)))


def _marks(text: str) -> Iterator[tuple[int, str]]:
    """What stays of the marks at their places, which is nothing for the comma of 1,000."""
    for match in _SIGN.finditer(text):
        yield match.start(), match[0].translate(_ONE_SIGN)
    for match in _JOINT.finditer(text):
        start, end = match.span(match.lastgroup or 0)
        yield start, _joint(match)
        yield from ((index, "") for index in range(start + 1, end))


def _joint(match: re.Match[str]) -> str:
    """One spelling for what joins two numbers."""
    if match["range"] or match["han_range"]:
        return "-"
    if match["point"]:
        return "."
    if match["ratio"]:
        return "/" if match["ratio"] in "/／" else ":"
    return "" if _THOUSANDS.match(match.string, match.start("list")) else "、"
