"""What holds for whatever is written: in whichever script, and beside whichever other document."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from assistant.corpus_keeper import ingest
from assistant.evaluation.metrics import cited_clauses, counts_as
from assistant.evaluation.sets.cases import Case, load_cases
from assistant.lookup_json import text_of
from assistant.model import Question
from assistant.pipeline import PolicyAssistant
from assistant.selection import Calibration
from assistant.settings import load_settings
from assistant.wording import Wording
from tests.commands import PROJECT, fresh_copy
from tests.index_desk import Desk
from tests.small_corpus import PAY

CASES = Path(__file__).parent / "cases"
QUESTIONS = load_cases(CASES / "policies.jsonl")
COMPARISONS = [case for case in load_cases(CASES / "policies_extra.jsonl") if case.type == "compare"]
IRRELEVANT = sorted((CASES / "irrelevant").glob("*.txt"))
"""Policies of other fields, of another place and of none."""

TRADITIONAL = OpenCC("s2t")
CITES_ALL = replace(Calibration.load(), threshold=0.0, in_scope=0.0)
WORDING = Wording.load()


def as_it_is(char: str) -> str:
    return char


def full_width(char: str) -> str:
    return chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char


def half_width(char: str) -> str:
    return unicodedata.normalize("NFKC", char)


DISGUISES = (as_it_is, TRADITIONAL.convert, full_width, half_width)
"""What search undoes, and what is shown must keep."""


def disguised(disguises: Sequence[Callable[[str], str]]) -> str:
    return "".join(disguise(char) for disguise, char in zip(disguises, PAY, strict=True))


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from(DISGUISES), min_size=len(PAY), max_size=len(PAY)).map(disguised))
@example(disguised([TRADITIONAL.convert] * len(PAY)))
@example(disguised([full_width] * len(PAY)))
@example(disguised([half_width] * len(PAY)))
def test_what_is_shown_stands_in_the_file_as_it_is_written(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    desk = Desk(tmp_path_factory.mktemp("disguised"))
    desk.ingest({"haizhou": text})
    assistant = PolicyAssistant(desk.open(), WORDING, CITES_ALL)
    for question in ("村医补助每月多少元？", "满10年的全科医生可直接取得什么职称？", "（二）的原文"):
        answer = assistant.answer(Question(question))
        assert answer.citations, question
        for citation in answer.citations:
            assert squeezed(citation.quote) in squeezed(text)
            assert squeezed(citation.quote) in squeezed(answer.text)
            assert squeezed(citation.quote) == squeezed(text[citation.start : citation.end])
    for clause in assistant.finder.lookup("（二）").matches:
        assert squeezed(text_of(clause, assistant.store)) in squeezed(text)
    assistant.index.close()


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_a_question_and_its_traditional_form_find_the_same_clauses(assistant: PolicyAssistant) -> None:
    compared = 0
    for case in QUESTIONS:
        question = case.as_question()
        traditional = replace(question, text=TRADITIONAL.convert(question.text))
        if traditional.text != question.text:
            assert found(assistant, traditional) == found(assistant, question), case.id
            compared += 1
    assert compared > 100


def found(assistant: PolicyAssistant, question: Question) -> list[str]:
    return [ranked.clause for ranked in assistant.retrieve(question, 10)]


@pytest.fixture(scope="module")
def naming(assistant: PolicyAssistant) -> list[Case]:
    """Answerable questions that name their place."""
    answerable = [case for case in (*QUESTIONS, *COMPARISONS) if case.answerable]
    return [case for case in answerable if assistant.search(case.as_question())[0].places]


@pytest.fixture(scope="module")
def correct(assistant: PolicyAssistant, naming: list[Case]) -> list[set[str]]:
    """What their answers cite rightly, without any other document."""
    return [correct_citations(assistant, case) for case in naming]


def correct_citations(assistant: PolicyAssistant, case: Case) -> set[str]:
    cited = cited_clauses(assistant.answer(case.as_question()))
    return {clause for clause in cited if any(counts_as(clause, gold) for gold in case.gold)}


@pytest.fixture(params=IRRELEVANT, ids=lambda file: file.stem)
def with_another(
    request: pytest.FixtureRequest, data_folder: Path, tmp_path: Path
) -> Iterator[PolicyAssistant]:
    """The assistant over the shipped policies and one irrelevant document."""
    there = load_settings(data=fresh_copy(data_folder, tmp_path / "data"))
    ingest(there, [PROJECT / "corpus" / "texts", request.param], print)
    assistant = PolicyAssistant.open(there, print)
    yield assistant
    assistant.index.close()


def test_an_irrelevant_document_takes_no_correct_citation_away(
    with_another: PolicyAssistant, naming: list[Case], correct: list[set[str]]
) -> None:
    assert sum(map(bool, correct)) > 100
    lost = {
        case.id: before - correct_citations(with_another, case)
        for case, before in zip(naming, correct, strict=True)
    }
    assert not {name: clauses for name, clauses in lost.items() if clauses}
