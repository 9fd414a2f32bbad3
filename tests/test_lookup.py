import json
from pathlib import Path

import pytest

from assistant.clause_view import ClauseReader
from assistant.lookup import ClauseFinder
from assistant.lookup_json import lookup_json, lookup_text
from index.store import ClauseStore

CASES = Path(__file__).parent / "cases"


def cases(name: str) -> list[dict]:
    return json.loads((CASES / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def finder(store: ClauseStore) -> ClauseFinder:
    return ClauseFinder(store)


@pytest.fixture(scope="module")
def law_finder(law_store: ClauseStore) -> ClauseFinder:
    return ClauseFinder(law_store)


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


@pytest.mark.parametrize("case", cases("references.json"), ids=lambda case: case["reference"])
def test_a_reference_leads_to_its_clause_its_candidates_or_nowhere(finder: ClauseFinder, case: dict) -> None:
    check(finder, case)


@pytest.mark.parametrize("case", cases("references_laws.json"), ids=lambda case: case["reference"])
def test_so_does_one_among_laws(law_finder: ClauseFinder, case: dict) -> None:
    check(law_finder, case)


def check(finder: ClauseFinder, case: dict) -> None:
    found = finder.lookup(case["reference"])
    assert [clause.id for clause in found.matches] == case["clauses"]
    assert found.total == len(case["clauses"])
    if case["clauses"]:
        assert (found.paragraph, found.item) == (case.get("paragraph", 0), case.get("item", 0))
    else:
        assert found.nearest
        assert found.nearest[0].id == case.get("nearest", found.nearest[0].id)


@pytest.mark.parametrize(
    "text",
    ["", "（", "《》", "第条", "〔2018〕号", "\x00", "第" + "9" * 40 + "条", "第三条" * 3000, "（" * 9999],
)
def test_what_is_no_reference_is_answered_all_the_same(law_finder: ClauseFinder, text: str) -> None:
    found = law_finder.lookup(text)
    assert found.matches or found.nearest


def test_of_many_candidates_the_first_are_given_and_all_are_counted(law_finder: ClauseFinder) -> None:
    found = law_finder.lookup("第一条")
    assert len(found.matches) == found.total == 16
    assert not any(clause.id.startswith("妇女权益保障法(2018-10-26)") for clause in found.matches)


@pytest.mark.parametrize(
    ("reference", "lacks"),
    [
        ("民法典第五十四条第九款", "该条没有第9款，共1款"),
        ("劳动合同法第三十九条第（九）项", "该条没有第9项，共6项"),
        ("劳动合同法第十四条第一款第三项", "该条第1款没有第3项，不分项"),
        ("大连意见（十）第九段", "该条没有第9段，共2段"),
    ],
)
def test_a_paragraph_or_item_beyond_the_last_is_told(
    law_store: ClauseStore, law_finder: ClauseFinder, reference: str, lacks: str
) -> None:
    found, reader = law_finder.lookup(reference), ClauseReader(law_store, law_finder)
    assert lacks in lookup_text(reference, found, law_store, reader)
    document = lookup_json(reference, found, law_store, reader)
    assert (document["matches"], document["remark"]) == ([], lacks)
