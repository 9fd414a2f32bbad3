"""Amounts, periods and dates of corresponding sentences that differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.comparing.model import FactKind
from assistant.premises.passages import around, pairs
from assistant.premises.quantities import Quantity, Role, quantities
from corpus.model import Span
from corpus.numerals import HAN_NUMERAL, to_int

_PERIODS = ("年", "个月", "天", "周", "学时", "小时")
_MEASURES = "万元|亿元|元|平方米|公里|海里|米|公顷|亩|吨|公斤|千克|克|立方米|升|人次|次|件|台|辆|艘|架|份|张|篇|户|票|股|倍"
_MEASURED = re.compile(
    rf"(?<![第0-9.])(?P<number>[0-9]+(?:\.[0-9]+)?|{HAN_NUMERAL})(?P<unit>万?(?:{_MEASURES}))"
)
"""What laws measure beside the quantities that questions ask for."""

_ARTICLE = re.compile(f"一(?:名|个|家|所|位|人|方|{_MEASURES})")
_NUMERALS = "0-9.〇零一二两三四五六七八九十百千万亿"
_BEFORE = re.compile(
    f"(?:不少于|不低于|不超过|不得少于|不得低于|不得超过|至少|至多|最多|超过|未满|满|近|约)?[{_NUMERALS}]*$"
)
_DATED = re.compile("(?P<since>自|从)?(?P<year>(?:19|20)[0-9]{2})年[0-9]{1,2}月(?:[0-9]{1,2}日)?(?P<on>起)?")
_AFTER = re.compile("(?:工作日)?(?:及?以[内上下]|之?内|左右)?")

_BESIDE = 0.15
"""Share of the words beside two quantities that must be the same where they stand for one thing."""

_FORM = 0.25
"""What it counts that both are written in one form: 3名以上, 2名以上."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity with the words that limit it (不少于, 以上) and what tells what it is about."""

    quantity: Quantity
    span: Span
    text: str
    form: str  # without its numbers
    beside: frozenset[str]

    @property
    def kind(self) -> FactKind:
        """Period, date or plain number."""
        if self.quantity.role in (Role.UNTIL, Role.SINCE):
            return FactKind.DATE
        is_period = (
            self.quantity.unit in _PERIODS or self.quantity.role is Role.FREQUENCY or "工作日" in self.text
        )
        return FactKind.PERIOD if is_period else FactKind.NUMBER

    def measures_like(self, other: Amount) -> bool:
        """Whether both can stand for the same thing: 五千元 and 一万元, 六个月 and 一年."""
        is_same_year = not self.year or not other.year or self.year == other.year
        return (self._measure, self.quantity.role) == (other._measure, other.quantity.role) and is_same_year

    @property
    def _measure(self) -> str:
        return "" if self.kind is FactKind.PERIOD else self.quantity.unit.lstrip("万亿")

    @property
    def year(self) -> str:
        """The calendar year named before, if any."""
        return "" if self.kind is FactKind.DATE else self.quantity.year


def amounts(text: str) -> list[Amount]:
    """Quantities of a text in one spelling, in order; 一个 and the like, which count nothing, are none."""
    found: list[Quantity] = []
    for reader in (_dated, quantities, _measured):
        found += [one for one in reader(text) if not any(_overlap(one.span, other.span) for other in found)]
    found.sort(key=lambda one: one.span.start)
    return [_amount(text, one) for one in found if not _ARTICLE.fullmatch(one.text)]


def unequal(left: Sequence[Amount], right: Sequence[Amount]) -> Iterator[tuple[Amount | None, Amount | None]]:
    """Amounts that stand for the same thing and differ, and those that only one side has."""
    partner: dict[int, int] = {}
    fits = [(_fit(one, other), -i, -j) for i, one in enumerate(left) for j, other in enumerate(right)]
    for fit, i, j in sorted(fits, reverse=True):
        if fit > 0 and -i not in partner and -j not in partner.values():
            partner[-i] = -j
    for at, one in enumerate(left):
        other = right[partner[at]] if at in partner else None
        if other is None or one.text != other.text:
            yield one, other
    taken = set(partner.values())
    yield from ((None, other) for at, other in enumerate(right) if at not in taken)


def _dated(text: str) -> Iterator[Quantity]:
    for match in _DATED.finditer(text):
        role = Role.SINCE if match["since"] or match["on"] else Role.UNTIL
        year = float(match["year"])
        yield Quantity(match[0], Span(*match.span()), year, year, "公历年", role)


def _measured(text: str) -> Iterator[Quantity]:
    for match in _MEASURED.finditer(text):
        number = match["number"]
        value = float(number) if number.isascii() else float(to_int(number))
        yield Quantity(match[0], Span(*match.span()), value, value, match["unit"], Role.AMOUNT)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _amount(text: str, quantity: Quantity) -> Amount:
    span = quantity.span
    if quantity.role not in (Role.UNTIL, Role.SINCE):
        before, after = _BEFORE.search(text[: span.start]), _AFTER.match(text, span.end)
        span = Span(before.start() if before else span.start, after.end() if after else span.end)
    words = text[span.start : span.end]
    form = re.sub(f"[{_NUMERALS}]+", "N", words)
    return Amount(quantity, span, words, form, frozenset(pairs(around(text, span))))


def _fit(one: Amount, other: Amount) -> float:
    """How likely both stand for the same thing, 0 if they cannot; equal ones first."""
    shared = 2 * len(one.beside & other.beside) / max(1, len(one.beside) + len(other.beside))
    if not one.measures_like(other) or (shared < _BESIDE and one.text != other.text):
        return 0.0
    return shared + _FORM * (one.form == other.form) + (one.text == other.text)
