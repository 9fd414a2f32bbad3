"""Clauses tile their source, whatever the text: nothing lost, nothing twice, everything at its place."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.clauses import parse
from corpus.cleaning import clean
from corpus.library import find_sources, load
from corpus.model import Clause, CleanText, Span

TEXTS = Path(__file__).parent.parent / "corpus" / "texts"

FRAGMENTS = st.sampled_from(
    [
        *(
            "一、总则",
            "二、三级综合医院",
            "（一）目标。",
            "（助理）医师",
            "1.招生。",
            "12．",
            "第一条 ",
            "第三百 条之一",
        ),
        *(
            "第二章 罪",
            "附件1",
            "——政府主导。",
            "全科医生培养",
            "2018 年 月底前",
            "20%",
            "《办法》",
            "关于测试的意见",
        ),
        *(
            "大连市人民政府办公厅",
            "2018年12月31日",
            "（征求意见稿）",
            "目录",
            "Latin words",
            "。",
            "；",
            "：",
            "|",
            "😀",
        ),
        *(
            "\n",
            "\n\n",
            "\r\n",
            "\f",
            "\n3\n",
            "— 4 —",
            "　　",
            " ",
            "\u200b",
            "\ufeff",
            "\u0301",
            "# ",
            "<!-- x -->",
        ),
        "很长的一行文字没有标点一直写到行尾为止还要再写一些",
    ]
)
TEXT = st.one_of(st.lists(FRAGMENTS, max_size=60).map("".join), st.text(max_size=200))


def squeezed(text: str) -> str:
    return "".join(text.split())


def assert_tiles(clean_text: CleanText, clauses: tuple[Clause, ...]) -> None:
    assert "".join(clause.text for clause in clauses) == clean_text.text
    for before, after in pairwise(clauses):
        assert before.span.end == after.span.start
    assert len({clause.path for clause in clauses}) == len(clauses)


def assert_maps_back(original: str, clean_text: CleanText) -> None:
    """Every cleaned character stands in the source at its offset; only blanks change their form."""
    for offset, char in enumerate(clean_text.text):
        there = original[clean_text.offsets.to_source(offset)]
        assert there == char or (there.isspace() and char.isspace())


def kept_or_named(original: str, clean_text: CleanText) -> None:
    """A character of the source that is not blank is in the cleaned text or is named page furniture."""
    mapped = {clean_text.offsets.to_source(offset) for offset in range(len(clean_text.text))}
    furniture = {i for item in clean_text.furniture for i in range(item.span.start, item.span.end)}
    assert not mapped & furniture
    invisible = set(
        "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\ufeff"
    )
    lost = [
        c
        for i, c in enumerate(original)
        if i not in mapped | furniture and not c.isspace() and c not in invisible
    ]
    assert lost == []


@settings(max_examples=300, deadline=None)
@given(TEXT, st.booleans())
def test_any_text_is_tiled(original: str, markdown: bool) -> None:
    cleaned = clean(original, markdown=markdown)
    _, clauses = parse("x", cleaned)
    assert_tiles(cleaned, clauses)
    assert_maps_back(original, cleaned)
    kept_or_named(original, cleaned)


@pytest.mark.parametrize("name", ["dalian", "jilin"])
def test_the_policies_are_tiled(name: str) -> None:
    source = load(next(source for source in find_sources([TEXTS]) if source.id == name))
    assert_tiles(source.clean, source.clauses)
    assert_maps_back(source.original, source.clean)
    kept_or_named(source.original, source.clean)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 7000), st.integers(1, 300))
def test_every_quote_of_a_wrapped_source_is_found_at_its_place(start: int, length: int) -> None:
    source = load(next(source for source in find_sources([TEXTS]) if source.id == "jilin"))
    start = min(start, len(source.clean.text) - 1)
    quote = source.clean.text[start : start + length]
    place = source.clean.offsets.span_to_source(Span(start, start + len(quote)))
    there = "".join(
        char
        for offset, char in enumerate(source.original[place.start : place.end], place.start)
        if not any(item.span.start <= offset < item.span.end for item in source.clean.furniture)
    )
    assert squeezed(there) == squeezed(quote)
