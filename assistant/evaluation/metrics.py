"""What is measured, as pure functions of gold clauses and what the assistant found or cited.

A clause id is ``source:path``. Numbers of paragraphs (``#2``) count where it is said. ``None`` stands for a value
that is not defined, such as the recall of a question without gold clauses; means leave it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

import ir_measures
from ir_measures import RR, R, nDCG

from assistant.evaluation.sets.cases import GoldClause
from assistant.model import Answer, Status
from index.normalize import normalize_for_search

GoldMode = Literal["all", "any"]
"""Whether every gold clause is wanted, or one of them is enough."""

FRAME = ("转发通知", "题头", "落款")
"""Paths of the parts around a document's clauses; its number and issuer stand in several of them."""


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


def gold_id(gold: GoldClause) -> str:
    """``jilin:三/（九）``."""
    return f"{gold.doc}:{gold.clause}"


def relevance(ranked: Iterable[str], gold: Iterable[GoldClause]) -> list[bool]:
    """Whether each clause of a ranking, repeated ones removed, is a gold clause not found before it."""
    return [item is not None for item in _gold_by_rank(ranked, gold)]


def unfound(ranked: Iterable[str], gold: Sequence[GoldClause], mode: GoldMode, depth: int) -> list[str]:
    """The gold clauses that are not among the first ``depth`` of a ranking, as :func:`missing_names` tells them."""
    found = _gold_by_rank(ranked, gold)[:depth]
    return missing_names([item for item in distinct_gold(gold) if item not in found], gold, mode)


def missing_names(missing: Sequence[GoldClause], gold: Sequence[GoldClause], mode: GoldMode) -> list[str]:
    """The missing gold clauses; with mode ``any`` all of them as one, or none as soon as one is not missing."""
    if mode == "all":
        return list(map(gold_id, missing))
    whole = distinct_gold(gold)
    return [" 或 ".join(map(gold_id, whole))] if whole and len(missing) == len(whole) else []


def _gold_by_rank(ranked: Iterable[str], gold: Iterable[GoldClause]) -> list[GoldClause | None]:
    missing = distinct_gold(gold)
    found = []
    for clause in dict.fromkeys(map(without_paragraph, ranked)):
        hit = next((item for item in missing if matches(clause, item)), None)
        found.append(hit)
        if hit:
            missing.remove(hit)
    return found


def ranking_scores(
    ranked: Iterable[str], gold: Sequence[GoldClause], depths: Iterable[int]
) -> dict[str, float | None]:
    """``recall@k`` at the depths, ``mrr@10`` and ``ndcg@10`` of a ranking, as ir_measures defines R, RR and nDCG.

    Every gold clause counts, also where one is enough for a right answer: so published figures compare.
    """
    measures = {f"recall@{k}": R @ k for k in depths} | {"mrr@10": RR @ 10, "ndcg@10": nDCG @ 10}
    if not gold:
        return dict.fromkeys(measures)
    hits = relevance(ranked, gold)
    missed = len(distinct_gold(gold)) - sum(hits)
    relevant = [*(str(rank) for rank, hit in enumerate(hits) if hit), *(f"missed {n}" for n in range(missed))]
    run = {"": {str(rank): -float(rank) for rank in range(len(hits))}} if hits else {}
    found = ir_measures.calc_aggregate(measures.values(), {"": dict.fromkeys(relevant, 1)}, run)
    return {name: float(found[measure]) for name, measure in measures.items()}


def is_declined(answer: Answer) -> bool:
    """Everything but an answer is declined."""
    return answer.status is not Status.ANSWERED


def cited_clauses(answer: Answer) -> list[str]:
    """Distinct clauses that an answer cites. What a declined answer points to is no citation."""
    if is_declined(answer):
        return []
    return list(dict.fromkeys(without_paragraph(citation.clause) for citation in answer.citations))


def citation_recall(cited: Sequence[str], gold: Sequence[GoldClause], mode: GoldMode) -> float | None:
    """Cited gold clauses / gold clauses; with mode ``any``, 1 as soon as one is cited."""
    return _found_share(
        [any(counts_as(clause, item) for clause in cited) for item in distinct_gold(gold)], mode
    )


def citation_precision(cited: Sequence[str], gold: Sequence[GoldClause]) -> float | None:
    """Cited clauses that are gold / cited clauses; not defined where nothing is cited or nothing is gold."""
    if not cited or not gold:
        return None
    return 1 - len(wrong_clauses(cited, gold)) / len(cited)


def wrong_clauses(cited: Sequence[str], gold: Sequence[GoldClause]) -> list[str]:
    """Cited clauses that are not gold."""
    return [clause for clause in cited if not any(counts_as(clause, item) for item in gold)]


def f1(recall: float | None, precision: float | None) -> float | None:
    """2·recall·precision / (recall + precision); 0 where nothing is cited, not defined without a recall."""
    if recall is None:
        return None
    return 2 * recall * precision / (recall + precision) if recall and precision else 0.0


def paragraph_recall(cited: Iterable[str], gold: Sequence[GoldClause], mode: GoldMode) -> float | None:
    """As :func:`citation_recall`, but a gold clause with ``#n`` wants that paragraph.

    ``cited`` are the paragraphs that quotes stand in; a clause without paragraphs stands for all of them.
    """
    listed = list(cited)
    return _found_share([any(_hits(unit, item) for unit in listed) for item in dict.fromkeys(gold)], mode)


def paragraph_precision(cited: Iterable[str], gold: Sequence[GoldClause]) -> float | None:
    """As :func:`citation_precision`, but each paragraph counts of clauses whose paragraphs are gold."""
    units = dict.fromkeys(unit if _by_paragraph(unit, gold) else without_paragraph(unit) for unit in cited)
    if not units or not gold:
        return None
    return sum(any(_hits(unit, item) for item in gold) for unit in units) / len(units)


def _found_share(found: Sequence[bool], mode: GoldMode) -> float | None:
    if not found:
        return None
    return float(any(found)) if mode == "any" else sum(found) / len(found)


def _by_paragraph(unit: str, gold: Iterable[GoldClause]) -> bool:
    return any("#" in item.clause and matches(unit, item) for item in gold)


def _hits(unit: str, gold: GoldClause) -> bool:
    """Whether a cited paragraph, or a clause that has none, is the gold one."""
    wanted, given = _paragraph(gold.clause), _paragraph(unit)
    return counts_as(unit, gold) and (not wanted or not given or wanted == given)


def _paragraph(clause: str) -> str:
    return clause.rpartition("#")[2] if "#" in clause else ""


def is_verbatim(quote: str, text: str) -> bool:
    """Whether a quote stands in the text of its clause, compared as strings are."""
    return bool(wanted := normalized(quote)) and wanted in normalized(text)


def normalized(text: str) -> str:
    """``text`` in NFKC, Simplified, lower case and without white space, as strings are compared."""
    return "".join(normalize_for_search(text).split())
