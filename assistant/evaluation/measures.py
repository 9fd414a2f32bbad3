"""Every metric of an evaluation: its name, what it is the mean of, and over which questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from assistant.evaluation.results import Mode, Score, ScoredCase

DEPTHS = (1, 5, 10, 20, 100)
"""Ranks at which recall is measured when only the retrieval runs."""

JUDGED_DEPTH = 5
"""Gold clauses below this rank count as not found."""

VERDICTS = {Mode.ANSWERS: "answer_correct", Mode.RETRIEVAL: f"recall@{JUDGED_DEPTH}"}
"""The score by which a question is right, and the metric of the share of right ones."""


def is_right(result: ScoredCase) -> bool | None:
    """Whether the answer is right; when only the retrieval ran, whether it found what is wanted.

    None where there is nothing to find.
    """
    mode = Mode.ANSWERS if VERDICTS[Mode.ANSWERS] in result.scores else Mode.RETRIEVAL
    value = result.scores[VERDICTS[mode]]
    is_one_enough = mode is Mode.RETRIEVAL and result.case.gold_mode == "any"
    return None if value is None else value > 0 if is_one_enough else value == 1


class Better(StrEnum):
    """Which way a metric should go; ``NEITHER`` is told and not judged."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Kind(StrEnum):
    """How values are summed up and shown."""

    SHARE = "share"  # mean of values 0..1
    MEDIAN = "median"  # a whole number
    P50 = "p50"  # milliseconds
    P95 = "p95"


Scope = Callable[[ScoredCase], bool]


def _all(_: ScoredCase) -> bool:
    return True


def _answerable(result: ScoredCase) -> bool:
    return result.case.answerable


def _unanswerable(result: ScoredCase) -> bool:
    return not result.case.answerable


def _answered(result: ScoredCase) -> bool:
    return not result.scores["declined"]


def _declined(result: ScoredCase) -> bool:
    return bool(result.scores["declined"])


def _false_premise(result: ScoredCase) -> bool:
    return result.case.answerable and result.case.type == "false_premise"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric: what the scores called ``score`` of the questions in ``scope`` come to.

    ``weight`` names the score that a question counts with; questions whose score is not defined do not count.
    """

    name: str
    label: str  # what people read
    score: str
    scope: Scope = _answerable
    better: Better = Better.HIGHER
    kind: Kind = Kind.SHARE
    weight: str = ""

    def of(self, result: ScoredCase) -> Score:
        """What a question counts with in this metric; None where it does not count."""
        return result.scores.get(self.score) if self.scope(result) else None


_LATENCY = (
    Metric("latency_p50_ms", "毫秒 p50", "latency_ms", _all, Better.NEITHER, Kind.P50),
    Metric("latency_p95_ms", "毫秒 p95", "latency_ms", _all, Better.NEITHER, Kind.P95),
)

_ANSWER_METRICS = (
    Metric("recall@5", "检索召回@5", "recall@5"),
    Metric("mrr@10", "MRR@10", "mrr@10"),
    Metric("ndcg@10", "nDCG@10", "ndcg@10"),
    Metric("citation_recall", "引用召回", "citation_recall"),
    Metric("citation_precision", "引用精确", "citation_precision"),
    Metric("citation_f1", "引用 F1", "citation_f1"),
    Metric("paragraph_recall", "引用召回（到段）", "paragraph_recall"),
    Metric("paragraph_precision", "引用精确（到段）", "paragraph_precision"),
    Metric("facts", "必含事实", "facts"),
    Metric("answer_correct", "答案正确", "answer_correct"),
    Metric("premises_corrected", "错误前提已纠正", "answer_correct", _false_premise),
    Metric("declined_recall", "应拒已拒", "declined", _unanswerable),
    Metric("declined_precision", "拒答有理", "declined_rightly", _declined),
    Metric("declined_false", "误拒", "declined", better=Better.LOWER),
    Metric("quotes_verbatim", "引文逐字", "quotes_verbatim", _all, weight="quotes"),
    Metric("faithfulness", "忠实（评审）", "faithfulness", _answered),
    Metric("completeness", "完整（评审）", "completeness", _answered),
    Metric("median_chars", "字数中位", "chars", _answered, Better.NEITHER, Kind.MEDIAN),
    *_LATENCY,
)

_RANKING_METRICS = (
    *(Metric(f"recall@{k}", f"检索召回@{k}", f"recall@{k}") for k in DEPTHS),
    Metric("mrr@10", "MRR@10", "mrr@10"),
    Metric("ndcg@10", "nDCG@10", "ndcg@10"),
    *_LATENCY,
)

METRICS = {Mode.ANSWERS: _ANSWER_METRICS, Mode.RETRIEVAL: _RANKING_METRICS}
"""What is measured, in the order in which reports show it."""
