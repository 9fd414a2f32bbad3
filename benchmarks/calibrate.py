"""Fit the model that decides which clauses answer, and report cross-validated figures.

    python benchmarks/calibrate.py tests/cases/policies*.jsonl            # figures only
    python benchmarks/calibrate.py tests/cases/policies*.jsonl --write    # and assistant/calibration.toml

Five folds over questions: fitted on four, scored on the fifth. Only scores of retrieval are seen,
never a word of a question.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant.evaluation.metrics import citation_precision, citation_recall
from assistant.evaluation.sets.cases import Case, load_cases
from assistant.model import Question
from assistant.pipeline import PolicyAssistant
from assistant.retrieval import Retrieved
from assistant.selection import CALIBRATION, Calibration, can_answer, features_of, relevance
from assistant.settings import load_settings
from assistant.understanding import Query

PER_PLACE = 6
"""Candidates of each place that are learned from; those below are never cited."""
KNOWN_WEIGHT = 0.2
"""Weight of the share of known words beside the best margin when the scope is judged."""

IN_SCOPE_MARGIN = 0.015
"""How far the threshold of scope lies below the answerable questions, all but the farthest hundredth."""

THRESHOLD = 0.25
"""Probability from which a clause is cited: one that is missing costs a reader three times what a needless one does.
A decision, not a fit: which threshold of the table is best changes with every few questions."""

THRESHOLDS = (0.15, 0.2, THRESHOLD, 0.3, 0.35, 0.4, 0.45, 0.5)


@dataclass(frozen=True, slots=True)
class Searched:
    """A question with what was understood and found."""

    case: Case
    query: Query
    found: Retrieved


@dataclass(frozen=True, slots=True)
class Candidates:
    """Clauses that may be cited: features [n, d], whether each is right, its question's number, its id."""

    names: list[str]
    rows: NDArray[np.float64]
    labels: NDArray[np.int64]
    groups: NDArray[np.int64]
    clauses: list[str]


@dataclass(frozen=True, slots=True)
class Trial:
    """A threshold, the mean citation recall and precision at it, and the shares of declined questions."""

    threshold: float
    recall: float
    precision: float
    declined: float  # of the unanswerable
    wrongly: float  # of the answerable


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", type=Path, nargs="+")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    assistant = PolicyAssistant.open(load_settings(), lambda line: print(line, file=sys.stderr))
    searched = search_all(assistant, [case for file in options.cases for case in load_cases(file)])
    candidates = collect(searched)
    trials = try_thresholds(searched, candidates)
    print("threshold  recall  precision  unanswerable-declined  answerable-declined   (cross-validated)")
    for t in trials:
        print(
            f"{t.threshold:9.2f}  {t.recall:6.3f}  {t.precision:9.3f}  {t.declined:21.3f}  {t.wrongly:19.3f}"
        )
    text = render(fit_to(searched, candidates))
    print(text)
    if options.write:
        CALIBRATION.write_text(text, encoding="utf-8")


def fit(assistant: PolicyAssistant, cases: Sequence[Case]) -> Calibration:
    """The calibration that fits the questions."""
    return fit_searched(search_all(assistant, cases))


def fit_searched(searched: Sequence[Searched]) -> Calibration:
    """The calibration that fits what :func:`search_all` found."""
    return fit_to(searched, collect(searched))


def search_all(assistant: PolicyAssistant, cases: Sequence[Case]) -> list[Searched]:
    """Every question that the clause model decides, also as asked for places without such a rule."""
    queried = [Searched(case, *assistant.search(case.as_question())) for case in cases]
    decided = [item for item in queried if not item.found.named and assistant.facts.find(item.query) is None]
    return decided + [found for item in queried for found in elsewhere(assistant, item)]


