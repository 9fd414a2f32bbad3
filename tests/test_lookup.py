import json
from pathlib import Path

import pytest

from assistant.lookup import ClauseFinder
from index.store import ClauseStore

ROOT = Path(__file__).parent.parent
REFERENCES = json.loads((ROOT / "tests" / "cases" / "references.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def finder(store: ClauseStore) -> ClauseFinder:
    return ClauseFinder(store)


def test_every_label_that_the_product_prints_leads_back_to_its_clause(
    finder: ClauseFinder, store: ClauseStore
) -> None:
    lost = []
    for document, name in (("dalian", "大连意见"), ("jilin", "吉林方案")):
        for clause in store.clauses(document):
            found = [match.id for match in finder.lookup(f"{name}{clause.label}").matches]
            if found != [clause.id]:
                lost.append((clause.id, clause.label, found))
    assert lost == []


@pytest.mark.parametrize("case", REFERENCES, ids=[case["reference"] for case in REFERENCES])
def test_a_reference_leads_to_its_clause_its_candidates_or_nowhere(finder: ClauseFinder, case: dict) -> None:
    found = finder.lookup(case["reference"])
    assert [clause.id for clause in found.matches] == case["clauses"]
    assert found.paragraph == case.get("paragraph", 0)
    if not case["clauses"]:
        assert found.nearest
        assert found.nearest[0].id == case.get("nearest", found.nearest[0].id)
