"""Texts as they are compared: without white space, punctuation, script and width, with the way back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.model import Span
from index.text_search import condensed

_NUMBER = r"[0-9０-９%％]"
_JOINT = re.compile(
    rf"(?<={_NUMBER})\s*(?:(?P<range>[-‐-―−~～－]+)|(?P<point>[.．])|(?P<list>[,，、/:：;；]))\s*(?={_NUMBER})"
)
_THOUSANDS = re.compile(r"[,，]\s*[0-9０-９]{3}(?![0-9０-９])")


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


def fold(text: str) -> Folded:
    """``text`` condensed as for search; only punctuation that belongs to a number stays: 50%-70%, 3.5, 2、3."""
    joints = {match.start(): _joint(match) for match in _JOINT.finditer(text)}
    chars: list[str] = []
    offsets: list[int] = []
    parts: list[int] = []
    for index, char in enumerate(text):
        kept = joints.get(index, "") + condensed(char)
        chars += kept
        offsets += [index] * len(kept)
        if not kept and not char.isspace():
            parts.append(len(chars))
    return Folded("".join(chars), tuple(offsets), tuple(dict.fromkeys(parts)))


def _joint(match: re.Match[str]) -> str:
    """One spelling for what joins two numbers; nothing for the comma of 1,000."""
    if match["range"]:
        return "-"
    if match["point"]:
        return "."
    return "" if _THOUSANDS.match(match.string, match.start("list")) else "、"
