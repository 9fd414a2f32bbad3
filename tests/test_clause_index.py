import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from corpus.errors import UnreadableSourceError
from corpus.model import Status
from index.clause_index import ClauseIndex
from index.errors import (
    DataFolderError,
    EmptyCorpusError,
    IndexDamagedError,
    IndexingError,
    IndexLockedError,
    IndexMismatchError,
    IndexMissingError,
)
from index.generations import current_generation, next_generation, update_lock
from index.model import Change, Filter, PendingSource, UpdateReport
from index.updating import update
from index.vectors import VectorDatabase, collection_name
from tests.hashed_encoder import HashedEncoder, choice_of
from tests.small_corpus import DRAFT, PAY, write_corpus

BOTH = {"haizhou": PAY, "yunling": DRAFT}
QUESTION = "在乡镇卫生院工作满10年能直接取得副高级职称吗"


PROJECT = Path(__file__).parent.parent
DIE_WHILE_EMBEDDING = """
import os, sys
from functools import partial
from pathlib import Path
from corpus import library
from index.model import PendingSource
from index.updating import update
from tests.hashed_encoder import HashedEncoder, choice_of

def die(stage, done, total):
    if stage == "计算向量（条款）":
        os._exit(9)

files = library.find_sources([Path(sys.argv[2])])
sources = [PendingSource(file.id, library.digest(file), partial(library.load, file)) for file in files]
update(Path(sys.argv[1]), sources, choice_of(HashedEncoder()), die)
"""


class Desk:
    """A data folder with a corpus folder beside it, and the encoder that serves both."""

    def __init__(self, folder: Path) -> None:
        self.texts = folder / "texts"
        self.data = folder / "data"
        self.encoder = HashedEncoder()

    def ingest(self, texts: dict[str, str], catalog: str = "", *, rebuild: bool = False) -> UpdateReport:
        sources = write_corpus(self.texts, texts, catalog)
        self.encoder.passages.clear()
        return update(self.data, sources, choice_of(self.encoder), ignore, rebuild=rebuild)

    def open(self) -> ClauseIndex:
        return ClauseIndex(self.data, choice_of(self.encoder))

    def records(self) -> dict[str, int]:
        """How many vectors the database of the present generation really holds."""
        database = VectorDatabase(current_generation(self.data).vectors(self.encoder.digest))
        kinds = ("clauses", "sentences")
        return {
            kind: len(database.collection(collection_name(kind, self.encoder.digest), 0)) for kind in kinds
        }


def ignore(stage: str, done: int, total: int) -> None:
    """No progress bar."""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def changes(report: UpdateReport) -> dict[str, Change]:
    return {item.source_id: item.change for item in report.sources}


# --- searching ---


def test_the_fitting_clause_comes_first(desk: Desk) -> None:
    desk.ingest(BOTH)
    hits = desk.open().search(QUESTION)
    assert hits[0].clause_id == "haizhou:二/（三）"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)


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
        (Filter(regions=("海州市",)), {"haizhou"}),
        (Filter(regions=("海州市", "云岭省")), {"haizhou", "yunling"}),
        (Filter(documents=("yunling",)), {"yunling"}),
        (Filter(statuses=(Status.CONSULTATION,)), {"yunling"}),
        (Filter(regions=("海州市",), statuses=(Status.CONSULTATION,)), set()),
        (Filter(regions=("别处",)), set()),
    ],
)
def test_filters_leave_out_what_they_do_not_name(desk: Desk, where: Filter, sources: set[str]) -> None:
    desk.ingest(BOTH, catalog='[haizhou]\nregion = "海州市"\n[yunling]\nregion = "云岭省"\n')
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


