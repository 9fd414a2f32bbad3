"""Answers and source texts as HTML: what is shown, what is marked, and that all of it is text."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from assistant.conversation import ClauseLink, Exchange, growing
from assistant.model import Answer, Citation, Claim, ComparisonTable, Role, Row, Status
from assistant.rendering import PAGE, load_words, render_answer, render_conversation, render_notice
from assistant.source_rendering import quoted_span, render_source
from corpus.library import find_sources, load
from corpus.model import Clause, PolicyDocument, Source, Span
from corpus.model import Status as DocumentStatus

TEXTS = Path(__file__).parent.parent / "corpus" / "texts"
WORDS = load_words()["zh"]

DALIAN = Citation(
    1,
    "dalian:五/（十七）",
    "大连意见",
    "大政办发〔2018〕159号",
    "五、（十七）",
    "大连市",
    DocumentStatus.IN_FORCE,
    "连续工作满10年的，可直接取得副高级职称",
    10,
    30,
)
JILIN = Citation(
    2,
    "jilin:四/（五）/23",
    "吉林方案",
    "",
    "四、（五）23",
    "吉林省",
    DocumentStatus.CONSULTATION,
    "在贫困县农村基层连续工作满10年",
    40,
    60,
)
ANSWER = Answer(
    "怎样直接取得副高？",
    Status.ANSWERED,
    "……",
    (Claim("连续工作满10年。", (1,), "大连市"), Claim("在贫困县工作满10年。", (2,), "吉林省")),
    (DALIAN, JILIN),
)


COMPARED = replace(
    ANSWER,
    table=ComparisonTable(
        ("大连市", "吉林省"),
        (
            Row("职称晋升政策", ((ANSWER.claims[0],), (ANSWER.claims[1],))),
            Row("偏远海岛", ((ANSWER.claims[0],), ())),
        ),
    ),
)


class Page(HTMLParser):
    """What a browser would see: elements with their attributes and the text in each kind of element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(html)
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in {*self._open, ""}:
            self.texts.setdefault(tag, []).append(data)

    def text(self, tag: str = "") -> str:
        return "".join(self.texts.get(tag, []))

    def having(self, attribute: str) -> list[dict[str, str]]:
        return [attributes for _, attributes in self.elements if attribute in attributes]

    def of_class(self, name: str) -> list[dict[str, str]]:
        return [attributes for attributes in self.having("class") if name in attributes["class"].split()]


@pytest.fixture(scope="module", params=["dalian", "jilin"])
def source(request: pytest.FixtureRequest) -> Source:
    return next(load(file) for file in find_sources([TEXTS]) if file.id == request.param)


def main_document(source: Source) -> tuple[PolicyDocument, list[Clause]]:
    document = next(document for document in source.documents if document.id == source.id)
    return document, [clause for clause in source.clauses if clause.document_id == document.id]


def test_claims_stand_under_their_place_with_the_status_of_what_they_cite() -> None:
    page = Page(render_answer(ANSWER, WORDS))
    assert page.texts["h3"] == ["大连市", "现行有效", "吉林省", "征求意见稿", WORDS["draft_note"]]
    assert [attributes["class"] for attributes in page.of_class("badge")][:2] == [
        "badge in-force",
        "badge draft",
    ]


def test_every_citation_leads_to_its_clause_and_sentence_and_shows_what_it_is() -> None:
    html = render_answer(ANSWER, WORDS)
    targets = [(a["data-clause"], a["data-start"], a["data-end"]) for a in Page(html).having("data-clause")]
    assert targets.count(("dalian:五/（十七）", "10", "30")) == 2  # the mark in the claim and the card below
    assert targets.count(("jilin:四/（五）/23", "40", "60")) == 2
    for shown in ("[1]", "《大连意见》", "大政办发〔2018〕159号", "五、（十七）", DALIAN.quote, "无文号"):
        assert shown in Page(html).text()


