"""A quotation laid along a passage: which words it keeps, and which it has otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from rapidfuzz.fuzz import partial_ratio_alignment

from assistant.checking.tokens import FORCES, Token, are_respelt

_FRINGE = 3
"""Tokens at an end of a quotation that are taken for as many others of the passage."""

_OMISSION = 10
"""Characters that words left out without a mark count for at most."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Tokens ``source[source_start:source_end]`` of the passage, for which the quotation has ``given[…]``."""

    source_start: int
    source_end: int
    given_start: int
    given_end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A run of ``size`` tokens that both have; quantities may differ in value or in spelling."""

    source: int
    given: int
    size: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a quotation stands to a passage. ``similarity`` is the share of characters kept, 0..1.

    Quantities and words of force (不得, 可以) that differ do not lower it: they are what is looked for.
    """

    blocks: tuple[Block, ...]
    edits: tuple[Edit, ...]
    similarity: float
    kept: int  # characters in the blocks, without quantities


def align(given: Sequence[Token], source: Sequence[Token], breaks: frozenset[int] = frozenset()) -> Alignment:
    """The best place of a quotation in a passage.

    At ``breaks`` (positions among the tokens given) the quotation marks an omission. Both the longest common
    run and the most similar window are tried as a place: the first misleads where a passage repeats
    itself, the second where words are left out.
    """
    blocks = (_blocks(given, source, 0, len(source)), _blocks(given, source, *_window(given, source)))
    return max(
        (
            _judged(_connected(_without_islands(found), source, breaks), given, source, breaks)
            for found in blocks
        ),
        key=lambda alignment: alignment.similarity,
    )


def _window(given: Sequence[Token], source: Sequence[Token]) -> tuple[int, int]:
    """The stretch of the passage that is most like the quotation, with a margin."""
    if len(given) >= len(source):
        return 0, len(source)
    found = partial_ratio_alignment([t.key for t in given], [t.key for t in source])
    if found is None:
        return 0, len(source)
    margin = len(given) // 4
    return max(0, found.dest_start - margin), found.dest_end + margin


def _blocks(given: Sequence[Token], source: Sequence[Token], start: int, end: int) -> list[Block]:
    window = [token.key for token in source[start:end]]
    matcher = SequenceMatcher(None, window, [token.key for token in given])
    return [Block(start + a, b, size) for a, b, size in matcher.get_matching_blocks() if size]


def _judged(
    blocks: Sequence[Block], given: Sequence[Token], source: Sequence[Token], breaks: frozenset[int]
) -> Alignment:
    if not blocks:
        return Alignment((), (Edit(0, 0, 0, len(given)),), 0.0, 0)
    edits = tuple(_edits(blocks, source, given, breaks))
    kept = [token for b in blocks for token in source[b.source : b.source + b.size]]
    cost = sum(_cost(edit, source, given) for edit in edits)
    similarity = _length(kept) / (_length(kept) + cost)
    return Alignment(tuple(blocks), edits, similarity, _length([t for t in kept if t.quantity is None]))


def _without_islands(blocks: list[Block]) -> list[Block]:
    """Blocks without the single tokens between others: 订 in 签订 agrees with 订立 by chance."""
    inner = (block for block in blocks[1:-1] if block.size > 1)
    return [*blocks[:1], *inner, *blocks[1:][-1:]]


def _connected(blocks: list[Block], source: Sequence[Token], breaks: frozenset[int]) -> list[Block]:
    """Blocks from both ends on that are worth the words left out between them and the next."""
    while len(blocks) > 1 and _is_stray(blocks[0], blocks[0], blocks[1], source, breaks):
        blocks = blocks[1:]
    while len(blocks) > 1 and _is_stray(blocks[-1], blocks[-2], blocks[-1], source, breaks):
        blocks = blocks[:-1]
    return blocks


def _is_stray(
    block: Block, first: Block, second: Block, source: Sequence[Token], breaks: frozenset[int]
) -> bool:
    if first.given + first.size == second.given and second.given in breaks:
        return False
    gap = _length(source[first.source + first.size : second.source])
    length = _length(source[block.source : block.source + block.size])
    return length <= _OMISSION if gap > _OMISSION else gap > 2 * length + 1


def _edits(
    blocks: Sequence[Block], source: Sequence[Token], given: Sequence[Token], breaks: frozenset[int]
) -> Iterator[Edit]:
    """What lies between and around the blocks, and quantities in them that differ in value."""
    first, last = blocks[0], blocks[-1]
    if first.given:
        start = first.source if first.given in breaks else max(0, first.source - first.given)
        yield _fringe(Edit(start, first.source, 0, first.given), first.source, source, given)
    for block, following in [*pairwise(blocks), (last, None)]:
        for offset in range(block.size):
            at, own = block.source + offset, block.given + offset
            if source[at].text != given[own].text and not are_respelt(source[at], given[own]):
                yield Edit(at, at + 1, own, own + 1)
        if following:
            end, own_end = block.source + block.size, block.given + block.size
            edit = Edit(end, following.source, own_end, following.given)
            if edit.given_start < edit.given_end or edit.given_start not in breaks:
                yield edit
    end, own_end = last.source + last.size, last.given + last.size
    if own_end < len(given):
        reach = end if own_end in breaks else min(len(source), end + len(given) - own_end)
        yield _fringe(Edit(end, reach, own_end, len(given)), end, source, given)


def _fringe(edit: Edit, border: int, source: Sequence[Token], given: Sequence[Token]) -> Edit:
    """An edit at an end of the quotation: a few words stand for as many of the passage, more for none."""
    sides = (source[edit.source_start : edit.source_end], given[edit.given_start : edit.given_end])
    own, other = ([token.quantity is None for token in side] for side in sides)
    is_pair = own == other and len(other) <= _FRINGE
    return edit if is_pair else Edit(border, border, edit.given_start, edit.given_end)


def _cost(edit: Edit, source: Sequence[Token], given: Sequence[Token]) -> int:
    missing = [t for t in source[edit.source_start : edit.source_end] if t.text not in FORCES]
    added = [t for t in given[edit.given_start : edit.given_end] if t.text not in FORCES]
    if len(missing) == len(added) == 1 and missing[0].quantity and added[0].quantity:
        return 0
    return max(_length(added), min(_length(missing), _OMISSION))


def _length(tokens: Sequence[Token]) -> int:
    return sum(len(token.text) for token in tokens)
