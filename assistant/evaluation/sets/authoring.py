"""Help to write a case: a question is answered, and a person accepts gold clauses and required facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import count, islice
from pathlib import Path
from typing import Protocol, TypeVar

from assistant.errors import UsageError
from assistant.evaluation.metrics import normalized
from assistant.evaluation.sets.cases import Case, CaseError, EarlierTurn, GoldClause, load_cases, write_cases
from assistant.evaluation.sets.files import check_writable, content, format_of, locked, replace
from assistant.evaluation.sets.rows import Remarks, shown
from assistant.figures import figures
from assistant.model import Answer, Question, Role
from index.store import ClauseStore

MOST_CLAUSES = 10
NONE = "无"
_SHOWN_CHARACTERS = 60
_BRACKETED = re.compile(r"^（([^（）]*)）$")
"""A quote that is short by itself: （牵头单位：市教育局；配合单位：市财政局）."""


Candidate = TypeVar("Candidate")


class Answering(Protocol):
    """The assistant, as far as authors need it."""

    store: ClauseStore

    def answer(self, question: Question) -> Answer:
        """The answer to a question."""


@dataclass(frozen=True, slots=True)
class CandidateClause:
    """A clause that may be gold: source and path, and what people know it by."""

    doc: str
    path: str
    label: str  # 五、（十七）
    document: str  # title
    text: str
    is_cited: bool  # by the answer

    @property
    def id(self) -> str:
        """``dalian:五/（十七）``."""
        return f"{self.doc}:{self.path}"


@dataclass(frozen=True, slots=True)
class CandidateFact:
    """Words of a cited sentence that a right answer may have to contain, and the clause that has them."""

    text: str
    clause: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question with its answer, clauses that may be gold (cited ones first), and facts that may be required."""

    question: Question
    answer: Answer
    clauses: tuple[CandidateClause, ...]
    facts: tuple[CandidateFact, ...]

    def facts_of(self, clauses: Iterable[CandidateClause]) -> tuple[CandidateFact, ...]:
        """Facts that these clauses state, each once."""
        ids = {clause.id for clause in clauses}
        facts = (fact for fact in self.facts if fact.clause in ids)
        return tuple({normalized(fact.text): fact for fact in facts}.values())


def propose(assistant: Answering, question: Question) -> Proposal:
    """What a case for the question could expect, as the assistant's answer suggests it.

    Raises:
        QuestionError: the question is empty, too long or no valid text.
    """
    answer = assistant.answer(question)
    cited = dict.fromkeys(citation.clause for citation in answer.citations)
    ranked = dict.fromkeys([*cited, *answer.nearest, *(found.clause for found in answer.retrieved)])
    ids = list(ranked)[: max(MOST_CLAUSES, len(cited))]
    clauses = tuple(_candidate(clause, assistant.store, is_cited=clause in cited) for clause in ids)
    return Proposal(question, answer, clauses, tuple(_facts(answer)))


def _candidate(clause_id: str, store: ClauseStore, *, is_cited: bool) -> CandidateClause:
    clause = store.clause(clause_id)
    title = store.document(clause.document_id).title
    return CandidateClause(clause.source_id, clause.path, clause.label, title, clause.text, is_cited)


def _facts(answer: Answer) -> Iterator[CandidateFact]:
    """The short answers and the figures of each quote, and what is bracketed where that is all of it."""
    for citation in answer.citations:
        leads = [c.text for c in answer.claims if c.role is Role.LEAD and citation.n in c.citations]
        leads += _BRACKETED.findall(citation.quote)
        texts = (*_verbatim(leads, citation.quote), *(found.text for found in figures(citation.quote)))
        yield from (CandidateFact(text.strip(), citation.clause) for text in texts)


def _verbatim(leads: Iterable[str], quote: str) -> Iterator[str]:
    """Parts of leads that the quote has in these words; of 可以：… what stands behind the colon."""
    for part in (part for lead in leads for part in lead.rstrip("。").split("；")):
        texts = (part, part.partition("：")[2])
        yield from islice((text for text in texts if text and normalized(text) in normalized(quote)), 1)


