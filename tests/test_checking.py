"""Quotations and references that people have in their documents, against what the clauses say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from assistant.checking.checker import Checker
from assistant.checking.model import DifferenceKind, Item, Kind, Verdict
from assistant.lookup import ClauseFinder
from corpus.library import find_sources, load
from corpus.model import Status
from corpus.radicals import RADICALS
from index.sentences import split_sentences
from index.store import ClauseStore
from index.store_writer import StoreWriter

CASES = Path(__file__).parent / "cases"
QUOTATIONS = [json.loads(line) for line in (CASES / "quotations.jsonl").read_text("utf-8").splitlines()]
GRAVE = (DifferenceKind.NUMBER, DifferenceKind.NEGATION)


@pytest.fixture(scope="module")
def laws(tmp_path_factory: pytest.TempPathFactory) -> ClauseStore:
    """The shipped policies and a few laws."""
    file = tmp_path_factory.mktemp("laws") / "clauses.sqlite"
    with StoreWriter(file) as writer:
        for source in find_sources([CASES.parent.parent / "corpus" / "texts", CASES / "laws"]):
            writer.add(load(source))
    return ClauseStore(file)


@pytest.fixture(scope="module")
def checker(laws: ClauseStore) -> Checker:
    return Checker(laws, ClauseFinder(laws))


def the_quotation(checker: Checker, text: str) -> Item:
    [item] = [item for item in checker.check(text) if item.kind is Kind.QUOTE]
    return item


def said_of(checker: Checker, text: str) -> list[tuple[str, Verdict, str]]:
    return [
        (item.text, item.verdict, item.target.clause if item.target else "") for item in checker.check(text)
    ]


@pytest.mark.parametrize("case", QUOTATIONS, ids=lambda case: case["id"])
def test_a_quotation_or_reference_gets_its_verdict(checker: Checker, case: dict[str, Any]) -> None:
    [item] = [item for item in checker.check(case["text"]) if item.kind.value == case["kind"]]
    assert item.verdict.value in case["verdict"]
    if "clause" in case:
        assert item.target
        assert item.target.clause == case["clause"]
    for expected in case.get("differences", ()):
        assert any(expected["source"] in d.source and expected["given"] in d.given for d in item.differences)
    named = item.remark + (item.target.label if item.target else "")
    assert case.get("remark", "") in named
    if case["group"] in ("number", "negation"):
        assert item.differences[0].kind in GRAVE


def sentences(store: ClauseStore) -> Iterator[tuple[str, str]]:
    """Clause ids and sentences of the two policies, without the quotation marks in them."""
    for document_id in ("dalian", "jilin"):
        for clause in store.clauses(document_id):
            for span in split_sentences(clause.text):
                yield clause.id, re.sub("[“”]", "", clause.text[span.start : span.end])


def test_every_sentence_of_the_policies_is_exact(checker: Checker, store: ClauseStore) -> None:
    """Some stand in both policies, where any of them is right."""
    for clause_id, sentence in sentences(store):
        item = the_quotation(checker, f"“{sentence}”")
        assert item.verdict is Verdict.EXACT, sentence
        assert item.target is None or item.target.clause == clause_id or "条款有同样的文字" in item.remark


def test_no_changed_number_is_overlooked(checker: Checker, store: ClauseStore) -> None:
    changed = 0
    for _, sentence in sentences(store):
        for number in re.finditer(r"[0-9]+", sentence):
            words = sentence[: number.start()] + str(int(number[0]) + 7) + sentence[number.end() :]
            item = the_quotation(checker, f"“{words}”")
            assert item.verdict is not Verdict.EXACT, words
            if item.verdict is Verdict.NEAR:
                assert item.differences[0].kind is DifferenceKind.NUMBER
            changed += 1
    assert changed > 40


def test_no_dropped_negation_is_overlooked(checker: Checker, store: ClauseStore) -> None:
    dropped = 0
    for _, sentence in sentences(store):
        for negation in re.finditer("不得?(?!断)|未|非(?!营)|无(?!法)", sentence):
            words = sentence[: negation.start()] + sentence[negation.end() :]
            item = the_quotation(checker, f"“{words}”")
            assert item.verdict is not Verdict.EXACT, words
            if item.verdict is Verdict.NEAR:
                assert item.differences[0].kind in GRAVE, words
            dropped += 1
    assert dropped > 20


@pytest.mark.parametrize("frame", ["大连意见（八）规定：【{}】", "大连意见（八）\n〈{}〉", "【{}】"])
def test_brackets_around_words_are_no_part_of_them(checker: Checker, frame: str) -> None:
    words = "可提前转正定级，转正定级时的薪级工资高定一级"
    item = the_quotation(checker, frame.format(words))
    assert (item.text, item.verdict) == (words, Verdict.EXACT)


@pytest.mark.parametrize("name", ["原《妇女权益保障法》", "旧版妇女权益保障法", "《原妇女权益保障法》"])
def test_a_law_of_the_past_is_its_version_of_the_past(checker: Checker, name: str) -> None:
    cited, quoted = checker.check(
        f"依照{name}第二条，“妇女在政治的、经济的、文化的、社会的和家庭的生活等各方面享有同男子平等的权利”。"
    )
    assert cited.target
    assert cited.target.clause.startswith("妇女权益保障法(2018-10-26):")
    assert "已修订" in cited.remark
    assert quoted.verdict is not Verdict.NOT_FOUND


def test_a_version_of_the_past_that_is_not_held_is_told_with_what_to_do(checker: Checker) -> None:
    [item] = checker.check("依照旧《劳动法》第四十四条办理。")
    assert item.verdict is Verdict.NOT_FOUND
    assert re.search("没有它的旧版本.*；请", item.remark)


def test_a_negation_that_stands_before_the_marks_is_not_missed(checker: Checker) -> None:
    words = "截留、挪用、挤占"
    assert the_quotation(checker, f"补助经费不得“{words}”。").verdict is Verdict.EXACT
    item = the_quotation(checker, f"补助经费可以“{words}”。")
    assert (item.verdict, item.differences[0].source) == (Verdict.NEAR, "不得截留")


def test_a_notice_with_many_quotations_and_references(checker: Checker) -> None:
    notice = """关于职称评审的通知
