"""Feedback -> cases for evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.evaluation.sets.cases import UNCHECKED, Case, EarlierTurn, GoldClause, write_cases
from assistant.feedback.model import Feedback, Verdict
from assistant.feedback.store import FeedbackError
from assistant.model import Status

TYPE = "feedback"
"""The type of these cases, by which reports can tell them from others."""

_FAULTS = (Status.UNSUPPORTED, Status.MODEL_UNAVAILABLE)
"""Declined answers that say nothing of what the corpus holds."""


def export(entries: Sequence[Feedback], file: Path) -> int:
    """Writes the entries as cases into a new file; how many of them a person must look at.

    Raises:
        FeedbackError: there are no entries, or the file exists already.
        CaseError: the file cannot be written, or is of no type for cases.
    """
    if not entries:
        raise FeedbackError("没有可以导出的反馈；请用 feedback list 查看有哪些，或放宽 --verdict")
    if file.exists():
        raise FeedbackError(f"文件“{file}”已存在，不会覆盖；请换一个文件名，或先移走它")
    cases = tuple(map(case_of, entries))
    write_cases(file, cases)
    return sum(case.note.startswith(UNCHECKED) for case in cases)


def case_of(entry: Feedback) -> Case:
    """The question with the cited clauses as gold: confirmed by a thumb up, only a proposal otherwise."""
    answer = entry.answer
    split = [cited.clause.partition(":") for cited in answer.citations]
    gold = dict.fromkeys(GoldClause(doc=source, clause=path) for source, _, path in split)
    return Case(
        id=f"fb-{entry.id}",
        question=answer.question,
        type=TYPE,
        scope=answer.region or None,
        history=tuple(EarlierTurn(role="user", content=turn) for turn in answer.history),
        gold=tuple(gold),
        answerable=bool(gold),
        note=_note(entry),
    )


def _note(entry: Feedback) -> str:
    is_sure = entry.opinion.verdict is Verdict.UP and entry.answer.status not in _FAULTS
    return "：".join(filter(None, ("" if is_sure else UNCHECKED, entry.opinion.comment)))
