"""Tables of what the runs below a folder have measured.

    python -m training.results .data/training --questions dev.jsonl

Folds together score each question once: plain and trained encoder side by side, with standard errors.
Hybrid is the product's search with a network of the fusion fitted for each encoder on the saved candidates
of the other four folds, to be fair to both, and with the network that ships, which may have seen the
question. Then once more the questions none of whose articles any question trained on has, and the folds for
which few numbers of the recipe were chosen; the policies by style; general ability; and among few clauses, what
scales and leaving out an ingredient do, with the chance in the choice of the questions, not in the training.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

from fuse import Ranking, fit, rankings_saved, score
from markdown_table import table

from assistant.evaluation.sets.cases import Case
from index.fusion import WEIGHTS, Network
from training.folders import require_questions
from training.questions import Fold, answerable
from training.train import ERRORS

SHOWN = ("recall@1", "recall@5", "recall@10", "recall@100", "mrr@10")
ENCODERS = ("plain", "trained")

TUNED = "fold-1"
_FITTED = "hybrid, network fitted on the other folds"
_SHIPPED = "hybrid, network that ships"
_GENERAL = (
    "sentence pairs",
    "language",
    "pairs",
    "plain and trained",
    "plain and grades",
    "trained and grades",
)
_COMPARED = ("recall@10", "recall@100", "mrr@10")
_LANGUAGE = "zh"
"""Of the sentence pairs in the table of ablations; English moves less."""

Figures = Mapping[str, Any]
Scores = Mapping[str, float]
Ways = Mapping[str, Mapping[str, Mapping[str, Scores]]]
"""Scores of each question by way of searching, encoder and id."""


def main() -> None:
    """Prints the tables as Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--questions", type=Path, required=True)
    options = parser.parse_args()
    try:
        _print(options)
    except ERRORS as error:
        sys.exit(str(error))


def _print(options: argparse.Namespace) -> None:
    runs = {
        file.parent.name: json.loads(file.read_text("utf-8"))
        for file in sorted(options.out.glob("*/figures.json"))
    }
    if not runs:
        raise ValueError(f"no figures below {options.out}: run python -m training.train first")
    folds = [name for name in runs if re.fullmatch("fold-[0-9]", name)]
    for name in folds:
        require_questions(options.out / name, options.questions)
    if folds:
        ways = _ways(runs, options, folds)
        rows = [*_rows_of_questions(ways)]
        unseen = _on_unseen_articles(folds, answerable(options.questions))
        rows += _rows_of_questions(ways, "articles not trained on", unseen)
        others = {id_ for name in folds if name != TUNED for id_ in runs[name]["plain"]["questions"]}
        rows += _rows_of_questions(ways, f"without {TUNED}, for which most of the recipe was chosen", others)
        print(table(("held-out questions", "n", *_with_errors(SHOWN)), rows), end="\n\n")
    print(table(("policies, dense recall@5", *_styles(runs)), _rows_of_policies(runs)), end="\n\n")
    print(table(_GENERAL, _rows_of_general(runs)), end="\n\n")
    among = {name: run for name, run in runs.items() if run["among"] and name.startswith("fold-")}
    changes = _with_errors([f"{name}, change" for name in _COMPARED])
    columns = ("ablation", "clauses", *SHOWN, "policies recall@5", "agreement", *changes)
    print(table(columns, _rows_of_ablation(among)))


def _ways(runs: Mapping[str, Figures], options: argparse.Namespace, folds: Sequence[str]) -> Ways:
    """All that is known of the held-out questions of the folds."""
    saved = {
        encoder: [
            list(rankings_saved(options.questions, [options.out / name / f"{encoder}.npz"])) for name in folds
        ]
        for encoder in ENCODERS
    }
    ships = Network.load(WEIGHTS)
    ways = {
        "dense": {e: dict(chain(*(runs[name][e]["questions"].items() for name in folds))) for e in ENCODERS},
        _SHIPPED: {e: dict(_scored(chain(*saved[e]), ships)) for e in ENCODERS},
    }
    return ways | ({_FITTED: {e: _scored_by_others(saved[e]) for e in ENCODERS}} if len(folds) > 1 else {})


def _scored(rankings: Iterable[Ranking], network: Network) -> Iterator[tuple[str, Scores]]:
    for ranking in rankings:
        yield ranking.case.id, dict(zip(SHOWN, score(ranking, network), strict=True))


