"""The answer path: understand -> retrieve -> compose -> verify (-> write anew). Every way in runs these steps."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice

from assistant import replies
from assistant.answer_text import answer_text
from assistant.chains.allowance import Allowance
from assistant.corpus_keeper import open_index
from assistant.errors import QuestionError
from assistant.evidence import Evidence
from assistant.extraction import Composition, Extractor
from assistant.facts import FactFinder
from assistant.lookup import ClauseFinder
from assistant.model import Answer, Claim, Question, RankedClause, Status, Timings
from assistant.retrieval import DEPTH, Retrieved, Retriever
from assistant.selection import Calibration, is_in_scope, select
from assistant.settings import Settings
from assistant.understanding import MAX_LENGTH, Query, is_empty, understand
from assistant.verification import Verifier
from assistant.wording import Wording
from assistant.writing.draft import Draft
from assistant.writing.writer import Writer
from index.clause_index import ClauseIndex
from index.store import ClauseStore

Report = Callable[[str], None]


class PolicyAssistant:
    """Answers questions from an index, every statement with the clause that it rests on."""

    def __init__(
        self,
        index: ClauseIndex,
        wording: Wording,
        calibration: Calibration,
        writer: Writer | None = None,
    ) -> None:
        self.index = index
        self.writer = writer
        self.store: ClauseStore = index.store
        self.finder = ClauseFinder(self.store)
        self.verifier = Verifier(self.store)
        self._wording = wording
        self._calibration = calibration
        self.retriever = Retriever(index, self.finder)
        self.facts = FactFinder(self.store, self.finder)
        self._extractor = Extractor(index)

    @classmethod
    def open(
        cls, settings: Settings, report: Report, prepare: Callable[[ClauseIndex], None] = ClauseIndex.warm_up
    ) -> PolicyAssistant:
        """The assistant over the index of the data folder, which is built first where it is missing or unfit.

        ``prepare`` is how far the index is made ready: with :meth:`ClauseIndex.check` the first
        question loads the model.
        """
        index = open_index(settings, report, prepare)
        return cls(index, Wording.load(settings.terms), Calibration.load(), Writer.load(settings, index))

    def answer(self, question: Question) -> Answer:
        """The verified answer, or a declined one.

        Raises:
            QuestionError: the question is empty, too long or no valid text.
        """
        *_, whole = self.stream(question)
        return whole

    def allowance(self) -> Allowance:
        """What one answer may cost: what the settings let it, nothing where no model writes."""
        return self.writer.allowance() if self.writer else Allowance(0, 0)

    def stream(self, question: Question, allowance: Allowance | None = None) -> Iterator[Answer]:
        """The answer as it grows, with each statement that has passed the check; the last one is whole.

        An answer grows where a language model writes it. ``allowance`` bounds and cancels its work.

        Raises:
            QuestionError: the question is empty, too long or no valid text.
            AnswerCancelled: the allowance was cancelled.
        """
        check_question(question)
        draft = self._draft(question)
        if self.writer is None:
            yield draft.answer
        else:
            yield from self.writer.write(draft, self._draft, allowance or self.allowance())

    def _draft(self, question: Question) -> Draft:
        """The answer made of quotes."""
        clock = _Clock()
        with clock("understand"):
            query = understand(question, self._wording, self.index)
        with clock("retrieve"):
            retrieved = self.retriever.retrieve(query)
            facts = self.facts.find(query)
        with clock("compose"):
            chosen = facts if facts is not None else select(query, retrieved, self._calibration)
            composed = self._extractor.compose(query, chosen)
        with clock("verify"):
            claims = self.verifier.verify(composed.claims, composed.citations, question.text)
        status = self._status(query, retrieved, chosen, claims)
        answer = self._answer(question, status, claims, composed, retrieved, clock.timings())
        return Draft(question, query, chosen, answer, is_fact=facts is not None)

    def search(self, question: Question, depth: int = DEPTH) -> tuple[Query, Retrieved]:
        """The first two steps alone: what was understood and what was found."""
        query = understand(question, self._wording, self.index)
        return query, self.retriever.retrieve(query, depth)

    def retrieve(self, question: Question, depth: int) -> tuple[RankedClause, ...]:
        """The first clauses for a question, without an answer."""
        return _ranked(self.search(question, depth)[1].evidence)

    def _status(
        self, query: Query, retrieved: Retrieved, chosen: tuple[Evidence, ...], claims: tuple[Claim, ...]
    ) -> Status:
        if claims:
            return Status.ANSWERED
        if chosen:
            return Status.UNSUPPORTED
        if is_empty(query):
            return Status.NEEDS_DETAIL
        is_about_place = bool(query.places) and not (query.is_off_topic or query.is_doubtful)
        in_scope = is_about_place or is_in_scope(query, retrieved, self._calibration)
        return Status.NOT_FOUND if in_scope else Status.OUT_OF_SCOPE

    def _answer(
        self,
        question: Question,
        status: Status,
        claims: tuple[Claim, ...],
        composed: Composition,
        retrieved: Retrieved,
        timings: Timings,
    ) -> Answer:
        ranked = _ranked(retrieved.evidence)
        if not claims:
            return self._declined(question, status, retrieved, ranked, timings)
        cited = {n for claim in claims for n in claim.citations}
        citations = tuple(citation for citation in composed.citations if citation.n in cited)
        table = composed.table if claims == composed.claims else None  # a gap in a table would say 未规定
        reason = replies.left_out(retrieved.uncovered)
        text = "\n".join(filter(None, (reason, answer_text(claims, citations, table))))
        return Answer(
            question.text, status, text, claims, citations, ranked, timings, reason=reason, table=table
        )

    def _declined(
        self,
        question: Question,
        status: Status,
        retrieved: Retrieved,
        ranked: tuple[RankedClause, ...],
        timings: Timings,
    ) -> Answer:
        reason = replies.reason(
            status, self.store.documents(), unknown=retrieved.unknown, uncovered=retrieved.uncovered
        )
        rules = (evidence.clause for evidence in retrieved.evidence if evidence.is_rule)
        names_some = status is Status.NOT_FOUND and not retrieved.unknown
        nearest = (retrieved.nearest or tuple(islice(rules, 2))) if names_some else ()
        return Answer(
            question.text,
            status,
            reason + replies.naming(nearest),
            retrieved=ranked,
            timings_ms=timings,
            reason=reason,
            nearest=tuple(clause.id for clause in nearest),
        )


def check_question(question: Question) -> None:
    """Raise :class:`QuestionError` for a question that is empty, too long or no valid text."""
    if not question.text.strip():
        raise QuestionError("问题是空的；请输入想了解的政策问题，例如“全科医生怎样评副高？”")
    if re.search("[\ud800-\udfff]", question.text):
        raise QuestionError("问题里有无法识别的字符（不是有效的 UTF-8）；请检查终端或文件的编码后重新输入")
    if len(question.text) > MAX_LENGTH:
        raise QuestionError(
            f"问题有 {len(question.text):,} 个字，超过上限 {MAX_LENGTH:,} 个字；请只保留要问的那几句话"
        )


def _ranked(evidence: tuple[Evidence, ...]) -> tuple[RankedClause, ...]:
    return tuple(RankedClause(item.clause.id, round(item.score, 6)) for item in evidence)


class _Clock:
    """Times steps by name, in milliseconds."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._steps: dict[str, float] = {}

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        begin = time.perf_counter()
        yield
        self._steps[step] = round((time.perf_counter() - begin) * 1000, 3)

    def timings(self) -> Timings:
        total = round((time.perf_counter() - self._start) * 1000, 3)
        return Timings(**self._steps, total=total)
