"""What is shown holds: quotes stand in their clause, numbers in what they cite."""

from dataclasses import replace

import pytest

from assistant.model import Citation, Claim
from assistant.verification import Verifier, stands_in
from corpus.cleaning import clean
from corpus.model import Source
from index.store import ClauseStore
from tests.scripted_runs import citation

CLAUSE = "jilin:四/（一）/1"


@pytest.fixture(scope="module")
def source(store: ClauseStore) -> Source:
    return store.source("jilin")


def cite(source: Source, phrase: str, clause: str = CLAUSE) -> Citation:
    start = source.clean.text.index(phrase)
    unit = next(unit for unit in source.clauses if unit.id == clause)
    place = source.clean.offsets.span_to_source(type(unit.span)(start, start + len(phrase)))
    (document,) = source.documents
    return Citation(
        1, clause, document.title, "", unit.label, "吉林省", document.status, phrase, place.start, place.end
    )


def test_a_quote_across_a_page_number_is_verbatim(store: ClauseStore, source: Source) -> None:
    citation = cite(source, "根据实际需求增加培养计划")
    assert "3" in source.original[citation.start : citation.end]  # the page number stands in between
    assert Verifier(store).is_verbatim(citation)


@pytest.mark.parametrize(
    "change",
    [
        {"quote": "根据实际需要增加培养计划"},
        {"quote": ""},
        {"start": 0},
        {"end": 10**9},
        {"clause": "jilin:四/（一）/2"},
        {"clause": "jilin:没有"},
        {"clause": "dalian:三/（八）"},
    ],
)
def test_an_altered_or_misplaced_quote_is_not(store: ClauseStore, source: Source, change: dict) -> None:
    citation = replace(cite(source, "根据实际需求增加培养计划"), **change)
    assert not Verifier(store).is_verbatim(citation)


def test_a_claim_without_sound_citations_is_dropped(store: ClauseStore, source: Source) -> None:
    good = cite(source, "根据实际需求增加培养计划")
    bad = replace(good, n=2, quote="编造的一句话")
    claims = [Claim(good.quote, (1,)), Claim(bad.quote, (2,)), Claim("都引", (1, 2)), Claim("不引", ())]
    assert Verifier(store).verify(claims, [good, bad]) == (claims[0],)


@pytest.mark.parametrize(
    ("text", "holds"),
    [("自2018年起倾斜", True), ("自2019年起倾斜", False), ("满18年倾斜", False), ("达到30%", False)],
)
def test_a_number_that_the_quote_lacks_fails_the_claim(
    store: ClauseStore, source: Source, text: str, holds: bool
) -> None:
    citation = cite(source, "自2018年起，新增临床医学")
    assert bool(Verifier(store).verify([Claim(text, (1,))], [citation])) is holds


@pytest.mark.parametrize(
    ("text", "asked", "question", "holds"),
    [
        ("原文自2018年起，提问中的“8年”未达到", "8年", "我干了8年能评吗", True),
        (
            "原文自2018年起，提问中的“８年”未达到",
            "８年",
            "我干了８年能评吗",
            False,
        ),  # as normalised for search
        ("原文自2018年起，提问中的“8年”未达到", "8年", "我能评吗", False),  # nobody said so
        ("原文自8年起，提问中的“8年”未达到", "8年", "我干了8年能评吗", False),  # the text does not say so
        ("原文自2018年起，提问中的“8年”未达到", "", "我干了8年能评吗", False),  # not marked
    ],
)
def test_only_what_a_claim_repeats_of_the_question_needs_no_citation(
    store: ClauseStore, source: Source, text: str, asked: str, question: str, holds: bool
) -> None:
    citation = cite(source, "自2018年起，新增临床医学")
    claim = Claim(text, (1,), asked=(asked,) if asked else ())
    assert bool(Verifier(store).verify([claim], [citation], question)) is holds


ORIGINAL = "（十七）在乡镇卫生院工作满\n10\u200b年的，\n\f\n— 3 —\n可直接取得副高级职称。\n第二句。\n"


@pytest.fixture
def paged() -> Source:
    cleaned = clean(ORIGINAL)
    assert {item.name for item in cleaned.furniture} == {"换页", "页码"}
    return Source("dalian", "dalian.txt", "", ORIGINAL, cleaned, (), ())


QUOTE = "在乡镇卫生院工作满10年的，可直接取得副高级职称。"
START, END = ORIGINAL.index("在乡镇"), ORIGINAL.index("第二句")


@pytest.mark.parametrize(
    ("quote", "start", "end", "expected"),
    [
        (QUOTE, START, END, True),
        ("在乡镇卫生院工作满 10 年的，可直接取得副高级职称。", START, END, True),
        (QUOTE.replace("10", "１０"), START, END, False),
        (QUOTE.replace("直接", ""), START, END, False),
        (QUOTE, START + 1, END, False),
        (QUOTE, START, END + 2, False),
        ("第二句。", END, len(ORIGINAL), True),
        ("第二句。", END, len(ORIGINAL) + 1, False),
        ("可直接取得副高级职称。第二句。", -5, len(ORIGINAL), False),
        ("", START, START, False),
    ],
)
def test_a_quote_is_verbatim_if_its_range_of_the_source_prints_the_same(
    paged: Source, quote: str, start: int, end: int, expected: bool
) -> None:
    assert stands_in(citation("dalian:五/（十七）", 1, quote, start, end), paged) is expected