def _scored_by_others(folds: Sequence[Sequence[Ranking]]) -> dict[str, Scores]:
    """Scores of the questions of each fold, by a network fitted on those of the others."""
    found: dict[str, Scores] = {}
    for held in folds:
        network = fit([ranking for other in folds if other is not held for ranking in other])
        found |= dict(_scored(held, network))
    return found


def _rows_of_questions(
    ways: Ways, which: str = "", only: Collection[str] | None = None
) -> Iterator[tuple[Any, ...]]:
    """Both encoders and the gain by each way; ``only`` are the ids of ``which`` questions to look at."""
    suffix = f", {which}" if which else ""
    for way, scores in ways.items():
        ids = [id_ for id_ in scores["plain"] if only is None or id_ in only]
        before, after = ([scores[encoder][id_] for id_ in ids] for encoder in ENCODERS)
        gain = [{k: new[k] - old[k] for k in SHOWN} for old, new in zip(before, after, strict=True)]
        for name, own in (("plain", before), ("trained", after), ("gain", gain)):
            yield (f"{way}{suffix}, {name}", len(own), *_means(own))


def _on_unseen_articles(folds: Sequence[str], cases: Sequence[Case]) -> set[str]:
    """Ids of the held-out questions that share no article with any question trained on."""
    found: set[str] = set()
    for name in folds:
        trained, held = Fold(int(name.removeprefix("fold-"))).split(cases)
        seen = {gold for case in trained for gold in case.gold}
        found.update(case.id for case in held if not seen & set(case.gold))
    return found


def _means(scores: Sequence[Scores]) -> Iterator[float | None]:
    """Mean and standard error of each figure."""
    for name in SHOWN:
        yield from _mean_and_error([figures[name] for figures in scores])


def _mean_and_error(values: Sequence[float]) -> tuple[float | None, float | None]:
    n = len(values)
    return (
        float(np.mean(values)) if n else None,
        float(np.std(values, ddof=1) / n**0.5) if n > 1 else None,
    )


def _styles(runs: Mapping[str, Figures]) -> list[str]:
    return list(next(iter(runs.values()))["plain"]["policies"])


def _rows_of_policies(runs: Mapping[str, Figures]) -> Iterator[tuple[Any, ...]]:
    first = next(iter(runs.values()))
    yield ("plain", *first["plain"]["policies"].values())
    for name, run in runs.items():
        yield (name, *run["trained"]["policies"].values())


def _rows_of_general(runs: Mapping[str, Figures]) -> Iterator[tuple[Any, ...]]:
    for name, run in runs.items():
        for language, figures in run["general"].items():
            yield (name, language, *(figures[column] for column in _GENERAL[2:]))


def _rows_of_ablation(runs: Mapping[str, Figures]) -> Iterator[tuple[Any, ...]]:
    """Dense figures of the runs on fewer clauses: each run, and the plain encoder once for the same questions.

    Beside them how much each question loses, in the mean, by what a run leaves out last.
    """
    shown = set()
    for name, run in runs.items():
        fold = "-".join(name.split("-")[:2])
        if (fold, run["among"]) not in shown:
            yield (*_row_of_ablation(f"{fold}, plain", run, "plain"), *_less(run, None))
        shown.add((fold, run["among"]))
        yield (*_row_of_ablation(name, run, "trained"), *_less(run, _with_more(name, runs)))


def _with_more(name: str, runs: Mapping[str, Figures]) -> Figures | None:
    """The run that has the last ingredients which this one leaves out."""
    while "-without-" in name:
        name = re.sub("(.*)-without-[a-z_]+", r"\1", name)
        if name in runs:
            return runs[name]
    return None


def _less(run: Figures, whole: Figures | None) -> Iterator[float | None]:
    """Difference to the run that leaves less out, question by question, and its standard error."""
    for name in _COMPARED:
        if whole is None:
            yield from (None, None)
            continue
        scored, basis = run["trained"]["questions"], whole["trained"]["questions"]
        yield from _mean_and_error([scored[id_][name] - basis[id_][name] for id_ in basis])


def _row_of_ablation(label: str, run: Figures, encoder: str) -> tuple[Any, ...]:
    scored = run[encoder]["questions"].values()
    dense = [float(np.mean([scores[shown] for scores in scored])) for shown in SHOWN]
    agreement = run["general"][_LANGUAGE]["plain and trained"] if encoder == "trained" else None
    return (label, run["among"], *dense, run[encoder]["policies"]["all"], agreement)


def _with_errors(names: Sequence[str]) -> list[str]:
    return [column for name in names for column in (name, "±")]


if __name__ == "__main__":
    main()
