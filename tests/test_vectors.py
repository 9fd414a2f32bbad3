"""One contract for both places of the vectors: a folder, and a ChromaDB server."""

import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexDamagedError, VectorServerError
from index.vectors import VectorCollection, VectorDatabase, copy_database, settled_files
from tests.chroma_server import running_server

DIM = 16


def unit_vectors(n: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((n, DIM)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def names(n: int) -> list[str]:
    return [f"{number:032x}" for number in range(n)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_server(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(params=["folder", "server"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorDatabase]:
    url = request.getfixturevalue("server") if request.param == "server" else None
    with closing(VectorDatabase(tmp_path / "vectors", url)) as database:
        yield database


@pytest.fixture
def collection(database: VectorDatabase) -> VectorCollection:
    return database.create(f"test-{uuid.uuid4().hex}")


def test_what_was_added_comes_back_in_the_order_asked_for(collection: VectorCollection) -> None:
    vectors = unit_vectors(5)
    collection.add(names(5), vectors)
    wanted = [names(5)[i] for i in (3, 0, 3)]
    assert collection.get(wanted) == pytest.approx(vectors[[3, 0, 3]], abs=1e-6)


def test_missing_names_what_is_not_stored_once(collection: VectorCollection) -> None:
    collection.add(names(3), unit_vectors(3))
    assert collection.missing(["b" * 32, names(3)[1], "a" * 32, "b" * 32]) == ["b" * 32, "a" * 32]


def test_adding_again_neither_doubles_nor_alters(collection: VectorCollection) -> None:
    collection.add(names(3), unit_vectors(3))
    collection.add(names(3), unit_vectors(3, seed=1))
    assert len(collection) == 3
    assert collection.get(names(3)) == pytest.approx(unit_vectors(3), abs=1e-6)


def test_nearest_are_the_ones_of_highest_cosine(collection: VectorCollection) -> None:
    vectors = unit_vectors(300)
    collection.add(names(300), vectors)
    expected = np.argsort(-(vectors @ vectors[42]))[:5]
    assert collection.nearest(vectors[42], 5) == [names(300)[i] for i in expected]


def test_more_can_be_asked_for_than_there_is(collection: VectorCollection) -> None:
    collection.add(names(2), unit_vectors(2))
    assert sorted(collection.nearest(unit_vectors(1)[0], 50)) == names(2)


def test_an_empty_collection_has_nothing_near(collection: VectorCollection) -> None:
    assert collection.nearest(unit_vectors(1)[0], 5) == []


def test_pruning_leaves_no_stale_record(collection: VectorCollection) -> None:
    collection.add(names(40), unit_vectors(40))
    kept = names(40)[::2]
    assert collection.prune(set(kept)) == 20
    assert len(collection) == 20
    assert collection.missing(names(40)) == names(40)[1::2]
    assert set(collection.nearest(unit_vectors(40)[1], 40)) == set(kept)


def test_many_records_go_in_and_out(collection: VectorCollection) -> None:
    n = 2_500
    collection.add(names(n), unit_vectors(n))
    assert collection.get(names(n)) == pytest.approx(unit_vectors(n), abs=1e-6)
    assert collection.prune(set(names(n)[:7])) == n - 7


def test_a_lost_record_is_reported(collection: VectorCollection) -> None:
    collection.add(names(2), unit_vectors(2))
    with pytest.raises(IndexDamagedError, match="缺少 1 条"):
        collection.get(names(3))


def test_a_collection_must_hold_what_the_manifest_says(database: VectorDatabase) -> None:
    database.create("test-size").add(names(2), unit_vectors(2))
    assert len(database.collection("test-size", 2)) == 2
    with pytest.raises(IndexDamagedError, match="应有 3 条"):
        database.collection("test-size", 3)
    with pytest.raises(IndexDamagedError):
        database.collection("test-absent", 0)


def test_records_outlive_the_connection(tmp_path: Path) -> None:
    for size in (0, 3):
        with closing(VectorDatabase(tmp_path)) as database:
            collection = database.create("test-kept")
            assert len(collection) == size
            collection.add(names(3), unit_vectors(3))


def test_a_copy_is_complete_and_stands_alone(tmp_path: Path) -> None:
    with closing(VectorDatabase(tmp_path / "old")) as old:
        source = old.create("test-copy")
        source.add(names(1_200), unit_vectors(1_200))
        copy_database(tmp_path / "old", tmp_path / "new")
        source.prune(set())
    with closing(VectorDatabase(tmp_path / "new")) as new:
        copied = new.collection("test-copy", 1_200)
        assert copied.get(names(1_200)) == pytest.approx(unit_vectors(1_200), abs=1e-6)
        assert copied.nearest(unit_vectors(1)[0], 1) == names(1)


def test_reading_leaves_settled_files_alone(tmp_path: Path) -> None:
    with closing(VectorDatabase(tmp_path)) as database:
        database.create("test-settled").add(names(1_200), unit_vectors(1_200))
    before = {file: file.read_bytes() for file in settled_files(tmp_path)}
    with closing(VectorDatabase(tmp_path)) as database:
        database.collection("test-settled", 1_200).nearest(unit_vectors(1)[0], 10)
    assert before
    assert {file: file.read_bytes() for file in settled_files(tmp_path)} == before


@pytest.mark.parametrize("content", [b"", b"not a database" * 500])
def test_a_damaged_database_is_reported(tmp_path: Path, content: bytes) -> None:
    with closing(VectorDatabase(tmp_path)) as database:
        database.create("test-damaged").add(names(3), unit_vectors(3))
    (tmp_path / "chroma.sqlite3").write_bytes(content)
    with pytest.raises(IndexDamagedError, match="重新导入"):
        VectorDatabase(tmp_path).collection("test-damaged", 3)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "127.0.0.1:8000", "ftp://example.org"])
def test_a_server_that_is_not_there_is_reported(tmp_path: Path, url: str) -> None:
    with pytest.raises(VectorServerError, match="POLICY_CHROMA_URL"):
        VectorDatabase(tmp_path, url)
