"""Trains the adapter, and measures it.

    python -m training.train --laws DATA --policies DATA --questions dev.jsonl              # the one that ships
    python -m training.train ... --fold 2/5                  # on four fifths of the questions; scores the fifth
    python -m training.train ... --fold 1/5 --among 12000 --without openings          # for a table of ablations

DATA are data folders into which the laws and the shipped policies were ingested with POLICY_ENCODER=bundled-plain.
Each run has a folder below --out and goes on where it was interrupted. `python -m training.results` makes the
tables.
"""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from assistant.evaluation.sets.cases import Case
from index import bundled_encoder
from index.arrays import VectorArrays
from index.encoder import Encoder
from training.collection import Collection
from training.measuring import by_style, general, held_out, save_considered, write_json
from training.pairs import PairMaker
from training.questions import Fold, answerable, question_pairs, topics_of
from training.recipe import RECIPE, Recipe
from training.rows import Pair
from training.scoring import Asked, Searchable
from training.stages import Training

_VECTORS = "vectors-of-"

POLICY_QUESTIONS = Path(__file__).parent.parent / "tests" / "cases" / "policies.jsonl"


@dataclass(frozen=True, slots=True)
class Run:
    """One training with its figures, in a folder of its own. ``among`` clauses are scored, 0 for all."""

    recipe: Recipe
    laws: Searchable
    policies: Searchable
    folder: Path
    among: int = 0

    def train(self, data: Path, cases: Sequence[Case]) -> Path:
        """The adapter trained on these questions; the time that it took is noted."""
        began = time.monotonic()
        collection = Collection.open(data)
        adapter = Training(collection, self.recipe, self.folder).run(self._stages(collection, cases))
        if not (self.folder / "minutes.json").exists():
            write_json(self.folder / "minutes.json", (time.monotonic() - began) / 60)
        return adapter

    def measure(self, adapter: Path, cases: Sequence[Case]) -> None:
        """Scores the plain and the trained encoder side by side; ``cases`` are the questions held out."""
        if (self.folder / "figures.json").exists():
            return
        place = bundled_encoder.build(self.folder / "encoder", adapter)
        trained = Encoder.load(str(place), self.folder)
        plain = Encoder.load(str(self.folder.parent / "plain"), self.folder)
        asked = self.laws.asked(cases)
        if asked and self.among:
            asked = self.laws.narrowed(asked, plain, self.among)
        figures = {
            "plain": self._figures("plain", plain, asked),
            "trained": self._figures("trained", trained, asked),
            "general": general(plain, trained),
            "among": self.among or len(self.laws.passages),
            "adapter": bundled_encoder.digest(adapter),
            "recipe": self.recipe.model_dump(mode="json"),
        }
        write_json(self.folder / "figures.json", figures)
        for leftover in (place, *self.folder.glob(f"{_VECTORS}*")):
            shutil.rmtree(leftover)

    def _stages(self, collection: Collection, cases: Sequence[Case]) -> list[list[Pair]]:
        topics = topics_of(cases, self.laws.assistant.index)
        maker = PairMaker(collection, self.recipe.seed)
        return [
            [*maker.pairs(stage.pairs, number), *question_pairs(cases, collection, topics, stage.questions)]
            for number, stage in enumerate(self.recipe.stages)
        ]

    def _figures(self, name: str, encoder: Encoder, asked: Sequence[Asked]) -> dict[str, object]:
        figures: dict[str, object] = {}
        if asked:
            arrays = self._arrays(name, self.laws, encoder, asked)
            figures["questions"], found = held_out(self.laws, encoder, arrays, asked)
            save_considered(self.folder / f"{name}.npz", asked, found)
        policies = self.policies.asked(answerable(POLICY_QUESTIONS))
        arrays = self._arrays(name, self.policies, encoder, policies)
        return figures | {"policies": by_style(self.policies, encoder, arrays, policies)}

    def _arrays(
        self, name: str, corpus: Searchable, encoder: Encoder, asked: Sequence[Asked]
    ) -> VectorArrays:
        if name == "plain":
            return corpus.plain
        return corpus.encoded(encoder, self.folder / f"{_VECTORS}{len(corpus.passages)}", asked)


def main() -> None:
    """Trains, and measures what was trained."""
    options = _options()
    recipe = reduce(Recipe.without, options.without, Recipe.load(options.recipe))
    trained, held = options.fold.split(answerable(options.questions))
    name = f"fold-{options.fold.number}" if options.fold.number else "all"
    parts = [name, *(f"without-{ingredient}" for ingredient in options.without)]
    folder = options.out / "-".join([*parts, *([f"among-{options.among}"] if options.among else [])])
    folder.mkdir(parents=True, exist_ok=True)
    run = Run(recipe, Searchable(options.laws), Searchable(options.policies), folder, options.among)
    adapter = run.train(options.laws, trained)
    run.measure(adapter, held)
    print(f"{adapter}  {folder / 'figures.json'}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--laws", type=Path, required=True, metavar="DATA")
    parser.add_argument("--policies", type=Path, required=True, metavar="DATA")
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--recipe", type=Path, default=RECIPE)
    parser.add_argument("--fold", type=Fold.parse, default=Fold())
    parser.add_argument("--without", nargs="*", default=[], metavar="INGREDIENT")
    parser.add_argument("--among", type=int, default=0, metavar="CLAUSES")
    parser.add_argument("--out", type=Path, default=Path(".data/training"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
