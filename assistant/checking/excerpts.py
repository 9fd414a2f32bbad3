"""Where a passage has the words of a quotation, and what they are cut from that they do not tell."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.checking.folding import fold
from assistant.checking.model import DifferenceKind
from assistant.checking.passages import Given, Passage
from assistant.checking.tokens import NEGATIVES
from corpus.model import Span

Place = tuple[Span, ...]
"""A span of the folded passage for each part of a quotation."""

_NUMERAL = re.compile(r"[0-9.零〇一二三四五六七八九十百千]{2}")
_ADVERBS = "(?:任何(?:理由|方式|形式|名义|借口)?|有|出现|存在|发生|再|以|将|把|被|对|其|擅自|随意|任意|私自|违规|非法)*"
_DENIALS = sorted((*NEGATIVES, "防止", "避免", "杜绝"), key=len, reverse=True)
_DENIAL = re.compile(
    "(?<!不[得能可])(?!(?<=[无莫要])不$|(?<=有)(?:没有|无)|(?<=[除南北是莫])非|(?<=[淹沉埋])没)"
    rf"(?P<denial>{'|'.join(_DENIALS)}){_ADVERBS}$"
)
"""Behind words that deny what follows: 不得擅自, but not 不得不, 有没有 or 除非."""

_NO_DUTY = frozenset(["不必", "不须", "不需要", "不需", "无需", "无须", "不满", "不足", "免"])
"""Denials that no other one may stand for: 无须 forbids nothing, as 不得 does."""

_TELLING = 5
"""Characters from which a quotation says enough that a negation cut off before it matters."""

_REACH = 12
"""Characters of the longest denial with what may stand behind it."""

_CONTEXT = 2
"""Characters that are shown behind a negation."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Words of the folded passage that the border of a quotation cuts in two: 3名以上, 不得截留.

    ``own`` is what the quotation has of them, or behind a denial as much as is shown; it belongs to its folded text.
    """

    whole: Span
    own: Span
    kind: DifferenceKind


def places(given: Given, passage: Passage) -> Iterator[Place]:
    """Where a passage has the words, parts in order, and nothing is cut off that changes what they say."""
    return _places(given, passage, may_cut=False)


def cut_places(given: Given, passage: Passage) -> Iterator[Place]:
    """Where a passage has the words, whatever is cut off: 70% in 50%-70%, but not 0学时 in 100学时."""
    return _places(given, passage, may_cut=True)


def cuts(given: Given, passage: Passage, place: Place) -> list[Cut]:
    """What the words at a place are cut from."""
    return [cut for part, span in enumerate(place) for cut in _cuts(given, passage, part, span)]


def _cuts(given: Given, passage: Passage, part: int, span: Span) -> Iterator[Cut]:
    yield from cuts_before(given, passage, part, span.start)
    yield from cuts_behind(given, passage, part, span.end)


def cuts_before(given: Given, passage: Passage, part: int, border: int) -> Iterator[Cut]:
    """What a part that begins at ``border`` of the folded passage is cut from, unless the text before has the rest."""
    before = fold(given.before).text if part == 0 else ""
    text, own = passage.folded.text, given.spans[part]
    whole = passage.inner_borders.get(border)
    if whole and not before.endswith(text[whole.start : border]):
        yield Cut(whole, Span(own.start, min(own.start + whole.end - border, own.end)), DifferenceKind.NUMBER)
    denial = None if whole else denial_before(passage, border)
    is_telling = denial is not None and (own.end - own.start >= _TELLING or denial.end > border)
    if denial and is_telling and not is_denied(before, text[denial.start : border]):
        shown = Span(own.start, min(own.start + _CONTEXT, own.end))
        yield Cut(Span(denial.start, border + shown.end - shown.start), shown, DifferenceKind.NEGATION)


def cuts_behind(given: Given, passage: Passage, part: int, border: int) -> Iterator[Cut]:
    """The same for a part that ends at ``border``."""
    behind = fold(given.behind).text if part == len(given.parts) - 1 else ""
    own, whole = given.spans[part], passage.inner_borders.get(border)
    is_begun_in = whole is not None and border - (own.end - own.start) > whole.start
    if whole and not is_begun_in and not behind.startswith(passage.folded.text[border : whole.end]):
        yield Cut(whole, Span(own.end - (border - whole.start), own.end), DifferenceKind.NUMBER)


def _places(given: Given, passage: Passage, *, may_cut: bool) -> Iterator[Place]:
    if not given.parts:
        return
    for first in _occurrences(given, passage, 0, 0, may_cut):
        place = [first]
        for part in range(1, len(given.parts)):
            following = next(_occurrences(given, passage, part, place[-1].end, may_cut), None)
            if following is None:
                return
            place.append(following)
        yield tuple(place)


def _occurrences(given: Given, passage: Passage, part: int, start: int, may_cut: bool) -> Iterator[Span]:
    text, words = passage.folded.text, given.parts[part]
    while (start := text.find(words, start)) >= 0:
        span = Span(start, start + len(words))
        is_split = _splits_number(passage, span.start) or _splits_number(passage, span.end)
        if not is_split and (may_cut or not any(_cuts(given, passage, part, span))):
            yield span
        start += 1


def _splits_number(passage: Passage, border: int) -> bool:
    beside = passage.folded.text[max(0, border - 1) : border + 1]
    return border not in passage.folded.parts and bool(_NUMERAL.fullmatch(beside))


def denial_before(passage: Passage, border: int) -> Span | None:
    """The denial that the words from a border on are cut from: 不得 in 不得|截留 and in 不|得截留."""
    folded = passage.folded
    start = folded.around(border).start
    match = _DENIAL.search(folded.text[:border], max(start, border - _REACH))
    if match:
        return Span(*match.span("denial"))
    index = bisect_left(passage.tokens, border, key=lambda token: token.end)
    token = passage.tokens[index] if start < border and index < len(passage.tokens) else None
    is_split = token is not None and token.text in NEGATIVES and token.start < border < token.end
    return Span(token.start, token.end) if token and is_split else None


def is_denied(before: str, denial: str) -> bool:
    """Whether the words before a quotation deny it, too, as the passage does with ``denial``."""
    match = _DENIAL.search(before)
    own = match["denial"] if match else ""
    return before.endswith(denial) or (bool(own) and not {own, denial} & _NO_DUTY)
