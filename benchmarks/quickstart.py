"""Beside what one would pick instead: LangChain's quickstart, over the same policies, questions and encoder.

    pip install ".[benchmarks]"
    python benchmarks/quickstart.py tests/cases/policies.jsonl

The quickstart is the pipeline of LangChain's RAG tutorial: a recursive character splitter with chunks of 1000
characters that overlap by 200, Chroma, the 4 most similar chunks. A second row has chunks of 200. It is asked the
question with the chosen place and the user's earlier turns in front, of which it would know nothing else.

Both sides are judged by what they hand over as evidence: chunks there, quotes of the answer here. Chunks retrieve
a clause if together they hold half of its characters, or if one of them lies in it. Recall is the share of gold
clauses that are retrieved (cited), precision by clauses the share of retrieved (cited) clauses that are gold, by
characters the share of characters that stand in gold clauses; characters in two chunks count once. All three
are means over the questions that the policies answer; whoever hands over nothing has no precision. The
quickstart always hands over something and leaves declining to a language model. All answer each question in
turn; latency is from the question to the evidence, for ours to the finished answer.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from chromadb.config import Settings as ChromaSettings
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from markdown_table import Cell, table

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant.corpus_keeper import encoder_choice
from assistant.evaluation.metrics import citation_precision, citation_recall, cited_clauses, counts_as
from assistant.evaluation.sets.cases import Case, load_cases
from assistant.evaluation.statistics import mean, percentile
from assistant.pipeline import PolicyAssistant
from assistant.settings import load_settings
from corpus.model import ClauseKind, Span
from index.model import TextEncoder
from index.store import ClauseStore

CHUNKS = ((1000, 200), (200, 40))
"""Size and overlap in characters: those of the tutorial, and a fifth of them."""

MOST_SIMILAR = 4
"""Chunks that are handed over: the tutorial leaves ``similarity_search`` at its default."""

OURS = "policy assistant"
Place = tuple[str, int]
"""A character of the corpus: source id and source offset."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a pipeline hands over for a question: clause ids, characters, and how long it took."""

    clauses: list[str]
    characters: set[Place]
    milliseconds: float


class BundledEmbeddings(Embeddings):
    """The encoder of the index, as LangChain wants it."""

    def __init__(self, encoder: TextEncoder) -> None:
        self._encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """A vector for each passage."""
        return self._encoder.encode_passages(texts).tolist()

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        return self._encoder.encode_queries([text])[0].tolist()


class Corpus:
    """Where the clauses stand in their sources."""

    def __init__(self, store: ClauseStore) -> None:
        self.texts = {document.source_id: "" for document in store.documents()}
        self.clauses: dict[str, set[Place]] = {}
        for source_id in self.texts:
            source = store.source(source_id)
            self.texts[source_id] = source.original
            for clause in source.clauses:
                if clause.kind is ClauseKind.CLAUSE:
                    span = source.clean.offsets.span_to_source(clause.span)
                    self.clauses[clause.id] = self.places(source_id, span)

    def places(self, source_id: str, span: Span) -> set[Place]:
        """The characters of a source range, white space aside."""
        text = self.texts[source_id]
        return {(source_id, at) for at in range(span.start, span.end) if not text[at].isspace()}

    def retrieved(self, chunks: Sequence[set[Place]]) -> list[str]:
        """Clauses that the chunks retrieve, by the rule at the top."""
        together = set().union(*chunks)
        return [
            clause
            for clause, own in self.clauses.items()
            if own and (len(own & together) >= len(own) / 2 or any(chunk <= own for chunk in chunks))
        ]

    def gold(self, case: Case) -> set[Place]:
        """The characters of the gold clauses, and of those that count as them."""
        return {
            place
            for clause, own in self.clauses.items()
            if any(counts_as(clause, gold) for gold in case.gold)
            for place in own
        }


