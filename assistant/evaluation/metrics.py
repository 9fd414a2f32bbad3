"""What is measured, as pure functions of a case and what the assistant made of it.

A clause id is ``source:path``. Numbers of paragraphs (``#2``) never count. ``None`` stands for a value
that is not defined, such as the recall of a question without gold clauses; means leave it out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from assistant.evaluation.cases import Case, GoldClause
from assistant.model import Answer, Status
from index.normalize import normalize_for_search

FRAME = ("转发通知", "题头", "落款")
"""Paths of the parts around a document's clauses; its number and issuer stand in several of them."""


class FailureKind(StrEnum):
    """What can be wrong with an answer, in the words of the reports."""

    WRONGLY_DECLINED = "误拒"
    NOT_DECLINED = "未拒"
    MISSED_CLAUSE = "漏引"
    WRONG_CLAUSE = "误引"
    MISSING_FACT = "缺事实"
    FORBIDDEN_TEXT = "含错误内容"


@dataclass(frozen=True, slots=True)
class Failure:
    """A reason why an answer is not right; ``detail`` names the clause, the string or the status."""

    kind: FailureKind
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.detail}".strip()


def without_paragraph(clause: str) -> str:
    """``三/（九）`` for ``三/（九）#2``."""
    return re.sub(r"#\d+$", "", clause)


def matches(clause: str, gold: GoldClause) -> bool:
    """Whether a clause id is the gold clause: same source, and a path that equals it or ends with it."""
    source, _, path = without_paragraph(clause).partition(":")
    wanted = without_paragraph(gold.clause)
    return source == gold.doc and (path == wanted or path.endswith(f"/{wanted}"))


def counts_as(clause: str, gold: GoldClause) -> bool:
    """Whether citing the clause counts as citing the gold clause.

    Questions on a document's number, date or issuer have one of :data:`FRAME` as gold; the others of the
    same source then count as well, because they state the same.
    """
    if without_paragraph(gold.clause) not in FRAME:
        return matches(clause, gold)
    return any(matches(clause, GoldClause(doc=gold.doc, clause=part)) for part in FRAME)


def distinct_gold(gold: Iterable[GoldClause]) -> list[GoldClause]:
    """The gold clauses, two paragraphs of one clause counted once."""
    whole = (GoldClause(doc=item.doc, clause=without_paragraph(item.clause)) for item in gold)
    return list(dict.fromkeys(whole))


def relevance(ranked: Iterable[str], gold: Iterable[GoldClause]) -> list[bool]:
    """Whether each clause of a ranking, repeated ones removed, is a gold clause not found before it."""
    missing = distinct_gold(gold)
    found = []
    for clause in dict.fromkeys(map(without_paragraph, ranked)):
        hit = next((item for item in missing if matches(clause, item)), None)
        found.append(hit is not None)
        if hit:
            missing.remove(hit)
    return found


def recall_at(k: int, ranked: Iterable[str], gold: Sequence[GoldClause]) -> float | None:
    """Gold clauses among the first ``k`` / gold clauses."""
    if not gold:
        return None
    return sum(relevance(ranked, gold)[:k]) / len(distinct_gold(gold))


def reciprocal_rank(ranked: Iterable[str], gold: Sequence[GoldClause], k: int = 10) -> float | None:
    """1 / position of the first gold clause among the first ``k``, or 0. Its mean is MRR@k."""
    if not gold:
        return None
    return next((1 / position for position, hit in enumerate(relevance(ranked, gold)[:k], 1) if hit), 0.0)


def ndcg(ranked: Iterable[str], gold: Sequence[GoldClause], k: int = 10) -> float | None:
    """Σ_{i≤k} rel(i)/log2(i+1), divided by Σ_{i≤min(k,|gold|)} 1/log2(i+1)."""
    if not gold:
        return None
    gain = sum(_discount(i) for i, hit in enumerate(relevance(ranked, gold)[:k], 1) if hit)
    return gain / sum(_discount(i) for i in range(1, min(k, len(distinct_gold(gold))) + 1))


def _discount(position: int) -> float:
    return 1 / math.log2(position + 1)


def is_declined(answer: Answer) -> bool:
    """Everything but an answer is declined."""
    return answer.status is not Status.ANSWERED


def cited_clauses(answer: Answer) -> list[str]:
    """Distinct clauses that an answer cites. What a declined answer points to is no citation."""
    if is_declined(answer):
        return []
    return list(dict.fromkeys(without_paragraph(citation.clause) for citation in answer.citations))


def citation_recall(
    cited: Sequence[str], gold: Sequence[GoldClause], mode: Literal["all", "any"]
) -> float | None:
    """Cited gold clauses / gold clauses; with mode ``any``, 1 as soon as one is cited."""
    if not gold:
        return None
    wanted = distinct_gold(gold)
    found = sum(any(counts_as(clause, item) for clause in cited) for item in wanted)
    return float(found > 0) if mode == "any" else found / len(wanted)


def citation_precision(cited: Sequence[str], gold: Sequence[GoldClause]) -> float | None:
    """Cited clauses that are gold / cited clauses; not defined where nothing is cited or nothing is gold."""
    if not cited or not gold:
        return None
    return 1 - len(_wrong_clauses(cited, gold)) / len(cited)


def normalized(text: str) -> str:
    """``text`` in NFKC, Simplified, lower case and without white space, as strings are compared."""
    return "".join(normalize_for_search(text).split())


def failures(case: Case, answer: Answer) -> tuple[Failure, ...]:
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
    wrong = _wrong_clauses(cited, case.gold) if found else []
    return (*found, *(Failure(FailureKind.WRONG_CLAUSE, clause) for clause in wrong))


def answer_correct(case: Case, answer: Answer) -> bool:
    """Whether nothing is wrong with the answer."""
    return not failures(case, answer)


def _missing_facts(case: Case, text: str) -> list[Failure]:
    return [
        Failure(FailureKind.MISSING_FACT, group[0])
        for group in case.must_include
        if not any(normalized(given) in text for given in group)
    ]


def _missed_clauses(case: Case, cited: Sequence[str]) -> list[str]:
    gold = distinct_gold(case.gold)
    missed = [item for item in gold if not any(counts_as(clause, item) for clause in cited)]
    if case.gold_mode == "all":
        return [f"{item.doc}:{item.clause}" for item in missed]
    return [" 或 ".join(f"{item.doc}:{item.clause}" for item in gold)] if len(missed) == len(gold) else []


def _wrong_clauses(cited: Sequence[str], gold: Sequence[GoldClause]) -> list[str]:
    return [clause for clause in cited if not any(counts_as(clause, item) for item in gold)]


def mean(values: Iterable[float | None]) -> float | None:
    """Arithmetic mean of the defined values."""
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None


def percentile(values: Iterable[float], share: float) -> float | None:
    """Smallest of the values that at least ``share`` (0..1) of them do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None
