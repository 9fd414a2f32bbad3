"""Figures in questions and clauses, and the short answer to 聘期几年."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.kinds import Kind
from corpus.model import Span
from corpus.numerals import HAN_NUMERAL, to_int

_UNITS = {
    Kind.DURATION: "年|个月|天|日|周|学时|课时|小时",
    Kind.COUNT: "名|个|家|人|所|位",
    Kind.PERCENT: "%",
    Kind.MONEY: "元|万元|亿元",
}
_ASKED_BY_NO_KIND = "周岁|岁|方|倍"
_SAME = {"课时": "学时", "位": "名", "人": "名", "日": "天", "周岁": "岁"}
_FIGURE = re.compile(
    rf"(?P<before>提前|不少于|不低于|不超过|至少|满|每|近)?(?P<number>(?<![0-9.月])[0-9]+(?:\.[0-9]+)?|(?<![第十百千月]){HAN_NUMERAL})"
    rf"(?P<range>%?\s*[-—~至到]\s*(?P<high>[0-9]+))?\s*(?P<unit>{_ASKED_BY_NO_KIND}|{'|'.join(_UNITS.values())})"
    r"(?P<after>以上|以下|以内|及以上)?(?![代度份底初末])"
)


_NEAR, _SHARED = 10, 2
"""Characters on both sides of a figure, and how many pairs of them a question must share."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity as it is written: 不少于100学时. ``value`` is its number, ``unit`` is normalised.

    ``high`` is the upper end of a range (2-3名), else the number again; ``span`` is where the text has it.
    """

    text: str
    value: float
    unit: str
    high: float
    span: Span


def figures(text: str) -> list[Figure]:
    """Quantities of a text, in order; years of the calendar (2020年) are none."""
    found: list[Figure] = []
    for match in _FIGURE.finditer(text):
        number = match["number"]
        value = float(number) if number[0].isdecimal() and number.isascii() else float(to_int(number))
        if not (match["unit"] == "年" and value > 1000):
            unit = _SAME.get(match["unit"], match["unit"])
            high = float(match["high"] or value)
            found.append(Figure(match[0], value, unit, high, Span(*match.span())))
    return found


def short_answer(kinds: Sequence[Kind], asked: set[str], quote: str) -> str:
    """The one figure of a quote that is of a kind asked for and stands beside words of the question.

    ``asked`` holds the character pairs that must not all be missing around the figure; "" where
    there is no such figure, or a choice.
    """
    units = {unit for kind in kinds for unit in _UNITS.get(kind, "").split("|") if unit}
    fitting = [figure for figure in figures(quote) if figure.unit in units]
    if len(fitting) != 1:
        return ""
    span = fitting[0].span
    around = quote[max(0, span.start - _NEAR) : span.end + _NEAR]
    shared = sum(around[i : i + 2] in asked for i in range(len(around) - 1))
    return fitting[0].text if shared >= _SHARED else ""
