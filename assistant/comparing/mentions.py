"""The places, bodies and terms that a text names."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assistant.comparing.model import FactKind
from assistant.premises import series
from assistant.premises.bodies import bodies
from assistant.premises.passages import fold
from corpus import places
from corpus.model import Span

_TABLE = tomllib.loads(
    (Path(__file__).parent.parent / "vocabulary" / "differences.toml").read_text(encoding="utf-8")
)
_PLACE, _TERM = (re.compile("|".join(map(fold, _TABLE[name]["words"]))) for name in ("place", "term"))
_SERIES = series.load()


@dataclass(frozen=True, slots=True)
class Mention:
    """A place, body or term at ``span`` of a text. Mentions of one ``name`` mean the same."""

    kind: FactKind
    span: Span
    name: str

    def meets(self, words: Span) -> bool:
        """Whether it has some of the words, or stands on both sides of where there are none."""
        return self.span.start < words.end and words.start < self.span.end

    def touches(self, words: Span) -> bool:
        """Whether it stands right beside the words."""
        return self.span.end == words.start or words.end == self.span.start


@dataclass(frozen=True)
class Naming:
    """A text in one spelling with what it names; ``region`` is the place that its document binds."""

    text: str
    region: str

    @cached_property
    def mentions(self) -> list[Mention]:
        """All that it names."""
        return [*_bodies(self.text), *_places(self.text), *_terms(self.text)]

    def words(self, span: Span) -> str:
        """The text of a span."""
        return self.text[span.start : span.end]

    def of(self, words: Span) -> list[Mention]:
        """What the words name, as a whole or in part."""
        return [mention for mention in self.mentions if mention.meets(words)]

    def more_than(self, other: Naming) -> set[str]:
        """Names that it has more often than another text."""
        counts = Counter(mention.name for mention in self.mentions)
        counts.subtract(mention.name for mention in other.mentions)
        return {name for name, count in counts.items() if count > 0}

    def is_own(self, mention: Mention) -> bool:
        """Whether a mention means the place that the document binds: 大连, 我市."""
        return mention.name in (self.region, *(f"{whose}{self.region[-1:]}" for whose in "全本我该"))


def _bodies(text: str) -> list[Mention]:
    return [Mention(FactKind.BODY, body.span, body.field) for body in bodies(text)]


def _places(text: str) -> list[Mention]:
    found = [(Span(m.start, m.start + len(m.text)), m.place.name) for m in places.mentions(text)]
    found += [(Span(*match.span()), match[0]) for match in _PLACE.finditer(text)]
    return [Mention(FactKind.PLACE, span, name) for span, name in found]


def _terms(text: str) -> list[Mention]:
    spans = [found.span for one in _SERIES for found in one.mentions(text)]
    spans += [Span(*match.span()) for match in _TERM.finditer(text)]
    return [Mention(FactKind.TERM, span, text[span.start : span.end]) for span in spans]
