"""Ingest and retrieval over a large corpus of laws.

    python benchmarks/statutes.py LAWS_DIR QUESTIONS.jsonl --data DIR

Brings the index in DIR in step with the laws and prints how long that took, clauses a second, and peak memory;
an index that is in step already is used as it is. Then searches for every question, first 100 clauses, and
prints recall, MRR@10, nDCG@10 and latency, and the latency of whole answers. The machine should be idle.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from markdown_table import Cell, table
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant.corpus_keeper import ingest
from assistant.evaluation.cases import load_cases
from assistant.evaluation.metrics import percentile
from assistant.evaluation.run import DEPTHS, evaluate_retrieval
from assistant.model import Question, RankedClause
from assistant.pipeline import PolicyAssistant
from assistant.settings import Settings, load_settings
from index.model import Change


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("laws", type=Path)
    parser.add_argument("cases", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    cases = load_cases(options.cases)
    settings = load_settings(data=options.data)
    rows = ingested(settings, options.laws)
    assistant = PolicyAssistant.open(settings, report)
    search = TimedSearch(assistant)
    run = evaluate_retrieval(search, cases, partial(tqdm, desc="search", file=sys.stderr))
    rows += [("questions" if name == "n" else name, value) for name, value in run.summary.items()]
    rows += latency("search", search.milliseconds)
    questions = tqdm([case.as_question() for case in cases], desc="answer", file=sys.stderr)
    rows += latency("answer", [assistant.answer(question).timings_ms.total for question in questions])
    print(table(["statutes", ""], rows))


class TimedSearch:
    """Search of the assistant, as deep as recall is measured; remembers how long each took."""

    def __init__(self, assistant: PolicyAssistant) -> None:
        self._assistant = assistant
        self.milliseconds: list[float] = []

    def __call__(self, question: Question) -> tuple[RankedClause, ...]:
        """The first clauses for a question."""
        begin = time.perf_counter()
        found = self._assistant.retrieve(question, max(DEPTHS))
        self.milliseconds.append((time.perf_counter() - begin) * 1000)
        return found


def ingested(settings: Settings, laws: Path) -> list[tuple[str, Cell]]:
    """Brings the index in step; its size, and the speed where it was built."""
    begin = time.perf_counter()
    done = ingest(settings, [laws], report).update
    seconds = time.perf_counter() - begin
    sources = [source for source in done.sources if source.change is not Change.REMOVED]
    clauses = sum(source.clauses for source in sources)
    rows: list[tuple[str, Cell]] = [("sources", len(sources)), ("clauses", clauses)]
    if done.rebuilt:
        rows += [
            ("ingest, texts embedded", done.embedded),
            ("ingest, s", round(seconds)),
            ("ingest, clauses a second", f"{clauses / seconds:.1f}"),
            ("ingest, peak MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024),
        ]
    return rows


def latency(name: str, milliseconds: Sequence[float]) -> list[tuple[str, Cell]]:
    shares = {"p50": 0.5, "p95": 0.95}
    return [(f"{name} {key}, ms", percentile(milliseconds, share)) for key, share in shares.items()]


def report(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    main()
