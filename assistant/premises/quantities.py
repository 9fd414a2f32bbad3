"""Quantities of a text with what they measure: amounts, periods, frequencies and target years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from assistant.figures import figures
from corpus.model import Span
from corpus.numerals import HAN_NUMERAL, to_int

_NUMBER = rf"(?:[0-9]+|{HAN_NUMERAL})"
_DAYS = {"年": 360, "年度": 360, "半年": 180, "学期": 180, "季度": 90, "季": 90, "月": 30, "个月": 30}
_DAYS |= {"星期": 7, "周": 7, "天": 1, "日": 1}
_PERIOD = "|".join(sorted(_DAYS, key=len, reverse=True))
_FREQUENCY = re.compile(
    rf"每隔?(?P<every>{_NUMBER})?(?P<period>{_PERIOD})(?![0-9])|(?P<once>{_NUMBER})(?P<span>{_PERIOD})[\u4e00-\u9fff]{{0,4}}?一次"
)
_TARGET = re.compile(r"(?P<since>自|从)?(?:到|至|截至)?(?P<year>20[0-9]{2})年(?:底|末|以?前|之前|起|开始)?")
_ENGLISH = re.compile(
    r"\b(?P<number>[0-9]+|one|two|three|four|five|six|eight|ten)[ -](?P<unit>year|month|day|hour)s?\b"
)
_ENGLISH_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10}
_ENGLISH_UNITS = {"year": "年", "month": "个月", "day": "天", "hour": "学时"}
_HUNDREDTHS = re.compile(rf"百分之(?P<number>{_NUMBER})")


class Role(Enum):
    """What a quantity measures. Those of different roles do not contradict each other."""

    AMOUNT = "amount"
    ADVANCE = "advance"  # 提前一年
    WITHIN = "within"  # 3年内
    FREQUENCY = "frequency"  # 每2年
    UNTIL = "until"  # 到2020年
    SINCE = "since"  # 自2018年起


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity at ``span`` of a text, from ``low`` to ``high`` units.

    A frequency is counted in days from one time to the next. ``year`` is the calendar year named before.
    """

    text: str
    span: Span
    low: float
    high: float
    unit: str
    role: Role
    year: str = ""

    def measures_like(self, other: Quantity) -> bool:
        """Whether both can stand for the same thing."""
        is_same_year = not self.year or not other.year or self.year == other.year
        return (self.unit, self.role) == (other.unit, other.role) and is_same_year

    def agrees(self, other: Quantity) -> bool:
        """Whether one lies within the other."""
        return (other.low <= self.low and self.high <= other.high) or (
            self.low <= other.low and other.high <= self.high
        )


def quantities(text: str) -> list[Quantity]:
    """All quantities of a text in one spelling, in order."""
    readers = (_amounts, _frequencies, _targets, _hundredths, _in_english)
    return sorted((found for reader in readers for found in reader(text)), key=lambda item: item.span.start)


def _amounts(text: str) -> Iterator[Quantity]:
    taken = [match.span() for match in _FREQUENCY.finditer(text)]
    for figure in figures(text):
        start, end = figure.span.start, figure.span.end
        if any(a < end and start < b for a, b in taken) or figure.text.startswith("每"):
            continue
        within = re.match("之?内", text[end:])
        end += within.end() if within else 0
        role = Role.ADVANCE if figure.text.startswith("提前") else Role.WITHIN if within else Role.AMOUNT
        span, year = Span(start, end), _year(text, start)
        yield Quantity(text[start:end], span, figure.value, figure.high, figure.unit, role, year)


def _frequencies(text: str) -> Iterator[Quantity]:
    for match in _FREQUENCY.finditer(text):
        count = to_int(match["every"] or match["once"] or "1")
        days = float(count * _DAYS[match["period"] or match["span"]])
        yield Quantity(match[0], Span(*match.span()), days, days, "天", Role.FREQUENCY)


def _targets(text: str) -> Iterator[Quantity]:
    for match in _TARGET.finditer(text):
        bare = match[0] == f"{match['year']}年"
        role = Role.SINCE if match["since"] or match[0].endswith(("起", "开始")) else Role.UNTIL
        if not bare:
            year = float(match["year"])
            yield Quantity(match[0], Span(*match.span()), year, year, "公历年", role)


def _hundredths(text: str) -> Iterator[Quantity]:
    for match in _HUNDREDTHS.finditer(text):
        value = float(to_int(match["number"]))
        yield Quantity(match[0], Span(*match.span()), value, value, "%", Role.AMOUNT)


def _in_english(text: str) -> Iterator[Quantity]:
    for match in _ENGLISH.finditer(text):
        value = float(_ENGLISH_NUMBERS.get(match["number"]) or match["number"])
        unit = _ENGLISH_UNITS[match["unit"]]
        yield Quantity(match[0], Span(*match.span()), value, value, unit, Role.AMOUNT)


def _year(text: str, end: int) -> str:
    found = re.findall(r"(20[0-9]{2})年", text[:end])
    return found[-1] if found else ""
