"""Clause text -> the spans of its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from corpus.model import Span

_OPENING = "（(《〈「『“〔[【"
_CLOSING = "）)》〉」』”〕]】"
_BORDER = re.compile(
    r"\n"
    r"|[。！？；!?;][。！？；!?;）)”’」』]*"
    r"|(?=[（(](?:牵头|配合|责任|负责|主办|协办|参与)(?:单位|部门)\s*[：:])"
)
"""Ends of sentences. A bracket that names the responsible units is a sentence of its own."""


def split_sentences(text: str) -> list[Span]:
    """Sentences of ``text`` in order; what lies between and around them is white space.

    Sentences end at 。！？； (and ! ? ;) outside brackets and quotation marks, and with the line.
    Text that is not blank has at least one.
    """
    borders = [0, *_borders(text), len(text)]
    trimmed = (_trimmed(text, start, end) for start, end in pairwise(borders))
    return [span for span in trimmed if span.start < span.end]


def _borders(text: str) -> Iterator[int]:
    depth = seen = 0
    for match in _BORDER.finditer(text):
        depth = _depth_after(depth, text[seen : match.end()])
        seen = match.end()
        if match[0] == "\n":  # brackets that nobody closed end with their line
            depth = 0
        if depth == 0:
            yield match.end()


def _depth_after(depth: int, text: str) -> int:
    """How many brackets are open behind ``text``; one that nobody opened (1） does not count."""
    for char in text:
        if char in _OPENING:
            depth += 1
        elif char in _CLOSING:
            depth = max(0, depth - 1)
    return depth


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return Span(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))
