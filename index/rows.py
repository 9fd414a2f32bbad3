"""The dataclasses of the corpus as JSON, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from corpus.model import Clause, CleanText, PolicyDocument, Span
from corpus.references import Reference

T = TypeVar("T")

LARGEST = 1_000_000_000
"""Numbers of clauses beyond this are stored and looked for as this one; no real clause has it."""


@dataclass(frozen=True, slots=True)
class TextOfSource:
    """A source without its documents and clauses."""

    id: str
    path: str
    digest: str
    original: str
    clean: CleanText


@dataclass(frozen=True, slots=True)
class SpanList:
    """Spans in text order."""

    spans: tuple[Span, ...]


def encode(value: object) -> str:
    """JSON of a frozen dataclass made of strings, numbers, enums, tuples and dataclasses, or None for one of these."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def decode(kind: type[T], text: str) -> T:
    """The value that :func:`encode` took."""
    read: Callable[[Any], T] = _reader(cast(Any, kind))
    return read(json.loads(text))


def schema() -> str:
    """Digest of the stored classes' fields; another program version may store others."""
    kinds = (TextOfSource, PolicyDocument, Clause, SpanList, Reference)
    return hashlib.sha256("\n".join(map(_describe, kinds)).encode()).hexdigest()[:12]


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return [_plain(getattr(value, name)) for name in _hints(type(value))]
    return value.value if isinstance(value, Enum) else value


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """What turns the plain form of ``kind`` back into it."""
    if get_origin(kind) is tuple:
        item = _reader(get_args(kind)[0])
        return lambda values: tuple(map(item, values))
    if is_dataclass(kind) and isinstance(kind, type):
        readers = [_reader(hint) for hint in _hints(kind).values()]
        return lambda values: kind(*[read(value) for read, value in zip(readers, values, strict=True)])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if get_origin(kind) is UnionType:  # X | None
        read = _reader(get_args(kind)[0])
        return lambda value: None if value is None else read(value)
    return lambda value: value


@cache
def _hints(kind: type) -> dict[str, Any]:
    """Types of the fields, by name."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _describe(kind: Any) -> str:
    if get_origin(kind) is tuple:
        return f"({_describe(get_args(kind)[0])}*)"
    if get_origin(kind) is UnionType:
        return f"{_describe(get_args(kind)[0])}?"
    if is_dataclass(kind) and isinstance(kind, type):
        return (
            f"{kind.__name__}({','.join(f'{name}:{_describe(hint)}' for name, hint in _hints(kind).items())})"
        )
    return getattr(kind, "__name__", str(kind))
