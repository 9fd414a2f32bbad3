"""Generations: each update writes a numbered folder of its own, which then becomes the current one.

``generations/000007/`` no longer changes once it is complete, and the file ``current`` names the one
in use. So a reader always sees one consistent state, and an interrupted update leaves it alone. An
old generation goes with the last reader that holds it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from index import manifest
from index.errors import DataFolderError, IndexDamagedError, IndexLockedError, IndexMissingError


@dataclass(frozen=True, slots=True)
class Generation:
    """Where the parts of an index lie."""

    folder: Path

    @property
    def store(self) -> Path:
        """SQLite file of sources, documents and clauses."""
        return self.folder / "clauses.sqlite"

    @property
    def lexical(self) -> Path:
        """Folder of the BM25 indexes."""
        return self.folder / "lexical"

    @property
    def arrays(self) -> Path:
        """Folder of the vectors by position."""
        return self.folder / "arrays"

    def vectors(self, encoder_digest: str) -> Path:
        """Folder of the ChromaDB database with the vectors of one encoder."""
        return self.folder / f"vectors-{encoder_digest[:12]}"


def current_generation(data: Path) -> Generation:
    """The generation in use.

    Raises:
        IndexMissingError: the data folder holds no index yet.
        IndexDamagedError: the file ``current`` names none.
    """
    try:
        name = _pointer(data).read_bytes().decode(errors="replace").strip()
    except OSError as error:
        raise IndexMissingError(f"数据文件夹“{data}”里还没有索引；请先导入政策文件（ingest）") from error
    folder = _home(data) / name
    if not name.isdecimal() or not folder.is_dir():
        raise IndexDamagedError(f"“{_pointer(data)}”没有指向任何索引；请重新导入（ingest）以重建")
    return Generation(folder)


def next_generation(data: Path) -> Generation:
    """Where an update writes: it may find there what an interrupted one has left."""
    complete = [int(mark.parent.name) for mark in _home(data).glob(f"[0-9]*/{manifest.FILE}")]
    with suppress(IndexMissingError, IndexDamagedError):
        complete.append(int(current_generation(data).folder.name))
    folder = _home(data) / f"{max(complete, default=0) + 1:06}"
    folder.mkdir(parents=True, exist_ok=True)
    return Generation(folder)


def publish(data: Path, generation: Generation) -> None:
    """Makes a complete generation the current one, in one step, and deletes the others."""
    draft = _pointer(data).with_suffix(".new")
    draft.write_text(generation.folder.name, encoding="utf-8")
    draft.replace(_pointer(data))
    for folder in _home(data).iterdir():
        if folder != generation.folder:
            discard(Generation(folder))


def hold(generation: Generation) -> IO[bytes]:
    """Keeps a generation from being deleted, also by other processes, until the file is closed.

    Raises:
        IndexDamagedError: it is not there, or no longer.
    """
    mark = generation.folder / manifest.FILE
    try:
        file = mark.open("rb")
    except OSError as error:
        raise IndexDamagedError(f"索引文件“{mark}”不见了；请重新导入（ingest）以重建") from error
    fcntl.flock(file, fcntl.LOCK_SH)
    if os.fstat(file.fileno()).st_nlink == 0:
        file.close()
        raise IndexDamagedError(
            f"索引“{generation.folder}”刚刚被新的索引取代；请再试一次，或重新导入（ingest）"
        )
    return file


def discard(generation: Generation) -> None:
    """Deletes a generation that nobody holds."""
    with ExitStack() as stack:
        with suppress(FileNotFoundError):  # it was never completed
            file = stack.enter_context((generation.folder / manifest.FILE).open("rb"))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
        shutil.rmtree(generation.folder, ignore_errors=True)


@contextmanager
def update_lock(data: Path) -> Iterator[None]:
    """Keeps other processes from updating; the lock of a process that died is none.

    Raises:
        IndexLockedError: another process is updating.
        DataFolderError: the data folder cannot be written.
    """
    with _lock_file(data) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise IndexLockedError(
                f"另一个进程（{file.read() or '进程号未知'}）正在更新“{data}”里的索引；请等它完成后再试"
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _lock_file(data: Path) -> IO[str]:
    try:
        data.mkdir(parents=True, exist_ok=True)
        return (data / "lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise DataFolderError(
            f"数据文件夹“{data}”无法写入：{error.strerror}；请检查权限，或用 --data 另选文件夹"
        ) from error


def _home(data: Path) -> Path:
    return data / "generations"


def _pointer(data: Path) -> Path:
    return data / "current"
