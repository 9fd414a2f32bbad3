"""Draft -> the answer in a language model's words: each statement is checked before anybody sees it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace

from assistant.chains.allowance import Allowance
from assistant.chains.language_model import LanguageModel, ModelError
from assistant.model import Answer, Question, Step, StepKind
from assistant.prompts import Prompts
from assistant.settings import Settings
from assistant.writing.claim_checker import ClaimChecker
from assistant.writing.draft import Draft
from assistant.writing.manuscript import Manuscript, Rejected
from assistant.writing.material import as_data, evidence_text, history_text, labelled, masked, question_text
from assistant.writing.model import CheckedClaim, DraftClaim
from assistant.writing.rewriting import standalone
from assistant.writing.statements import SCHEMA, StatementReader
from corpus import places
from index.clause_index import ClauseIndex
from index.store import ClauseStore

_CONVERSATION = frozenset({"history", "question"})
VARIABLES = {
    "compose": _CONVERSATION | {"evidence"},
    "repair": _CONVERSATION | {"evidence", "failed"},
    "rewrite": _CONVERSATION,
}
"""The prompts of writing, with their variables."""

_CUT = "回答没有写完就停了；请调大 POLICY_LLM_MAX_TOKENS"

_GIVES_AWAY = "复述给语言模型的说明，不予显示"

Redraft = Callable[[Question], Draft]
"""Makes the draft of another question."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Has a language model write answers from drafts, and checks what it writes. Any thread may use it."""

    model: LanguageModel
    prompts: Prompts
    checker: ClaimChecker
    store: ClauseStore

    @classmethod
    def load(cls, settings: Settings, index: ClauseIndex) -> Writer | None:
        """The writer with the model of the settings; None where they name none or let it not write.

        Raises:
            SettingsError: a prompt is missing or has other variables, or a setting of the model cannot be used.
        """
        if not (settings.llm_model and settings.llm_writes):
            return None
        model, prompts = LanguageModel.load(settings), Prompts.load(VARIABLES)
        return cls(model, prompts, ClaimChecker(index), index.store)

    @property
    def version(self) -> dict[str, str]:
        """Name and host of the model, and the digest of the prompts."""
        return {"model": self.model.name, "endpoint": self.model.host, "prompts": self.prompts.digest}

    def allowance(self) -> Allowance:
        """What the settings let one answer cost."""
        return self.model.allowance()

    def write(self, draft: Draft, redraft: Redraft, allowance: Allowance) -> Iterator[Answer]:
        """The answer as it grows; where nothing of the model's holds, the draft with a notice.

        Raises:
            AnswerCancelled: the allowance was cancelled.
        """
        begin = time.perf_counter()
        steps: list[Step] = []
        if not draft.is_answered and draft.query.is_follow_up:
            draft = self._completed(draft, redraft, allowance, steps)
        if draft.is_final:
            yield _timed(replace(draft.answer, steps=tuple(steps)), begin)
            return
        manuscript = Manuscript(draft, self.store, self.model.name, steps)
        try:
            yield from self._written(manuscript, redraft, allowance)
        except ModelError as error:
            manuscript.fail(str(error))
        yield _timed(manuscript.whole(), begin)

    def _completed(self, draft: Draft, redraft: Redraft, allowance: Allowance, steps: list[Step]) -> Draft:
        """The draft of a follow-up that was put as a whole question, if that has an answer."""
        question = draft.question
        try:
            reply = self.model.reply(self._prompt("rewrite", draft), allowance)
        except ModelError as error:
            steps.append(Step(StepKind.FAILED, reason=str(error)))
            return draft
        text = self._told(standalone(reply, question))
        found = redraft(Question(text, question.region)) if text else draft
        is_elsewhere = bool(draft.query.places) and set(found.query.places) != set(draft.query.places)
        if is_elsewhere or not found.is_answered:
            return draft
        steps.append(Step(StepKind.REWRITTEN, text))
        return replace(found, question=question, answer=replace(found.answer, question=question.text))

    def _written(self, manuscript: Manuscript, redraft: Redraft, allowance: Allowance) -> Iterator[Answer]:
        """Statements from the evidence, from what the model missed, and those that it repairs."""
        manuscript.evidence = labelled(manuscript.draft.chosen)
        missing = yield from self._statements("compose", manuscript, allowance)
        known = set(manuscript.evidence)
        if missing and self._search_again(missing, manuscript, redraft):
            yield from self._statements("compose", manuscript, allowance, without=known)
        if manuscript.rejected:
            try:
                yield from self._statements("repair", manuscript, allowance)
            except ModelError as error:  # what has passed is whole without the repaired ones
                manuscript.steps.append(Step(StepKind.FAILED, reason=str(error)))

    def _statements(
        self, task: str, manuscript: Manuscript, allowance: Allowance, without: Iterable[str] = ()
    ) -> Generator[Answer, None, str]:
        """The answer after each statement of one reply that passes; returns what the model says it misses."""
        evidence = {label: item for label, item in manuscript.evidence.items() if label not in without}
        failed = manuscript.rejected if task == "repair" else []
        prompt = self._prompt(
            task, manuscript.draft, evidence=evidence_text(evidence), failed=_failed_text(failed)
        )
        reader = StatementReader()
        for chunk in self.model.stream(prompt, allowance, SCHEMA):
            yield from self._checked(reader.feed(chunk), manuscript, is_repair=bool(failed))
        yield from self._checked(reader.finish(), manuscript, is_repair=bool(failed))
        if reader.is_cut:
            manuscript.fail(_CUT)
        return self._told(reader.missing)

    def _checked(
        self, claims: Iterable[DraftClaim], manuscript: Manuscript, *, is_repair: bool
    ) -> Iterator[Answer]:
        for claim in claims:
            checked = self.checker.check(claim, manuscript.evidence, manuscript.draft.query)
            if checked.reason and self.prompts.are_told_in(checked.text):
                checked = CheckedClaim("", reason=_GIVES_AWAY)
            if manuscript.take(claim, checked, is_repair=is_repair):
                yield manuscript.growing()

    def _told(self, text: str) -> str:
        """What a model tells; "" where that is what it was told to do."""
        return "" if self.prompts.are_told_in(text) else text

    def _search_again(self, missing: str, manuscript: Manuscript, redraft: Redraft) -> bool:
        """Adds evidence for what the model misses, of the places that the question means; whether there is any."""
        draft = manuscript.draft
        wanted = draft.query.places
        known = {item.clause.id for item in manuscript.evidence.values()}
        more = [
            item
            for item in redraft(Question(masked(missing), draft.question.region)).chosen
            if item.clause.id not in known
            and (not wanted or any(item.region and places.related(item.region, place) for place in wanted))
        ]
        manuscript.evidence |= labelled(more, first=len(known) + 1)
        if more:
            manuscript.steps.append(Step(StepKind.SEARCHED, missing))
        return bool(more)

    def _prompt(self, task: str, draft: Draft, **texts: str) -> str:
        said = {"history": history_text(draft.question), "question": question_text(draft)}
        return self.prompts.fill(task, said | texts)


def _failed_text(rejected: Iterable[Rejected]) -> str:
    return "\n".join(
        f"- 句子：{as_data(item.claim.text)}\n"
        f"  依据：{'、'.join(support.label for support in item.claim.supports)}\n"
        f"  原因：{as_data(item.reason)}"
        for item in rejected
    )


def _timed(answer: Answer, begin: float) -> Answer:
    """The answer with the time that writing took beside that of the draft."""
    spent = round((time.perf_counter() - begin) * 1000, 3)
    timings = answer.timings_ms
    return replace(
        answer, timings_ms=replace(timings, compose=timings.compose + spent, total=timings.total + spent)
    )
