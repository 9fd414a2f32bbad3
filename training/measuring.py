"""The figures of a training run: held-out questions on the whole corpus, the policies by style."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.evaluation.metrics import ranking_scores
from index.encoder import Encoder
from training.files import appearing
from training.scoring import Asked, Found, Searchable
from training.vectors import ExactArrays

DEPTHS = (1, 5, 10, 20, 100)
STYLED = 5
"""Depth of the recall by style on the policies."""

Figures = dict[str, float]


def held_out(
    laws: Searchable, encoder: Encoder, arrays: ExactArrays, asked: Sequence[Asked]
) -> tuple[dict[str, Figures], list[Found]]:
    """Scores of each question by its id, all clauses ranked by their cosine, and what the hybrid search considers.

    The former reads the question as it is, the latter what the product makes of it.
    """
    texts = encoder.encode_queries([question.case.question for question in asked])
    topics = encoder.encode_queries([question.topic for question in asked])
    found = [laws.search(question, vector, arrays) for question, vector in zip(asked, topics, strict=True)]
    scores = {
        question.case.id: _scores(laws.nearest(question, vector, arrays, 100), question.case.gold)
        for question, vector in zip(asked, texts, strict=True)
    }
    return scores, found


def by_style(policies: Searchable, encoder: Encoder, arrays: ExactArrays, asked: Sequence[Asked]) -> Figures:
    """Dense recall@5 on the policies by style of the question: mean of clause and best sentence, as the product's."""
    vectors = encoder.encode_queries([question.topic for question in asked])
    found: dict[str, list[float]] = defaultdict(list)
    for question, vector in zip(asked, vectors, strict=True):
        considered = policies.search(question, vector, arrays)
        order = np.argsort(-considered.dense, kind="stable")
        recall = _scores([considered.clauses[at] for at in order], question.case.gold)[f"recall@{STYLED}"]
        for style in ("all", question.case.style):
            found[style].append(recall)
    return {style: float(np.mean(recalls)) for style, recalls in sorted(found.items())}


def save_considered(file: Path, asked: Sequence[Asked], found: Sequence[Found]) -> None:
    """Keeps what fitting the network of the fusion takes, for ``benchmarks/fuse.py``.

    By id of the question ``ID/clauses``, the ids of n clauses, and ``ID/features``, float32 ``[n, d]``; beside them
    ``names``, those of the d features.
    """
    arrays: dict[str, Any] = {"names": list(found[0].features)}
    for question, considered in zip(asked, found, strict=True):
        id_ = question.case.id
        arrays[f"{id_}/clauses"] = np.asarray(considered.clauses)
        arrays[f"{id_}/features"] = np.stack(list(considered.features.values()), 1).astype(np.float32)
    with appearing(file) as draft:
        np.savez_compressed(draft, **arrays)


def _scores(ranked: Sequence[str], gold: Any) -> Figures:
    return {name: value or 0.0 for name, value in ranking_scores(ranked, gold, DEPTHS).items()}
