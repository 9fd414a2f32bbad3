import pytest

from assistant.clause_search import ClauseBrowser, FoundBy
from assistant.lookup import ClauseFinder
from index.errors import UnknownIdError
from index.store import ClauseStore


@pytest.fixture(scope="module")
def browser(law_store: ClauseStore) -> ClauseBrowser:
    return ClauseBrowser(law_store, ClauseFinder(law_store))


@pytest.mark.parametrize(
    ("words", "first", "found_by"),
    [
        ("大连意见17", "dalian:五/（十七）", FoundBy.REFERENCE),
        ("劳动合同法82", "劳动合同法:第七章/第八十二条", FoundBy.REFERENCE),
        ("激励机制的意见", "dalian:题头", FoundBy.TITLE),
        ("医疗保障", "上海市医疗保障条例:题头", FoundBy.TITLE),
        ("劳务派遣", "劳动合同法:第五章/第二节", FoundBy.HEADING),
        ("签约服务费", "dalian:三/（七）", FoundBy.TEXT),
        ("簽約 服務費", "dalian:三/（七）", FoundBy.TEXT),
        ("职称评审委员会认定后直接晋升", "dalian:五/（十七）", FoundBy.SIMILAR),
    ],
)
def test_what_is_typed_is_a_reference_a_title_a_heading_or_words(
    browser: ClauseBrowser, words: str, first: str, found_by: FoundBy
) -> None:
    hit = browser.search(words)[0]
    assert (hit.clause_id, hit.found_by) == (first, found_by)


@pytest.mark.parametrize("words", ["医", "医师", "医师法", "医师法第", "医师法第十", "医师法第十四条"])
def test_every_letter_typed_finds_something(browser: ClauseBrowser, words: str) -> None:
    assert any(hit.document.title == "中华人民共和国医师法" for hit in browser.search(words))


def test_a_snippet_shows_the_words_in_their_sentence(browser: ClauseBrowser) -> None:
    hit = browser.search("醉酒驾驶")[0]
    assert "醉酒驾驶机动车的" in hit.snippet
    assert len(hit.snippet) < 50


def test_texts_in_force_come_first(browser: ClauseBrowser) -> None:
    titles = [hit.clause_id for hit in browser.search("妇女权益保障") if hit.label == "题头"]
    assert titles == ["妇女权益保障法(2022-10-30):题头", "妇女权益保障法(2018-10-26):题头"]


@pytest.mark.parametrize("words", ["", "  ", "，。", "龘靐齉"])
def test_nothing_typed_or_nothing_there_finds_nothing(browser: ClauseBrowser, words: str) -> None:
    assert browser.search(words) == ()


def test_hits_are_few_and_each_clause_comes_once(browser: ClauseBrowser) -> None:
    hits = browser.search("应当")
    assert len(hits) == 20
    assert len({hit.clause_id for hit in hits}) == 20


def test_an_outline_lists_headings_and_clauses_by_depth(browser: ClauseBrowser) -> None:
    entries = {entry.clause_id: entry for entry in browser.outline("jilin")}
    group, item = entries["jilin:四/（三）"], entries["jilin:四/（三）/12"]
    assert (group.label, group.heading, group.depth, group.is_section) == (
        "（三）",
        "切实提高全科医生薪酬待遇",
        1,
        True,
    )
    assert (item.label, item.heading, item.depth, item.is_section) == ("12", "优化薪酬结构", 2, False)
    article = next(e for e in browser.outline("劳动法") if e.clause_id.endswith("第四十四条"))
    assert article.heading.startswith("第四十四条有下列情形之一的")


def test_an_unknown_document_is_named(browser: ClauseBrowser) -> None:
    with pytest.raises(UnknownIdError, match="没有这份文件"):
        browser.outline("没有这份文件")
