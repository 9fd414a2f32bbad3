"""What differs inside corresponding sentences, to the character."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest
from typing import NamedTuple

from assistant.comparing.matching import Match
from assistant.comparing.model import Change
from corpus.model import Span

_RULE = 8
"""Characters from which words between two marks that one side has more are a rule of their own."""

_MARKS = "，。；：、“”‘’（）,;:.()!?"


class Run(NamedTuple):
    """Characters of two texts that differ; either side may be empty."""

    left: Span
    right: Span

    @property
    def size(self) -> int:
        """Characters of the longer side."""
        return max(self.left.end - self.left.start, self.right.end - self.right.start)

    @property
    def is_addition(self) -> bool:
        """Whether one side has words where the other has none."""
        return self.left.start == self.left.end or self.right.start == self.right.end


def equal_start(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (here, there) in pairs if here != there), min(len(one), len(other)))


def added_rule(text: str, own: Span, other: Span) -> Span | None:
    """What a side has more, between two marks of its text and without them; None where it is less than a rule."""
    span = trimmed(text, own)
    before, behind = text[: span.start][-1:], text[span.end :][:1]
    is_whole = before in _MARKS and behind in _MARKS  # the text's own ends are "" and so in it
    return span if other.start == other.end and is_whole and span.end - span.start >= _RULE else None


def trimmed(text: str, span: Span) -> Span:
    """A span of a text without the marks at its ends."""
    words = text[span.start : span.end]
    start = span.start + len(words) - len(words.lstrip(_MARKS))
    return Span(start, max(start, span.end - len(words) + len(words.rstrip(_MARKS))))


def runs(left: str, right: str) -> list[Run]:
    """Where two texts differ, in order.

    A few equal characters between long differences belong to them: they are equal by chance, and nobody
    could read the result.
    """
    start = equal_start(left, right)
    end = equal_start(left[start:][::-1], right[start:][::-1])
    inner = left[start : len(left) - end], right[start : len(right) - end]
    blocks = SequenceMatcher(None, *inner, autojunk=False).get_matching_blocks()
    equal = [(0, 0, 0), *((block.a, block.b, block.size) for block in blocks)]
    found = (
        Run(Span(start + a + size, start + next_a), Span(start + b + size, start + next_b))
        for (a, b, size), (next_a, next_b, _) in pairwise(equal)
        if (a + size, b + size) != (next_a, next_b)
    )
    return _united(found)


def changes(match: Match, place: int) -> Iterator[Change]:
    """What differs between corresponding sentences; a sentence without counterpart differs as a whole.

    ``place`` is where its words would stand on the other side.
    """
    left, right = match.left, match.right
    if not left.sentences or not right.sentences:
        nowhere = Span(place, place)
        yield from (Change(sentence.span, nowhere) for sentence in left.sentences)
        yield from (Change(nowhere, sentence.span) for sentence in right.sentences)
        return
    for run in runs(left.text, right.text):
        lefts, rights = left.spans(run.left), right.spans(run.right)
        for one, other in zip_longest(lefts, rights):
            yield Change(one or _behind(lefts[-1]), other or _behind(rights[-1]))


def _united(found: Iterable[Run]) -> list[Run]:
    united: list[Run] = []
    for run in found:
        if united and run.left.start - united[-1].left.end < _chance(united[-1], run):
            last = united.pop()
            run = Run(Span(last.left.start, run.left.end), Span(last.right.start, run.right.end))
        united.append(run)
    return united


def _chance(one: Run, other: Run) -> float:
    """How many equal characters between two differences say something: two, and more between long ones."""
    shorter = min(one.size, other.size)
    return max(min(shorter, 2), shorter / 4)


def _behind(span: Span) -> Span:
    return Span(span.end, span.end)
