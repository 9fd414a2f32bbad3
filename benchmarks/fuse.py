"""Fit the network that makes one score of all channels of the search, and report cross-validated figures.

    python benchmarks/fuse.py --on .data tests/cases/policies.jsonl tests/cases/policies_extra.jsonl \\
                              --on .statutes statutes/dev.jsonl
    ... --write    # and index/fusion.toml
    python benchmarks/fuse.py --on .data tests/cases/policies.jsonl tests/cases/policies_extra.jsonl \\
                              --considered statutes/dev.jsonl .data/training/fold-[1-5]/trained.npz --write

Each ``--on`` names a data folder, ingested before, and questions with gold clauses about it. The adapter of the
encoder that ships was trained on the questions about statutes and is better at them than at new ones;
``--considered`` takes what each fold of `python -m training.train` has saved of the questions that its own
adapter was not trained on.

The network maximises the likelihood of the gold clauses under a softmax over the candidates of a question
(ListNet, Cao et al. 2007, top one), with a penalty on the squares of its parameters. The corpora count the same, however
many questions they have. Weights that may not fall below 0 are squares of theirs, so for them it is one on the weights
themselves, which leaves out units that are not needed. Five folds: fitted on four, scored on the fifth;
questions that differ in their last letter alone (dl-017-a, -b) stay together.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from markdown_table import table

from assistant.errors import AssistantError
from assistant.evaluation.metrics import matches, ranking_scores
from assistant.evaluation.sets.cases import Case, load_cases
from assistant.pipeline import PolicyAssistant
from assistant.settings import load_settings
from index.errors import IndexingError
from index.fusion import WEIGHTS, Network, Unit

FOLDS = 5
UNITS = 8
PENALTY = 3e-3
STEPS = 100
SEED = 20261123
LEAST = 1e-3
"""Weight below which a unit is left out, as a share of what lies between the best clause and the middle one."""
FREE = ("title", "length")
"""Features of which more may be worse. All text begins with the title already, and long clauses hold more words."""
DEPTHS = (1, 5, 10, 100)


@dataclass(frozen=True, slots=True)
class Ranking:
    """A question of a corpus with its candidates: ids, features ``[n]`` by name, and whether each is gold."""

    corpus: str
    case: Case
    clauses: list[str]
    features: dict[str, NDArray[np.float32]]
    is_gold: NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--on", nargs="+", action="append", default=[], type=Path, metavar=("DATA", "CASES"))
    parser.add_argument(
        "--considered", nargs="+", action="append", default=[], type=Path, metavar=("CASES", "NPZ")
    )
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    try:
        rankings = [*_each(rank_all, options.on), *_each(rankings_saved, options.considered)]
        if len({tuple(ranking.features) for ranking in rankings}) != 1:
            raise ValueError("no questions, or of different features: give --on or --considered made alike")
        folds = folds_of(rankings)
        network = fit(rankings)
        held_out = [
            fit([r for r, fold in zip(rankings, folds, strict=True) if fold != held]) for held in range(FOLDS)
        ]
    except (ValueError, OSError, AssistantError, IndexingError) as error:
        parser.error(str(error))
    print(means_by_corpus(rankings, [network] * len(rankings), [held_out[fold] for fold in folds]))
    if options.write:
        WEIGHTS.write_text(render(network), encoding="utf-8")


def rank_all(data: Path, files: Sequence[Path]) -> Iterator[Ranking]:
    """The candidates of every question that a search decides: not a named clause, not a fact of a document."""
    assistant = PolicyAssistant.open(load_settings(data=data), lambda line: print(line, file=sys.stderr))
    for case in (case for file in files for case in load_cases(file) if case.answerable):
        query, found = assistant.search(case.as_question())
        search = assistant.retriever.search_for(query)
        if found.named or search is None or assistant.facts.find(query) is not None:
            continue
        clauses, features = assistant.index.features(search.topic, search.where, search.words)
        if not clauses:
            continue
        yield Ranking(str(data), case, clauses, features, gold_among(clauses, case))
    assistant.index.close()


def rankings_saved(cases: Path, files: Sequence[Path]) -> Iterator[Ranking]:
    """The rankings that ``training.measuring.save_considered`` has written of questions among ``cases``.

    Raises ValueError where one is of another question, or a file is damaged.
    """
    by_id = {case.id: case for case in load_cases(cases)}
    for file in files:
        try:
            arrays = dict(np.load(file))
            names = arrays.pop("names").tolist()
        except (EOFError, BadZipFile, KeyError) as error:
            raise ValueError(
                f"{file} is damaged or holds no rankings: run python -m training.train again"
            ) from error
        for id_ in (name.removesuffix("/clauses") for name in arrays if name.endswith("/clauses")):
            if id_ not in by_id:
                raise ValueError(f"{cases} has no question {id_}, which the rankings are of")
            clauses, case = arrays[f"{id_}/clauses"].tolist(), by_id[id_]
            features = dict(zip(names, arrays[f"{id_}/features"].T, strict=True))
            yield Ranking(str(cases), case, clauses, features, gold_among(clauses, case))


def gold_among(clauses: Sequence[str], case: Case) -> NDArray[np.bool_]:
    return np.array([any(matches(clause, gold) for gold in case.gold) for clause in clauses])


def _each(
    rank: Callable[[Path, Sequence[Path]], Iterator[Ranking]], options: Sequence[Sequence[Path]]
) -> Iterator[Ranking]:
    return chain.from_iterable(rank(first, rest) for first, *rest in options)


def folds_of(rankings: Sequence[Ranking]) -> list[int]:
    stems = [ranking.case.id.rstrip("abcdefgh").rstrip("-") for ranking in rankings]
    numbers = {stem: number for number, stem in enumerate(dict.fromkeys(stems))}
    return [numbers[stem] % FOLDS for stem in stems]


def fit(rankings: Sequence[Ranking]) -> Network:
    """The network that fits the rankings best. Raises ValueError where no candidate of any is gold."""
    known = [ranking for ranking in rankings if ranking.is_gold.any()]
    if not known:
        raise ValueError(
            "no question has an answer among its candidates: are these the corpora that they ask about?"
        )
    features, wanted, absent = padded(known)
    shares = shares_of(known)
    names = list(known[0].features)
    rising = torch.tensor([name not in FREE for name in names])
    random = torch.Generator().manual_seed(SEED)
    hidden = torch.rand(UNITS, len(names), generator=random)
    biases = torch.randn(UNITS, generator=random)
    outputs = torch.ones(UNITS)
    learning = [tensor.requires_grad_() for tensor in (hidden, biases, outputs)]
    optimizer = torch.optim.LBFGS(learning, max_iter=STEPS, line_search_fn="strong_wolfe")

    def weights() -> torch.Tensor:
        return torch.where(rising, hidden**2, hidden)

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        scores = torch.tanh(features @ weights().T + biases) @ outputs**2
        likelihood = (wanted * torch.log_softmax(scores + absent, 1)).sum(1) @ shares
        value = PENALTY * sum((tensor**2).sum() for tensor in learning) - likelihood
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    rows = zip(weights().tolist(), biases.tolist(), (outputs**2).tolist(), strict=True)
    units = [Unit(output, bias, dict(zip(names, row, strict=True))) for row, bias, output in rows]
    return scaled(units, known)


def shares_of(rankings: Sequence[Ranking]) -> torch.Tensor:
    """What each question counts, 1 in all: as much as any other of its corpus, and the corpora alike."""
    sizes = Counter(ranking.corpus for ranking in rankings)
    return torch.tensor([1 / len(sizes) / sizes[ranking.corpus] for ranking in rankings])


def padded(rankings: Sequence[Ranking]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Features ``[question, candidate, feature]``, the share of each candidate in the gold of its question, and what
    leaves those out that only fill a question up to the size of the largest.
    """
    size = max(len(ranking.clauses) for ranking in rankings)
    features = torch.zeros(len(rankings), size, len(rankings[0].features))
    wanted = torch.zeros(len(rankings), size)
    absent = torch.full((len(rankings), size), -1e9)
    for row, ranking in enumerate(rankings):
        n = len(ranking.clauses)
        features[row, :n] = torch.from_numpy(np.stack([*ranking.features.values()], 1))
        wanted[row, :n] = torch.from_numpy(ranking.is_gold / ranking.is_gold.sum())
        absent[row, :n] = 0
    return features, wanted, absent


