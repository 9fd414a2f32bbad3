"""Training pairs made from the corpora alone, and their sampling by the recipe.

python -m training.pairs --data DIR [--number 5]    # prints some of each kind
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from random import Random

from training import clause_pairs
from training.collection import Collection
from training.question_templates import QUESTIONS
from training.recipe import RECIPE, Recipe
from training.rows import Pair
from training.wordings import Wordings, in_traditional

Maker = Callable[[Collection, int, Random], Iterator[Pair]]

_OF_CLAUSES: dict[str, Maker] = {
    "headings": clause_pairs.headings,
    "purposes": clause_pairs.purposes,
    "openings": clause_pairs.openings,
    "references": clause_pairs.references,
    "units": clause_pairs.units,
    **QUESTIONS,
}
_SHORT = ("headings", *QUESTIONS, "units")
"""Kinds whose queries are worded as people would."""

_POLICY_ROUNDS = 4
_MOST_ALIKE = 10
"""Clauses that hold the terms of an English query, beyond which it says too little of each."""


class PairMaker:
    """Makes pairs of each kind from clauses in an order that the seed decides; the policies have a kind of their own."""

    def __init__(self, collection: Collection, seed: int) -> None:
        self._collection = collection
        self._seed = seed
        texts = (collection.clause(at).text for at in range(0, collection.laws, 3))
        self._wordings = Wordings(texts, collection.tokenizer)
        self._makers: dict[str, Maker] = _OF_CLAUSES | {
            "trade_words": self._reworded("trade_words", self._wordings.in_trade_words, list(QUESTIONS)),
            "traditional": self._reworded("traditional", in_traditional),
            "homophones": self._reworded("homophones", self._wordings.misspelt),
            "english": self._in_english,
            "policies": self._of_policies,
        }

    def pairs(self, counts: Mapping[str, int], stage: int) -> Iterator[Pair]:
        """As many pairs of each kind as there are, up to its count; another stage, other pairs."""
        for kind, number in counts.items():
            yield from islice(self.of_kind(kind, stage), number)

    def of_kind(self, kind: str, stage: int = 0) -> Iterator[Pair]:
        """All pairs of a kind, no query twice: one of a clause at most, of a policy's clause one each round."""
        random = Random(f"{self._seed} {kind} {stage}")
        collection = self._collection
        policies = range(collection.laws, len(collection))
        order = list(policies if kind == "policies" else range(collection.laws))
        if kind == "english":  # its terms are those of the policies' field
            order += policies
        random.shuffle(order)
        rounds = _POLICY_ROUNDS if kind == "policies" else 1
        made = (pair for at in order * rounds for pair in self._makers[kind](collection, at, random))
        return _unlike(made)

    def maker(self, kind: str) -> Maker:
        """What makes pairs of this kind of a clause."""
        return self._makers[kind]

    def _reworded(
        self, kind: str, rewrite: Callable[[str, Random], str | None], kinds: Sequence[str] = _SHORT
    ) -> Maker:
        def make(collection: Collection, at: int, random: Random) -> Iterator[Pair]:
            for pair in islice(self._short(collection, at, random, kinds), 1):
                query = rewrite(pair.query, random)
                if query:
                    yield replace(pair, kind=kind, query=query)

        return make

    def _in_english(self, collection: Collection, at: int, random: Random) -> Iterator[Pair]:
        terms = self._wordings.outer_terms(collection.clause(at).text)
        chosen = random.sample(terms, min(len(terms), 4))
        query = self._wordings.in_english(chosen, random)
        if query:
            clauses = frozenset.intersection(*(self._holding[term] for term in chosen))
            if len(clauses) <= _MOST_ALIKE:
                yield Pair("english", query, collection.text(at), at, clauses)

    @cached_property
    def _holding(self) -> dict[str, frozenset[int]]:
        """Positions of the clauses that hold each Chinese term of the English glossary."""
        found: dict[str, set[int]] = defaultdict(set)
        for at in range(len(self._collection)):
            for term in self._wordings.glossary_terms(self._collection.clause(at).text):
                found[term].add(at)
        return {term: frozenset(positions) for term, positions in found.items()}

    def _of_policies(self, collection: Collection, at: int, random: Random) -> Iterator[Pair]:
        found = chain(self._short(collection, at, random), clause_pairs.openings(collection, at, random))
        for pair in islice(found, 1):
            yield replace(pair, kind="policies")

    def _short(
        self, collection: Collection, at: int, random: Random, kinds: Sequence[str] = _SHORT
    ) -> Iterator[Pair]:
        for kind in random.sample(kinds, len(kinds)):
            yield from _OF_CLAUSES[kind](collection, at, random)


def _unlike(pairs: Iterator[Pair]) -> Iterator[Pair]:
    seen: set[str] = set()
    for pair in pairs:
        if pair.query not in seen:
            seen.add(pair.query)
            yield pair


def main() -> None:
    """Prints some pairs of each kind."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--recipe", type=Path, default=RECIPE)
    parser.add_argument("--number", type=int, default=5)
    options = parser.parse_args()
    recipe = Recipe.load(options.recipe)
    maker = PairMaker(Collection.open(options.data), recipe.seeds[0])
    for kind in dict.fromkeys(kind for stage in recipe.stages for kind in stage.pairs):
        for pair in islice(maker.of_kind(kind), options.number):
            print(kind, pair.query, pair.passage[:100], sep="\t")


if __name__ == "__main__":
    main()