根据《大连市人民政府办公厅关于贯彻落实改革完善全科医生培养与使用激励机制的意见》（大政办发〔2018〕159号，以下简称《意见》），通知如下：
一、《意见》第十七条规定，取得中级职称后“连续工作满8年的，可经职称评审委员会考核认定，直接取得副高级职称”。
二、按照《意见》（八），“招聘为正式工作人员的，可提前转正定级”；其中“转正定级时的薪级工资高定一级”。
三、本通知第一条由人事科解释，未尽事宜按《公务员录用规定》第二十二条执行。"""
    assert said_of(checker, notice)[1:-1] == [
        ("《意见》第十七条", Verdict.EXACT, "dalian:五/（十七）"),
        (
            "连续工作满8年的，可经职称评审委员会考核认定，直接取得副高级职称",
            Verdict.NEAR,
            "dalian:五/（十七）",
        ),
        ("《意见》（八）", Verdict.EXACT, "dalian:三/（八）"),
        ("招聘为正式工作人员的，可提前转正定级", Verdict.EXACT, "dalian:三/（八）"),
        ("转正定级时的薪级工资高定一级", Verdict.EXACT, "dalian:三/（八）"),
    ]
    assert said_of(checker, notice)[-1][:2] == ("《公务员录用规定》第二十二条", Verdict.NOT_FOUND)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("按《劳动合同法》第三十九条、四十条、四百条执行", "四百条"),
        ("《劳动合同法》第九十六至一百条", "一百条"),
        ("劳动合同法第3-99条", "99条"),
        ("劳动合同法第四十六条第（九）（二）项", "劳动合同法第四十六条第（九）"),
        ("《劳动合同法》第三十九条第（九）至（二）项", "《劳动合同法》第三十九条第（九）"),
    ],
)
def test_no_number_of_a_list_or_range_is_overlooked(checker: Checker, text: str, missing: str) -> None:
    items = checker.check(text)
    assert len(items) > 1
    assert [item.text for item in items if item.verdict is not Verdict.EXACT] == [missing]


def test_each_item_tells_where_it_stands(checker: Checker) -> None:
    text = "依据《劳动合同法》第三十九条、第四十条，並參照「不得扣押勞動者的居民身份證和其他證件」執行。"
    items = checker.check(text)
    assert [text[item.span.start : item.span.end] for item in items] == [item.text for item in items]
    assert [item.text for item in items] == [
        "《劳动合同法》第三十九条",
        "第四十条",
        "不得扣押勞動者的居民身份證和其他證件",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "“专款专用，不得截留、挪用、挤占”",
        '"专款专用,不得截留、挪用、挤占"',
        "”专款专用，不得截留、挪用、挤占”",
        "「专款专用，不得截留、挪用、挤占」",
        "《意见》要求经费『专款专用，不得截留、挪用、挤占』。",
        "大连意见第二十一条原文如下：\n\n专款专用，不得截留、挪用、挤占",
        "大连意见第二十一条规定：专款专用，不得截留、挪用、挤占",
        "专款专用，不得截留、挪用、挤占",
        "大连意见规定，专款专用，不得截留、挪用、挤占",
    ],
)
def test_quotations_are_found_however_they_are_marked(checker: Checker, text: str) -> None:
    item = the_quotation(checker, text)
    assert (item.text.strip("。"), item.verdict) == (item.text, Verdict.EXACT)
    assert "专款专用" in item.text
    assert "规定" not in item.text


@pytest.mark.parametrize(
    "text",
    ["", " \n", "本合同第三条由双方另行约定。", "《”", "“", "“”", "““””", "》《", "（）", "……", "1" * 500],
)
def test_odd_texts_are_no_accident(checker: Checker, text: str) -> None:
    assert all(item.verdict is not Verdict.EXACT for item in checker.check(text))


def test_a_title_is_no_quotation_and_a_clause_with_marks_of_its_own_is_one(
    checker: Checker, laws: ClauseStore
) -> None:
    [title] = checker.check("参见《“健康中国2030”规划纲要》")
    assert (title.kind, title.verdict) == (Kind.REFERENCE, Verdict.NOT_FOUND)
    clause = laws.clause("dalian:三/（八）").text.strip()
    [whole] = checker.check(clause.replace("本科及以上", "专科及以上"))
    assert (whole.kind, whole.verdict) == (Kind.QUOTE, Verdict.NEAR)
    assert [(d.source, d.given) for d in whole.differences] == [("本", "专")]


def test_words_that_go_on_into_the_next_clause_are_exact(checker: Checker, laws: ClauseStore) -> None:
    text = laws.clause("劳动合同法:第四章/第三十六条").text + laws.clause("劳动合同法:第四章/第三十七条").text
    item = the_quotation(checker, f"“{text}”")
    assert (item.verdict, item.remark) == (Verdict.EXACT, "引文连续引自第三十六条至第三十七条")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("“取得中级职称后……直接取得副高级职称”", Verdict.EXACT),
        ("“直接取得副高级职称……取得中级职称后在低收入村”", Verdict.NEAR),
        ("“取得中级职称后……薪级工资高定一级”", Verdict.NEAR),
        ("“取得中级职称后……奖励住房一套”", Verdict.NOT_FOUND),
    ],
)
def test_parts_around_an_ellipsis_must_stand_in_order(checker: Checker, text: str, verdict: Verdict) -> None:
    assert the_quotation(checker, text).verdict is verdict


def test_radicals_that_a_pdf_has_for_characters_make_no_difference(checker: Checker) -> None:
    """Text pasted from a PDF that a browser has printed: ⼤连 for 大连, 成⻓ for 成长."""
    radicals = {character: radical for radical, character in RADICALS.items()}
    texts = [case["text"] for case in QUOTATIONS]
    pasted = [text.translate(radicals) for text in texts]
    assert sum(one != other for one, other in zip(texts, pasted, strict=True)) > 50
    for text, own in zip(texts, pasted, strict=True):
        assert verdicts(checker, own) == verdicts(checker, text)


def verdicts(checker: Checker, text: str) -> list[tuple[Verdict, str]]:
    return [(item.verdict, item.target.clause if item.target else "") for item in checker.check(text)]


def test_a_superseded_text_and_a_draft_are_told(checker: Checker) -> None:
    old = the_quotation(checker, "《妇女权益保障法》第二条：“逐步完善保障妇女权益的各项制度”")
    draft = the_quotation(checker, "“住院医师规范化培训基地实行双导师制”")
    assert old.target
    assert draft.target
    assert (old.verdict, old.target.status) == (Verdict.EXACT, Status.AMENDED)
    assert (draft.verdict, draft.target.status) == (Verdict.EXACT, Status.CONSULTATION)
    assert "旧版本" in old.remark
    assert "尚未生效" in draft.remark


def test_a_long_text_is_checked_in_a_time_that_grows_with_its_length(
    checker: Checker, store: ClauseStore
) -> None:
    page = "".join(f"按大连意见的规定，“{sentence}”；\n" for _, sentence in sentences(store))
    started = perf_counter()
    items = checker.check(page * 2)
    assert len(items) > 350
    assert perf_counter() - started < 30


@pytest.mark.parametrize("unit", ["“没有合上的引号", "《没有合上的书名号", "第一条、（二）", "\n", "「『“"])
def test_no_text_makes_the_check_hang(checker: Checker, unit: str) -> None:
    started = perf_counter()
    checker.check(unit * 2_000)
    assert perf_counter() - started < 20
