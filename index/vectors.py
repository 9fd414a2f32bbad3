"""Vectors in ChromaDB: collections of records that never change, each an id and a unit vector."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence, Set
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import chromadb
import httpx
import numpy as np
from chromadb.api.client import Client
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError
from numpy.typing import NDArray

from index.errors import DataFolderError, IndexDamagedError, IndexingError, VectorServerError

_BATCH = 1000
"""Records a call: ChromaDB takes 5,461 at most, as many as SQLite has variables for."""

_DATABASE = "chroma.sqlite3"


def collection_name(kind: str, encoder_digest: str) -> str:
    """Name of the collection with the vectors of ``clauses`` or ``sentences`` of one encoder."""
    return f"{kind}-{encoder_digest[:12]}"


class VectorDatabase:
    """The collections in a folder, or on a ChromaDB server where ``url`` names one.

    Raises:
        IndexDamagedError: the files in the folder are not those of ChromaDB.
        VectorServerError: the server does not answer.
    """

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self._place = url or str(folder)
        self._is_server = url is not None
        with self._explained():
            self._client = _connect(url) if url else _open(folder)

    def create(self, name: str) -> VectorCollection:
        """The collection of this name, empty where it is new."""
        with self._explained():
            made = self._client.get_or_create_collection(
                name, configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
            )
        return VectorCollection(self, made)

    def collection(self, name: str, size: int) -> VectorCollection:
        """The collection of this name, which must hold ``size`` records or more.

        Raises:
            IndexDamagedError: there is none, or records are missing.
        """
        with self._explained():
            found = VectorCollection(self, self._client.get_collection(name, embedding_function=None))
        if len(found) < size:
            raise IndexDamagedError(
                f"向量库“{self._place}”应有 {size} 条记录，只有 {len(found)} 条；请重新导入（ingest）以重建"
            )
        return found

    def close(self) -> None:
        """Releases the files or the connection."""
        self._client.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (ChromaError, httpx.HTTPError) as error:
            raise self._error(error) from error

    def _error(self, error: Exception) -> IndexingError:
        if not self._is_server:
            return IndexDamagedError(f"向量库“{self._place}”已损坏：{error}；请重新导入（ingest）以重建")
        if isinstance(error, NotFoundError):
            return IndexDamagedError(
                f"向量服务器 {self._place} 上没有本索引的向量；请重新导入（ingest）以重建"
            )
        return VectorServerError(
            f"向量服务器 {self._place} 出错：{error}；请检查 POLICY_CHROMA_URL 和服务器状态"
        )


class VectorCollection:
    """Records of one kind. All vectors have unit length; nearness is the cosine."""

    def __init__(self, database: VectorDatabase, collection: Collection) -> None:
        self._explained = database._explained
        self._collection = collection

    def __len__(self) -> int:
        with self._explained():
            return self._collection.count()

    def missing(self, ids: Sequence[str]) -> list[str]:
        """Those of ``ids`` that are not stored, each once, in the order given."""
        wanted = list(dict.fromkeys(ids))
        stored: set[str] = set()
        for batch in _batches(wanted):
            with self._explained():
                stored.update(self._collection.get(ids=batch, include=[])["ids"])
        return [id_ for id_ in wanted if id_ not in stored]

    def add(self, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Stores records; ``vectors`` is ``[len(ids), dim]``. An id that is stored already stays as it is."""
        for start in range(0, len(ids), _BATCH):
            part = slice(start, start + _BATCH)
            with self._explained():
                self._collection.add(ids=list(ids[part]), embeddings=vectors[part])

    def get(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of the records in the order of ``ids``: float32 ``[len(ids), dim]``.

        Raises:
            IndexDamagedError: a record is not there.
        """
        found: dict[str, NDArray[np.float32]] = {}
        for batch in _batches(list(dict.fromkeys(ids))):
            with self._explained():
                answer = self._collection.get(ids=batch, include=["embeddings"])
            found.update(zip(answer["ids"], np.asarray(answer["embeddings"], np.float32), strict=True))
        lost = [id_ for id_ in ids if id_ not in found]
        if lost:
            raise IndexDamagedError(
                f"向量库“{self._collection.name}”缺少 {len(lost)} 条记录；请重新导入（ingest）以重建"
            )
        return np.stack([found[id_] for id_ in ids])

    def nearest(self, vector: NDArray[np.float32], n: int) -> list[str]:
        """Ids of about the ``n`` nearest records, nearest first; approximate in large collections."""
        with self._explained():
            answer = self._collection.query(query_embeddings=vector[np.newaxis], n_results=n, include=[])
        return answer["ids"][0]

    def prune(self, keep: Set[str]) -> int:
        """Deletes every record but those to keep; how many went."""
        with self._explained():
            stored = self._collection.get(include=[])["ids"]
            stale = [id_ for id_ in stored if id_ not in keep]
            for batch in _batches(stale):
                self._collection.delete(ids=batch)
        return len(stale)


def copy_database(source: Path, target: Path) -> None:
    """Copies a database folder that other processes may have open for reading.

    Raises:
        IndexDamagedError: the files in ``source`` are not those of ChromaDB.
    """
    _check_database(source)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(f"{_DATABASE}*"), dirs_exist_ok=True)
    with (
        closing(sqlite3.connect(source / _DATABASE)) as old,
        closing(sqlite3.connect(target / _DATABASE)) as new,
    ):
        old.backup(new)


def settled_files(folder: Path) -> list[Path]:
    """Files of a database folder that ChromaDB does not alter by opening it.

    It always writes a line into its SQLite file, and anew the vectors that have not yet been
    moved out of that file (fewer than a thousand in a collection).
    """
    return [file for mark in folder.glob("*/index_metadata.pickle") for file in mark.parent.iterdir()]


def _open(folder: Path) -> Client:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataFolderError(
            f"数据文件夹“{folder}”无法写入：{error.strerror}；请检查权限，或用 --data 另选文件夹"
        ) from error
    _check_database(folder)
    return cast(Client, chromadb.PersistentClient(folder, settings=_settings()))


def _check_database(folder: Path) -> None:
    """Looks at the SQLite file first: ChromaDB would go on handing out a client that failed to open."""
    file = folder / _DATABASE
    if not file.exists():
        return
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            [(verdict,)] = database.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as error:
        verdict = str(error)
    if verdict != "ok":
        raise IndexDamagedError(f"向量库“{file}”已损坏：{verdict}；请重新导入（ingest）以重建")


def _connect(url: str) -> Client:
    address = urlsplit(url)
    is_secure = address.scheme == "https"
    if address.scheme not in ("http", "https") or not address.hostname:
        raise VectorServerError(f"向量服务器地址“{url}”无效；请写成 http://主机:端口（POLICY_CHROMA_URL）")
    port = address.port or (443 if is_secure else 8000)
    try:
        client = chromadb.HttpClient(address.hostname, port, ssl=is_secure, settings=_settings())
    except ValueError as error:  # what the client raises when nobody answers
        raise VectorServerError(
            f"向量服务器 {url} 无法连接：{error}；请检查 POLICY_CHROMA_URL 和服务器状态"
        ) from error
    return cast(Client, client)


def _settings() -> Settings:
    """No telemetry, and nothing from a file ``.env`` that lies in the working folder by chance."""
    return Settings(anonymized_telemetry=False, _env_file=None)  # type: ignore[call-arg]


def _batches(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
