"""Office files (.docx, .xlsx) as what they are: a zip of XML parts that relate to each other (ECMA-376).

They are read here and not by the libraries that write them, which leave out text boxes, notes and
tracked changes, and give up on files that Word, Excel and WPS open without complaint.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import NoReturn, Protocol, TypeVar, cast
from xml.etree.ElementTree import Element, TreeBuilder, XMLParser
from zipfile import ZipFile

from assistant.office.model import UploadError

MOST_UNPACKED = 128 * 1024**2
"""Bytes of all parts together: a file of a few kilobytes can hold gigabytes."""

MOST_IN_TREE = 32 * 1024**2
"""Bytes of a part that is held as a tree, which takes some ten times as much; a page of text has about 20,000."""

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ROOT_RELATIONS = "_rels/.rels"
_CHUNK = 1 << 16
_KINDS = {"word": "Word", "spreadsheet": "Excel", "excel": "Excel", "presentation": "PowerPoint"}
"""Kinds of Office files by a word of the content type of their main part."""

SUFFIX = {"Word": ".docx", "Excel": ".xlsx"}


Result = TypeVar("Result", covariant=True)


class Target(Protocol[Result]):
    """What takes the events of an XML parser; ``close`` gives the result."""

    def start(self, tag: str, attributes: dict[str, str], /) -> object: ...
    def end(self, tag: str, /) -> object: ...
    def data(self, text: str, /) -> object: ...
    def close(self) -> Result: ...


class DoctypeError(Exception):
    """A part declares a document type, which Office files never do: it may declare entities that expand."""


class NoDoctype:
    """What a parser's target inherits to refuse document types."""

    def doctype(self, *_declaration: str | None) -> NoReturn:
        """Called by the parser before the first entity could expand."""
        raise DoctypeError


class _Tree(NoDoctype, TreeBuilder):
    """Builds the tree of a part."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A part that another one names."""

    id: str
    kind: str  # the last step of its type: footnotes, header, worksheet, drawing
    part: str


class Package:
    """The parts of an Office file of one ``kind``, Word or Excel. Nothing is unpacked to disk."""

    def __init__(self, data: bytes, name: str, kind: str) -> None:
        self._name = name
        if data.startswith(_OLE):
            raise self._error(*_ole_complaint(data, kind))
        if data.startswith(b"%PDF-"):
            raise self._error("其实是 PDF 文件", "请把扩展名改为 .pdf 后再上传")
        self._zip = ZipFile(BytesIO(data))
        self._parts = {_normal(part.filename): part for part in self._zip.infolist()}
        if (size := sum(part.file_size for part in self._parts.values())) > MOST_UNPACKED:
            raise self._error(
                f"展开后有 {size:,} 字节，超过上限 {MOST_UNPACKED:,} 字节",
                "请删去图片，或拆成几个文件后再上传",
            )
        if any(part.flag_bits & 1 for part in self._parts.values()):
            raise self._error("有密码保护", "请去掉密码后再上传")
        self.main = self._main_part(kind)

    def has(self, part: str) -> bool:
        """Whether the file has a part of this name."""
        return _normal(part) in self._parts

    def tree(self, part: str) -> Element:
        """The XML of a part.

        Raises:
            UploadError: it is too large, or declares a document type.
            KeyError, SyntaxError, BadZipFile, ...: it is missing or damaged.
        """
        if (size := self._parts[_normal(part)].file_size) > MOST_IN_TREE:
            raise self._error(
                f"的正文有 {size:,} 字节，超过上限 {MOST_IN_TREE:,} 字节", "请拆成几个文件后再上传"
            )
        return self.parse(part, _Tree())

    def parse(self, part: str, target: Target[Result]) -> Result:
        """What ``target`` makes of a part, however large."""
        parser = XMLParser(target=target)
        try:
            with self._zip.open(self._parts[_normal(part)]) as stream:
                while chunk := stream.read(_CHUNK):
                    parser.feed(chunk)
            return cast(Result, parser.close())
        except DoctypeError:
            raise self._error(
                "声明了 XML 实体，正常的 Office 文件没有这种内容，为安全起见没有读取",
                "请在 Office 或 WPS 里打开，另存为新文件后再上传",
            ) from None

    def relations(self, part: str) -> Iterator[Relation]:
        """The parts that a part names, in order."""
        folder, base = posixpath.split(part)
        yield from self._relations_in(posixpath.join(folder, "_rels", f"{base}.rels"), folder)

    def _relations_in(self, file: str, folder: str) -> Iterator[Relation]:
        if not self.has(file):
            return
        for relation in self.tree(file):
            if relation.get("TargetMode") != "External":
                target = posixpath.join("/", folder, relation.get("Target", ""))
                kind = relation.get("Type", "").rpartition("/")[2]
                yield Relation(relation.get("Id", ""), kind, _normal(posixpath.normpath(target)))

    def _main_part(self, kind: str) -> str:
        named = (r.part for r in self._relations_in(_ROOT_RELATIONS, "") if r.kind == "officeDocument")
        main = next(named, "")
        found = self._kind_of(main)
        if found == kind:
            return main
        if found in SUFFIX:
            raise self._error(f"其实是 {found} 文件", f"请把扩展名改为 {SUFFIX[found]} 后再上传")
        raise self._error(
            f"是{f' {found} 文件' if found else '一个压缩包'}，不是 {kind} 文件",
            f"请上传其中要核对的文件，或另存为 {SUFFIX[kind]} 后再上传",
        )

    def _kind_of(self, part: str) -> str:
        """Word, Excel or PowerPoint by the declared content type, "" for none of them."""
        if not (part and self.has("[Content_Types].xml")):
            return ""
        types = (
            entry.get("ContentType", "")
            for entry in self.tree("[Content_Types].xml")
            if _normal(entry.get("PartName", "")) == part
        )
        declared = next(types, "")
        return next((kind for word, kind in _KINDS.items() if word in declared), "")

    def _error(self, reason: str, remedy: str) -> UploadError:
        return UploadError(f"文件“{self._name}”{reason}；{remedy}")


def local(name: str) -> str:
    """A tag or attribute without its namespace, which Office writes in a transitional and a strict form."""
    return name.rpartition("}")[2]


def attribute(element: Element, name: str) -> str:
    """The attribute of this local name, "" where there is none."""
    return next((value for key, value in element.attrib.items() if local(key) == name), "")


def child(element: Element, *path: str) -> Element | None:
    """The first descendant down a path of local names."""
    found: Element | None = element
    for name in path:
        found = (
            next((below for below in found if local(below.tag) == name), None) if found is not None else None
        )
    return found


def _normal(part: str) -> str:
    """Part names are the same whatever their case (ECMA-376, part 2); some writers use backslashes."""
    return part.replace("\\", "/").lstrip("/").lower()


def _ole_complaint(data: bytes, kind: str) -> tuple[str, str]:
    """What is wrong with a compound file: an encrypted Office file, or one of the formats before 2007."""
    if _ENCRYPTED in data:
        return "有密码保护", "请去掉打开密码后再上传"
    return (
        "是旧版 Office 或 WPS 格式，只改了扩展名",
        f"请用 Word、Excel 或 WPS 打开，另存为 {SUFFIX[kind]} 后再上传",
    )
