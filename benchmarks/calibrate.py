"""Fit the model that decides which clauses answer, and report cross-validated figures.

    python benchmarks/calibrate.py tests/cases/policies*.jsonl            # figures only
    python benchmarks/calibrate.py tests/cases/policies*.jsonl --write    # and assistant/calibration.toml

Five folds over questions: fitted on four, scored on the fifth. Only scores of retrieval are seen,
never a word of a question.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant.evaluation.cases import Case, load_cases
from assistant.evaluation.metrics import citation_precision, citation_recall
from assistant.model import Question
from assistant.pipeline import PolicyAssistant
from assistant.retrieval import Retrieved
from assistant.selection import CALIBRATION, can_answer, features_of, relevance
from assistant.settings import load_settings
from assistant.understanding import Query

PER_PLACE = 6
"""Candidates of each place that are learned from; those below are never cited."""
KNOWN_WEIGHT = 0.2
"""Weight of the share of known words beside the best cosine when the scope is judged."""

IN_SCOPE_MARGIN = 0.005
"""How far the threshold of scope lies below the answerable questions, all but the farthest hundredth."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", type=Path, nargs="+")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    assistant = PolicyAssistant.open(load_settings(), lambda line: print(line, file=sys.stderr))
    cases = [case for file in options.cases for case in load_cases(file)]
    queried = [(case, *assistant.search(case.as_question())) for case in cases]
    searched = [
        (case, query, found)
        for case, query, found in queried
        if not found.named and assistant.facts.find(query) is None
    ]

    searched += [found for case in cases for found in elsewhere(assistant, case)]

    names, rows, labels, groups, clauses = collect(searched)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    folds = cross_val_predict(model, rows, labels, groups=groups, cv=GroupKFold(5), method="predict_proba")[
        :, 1
    ]
    print("threshold  recall  precision  unanswerable-declined  answerable-declined   (cross-validated)")
    scored = [(threshold, *score(searched, folds, groups, clauses, threshold)) for threshold in THRESHOLDS]
    for row in scored:
        print("{:9.2f}  {:6.3f}  {:9.3f}  {:21.3f}  {:19.3f}".format(*row))
    best = max(scored, key=lambda row: 3.25 * row[1] * row[2] / (2.25 * row[2] + row[1]))[0]  # F1.5
    model.fit(rows, labels)
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    intercept = float(regression.intercept_[0] - (weights * scaler.mean_).sum())
    about = [
        relevance(found, KNOWN_WEIGHT) for case, _, found in searched if case.answerable and found.evidence
    ]
    in_scope = sorted(about)[len(about) // 100] - IN_SCOPE_MARGIN
    text = render(dict(zip(names, weights.tolist(), strict=True)), intercept, best, in_scope)
    print(text)
    if options.write:
        CALIBRATION.write_text(text, encoding="utf-8")


def elsewhere(assistant: PolicyAssistant, case: Case) -> Iterator[tuple[Case, Query, Retrieved]]:
    """The question of a rule that one place has, asked for the other: nothing answers it there.

    Only questions without a place tell that the other document has no such rule: their gold names
    every document that does.
    """
    sources = {gold.doc for gold in case.gold}
    query, _ = assistant.search(case.as_question())
    if len(sources) == 1 and not (query.places or query.references or case.scope or case.history):
        for document in assistant.store.documents():
            if document.source_id not in sources and not document.forwards:
                asked = Question(case.question, document.region)
                yield case.model_copy(update={"answerable": False, "gold": ()}), *assistant.search(asked)


THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)


def collect(searched: list[tuple[Case, Query, Retrieved]]):
    """Features [n, d], labels, question numbers and clause ids of the candidates."""
    rows, labels, groups, clauses, names = [], [], [], [], []
    for number, (case, query, retrieved) in enumerate(searched):
        for evidence in retrieved.evidence:
            if evidence.rank < PER_PLACE and can_answer(query, evidence):
                features = features_of(evidence)
                names = list(features)
                rows.append(list(features.values()))
                labels.append(case.answerable and citation_precision([evidence.clause.id], case.gold) == 1)
                groups.append(number)
                clauses.append(evidence.clause.id)
    return names, np.array(rows), np.array(labels, dtype=int), np.array(groups), clauses


def score(searched, probabilities, groups, clauses, threshold):
    """Mean citation recall and precision, and the shares of declined questions."""
    recalls, precisions, declined, wrongly = [], [], [], []
    for number, (case, _, _) in enumerate(searched):
        cited = [
            c
            for c, p, g in zip(clauses, probabilities, groups, strict=True)
            if g == number and p >= threshold
        ]
        if not case.answerable:
            declined.append(not cited)
            continue
        wrongly.append(not cited)
        recalls.append(citation_recall(cited, case.gold, case.gold_mode))
        if cited:
            precisions.append(citation_precision(cited, case.gold))
    return tuple(float(np.mean(values)) for values in (recalls, precisions, declined, wrongly))


def render(weights: dict[str, float], intercept: float, threshold: float, in_scope: float) -> str:
    lines = [
        "# Written by: python benchmarks/calibrate.py tests/cases/policies*.jsonl --write",
        "",
        "[clause]",
        f"threshold = {threshold}",
        f"intercept = {intercept:.6f}",
        "",
        "[clause.weights]",
    ]
    lines += [f"{name} = {weight:.6f}" for name, weight in weights.items()]
    return "\n".join(
        [*lines, "", "[scope]", f"known_weight = {KNOWN_WEIGHT}", f"threshold = {in_scope:.4f}", ""]
    )


if __name__ == "__main__":
    main()
