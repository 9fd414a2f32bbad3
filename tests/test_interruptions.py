import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.reference_links import citation_counts
from corpus.errors import UnreadableSourceError
from index.errors import (
    DataFolderError,
    IndexLockedError,
)
from index.generations import next_generation, update_lock
from index.model import PendingSource
from index.updating import update
from tests.hashed_encoder import choice_of
from tests.index_desk import BOTH, QUESTION, Desk, ignore
from tests.small_corpus import PAY, write_corpus

PROJECT = Path(__file__).parent.parent
DIE_WHILE_EMBEDDING = """
import os, sys
from functools import partial
from pathlib import Path
from corpus import library
from index.model import PendingSource
from assistant.reference_links import citation_counts
from index.updating import update
from tests.hashed_encoder import HashedEncoder, choice_of

def die(stage, done, total):
    if stage == "计算向量":
        os._exit(9)

files = library.find_sources([Path(sys.argv[2])])
sources = [PendingSource(file.id, library.digest(file), partial(library.load, file)) for file in files]
update(Path(sys.argv[1]), sources, choice_of(HashedEncoder()), die, references=citation_counts)
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_an_unreadable_source_leaves_the_index_as_it_was(desk: Desk) -> None:
    desk.ingest({"haizhou": PAY})

    def fail() -> None:
        raise UnreadableSourceError("文件“x”是空的")

    sources = [*write_corpus(desk.texts, BOTH), PendingSource("x", "0", fail)]
    with pytest.raises(UnreadableSourceError):
        update(desk.data, sources, choice_of(desk.encoder), ignore, references=citation_counts)
    assert set(desk.open().store.source_digests()) == {"haizhou"}


def test_an_interrupted_update_loses_no_vector_and_shows_nothing(desk: Desk) -> None:
    desk.ingest({"haizhou": PAY})

    def interrupt(stage: str, done: int, total: int) -> None:
        if stage == "计算向量":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.ingest(BOTH, progress=interrupt)
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
    desk.ingest(BOTH)
    assert set(desk.open().store.source_digests()) == {"haizhou", "yunling"}
    assert desk.encoder.passages == []  # they were embedded before the process died


def test_vectors_left_by_an_interruption_are_dropped_where_damaged(desk: Desk) -> None:
    desk.ingest({"haizhou": PAY})
    left = next_generation(desk.data).vectors(desk.encoder.digest)
    left.mkdir()
    (left / "chroma.sqlite3").write_bytes(b"not a database" * 500)
    desk.ingest(BOTH)
    assert len(desk.open().search(QUESTION, limit=100)) == 7


def test_a_full_disk_is_named_and_leaves_the_index_as_it_was(desk: Desk) -> None:
    desk.ingest({"haizhou": PAY})

    def fill_disk(stage: str, done: int, total: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DataFolderError, match="No space left"):
        desk.ingest(BOTH, progress=fill_disk)
    assert set(desk.open().store.source_digests()) == {"haizhou"}


def test_two_updates_do_not_meet(desk: Desk) -> None:
    with update_lock(desk.data), pytest.raises(IndexLockedError, match=str(os.getpid())):
        desk.ingest(BOTH)
    assert desk.ingest(BOTH).rebuilt


def test_a_data_folder_that_cannot_be_made_is_named(desk: Desk) -> None:
    desk.data.write_text("a file stands in the way")
    with pytest.raises(DataFolderError, match="data"):
        desk.ingest(BOTH)
