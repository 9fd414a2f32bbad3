"""The whole product, cross-validated: fitted to four fifths of the questions, it answers the other fifth.

    python benchmarks/cross_validate.py tests/cases/policies.jsonl --also tests/cases/policies_extra.jsonl

Each of five folds is answered with a calibration (clause model, threshold of citing, threshold of scope) that
has seen none of its questions; variants of one question (``dl-017-a``, ``dl-017-b``) share a fold. Prints,
as Markdown, these figures beside those of the calibration that ships, then the shipped one by type and by
style of question, and what still fails. Vocabulary and rules are the same in every fold: the difference
shows how far the fitted numbers depend on the questions they were fitted to, and nothing else.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from calibrate import fit_searched, search_all
from markdown_table import table
from sklearn.model_selection import GroupKFold
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant.evaluation.measuring import AnswerMeasure
from assistant.evaluation.results import EvaluationRun, Mode, Score, ScoredCase, Summary
from assistant.evaluation.run import evaluate
from assistant.evaluation.sets.cases import Case, load_cases
from assistant.evaluation.summaries import summarize
from assistant.pipeline import PolicyAssistant
from assistant.selection import Calibration
from assistant.settings import load_settings
from assistant.wording import Wording

FOLDS = 5
COMPARED = {
    "recall@5": "recall@5",
    "citation_recall": "citation recall",
    "citation_precision": "citation precision",
    "answer_correct": "answer correct",
    "declined_recall": "unanswerable declined",
    "declined_false": "answerable declined",
    "quotes_verbatim": "quotes verbatim",
    "median_chars": "median characters",
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", type=Path)
    parser.add_argument("--also", type=Path, help="questions that are only learned from, in every fold")
    options = parser.parse_args()
    cases = load_cases(options.cases)
    also = load_cases(options.also) if options.also else []
    assistant = PolicyAssistant.open(load_settings(), lambda line: print(line, file=sys.stderr))
    plain = answered(assistant, cases, "shipped")
    crossed = summarize(Mode.ANSWERS, list(cross_validated(assistant, cases, also)))
    print(side_by_side(plain.summary, crossed))
    print(by_group("type", plain.groups["type"]))
    print(by_group("style", plain.groups["style"]))
    print(failing(plain.results))


def cross_validated(
    assistant: PolicyAssistant, cases: Sequence[Case], also: Sequence[Case]
) -> Iterator[ScoredCase]:
    """Every case, answered by an assistant that was fitted without it and its variants."""
    searched = search_all(assistant, [*cases, *also])
    for number, fold in enumerate(folds(cases), 1):
        unseen = {case.id for case in fold}
        calibration = fit_searched([item for item in searched if item.case.id not in unseen])
        yield from answered(fitted(assistant, calibration), fold, f"fold {number}").results


def folds(cases: Sequence[Case]) -> Iterator[list[Case]]:
    """Five parts of about equal size that keep the variants of a question together."""
    groups = [re.sub(r"-[a-z]$", "", case.id) for case in cases]
    for _, part in GroupKFold(FOLDS).split(cases, groups=groups):
        yield [cases[at] for at in part]


def fitted(assistant: PolicyAssistant, calibration: Calibration) -> PolicyAssistant:
    """The assistant with another calibration, over the same open index."""
    return PolicyAssistant(assistant.index, Wording.load(load_settings().terms), calibration)


def answered(assistant: PolicyAssistant, cases: Sequence[Case], name: str) -> EvaluationRun:
    with tempfile.TemporaryDirectory() as folder, tqdm(desc=name, total=len(cases)) as bar:
        measure = AnswerMeasure(assistant, load_settings())
        return evaluate(cases, measure, Path(folder), lambda done, _: bar.update(done - bar.n)).run


def side_by_side(plain: Summary, crossed: Summary) -> str:
    rows = zip(COMPARED.values(), figures(plain), figures(crossed), strict=True)
    header = [f"n = {plain['n']}", "plain", "cross-validated", "difference"]
    return table(header, [(*row, difference(*row[1:])) for row in rows]) + "\n"


def by_group(title: str, groups: Mapping[str, Summary]) -> str:
    rows = [(name, summary["n"], *figures(summary)) for name, summary in groups.items()]
    return table([title, "n", *COMPARED.values()], rows) + "\n"


def figures(summary: Summary) -> list[Score]:
    """What is compared, in its order; characters as a whole number."""
    chars = summary["median_chars"]
    whole = {"median_chars": None if chars is None else round(chars)}
    return [{**summary, **whole}[key] for key in COMPARED]


def difference(before: Score, after: Score) -> Score:
    return None if before is None or after is None else after - before


def failing(results: Sequence[ScoredCase]) -> str:
    wrong = [result for result in results if result.failures]
    return table([f"{len(wrong)} fail", "why"], [(r.case.id, "；".join(r.failures)) for r in wrong])


if __name__ == "__main__":
    main()
