"""The points of a quoted text, where it has several: 一是…；二是…, （1）…（2）…, ——…, or sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from index.sentences import split_sentences

_MARKERS = (
    re.compile(r"(?:第?[一二三四五六七八九十]{1,2}是)"),
    re.compile(r"(?<![A-Za-z0-9])[（(](?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})[）)]"),
    re.compile(r"[①-⑳]"),
    re.compile(r"(?<![0-9])[0-9]{1,2}[.、．](?![0-9])"),
    re.compile(r"——(?=[^—])"),
)
"""Ways to number points inside a text."""


def points(text: str) -> tuple[str, ...]:
    """The points of ``text`` in order, which joined are the text; one where it has no more.

    What stands before the first number stays with it; text without numbers falls into its sentences.
    """
    for marker in _MARKERS:
        starts = [match.start() for match in marker.finditer(text)]
        if len(starts) > 1:
            return _cut(text, starts)
    return _cut(text, [span.start for span in split_sentences(text)])


def _cut(text: str, starts: Iterable[int]) -> tuple[str, ...]:
    borders = [0, *list(starts)[1:], len(text)]
    return tuple(text[start:end] for start, end in pairwise(borders))
