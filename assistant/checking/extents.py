"""Quantities with all that says how far they go: 3名以上, 至少5名, 50%-70%, 三年以上七年以下."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from assistant.checking.folding import SIGNS, Folded
from assistant.checking.tokens import Token
from corpus.model import Span
from corpus.numerals import HAN_NUMERAL

_SIGN = f"[{re.escape(''.join(sorted(SIGNS)))}]"
_BOUND = re.compile(
    f"(?:不?[少低高多大小晚早]于|不?超过|至[少多]|最[多少低高长短大小早迟]|[不未]满|不足|{_SIGN})(?:为|可?达到?)?"
)
_BEFORE = re.compile(rf"{_BOUND.pattern}$")
_REACH = 6
"""Characters of the longest bound before a quantity: 不超过可达到."""

_SIDE = "及?以[上下](?!述|列|简?称)"
_BEHIND = re.compile(
    rf"(?:{_SIDE}|[之以]外(?!国|资|币|汇)|[之以]?(?:内(?![容部设科地外])|前(?![往款项列述提来])|后(?![果续期勤者]))"
    "|左右|余|多(?![次个种项数])|底(?![层线])|末(?!端)|初(?![步级中次期审]))+"
)
_OPEN = re.compile(_SIDE)
_JOINT = re.compile("[至到]第?|[:/.-]")
_FURTHER = re.compile(rf"[不未]满|{_SIGN}")
_HAN = re.compile(rf"{HAN_NUMERAL}(?![至到-]|分之)")


def inner_borders(folded: Folded, tokens: Sequence[Token]) -> dict[int, Span]:
    """The places of a text that lie within a quantity and its bounds, and where that one stands.

    The place behind a lone Han numeral is none: 统一|人员, 三|方.
    """
    extents = _joined(folded, _bounded(folded, tokens))
    borders = {place: span for span in extents for place in range(span.start + 1, span.end)}
    numerals = (_HAN.match(folded.text, token.start, token.end) for token in tokens if token.quantity)
    lone = {match.end() for match in numerals if match and len(match[0]) == 1}
    return _open_bounds(folded) | {place: span for place, span in borders.items() if place not in lone}


def _open_bounds(folded: Folded) -> dict[int, Span]:
    """The same within bounds of what is no quantity, shown with two characters of it: 本科|及以上, 县级|以上."""
    found: dict[int, Span] = {}
    for match in _OPEN.finditer(folded.text):
        start = max(match.start() - 2, folded.around(match.start()).start)
        if start < match.start():
            found |= dict.fromkeys(range(*match.span()), Span(start, match.end()))
    return found


def _bounded(folded: Folded, tokens: Iterable[Token]) -> Iterator[Span]:
    for token in tokens:
        if token.quantity:
            words = folded.around(token.start)
            before = _BEFORE.search(folded.text, max(words.start, token.start - _REACH), token.start)
            behind = _BEHIND.match(folded.text, token.end, words.end)
            yield Span(before.start() if before else token.start, behind.end() if behind else token.end)


def _joined(folded: Folded, spans: Iterable[Span]) -> list[Span]:
    """Spans, of which those are one that make one range."""
    found: list[Span] = []
    for span in spans:
        if found and _is_range(folded, found[-1], span):
            span = Span(found.pop().start, span.end)
        found.append(span)
    return found


def _is_range(folded: Folded, first: Span, second: Span) -> bool:
    """Whether two follow each other as 50元至200元, 三年以上七年以下 or 5+3."""
    if bisect_right(folded.parts, second.start) > bisect_left(folded.parts, first.end):
        return False
    between = folded.text[first.end : second.start]
    own, other = (folded.text[span.start : span.end] for span in (first, second))
    if between:
        return bool(_JOINT.fullmatch(between))
    is_bounded = any(bound.search(own) and bound.search(other) for bound in (_BOUND, _OPEN))
    return is_bounded or bool(_FURTHER.match(other))
