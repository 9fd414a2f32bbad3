"""Trains the adapter, and measures it.

    python -m training.train --laws DATA --policies DATA --questions dev.jsonl              # the one that ships
    python -m training.train ... --fold 2/5                  # on four fifths of the questions; scores the fifth
    python -m training.train ... --fold 1/5 --among 4000 --quick --without openings     # for a table of ablations

DATA are data folders into which the laws and the shipped policies were ingested with POLICY_ENCODER=bundled-plain.
Each run has a folder below --out and goes on where it was interrupted; the folder of another recipe, fold or
file of questions is refused. `python -m training.results` makes the tables.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import count, islice
from pathlib import Path

from safetensors import SafetensorError

from assistant.errors import AssistantError
from assistant.evaluation.sets.cases import Case, load_cases
from index import bundled_encoder
from index.encoder import BUNDLED_PLAIN, Encoder
from index.errors import IndexingError
from training.agreement import general
from training.collection import Collection
from training.files import write_json
from training.folders import claim, claim_questions
from training.lora import mean_adapter
from training.measuring import by_style, held_out, save_considered
from training.pairs import PairMaker
from training.questions import Fold, answerable, question_pairs, topics_of
from training.recipe import RECIPE, Recipe
from training.rows import Pair
from training.scoring import Asked, Searchable
from training.stages import Training

_PLAIN = "plain"
_VECTORS = "vectors-of-"

ERRORS = (ValueError, OSError, SafetensorError, AssistantError, IndexingError)
"""What bad input raises."""

_CASES = Path(__file__).parent.parent / "tests" / "cases"
POLICY_QUESTIONS = _CASES / "policies.jsonl"


def questions_of_policies() -> frozenset[str]:
    """What users say about the policies, which measures the product: none of it is read in training."""
    cases = [case for file in _CASES.glob("policies*.jsonl") for case in load_cases(file)]
    before = (turn.content for case in cases for turn in case.history if turn.role == "user")
    return frozenset([*(case.question for case in cases), *before])


@dataclass(frozen=True, slots=True)
class Run:
    """One training with its figures, in a folder of its own. ``among`` clauses are scored, 0 for all."""

    recipe: Recipe
    laws: Searchable
    policies: Searchable
    folder: Path
    among: int = 0

    def claim(self, fold: Fold, questions: Path) -> None:
        """Takes the folder for the training on a file of questions without this fold.

        Raises ValueError where a data folder lacks an answer, and where the folder holds another run.
        """
        cases = answerable(questions)
        self.laws.require_answers(cases)
        self.policies.require_answers(answerable(POLICY_QUESTIONS))
        claim(self.folder, self.recipe, fold, questions)
        trained, _ = fold.split(cases)
        for seed in self.recipe.seeds:
            claim_questions(self._learning(seed), trained)

    def train(self, data: Path, cases: Sequence[Case]) -> Path:
        """The adapter trained on these questions."""
        adapter = self.folder / "adapter.safetensors"
        if not adapter.exists():
            collection = Collection.open(data)
            states = [self._learnt(collection, seed, cases) for seed in self.recipe.seeds]
            mean_adapter(states, self.recipe, adapter)
        return adapter

    def _learnt(self, collection: Collection, seed: int, cases: Sequence[Case]) -> Path:
        plain = bundled_encoder.build(self.folder.parent / _PLAIN)
        training = Training(
            collection, self.recipe, seed, plain, self._learning(seed), questions_of_policies()
        )
        return training.run(self._stages(collection, seed, cases))

    def _learning(self, seed: int) -> Path:
        return self.folder / f"seed-{seed}"

    def measure(self, adapter: Path, cases: Sequence[Case]) -> None:
        """Scores the plain and the trained encoder side by side; ``cases`` are the questions held out."""
        if self._measured() != bundled_encoder.digest(adapter):
            self._measure(adapter, cases)
        for leftover in (self.folder / "encoder", *self.folder.glob(f"{_VECTORS}*")):
            shutil.rmtree(leftover, ignore_errors=True)

    def _measured(self) -> str | None:
        """Digest of the adapter that the figures in the folder are of."""
        file = self.folder / "figures.json"
        return json.loads(file.read_text(encoding="utf-8"))["adapter"] if file.exists() else None

    def _measure(self, adapter: Path, cases: Sequence[Case]) -> None:
        place = bundled_encoder.build(self.folder / "encoder", adapter)
        trained = Encoder.load(str(place), self.folder)
        plain = self._plain()
        asked = self.laws.asked(cases)
        if asked and self.among:
            asked = self.laws.narrowed(asked, plain, self.among)
        figures = {
            "plain": self._figures("plain", plain, asked),
            "trained": self._figures("trained", trained, asked),
            "general": general(plain, trained),
            "among": self.among,
            "adapter": bundled_encoder.digest(adapter),
        }
        write_json(self.folder / "figures.json", figures)

    def _stages(self, collection: Collection, seed: int, cases: Sequence[Case]) -> list[list[Pair]]:
        topics = topics_of(cases, self.laws.assistant.index)
        maker = PairMaker(collection, seed)
        passes = count()
        return [
            [
                *maker.pairs(stage.pairs, number),
                *question_pairs(cases, collection, topics, list(islice(passes, stage.questions))),
            ]
            for number, stage in enumerate(self.recipe.stages)
        ]

    def _vectors_of(self, texts: str, encoder: Encoder) -> Path:
        return self.folder / f"{_VECTORS}{texts}-{encoder.digest[:12]}"

    def _plain(self) -> Encoder:
        return Encoder.load(BUNDLED_PLAIN, self.folder.parent / _PLAIN)

    def _figures(self, name: str, encoder: Encoder, asked: Sequence[Asked]) -> dict[str, object]:
        figures: dict[str, object] = {}
        if asked:
            arrays = self.laws.vectors(encoder, self._vectors_of("laws", encoder), asked)
            figures["questions"], found = held_out(self.laws, encoder, arrays, asked)
            save_considered(self.folder / f"{name}.npz", asked, found)
        policies = self.policies.asked(answerable(POLICY_QUESTIONS))
        arrays = self.policies.vectors(encoder, self._vectors_of("policies", encoder), policies)
        return figures | {"policies": by_style(self.policies, encoder, arrays, policies)}


def main() -> None:
    """Trains, and measures what was trained."""
    options = _options()
    try:
        trained, held = options.fold.split(answerable(options.questions))
        run = _run(options)
        run.claim(options.fold, options.questions)
    except ERRORS as error:
        sys.exit(str(error))
    adapter = run.train(options.laws, trained)
    run.measure(adapter, held)
    print(f"{adapter}  {run.folder / 'figures.json'}")


def _run(options: argparse.Namespace) -> Run:
    recipe = Recipe.load(options.recipe)
    recipe = reduce(Recipe.without, options.without, recipe.quick() if options.quick else recipe)
    name = f"fold-{options.fold.number}" if options.fold.number else "all"
    quick = ["quick"] if options.quick else []
    parts = [name, *quick, *(f"without-{ingredient}" for ingredient in options.without)]
    folder = options.out / "-".join([*parts, *([f"among-{options.among}"] if options.among else [])])
    return Run(recipe, Searchable(options.laws), Searchable(options.policies), folder, options.among)


def parser_for(description: str | None) -> argparse.ArgumentParser:
    """A parser of what every run works on."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--laws", type=Path, required=True, metavar="DATA")
    parser.add_argument("--policies", type=Path, required=True, metavar="DATA")
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--fold", type=_fold, default=Fold())
    parser.add_argument("--among", type=_clauses, default=0, metavar="CLAUSES")
    return parser


def _fold(text: str) -> Fold:
    try:
        return Fold.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _clauses(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(
            f"no number of clauses “{text}”; give 1 or more, or leave the option out"
        )
    return int(text)


def _options() -> argparse.Namespace:
    parser = parser_for(__doc__)
    parser.add_argument("--recipe", type=Path, default=RECIPE)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="half of a stage from one seed, to compare recipes with each other",
    )
    parser.add_argument("--without", nargs="*", default=[], metavar="INGREDIENT")
    parser.add_argument("--out", type=Path, default=Path(".data/training"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
