"""Claims about the two policies, each labelled whether what it cites supports it, ready to be checked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.evidence import Evidence
from assistant.model import Question
from assistant.understanding import Query, understand
from assistant.wording import Wording
from assistant.writing.model import DraftClaim, Support
from index.clause_index import ClauseIndex

CASES = Path(__file__).with_name("cases")
_OTHERS = 3
"""Clauses beside the cited ones that the model is shown: their counterparts in the other place."""


@dataclass(frozen=True)
class ClaimCase:
    """A labelled claim with the evidence that its author was shown."""

    id: str
    claim: DraftClaim
    evidence: dict[str, Evidence]
    query: Query
    is_supported: bool
    kind: str
    split: str  # fit or held_out


def claim_cases(index: ClauseIndex) -> Iterator[ClaimCase]:
    """All labelled claims."""
    wording = Wording.load()
    pairs = json.loads((CASES / "alignment_dalian_jilin.json").read_text(encoding="utf-8"))["pairs"]
    for line in (CASES / "claims.jsonl").read_text(encoding="utf-8").splitlines():
        case: dict[str, Any] = json.loads(line)
        known = {clause for clause, _ in case["supports"] if ":" in clause}
        others = [
            pair[b] for pair in pairs for a, b in (("left", "right"), ("right", "left")) if pair[a] in known
        ]
        shown = list(dict.fromkeys([*sorted(known), *others[:_OTHERS]]))
        labels = {clause: f"E{number}" for number, clause in enumerate(shown, start=1)}
        supports = (Support(labels.get(clause, "E9"), words) for clause, words in case["supports"])
        yield ClaimCase(
            case["id"],
            DraftClaim(case["claim"], tuple(supports)),
            {label: evidence(index, clause) for clause, label in labels.items()},
            understand(Question(case["question"]), wording, index),
            case["supported"],
            case["kind"],
            case["split"],
        )


def evidence(index: ClauseIndex, clause_id: str) -> Evidence:
    """A clause with its document, as retrieved."""
    clause = index.store.clause(clause_id)
    return Evidence(clause, index.store.document(clause.document_id))