def test_a_comparison_is_a_table_with_headers_and_citations_in_its_cells() -> None:
    page = Page(render_answer(COMPARED, WORDS))
    heads = [attributes["scope"] for tag, attributes in page.elements if tag == "th"]
    assert heads == ["col", "col", "col", "row", "row"]
    places = [attributes["data-place"] for tag, attributes in page.elements if tag == "td"]
    assert places == ["大连市 · 现行有效", "吉林省 · 征求意见稿"] * 2
    for shown in (
        "职称晋升政策",
        "征求意见稿",
        WORDS["draft_note"],
        "连续工作满10年。",
        "在贫困县工作满10年。",
    ):
        assert shown in page.text("table")
    assert len(page.of_class("cite")) == 3
    assert not page.of_class("place")


def test_a_cell_without_a_rule_says_so_and_what_that_means() -> None:
    page = Page(render_answer(COMPARED, WORDS))
    assert len(page.of_class("unstated")) == 1
    assert "未规定" in page.text("td")
    assert WORDS["unstated_note"] in page.text()
    assert COMPARED.table
    full = replace(COMPARED, table=replace(COMPARED.table, rows=COMPARED.table.rows[:1]))
    assert WORDS["unstated_note"] not in Page(render_answer(full, WORDS)).text()


@pytest.mark.parametrize("role", Role)
def test_each_claim_shows_what_it_is_in_its_answer(role: Role) -> None:
    claims = (Claim("先申请。", (1,), "大连市", role), Claim("再审核。", (1,), "大连市", role))
    page = Page(render_answer(replace(ANSWER, claims=claims, citations=(DALIAN,)), WORDS))
    assert len(page.of_class(role)) == 2
    assert len(page.of_class("cite")) == 2


def test_an_answer_says_that_it_is_no_official_interpretation() -> None:
    notice = "本回答依据所列文件原文自动生成，不构成官方解释；请以发布机关的正式文本为准。"
    assert notice in Page(render_answer(ANSWER, WORDS)).text()


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ANSWERED])
def test_a_declined_answer_looks_different_and_has_no_citation(status: Status) -> None:
    declined = Answer(
        "月薪多少元？", status, "文件没有规定。最接近的条款：…", citations=(DALIAN,), reason="文件没有规定。"
    )
    page = Page(render_answer(declined, WORDS))
    assert page.of_class("declined")
    assert not page.of_class("cite")
    assert not page.of_class("citation")
    assert DALIAN.quote not in page.text()


def test_a_declined_answer_names_the_nearest_clauses_as_links() -> None:
    nearest = (ClauseLink("dalian:三/（七）", "大连意见", "三、（七）"),)
    page = Page(
        render_answer(Answer("月薪？", Status.NOT_FOUND, "没有规定。", reason="没有规定。"), WORDS, nearest)
    )
    assert "最接近的条款" in page.text()
    assert [link["data-clause"] for link in page.having("data-clause")] == ["dalian:三/（七）"]


def test_an_answer_grows_claim_by_claim_and_never_shows_a_citation_before_its_claim() -> None:
    first, last = growing(ANSWER)
    assert (first.claims, first.citations) == (ANSWER.claims[:1], (DALIAN,))
    assert last == ANSWER


def test_a_comparison_is_shown_whole_at_once() -> None:
    assert list(growing(COMPARED)) == [COMPARED]


def test_a_question_waits_for_its_answer_in_the_conversation() -> None:
    page = Page(render_conversation([Exchange("怎样评副高？", ANSWER), Exchange("那吉林呢？")], WORDS))
    assert len(page.of_class("exchange")) == 2
    assert len(page.of_class("pending")) == 1