def scaled(units: Sequence[Unit], rankings: Sequence[Ranking]) -> Network:
    """The network that scores 1 for the best clause and 0 for the middle one of a ranking, in the mean of them.

    Units that the penalty has left without weight are dropped.
    """
    scores = [Network(tuple(units), 0.0).scores(ranking.features) for ranking in rankings]
    high, low = np.mean([own.max() for own in scores]), np.mean([np.median(own) for own in scores])
    size = float(high - low)
    kept = (replace(unit, weight=unit.weight / size) for unit in units if unit.weight > LEAST * size)
    return Network(tuple(kept), float(-low / size))


def means_by_corpus(
    rankings: Sequence[Ranking],
    on_all: Sequence[Network],
    held_out: Sequence[Network],
) -> str:
    """Means by corpus: fitted on all questions, and cross-validated."""
    rows: list[tuple[str | float, ...]] = []
    for corpus in dict.fromkeys(ranking.corpus for ranking in rankings):
        for name, networks in (("fitted on all", on_all), ("cross-validated", held_out)):
            scored = [score(r, n) for r, n in zip(rankings, networks, strict=True) if r.corpus == corpus]
            rows.append((f"{corpus}, {name}", len(scored), *map(float, np.mean(scored, 0))))
    return table(("corpus", "n", *(f"R@{k}" for k in DEPTHS), "MRR@10"), rows)


def score(ranking: Ranking, network: Network) -> tuple[float, ...]:
    order = np.argsort(-network.scores(ranking.features), kind="stable")
    ranked = [ranking.clauses[at] for at in order[:100]]
    scores = ranking_scores(ranked, ranking.case.gold, DEPTHS)
    return tuple(scores[name] or 0.0 for name in (*(f"recall@{k}" for k in DEPTHS), "mrr@10"))


def render(network: Network) -> str:
    lines = ["# Written by benchmarks/fuse.py", "", f"offset = {network.offset:.4f}"]
    for unit in network.units:
        features = ", ".join(f"{name} = {weight:.4f}" for name, weight in unit.features.items())
        lines += ["", "[[units]]", f"weight = {unit.weight:.4f}", f"bias = {unit.bias:.4f}"]
        lines += [f"features = {{ {features} }}"]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
