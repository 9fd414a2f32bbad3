"""Which parts of the cited sentences a claim tells again, and the words that join and limit."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.premises.passages import pairs
from assistant.writing.claim_text import Part, Statement
from assistant.writing.grounds import Sentence

WORDS = tomllib.loads(Path(__file__).with_name("claim_words.toml").read_text(encoding="utf-8"))


def patterns(table: str) -> dict[str, re.Pattern[str]]:
    """The expressions of a table, one pattern by name."""
    return {name: re.compile("|".join(forms)) for name, forms in WORDS[table].items()}


JOINING = patterns("joining")["words"]

OPENING = re.compile("(?:[的时后者下]|人员|医生|医师|人才|学员|毕业生|学生|单位|机构|基地|诊所)$")
"""A part of a sentence that tells for whom or when the next holds."""

_MOSTLY = 0.4
"""Share of the pairs of a part of a sentence that a claim must have to tell all of it."""

LEAST = 2
"""Pairs of characters that a part must have in common with one of a claim."""


@dataclass(frozen=True, slots=True)
class Told:
    """A part of a claim and the parts of sentences that it tells again, the likest first."""

    part: Part
    sources: tuple[tuple[Sentence, Part], ...]

    @property
    def source(self) -> Part:
        """The likest part."""
        return self.sources[0][1]

    @property
    def whole(self) -> tuple[Part, ...]:
        """Those of which the claim has most."""
        own = set(pairs(self.part.text))
        return tuple(
            part
            for _, part in self.sources
            if len(own & (its := set(pairs(part.text)))) >= _MOSTLY * len(its)
        )

    @property
    def beside(self) -> tuple[tuple[Sentence, Part], ...]:
        """The likest part, others of its sentence, and those of which the claim has most."""
        sentence = self.sources[0][0]
        return tuple(item for item in self.sources if item[0] is sentence or item[1] in self.whole)

    @property
    def stretch(self) -> str:
        """What the sentence of the likest part has from the first to the last part that is told again."""
        sentence = self.sources[0][0]
        own = [part.span for other, part in self.sources if other is sentence]
        return sentence.text[min(span.start for span in own) : max(span.end for span in own)]

    @property
    def text(self) -> str:
        """The likest parts together."""
        return ",".join(part.text for _, part in self.sources)


def told(statement: Statement, sentences: Sequence[Sentence]) -> Iterator[Told]:
    """The parts of a claim that tell parts of sentences again."""
    every = [(s, part, set(pairs(part.text))) for s in sentences for part in s.statement.parts]
    for part in statement.parts:
        if sources := tuple(_retold(set(pairs(part.text)), every)):
            yield Told(part, sources)


def _retold(
    left: set[str], every: Sequence[tuple[Sentence, Part, set[str]]]
) -> Iterator[tuple[Sentence, Part]]:
    """Parts of sentences until none has enough of what is left, each time the one that has most of it."""
    first: Sentence | None = None
    while every:
        sentence, part, own = max(every, key=lambda item: _likeness(left, item[2], item[0] is first))
        if len(left & own) < LEAST:
            return
        yield sentence, part
        first = first or sentence
        left = left - own


def _likeness(left: set[str], own: set[str], is_same_sentence: bool) -> float:
    return len(left & own) * (1.5 if is_same_sentence else 1) - 0.01 * len(own - left)
