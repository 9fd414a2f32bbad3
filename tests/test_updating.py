from pathlib import Path

import pytest

from assistant.reference_links import citation_counts
from corpus.errors import UnreadableSourceError
from corpus.model import Status
from index.clause_index import ClauseIndex
from index.errors import (
    EmptyCorpusError,
    VectorServerError,
)
from index.generations import current_generation
from index.model import Change, Filter, UpdateReport
from index.updating import update
from tests.chroma_server import running_server
from tests.hashed_encoder import choice_of
from tests.index_desk import BOTH, QUESTION, Desk, ignore
from tests.small_corpus import PAY, write_corpus


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def changes(report: UpdateReport) -> dict[str, Change]:
    return {item.source_id: item.change for item in report.sources}


def test_a_second_update_does_no_work_twice(desk: Desk) -> None:
    first = desk.ingest(BOTH)
    assert (first.rebuilt, changes(first)) == (True, {"haizhou": Change.ADDED, "yunling": Change.ADDED})
    assert [item.clauses for item in first.sources] == [4, 3]
    generation = current_generation(desk.data)
    second = desk.ingest(BOTH)
    assert (second.rebuilt, second.embedded) == (False, 0)
    assert set(changes(second).values()) == {Change.UNCHANGED}
    assert current_generation(desk.data) == generation
    assert desk.encoder.passages == []


def test_only_what_changed_is_embedded(desk: Desk) -> None:
    desk.ingest(BOTH)
    report = desk.ingest({**BOTH, "haizhou": PAY.replace("300元", "350元")})
    assert changes(report) == {"haizhou": Change.UPDATED, "yunling": Change.UNCHANGED}
    assert [text for text in desk.encoder.passages if "350" not in text] == []
    assert len(desk.encoder.passages) == report.embedded == 2  # the clause and its sentence


def test_a_change_of_metadata_embeds_nothing(desk: Desk) -> None:
    desk.ingest(BOTH)
    report = desk.ingest(BOTH, catalog='[haizhou]\nstatus = "已废止"\n')
    assert (report.rebuilt, report.embedded) == (True, 0)
    assert desk.open().store.document("haizhou").status is Status.REPEALED
    in_force = Filter(statuses=(Status.CONSULTATION,))
    assert {hit.clause_id.split(":")[0] for hit in desk.open().search(QUESTION, in_force)} == {"yunling"}


def test_a_removed_source_leaves_nothing_behind(desk: Desk) -> None:
    desk.ingest({"haizhou": PAY})
    alone = desk.records()
    desk.ingest(BOTH)
    assert desk.records() > alone
    report = desk.ingest({"haizhou": PAY})
    assert changes(report) == {"haizhou": Change.UNCHANGED, "yunling": Change.REMOVED}
    assert {item.source_id: item.clauses for item in report.sources} == {"haizhou": 4, "yunling": 3}
    assert desk.records() == alone
    assert len(list((desk.data / "generations").iterdir())) == 1
    index = desk.open()
    assert {hit.clause_id.split(":")[0] for hit in index.search("全科医学专业招生", limit=100)} == {"haizhou"}
    assert index.store.find_clause("yunling:一/（一）") is None


def test_updating_again_and_again_doubles_nothing(desk: Desk) -> None:
    desk.ingest(BOTH)
    once = desk.records()
    for _ in range(3):
        desk.ingest({"haizhou": PAY})
        desk.ingest(BOTH, rebuild=True)
    assert desk.records() == once
    assert len(desk.open().search(QUESTION, limit=100)) == 7


def test_the_same_sentence_twice_is_found_in_both_clauses(desk: Desk) -> None:
    desk.ingest({"haizhou": PAY, "copy": PAY})
    found = [hit.clause_id for hit in desk.open().search(QUESTION, limit=2)]
    assert sorted(found) == ["copy:二/（三）", "haizhou:二/（三）"]


def test_progress_is_told_stage_by_stage(desk: Desk) -> None:
    told: list[tuple[str, int, int]] = []
    desk.ingest(BOTH, progress=lambda *step: told.append(step))
    assert [stage for stage, done, total in told if done == total] == [
        "读取和分词",
        "计算向量",
    ]


def test_an_open_index_keeps_answering_while_others_replace_it(desk: Desk) -> None:
    desk.ingest(BOTH)
    index = desk.open()
    before = index.store.clause("haizhou:二/（三）")
    desk.ingest({"haizhou": PAY.replace("10年", "15年")})
    desk.ingest({"haizhou": PAY.replace("10年", "20年")})
    assert not index.is_current()
    assert len(index.search(QUESTION, limit=100)) == 7
    assert index.store.clause("haizhou:二/（三）") == before
    fresh = desk.open()
    assert fresh.is_current()
    assert "20年" in fresh.store.clause("haizhou:二/（三）").text


def test_a_replaced_index_is_deleted_as_soon_as_nobody_reads_it(desk: Desk) -> None:
    desk.ingest(BOTH)
    index = desk.open()
    desk.ingest({"haizhou": PAY})
    generations = desk.data / "generations"
    assert len(list(generations.iterdir())) == 2
    index.close()
    assert [folder.name for folder in generations.iterdir()] == [current_generation(desk.data).folder.name]


@pytest.mark.parametrize("texts", [{}, {"blank": "\n \n"}])
def test_a_corpus_without_clauses_is_refused(desk: Desk, texts: dict[str, str]) -> None:
    desk.ingest(BOTH)
    with pytest.raises((EmptyCorpusError, UnreadableSourceError)):
        desk.ingest(texts)
    assert len(desk.open().search(QUESTION, limit=100)) == 7


def test_vectors_may_live_on_a_server(desk: Desk, tmp_path: Path) -> None:
    here = choice_of(desk.encoder)
    desk.ingest(BOTH)
    expected = desk.open().search(QUESTION, limit=100)
    sources, away = write_corpus(desk.texts, BOTH), tmp_path / "away"
    (tmp_path / "server").mkdir()
    with running_server(tmp_path / "server") as address:
        update(away, sources, here, ignore, references=citation_counts, chroma_url=address)
        index = ClauseIndex(away, here, chroma_url=address)
        assert index.search(QUESTION, limit=100) == expected
        again = update(
            away, sources, here, ignore, references=citation_counts, chroma_url=address, rebuild=True
        )
        assert again.embedded == 0
    assert not list(away.rglob("chroma.sqlite3"))
    with pytest.raises(VectorServerError):
        ClauseIndex(away, here, chroma_url=address).search(QUESTION)
