"""How much the sentences of two documents are alike, in words, in meaning and in place."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.comparing.text import ComparedText
from assistant.quotation import pairs
from corpus.versions import are_versions

Floats = NDArray[np.float32]

_MEANING = 4.0
"""Weight of the cosine, whose values lie within a tenth of each other, beside the share of common words."""

_CONTEXT = 0.1
"""Weight of the likeness of the clauses, and once more where they are each other's best."""

_PLACE, _PLACE_OF_VERSIONS = 0.05, 0.15
"""Weights of the distance in the documents, 0..1. It decides between sentences that are alike, such as those
that many articles of a law end with; versions of one instrument mostly keep their order."""


@dataclass(frozen=True)
class Words:
    """Character pairs of the sentences of both sides, weighted: what few sentences have tells more."""

    left: list[set[str]]
    right: list[set[str]]
    weights: dict[str, float]


def words_of(left: ComparedText, right: ComparedText) -> Words:
    """The words of two documents."""
    lefts, rights = ([pairs(s.text) for s in text.sentences] for text in (left, right))
    counts = Counter(pair for words in (*lefts, *rights) for pair in words)
    total = len(lefts) + len(rights)
    weights = {pair: math.log(1 + total / counts[pair]) for pair in sorted(counts)}
    return Words(lefts, rights, weights)


def likeness(
    left: ComparedText, right: ComparedText, words: Words, vectors: tuple[Floats, Floats] | None
) -> Floats:
    """How alike each sentence of the left side is to each of the right: ``[n_left, n_right]``.

    About 0 for strangers and 1 for equals. ``vectors`` are those of the sentences, of unit length.
    """
    alike = shares(words.left, words.right, words)
    clauses = shares(_by_clause(left, words.left), _by_clause(right, words.right), words)
    alike += _CONTEXT * (clauses + _mutual(clauses))[np.ix_(left.clause_numbers, right.clause_numbers)]
    places = [np.asarray([s.position for s in text.sentences], np.float32) for text in (left, right)]
    weight = _PLACE_OF_VERSIONS if are_versions(left.document, right.document) else _PLACE
    alike -= weight * np.abs(places[0][:, None] - places[1][None])
    return alike + _MEANING * _centred(vectors[0] @ vectors[1].T) if vectors else alike


def shares(left: Sequence[set[str]], right: Sequence[set[str]], words: Words) -> Floats:
    """Weight of the words that two have in common by their mean weight, 0..1: ``[n_left, n_right]``."""
    common, lefts, rights = _common(left, right, words)
    return np.asarray(2 * common / np.maximum(lefts[:, None] + rights[None], 1e-6), np.float32)


def covered(own: Sequence[set[str]], others: Sequence[set[str]], words: Words) -> Floats:
    """Share of the weight of the own words that another has, 0..1: ``[n_own, n_others]``."""
    common, total, _ = _common(own, others, words)
    return np.asarray(common / np.maximum(total[:, None], 1e-6), np.float32)


def _common(
    left: Sequence[set[str]], right: Sequence[set[str]], words: Words
) -> tuple[Floats, Floats, Floats]:
    """Weight of the common words of each two, and of all words of each."""
    common = np.zeros((len(left), len(right)), np.float32)
    lefts, rights = np.zeros(len(left), np.float32), np.zeros(len(right), np.float32)
    places = _places(left), _places(right)
    for pair, weight in words.weights.items():
        here, there = places[0].get(pair, []), places[1].get(pair, [])
        lefts[here] += weight
        rights[there] += weight
        if here and there:
            common[np.ix_(here, there)] += weight
    return common, lefts, rights


def _places(side: Sequence[set[str]]) -> dict[str, list[int]]:
    """Which of the texts have each word."""
    found: dict[str, list[int]] = {}
    for at, words in enumerate(side):
        for word in words:
            found.setdefault(word, []).append(at)
    return found


def _by_clause(text: ComparedText, words: Sequence[set[str]]) -> list[set[str]]:
    return [set().union(*(words[at] for at in own)) for own in text.positions]


def _mutual(alike: Floats) -> NDArray[np.bool_]:
    """Which two are each other's best."""
    if alike.size == 0:
        return alike.astype(bool)
    best: NDArray[np.bool_] = (alike == alike.max(1, keepdims=True)) & (alike == alike.max(0, keepdims=True))
    return best & (alike > 0)


def _centred(cosines: Floats) -> Floats:
    """Cosines above what either sentence has in common with every other; none in an empty document."""
    if cosines.size == 0:
        return cosines
    rows, columns = cosines.mean(1, keepdims=True), cosines.mean(0, keepdims=True)
    centred: Floats = cosines - rows - columns + cosines.mean()
    return centred
