"""Which of the retrieved clauses answer: a logistic model over the scores of retrieval.

Weights and thresholds stand in ``calibration.toml``; ``python benchmarks/calibrate.py`` fits them
on the question set and reports cross-validated figures.
"""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from assistant.evidence import Evidence
from assistant.kinds import MEASURABLE, Kind, can_hold, holds_measures
from assistant.retrieval import Retrieved
from assistant.understanding import Query
from assistant.years import is_about
from corpus import places
from corpus.model import UnitRole
from index.normalize import normalize_for_search

CALIBRATION = Path(__file__).with_name("calibration.toml")

_DOUBT = 0.04
"""How much more the corpus must have on a question that sounds like personal advice."""

_NEVER_IMPLIED = (Kind.MONEY, Kind.CONTACT, Kind.PERSON)
"""Kinds that are asked for in earnest even where the question asks something else as well."""

_ROLE_NAMES = re.compile("(?:" + "|".join(UnitRole) + ")")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted weights of the clause model and the thresholds of decisions."""

    weights: dict[str, float]
    intercept: float
    threshold: float  # probability from which a clause is cited
    known_weight: float
    in_scope: float  # margin plus weighted share of known words below which nothing is about the question

    @classmethod
    def load(cls, path: Path = CALIBRATION) -> Calibration:
        """The shipped calibration."""
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls(
            table["clause"]["weights"],
            table["clause"]["intercept"],
            table["clause"]["threshold"],
            table["scope"]["known_weight"],
            table["scope"]["threshold"],
        )

    def probability(self, evidence: Evidence) -> float:
        """Probability that the clause answers the question."""
        features = features_of(evidence)
        score = self.intercept + sum(self.weights[name] * value for name, value in features.items())
        return 1 / (1 + math.exp(-score))


def features_of(evidence: Evidence) -> dict[str, float]:
    """What the clause model sees of a piece of evidence."""
    return {
        "margin": evidence.margin,
        "words": evidence.words,
        "dense": evidence.dense,
        "score": evidence.score,
        "gap": evidence.gap,
        "rank": float(evidence.rank),
        "is_best": float(evidence.gap == 0),
        "elsewhere": evidence.elsewhere,
        "elsewhere_words": evidence.elsewhere_words,
    }


def select(query: Query, retrieved: Retrieved, calibration: Calibration) -> tuple[Evidence, ...]:
    """The evidence to cite, best first; empty where no clause answers."""
    if (
        retrieved.unknown
        or not is_in_scope(query, retrieved, calibration)
        or _is_for_others(query, retrieved)
    ):
        return ()
    if retrieved.named:
        return tuple(evidence for evidence in retrieved.named if can_answer(query, evidence))
    candidates = [evidence for evidence in retrieved.evidence if can_answer(query, evidence)]
    chosen = [
        evidence for evidence in candidates if calibration.probability(evidence) >= calibration.threshold
    ]
    if chosen and Kind.COMPARE in query.kinds:
        chosen += _missing_sides(query, chosen, candidates, calibration)
    return tuple(chosen)


def is_in_scope(query: Query, retrieved: Retrieved, calibration: Calibration) -> bool:
    """Whether the question is one for documents, and anything in the corpus is about it at all."""
    if query.is_off_topic:
        return False
    if retrieved.named or retrieved.unknown or retrieved.nearest:
        return True
    least = calibration.in_scope + (_DOUBT if query.is_doubtful else 0.0)
    return relevance(retrieved, calibration.known_weight) >= least


def relevance(retrieved: Retrieved, known_weight: float) -> float:
    """How much the corpus is about a question: how far the best sentence stands out, and the share of its words that occur.

    A cosine by itself says less: how near a question is to everything depends on its wording and on the encoder.
    """
    best = max((evidence.margin for evidence in retrieved.evidence), default=0.0)
    return best + known_weight * retrieved.known_share


def _is_for_others(query: Query, retrieved: Retrieved) -> bool:
    """Whether the question is about people of an occupation that none of the found clauses knows."""
    if not query.occupations:
        return False
    texts = [normalize_for_search(evidence.clause.text) for evidence in retrieved.evidence]
    return not any(occupation in text for occupation in query.occupations for text in texts)


def can_answer(query: Query, evidence: Evidence) -> bool:
    """Whether the clause is a rule, and holds what the form of the question asks for."""
    if not evidence.is_rule and Kind.DOCUMENT not in query.kinds:
        return False
    if _ROLE_NAMES.search(query.asked) and not evidence.clause.units:
        return False
    text = normalize_for_search(evidence.clause.text)
    if query.measured and not any(term in text for term in query.measured):
        return False
    if query.years and not is_about(query.years, query.kinds, text):
        return False
    if not holds_measures(query.text, text):
        return False
    wanted = [kind for kind in query.kinds if kind in MEASURABLE]
    if len(wanted) < len(query.kinds):  # the question can also be answered without a figure
        wanted = [kind for kind in wanted if kind in _NEVER_IMPLIED]
    return not wanted or any(can_hold(kind, text) for kind in wanted)


def _missing_sides(
    query: Query, chosen: list[Evidence], candidates: list[Evidence], calibration: Calibration
) -> list[Evidence]:
    """The likeliest clause of each place that a comparison has and no chosen clause speaks for."""
    present = {evidence.region for evidence in chosen}
    sides: dict[str, Evidence] = {}
    for evidence in sorted(candidates, key=calibration.probability, reverse=True):
        if evidence.region not in present and _is_compared(query, evidence):
            sides.setdefault(evidence.region, evidence)
    return list(sides.values())


def _is_compared(query: Query, evidence: Evidence) -> bool:
    """Whether a comparison is about the place of the evidence: one that it names, else any."""
    if not evidence.region or evidence.region == places.NATION:
        return False
    return not query.places or any(places.related(evidence.region, place) for place in query.places)
