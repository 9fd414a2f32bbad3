"""What the assistant answers, declines and cites, over the shipped policies."""

import json
import re
from pathlib import Path

import pytest
from opencc import OpenCC

from assistant.evaluation.measuring import AnswerMeasure
from assistant.evaluation.results import EvaluationRun
from assistant.evaluation.run import evaluate
from assistant.evaluation.sets.cases import Case, load_cases
from assistant.model import Answer, Question, Role, Status, Turn
from assistant.pipeline import PolicyAssistant
from assistant.settings import load_settings
from tests.scripted_runs import silent

CASES = Path(__file__).parent / "cases"
BEHAVIOUR = json.loads((CASES / "behaviour.json").read_text(encoding="utf-8"))
QUESTIONS = load_cases(CASES / "policies.jsonl")

AT_LEAST = {
    "recall@5": 0.92,
    "citation_recall": 0.85,
    "citation_precision": 0.65,
    "answer_correct": 0.75,
    "declined_recall": 0.75,
    "quotes_verbatim": 1.0,
}
AT_MOST = {"declined_false": 0.06}


class Recorder:
    """The assistant; remembers what it answered."""

    def __init__(self, assistant: PolicyAssistant) -> None:
        self._assistant = assistant
        self.store, self.index, self.verifier = assistant.store, assistant.index, assistant.verifier
        self.writer = assistant.writer
        self.answers: list[Answer] = []

    def answer(self, question: Question) -> Answer:
        self.answers.append(self._assistant.answer(question))
        return self.answers[-1]


@pytest.fixture(scope="module")
def recorder(assistant: PolicyAssistant) -> Recorder:
    return Recorder(assistant)


@pytest.fixture(scope="module")
def run(recorder: Recorder, tmp_path_factory: pytest.TempPathFactory) -> EvaluationRun:
    measure = AnswerMeasure(recorder, load_settings())
    return evaluate(QUESTIONS, measure, tmp_path_factory.mktemp("run"), silent).run


@pytest.fixture(scope="module")
def answers(run: EvaluationRun, recorder: Recorder) -> list[Answer]:
    """An answer to each of the questions."""
    return recorder.answers


@pytest.mark.parametrize(("metric", "floor"), AT_LEAST.items())
def test_quality_stays_above_its_floor(run: EvaluationRun, metric: str, floor: float) -> None:
    value = run.summary[metric]
    assert value is not None
    assert value >= floor


@pytest.mark.parametrize(("metric", "ceiling"), AT_MOST.items())
def test_answerable_questions_are_answered(run: EvaluationRun, metric: str, ceiling: float) -> None:
    value = run.summary[metric]
    assert value is not None
    assert value <= ceiling


def test_every_citation_verifies_and_every_claim_has_one(
    assistant: PolicyAssistant, answers: list[Answer]
) -> None:
    for answer in answers:
        numbers = {citation.n for citation in answer.citations}
        assert all(map(assistant.verifier.is_verbatim, answer.citations)), answer.question
        verified = assistant.verifier.verify(answer.claims, answer.citations, answer.question)
        assert verified == answer.claims, answer.question
        assert {n for claim in answer.claims for n in claim.citations} == numbers, answer.question


def test_an_answer_is_either_supported_or_declined(answers: list[Answer]) -> None:
    for answer in answers:
        is_answered = answer.status is Status.ANSWERED
        assert bool(answer.claims) == bool(answer.citations) == is_answered, answer.question
        assert answer.text, answer.question
        assert is_answered or not re.search(r"〔[^〕]*〕\[\d+\]", answer.text), answer.question


def test_places_come_one_after_the_other_each_under_its_name(answers: list[Answer]) -> None:
    both = [
        answer
        for answer in answers
        if answer.table is None and len({citation.region for citation in answer.citations}) > 1
    ]
    assert len(both) > 10
    for answer in both:
        headings = re.findall(r"^【(.+?)(?:·.+)?】$", answer.text, re.MULTILINE)
        assert headings == list(dict.fromkeys(claim.region for claim in answer.claims)), answer.question


def test_the_points_of_a_list_are_its_quote_cut_in_order(answers: list[Answer]) -> None:
    lists = [
        (
            [
                claim.text
                for claim in answer.claims
                if claim.citations == (citation.n,) and claim.role is Role.POINT
            ],
            citation,
        )
        for answer in answers
        for citation in answer.citations
    ]
    found = [(items, citation) for items, citation in lists if items]
    assert len(found) > 10
    for items, citation in found:
        assert len(items) > 1
        assert "".join("".join(items).split()).endswith("".join(citation.quote.split()))


@pytest.mark.parametrize("case", BEHAVIOUR, ids=[case["name"] for case in BEHAVIOUR])
def test_behaviour(assistant: PolicyAssistant, case: dict) -> None:
    history = tuple(Turn("user", text) for text in case.get("history", []))
    answer = assistant.answer(Question(case["question"], case.get("region", ""), history))
    assert answer.status == case.get("status", "answered")
    assert sorted({citation.clause for citation in answer.citations}) == sorted(case.get("cites", []))
    for text in case.get("includes", []):
        assert text in answer.text
    for text in case.get("excludes", []):
        assert text not in answer.text


def sample() -> list[Case]:
    plain = [case for case in QUESTIONS if case.answerable and case.style not in ("traditional", "english")]
    return plain[:: len(plain) // 15]


@pytest.mark.parametrize("case", sample(), ids=lambda case: case.id)
def test_traditional_script_finds_the_same_clauses(assistant: PolicyAssistant, case: Case) -> None:
    question = case.as_question()
    traditional = Question(OpenCC("s2t").convert(question.text), question.region, question.history)
    assert traditional.text != question.text
    assert first_five(assistant, traditional) == first_five(assistant, question)


def first_five(assistant: PolicyAssistant, question: Question) -> list[str]:
    return [ranked.clause for ranked in assistant.retrieve(question, 5)]
