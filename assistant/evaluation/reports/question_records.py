"""What the HTML report keeps of each question, ready for JSON, and the clauses that they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rapidfuzz.distance import Indel

from assistant.evaluation.metrics import counts_as, matches
from assistant.evaluation.reports.findings import FIRST, CaseFinding
from assistant.evaluation.sets.cases import Case, GoldClause
from assistant.evaluation.sets.gold import GoldFinder
from assistant.rendering import load_words
from index.store import ClauseStore

SHORTEST_SAME = 3
"""Equal characters that part two differences; fewer would leave a reader with crumbs."""

Record = dict[str, Any]
Piece = tuple[str, str]
"""``same``, ``old`` or ``new``, and the text."""


class QuestionRecords:
    """Makes records of cases one by one and remembers which clauses they name."""

    def __init__(self, store: ClauseStore) -> None:
        self._store = store
        self._named: dict[str, None] = {}
        self._finder = GoldFinder(store)
        self._statuses = load_words()["zh"]

    def record(self, finding: CaseFinding) -> Record:
        """All that the report shows of a case."""
        case, answer = finding.scored.case, finding.answer
        retrieved = answer["retrieved"] if answer else finding.output["retrieved"]
        record = {
            **_asked(case),
            "gold": [self._gold(gold, finding, retrieved) for gold in case.gold],
            "outcome": finding.outcome,
            "change": finding.change,
            "failures": finding.scored.failures,
            "places": finding.scored.places,
            "documents": finding.scored.documents,
            "scores": {name: score for name, score in finding.scored.scores.items() if score is not None},
            "retrieved": [(self._name(item["clause"]), item["score"]) for item in retrieved[:FIRST]],
            "answer": self._answer(answer) if answer else None,
            "judged": finding.output.get("judge", {}).get("reason", ""),
        }
        return record | ({"before": self._before(finding)} if finding.before else {})

    def clauses(self) -> Iterator[tuple[str, Record]]:
        """Label, document and text of every clause named so far, by id; those that are gone are left out."""
        for clause_id in self._named:
            clause = self._store.find_clause(clause_id)
            if clause:
                title = self._store.document(clause.document_id).title
                yield clause_id, {"label": clause.label, "document": title, "text": clause.text.strip()}

    def _name(self, clause_id: str) -> str:
        self._named[clause_id] = None
        return clause_id

    def _gold(self, gold: GoldClause, finding: CaseFinding, retrieved: list[Record]) -> Record:
        cited = finding.answer["citations"] if finding.answer else None
        ranks = (rank for rank, item in enumerate(retrieved, 1) if matches(item["clause"], gold))
        clauses = self._finder.clauses([gold])
        return {
            "name": f"{gold.doc}:{gold.clause}",
            "clause": self._name(clauses[0].id) if clauses else "",
            "rank": next(ranks, 0),
            "cited": any(counts_as(item["clause"], gold) for item in cited) if cited is not None else None,
        }

    def _answer(self, answer: Mapping[str, Any]) -> Record:
        shown = ("n", "document", "number", "label", "region", "status", "quote")
        return {
            "status": self._status(answer),
            "text": answer["text"],
            "citations": [
                {"clause": self._name(citation["clause"]), **{name: citation[name] for name in shown}}
                for citation in answer["citations"]
            ],
        }

    def _status(self, answer: Mapping[str, Any]) -> str:
        return self._statuses.get(answer["status"], "")

    def _before(self, finding: CaseFinding) -> Record:
        before = finding.before or {}
        record = {"failures": before["failures"]}
        if not (finding.answer and "answer" in before):
            return record | {"retrieved": [item["clause"] for item in before.get("retrieved", ())]}
        pieces = difference(before["answer"]["text"], finding.answer["text"])
        return record | {"status": self._status(before["answer"]), "pieces": pieces}


def _asked(case: Case) -> Record:
    fields = {"id", "question", "type", "style", "scope", "history", "gold_mode", "answerable", "note"}
    return case.model_dump(include=fields | {"must_include", "must_not_include"})


def difference(before: str, now: str) -> list[Piece]:
    """What to strike out of ``before`` and to put in to get ``now``, character by character.

    Joined without the ``new`` pieces they are ``before``, without the ``old`` ones ``now``.
    """
    pieces: list[Piece] = []
    old = new = ""
    for step in Indel.opcodes(before, now):
        gone, come = before[step.src_start : step.src_end], now[step.dest_start : step.dest_end]
        if step.tag == "equal" and len(gone) >= SHORTEST_SAME:
            pieces += [*_changed(old, new), ("same", gone)]
            old = new = ""
        else:
            old, new = old + gone, new + come
    return pieces + _changed(old, new)


def _changed(old: str, new: str) -> list[Piece]:
    pieces = [("same", old)] if old == new else [("old", old), ("new", new)]
    return [(kind, text) for kind, text in pieces if text]
