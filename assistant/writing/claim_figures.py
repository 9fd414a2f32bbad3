"""Figures of a claim: all must stand in what it cites, with their bounds and for the same thing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.checking.folding import fold
from assistant.checking.tokens import Quantity, tokens
from assistant.premises.passages import around, closeness, pairs
from assistant.writing.claim_dates import DATE
from assistant.writing.claim_references import named_spans
from assistant.writing.claim_text import Statement
from assistant.writing.grounds import Grounds, Sentence
from corpus.model import Span

_COUNTERS = frozenset(["个", "名", "家", "所"])
_STEPS = ("条", "款", "项")
_ARTICLE = re.compile("一(?:个|方|种|项|批|次|件|条|名|所|家)")
_TENS = re.compile("(?<![第统万同唯专逐单进另])[零〇二三四五六七八九十百千]{2,}(?![分足佳])")

_BEFORE = (
    (">=", re.compile(r"(?:不得?(?:少于|低于|小于)|至少|最少|最低|起码|>=|≥)[^,。;:0-9]{0,6}$")),
    ("<=", re.compile(r"(?:不得?(?:超过|高于|多于|大于|晚于)|至多|最多|最高|<=|≤)[^,。;:0-9]{0,6}$")),
    (">", re.compile(r"(?:超过|多于|高于|大于|逾|>)$")),
    ("<", re.compile(r"(?:低于|少于|小于|不足|不满|<)$")),
    ("~", re.compile(r"(?:约|大约|近|左右|将近|接近)$")),
    ("满", re.compile(r"满(?:了|足)?$")),
)
_BEHIND = (
    (">=", re.compile(r"^(?:及其?|或者?|\(含\))?以上|^起步")),
    ("<=", re.compile(r"^(?:及|或)?以下|^(?:[之以])?内|^封顶")),
    ("前", re.compile(r"^(?:[之以])?前")),
    ("后", re.compile(r"^(?:[之以])?后")),
    ("~", re.compile(r"^(?:左右|上下)")),
    (">", re.compile(r"^[多余]")),
)
_SAME_BOUNDS = {("", "满"), (">=", "满"), ("满", ">=")}
_RATE = re.compile(r"(?P<every>每隔?)$|(?P<advance>提前)$")

_SIDE = re.compile("(?P<word>[\u4e00-\u9fff]{2})满?(?P<side>[内外前后])")
_EVERY = re.compile("每[一个]?(?P<unit>[年月周日天])")
_TELLING, _SHARED = 5, 0.4
"""Pairs of characters from which on a part of a claim tells what it is about, and what share of those that it has in
common with any part of the clauses it must have in common with the one that has its figure."""

_SHORT = 8
"""Characters below which a part says little beside its quantity."""

_CLOSER = 0.5
"""How much more of what stands beside a figure another figure of the clause must have to be the one meant."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A quantity as a text states it. ``bound`` is one of >= <= > < ~ 满 前 后 or "" for exactly so much.

    ``rate`` is 每 or 提前 where one stands before it, ``year`` the calendar year that it is stated for.
    """

    words: str
    quantity: Quantity
    bound: str
    rate: str
    span: Span
    year: str = ""

    def is_met_by(self, other: Stated) -> bool:
        """Whether a text that states ``other`` states this."""
        is_bound = self.bound == other.bound or (self.bound, other.bound) in _SAME_BOUNDS
        return self.is_as_much_as(other) and is_bound and self.rate == other.rate

    def is_as_much_as(self, other: Stated) -> bool:
        """Whether both are the same number in the same unit."""
        own, its = self.quantity, other.quantity
        return self.is_counted_like(other) and (own.low, own.high) == (its.low, its.high)

    def is_counted_like(self, other: Stated) -> bool:
        """Whether both have one unit."""
        units = {self.quantity.unit, other.quantity.unit}
        return len(units) == 1 or units <= _COUNTERS


def figures_fault(statement: Statement, grounds: Grounds) -> str:
    """The quantity of a claim that the clauses have not, have with another bound, or have for another thing."""
    for own in quantities(statement.text):
        candidates = [
            (other, sentence) for sentence in grounds.sentences for other in quantities(sentence.text)
        ]
        met = [(other, sentence) for other, sentence in candidates if own.is_met_by(other)]
        if not met:
            return _missing(own, [other for other, _ in candidates])
        of_year = [pair for pair in met if pair[0].year == own.year or not own.year]
        if not of_year:
            return f"“{own.words}”在原文中不是{own.year}年的数字"
        if not _is_about(statement, own, of_year, grounds):
            return f"“{own.words}”在原文中说的是另一事项"
        if rival := _rival(statement, own, of_year, candidates, grounds):
            return f"“{own.words}”在原文中说的是另一事项；这里原文是“{rival.words}”"
    return next((f"数字“{n}”不在所引条款中" for n in _bare_numerals(statement, grounds)), "")


def _missing(own: Stated, others: list[Stated]) -> str:
    same = next((other for other in others if own.is_as_much_as(other)), None)
    if same:
        return f"“{own.words}”与原文“{same.words}”的限定不同"
    return f"“{own.words}”不在所引条款中"


def _is_about(
    statement: Statement, own: Stated, met: list[tuple[Stated, Sentence]], grounds: Grounds
) -> bool:
    """Whether the part of the sentence that has the quantity is one that the part of the claim tells again.

    A grade (二级) measures nothing; it is part of a name.
    """
    beside = set(pairs(_part_at(statement, own)))
    most = max(
        len(beside.intersection(pairs(part.text))) for s in grounds.sentences for part in s.statement.parts
    )
    shared = max(len(beside.intersection(pairs(_part_at(s.statement, other)))) for other, s in met)
    return own.quantity.unit == "级" or most < _TELLING or shared >= _SHARED * most


def _part_at(statement: Statement, stated: Stated) -> str:
    """The part of a text that has a quantity; with the next where it has little else (5年聘任期内，)."""
    parts = statement.parts
    at = next(i for i, p in enumerate(parts) if p.span.start <= stated.span.start < p.span.end)
    return "".join(part.text for part in parts[at : at + (2 if len(parts[at].text) < _SHORT else 1)])


def _rival(
    statement: Statement,
    own: Stated,
    met: list[tuple[Stated, Sentence]],
    every: list[tuple[Stated, Sentence]],
    grounds: Grounds,
) -> Stated | None:
    """Another quantity of the clauses that stands amid the same words, more than the same quantity does."""
    beside = set(pairs(around(statement.text, own.span)))
    frequency = Counter(pairs(grounds.text))

    def nearness(pair: tuple[Stated, Sentence]) -> float:
        return closeness(beside, around(pair[1].text, pair[0].span), frequency)

    best = max(map(nearness, met))
    rivals = [pair for pair in every if own.is_counted_like(pair[0]) and not own.is_as_much_as(pair[0])]
    found = max(rivals, key=nearness, default=None)
    return found[0] if found and nearness(found) > best + _CLOSER else None


def quantities(text: str) -> list[Stated]:
    """The quantities of a text in one spelling; dates, references and mere articles (一个) are none."""
    folded = fold(text)
    taken = [*named_spans(text), *(Span(*match.span()) for match in DATE.finditer(text))]
    found = []
    for token in tokens(folded):
        span = folded.original(token.start, token.end)
        is_taken = any(other.start <= span.start < other.end for other in taken)
        is_step = (
            token.quantity and token.quantity.unit in _STEPS and text[span.start - 1 : span.start] == "第"
        )
        if token.quantity and not is_taken and not is_step:
            stated = _stated(text, span, token.quantity)
            if stated.bound or stated.rate or not _ARTICLE.fullmatch(stated.words):
                found.append(stated)
    return found


def _stated(text: str, span: Span, quantity: Quantity) -> Stated:
    before, behind = text[max(0, span.start - 12) : span.start], text[span.end : span.end + 6]
    bound = next((sign for sign, form in _BEHIND if form.search(behind)), "") or next(
        (sign for sign, form in _BEFORE if form.search(before)), ""
    )
    rate = _RATE.search(before)
    year = _year(text, span)
    return Stated(text[span.start : span.end], quantity, bound, rate[0][:2] if rate else "", span, year)


def _year(text: str, span: Span) -> str:
    """The calendar year that a quantity is stated for: the last before it in its sentence, else the one behind it."""
    start = max(text.rfind(mark, 0, span.start) for mark in "。;\n") + 1
    end = min((at for mark in "。;\n" if (at := text.find(mark, span.end)) >= 0), default=len(text))
    before = [match["year"] for match in DATE.finditer(text, start, span.start)]
    behind = [match["year"] for match in DATE.finditer(text, span.end, end)]
    return before[-1] if before else behind[0] if len(behind) == 1 else ""


def _bare_numerals(statement: Statement, grounds: Grounds) -> Iterator[str]:
    """Chinese numerals without a unit (十九大) that neither the clauses nor their names have."""
    taken = [*named_spans(statement.text), *(own.span for own in quantities(statement.text))]
    for match in _TENS.finditer(statement.text):
        is_taken = any(span.start <= match.start() < span.end for span in taken)
        if not is_taken and match[0] not in grounds.text + grounds.names:
            yield match[0]


def sides_fault(statement: Statement, grounds: Grounds) -> str:
    """A 后 where the clauses have 内 behind the same word: 聘任期满后 for 聘任期内; a 每年 that they have not."""
    for match in _EVERY.finditer(statement.text):
        if not re.search(f"[每逐按][一个]?{match['unit']}|{match['unit']}度", grounds.text):
            return f"“{match[0]}”不在所引条款中"
    stated = [match.groups() for match in _SIDE.finditer(grounds.text)]
    for match in _SIDE.finditer(statement.text):
        sides = {side for word, side in stated if word == match["word"]}
        if sides and match["side"] not in sides:
            return f"“{match[0]}”在原文中是“{match['word']}{'、'.join(sorted(sides))}”"
    return ""
