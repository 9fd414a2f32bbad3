"""Parsing: the two shipped policies to the letter, the traps in them, and law."""

import json
from pathlib import Path

import pytest

from corpus.clauses import parse
from corpus.cleaning import clean
from corpus.library import find_sources, load
from corpus.model import ClauseKind, Source, UnitRole

TEXTS = Path(__file__).parent.parent / "corpus" / "texts"
CASES = Path(__file__).parent / "cases"


@pytest.fixture(scope="module")
def sources() -> dict[str, Source]:
    return {source.id: load(source) for source in find_sources([TEXTS])}


def squeezed(text: str) -> str:
    return "".join(text.split())


def rows(source: Source) -> set[tuple[str, str, str]]:
    found = set()
    for clause in source.clauses:
        found.add((clause.path, clause.kind.value, squeezed(clause.text)[:20]))
        for paragraph in clause.paragraphs:
            text = source.clean.text[paragraph.span.start : paragraph.span.end]
            found.add((f"{clause.path}#{paragraph.number}", "paragraph", squeezed(text)[:20]))
    return found


def test_every_clause_paragraph_and_heading_of_the_policies_has_its_path(sources: dict[str, Source]) -> None:
    gold = [json.loads(line) for line in (CASES / "clauses.jsonl").read_text(encoding="utf-8").splitlines()]
    for name, source in sources.items():
        assert rows(source) == {(g["clause"], g["kind"], g["first20"]) for g in gold if g["doc"] == name}


def test_headings_are_those_of_the_text(sources: dict[str, Source]) -> None:
    gold = [json.loads(line) for line in (CASES / "clauses.jsonl").read_text(encoding="utf-8").splitlines()]
    headings = {clause.id: clause.heading for source in sources.values() for clause in source.clauses}
    numbered = [
        g for g in gold if g["kind"] != "paragraph" and g["clause"] not in ("转发通知", "题头", "落款")
    ]
    assert [(g["clause"], headings[f"{g['doc']}:{g['clause']}"]) for g in numbered] == [
        (g["clause"], g["heading"]) for g in numbered
    ]


def test_a_forwarding_notice_and_what_it_forwards_are_two_documents(sources: dict[str, Source]) -> None:
    notice, opinion = sources["dalian"].documents
    assert (notice.number, notice.issuer, notice.date, notice.region) == (
        "瓦政办发〔2018〕137号",
        "瓦房店市人民政府办公室",
        "2018-12-31",
        "瓦房店市",
    )
    assert notice.forwards == opinion.id == "dalian"
    assert (opinion.number, opinion.issuer, opinion.region) == (
        "大政办发〔2018〕159号",
        "大连市人民政府办公厅",
        "大连市",
    )
    assert opinion.date == ""  # only the notice is dated
    assert [basis.number for basis in opinion.bases] == ["国办发〔2018〕3号", "辽政办发〔2018〕16号"]


def test_a_draft_says_so_and_states_nothing_else(sources: dict[str, Source]) -> None:
    (draft,) = sources["jilin"].documents
    assert draft.title == "关于改革完善全科医生培养与使用激励机制的实施方案"
    assert draft.status.value == "征求意见稿"
    assert (draft.number, draft.issuer, draft.date) == ("", "", "")
    assert draft.region == "吉林省"  # from the catalog


def test_responsible_units_are_data(sources: dict[str, Source]) -> None:
    clauses = {clause.path: clause for clause in sources["dalian"].clauses}
    assert [(unit.role, unit.name) for unit in clauses["二/（六）"].units] == [
        (UnitRole.LEAD, "市卫生计生委"),
        (UnitRole.SUPPORT, "各区市县政府"),
        (UnitRole.SUPPORT, "先导区管委会"),
        (UnitRole.SUPPORT, "市人社局"),
        (UnitRole.SUPPORT, "市财政局"),
    ]
    assert {unit.role for unit in clauses["六/（二十一）"].units} == {UnitRole.RESPONSIBLE}
    assert not any(clause.units for clause in sources["jilin"].clauses)


def test_an_unfilled_month_stays_visible(sources: dict[str, Source]) -> None:
    clause = next(clause for clause in sources["jilin"].clauses if clause.path == "五/（一）")
    assert "2018年 月底前" in clause.text


def test_words_and_numbers_broken_across_lines_and_pages_are_whole_again(sources: dict[str, Source]) -> None:
    text = sources["jilin"].clean.text
    for phrase in (
        "根据实际需求增加培养计划",
        "争创国家师资培训基地",
        "机构突破现行事业单位",
        "2030年，全科医生",
    ):
        assert phrase in text
    assert [item.name for item in sources["jilin"].clean.furniture] == ["页码", "页码"]


PARSES = json.loads((CASES / "parses.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", PARSES, ids=[case["name"] for case in PARSES])
def test_numbering(case: dict) -> None:
    cleaned = clean(case["text"], markdown=case.get("markdown", False))
    _, clauses = parse("x", cleaned)
    assert [clause.path for clause in clauses if clause.path != "题头"] == case["paths"]
    sections = [clause.path for clause in clauses if clause.kind is ClauseKind.SECTION]
    assert sections == case.get("sections", sections)
