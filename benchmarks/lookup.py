"""Speed of look-ups, references and text search over the index of a data folder. Needs no model.

    python benchmarks/lookup.py --data .data

Prints the time of one `lookup` in a cold process (the median of five), what opening takes, and for each kind of
question the median, 95th percentile and maximum over clauses that are drawn at random; the machine should be idle.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from assistant.clause_search import ClauseBrowser  # noqa: E402
from assistant.clause_view import ClauseReader, citation_of  # noqa: E402
from assistant.lookup import ClauseFinder  # noqa: E402
from assistant.reference_links import ReferenceLinker  # noqa: E402
from corpus.model import Clause  # noqa: E402
from index.generations import current_generation  # noqa: E402
from index.store import ClauseStore  # noqa: E402

COLD_RUNS = 5
OPEN_NUMBERS = ("第十二条", "十七", "（三）", "第四章", "第九千条")
UNKNOWN = ("国办发〔1900〕1号第六条", "没有这部条例第三条", "1800年宪法第一条")
TYPED = ("医", "医疗", "劳动合同", "工作满10年", "县级以上人民政府", "的")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path(".data"))
    parser.add_argument("--sample", type=int, default=500)
    options = parser.parse_args()

    begin = time.perf_counter()
    store = ClauseStore(current_generation(options.data).store)
    finder = ClauseFinder(store)
    print(f"opening store and names of {len(store.documents())} documents: {since(begin):.0f} ms")
    clauses = sample(store, options.sample)
    names = [citation_of(clause, store.document(clause.document_id), with_text=False) for clause in clauses]
    cold(options.data, names[:COLD_RUNS])
    warm(store, finder, clauses, names)


def sample(store: ClauseStore, size: int) -> list[Clause]:
    """Clauses drawn at random, the same in every run."""
    draw = random.Random(1)
    documents = draw.choices(store.documents(), k=size)
    return [store.clause(draw.choice(store.clause_ids(document.id))) for document in documents]


def cold(data: Path, names: Iterable[str]) -> None:
    times = []
    for name in names:
        command = [sys.executable, "-m", "assistant", "lookup", name, "--json", "--data", str(data)]
        begin = time.perf_counter()
        subprocess.run(command, cwd=ROOT, capture_output=True, check=False)  # 1 where the name is ambiguous
        times.append(since(begin))
    print(f"lookup, cold process: {median(times):.0f} ms")


def warm(store: ClauseStore, finder: ClauseFinder, clauses: list[Clause], names: list[str]) -> None:
    linker, reader, browser = (
        ReferenceLinker(store, finder),
        ClauseReader(store, finder),
        ClauseBrowser(store, finder),
    )
    texts = [clause.text for clause in clauses]
    print(f"{'':34}{'median':>9}{'p95':>9}{'max':>9}  ms")
    show("lookup by citation", finder.lookup, names)
    show("lookup by number alone", finder.lookup, OPEN_NUMBERS)
    show("lookup of what is not there", finder.lookup, UNKNOWN)
    show("links in a clause", linker.links, clauses)
    show("clauses that cite one", linker.cited_by, clauses)
    show("clause with its context", reader.view, clauses)
    show("search while typing", browser.search, TYPED)
    show("clauses that contain 30 letters", lambda text: store.containing(text[:30], 20), texts)
    show("clauses that share most letters", lambda text: store.sharing(text[:100], 20), texts)


def show(name: str, run: Callable[..., object], questions: Iterable[object]) -> None:
    times = []
    for question in questions:
        begin = time.perf_counter()
        run(question)
        times.append(since(begin))
    times.sort()
    print(f"{name:34}{median(times):9.2f}{times[int(0.95 * len(times))]:9.2f}{times[-1]:9.2f}")


def since(begin: float) -> float:
    """Milliseconds."""
    return (time.perf_counter() - begin) * 1000


if __name__ == "__main__":
    main()