class Quickstart:
    """The pipeline of the tutorial."""

    def __init__(self, corpus: Corpus, encoder: TextEncoder, size: int, overlap: int) -> None:
        self._corpus = corpus
        splitter = RecursiveCharacterTextSplitter(
            chunk_size=size, chunk_overlap=overlap, add_start_index=True
        )
        files = [Document(text, metadata={"source": name}) for name, text in corpus.texts.items()]
        self._store = Chroma.from_documents(
            splitter.split_documents(files),
            BundledEmbeddings(encoder),
            collection_name=f"chunks-{size}",
            client_settings=ChromaSettings(anonymized_telemetry=False),
        )

    def __call__(self, case: Case) -> Evidence:
        """The chunks most similar to a question."""
        earlier = [turn.content for turn in case.history if turn.role == "user"]
        query = "\n".join(filter(None, [case.scope, *earlier, case.question]))
        begin = time.perf_counter()
        found = self._store.similarity_search(query, k=MOST_SIMILAR)
        milliseconds = (time.perf_counter() - begin) * 1000
        chunks = [self._places(chunk) for chunk in found]
        return Evidence(self._corpus.retrieved(chunks), set().union(*chunks), milliseconds)

    def _places(self, chunk: Document) -> set[Place]:
        start = chunk.metadata["start_index"]
        return self._corpus.places(chunk.metadata["source"], Span(start, start + len(chunk.page_content)))


class Cited:
    """What the assistant's answers quote."""

    def __init__(self, corpus: Corpus, assistant: PolicyAssistant) -> None:
        self._corpus = corpus
        self._assistant = assistant

    def __call__(self, case: Case) -> Evidence:
        """The evidence of the answer to a question."""
        begin = time.perf_counter()
        answer = self._assistant.answer(case.as_question())
        milliseconds = (time.perf_counter() - begin) * 1000
        quoted = (
            self._corpus.places(citation.clause.partition(":")[0], Span(citation.start, citation.end))
            for citation in answer.citations
        )
        return Evidence(cited_clauses(answer), set().union(*quoted), milliseconds)


Pipeline = Callable[[Case], Evidence]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", type=Path)
    cases = load_cases(parser.parse_args().cases)
    settings = load_settings()
    assistant = PolicyAssistant.open(settings, lambda line: print(line, file=sys.stderr))
    corpus = Corpus(assistant.store)
    encoder = encoder_choice(settings).load()
    pipelines: dict[str, Pipeline] = {OURS: Cited(corpus, assistant)}
    for size, overlap in CHUNKS:
        pipelines[f"quickstart, chunks of {size}"] = Quickstart(corpus, encoder, size, overlap)
    for pipeline in pipelines.values():
        pipeline(cases[0])
    evidence: dict[str, list[Evidence]] = {name: [] for name in pipelines}
    order = list(pipelines)
    for case in cases:
        for name in order:
            evidence[name].append(pipelines[name](case))
        order.append(order.pop(0))  # the first to meet a new length of text pays for its kernels
    measured = {name: figures(corpus, cases, found) for name, found in evidence.items()}
    print(comparison(measured))


def figures(corpus: Corpus, cases: Sequence[Case], evidence: Sequence[Evidence]) -> dict[str, float | None]:
    """What the table shows of a pipeline, by name."""
    pairs = list(zip(cases, evidence, strict=True))
    answerable = [(case, found) for case, found in pairs if case.answerable]
    times = [found.milliseconds for found in evidence]
    return {
        "clause recall": mean(citation_recall(e.clauses, c.gold, c.gold_mode) for c, e in answerable),
        "precision by clauses": mean(citation_precision(e.clauses, c.gold) for c, e in answerable),
        "precision by characters": mean(
            len(e.characters & corpus.gold(c)) / len(e.characters) if e.characters else None
            for c, e in answerable
        ),
        "unanswerable declined": mean(not e.characters for c, e in pairs if not c.answerable),
        "characters handed over, median": median(len(e.characters) for _, e in answerable),
        "latency p50, ms": median(times),
        "latency p95, ms": percentile(times, 0.95),
    }


def comparison(measured: dict[str, dict[str, float | None]]) -> str:
    """A row for each figure: every pipeline, and how many times the quickstart's figure ours is."""
    ours = measured.pop(OURS)
    header = ["", OURS, *(cell for name in measured for cell in (name, "ratio"))]
    rows = []
    for figure, value in ours.items():
        row: list[Cell] = [figure, value]
        for other in measured.values():
            row += [other[figure], ratio(value, other[figure])]
        rows.append(row)
    return table(header, rows)


def ratio(ours: float | None, theirs: float | None) -> str | None:
    return f"× {ours / theirs:.2f}" if ours is not None and theirs else None


if __name__ == "__main__":
    main()
