"""What a language model adds, and what the check of its statements is worth.

    export POLICY_LLM_MODEL=… POLICY_LLM_BASE_URL=…
    python benchmarks/written_answers.py tests/cases/policies.jsonl --sample 80 --out written.jsonl

Asks a seeded sample of the cases, the same share of each type, three ways: quotes alone, written by the model of the
settings and checked, and the same replies unchecked, each statement shown with the clauses that it names. Every case
is a line of ``--out``, so that a run which breaks off goes on where it was; the lines hold all statements that were
shown, for a check by hand. Questions that no words of a model could better (a clause that is asked for, a fact, a
table) and those that are declined count for ``asked`` as not asked.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from markdown_table import Cell, table

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant.answer_json import answer_json
from assistant.evaluation.measuring import AnswerMeasure
from assistant.evaluation.sets.cases import Case, load_cases
from assistant.evaluation.statistics import mean, percentile
from assistant.evidence import Evidence
from assistant.model import Answer
from assistant.pipeline import PolicyAssistant
from assistant.settings import load_settings
from assistant.understanding import Query
from assistant.writing.claim_checker import ClaimChecker
from assistant.writing.model import CheckedClaim, DraftClaim, Quoted
from assistant.writing.writer import Writer

QUOTED, CHECKED, UNCHECKED = "quotes alone", "written, checked", "written, unchecked"
SCORES = ("citation_recall", "citation_precision", "answer_correct", "quotes_verbatim")


class Trusting(ClaimChecker):
    """Believes whatever names a piece of evidence."""

    def check(self, claim: DraftClaim, evidence: Mapping[str, Evidence], _: Query) -> CheckedClaim:
        """The statement with the whole clauses that it names."""
        named = [evidence[support.label] for support in claim.supports if support.label in evidence]
        quoted = tuple(Quoted(item, item.clause.span) for item in named)
        return CheckedClaim(claim.text, quoted, "" if quoted else "names no evidence")


class Timed:
    """An assistant that remembers the last answer and when its first statement came."""

    def __init__(self, assistant: PolicyAssistant, writer: Writer | None) -> None:
        self._assistant = assistant
        self.store, self.index = assistant.store, assistant.index
        self._writer = writer
        self.first_ms: float | None = None
        self.whole: Answer | None = None

    def answer(self, question: Any) -> Answer:
        """The answer; the time to the first statement is kept."""
        self._assistant.writer = self._writer
        begin, self.first_ms = time.perf_counter(), None
        for answer in self._assistant.stream(question):
            if self.first_ms is None:
                self.first_ms = (time.perf_counter() - begin) * 1000
            self.whole = answer
        assert self.whole
        return self.whole


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", type=Path)
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    cases = sampled(load_cases(options.cases), options.sample, options.seed)
    known = lines_of(options.out)
    settings = load_settings()
    assistant = PolicyAssistant.open(settings, lambda line: print(line, file=sys.stderr))
    writer = assistant.writer
    if writer is None:
        parser.error("no language model is configured: set POLICY_LLM_MODEL")
    ways = {
        QUOTED: Timed(assistant, None),
        CHECKED: Timed(assistant, writer),
        UNCHECKED: Timed(assistant, replace(writer, checker=Trusting(assistant.index))),
    }
    measures = {name: AnswerMeasure(way, settings) for name, way in ways.items()}  # type: ignore[arg-type]
    with options.out.open("a", encoding="utf-8") as out:
        for case in cases:
            if case.id not in known:
                known[case.id] = {name: line(measures[name], way, case) for name, way in ways.items()}
                out.write(json.dumps({"id": case.id, **known[case.id]}, ensure_ascii=False) + "\n")
                out.flush()
                print(case.id, file=sys.stderr, flush=True)
    print(report([known[case.id] for case in cases]))


def sampled(cases: Sequence[Case], count: int, seed: int) -> list[Case]:
    """About ``count`` cases, of each type its share, at least one."""
    types: dict[str, list[Case]] = {}
    for case in cases:
        types.setdefault(case.type, []).append(case)
    chooser = random.Random(seed)
    share = count / len(cases)
    return [
        case
        for _, own in sorted(types.items())
        for case in chooser.sample(own, max(1, round(share * len(own))))
    ]


def lines_of(file: Path) -> dict[str, dict[str, Any]]:
    """What an earlier run has measured, by case."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return {found.pop("id"): found for found in map(json.loads, lines)}


def line(measure: AnswerMeasure, way: Timed, case: Case) -> dict[str, Any]:
    """Scores, times and the answer of a case."""
    scores = measure(case).scores
    assert way.whole
    return {
        "scores": {name: scores[name] for name in SCORES},
        "first_ms": way.first_ms,
        "total_ms": way.whole.timings_ms.total,
        "written": bool(way.whole.written_by),
        "notice": way.whole.notice,
        "steps": [[step.kind, step.text, step.reason] for step in way.whole.steps],
        "answer": answer_json(way.whole),
    }


def report(lines: Sequence[Mapping[str, Mapping[str, Any]]]) -> str:
    """The table of all three ways."""
    return table(("", QUOTED, CHECKED, UNCHECKED), rows(lines))


def rows(lines: Sequence[Mapping[str, Mapping[str, Any]]]) -> Iterable[list[Cell]]:
    """A row for each figure."""
    ways = {name: [item[name] for item in lines] for name in (QUOTED, CHECKED, UNCHECKED)}
    asked = [item for item in lines if item[CHECKED]["written"] or item[CHECKED]["notice"]]
    yield ["questions", *(len(own) for own in ways.values())]
    yield ["asked of the model", 0, len(asked), len(asked)]
    yield [
        "fell back to quotes",
        0,
        *(sum(not item[name]["written"] for item in asked) for name in (CHECKED, UNCHECKED)),
    ]
    for score in SCORES:
        yield [score, *(mean(item["scores"][score] for item in own) for own in ways.values())]
    for name, share in (("first_ms", 0.5), ("first_ms", 0.95), ("total_ms", 0.5), ("total_ms", 0.95)):
        values = [percentile([item[way][name] for item in asked], share) for way in (QUOTED, CHECKED)]
        yield [f"{name} p{share * 100:.0f}, of those asked", *(round(v) if v else None for v in values), None]


if __name__ == "__main__":
    main()
