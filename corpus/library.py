"""The sources of a corpus, read from files and folders and completed from their catalog."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from corpus import places
from corpus.clauses import parse
from corpus.cleaning import clean
from corpus.errors import CatalogError, UnreadableSourceError
from corpus.model import PolicyDocument, Source, Status
from corpus.readers import SUFFIXES, read_text

CATALOG = "catalog.toml"
_CATALOG_FIELDS = {"title", "number", "issuer", "date", "region", "status", "aliases"}

PARSER_VERSION = "4"
"""Part of each source's digest: raise it when the same file would parse differently."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the corpus and its id, not yet read."""

    id: str
    path: Path
    catalog: Path | None


def find_sources(paths: Collection[Path]) -> list[SourceFile]:
    """Files of the corpus below the given files and folders, ordered by id.

    Raises:
        UnreadableSourceError: a path does not exist, a folder holds no text, or two files share an id.
        CatalogError: a catalog is not valid, or has a table for no source.
    """
    found: dict[str, SourceFile] = {}
    for path in paths:
        for source in _files_of(path):
            other = found.setdefault(source.id, source)
            if other.path.resolve() != source.path.resolve():
                raise UnreadableSourceError(
                    f"来源名“{source.id}”重复：“{other.path}”与“{source.path}”；请改名其中一个文件"
                )
    for path in paths:
        _check_catalog_names(path, found.keys())
    return sorted(found.values(), key=lambda source: source.id)


def _check_catalog_names(path: Path, ids: Collection[str]) -> None:
    """Every table of a folder's catalog is for one of its sources."""
    catalog = _catalog(path / CATALOG) if (path / CATALOG).is_file() else {}
    for key in catalog:
        if key.partition("@")[0] not in ids:
            raise CatalogError(
                f"目录文件“{path / CATALOG}”的 [{key}] 没有对应的来源；请改成这些来源名之一：{'、'.join(sorted(ids)[:8])}"
            )


def _files_of(path: Path) -> Iterator[SourceFile]:
    if not path.exists():
        raise UnreadableSourceError(f"路径“{path}”不存在；请检查拼写，或用 ingest 指定政策文件所在的文件夹")
    root = path if path.is_dir() else path.parent
    catalog = root / CATALOG if (root / CATALOG).is_file() else None
    files = [path] if path.is_file() else sorted(filter(_is_text, path.rglob("*")))
    if path.is_file() and path.suffix.lower() not in SUFFIXES:
        raise UnreadableSourceError(f"文件“{path}”的类型不受支持；目前可读取 {'、'.join(SUFFIXES)} 文件")
    if not files:
        raise UnreadableSourceError(
            f"文件夹“{path}”里没有 {'、'.join(SUFFIXES)} 文件；请放入政策文本后再导入"
        )
    for file in files:
        yield SourceFile(file.relative_to(root).with_suffix("").as_posix(), file, catalog)


def _is_text(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and path.is_file() and not path.name.startswith(".")


def digest(source: SourceFile) -> str:
    """SHA-256 over the bytes of the file, its catalog entries and the parser's version."""
    try:
        data = source.path.read_bytes()
    except OSError as error:
        raise UnreadableSourceError(
            f"文件“{source.path}”无法读取：{error.strerror}；请检查路径和权限"
        ) from error
    entries = {key: value for key, value in _catalog(source.catalog).items() if _is_entry_of(key, source.id)}
    return hashlib.sha256(b"\0".join([data, repr(entries).encode(), PARSER_VERSION.encode()])).hexdigest()


def load(source: SourceFile) -> Source:
    """The file read, cleaned and parsed.

    Raises:
        UnreadableSourceError: the file is empty, binary or in an unknown encoding.
        CatalogError: its catalog is not valid.
    """
    original = read_text(source.path)
    cleaned = clean(original, markdown=source.path.suffix.lower() == ".md")
    documents, clauses = parse(source.id, cleaned)
    catalog = _catalog(source.catalog)
    completed = tuple(_completed(document, catalog.get(document.id, {})) for document in documents)
    return Source(source.id, str(source.path), digest(source), original, cleaned, completed, clauses)


@cache
def _read_catalog(path: Path, modified: int) -> dict[str, dict[str, Any]]:  # noqa: ARG001 - part of the cache key
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"目录文件“{path}”不是有效的 TOML：{error}；请按行修正") from error
    for key, entry in entries.items():
        _check_entry(path, key, entry)
    return entries


def _catalog(path: Path | None) -> dict[str, dict[str, Any]]:
    return _read_catalog(path, path.stat().st_mtime_ns) if path else {}


def _check_entry(path: Path, key: str, entry: object) -> None:
    if not isinstance(entry, dict):
        raise CatalogError(f"目录文件“{path}”的“{key}”不是表；请写成 [{key}]")
    for field, value in entry.items():
        if field not in _CATALOG_FIELDS:
            raise CatalogError(
                f"目录文件“{path}”[{key}] 有未知字段“{field}”；可用字段：{'、'.join(sorted(_CATALOG_FIELDS))}"
            )
        if field == "status" and value not in list(Status):
            raise CatalogError(f"目录文件“{path}”[{key}] 的 status “{value}”无效；可用：{'、'.join(Status)}")
        if (
            field == "region"
            and value != places.NATION
            and not (isinstance(value, str) and places.named(value))
        ):
            raise CatalogError(
                f"目录文件“{path}”[{key}] 的 region “{value}”不是已知地名；请写全称，例如 大连市、吉林省、全国"
            )
        if field == "date" and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", str(value)):
            raise CatalogError(
                f"目录文件“{path}”[{key}] 的 date “{value}”无效；请写成 2018-12-31、2018-12 或 2018"
            )
        is_list = isinstance(value, list) and all(isinstance(item, str) for item in value)
        if not (is_list if field == "aliases" else isinstance(value, str)):
            raise CatalogError(
                f"目录文件“{path}”[{key}] 的“{field}”类型不对；请写成{'列表' if field == 'aliases' else '字符串'}"
            )


def _is_entry_of(key: str, source_id: str) -> bool:
    return key == source_id or key.startswith(f"{source_id}@")


def _completed(document: PolicyDocument, entry: dict[str, Any]) -> PolicyDocument:
    """Fields that the text leaves empty are taken from the catalog; its status always is."""
    changes: dict[str, Any] = {}
    for field in fields(document):
        if field.name not in entry:
            continue
        if field.name == "status":
            changes["status"] = Status(entry["status"])
        elif not getattr(document, field.name):
            changes[field.name] = tuple(entry["aliases"]) if field.name == "aliases" else entry[field.name]
    return replace(document, **changes)