def case_of(
    proposal: Proposal, clauses: Sequence[CandidateClause], facts: Sequence[CandidateFact], case_id: str
) -> Case:
    """The case that expects these clauses and each of these facts; without clauses, one that nothing answers."""
    question = proposal.question
    return Case(
        id=case_id,
        question=question.text,
        scope=question.region or None,
        history=tuple(EarlierTurn.model_validate(asdict(turn)) for turn in question.history),
        gold=tuple(GoldClause(doc=clause.doc, clause=clause.path) for clause in clauses),
        must_include=tuple((fact.text,) for fact in facts) if clauses else (),
        answerable=bool(clauses),
    )


def append_new_case(path: Path, case_with: Callable[[str], Case]) -> Case:
    """Add the case that bears the first free id, which nobody else can take meanwhile.

    Raises:
        CaseError: as :func:`append_case`.
    """
    with locked(path):
        case = case_with(free_id(ids_of(path)))
        append_case(path, case)
    return case


def append_case(path: Path, case: Case) -> None:
    """Add a case to the end of a set, which is made where missing; what is there stays as it is.

    Raises:
        CaseError: the set has mistakes or holds the id already, or cannot be written.
    """
    if not path.exists():
        write_cases(path, [case])
        return
    if case.id in ids_of(path):
        raise CaseError(path, [f"id：值 {shown(case.id)} 已经有了；请换一个编号"])
    remarks = Remarks()
    data = format_of(path).appended(content(path), case.model_dump(mode="json"), remarks)
    if remarks.problems:
        raise CaseError(path, remarks.problems)
    replace(path, data)


def ids_of(path: Path) -> set[str]:
    """The ids of a set, none where there is no file yet.

    Raises:
        CaseError: the set has mistakes, or the file name is none of a set.
    """
    format_of(path)
    return {case.id for case in load_cases(path)} if path.exists() else set()


def free_id(taken: Collection[str]) -> str:
    """The first of new-001, new-002, … that is not taken."""
    return next(name for number in count(1) if (name := f"new-{number:03}") not in taken)


def dialogue(
    assistant: Answering,
    question: Question,
    path: Path,
    ask: Callable[[str], str],
    tell: Callable[[str], None],
) -> Case:
    """Show a person what a case for the question could expect, ask what holds, and add it to the set.

    ``ask`` prompts for a line, as ``input`` does; ``tell`` shows one.

    Raises:
        CaseError: the set cannot be read or written; that is known before anything is asked.
        UsageError: the input ended.
    """
    ids_of(path)
    check_writable(path)
    proposal = propose(assistant, question)
    tell(proposal.answer.text)
    _list("可作依据的条款（* 为回答所引）：", map(_clause_line, proposal.clauses), tell)
    clauses = _chosen(proposal.clauses, f"依据条款的编号，用空格分开；无法回答请写“{NONE}”：", ask, tell)
    if facts := proposal.facts_of(clauses):
        _list("可要求回答写出的内容：", (fact.text for fact in facts), tell)
        facts = _chosen(facts, f"必含内容的编号，用空格分开；不要求请写“{NONE}”：", ask, tell)
    case = append_new_case(path, lambda name: case_of(proposal, clauses, facts, name))
    tell(f"已写入“{path}”，编号 {case.id}")
    return case


def _clause_line(clause: CandidateClause) -> str:
    text = " ".join(clause.text.split())
    beginning = text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"
    return f"{'*' if clause.is_cited else ' '} {clause.doc} {clause.label}：{beginning}"


def _list(title: str, lines: Iterable[str], tell: Callable[[str], None]) -> None:
    tell(title)
    for number, line in enumerate(lines, 1):
        tell(f"{number:3} {line}")


def _chosen(
    candidates: Sequence[Candidate], prompt: str, ask: Callable[[str], str], tell: Callable[[str], None]
) -> tuple[Candidate, ...]:
    """The candidates whose numbers a person gives; asks until the reply can be understood."""
    while True:
        try:
            reply = ask(prompt).strip()
        except EOFError as error:
            raise UsageError("输入已经结束，题目没有写入；请在终端里回答各个问题") from error
        if reply == NONE:
            return ()
        words = re.split(r"[\s,，、]+", reply)
        chosen = [int(word) - 1 for word in words if word.isdecimal()]
        if len(chosen) == len(words) and all(0 <= index < len(candidates) for index in chosen):
            return tuple(candidates[index] for index in dict.fromkeys(chosen))
        tell(f"“{reply}”看不懂；请写 1 到 {len(candidates)} 的编号，或写“{NONE}”")
