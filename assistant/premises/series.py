"""Closed series of terms (初级, 中级, 副高级, 正高级): one member in the question, another in the clause."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.premises.passages import Contradiction, Passage, fold, pairs, part_of, sentence_of
from assistant.premises.stance import Stance, stance
from assistant.understanding import Query
from corpus.model import Span

_FILE = Path(__file__).parent.parent / "vocabulary" / "series.toml"
_BEFORE, _AFTER = re.compile("[\u4e00-\u9fff]{1,4}$"), re.compile("^[\u4e00-\u9fff]{1,4}")
"""Characters on either side of a term that tell its place in a rule."""

_FUNCTION = frozenset("的是由在到对从被把给让和与或及等者就都也能可要应须为以于了着过才即")
_TOPIC = 0.35
"""Least share of the question that a sentence must have."""

_LEAD = 0.1
"""How much more of it than any sentence that names another member at a like place."""

_REST = re.compile("(?:[(（]含.{1,4}[)）])?(?:及?以(?P<bound>[上下]))?(?:学历|学位|职称|资格)?")


@dataclass(frozen=True, slots=True)
class Series:
    """Words for the members of a series; ``pattern`` finds them and what means none."""

    ranks: dict[str, frozenset[int]]  # word -> places of its members, from low to high
    pattern: re.Pattern[str]

    def mentions(self, text: str) -> Iterator[Mention]:
        """Members that a text in one spelling names, in order."""
        for match in self.pattern.finditer(text):
            if match[0] in self.ranks:
                rest = _REST.match(text, match.end())
                end = rest.end() if rest else match.end()
                bound = rest["bound"] or "" if rest else ""
                yield Mention(self.ranks[match[0]], Span(match.start(), end), bound)


@dataclass(frozen=True, slots=True)
class Mention:
    """Members, by their places in the series, and where a text names them in one word.

    ``bound`` is 上 or 下 where it includes all members above or below.
    """

    ranks: frozenset[int]
    span: Span
    bound: str


@dataclass(frozen=True, slots=True)
class Likely:
    """A member that a passage may name at the place of the asked one.

    ``likeness`` counts what stands beside both, ``share`` tells how much of the question the sentence has.
    """

    likeness: int
    share: float
    passage: Passage
    stated: Mention

    def is_rivalled_by(self, other: Likely) -> bool:
        """Whether another member fits the place as well."""
        is_other = other.stated.ranks != self.stated.ranks
        return is_other and other.likeness == self.likeness and self.share - other.share < _LEAD


def load(file: Path = _FILE) -> tuple[Series, ...]:
    """The series of a file in the form of ``vocabulary/series.toml``."""
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(
        _series(list(members.values()), table["unmeant"].get(name, []))
        for name, members in table["series"].items()
    )


def _series(members: list[list[str]], unmeant: list[str]) -> Series:
    every = {fold(word) for words in members for word in words}
    ranks = {
        word: frozenset(place for place, words in enumerate(members) if word in map(fold, words))
        for word in every
    }
    longest_first = sorted([*every, *map(fold, unmeant)], key=len, reverse=True)
    return Series(ranks, re.compile("|".join(map(re.escape, longest_first))))


_SERIES = load()


def contradicted(query: Query, passages: Sequence[Passage]) -> Iterator[tuple[Passage, Contradiction]]:
    """What the passages of one place name instead of a member that a statement to confirm names."""
    region = passages[0].evidence.region
    for series in _SERIES:
        for asked in series.mentions(query.text):
            is_stated = stance(query.text, asked.span, region) is Stance.STATED
            found = _counterpart(query, asked, series, passages) if is_stated else None
            if found:
                span = found.stated.span
                words = query.text[asked.span.start : asked.span.end]
                yield found.passage, Contradiction(found.passage.quote[span.start : span.end], words)


def _counterpart(query: Query, asked: Mention, series: Series, passages: Sequence[Passage]) -> Likely | None:
    """The one other member at the same place of the rule, in a sentence that lacks the asked one."""
    found = [
        Likely(
            _likeness(query.text, asked.span, passage.folded, stated.span),
            _share(query, asked, sentence_of(passage.folded, stated.span)),
            passage,
            stated,
        )
        for passage in passages
        for stated in series.mentions(passage.folded)
    ]
    best = max(found, key=lambda item: (item.likeness, item.share), default=None)
    if best is None or best.likeness == 0 or best.share < _TOPIC or not best.passage.is_first:
        return None
    is_single = len(asked.ranks) == len(best.stated.ranks) == 1
    is_clear = not any(best.is_rivalled_by(other) for other in found)
    return best if is_single and is_clear and not _allows(series, best, asked) else None


def _allows(series: Series, likely: Likely, asked: Mention) -> bool:
    """Whether the sentence has the asked member too, or its part one that includes it: 本科及以上学历 for 硕士."""
    folded, stated = likely.passage.folded, likely.stated
    part = part_of(folded, stated.span)
    is_named = any(asked.ranks == other.ranks for other in series.mentions(sentence_of(folded, stated.span)))
    is_there = any(asked.ranks & other.ranks for other in series.mentions(folded[part.start : part.end]))
    is_above = stated.bound == "上" and max(asked.ranks) >= min(stated.ranks)
    is_below = stated.bound == "下" and min(asked.ranks) <= max(stated.ranks)
    return is_named or is_there or is_above or is_below


def _share(query: Query, asked: Mention, sentence: str) -> float:
    """How many pairs of the question's words and their official terms a sentence has, by the question's number."""
    rest = query.text[: asked.span.start] + " " + query.text[asked.span.end :]
    own = set(pairs(query.without_places(rest)))
    meant = own.union(*(pairs(term) for term in query.terms))
    return len(meant & set(pairs(sentence))) / max(1, len(own))


def _likeness(question: str, asked: Span, text: str, stated: Span) -> int:
    """How many characters with a meaning of their own stand beside both; one more for the same head word."""
    has_same_head = question[asked.end - 2 : asked.end] == text[stated.end - 2 : stated.end]
    before = _near(question[: asked.start], _BEFORE) & _near(text[: stated.start], _BEFORE)
    after = _near(question[asked.end :], _AFTER) & _near(text[stated.end :], _AFTER)
    return len(before) + len(after) + has_same_head


def _near(text: str, side: re.Pattern[str]) -> set[str]:
    match = side.search(text)
    return set(match[0]) - _FUNCTION if match else set()
