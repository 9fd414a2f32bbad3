"""The Word and Excel files with a comparison of two documents."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.comparing.model import (
    AlignedClauses,
    Change,
    DocumentComparison,
    FactDifference,
    FactKind,
    Relation,
)
from assistant.office.comparison_report import comparison_report
from corpus.model import Span
from index.store import ClauseStore
from tests.report_files import IMPRINT, bookmarks, links, opened_excel, opened_word, runs, texts, values


@pytest.fixture
def comparison(store: ClauseStore) -> DocumentComparison:
    left, right = store.clause("dalian:一/（三）"), store.clause("jilin:三")
    only = store.clause("dalian:五/（十七）")
    three, two = left.text.index("3名"), right.text.index("2名")
    change = Change(
        Span(left.span.start + three, left.span.start + three + 1),
        Span(right.span.start + two, right.span.start + two + 1),
    )
    fact = FactDifference(
        FactKind.NUMBER, "工作目标（2020年）", "3名", "2名", left.id, right.id, "每万人口拥有3名"
    )
    return DocumentComparison(
        store.document("dalian"),
        store.document("jilin"),
        (
            AlignedClauses((left,), (right,), Relation.CHANGED, (change,)),
            AlignedClauses((only,), (), Relation.ONLY_LEFT, also_right=(right,)),
        ),
        (fact, FactDifference(FactKind.PERIOD, "聘期", "5年", "", only.id, "")),
        frozenset(),
        False,
    )


def test_a_comparison_has_the_differences_first_then_the_clauses(comparison: DocumentComparison) -> None:
    differences, clauses = opened_word(comparison_report(comparison, IMPRINT)).tables
    assert texts(differences) == [
        ["序号", "类别", "事项", "大连市", "大连市条款", "吉林省", "吉林省条款"],
        ["1", "数字", "工作目标（2020年）", "3名\n每万人口拥有3名", "一、（三）", "2名", "三"],
        ["2", "期限", "聘期", "5年", "五、（十七）", "—", ""],
    ]
    header, changed, only = texts(clauses)
    assert header == ["序号", "大连市", "吉林省", "关系"]
    assert changed[1] == comparison.rows[0].left[0].text.strip()
    assert changed[2] == comparison.rows[0].right[0].text.strip()
    assert changed[3] == "有改动"
    assert only[2:] == ["见 三", "仅大连市有"]


def test_changed_characters_are_marked_on_both_sides(comparison: DocumentComparison) -> None:
    table = opened_word(comparison_report(comparison, IMPRINT)).tables[1]
    marked = [[run.text for run in runs(table.cell(1, side)) if run.font.color.rgb] for side in (1, 2)]
    assert marked == [["3"], ["2"]]
    row = values(opened_excel(comparison_report(comparison, IMPRINT))["逐条对照"])[1]
    assert "拥有【3】名以上" in row[1]
    assert "【2】名以上" in row[2]


def test_between_versions_old_words_are_struck_and_numbers_mapped(comparison: DocumentComparison) -> None:
    versions = replace(comparison, are_versions=True)
    *_, clauses, numbers = opened_word(comparison_report(versions, IMPRINT)).tables
    struck = [run.text for side in (1, 2) for run in runs(clauses.cell(1, side)) if run.font.strike]
    assert struck == ["3"]
    assert texts(numbers) == [["旧条号", "新条号"], ["一、（三）", "三"], ["五、（十七）", "—"]]


def test_differences_lead_to_the_row_with_the_clause(comparison: DocumentComparison) -> None:
    report = comparison_report(comparison, IMPRINT)
    document, sheet = opened_word(report), opened_excel(report)["差异表"]
    assert set(links(document)) <= set(bookmarks(document))
    assert len(bookmarks(document)) == len(set(bookmarks(document))) == 3
    assert [sheet[place].hyperlink.location for place in ("E2", "G2", "E3")] == [
        "'逐条对照'!A2",
        "'逐条对照'!A2",
        "'逐条对照'!A3",
    ]
