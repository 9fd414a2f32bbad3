"""What is done with each case: the assistant answers it or searches for it, and the result is scored."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from assistant.answer_json import answer_json
from assistant.evaluation import metrics
from assistant.evaluation.failures import Failure, FailureKind, facts, failures_of, misquotes
from assistant.evaluation.judge import GRADES, UNUSABLE, Judge
from assistant.evaluation.measures import DEPTHS, JUDGED_DEPTH
from assistant.evaluation.results import Mode, Score, Setup
from assistant.evaluation.run_setup import setup_of, writing_setup
from assistant.evaluation.sets.cases import Case
from assistant.evaluation.sets.gold import GoldFinder
from assistant.evaluation.statistics import mean
from assistant.model import Answer, Citation
from assistant.pipeline import PolicyAssistant
from assistant.settings import Settings
from index.store import ClauseStore


@dataclass(frozen=True, slots=True)
class Measured:
    """What one case gave: ``output`` is ``{"answer": …}`` or ``{"retrieved": […]}``, ready for JSON.

    ``gold`` are the ids of the gold clauses, ``places`` and ``documents`` their regions and document ids.
    """

    output: Mapping[str, Any]
    scores: Mapping[str, Score]
    failures: tuple[str, ...]
    gold: tuple[str, ...]
    places: tuple[str, ...]
    documents: tuple[str, ...]


class Measure(Protocol):
    """What a run does with its cases."""

    @property
    def store(self) -> ClauseStore:
        """The corpus that answers."""

    def setup(self, cases: Sequence[Case]) -> Setup:
        """All that the results for these cases depend on."""

    def __call__(self, case: Case) -> Measured:
        """The scored result for a case."""


class _AssistantMeasure:
    """The assistant that users get, and the settings that it was opened with."""

    mode: Mode

    def __init__(self, assistant: PolicyAssistant, settings: Settings) -> None:
        self._assistant = assistant
        self._settings = settings
        self._gold = GoldFinder(assistant.store)

    @property
    def store(self) -> ClauseStore:
        return self._assistant.store

    def setup(self, cases: Sequence[Case]) -> Setup:
        return setup_of(self.mode, cases, self._assistant.index.manifest, self._settings)

    def _resolved(self, case: Case) -> Case:
        return case.model_copy(update={"gold": self._gold.resolved(case.gold)})

    def _measured(
        self, case: Case, output: Mapping[str, Any], scores: Mapping[str, Score], failures: Sequence[Failure]
    ) -> Measured:
        clauses = self._gold.clauses(case.gold)
        documents = tuple(dict.fromkeys(clause.document_id for clause in clauses))
        places = dict.fromkeys(self.store.document(name).region for name in documents)
        return Measured(
            output,
            scores,
            tuple(map(str, failures)),
            tuple(clause.id for clause in clauses),
            tuple(filter(None, places)),
            documents,
        )


class AnswerMeasure(_AssistantMeasure):
    """Answers a case and scores the answer; with a ``judge``, a language model grades it as well."""

    mode = Mode.ANSWERS

    def __init__(self, assistant: PolicyAssistant, settings: Settings, judge: Judge | None = None) -> None:
        super().__init__(assistant, settings)
        self._judge = judge

    def setup(self, cases: Sequence[Case]) -> Setup:
        setup = super().setup(cases)
        writer = self._assistant.writer
        written_by = writing_setup(writer, self._settings) if writer else {}
        judged_by = {"judge": self._judge.name} if self._judge else {}
        return replace(setup, settings={**setup.settings, **written_by, **judged_by})

    def __call__(self, case: Case) -> Measured:
        answer = self._assistant.answer(case.as_question())
        wanted = self._resolved(case)
        misquoted = misquotes(answer, self.store)
        failures = (*failures_of(wanted, answer), *misquoted)
        scores = self._scores(wanted, answer) | {
            "answer_correct": not failures,
            "quotes": len(answer.citations),
            "quotes_verbatim": mean(
                [0.0] * len(misquoted) + [1.0] * (len(answer.citations) - len(misquoted))
            ),
        }
        grades, judged = self._judged(case, answer)
        output = {"answer": answer_json(answer)} | judged
        return self._measured(case, output, scores | grades, failures)

    def _judged(self, case: Case, answer: Answer) -> tuple[dict[str, Score], dict[str, Any]]:
        """Grades, and what the judge says for the output; a declined answer says nothing to be judged."""
        if self._judge is None:
            return {}, {}
        if metrics.is_declined(answer):
            return dict.fromkeys(GRADES), {}
        verdict = self._judge.verdict(case, answer)
        if verdict is None:
            return dict.fromkeys(GRADES), {"judge": {"reason": UNUSABLE}}
        return {name: getattr(verdict, name) for name in GRADES}, {"judge": verdict.model_dump()}

    def _scores(self, case: Case, answer: Answer) -> dict[str, Score]:
        cited, paragraphs = metrics.cited_clauses(answer), list(cited_paragraphs(answer, self.store))
        recall = metrics.citation_recall(cited, case.gold, case.gold_mode)
        precision = metrics.citation_precision(cited, case.gold)
        declined = metrics.is_declined(answer)
        return {
            **metrics.ranking_scores(
                (ranked.clause for ranked in answer.retrieved), case.gold, [JUDGED_DEPTH]
            ),
            "citation_recall": recall,
            "citation_precision": precision,
            "citation_f1": metrics.f1(recall, precision),
            "paragraph_recall": metrics.paragraph_recall(paragraphs, case.gold, case.gold_mode),
            "paragraph_precision": metrics.paragraph_precision(paragraphs, case.gold),
            "facts": facts(case, answer),
            "declined": declined,
            "declined_rightly": not case.answerable if declined else None,
            "chars": len(answer.text),
            "latency_ms": answer.timings_ms.total,
        }


class RetrievalMeasure(_AssistantMeasure):
    """Searches for a case, as deep as recall is measured, and scores the ranking."""

    mode = Mode.RETRIEVAL

    def __call__(self, case: Case) -> Measured:
        begin = time.perf_counter()
        found = self._assistant.retrieve(case.as_question(), max(DEPTHS))[: max(DEPTHS)]
        milliseconds = round((time.perf_counter() - begin) * 1000, 3)
        ranked = [item.clause for item in found]
        wanted = self._resolved(case)
        scores = metrics.ranking_scores(ranked, wanted.gold, DEPTHS)
        scores |= {"latency_ms": milliseconds}
        failures = [
            Failure(FailureKind.NOT_FOUND, clause)
            for clause in metrics.unfound(ranked, wanted.gold, wanted.gold_mode, JUDGED_DEPTH)
        ]
        output = {"retrieved": [{"clause": item.clause, "score": item.score} for item in found]}
        return self._measured(case, output, scores, failures)


def cited_paragraphs(answer: Answer, store: ClauseStore) -> Iterator[str]:
    """The paragraphs (``dalian:三/（九）#2``) that the quotes of an answer stand in.

    A clause that has no paragraphs is named itself; ``#0`` is its part before the first one.
    """
    for citation in () if metrics.is_declined(answer) else answer.citations:
        yield from _paragraphs_of(citation, store)


def _paragraphs_of(citation: Citation, store: ClauseStore) -> Sequence[str]:
    clause = store.find_clause(metrics.without_paragraph(citation.clause))
    if clause is None or not clause.paragraphs:
        return [metrics.without_paragraph(citation.clause)]
    offsets = store.source(clause.source_id).clean.offsets
    spans = {paragraph.number: offsets.span_to_source(paragraph.span) for paragraph in clause.paragraphs}
    touched = [n for n, span in spans.items() if span.start < citation.end and citation.start < span.end]
    return [f"{clause.id}#{n}" for n in touched or [0]]