def elsewhere(assistant: PolicyAssistant, item: Searched) -> Iterator[Searched]:
    """The question of a rule that one place has, asked for the other: nothing answers it there.

    Only questions without a place tell that the other document has no such rule: their gold names
    every document that does.
    """
    case, query = item.case, item.query
    sources = {gold.doc for gold in case.gold}
    if len(sources) == 1 and not (query.places or query.references or case.scope or case.history):
        for document in assistant.store.documents():
            if document.source_id not in sources and not document.forwards:
                unanswerable = case.model_copy(update={"answerable": False, "gold": ()})
                asked = Question(case.question, document.region)
                yield Searched(unanswerable, *assistant.search(asked))


def collect(searched: Sequence[Searched]) -> Candidates:
    """What the clause model learns from."""
    rows, labels, groups, clauses, names = [], [], [], [], []
    for number, item in enumerate(searched):
        for evidence in item.found.evidence:
            if evidence.rank < PER_PLACE and can_answer(item.query, evidence):
                features = features_of(evidence)
                names = list(features)
                rows.append(list(features.values()))
                is_gold = citation_precision([evidence.clause.id], item.case.gold) == 1
                labels.append(item.case.answerable and is_gold)
                groups.append(number)
                clauses.append(evidence.clause.id)
    return Candidates(names, np.array(rows), np.array(labels, dtype=int), np.array(groups), clauses)


def try_thresholds(searched: Sequence[Searched], candidates: Candidates) -> list[Trial]:
    """Every threshold, tried on questions that the model was not fitted to."""
    probabilities = cross_val_predict(
        clause_model(),
        candidates.rows,
        candidates.labels,
        groups=candidates.groups,
        cv=GroupKFold(5),
        method="predict_proba",
    )[:, 1]
    return [
        Trial(threshold, *score(searched, candidates, probabilities >= threshold)) for threshold in THRESHOLDS
    ]


def clause_model() -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))


def score(
    searched: Sequence[Searched], candidates: Candidates, chosen: NDArray[np.bool_]
) -> tuple[float, ...]:
    """Mean citation recall and precision, and the shares of declined questions."""
    recalls, precisions, declined, wrongly = [], [], [], []
    for number, item in enumerate(searched):
        case = item.case
        cited = [candidates.clauses[at] for at in np.flatnonzero(chosen & (candidates.groups == number))]
        if not case.answerable:
            declined.append(not cited)
            continue
        wrongly.append(not cited)
        recalls.append(citation_recall(cited, case.gold, case.gold_mode))
        if cited:
            precisions.append(citation_precision(cited, case.gold))
    return tuple(float(np.mean(values)) for values in (recalls, precisions, declined, wrongly))


def fit_to(searched: Sequence[Searched], candidates: Candidates) -> Calibration:
    """The clause model fitted to all candidates, and the threshold of scope."""
    scaler, regression = clause_model().fit(candidates.rows, candidates.labels)
    weights = regression.coef_[0] / scaler.scale_
    intercept = float(regression.intercept_[0] - (weights * scaler.mean_).sum())
    about = sorted(
        relevance(item.found, KNOWN_WEIGHT)
        for item in searched
        if item.case.answerable and item.found.evidence
    )
    in_scope = about[len(about) // 100] - IN_SCOPE_MARGIN
    by_name = dict(zip(candidates.names, weights.tolist(), strict=True))
    return Calibration(by_name, intercept, THRESHOLD, KNOWN_WEIGHT, in_scope)


def render(calibration: Calibration) -> str:
    """The calibration as the file that :meth:`Calibration.load` reads."""
    lines = [
        "# Written by: python benchmarks/calibrate.py tests/cases/policies*.jsonl --write",
        "",
        "[clause]",
        f"threshold = {calibration.threshold}",
        f"intercept = {calibration.intercept:.6f}",
        "",
        "[clause.weights]",
        *(f"{name} = {weight:.6f}" for name, weight in calibration.weights.items()),
        "",
        "[scope]",
        f"known_weight = {calibration.known_weight}",
        f"threshold = {calibration.in_scope:.4f}",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
