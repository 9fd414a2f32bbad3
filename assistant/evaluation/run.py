"""A run: every case answered or searched, scored and summed up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Protocol

from assistant.answer_json import answer_json
from assistant.errors import AssistantError
from assistant.evaluation import metrics
from assistant.evaluation.cases import Case
from assistant.model import Answer, Citation, Question, RankedClause

RUN_FILE = "run.json"
DEPTHS = (1, 5, 10, 20, 100)
"""Ranks at which recall is measured when only the retrieval runs."""

Score = float | None
Summary = Mapping[str, Score]
Progress = Callable[[Sequence[Case]], Iterable[Case]]
"""Hands the cases through and shows how far they are, as tqdm does."""


class RunError(AssistantError):
    """A run cannot be written, read or compared."""


class Answering(Protocol):
    """What is evaluated: the assistant that users get."""

    def answer(self, question: Question) -> Answer:
        """The answer to a question."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What one case gave: ``output`` is ``{"answer": …}`` or ``{"retrieved": […]}``, ready for JSON."""

    case: Case
    output: Mapping[str, Any]
    scores: Mapping[str, Score]
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluationRun:
    """Results of all cases in their order, with means over all, over each type and over each style."""

    summary: Summary
    by_type: Mapping[str, Summary]
    by_style: Mapping[str, Summary]
    results: tuple[CaseResult, ...]


def evaluate(
    assistant: Answering,
    cases: Sequence[Case],
    is_verbatim: Callable[[Citation], bool],
    progress: Progress = iter,
) -> EvaluationRun:
    """Answer every case and score the answers; ``is_verbatim`` checks a quote against its source."""
    results = [
        _answer_result(case, assistant.answer(case.as_question()), is_verbatim) for case in progress(cases)
    ]
    return _summed_up(results, summarize_answers)


def evaluate_retrieval(
    search: Callable[[Question], Sequence[RankedClause]],
    cases: Sequence[Case],
    progress: Progress = iter,
) -> EvaluationRun:
    """Search for every case, best clause first, and score the rankings."""
    results = [_retrieval_result(case, search(case.as_question())) for case in progress(cases)]
    return _summed_up(results, summarize_rankings)


def _answer_result(case: Case, answer: Answer, is_verbatim: Callable[[Citation], bool]) -> CaseResult:
    cited = metrics.cited_clauses(answer)
    failures = metrics.failures(case, answer)
    verbatim = [is_verbatim(citation) for citation in answer.citations]
    scores: dict[str, Score] = {
        "recall@5": metrics.recall_at(5, [ranked.clause for ranked in answer.retrieved], case.gold),
        "citation_recall": metrics.citation_recall(cited, case.gold, case.gold_mode),
        "citation_precision": metrics.citation_precision(cited, case.gold),
        "answer_correct": not failures,
        "declined": metrics.is_declined(answer),
        "quotes": len(verbatim),
        "quotes_verbatim": metrics.mean(verbatim),
        "chars": len(answer.text),
        "latency_ms": answer.timings_ms.total,
    }
    misquoted = [
        f"引文不符 [{c.n}] {c.clause}"
        for c, holds in zip(answer.citations, verbatim, strict=True)
        if not holds
    ]
    return CaseResult(case, {"answer": answer_json(answer)}, scores, (*map(str, failures), *misquoted))


def _retrieval_result(case: Case, retrieved: Sequence[RankedClause]) -> CaseResult:
    first = retrieved[: DEPTHS[-1]]
    ranked = [item.clause for item in first]
    scores = {f"recall@{k}": metrics.recall_at(k, ranked, case.gold) for k in DEPTHS} | {
        "mrr@10": metrics.reciprocal_rank(ranked, case.gold),
        "ndcg@10": metrics.ndcg(ranked, case.gold),
    }
    return CaseResult(case, {"retrieved": [{"clause": r.clause, "score": r.score} for r in first]}, scores)


def _summed_up(
    results: Sequence[CaseResult], summarize: Callable[[Sequence[CaseResult]], Summary]
) -> EvaluationRun:
    by_type: dict[str, list[CaseResult]] = {}
    by_style: dict[str, list[CaseResult]] = {}
    for result in results:
        by_type.setdefault(result.case.type, []).append(result)
        by_style.setdefault(result.case.style, []).append(result)
    return EvaluationRun(
        summarize(results),
        {name: summarize(group) for name, group in by_type.items()},
        {name: summarize(group) for name, group in by_style.items()},
        tuple(results),
    )


def summarize_answers(results: Sequence[CaseResult]) -> dict[str, Score]:
    """Means over the questions that a metric is about.

    ``declined_recall`` is over the questions that the corpus does not answer; retrieval, citations,
    ``answer_correct`` and ``declined_false`` are over the others, ``citation_precision`` over those of
    them whose answer cites anything. ``quotes_verbatim`` is over all quotes, ``median_chars`` over the
    questions that got an answer, latency (milliseconds) over all questions.
    """
    answerable = [result.scores for result in results if result.case.answerable]
    unanswerable = [result.scores for result in results if not result.case.answerable]
    scores = [*answerable, *unanswerable]
    latencies = [score["latency_ms"] or 0.0 for score in scores]
    return {
        "n": len(results),
        "recall@5": _mean("recall@5", answerable),
        "citation_recall": _mean("citation_recall", answerable),
        "citation_precision": _mean("citation_precision", answerable),
        "answer_correct": _mean("answer_correct", answerable),
        "declined_recall": _mean("declined", unanswerable),
        "declined_false": _mean("declined", answerable),
        "quotes_verbatim": _weighted_mean("quotes_verbatim", "quotes", scores),
        "median_chars": _median([score["chars"] or 0 for score in scores if not score["declined"]]),
        "latency_p50_ms": metrics.percentile(latencies, 0.50),
        "latency_p95_ms": metrics.percentile(latencies, 0.95),
    }


def summarize_rankings(results: Sequence[CaseResult]) -> dict[str, Score]:
    """Means over the questions that the corpus answers."""
    scores = [result.scores for result in results]
    names = [*(f"recall@{k}" for k in DEPTHS), "mrr@10", "ndcg@10"]
    return {"n": len(results)} | {name: _mean(name, scores) for name in names}


def _mean(name: str, scores: Sequence[Mapping[str, Score]]) -> Score:
    return metrics.mean(score[name] for score in scores)


def _weighted_mean(name: str, weight: str, scores: Sequence[Mapping[str, Score]]) -> Score:
    total = sum(score[weight] or 0 for score in scores)
    return sum((score[name] or 0) * (score[weight] or 0) for score in scores) / total if total else None


def _median(values: Sequence[float]) -> Score:
    return median(values) if values else None


def run_json(run: EvaluationRun) -> dict[str, Any]:
    """The run as ``evaluate --json`` prints it; what is not defined is null."""
    return {
        "summary": dict(run.summary),
        "by_type": {name: dict(summary) for name, summary in run.by_type.items()},
        "by_style": {name: dict(summary) for name, summary in run.by_style.items()},
        "cases": [
            {
                "id": result.case.id,
                **result.output,
                "scores": {**result.scores, "failures": list(result.failures)},
            }
            for result in run.results
        ],
    }


def write_run(run: EvaluationRun, folder: Path) -> Path:
    """Write the run into a folder, which is made where missing; returns the file.

    Raises:
        RunError: the folder cannot be written.
    """
    file = folder / RUN_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(run_json(run), ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise RunError(f"评测结果无法写入“{folder}”：{error.strerror}；请换一个可写的文件夹") from error
    return file
