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
import tempfile
import time
from pathlib import Path

from markdown_table import Cell, table
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant.corpus_keeper import ingest
from assistant.evaluation.measuring import RetrievalMeasure
from assistant.evaluation.run import evaluate
from assistant.evaluation.sets.cases import load_cases
from assistant.evaluation.statistics import percentile
from assistant.pipeline import PolicyAssistant
from assistant.settings import Settings, load_settings
from index.model import Change

SHARES = {"p50": 0.50, "p95": 0.95}


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
    with tempfile.TemporaryDirectory() as folder, tqdm(desc="search", total=len(cases)) as bar:
        run = evaluate(
            cases,
            RetrievalMeasure(assistant, settings),
            Path(folder),
            lambda done, _: bar.update(done - bar.n),
        )
    rows += [("questions" if name == "n" else name, value) for name, value in run.run.summary.items()]
    questions = tqdm([case.as_question() for case in cases], desc="answer", file=sys.stderr)
    times = [assistant.answer(question).timings_ms.total for question in questions]
    rows += [(f"answer {name}, ms", percentile(times, share)) for name, share in SHARES.items()]
    print(table(["statutes", ""], rows))


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


def report(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    main()