@pytest.mark.parametrize(
    "trick",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '" onmouseover="alert(1)',
        "' autofocus onfocus='x",
        "**粗体** [链接](javascript:alert(1)) # 标题",
        "${1+1} {{value}} {% raw %}",
        "&lt;b&gt; &amp; &#x41;",
        "</div></article>",
    ],
)
def test_tricks_in_question_and_corpus_are_shown_as_text(trick: str, source: Source) -> None:
    citation = replace(
        DALIAN, clause=trick, document=trick, number=trick, label=trick, region=trick, quote=trick
    )
    claim = Claim(trick, (1,), trick)
    answer = Answer(trick, Status.ANSWERED, trick, (claim,), (citation,))
    compared = replace(answer, table=ComparisonTable((trick, trick), (Row(trick, ((claim,), ())),)))
    declined = Answer(trick, Status.NOT_FOUND, trick, reason=trick)
    document, clauses = main_document(source)
    hostile = replace(clauses[1], text=trick, heading=trick, path=trick, source_id=trick)
    for html in (
        render_conversation([Exchange(trick, answer), Exchange(trick)], WORDS),
        render_answer(compared, WORDS),
        render_answer(declined, WORDS, (ClauseLink(trick, trick, trick),)),
        render_notice(trick),
        render_source(
            replace(document, title=trick, number=trick, issuer=trick, region=trick, date=trick),
            [hostile],
            hostile.id,
            Span(hostile.span.start, hostile.span.start + 4),
            WORDS,
        ),
    ):
        page = Page(html)
        assert trick in page.text()
        assert not {tag for tag, _ in page.elements} & {"script", "img", "a", "b", "em"}
        assert not [
            name for _, attributes in page.elements for name in attributes if name.startswith(("on", "auto"))
        ]


def test_the_mark_is_the_quoted_sentence_wherever_it_stands(source: Source) -> None:
    document, clauses = main_document(source)
    for clause in clauses:
        for quote in sentences(clause):
            original = source.clean.offsets.span_to_source(quote)
            found = quoted_span(clause, source.clean.offsets, original.start, original.end)
            page = Page(render_source(document, clauses, clause.id, found, WORDS))
            expected = source.clean.text[quote.start : quote.end]
            assert page.text("mark") == expected.replace("\n", "")
            assert [attributes["id"] for attributes in page.of_class("target")] == [clause.id]


def sentences(clause: Clause) -> list[Span]:
    """First and last sentence of a clause, and the whole over all its lines."""
    text = clause.text.rstrip("\n")
    first, last = text.find("。") + 1 or len(text), text[:-1].rfind("。") + 1
    start = clause.span.start
    return [Span(start, start + first), Span(start + last, start + len(text)), Span(start, start + len(text))]


def test_offsets_outside_the_clause_mark_nothing(source: Source) -> None:
    document, clauses = main_document(source)
    assert quoted_span(clauses[3], source.clean.offsets, 0, 1) is None
    assert "<mark>" not in render_source(document, clauses, clauses[3].id, None, WORDS)


def test_the_source_text_is_complete_in_order_and_each_clause_can_be_addressed(source: Source) -> None:
    document, clauses = main_document(source)
    page = Page(render_source(document, clauses, clauses[0].id, None, WORDS))
    assert page.text("section") == "".join(clause.text for clause in clauses).replace("\n", "")
    assert [attributes["id"] for attributes in page.having("id")] == [clause.id for clause in clauses]


def test_title_number_place_and_status_stand_above_the_text(source: Source) -> None:
    document, clauses = main_document(source)
    page = Page(render_source(document, clauses, clauses[0].id, None, WORDS))
    for fact in (document.title, document.number or "无文号", document.region, document.status):
        assert fact in page.text("header")
    assert ("不是正式文件" in page.text("header")) is (document.status is DocumentStatus.CONSULTATION)


def test_label_and_heading_of_a_clause_stand_out() -> None:
    document = PolicyDocument("law", "law", "某法")
    article = Clause(
        "law", "law", "第一章/第二条", "clause", "第二条", "", ("总则",), Span(5, 16), "第二条　应当公开。\n"
    )
    page = Page(render_source(document, [article], article.id, None, WORDS))
    assert page.text("strong") == "第二条"


def test_both_languages_say_the_same_things() -> None:
    words = load_words()
    assert words["zh"].keys() == words["en"].keys()
    assert {str(status) for status in Status} - {"answered"} <= words["zh"].keys()


def test_the_page_offers_six_examples_and_a_follow_up() -> None:
    examples = tomllib.loads((PAGE / "examples.toml").read_text(encoding="utf-8"))
    assert len(examples["questions"]) == 6
    assert examples["follow_up"]
