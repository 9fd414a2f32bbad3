"""What an evaluation gives: scores of each case, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from assistant.evaluation.sets.cases import Case

Score = float | None
"""``None`` stands for a value that is not defined, such as the recall of a question without gold clauses."""

Summary = Mapping[str, Score]
"""Metrics by name, see :data:`assistant.evaluation.measures.METRICS`."""


class Mode(StrEnum):
    """What is evaluated."""

    ANSWERS = "answers"
    RETRIEVAL = "retrieval"


@dataclass(frozen=True, slots=True)
class Setup:
    """All that the results of a run depend on. Runs of the same setup give the same results.

    ``program`` is the digest of the program's own files: code, prompts, vocabulary, fitted weights.
    ``settings`` holds no secrets; ``versions`` are those of the libraries, by name.
    """

    mode: Mode
    cases: str  # digest of the cases
    corpus: str  # digest of the sources
    encoder: str  # digest of the weights
    program: str
    settings: Mapping[str, str]
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ScoredCase:
    """A case with its scores by name, and why it is wrong, if it is.

    ``places`` and ``documents`` are the regions and the document ids of its gold clauses. What was answered
    stays in the folder of the run.
    """

    case: Case
    scores: Mapping[str, Score]
    failures: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluationRun:
    """Scores of all cases in their order, and means over all and over groups.

    ``intervals`` are 95 % bootstrap confidence intervals. ``groups`` holds summaries by ``type``, ``style``,
    ``place`` and ``document``, then by the name of the group.
    """

    setup: Setup
    summary: Summary
    intervals: Mapping[str, tuple[float, float]]
    groups: Mapping[str, Mapping[str, Summary]]
    results: tuple[ScoredCase, ...]


@dataclass(frozen=True, slots=True)
class MetricChange:
    """A metric before and now, over the questions that both runs have.

    ``p_value`` is that of a paired permutation test over those that count in both.
    """

    name: str
    before: Score
    now: Score
    p_value: Score = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed since the baseline. Ids are in the order of the run.

    What is right tells :func:`assistant.evaluation.measures.is_right`. ``changed`` are questions that stayed
    right or wrong with another answer. ``edited`` are cases that ask or expect something else under the id of
    one of the baseline; like ``added`` and ``removed`` ones they count nowhere.
    """

    metrics: tuple[MetricChange, ...]
    newly_wrong: tuple[str, ...]
    newly_right: tuple[str, ...]
    changed: tuple[str, ...]
    added: tuple[str, ...]  # cases that the baseline does not have
    removed: tuple[str, ...]  # cases that only the baseline has
    edited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GateResult:
    """What a gate says of a metric: its value, the limit, and the questions that are behind a failure.

    ``baseline`` is the value there, for a limit that counts from it.
    """

    metric: str
    value: float
    limit: float
    holds: bool
    questions: tuple[str, ...] = ()
    baseline: Score = None