# --- bringing in step ---


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
    assert desk.records()["sentences"] > alone["sentences"]
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
    sources = write_corpus(desk.texts, BOTH)
    update(desk.data, sources, choice_of(desk.encoder), lambda *step: told.append(step))
    assert [stage for stage, done, total in told if done == total] == [
        "读取和分词",
        "计算向量（条款）",
        "计算向量（句子）",
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


# --- interruptions ---


def test_an_unreadable_source_leaves_the_index_as_it_was(desk: Desk) -> None:
    desk.ingest({"haizhou": PAY})

    def fail() -> None:
        raise UnreadableSourceError("文件“x”是空的")

    sources = [*write_corpus(desk.texts, BOTH), PendingSource("x", "0", fail)]
    with pytest.raises(UnreadableSourceError):
        update(desk.data, sources, choice_of(desk.encoder), ignore)
    assert set(desk.open().store.source_digests()) == {"haizhou"}


def test_an_interrupted_update_loses_no_vector_and_shows_nothing(desk: Desk) -> None:
    desk.ingest({"haizhou": PAY})

    def interrupt(stage: str, done: int, total: int) -> None:
        if stage == "计算向量（句子）":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update(desk.data, write_corpus(desk.texts, BOTH), choice_of(desk.encoder), interrupt)
    assert set(desk.open().store.source_digests()) == {"haizhou"}
    report = desk.ingest(BOTH)
    assert report.rebuilt
    assert desk.encoder.passages == []
    assert len(desk.open().search(QUESTION, limit=100)) == 7


def test_a_killed_process_neither_locks_nor_spoils(desk: Desk) -> None:
    desk.ingest({"haizhou": PAY})
    write_corpus(desk.texts, BOTH)
    done = subprocess.run([sys.executable, "-c", DIE_WHILE_EMBEDDING, desk.data, desk.texts], cwd=PROJECT)
    assert done.returncode == 9
    assert set(desk.open().store.source_digests()) == {"haizhou"}
    report = desk.ingest(BOTH)
    assert set(desk.open().store.source_digests()) == {"haizhou", "yunling"}
    clauses = [text for text in desk.encoder.passages if text.startswith("云岭省全科医生培养实施方案 ")]
    assert clauses == []  # they were embedded already
    assert report.embedded > 0  # the sentences were not


def test_vectors_left_by_an_interruption_are_dropped_where_damaged(desk: Desk) -> None:
    desk.ingest({"haizhou": PAY})
    left = next_generation(desk.data).vectors(desk.encoder.digest)
    left.mkdir()
    (left / "chroma.sqlite3").write_bytes(b"not a database" * 500)
    desk.ingest(BOTH)
    assert len(desk.open().search(QUESTION, limit=100)) == 7


def test_two_updates_do_not_meet(desk: Desk) -> None:
    with update_lock(desk.data), pytest.raises(IndexLockedError, match=str(os.getpid())):
        desk.ingest(BOTH)
    assert desk.ingest(BOTH).rebuilt


def test_a_data_folder_that_cannot_be_made_is_named(desk: Desk) -> None:
    desk.data.write_text("a file stands in the way")
    with pytest.raises(DataFolderError, match="data"):
        desk.ingest(BOTH)


# --- what does not fit ---


def test_no_index_yet(desk: Desk) -> None:
    with pytest.raises(IndexMissingError, match="ingest"):
        desk.open()


def test_another_encoder_is_noticed_by_its_name(desk: Desk) -> None:
    desk.ingest(BOTH)
    with pytest.raises(IndexMismatchError, match=r"hashed.*other"):
        ClauseIndex(desk.data, choice_of(desk.encoder, "other"))


def test_other_weights_of_the_same_name_are_noticed_by_the_first_search(desk: Desk) -> None:
    desk.ingest(BOTH)
    desk.encoder = HashedEncoder(digest="0123456789abcdef")
    with pytest.raises(IndexMismatchError, match="权重"):
        desk.open().search(QUESTION)
    report = desk.ingest(BOTH, rebuild=True)
    assert report.embedded > 0
    assert desk.open().search(QUESTION)


def test_another_dictionary_is_noticed_and_embeds_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.ingest(BOTH)
    words = tmp_path / "words.txt"
    words.write_text("副高级职称评审\n", encoding="utf-8")
    with pytest.raises(IndexMismatchError, match="词典"):
        ClauseIndex(desk.data, choice_of(desk.encoder), dictionary=words)
    sources = write_corpus(desk.texts, BOTH)
    report = update(desk.data, sources, choice_of(desk.encoder), ignore, dictionary=words)
    assert (report.rebuilt, report.embedded) == (True, 0)
    assert ClauseIndex(desk.data, choice_of(desk.encoder), dictionary=words).search(QUESTION)


def test_an_index_of_another_program_version_is_noticed(desk: Desk) -> None:
    desk.ingest(BOTH)
    file = current_generation(desk.data).folder / "manifest.json"
    file.write_text(json.dumps({"format": "0", "left": "by an older version"}), encoding="utf-8")
    with pytest.raises(IndexMismatchError, match="格式"):
        desk.open()


def overwrite_middle(file: Path) -> None:
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 64] = b"\xff" * 64
    file.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "removed": Path.unlink,
    "emptied": lambda file: file.write_bytes(b""),
    "garbage": lambda file: file.write_bytes(b"\x00garbage\xff" * 3000),
    "altered": overwrite_middle,
}

PARTS = [
    "current",
    "manifest.json",
    "clauses.sqlite",
    "arrays/clauses.npy",
    "arrays/starts.npy",
    "lexical/text/vocab.index.json",
    "lexical/text/data.csc.index.npy",
    "vectors-*/chroma.sqlite3",
]

UNSEEN = ("vectors-*/chroma.sqlite3", "altered")
"""ChromaDB writes into its file with every opening, so there is no checksum of it. Scores come from
the arrays, so that the worst it could do is to name fewer candidates."""


@pytest.mark.parametrize(
    ("part", "damage"), [(part, damage) for part in PARTS for damage in DAMAGES if (part, damage) != UNSEEN]
)
def test_damage_is_noticed_and_an_update_repairs_it(desk: Desk, part: str, damage: str) -> None:
    desk.ingest(BOTH)
    with closing(desk.open()) as index:
        expected = index.search(QUESTION)
    [file] = [desk.data / part] if part == "current" else current_generation(desk.data).folder.glob(part)
    DAMAGES[damage](file)
    with pytest.raises(IndexingError, match="ingest"):
        desk.open().search(QUESTION)
    desk.ingest(BOTH, rebuild=True)
    assert desk.open().search(QUESTION) == expected


def test_a_lost_generation_is_noticed(desk: Desk) -> None:
    desk.ingest(BOTH)
    shutil.rmtree(desk.data / "generations")
    with pytest.raises(IndexDamagedError):
        desk.open()
    desk.ingest(BOTH)
    assert desk.open().search(QUESTION)
