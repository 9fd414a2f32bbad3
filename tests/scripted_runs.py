"""Runs over answers and rankings that were written down, scored as any other run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace

from assistant.evaluation.judge import Judge
from assistant.evaluation.measuring import AnswerMeasure, RetrievalMeasure
from assistant.evaluation.run import evaluate
from assistant.evaluation.run_folder import StoredRun
from assistant.evaluation.sets.cases import Case, GoldClause
from assistant.model import Answer, Citation, Claim, Question, RankedClause, Status, Timings
from assistant.settings import load_settings
from corpus.model import Status as DocumentStatus
from index.store import ClauseStore

A, B, C = "dalian:三/（九）", "jilin:四/（四）/17", "jilin:五/（三）"


def case(name: str, *clauses: str, **fields: object) -> Case:
    """A case that is answerable if it has gold clauses, and asks its own name."""
    gold = tuple(GoldClause(doc=doc, clause=path) for doc, _, path in (c.partition(":") for c in clauses))
    return Case(**{"id": name, "question": name, "gold": gold, "answerable": bool(gold)} | fields)


QUOTE = "全科医生"
"""Stands in each of these clauses."""


def citation(clause: str, n: int = 1, quote: str = QUOTE, start: int = 0, end: int = 2) -> Citation:
    """A citation; its place in the source is made up."""
    number, status = "大政办发〔2018〕159号", DocumentStatus.UNKNOWN
    return Citation(n, clause, "意见", number, "三、（九）", "大连市", status, quote, start, end)


def answered(
    name: str,
    text: str,
    *clauses: str,
    quote: str = QUOTE,
    retrieved: Sequence[str] = (),
    total: float = 10.0,
) -> Answer:
    """An answer that cites the clauses with one claim."""
    return Answer(
        name,
        Status.ANSWERED,
        text,
        (Claim(text, tuple(range(1, len(clauses) + 1))),),
        tuple(citation(clause, n, quote) for n, clause in enumerate(clauses, 1)),
        tuple(RankedClause(clause, 0.5) for clause in retrieved),
        Timings(total=total),
    )


def declined(name: str, text: str = "文件没有规定", *, total: float = 10.0) -> Answer:
    """A declined answer."""
    return Answer(name, Status.NOT_FOUND, text, timings_ms=Timings(total=total))


MIXED_CASES = [
    case("right", A, type="fact", style="formal", must_include=(("十年",),)),
    case("partly", A, B, type="compare", style="formal", must_include=(("大连",), ("吉林",))),
    case("refused", C, type="fact", style="keyword"),
    case("premise", "jilin:（三）", type="false_premise", style="formal"),
    case("silent", type="unanswerable", style="formal"),
    case("invented", type="unanswerable", style="formal"),
]
MIXED_ANSWERS = [
    answered("right", "满十年可评", A, retrieved=[C, A], total=40.0),
    answered("partly", "大连可以", A, C, retrieved=[A, C], total=30.0),
    declined("refused", total=20.0),
    answered("premise", "不是三年，是五年", C, retrieved=[C], total=15.0),
    declined("silent"),
    answered("invented", "可以" * 10, C, quote="编造", total=50.0),
]
"""One of each kind: right, partly right, wrongly declined, a false premise, rightly declined, invented."""


EARLIER_CASES = [case("right", A), case("partly", A, B), case("refused", C), case("silent"), case("quiet")]
EARLIER_ANSWERS = [
    answered("right", "满十年可评", A, retrieved=[A], total=40.0),
    answered("partly", "大连可以", A, retrieved=[A], total=30.0),
    declined("refused"),
    declined("silent"),
    declined("quiet"),
]
"""What a run is compared with."""


class Scripted:
    """An assistant that gives each question what was written down for it."""

    writer = None

    def __init__(
        self, store: ClauseStore, answers: Sequence[Answer] = (), rankings: Mapping[str, Sequence[str]] = {}
    ) -> None:
        self.store = store
        self.index = SimpleNamespace(manifest=SimpleNamespace(corpus_digest="c", encoder_digest="e"))
        self.asked: list[str] = []
        self._answers = {answer.question: answer for answer in answers}
        self._rankings = rankings

    def answer(self, question: Question) -> Answer:
        """What was written down."""
        self.asked.append(question.text)
        return self._answers[question.text]

    def retrieve(self, question: Question, depth: int) -> list[RankedClause]:
        """What was written down, however deep; the measure cuts it."""
        self.asked.append(question.text)
        return [RankedClause(clause, 1.0) for clause in self._rankings.get(question.text, ())]


def silent(done: int, total: int) -> None:
    """Shows no progress."""


def answers_run(
    store: ClauseStore,
    folder: Path,
    cases: Sequence[Case],
    answers: Sequence[Answer],
    judge: Judge | None = None,
) -> StoredRun:
    """A run over answers."""
    return evaluate(cases, AnswerMeasure(Scripted(store, answers), load_settings(), judge), folder, silent)


def rankings_run(
    store: ClauseStore, folder: Path, cases: Sequence[Case], rankings: Mapping[str, Sequence[str]]
) -> StoredRun:
    """A run over rankings."""
    return evaluate(cases, RetrievalMeasure(Scripted(store, (), rankings), load_settings()), folder, silent)


def mixed_run(store: ClauseStore, folder: Path) -> StoredRun:
    """A run over one answer of each kind."""
    return answers_run(store, folder, MIXED_CASES, MIXED_ANSWERS)
