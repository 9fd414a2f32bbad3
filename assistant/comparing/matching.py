"""Which sentences of two documents correspond."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.comparing.likeness import Floats, Words, covered
from assistant.comparing.text import ComparedText, Part, Passage

_LEAST = 0.37
"""Likeness from which two sentences correspond that are each other's best. From 0.33 to 0.4 the clauses of the
shipped policies pair alike (F1 0.97). Among local regulations on one subject every second pair of
sentences has nothing to do with each other just below, and few have above."""

_SECOND = 0.5
"""Likeness from which they correspond where theirs have better ones. Of 24 such pairs in 78 revisions of laws
all from here on are right, and half of those below."""

_COVERED, _TELLING = 0.6, 4
"""Share of its words, and how many of them at least, that a sentence must find in what a corresponding
pair leaves over, to belong to it: a sentence that the other side has cut in two."""

Link = tuple[int, int]
"""Positions of a sentence of the left side and of one of the right that corresponds."""


@dataclass(frozen=True, slots=True)
class Match:
    """Sentences that correspond, of both sides and in order; one side is empty where only the other has them."""

    left: Passage
    right: Passage


def links(left: ComparedText, right: ComparedText, alike: Floats, words: Words) -> list[Link]:
    """Sentences that correspond, in order: one to one, and what the other side has cut in pieces."""
    comparable = _comparable(left, right, alike)
    mutual = list(_mutual(comparable, _LEAST))
    mutual += _second_choices(left, right, comparable, mutual)
    turned = [(there, here) for here, there in mutual]
    cut_right = _pieces(left, words.left, words.right, mutual, words)
    cut_left = _pieces(right, words.right, words.left, turned, words)
    return sorted({*mutual, *cut_right, *((here, there) for there, here in cut_left)})


def links_beside(
    left: ComparedText, right: ComparedText, alike: Floats, own: Sequence[int], others: Sequence[int]
) -> Iterator[Link]:
    """Headings and responsible units that correspond, of clauses side by side, which their positions name."""
    for part in (Part.HEADING, Part.UNITS):
        lefts, rights = (
            [at for clause in clauses for at in text.positions[clause] if text.sentences[at].part is part]
            for text, clauses in ((left, own), (right, others))
        )
        for at, best in _mutual(alike[np.ix_(lefts, rights)], -np.inf):
            yield lefts[at], rights[best]


def matches(left: ComparedText, right: ComparedText, found: Iterable[Link]) -> list[Match]:
    """All sentences of both sides, linked ones together: those with a left side in order, then the rest."""
    group: dict[tuple[int, int], set[tuple[int, int]]] = {
        (side, at): {(side, at)}
        for side, text in enumerate((left, right))
        for at in range(len(text.sentences))
    }
    for here, there in found:
        united = group[0, here] | group[1, there]
        group.update(dict.fromkeys(united, united))
    return [
        Match(
            Passage(tuple(left.sentences[at] for side, at in sorted(members) if side == 0)),
            Passage(tuple(right.sentences[at] for side, at in sorted(members) if side == 1)),
        )
        for members in {id(members): members for members in group.values()}.values()
    ]


def _comparable(left: ComparedText, right: ComparedText, alike: Floats) -> Floats:
    """Only rules correspond on their own: headings and responsible units recur too much."""
    rules = [np.asarray([s.part is Part.RULE for s in text.sentences], bool) for text in (left, right)]
    return np.where(rules[0][:, None] & rules[1][None], alike, np.float32(-np.inf))


def _mutual(alike: Floats, least: float) -> Iterator[Link]:
    """Sentences that are each other's best, and alike enough."""
    if alike.size:
        best_left = alike.argmax(0)
        for at, best in enumerate(alike.argmax(1).tolist()):
            if best_left[best] == at and alike[at, best] >= least:
                yield at, best


def _second_choices(
    left: ComparedText, right: ComparedText, alike: Floats, mutual: Sequence[Link]
) -> Iterator[Link]:
    """Sentences of clauses that have found no partner, since theirs has a better one, among themselves."""
    taken = {left.clause_numbers[at] for at, _ in mutual}, {right.clause_numbers[at] for _, at in mutual}
    here = [at for at, clause in enumerate(left.clause_numbers) if clause not in taken[0]]
    there = [at for at, clause in enumerate(right.clause_numbers) if clause not in taken[1]]
    return ((here[at], there[best]) for at, best in _mutual(alike[np.ix_(here, there)], _SECOND))


def _pieces(
    text: ComparedText,
    own: Sequence[set[str]],
    others: Sequence[set[str]],
    mutual: Sequence[Link],
    words: Words,
) -> Iterator[Link]:
    """Other sentences of ``text`` that stand in what the partner of one of its sentences has more than that."""
    linked = {here for here, _ in mutual}
    free = [
        at
        for at, sentence in enumerate(text.sentences)
        if at not in linked and sentence.part is Part.RULE and len(own[at]) >= _TELLING
    ]
    rests = [others[there] - own[here] for here, there in mutual]
    if free and rests:
        shares = covered([own[at] for at in free], rests, words)
        for at, best, share in zip(free, shares.argmax(1).tolist(), shares.max(1).tolist(), strict=True):
            if share >= _COVERED:
                yield at, mutual[best][1]
