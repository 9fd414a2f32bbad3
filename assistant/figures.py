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


_NEAR, _SHARED = 10, 2
"""Characters on both sides of a figure, and how many pairs of them a question must share."""

_TO_CONFIRM = re.compile("对吗|对吧|对不对|是吧|没错|准确|right|correct|说的没|是这样")
_ABOUT_RULE = re.compile("规定|要求|标准|目标|文件")
_MINIMUM = re.compile("满|不少于|不低于|至少|以上")


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


def short_answer(kinds: Sequence[Kind], asked: set[str], quote: str) -> str:
    """The one figure of a quote that is of a kind asked for and stands beside words of the question.

    ``asked`` holds the character pairs that must not all be missing around the figure; "" where
    there is no such figure, or a choice.
    """
    units = {unit for kind in kinds for unit in _UNITS.get(kind, "").split("|") if unit}
    fitting = [figure for figure in figures(quote) if figure.unit in units]
    if len(fitting) != 1:
        return ""
    at = quote.index(fitting[0].text)
    around = quote[max(0, at - _NEAR) : at + len(fitting[0].text) + _NEAR]
    shared = sum(around[i : i + 2] in asked for i in range(len(around) - 1))
    return fitting[0].text if shared >= _SHARED else ""


def contradiction(question: str, quote: str) -> str:
    """What a quote says instead of a figure in a statement to confirm, as a remark; "" where they agree.

    Only a unit that quote and question name once each is compared. Having more than a minimum
    contradicts nothing, unless the question claims that the rule itself is so.
    """
    if not _TO_CONFIRM.search(question):
        return ""
    asked, stated = figures(question), figures(quote)
    for figure in asked:
        same = [other for other in stated if other.unit == figure.unit]
        alone = len([other for other in asked if other.unit == figure.unit]) == 1
        if alone and len(same) == 1 and _differ(figure, same[0], is_rule=bool(_ABOUT_RULE.search(question))):
            return f"原文为“{same[0].text}”，与提问中的说法不符"
    return ""


def _differ(asked: Figure, stated: Figure, *, is_rule: bool) -> bool:
    if asked.text.startswith("每") != stated.text.startswith("每"):
        return False
    is_met = bool(_MINIMUM.search(stated.text)) and asked.value > stated.value and not is_rule
    return asked.value != stated.value and not is_met
