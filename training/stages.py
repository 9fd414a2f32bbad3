"""The stages of a training run: rows with their hard negatives, then sentence-transformers' own trainer."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from index import bundled_encoder
from index.bundled_encoder import PROMPTS
from index.encoder import Encoder
from training.collection import Collection, Vectors
from training.general_texts import general_texts
from training.lora import LoraModel
from training.negatives import Clauses, mine, pool
from training.recipe import Recipe
from training.rows import Pair, Row

_SO_FAR = "so-far.safetensors"
_AT_ONCE = 1_000  # texts between two signs of progress
_KEPT_CHARACTERS = 300  # what training reads of a kept text is all that its vector was made of


class Training:
    """A training by the recipe from one seed, which reads none of the ``measuring`` questions, neither as queries nor
    as texts to be kept. ``plain`` is the folder of the encoder that learns. What is done stands in ``folder``, so an
    interrupted one goes on.
    """

    def __init__(
        self,
        collection: Collection,
        recipe: Recipe,
        seed: int,
        plain: Path,
        folder: Path,
        measuring: frozenset[str],
    ) -> None:
        self._collection = collection
        self._recipe = recipe
        self._seed = seed
        self._plain = plain
        self._folder = folder
        self._measuring = measuring

    def run(self, stages: Sequence[Sequence[Pair]]) -> Path:
        """Trains on the pairs of each stage; the file of what was learnt, for :func:`training.lora.mean_adapter`."""
        states = [self._folder / f"stage-{number}.safetensors" for number, _ in enumerate(stages, 1)]
        if states[-1].exists():
            return states[-1]
        plain = Encoder.load(str(self._plain), self._folder)
        all_clauses = Clauses(np.arange(len(self._collection)), self._collection.vectors(plain))
        encoder, clauses = plain, all_clauses
        model = LoraModel(self._plain, self._recipe, self._seed)
        for number, (made, state) in enumerate(zip(stages, states, strict=True), 1):
            if not state.exists():
                pairs = [pair for pair in made if pair.query not in self._measuring]
                if number > 1 and self._recipe.negatives.is_mined_again:
                    queries = plain.encode_queries([pair.query for pair in pairs])
                    chosen = pool(pairs, queries, all_clauses.vectors, self._recipe.negatives)
                    encoder, clauses = self._encoded_anew(chosen, model)
                rows = self._rows(pairs, clauses, encoder, plain, number)
                model.train(rows, clauses, self._folder / f"stage-{number}")
                model.save(state)
                shutil.rmtree(self._folder / f"stage-{number}", ignore_errors=True)
            model.restore(state)
        (self._folder / _SO_FAR).unlink(missing_ok=True)
        return states[-1]

    def _encoded_anew(self, positions: NDArray[np.intp], model: LoraModel) -> tuple[Encoder, Clauses]:
        """The encoder as it is now, and these clauses by it."""
        file = self._folder / _SO_FAR
        model.write_adapter(file)
        place = bundled_encoder.build(self._folder / "so-far", file)
        encoder = Encoder.load(str(place), self._folder)
        with _bar("clauses encoded anew", len(positions)) as bar:
            vectors = encoder.encode_passages(
                [self._collection.text(int(at)) for at in positions], bar.update
            )
        shutil.rmtree(place)
        return encoder, Clauses(positions, vectors)

    def _rows(
        self, pairs: Sequence[Pair], clauses: Clauses, encoder: Encoder, plain: Encoder, number: int
    ) -> list[Row]:
        """A row for each pair; ``encoder`` made the vectors of the clauses."""
        random = Random(f"{self._seed} {number}")
        with _bar("queries encoded", len(pairs)) as bar:
            queries = _in_parts([pair.query for pair in pairs], encoder.encode_queries, bar)
        negatives = mine(pairs, queries, clauses, self._recipe.negatives, random)
        made = general_texts(self._collection, self._recipe.keeping.texts, random, self._measuring)
        kept = [(task, text[:_KEPT_CHARACTERS]) for task, text in islice(made, len(pairs))]
        with _bar("kept texts encoded", len(kept)) as bar:
            vectors = _kept_vectors(plain, kept, bar)
        return [
            Row(pair, self._collection.text(negative), negative, PROMPTS[task] + text, vector)
            for pair, negative, (task, text), vector in zip(pairs, negatives, kept, vectors, strict=True)
        ]


def _kept_vectors(plain: Encoder, texts: Sequence[tuple[str, str]], bar: tqdm[NoReturn]) -> Vectors:
    found = np.zeros((len(texts), plain.dim), np.float32)
    encode = {"query": plain.encode_queries, "document": plain.encode_passages}
    for task in encode:
        rows = [row for row, (own, _) in enumerate(texts) if own == task]
        if rows:
            found[rows] = _in_parts([texts[row][1] for row in rows], encode[task], bar)
    return found


def _in_parts(
    texts: Sequence[str], encode: Callable[[Sequence[str]], Vectors], bar: tqdm[NoReturn]
) -> Vectors:
    parts = []
    for start in range(0, len(texts), _AT_ONCE):
        parts.append(encode(texts[start : start + _AT_ONCE]))
        bar.update(len(parts[-1]))
    return np.concatenate(parts)


def _bar(what: str, total: int) -> tqdm[NoReturn]:
    return tqdm(total=total, desc=what, file=sys.stderr)
