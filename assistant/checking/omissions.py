"""What a quotation that is right word for word leaves out around and between its words that bears on them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from assistant.checking import remarks
from assistant.checking.excerpts import Place, denial_before, is_denied
from assistant.checking.folding import fold
from assistant.checking.passages import Given, Passage
from assistant.checking.tokens import NEGATIVES, Token
from corpus.model import Span

_REACH = 60
_LEAD = re.compile("(?:(?<![圆届充期])满|逾|每|第|(?<![附邻临靠就])近|(?<![违合预签制节条公契解履缔])约)$")
"""What says how a quantity right behind it is meant."""

_BOUND = re.compile(r"(?:至[少多]|最[多少低高])[\u4e00-\u9fff]{0,6}$")
"""What bounds a quantity further on: 至少配置1名."""

_LISTED = re.compile(r"[^，。；：！？\n]*、\s*$")
_EXCEPTED = re.compile("的?(?:除外|不在此限)")
_SENTENCE_END = re.compile(r"[。；！？\n]")
_NO_DENIAL = re.compile("不[断仅但只光单管论同少久]|非[常公]|未[来成]|无[疑论锡线人障]|免[费疫]")
_NO_NUMBER = re.compile("[一两](?![0-9年月日天周岁倍])")


def left_out(given: Given, passage: Passage, place: Place) -> str:
    """What is to be said of it; "" for nothing."""
    said = (
        _before(given, passage, place[0].start),
        _between(passage, place),
        _behind(given, passage, place[-1].end),
    )
    return remarks.joined(said)


def _before(given: Given, passage: Passage, border: int) -> str:
    """That the words depend on some that stand before them, unless the text that quotes has the like."""
    start = _dependence(passage, border)
    before = fold(given.before).text
    words = "" if start is None else passage.folded.text[start:border]
    if start is None or before.endswith(words) or is_denied(before, words):
        return ""
    return remarks.preceded(_words(passage, Span(start, border)))


def _dependence(passage: Passage, border: int) -> int | None:
    """Where words begin that bear on what follows the border: 满|8年, 不得|挪用, 不得截留、|挪用."""
    folded = passage.folded
    words = folded.text[folded.around(border).start : border]
    if lead := _lead(passage, words, border):
        return border - len(words) + lead.start()
    if denial := denial_before(passage, border):
        return denial.start
    at = folded.offsets[border]
    listed = _LISTED.search(passage.text, max(0, at - _REACH), at)
    own = (
        t for t in passage.tokens if t.end <= border and listed and listed.start() <= folded.offsets[t.start]
    )
    return next((token.start for token in own if _is_denial(passage, token)), None)


def _lead(passage: Passage, words: str, border: int) -> re.Match[str] | None:
    """What at the end of ``words`` says how the next quantity behind the border is meant."""
    end = passage.folded.around(border).end
    quantities = (t.start for t in passage.tokens if t.quantity and border <= t.start < end)
    following = next(quantities, None)
    lead = _LEAD.search(words) if following == border else None
    return lead or (_BOUND.search(words) if following is not None else None)


def _between(passage: Passage, place: Place) -> str:
    """What is left out at the marks of omission: numbers, negations, the end of a sentence or a clause."""
    gaps = [Span(first.end, second.start) for first, second in pairwise(place)]
    tokens = [
        token for gap in gaps for token in passage.tokens if gap.start <= token.start and token.end <= gap.end
    ]
    numbers = [token for token in tokens if token.quantity and not _NO_NUMBER.match(token.text)]
    denials = [token for token in tokens if _is_denial(passage, token)]
    labels = dict.fromkeys(
        clause.label for span in place for clause in passage.holding(_original(passage, span))
    )
    return remarks.omitted(
        list(_shown(passage, numbers)),
        list(_shown(passage, denials)),
        list(labels) if gaps and len(labels) > 1 else [],
        has_border=any(_SENTENCE_END.search(_words(passage, gap)) for gap in gaps),
    )


def _behind(given: Given, passage: Passage, border: int) -> str:
    """That what is quoted is excepted from the rule, unless the text that quotes says so, too."""
    match = _EXCEPTED.match(passage.folded.text, border)
    if not match or fold(given.behind).text.startswith(match[0]):
        return ""
    span = _original(passage, Span(border, match.end()))
    return remarks.followed(passage.text[span.start : span.end])


def _is_denial(passage: Passage, token: Token) -> bool:
    return token.text in NEGATIVES and not _NO_DENIAL.match(passage.folded.text, token.start)


def _shown(passage: Passage, tokens: list[Token]) -> Iterator[str]:
    spans = (_original(passage, Span(token.start, token.end)) for token in tokens)
    return iter(dict.fromkeys(passage.text[span.start : span.end] for span in spans))


def _original(passage: Passage, span: Span) -> Span:
    return passage.folded.original(span.start, span.end)


def _words(passage: Passage, span: Span) -> str:
    """The words of the passage with the marks up to the next ones."""
    offsets = (*passage.folded.offsets, len(passage.text))
    return passage.text[offsets[span.start] : offsets[span.end]].strip()
