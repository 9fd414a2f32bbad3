"""The loss: a query is nearest to its passage, and other texts stay where they were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from torch import nn
from torch.nn import functional

from training.negatives import Clauses
from training.recipe import Recipe
from training.rows import Pair, Row, is_other_answer

_TOKENS = 2_048
"""Tokens that go through the model at once; more outgrow the cache of a processor core."""


class AdaptationLoss(nn.Module):
    """Three losses of a batch.

    - contrast: over the passages and hard negatives of the batch (InfoNCE, van den Oord et al. 2018);
    - among_all: of the questions in it, over all ``clauses`` with the vectors that these had before the stage, as
      a memory bank (Wu et al. 2018): what is found nearest in a search is wrong, not what is nearest in a batch;
    - kept: the mean distance of kept texts from their vectors.

    Other answers of a query are no negatives; among all clauses, nor are those that say the same as an answer.

    The trainer hands over the columns of :meth:`Row.texts` and as labels the numbers of the rows.
    """

    def __init__(
        self, model: SentenceTransformer, rows: Sequence[Row], recipe: Recipe, clauses: Clauses
    ) -> None:
        super().__init__()
        self.model = model
        self._rows = rows
        self._clauses = clauses
        self._vectors = torch.from_numpy(clauses.vectors)
        self._recipe = recipe

    def forward(self, columns: Iterable[dict[str, Any]], labels: torch.Tensor) -> dict[str, torch.Tensor]:
        """The parts of the loss, by name; the trainer adds them."""
        queries, passages, negatives, kept = map(self._encoded, columns)
        rows = [self._rows[at] for at in labels.tolist()]
        weight = self._recipe.keeping.weight
        return {
            "contrast": self._contrast(queries, passages, negatives, rows),
            "among_all": self._among_all(queries, rows),
            "kept": weight * self._moved(kept, rows) if weight else kept.new_zeros(()),
        }

    def _contrast(
        self, queries: torch.Tensor, passages: torch.Tensor, negatives: torch.Tensor, rows: Sequence[Row]
    ) -> torch.Tensor:
        options = self._recipe.negatives
        candidates = torch.cat([passages, negatives]) if options.is_hard else passages
        scores = queries @ candidates.T / self._recipe.optimizer.temperature
        if options.is_masked:
            mask = is_other_answer(rows)[:, : len(candidates)]
            scores = scores.masked_fill(mask, -torch.inf)
        return functional.cross_entropy(scores, torch.arange(len(rows)))

    def _among_all(self, queries: torch.Tensor, rows: Sequence[Row]) -> torch.Tensor:
        """Sum over the questions by the size of the batch; made pairs have too many answers that nobody named."""
        asked = [at for at, row in enumerate(rows) if row.pair.kind == "questions"]
        if not asked or not self._recipe.negatives.is_among_all:
            return queries.new_zeros(())
        own = [self._clauses.row(rows[at].pair.position) for at in asked]
        scores = queries[asked] @ self._vectors.T / self._recipe.optimizer.temperature
        if self._recipe.negatives.is_masked:
            scores = scores.masked_fill(self._are_other_answers([rows[at].pair for at in asked]), -torch.inf)
        return functional.cross_entropy(scores, torch.tensor(own), reduction="sum") / len(rows)

    def _are_other_answers(self, pairs: Sequence[Pair]) -> torch.Tensor:
        """Whether each of all clauses answers each query, or says the same, without being its passage: bool [q, n]."""
        answers = [self._clauses.rows(pair.clauses) for pair in pairs]
        every = list(dict.fromkeys(chain.from_iterable(answers)))
        alike = self._vectors[every] @ self._vectors.T >= self._recipe.negatives.too_alike
        found = torch.stack([alike[[every.index(row) for row in own]].any(0) for own in answers])
        found[torch.arange(len(pairs)), [self._clauses.row(pair.position) for pair in pairs]] = False
        return found

    def _moved(self, kept: torch.Tensor, rows: Sequence[Row]) -> torch.Tensor:
        before = torch.from_numpy(np.stack([row.kept_vector for row in rows]))
        return (1 - (kept * before).sum(1)).mean()

    def _encoded(self, column: dict[str, Any]) -> torch.Tensor:
        """Unit vectors of the texts of a column, a few of similar length at a time: nothing is mostly padding."""
        lengths = column["attention_mask"].sum(1)
        order = lengths.argsort()
        parts = []
        for rows in _batches(order.tolist(), lengths.tolist()):
            width = int(lengths[rows].max())
            part = {name: value[rows, :width] for name, value in column.items() if torch.is_tensor(value)}
            parts.append(self.model(part)["sentence_embedding"].float())
        return functional.normalize(torch.cat(parts)[order.argsort()], dim=1)


def _batches(order: list[int], lengths: list[int]) -> Iterable[list[int]]:
    batch: list[int] = []
    for at in order:  # ascending lengths
        if batch and (len(batch) + 1) * lengths[at] > _TOKENS:
            yield batch
            batch = []
        batch.append(at)
    yield batch
