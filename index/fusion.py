"""Scores of several channels -> one score.

The weights stand here and nowhere else. They are what measured best on the 172 questions about the
two policies; on the statutes the dense side deserves more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SENTENCE_WEIGHT = 0.5
"""Share of the best sentence in the dense score; the clause as a whole has the rest."""

DENSE_WEIGHT = 0.5
"""Share of the dense channel in the fused score; BM25 has the rest."""

FIELD_WEIGHTS = {"text": 1.0, "headings": 0.2}
"""Weight of each field in the BM25 score. ``text`` begins with title and headings already."""


def dense_scores(clauses: Floats, best_sentences: Floats) -> Floats:
    """Dense scores from the cosines of clauses and of their best sentences, all float32 ``[n]``."""
    return (1 - SENTENCE_WEIGHT) * clauses + SENTENCE_WEIGHT * best_sentences


def fuse(dense: Floats, lexical: Floats) -> Floats:
    """Fused scores of the candidates, 0..1: both channels scaled to 0..1 and added by weight."""
    return DENSE_WEIGHT * _scaled(dense) + (1 - DENSE_WEIGHT) * _scaled(lexical)


def _scaled(scores: Floats) -> Floats:
    """``scores`` with the lowest at 0 and the highest at 1; all 0 where they are equal."""
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
