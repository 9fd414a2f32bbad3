"""Figures in questions and clauses: the short answer to 聘期几年, and the wrong figure in 聘期3年，对吧."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.kinds import Kind
from corpus.numerals import HAN_NUMERAL, to_int

_UNITS = {
    Kind.DURATION: "年|个月|天|日|周|学时|课时|小时",
    Kind.COUNT: "名|个|家|人|所|位",
    Kind.PERCENT: "%",
    Kind.MONEY: "元|万元|亿元",
}
_SAME = {"课时": "学时", "位": "名", "人": "名"}
_FIGURE = re.compile(
    rf"(?P<before>提前|不少于|不低于|不超过|至少|满|每|近)?(?P<number>(?<![0-9.])[0-9]+(?:\.[0-9]+)?|(?<![第十百千]){HAN_NUMERAL})"
    rf"(?P<range>\s*[-—~至到]\s*[0-9]+)?\s*(?P<unit>{'|'.join(unit for units in _UNITS.values() for unit in units.split('|'))})"
    r"(?P<after>以上|以下|以内|及以上)?(?![代度份底初末])"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity as it is written: 不少于100学时. ``value`` is its number, ``unit`` is normalised."""

    text: str
    value: float
    unit: str


def figures(text: str) -> list[Figure]:
    """Quantities of a text, in order; years of the calendar (2020年) are none."""
    found: list[Figure] = []
    for match in _FIGURE.finditer(text):
        number = match["number"]
        value = float(number) if number[0].isdecimal() and number.isascii() else float(to_int(number))
        if not (match["unit"] == "年" and value > 1000):
            found.append(Figure(match[0].strip(), value, _SAME.get(match["unit"], match["unit"])))
    return found


def short_answer(kinds: Sequence[Kind], quote: str) -> str:
    """The one figure of a quote that is of a kind asked for; "" where there is none or a choice."""
    units = {unit for kind in kinds for unit in _UNITS.get(kind, "").split("|") if unit}
    fitting = [figure for figure in figures(quote) if figure.unit in units]
    return fitting[0].text if len(fitting) == 1 else ""


def contradiction(question: str, quote: str) -> str:
    """What a quote says instead of a figure in the question, as a remark; "" where they do not differ.

    Only units that quote and question name once each are compared.
    """
    asked, stated = figures(question), figures(quote)
    for figure in asked:
        same = [other for other in stated if other.unit == figure.unit]
        alone = len([other for other in asked if other.unit == figure.unit]) == 1
        if alone and len(same) == 1 and same[0].value != figure.value:
            return f"原文为“{same[0].text}”（提问中的“{figure.text}”与原文不符）"
    return ""
