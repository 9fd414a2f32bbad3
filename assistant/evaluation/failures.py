"""Why an answer is not right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.evaluation.metrics import (
    cited_clauses,
    counts_as,
    distinct_gold,
    is_declined,
    is_verbatim,
    missing_names,
    normalized,
    without_paragraph,
    wrong_clauses,
)
from assistant.evaluation.sets.cases import Case
from assistant.model import Answer
from index.store import ClauseStore


class FailureKind(StrEnum):
    """What can be wrong with an answer, in the words of the reports."""

    WRONGLY_DECLINED = "误拒"
    NOT_DECLINED = "未拒"
    MISSED_CLAUSE = "漏引"
    WRONG_CLAUSE = "误引"
    MISSING_FACT = "缺事实"
    FORBIDDEN_TEXT = "含错误内容"
    MISQUOTED = "引文不符"
    NOT_FOUND = "未检出"


@dataclass(frozen=True, slots=True)
class Failure:
    """A reason why an answer is not right; ``detail`` names the clause, the string or the status."""

    kind: FailureKind
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.detail}".strip()


def failures_of(case: Case, answer: Answer) -> tuple[Failure, ...]:
    """Why the answer is not right; empty for a right one.

    A question that the corpus answers wants an answer with the gold clauses cited (as ``gold_mode`` says)
    and one string of each ``must_include`` group; any other wants a declined one. Neither may contain a
    string of ``must_not_include``. Clauses cited beyond the gold ones are no failure on their own: they
    are listed where something else is wrong.
    """
    if case.answerable and is_declined(answer):
        return (Failure(FailureKind.WRONGLY_DECLINED, answer.status),)
    text = normalized(answer.text)
    found = [
        Failure(FailureKind.FORBIDDEN_TEXT, given)
        for given in case.must_not_include
        if normalized(given) in text
    ]
    if not case.answerable:
        return (*([] if is_declined(answer) else [Failure(FailureKind.NOT_DECLINED)]), *found)
    cited = cited_clauses(answer)
    found += _missing_facts(case, text)
    found += (Failure(FailureKind.MISSED_CLAUSE, clause) for clause in _missed_clauses(case, cited))
    wrong = wrong_clauses(cited, case.gold) if found else []
    return (*found, *(Failure(FailureKind.WRONG_CLAUSE, clause) for clause in wrong))


def misquotes(answer: Answer, store: ClauseStore) -> tuple[Failure, ...]:
    """The citations whose quote does not stand in the clause that they name, whatever the answer's author checked."""
    found = (
        (citation, store.find_clause(without_paragraph(citation.clause))) for citation in answer.citations
    )
    return tuple(
        Failure(FailureKind.MISQUOTED, f"[{citation.n}] {citation.clause}")
        for citation, clause in found
        if clause is None or not is_verbatim(citation.quote, clause.text)
    )


def facts(case: Case, answer: Answer) -> float | None:
    """Groups of ``must_include`` that the answer has a string of / groups; a declined answer has none."""
    if not case.must_include:
        return None
    if is_declined(answer):
        return 0.0
    return 1 - len(_missing_facts(case, normalized(answer.text))) / len(case.must_include)


def _missing_facts(case: Case, text: str) -> list[Failure]:
    return [
        Failure(FailureKind.MISSING_FACT, group[0])
        for group in case.must_include
        if not any(normalized(given) in text for given in group)
    ]


def _missed_clauses(case: Case, cited: Sequence[str]) -> list[str]:
    gold = distinct_gold(case.gold)
    missed = [item for item in gold if not any(counts_as(clause, item) for clause in cited)]
    return missing_names(missed, gold, case.gold_mode)
