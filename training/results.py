"""Tables of what the runs below a folder have measured.

    python -m training.results .data/training --questions dev.jsonl

Folds together score each question once: plain and trained encoder side by side, with standard errors, and the
fused score both with the product's weights and with weights fitted on the other four folds; and once more the
questions none of whose articles any question trained on has. Then the policies by
style, general ability, and what leaving out an ingredient does.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

from fuse import Ranking, fit, score
from markdown_table import table

from assistant.evaluation.metrics import matches
from assistant.evaluation.sets.cases import Case
from training.questions import Fold, answerable

SHOWN = ("recall@1", "recall@5", "recall@10", "recall@100", "mrr@10")
ENCODERS = ("plain", "trained")

Figures = Mapping[str, Any]


def main() -> None:
    """Prints the tables as Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--questions", type=Path, required=True)
    options = parser.parse_args()
    runs = {
        file.parent.name: json.loads(file.read_text("utf-8"))
        for file in sorted(options.out.glob("*/figures.json"))
    }
    folds = [name for name in runs if re.fullmatch("fold-[0-9]", name)]
    if folds:
        cases = {case.id: case for case in answerable(options.questions)}
        scored = [runs[name] for name in folds]
        rows = [*_rows_of_questions(scored), *_refitted(options.out, folds, cases)]
        rows += _rows_of_questions(scored, only=_on_unseen_articles(folds, list(cases.values())))
        print(table(("held-out questions", "n", *_with_errors(SHOWN)), rows), end="\n\n")
    print(table(("policies, dense recall@5", *_styles(runs)), _rows_of_policies(runs)), end="\n\n")
    print(table(_GENERAL, _rows_of_general(runs)), end="\n\n")
    print(
        table(
            ("ablation", "clauses", *SHOWN, "hybrid recall@10", "policies recall@5"), _rows_of_ablation(runs)
        )
    )


def _rows_of_questions(
    folds: Sequence[Figures], only: Collection[str] | None = None
) -> Iterator[tuple[Any, ...]]:
    """Both encoders and the gain, alone and with words; ``only`` are the ids of the questions to look at."""
    suffix = "" if only is None else ", articles not trained on"
    for way in ("dense", "hybrid"):
        before, after = (
            [
                scores[way]
                for fold in folds
                for id_, scores in fold[encoder]["questions"].items()
                if only is None or id_ in only
            ]
            for encoder in ENCODERS
        )
        gain = [{k: new[k] - old[k] for k in SHOWN} for old, new in zip(before, after, strict=True)]
        for name, scores in (("plain", before), ("trained", after), ("gain", gain)):
            yield (f"{way}, {name}{suffix}", len(scores), *_means(scores))


def _on_unseen_articles(folds: Sequence[str], cases: Sequence[Case]) -> set[str]:
    """Ids of the held-out questions that share no article with any question trained on."""
    found = set()
    for name in folds:
        trained, held = Fold(int(name.removeprefix("fold-"))).split(cases)
        seen = {gold for case in trained for gold in case.gold}
        found.update(case.id for case in held if not seen & set(case.gold))
    return found


def _means(scores: Sequence[Mapping[str, float]]) -> Iterator[float | None]:
    """Mean and standard error of each figure."""
    for name in SHOWN:
        values = np.array([figures[name] for figures in scores])
        yield float(values.mean()) if len(values) else None
        yield float(values.std(ddof=1) / len(values) ** 0.5) if len(values) > 1 else None


def _refitted(out: Path, folds: Sequence[str], cases: Mapping[str, Case]) -> Iterator[tuple[Any, ...]]:
    """The hybrid search with weights fitted on the other folds."""
    for encoder in ENCODERS:
        rankings = {name: list(_rankings(out / name / f"{encoder}.npz", cases)) for name in folds}
        scores = []
        for name in folds if len(folds) > 1 else []:
            weights = fit([r for other in folds if other != name for r in rankings[other]])
            scores += [score(ranking, weights) for ranking in rankings[name]]
        if scores:
            figures = [dict(zip(SHOWN, values, strict=True)) for values in scores]
            yield (f"hybrid, {encoder}, weights fitted anew", len(figures), *_means(figures))


def _rankings(file: Path, cases: Mapping[str, Case]) -> Iterator[Ranking]:
    arrays = np.load(file)
    for id_ in dict.fromkeys(name.rpartition("/")[0] for name in arrays.files):
        clauses, case = arrays[f"{id_}/clauses"].tolist(), cases[id_]
        is_gold = np.array([any(matches(clause, gold) for gold in case.gold) for clause in clauses])
        yield Ranking("laws", case, clauses, arrays[f"{id_}/features"], is_gold)


def _styles(runs: Mapping[str, Figures]) -> list[str]:
    return list(next(iter(runs.values()))["plain"]["policies"])


def _rows_of_policies(runs: Mapping[str, Figures]) -> Iterator[tuple[Any, ...]]:
    first = next(iter(runs.values()))
    yield ("plain", *first["plain"]["policies"].values())
    for name, run in runs.items():
        yield (name, *run["trained"]["policies"].values())


_GENERAL = (
    "sentence pairs",
    "language",
    "pairs",
    "plain and trained",
    "plain and grades",
    "trained and grades",
)


def _rows_of_general(runs: Mapping[str, Figures]) -> Iterator[tuple[Any, ...]]:
    for name, run in runs.items():
        for language, figures in run["general"].items():
            yield (name, language, *(figures[column] for column in _GENERAL[2:]))


def _rows_of_ablation(runs: Mapping[str, Figures]) -> Iterator[tuple[Any, ...]]:
    """Dense figures of the runs on fewer clauses: the whole recipe, and each without an ingredient."""
    for name, run in runs.items():
        questions = [run[encoder].get("questions") for encoder in ENCODERS]
        for encoder, scored in zip(ENCODERS, questions, strict=True):
            if scored and (encoder == "trained" or name == min(runs)):
                dense = [np.mean([q["dense"][shown] for q in scored.values()]) for shown in SHOWN]
                hybrid = np.mean([q["hybrid"]["recall@10"] for q in scored.values()])
                label = name if encoder == "trained" else f"{name}, plain"
                yield (
                    label,
                    run["among"],
                    *map(float, dense),
                    float(hybrid),
                    run[encoder]["policies"]["all"],
                )


def _with_errors(names: Sequence[str]) -> list[str]:
    return [column for name in names for column in (name, "±")]


if __name__ == "__main__":
    main()
