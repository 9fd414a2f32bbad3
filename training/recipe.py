"""The recipe: every number of a training run, read from ``recipe.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

RECIPE = Path(__file__).with_name("recipe.toml")


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Lora(_Table):
    """Size of the adapter (Hu et al. 2021)."""

    rank: int = Field(gt=0)
    alpha: int

    @property
    def scaling(self) -> float:
        """What the product of the two matrices is multiplied by."""
        return self.alpha / self.rank


class Optimizer(_Table):
    """How each stage descends."""

    learning_rate: float = Field(gt=0)
    warmup: float = Field(ge=0, lt=1)  # share of the steps of a stage
    batch: int = Field(gt=1)
    temperature: float = Field(gt=0)


class Negatives(_Table):
    """Where hard negatives come from; ranks count from 0."""

    of_questions: tuple[int, int]
    of_made_pairs: tuple[int, int]
    too_alike: float
    pool: int = Field(gt=0)
    is_hard: bool = True  # False: in-batch negatives alone
    is_among_all: bool = True  # False: a question is told apart from the clauses of its batch alone
    is_mined_again: bool = True  # False: the plain encoder mines for both stages
    is_masked: bool = True  # False: other answers of a question count as negatives


_SWITCHES = {
    "hard_negatives": "is_hard",
    "all_clauses": "is_among_all",
    "mining_anew": "is_mined_again",
    "masking": "is_masked",
}
"""Ingredients that are a field of :class:`Negatives`."""


class Keeping(_Table):
    """Distillation toward the original vectors."""

    weight: float = Field(ge=0)
    texts: Mapping[str, int]


class Stage(_Table):
    """Pairs of one stage; between two stages the hard negatives are mined anew."""

    questions: int = Field(ge=0)  # passes over the development questions
    pairs: Mapping[str, int]


class Recipe(_Table):
    """A training run."""

    seeds: tuple[int, ...] = Field(min_length=1)
    scale: float = Field(gt=0, le=1)
    lora: Lora
    optimizer: Optimizer
    negatives: Negatives
    keeping: Keeping
    stages: tuple[Stage, ...] = Field(min_length=1)

    @classmethod
    def load(cls, file: Path = RECIPE) -> Self:
        """The recipe in a file. Raises ValueError where it is none."""
        return cls.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))

    @property
    def ingredients(self) -> tuple[str, ...]:
        """What :meth:`without` can leave out."""
        kinds = dict.fromkeys(kind for stage in self.stages for kind in stage.pairs)
        return (
            *kinds,
            "questions",
            *(name for name in _SWITCHES if name != "mining_anew" or len(self.stages) > 1),
            "keeping",
            *(["seeds"] if len(self.seeds) > 1 else []),
            *(["averaging"] if self.scale < 1 else []),
        )

    def quick(self) -> Recipe:
        """Half of the first stage from the first seed alone, for comparisons of recipes with each other."""
        first = self.stages[0]
        half = Stage(
            questions=first.questions // 2, pairs={kind: number // 2 for kind, number in first.pairs.items()}
        )
        return self.model_copy(update={"seeds": self.seeds[:1], "stages": (half,)})

    def without(self, ingredient: str) -> Recipe:
        """The recipe less one ingredient. Raises ValueError where it has none of that name."""
        if ingredient not in self.ingredients:
            raise ValueError(f"no ingredient “{ingredient}”; there are {', '.join(self.ingredients)}")
        if ingredient in _SWITCHES:
            negatives = self.negatives.model_copy(update={_SWITCHES[ingredient]: False})
            return self.model_copy(update={"negatives": negatives})
        if ingredient == "keeping":
            return self.model_copy(update={"keeping": self.keeping.model_copy(update={"weight": 0.0})})
        if ingredient == "seeds":
            return self.model_copy(update={"seeds": self.seeds[:1]})
        if ingredient == "averaging":
            return self.model_copy(update={"scale": 1.0})
        return self.model_copy(update={"stages": tuple(_without(stage, ingredient) for stage in self.stages)})


def _without(stage: Stage, kind: str) -> Stage:
    if kind == "questions":
        return stage.model_copy(update={"questions": 0})
    return stage.model_copy(update={"pairs": {name: n for name, n in stage.pairs.items() if name != kind}})
