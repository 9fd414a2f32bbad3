"""Seeded defects: the default gate finds each of them against a clean baseline, and names the right questions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.evaluation.gates import DEFAULT, check
from assistant.evaluation.measuring import AnswerMeasure
from assistant.evaluation.metrics import matches
from assistant.evaluation.run import evaluate
from assistant.evaluation.sets.cases import Case, load_cases
from assistant.model import Answer, Citation, Question, Status
from assistant.pipeline import PolicyAssistant
from assistant.selection import Calibration
from assistant.settings import load_settings
from assistant.wording import Wording
from corpus.model import PolicyDocument
from index import normalize
from index.model import Filter, Hit
from tests.commands import PROJECT
from tests.scripted_runs import silent

CASES = load_cases(PROJECT / "tests" / "cases" / "policies.jsonl")
DROPPED = "dalian:三/（七）"
SWAPPED = {"大连市": "吉林省", "吉林省": "大连市"}


class Changed:
    """Something with a few of its methods replaced."""

    def __init__(self, whole: Any, **methods: Any) -> None:
        self.__dict__.update(methods)
        self._whole = whole

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)


def over(index: Any, wording: Wording | None = None) -> Any:
    """An assistant over another index, or with another vocabulary."""
    return PolicyAssistant(index, wording or Wording.load(), Calibration.load())


def asked(change: Callable[[Question], Question]) -> Callable[[Any], Any]:
    """Answers another question than the one that was asked."""
    return lambda assistant: Changed(assistant, answer=lambda question: assistant.answer(change(question)))


def answered(change: Callable[[Answer, Any], Answer]) -> Callable[[Any], Any]:
    """Changes what was answered well."""
    return lambda assistant: Changed(
        assistant, answer=lambda question: change(assistant.answer(question), assistant.store)
    )


def cited(change: Callable[[Citation, Any], Citation]) -> Callable[[Any], Any]:
    return answered(
        lambda answer, store: replace(answer, citations=tuple(change(c, store) for c in answer.citations))
    )


def without_a_clause(assistant: Any) -> Any:
    def search(
        query: str, where: Filter | None = None, limit: int = 20, words: str | None = None
    ) -> list[Hit]:
        hits = assistant.index.search(query, where, limit + 1, words)
        return [hit for hit in hits if hit.clause_id != DROPPED][:limit]

    return over(Changed(assistant.index, search=search))


def with_swapped_places(assistant: Any) -> Any:
    def swapped(document: PolicyDocument) -> PolicyDocument:
        return replace(document, region=SWAPPED.get(document.region, document.region))

    def search(
        query: str, where: Filter | None = None, limit: int = 20, words: str | None = None
    ) -> list[Hit]:
        where = where or Filter()
        regions = tuple(SWAPPED.get(region, region) for region in where.regions)
        return assistant.index.search(query, replace(where, regions=regions), limit, words)

    store = Changed(
        assistant.store,
        documents=lambda: tuple(map(swapped, assistant.store.documents())),
        document=lambda name: swapped(assistant.store.document(name)),
    )
    return over(Changed(assistant.index, store=store, search=search))


def without_place_filter(assistant: Any) -> Any:
    def search(
        query: str, where: Filter | None = None, limit: int = 20, words: str | None = None
    ) -> list[Hit]:
        return assistant.index.search(query, replace(where or Filter(), regions=()), limit, words)

    return over(Changed(assistant.index, search=search))


def without_vocabulary(assistant: Any) -> Any:
    return over(assistant.index, replace(Wording.load(), official={}, english={}, english_places={}))


def with_traditional_left_alone(assistant: Any) -> Any:
    afresh = over(assistant.index)

    def answer(question: Question) -> Answer:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(normalize, "_simplifier", lambda: SimpleNamespace(convert=lambda text: text))
            return afresh.answer(question)

    return Changed(assistant, answer=answer)


def declined(answer: Answer, _: Any) -> Answer:
    return replace(answer, status=Status.NOT_FOUND, text="文件没有规定", claims=(), citations=())


def with_a_guess(answer: Answer, _: Any) -> Answer:
    return answer if answer.claims else replace(answer, status=Status.ANSWERED, text="可以。")


def after_one_claim(answer: Answer, _: Any) -> Answer:
    return replace(answer, text=answer.claims[0].text) if answer.claims else answer


def with_other_numbers(answer: Answer, _: Any) -> Answer:
    return replace(answer, text=re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), answer.text))


def with_first_clause_only(answer: Answer, _: Any) -> Answer:
    first = [c for c in answer.citations if c.clause == answer.citations[0].clause]
    return replace(answer, citations=tuple(first))


def neighbouring(citation: Citation, store: Any) -> Citation:
    clauses = store.clauses(store.clause(citation.clause).document_id)
    at = next(n for n, clause in enumerate(clauses) if clause.id == citation.clause)
    return replace(citation, clause=clauses[at - 1].id)


def misquoted(citation: Citation, _: Any) -> Citation:
    return replace(citation, quote=citation.quote[:2] + citation.quote[3:])


def to_the_first_paragraph(citation: Citation, store: Any) -> Citation:
    clause = store.clause(citation.clause)
    if not clause.paragraphs:
        return citation
    source = store.source(clause.source_id)
    span = source.clean.offsets.span_to_source(clause.paragraphs[0].span)
    return replace(citation, quote=source.original[span.start : span.end], start=span.start, end=span.end)


def is_answered(_: Case, answer: Answer) -> bool:
    return answer.status is Status.ANSWERED


def names_a_place(case: Case, answer: Answer) -> bool:
    turns = " ".join((case.question, case.scope or "", *(turn.content for turn in case.history)))
    return bool(re.search("大连|大連|吉林|瓦房店|庄河|长春|dalian|jilin|159|137", turns, re.IGNORECASE))


@dataclass(frozen=True)
class Defect:
    """A defect, the gate that finds it, and which questions it can touch, by the case and its clean answer."""

    name: str
    switch: Callable[[Any], Any]
    metric: str
    touches: Callable[[Case, Answer], bool]
    is_total: bool = False  # touches all of them


DEFECTS = [
    Defect(
        "a clause is missing from the index",
        without_a_clause,
        "citation_recall",
        lambda case, _: any(matches(DROPPED, gold) for gold in case.gold),
    ),
    Defect("two places are swapped", with_swapped_places, "citation_recall", names_a_place),
    Defect("the filter by place is off", without_place_filter, "citation_precision", names_a_place),
    Defect(
        "follow-ups forget what was asked before",
        asked(lambda question: replace(question, history=())),
        "answer_correct",
        lambda case, _: bool(case.history),
    ),
    Defect(
        "everyday words and English have no official ones",
        without_vocabulary,
        "answer_correct",
        lambda case, _: case.answerable,
    ),
    Defect(
        "Traditional script is left as it is",
        with_traditional_left_alone,
        "declined_recall",
        lambda case, _: case.style == "traditional",
    ),
    Defect(
        "it always answers",
        answered(with_a_guess),
        "declined_recall",
        lambda case, _: not case.answerable,
        is_total=True,
    ),
    Defect("it always declines", answered(declined), "declined_false", is_answered, is_total=True),
    Defect("quotes lack a character", cited(misquoted), "quotes_verbatim", is_answered, is_total=True),
    Defect(
        "citations name the clause before",
        cited(neighbouring),
        "citation_precision",
        lambda case, answer: case.answerable,
    ),
    Defect(
        "quotes come from the first paragraph of the clause",
        cited(to_the_first_paragraph),
        "paragraph_recall",
        lambda case, _: any("#" in gold.clause and not gold.clause.endswith("#1") for gold in case.gold),
    ),
    Defect(
        "only the first clause is cited",
        answered(with_first_clause_only),
        "citation_recall",
        lambda case, answer: len(case.gold) > 1 and len({c.clause for c in answer.citations}) > 1,
    ),
    Defect(
        "numbers are altered",
        answered(with_other_numbers),
        "facts",
        lambda case, _: any(re.search(r"\d", group[0]) for group in case.must_include),
    ),
    Defect(
        "answers stop after one claim",
        answered(after_one_claim),
        "facts",
        lambda _, answer: len(answer.claims) > 1,
    ),
]


@pytest.fixture(scope="module")
def clean(assistant):
    """The assistant without a defect; what it has answered once it knows."""
    return Changed(assistant, answer=cache(assistant.answer))


@pytest.fixture(scope="module")
def baseline(clean, tmp_path_factory):
    return run_of(clean, tmp_path_factory.mktemp("baseline"))


def run_of(assistant, folder):
    return evaluate(CASES, AnswerMeasure(assistant, load_settings()), folder, silent)


def test_the_clean_assistant_holds_against_itself(clean, baseline, tmp_path):
    assert all(result.holds for result in check(DEFAULT, run_of(clean, tmp_path), baseline))


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_the_gate_finds_a_defect_and_names_the_questions_it_touches(defect, clean, baseline, tmp_path):
    run = run_of(defect.switch(clean), tmp_path)
    failed = {result.metric: result for result in check(DEFAULT, run, baseline) if not result.holds}
    assert defect.metric in failed
    touched = {case.id for case in CASES if defect.touches(case, clean.answer(case.as_question()))}
    assert failed[defect.metric].questions
    for result in failed.values():
        assert set(result.questions) <= touched
    assert not defect.is_total or set(failed[defect.metric].questions) == touched
