"""A reply as it comes in -> statements, each as soon as it is whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from assistant.writing.material import visible
from assistant.writing.model import DraftClaim, Support

_CLAIMS = re.compile(r'"claims"\s*:\s*\[')
_MISSING = re.compile(r'"missing"\s*:\s*("(?:[^"\\]|\\.)*")')
_ENDS = re.compile(r"[}\]]")
"""What a piece has that completes a statement or their list."""
_SEPARATOR = re.compile(r"[\s,]*")
_LABEL = re.compile(r"[\[【（(〔［]?\s*(E\d{1,3})\s*(?:[：:]\s*[“\"「]([^”\"」]+)[”\"」])?\s*[\]】）)〕］]?")
_BULLET = re.compile(r"^\s*(?:[-*·•]|\d{1,2}[.、)）])\s*")
_FENCE = re.compile(r"^\s*```")

MOST = 20
"""Statements of a reply that are read."""

MOST_MISSING = 60
"""Characters of what a model says it misses that are searched for."""

_TEXT = {"type": "string"}


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_SUPPORTS = {"type": "array", "items": _object(label=_TEXT, words=_TEXT)}

SCHEMA = _object(claims={"type": "array", "items": _object(text=_TEXT, supports=_SUPPORTS)}, missing=_TEXT)
"""JSON schema of a reply: statements with what they rest on, and what the model misses, "" where that is nothing."""


class _Support(BaseModel):
    """One piece of evidence as the model names it."""

    label: str
    words: str = ""


class _Claim(BaseModel):
    """One statement as the model writes it."""

    text: str
    supports: tuple[_Support, ...] = ()


class StatementReader:
    """Reads one reply. A model that writes no JSON is read line by line: 聘期为5年。[E1：“聘期5年”]."""

    def __init__(self) -> None:
        self._text = ""
        self._at = 0  # how far the array of statements is read
        self._is_done = False
        self._count = 0

    @property
    def missing(self) -> str:
        """What the model would need to have looked for."""
        found = _MISSING.search(self._text)
        try:
            return visible(json.loads(found[1])).strip()[:MOST_MISSING] if found else ""
        except ValueError:  # half of an escape
            return ""

    @property
    def is_cut(self) -> bool:
        """Whether the reply ends before its list of statements does."""
        return bool(self._at) and not self._is_done

    def feed(self, chunk: str) -> Iterator[DraftClaim]:
        """The statements that the next piece of the reply completes."""
        self._text += chunk
        if not self._at and (start := _CLAIMS.search(self._text)):
            self._at = start.end()
        if _ENDS.search(chunk):
            yield from self._counted(self._objects())

    def finish(self) -> Iterator[DraftClaim]:
        """The statements of a reply that is no JSON."""
        if not self._at and not self._text.lstrip().startswith(("{", "[")):
            yield from self._counted(self._lines())

    def _counted(self, claims: Iterator[DraftClaim]) -> Iterator[DraftClaim]:
        for claim in claims:
            self._count += 1
            if self._count <= MOST:
                yield claim

    def _objects(self) -> Iterator[DraftClaim]:
        while self._at and not self._is_done:
            at = _end(_SEPARATOR, self._text, self._at)
            if at == len(self._text):
                return
            if self._text[at] == "]":
                self._is_done = True
                return
            try:
                value, self._at = json.JSONDecoder().raw_decode(self._text, at)
            except (ValueError, RecursionError):  # not whole yet
                return
            if claim := _claim(value):
                yield claim

    def _lines(self) -> Iterator[DraftClaim]:
        for line in self._text.splitlines():
            supports = tuple(Support(match[1], match[2] or "") for match in _LABEL.finditer(line))
            text = _BULLET.sub("", _LABEL.sub("", line)).strip()
            if text and supports and not _FENCE.match(line):
                yield DraftClaim(_encodable(text), supports)


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _claim(value: Any) -> DraftClaim | None:
    try:
        claim = _Claim.model_validate(value)
    except ValidationError:
        return None
    supports = tuple(Support(s.label.strip(), _encodable(s.words)) for s in claim.supports)
    return DraftClaim(_encodable(claim.text), supports)


def _encodable(text: str) -> str:
    """What a model writes may hold halves of surrogate pairs, which no file can. They are left out."""
    return text.encode(errors="ignore").decode()
