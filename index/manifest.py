"""The manifest of an index: what it was made from and with, and the state of its files."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from index.errors import IndexDamagedError, IndexMismatchError
from index.model import PendingSource
from index.rows import schema

FILE = "manifest.json"

FORMAT = f"4-{schema()}"
"""Layout of an index. The second part follows the stored classes; raise the first with the files."""

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was made from and with. ``files`` holds size and CRC-32 by path."""

    encoder: str
    encoder_digest: str
    dictionary_digest: str
    corpus_digest: str
    sources: int
    clauses: int  # that can be found
    sentences: int
    clause_records: int
    sentence_records: int
    created: str  # ISO 8601, UTC
    files: Mapping[str, tuple[int, int]]
    format: str = FORMAT

    def write(self, folder: Path) -> None:
        """Writes the manifest: the last file of an index, which makes it complete."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        (folder / FILE).write_text(text, encoding="utf-8")

    def check(self, encoder: str, dictionary_digest: str) -> None:
        """Compares with the settings of today.

        Raises:
            IndexMismatchError: the index was made with another encoder or dictionary.
        """
        if self.encoder != encoder:
            raise IndexMismatchError(
                f"索引是用编码器“{self.encoder}”建立的，而现在的设置是“{encoder}”；请重新导入（ingest）以重建"
            )
        if self.dictionary_digest != dictionary_digest:
            raise IndexMismatchError("索引建立之后，分词词典有了改动；请重新导入（ingest）以重建")

    def fits(self, encoder: str, dictionary_digest: str, corpus: str) -> bool:
        """Whether an index of this encoder, dictionary and corpus would be the same."""
        mine = (self.encoder, self.dictionary_digest, self.corpus_digest)
        return mine == (encoder, dictionary_digest, corpus)

    def check_encoder(self, digest: str) -> None:
        """Compares with the encoder that was loaded.

        Raises:
            IndexMismatchError: it bears the same name, but other weights.
        """
        if self.encoder_digest != digest:
            raise IndexMismatchError(
                f"编码器“{self.encoder}”的权重与建立索引时不同（{self.encoder_digest[:12]} → {digest[:12]}）；"
                "请重新导入（ingest）以重建"
            )

    def check_files(self, folder: Path, only: Path | None = None) -> None:
        """Compares the files of the index, or ``only`` one of them, with their recorded sizes and checksums.

        Raises:
            IndexDamagedError: one is missing, or not as it was written.
        """
        for name, state in self.files.items():
            file = folder / name
            if only is None or file == only:
                _check_file(file, tuple(state))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the index in ``folder``.

    Raises:
        IndexMismatchError: another version of this program has written it.
        IndexDamagedError: it is missing or cannot be read.
    """
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        found = content["format"]
        if found == FORMAT:
            return Manifest(**content)
    except OSError as error:
        raise _damaged(folder / FILE, error.strerror or "无法读取") from error
    except (ValueError, TypeError, LookupError) as error:
        raise _damaged(folder / FILE, "不是有效的清单") from error
    raise IndexMismatchError(f"索引的格式是 {found}，本程序使用 {FORMAT}；请重新导入（ingest）以重建")


def corpus_digest(sources: Iterable[PendingSource]) -> str:
    """Changes with every source that is added, altered or removed."""
    lines = sorted(f"{source.id}\t{source.digest}" for source in sources)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def file_states(folder: Path, files: Iterable[Path]) -> dict[str, tuple[int, int]]:
    """Size and CRC-32 of files below ``folder``."""
    return {file.relative_to(folder).as_posix(): _state(file) for file in sorted(files)}


def _check_file(file: Path, state: tuple[int, ...]) -> None:
    try:
        found = _state(file)
    except OSError as error:
        raise _damaged(file, error.strerror or "无法读取") from error
    if found != state:
        raise _damaged(file, "内容与建立时不同")


def _state(file: Path) -> tuple[int, int]:
    size = checksum = 0
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            checksum = zlib.crc32(chunk, checksum)
    return size, checksum


def _damaged(file: Path, reason: str) -> IndexDamagedError:
    return IndexDamagedError(f"索引文件“{file}”已损坏：{reason}；请重新导入（ingest）以重建")
