"""What a quotation has otherwise than its source, in the words of both, the gravest first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.checking.alignment import Alignment
from assistant.checking.excerpts import Cut, cut_places, cuts, cuts_before, cuts_behind
from assistant.checking.model import Difference, DifferenceKind
from assistant.checking.passages import Given, Passage, original_words
from assistant.checking.tokens import FORCES, LEVELS, LIMITS, NEGATIVES, Quantity, Token, are_respelt
from corpus import places
from corpus.numerals import HAN_NUMERAL

_ORDER = list(DifferenceKind)
_SAME_FORCE = {"应该": "应当", "应": "应当", "须": "必须", "可": "可以", "能": "能够", "准许": "允许"}
_TO = frozenset(["-", "至", "到"])
_HAN = re.compile(HAN_NUMERAL)
_BODY = re.compile("(?:政府|机关|机构|部门|单位|法院|检察院|大学|医院|委员会|[厅局委办部署院会])$")
_FRINGE = 3
"""Tokens at the beginning of a part of which one must be that of the passage, to tell where the part begins there."""

_CONTEXT = 2
"""Characters or tokens that are shown behind a negation that only one side has: 不纳入, 纳入."""


def differences(given: Given, passage: Passage, alignment: Alignment) -> tuple[Difference, ...]:
    """What differs, numbers and negations first, else in the order of the text."""
    place = next(cut_places(given, passage), None)
    if place:
        found = [_cut(given, passage, cut) for cut in cuts(given, passage, place)]
    else:
        found = [*_cut_off(given, passage, alignment), *_edited(given, passage, alignment)]
        found += _respelt(given, passage, alignment)
    return tuple(sorted(found, key=lambda difference: _ORDER.index(difference.kind)))


def _cut_off(given: Given, passage: Passage, alignment: Alignment) -> Iterator[Difference]:
    """What the parts are cut from whose first or last words are those of the passage."""
    same = {own: at for own, at in _pairs(alignment) if given.tokens[own].text == passage.tokens[at].text}
    borders = sorted({0, *given.breaks, len(given.tokens)})
    for part, (first, behind) in enumerate(pairwise(borders)):
        own = next((own for own in range(first, min(first + _FRINGE, behind)) if own in same), None)
        if own is not None and same[own] >= own - first:
            start = passage.tokens[same[own] - (own - first)].start
            yield from (_cut(given, passage, cut) for cut in cuts_before(given, passage, part, start))
        if behind - 1 in same:
            end = passage.tokens[same[behind - 1]].end
            yield from (_cut(given, passage, cut) for cut in cuts_behind(given, passage, part, end))


def _cut(given: Given, passage: Passage, cut: Cut) -> Difference:
    return Difference(
        original_words(passage, cut.whole.start, cut.whole.end),
        original_words(given, cut.own.start, cut.own.end),
        cut.kind,
    )


def _respelt(given: Given, passage: Passage, alignment: Alignment) -> Iterator[Difference]:
    for own, at in _pairs(alignment):
        source, token = passage.tokens[at], given.tokens[own]
        if source.text != token.text and are_respelt(source, token):
            yield Difference(
                _original(passage, [source]),
                _original(given, [token]),
                DifferenceKind.SPELLING,
            )


def _pairs(alignment: Alignment) -> Iterator[tuple[int, int]]:
    """Positions of the tokens given and of those of the passage that they stand for."""
    for block in alignment.blocks:
        yield from ((block.given + offset, block.source + offset) for offset in range(block.size))


def _edited(given: Given, passage: Passage, alignment: Alignment) -> Iterator[Difference]:
    for edit in alignment.edits:
        source = passage.tokens[edit.source_start : edit.source_end]
        own = given.tokens[edit.given_start : edit.given_end]
        if "".join(token.text for token in source) == "".join(token.text for token in own):
            continue
        kind = kind_of(source, own, _following(passage.tokens, edit.source_end, 1))
        if kind is DifferenceKind.WORDS and _is_in_quantity(passage, edit.source_start):
            kind = DifferenceKind.NUMBER
        if kind is DifferenceKind.NEGATION and not (source and own):
            source = passage.tokens[edit.source_start : edit.source_end + _CONTEXT]
            own = given.tokens[edit.given_start : edit.given_end + _CONTEXT]
        yield Difference(_original(passage, source), _original(given, own), kind)


def _is_in_quantity(passage: Passage, index: int) -> bool:
    """Whether a token stands behind the beginning of a quantity with its bounds: 前 in 2030年前."""
    return index < len(passage.tokens) and passage.tokens[index].start in passage.inner_borders


def _following(tokens: Sequence[Token], start: int, count: int) -> str:
    return "".join(token.text for token in tokens[start : start + count])


def _original(text: Given | Passage, tokens: Sequence[Token]) -> str:
    return original_words(text, tokens[0].start, tokens[-1].end) if tokens else ""


def kind_of(source: Sequence[Token], given: Sequence[Token], following: str = "") -> DifferenceKind:
    """What words that differ are about; ``following`` stands behind them in both texts."""
    sides = (source, given)
    texts = ["".join(token.text for token in side) for side in sides]
    if all(text in _TO for text in texts):
        return DifferenceKind.SPELLING
    if _differ(map(_numbers, sides)) or all(map(_HAN.fullmatch, texts)):
        return DifferenceKind.NUMBER
    if _forces(source, given) != _forces(given, source):
        return DifferenceKind.NEGATION
    if _differ(map(_places, sides)):
        return DifferenceKind.PLACE
    if any(_BODY.search(text) or _BODY.search(text + following) for text in texts if text):
        return DifferenceKind.BODY
    return DifferenceKind.WORDS


def _differ(values: Iterator[object]) -> bool:
    one, other = values
    return one != other


def _numbers(side: Sequence[Token]) -> tuple[list[Quantity], set[str]]:
    quantities = [token.quantity for token in side if token.quantity]
    return quantities, {token.text for token in side if token.text in LIMITS}


def _forces(side: Sequence[Token], other: Sequence[Token]) -> list[str]:
    """Words of force; 能 alone is one only beside another or nothing: it differs from 不能, but 技能 from 技术."""
    is_bare = len(side) == 1 and all(token.text in FORCES for token in other)
    return [
        _SAME_FORCE.get(token.text, token.text)
        for token in side
        if token.text in FORCES and (is_bare or len(token.text) > 1 or token.text in NEGATIVES)
    ]


def _places(side: Sequence[Token]) -> list[str]:
    text = "".join(token.text for token in side)
    levels = [token.text for token in side if LEVELS.fullmatch(token.text)]
    return [*levels, *(mention.place.name for mention in places.mentions(text))]
