"""Where corresponding texts name different places, bodies or terms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.comparing.changes import Run, added_rule, equal_start, runs, trimmed
from assistant.comparing.mentions import Naming
from assistant.comparing.model import FactKind
from corpus.model import Span

_KINDS = (FactKind.BODY, FactKind.PLACE, FactKind.TERM)

_LONGEST = 20
"""Characters up to which a difference is one of words; longer ones are other rules."""

_CLAUSE_MARK = re.compile("[,，。;；:：]")


@dataclass(frozen=True, slots=True)
class Named:
    """Words of two texts, of which one side may have none, that name different things in the same place."""

    kind: FactKind
    left: Span
    right: Span


def named_differently(left: Naming, right: Naming) -> Iterator[Named]:
    """Where two texts name different things. That either speaks of its own place is no difference."""
    more = left.more_than(right), right.more_than(left)
    for run in runs(left.text, right.text):
        here, there = left.of(run.left), right.of(run.right)
        telling = [
            mention.kind
            for own, names in ((here, more[0]), (there, more[1]))
            for mention in own
            if mention.name in names
        ]
        if telling and _is_of_words(run, left, right):
            words = _whole_words(run, left, right)
            texts = left.words(words.left), right.words(words.right)
            if texts[0] != texts[1] and all(map(_are_short, texts)):
                yield Named(min(telling, key=_KINDS.index), words.left, words.right)


def _is_of_words(run: Run, left: Naming, right: Naming) -> bool:
    """Whether a difference is more than the own place of each side and less than a rule.

    Where both sides have words, both must name something: they may be quite other rules else.
    """
    here, there = left.of(run.left), right.of(run.right)
    is_own = here and there and all(map(left.is_own, here)) and all(map(right.is_own, there))
    is_rule = added_rule(left.text, run.left, run.right) or added_rule(right.text, run.right, run.left)
    return not is_own and not is_rule and (run.is_addition or bool(here and there))


def _are_short(words: str) -> bool:
    return len(words) <= _LONGEST and not _CLAUSE_MARK.search(words)


def _whole_words(run: Run, left: Naming, right: Naming) -> Run:
    """A difference with all of the words that it is a part of, without marks at its ends.

    Where a side would have none, the words beside it are added: what stands around is equal on both sides.
    """
    met = [(m.span, run.left) for m in left.of(run.left)] + [(m.span, run.right) for m in right.of(run.right)]
    wide = _widened(run, met, left, right)
    if not wide.is_addition:
        return wide
    beside = [(m.span, run.left) for m in left.mentions if m.touches(run.left)]
    beside += [(m.span, run.right) for m in right.mentions if m.touches(run.right)]
    return _widened(run, [*met, *beside], left, right)


def _widened(run: Run, words: Sequence[tuple[Span, Span]], left: Naming, right: Naming) -> Run:
    """A difference with as many equal characters before and behind as words reach beyond their side of it."""
    before = max((own.start - word.start for word, own in words), default=0)
    after = max((word.end - own.end for word, own in words), default=0)
    before = min(
        max(before, 0), equal_start(left.text[: run.left.start][::-1], right.text[: run.right.start][::-1])
    )
    after = min(max(after, 0), equal_start(left.text[run.left.end :], right.text[run.right.end :]))
    return Run(
        trimmed(left.text, Span(run.left.start - before, run.left.end + after)),
        trimmed(right.text, Span(run.right.start - before, run.right.end + after)),
    )
