from pathlib import Path

import pytest

from corpus.model import Status
from index.clause_index import ClauseIndex
from index.encoder import Encoder
from index.model import EncoderChoice, Filter
from tests.index_desk import BOTH, QUESTION, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_fitting_clause_comes_first(desk: Desk) -> None:
    desk.ingest(BOTH)
    hits = desk.open().search(QUESTION)
    assert hits[0].clause_id == "haizhou:二/（三）"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_hit_shows_its_sentences_and_the_best_is_the_one_that_answers(desk: Desk) -> None:
    desk.ingest(BOTH)
    index = desk.open()
    hit = next(hit for hit in index.search("村医每月补助多少元") if hit.clause_id == "haizhou:一/（一）")
    text = index.store.source("haizhou").clean.text
    quotes = [text[sentence.span.start : sentence.span.end] for sentence in hit.sentences]
    assert quotes[0] == "（一）绩效工资。"
    best = max(hit.sentences, key=lambda sentence: sentence.score)
    assert text[best.span.start : best.span.end] == "村医补助每月300元。"


def test_every_clause_of_a_small_corpus_is_ranked_and_no_heading(desk: Desk) -> None:
    desk.ingest(BOTH)
    found = [hit.clause_id for hit in desk.open().search(QUESTION, limit=100)]
    assert sorted(found) == [
        "haizhou:一/（一）",
        "haizhou:一/（二）",
        "haizhou:二/（三）",
        "haizhou:题头",
        "yunling:一/（一）",
        "yunling:一/（二）",
        "yunling:题头",
    ]


def test_the_lexical_side_may_read_another_wording(desk: Desk) -> None:
    desk.ingest(BOTH)
    index = desk.open()
    plain = {hit.clause_id: hit for hit in index.search("副高咋评")}
    told = {hit.clause_id: hit for hit in index.search("副高咋评", lexical_query="副高级职称")}
    assert told["haizhou:二/（三）"].lexical > plain["haizhou:二/（三）"].lexical
    assert told["haizhou:二/（三）"].dense == plain["haizhou:二/（三）"].dense


@pytest.mark.parametrize(
    ("where", "sources"),
    [
        (Filter(), {"haizhou", "yunling"}),
        (Filter(regions=("杭州市",)), {"haizhou"}),
        (Filter(regions=("杭州市", "云南省")), {"haizhou", "yunling"}),
        (Filter(documents=("yunling",)), {"yunling"}),
        (Filter(statuses=(Status.CONSULTATION,)), {"yunling"}),
        (Filter(regions=("杭州市",), statuses=(Status.CONSULTATION,)), set()),
        (Filter(regions=("别处",)), set()),
    ],
)
def test_filters_leave_out_what_they_do_not_name(desk: Desk, where: Filter, sources: set[str]) -> None:
    desk.ingest(BOTH, catalog='[haizhou]\nregion = "杭州市"\n[yunling]\nregion = "云南省"\n')
    hits = desk.open().search(QUESTION, where, limit=100)
    assert {hit.clause_id.split(":")[0] for hit in hits} == sources


def test_a_filter_does_not_change_what_a_clause_is_worth(desk: Desk) -> None:
    desk.ingest(BOTH)
    index = desk.open()
    free = {hit.clause_id: (hit.dense, hit.lexical) for hit in index.search(QUESTION)}
    for hit in index.search(QUESTION, Filter(documents=("haizhou",))):
        assert (hit.dense, hit.lexical) == pytest.approx(free[hit.clause_id])


@pytest.mark.parametrize("query", ["", " \n　"])
def test_a_blank_query_finds_nothing(desk: Desk, query: str) -> None:
    desk.ingest(BOTH)
    assert desk.open().search(query) == []


def test_a_query_without_a_known_word_still_ranks_by_meaning(desk: Desk) -> None:
    desk.ingest(BOTH)
    assert all(hit.lexical == 0 for hit in desk.open().search("how many years"))


@pytest.mark.parametrize("where", [Filter(), Filter(documents=("haizhou",))])
def test_in_a_large_corpus_the_nearest_are_candidates(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, where: Filter
) -> None:
    desk.ingest(BOTH)
    index = desk.open()
    everything = index.search(QUESTION, where, limit=100)
    monkeypatch.setattr("index.searching._CANDIDATES", 2)
    monkeypatch.setattr("index.searching._FULL_SCAN", 0)
    found = index.search(QUESTION, where, limit=2)
    assert len(found) == 2 < len(everything)
    assert found[0].clause_id == everything[0].clause_id
    assert found[0].dense == pytest.approx(everything[0].dense)
    assert all(hit.clause_id.startswith(where.documents or "") for hit in found)


def test_the_bundled_encoder_finds_the_clause_of_each_place(data_folder: Path) -> None:
    encoder = EncoderChoice("bundled", lambda: Encoder.load("bundled", data_folder / "encoder"))
    question = "乡镇卫生院的全科医生在什么条件下可以直接取得副高职称？"
    found = {hit.clause_id for hit in ClauseIndex(data_folder, encoder).search(question, limit=3)}
    assert {"dalian:五/（十七）", "jilin:四/（五）/23"} <= found


def test_a_clause_that_others_refer_to_ranks_higher(desk: Desk) -> None:
    rule = "第{}条 驿站应当备马，{}。\n"
    rules = "".join(rule.format(n, "违者依照第三条处理" if n == "五" else "以供往来") for n in "一二三四五")
    desk.ingest({"驿站办法": f"海州市驿站办法\n{rules}"})
    found = [hit.clause_id for hit in desk.open().search("驿站应当备马，以供往来")]
    assert found[0] == "驿站办法:第三条"
