import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from corpus.library import find_sources, load
from corpus.model import ClauseKind, Source
from index.errors import IndexDamagedError, UnknownIdError
from index.store import ClauseStore
from index.store_writer import StoreWriter

PROJECT = Path(__file__).parent.parent
SOURCES = [load(file) for file in find_sources([PROJECT / "corpus" / "texts"])]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("store") / "clauses.sqlite"
    with StoreWriter(file) as writer:
        for source in SOURCES:
            writer.add(source)
    return file


@pytest.fixture
def store(file: Path) -> ClauseStore:
    return ClauseStore(file)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_a_source_comes_back_exactly_as_it_was_parsed(store: ClauseStore, source: Source) -> None:
    assert store.source(source.id) == source


def test_clauses_and_documents_are_found_by_id(store: ClauseStore) -> None:
    clause = store.clause("dalian:五/（十七）")
    assert clause.heading == "职称晋升政策向农村艰苦地区进一步倾斜"
    assert store.document(clause.document_id).number == "大政办发〔2018〕159号"
    assert clause in store.clauses(clause.document_id)


def test_documents_and_clauses_keep_their_order(store: ClauseStore) -> None:
    assert store.documents() == tuple(document for source in SOURCES for document in source.documents)
    for source in SOURCES:
        listed = [clause for document in source.documents for clause in store.clauses(document.id)]
        assert listed == list(source.clauses)


def test_every_clause_has_its_sentences_and_a_section_none(store: ClauseStore) -> None:
    for source in SOURCES:
        for clause in source.clauses:
            texts = [source.clean.text[span.start : span.end] for span in store.sentences(clause.id)]
            if clause.kind is ClauseKind.SECTION:
                assert texts == []
            else:
                assert "".join("".join(texts).split()) == "".join(clause.text.split())


def test_counts_and_digests_go_by_source(store: ClauseStore) -> None:
    assert store.source_digests() == {source.id: source.digest for source in SOURCES}
    assert store.clause_counts() == {"dalian": 26, "jilin": 31}


def test_unknown_ids_are_named(store: ClauseStore) -> None:
    assert store.find_clause("dalian:九") is None
    for ask in (store.clause, store.sentences, store.source, store.document, store.clauses):
        with pytest.raises(UnknownIdError, match="dalian:九"):
            ask("dalian:九")


def test_threads_share_a_store(store: ClauseStore) -> None:
    ids = [clause.id for source in SOURCES for clause in source.clauses] * 20
    with ThreadPoolExecutor(8) as pool:
        assert [clause.id for clause in pool.map(store.clause, ids)] == ids


def test_a_store_survives_the_deletion_of_its_file(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(file.read_bytes())
    store = ClauseStore(copy)
    copy.unlink()
    assert store.clause("jilin:四/（五）/23").source_id == "jilin"


@pytest.mark.parametrize("content", [None, b"garbage" * 2000])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "clauses.sqlite"
    if content:
        file.write_bytes(content)
    with pytest.raises(IndexDamagedError, match=r"clauses\.sqlite"):
        ClauseStore(file).clause("dalian:一")


def test_looking_up_loads_no_model_library() -> None:
    program = (
        "import sys, index.store, index.clause_index; "
        "print(sorted({'numpy', 'chromadb', 'torch', 'bm25s', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, cwd=PROJECT)
    assert done.stdout.decode().strip() == "[]"
