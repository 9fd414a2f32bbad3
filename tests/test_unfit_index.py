import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from index.clause_index import ClauseIndex
from index.errors import (
    IndexDamagedError,
    IndexingError,
    IndexMismatchError,
    IndexMissingError,
)
from index.generations import current_generation
from tests.hashed_encoder import HashedEncoder, choice_of
from tests.index_desk import BOTH, QUESTION, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


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
    report = desk.ingest(BOTH, dictionary=words)
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
