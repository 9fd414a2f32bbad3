"""Folded text -> the pieces that are compared: quantities and words of force whole, all else by character."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from assistant.checking.folding import SIGNS, Folded
from corpus.numerals import HAN_NUMERAL, to_int

_UNITS = (
    "美元|个工作日|个月|个小时|工作日|周岁|星期|学时|课时|小时|分钟|学年|学分|年度|年|月|日|天|周|岁|号|万元|亿元|元"
    "|名|个|家|人|所|位|户|倍|次|方|项|条|款|件|种|类|级|批|份|届|期|张|公里|平方米|亩|米|吨|成"
)
_SAME_UNIT = {
    "课时": "学时",
    "个小时": "小时",
    "位": "名",
    "人": "名",
    "天": "日",
    "周岁": "岁",
    "个工作日": "工作日",
}
_TIMES = {"": 1, "万": 10_000, "亿": 100_000_000}
_DIGITS = r"[0-9]+(?:\.[0-9]+)?"
_NUMERAL = rf"(?:{_DIGITS}|{HAN_NUMERAL})"
_TO = "[-至到]"
_QUANTITY = re.compile(
    rf"(?P<whole>{_NUMERAL}|万)分之(?P<share>{_NUMERAL})(?:{_TO}(?:(?P=whole)分之)?(?P<most_share>{_NUMERAL}))?"
    rf"|(?P<low>{_DIGITS}|{HAN_NUMERAL}(?=[万亿]?(?:{_TO}{HAN_NUMERAL}[万亿]?)?(?:{_UNITS})))"
    rf"(?:(?P<low_unit>[%‰]|{_UNITS})(?={_TO}{_NUMERAL}(?P=low_unit)))?"
    rf"(?:{_TO}(?P<high>{_NUMERAL}))?(?P<times>[万亿])?(?P<unit>[%‰]|{_UNITS})?"
)

_POSITIVE = (
    "应当|应该|必须|可以|可|应|须|有权|能够|允许|准许|得以|作为|需要|需|少于|低于|高于|超过|多于|能|得|满|受"
)
_NEGATIVE = (
    "不少于|不低于|不高于|不超过|不多于|不晚于|不早于|不满|不足|不得|不准|不许|不可|不能|不应当|不应该|不应|不必|不须|不需要|不需"
    "|不宜|不允许|不予|不作为|不再|不受|禁止|严禁|无需|无须|无权|未经|没有|不|未|没|无|非|勿|免"
)
_LIMIT = "只能|只|仅|至少|至多|最多|最少|最低|最高|以上|以下|以内|以外|之内|之前|以前|之后|以后"
_LEVEL = (
    "(?:国家|省|地市|市|县市区|县区|区县|县|区|乡镇|乡|镇|村)级|全国|全省|全市|全县|全区|本省|本市|我省|我市"
)
_WORDS = re.compile("|".join(sorted(f"{_NEGATIVE}|{_POSITIVE}|{_LIMIT}".split("|"), key=len, reverse=True)))
_TOKEN = re.compile(rf"{_QUANTITY.pattern}|{_LEVEL}|{_WORDS.pattern}|.", re.DOTALL)

NEGATIVES = frozenset(_NEGATIVE.split("|"))
FORCES = frozenset((*_POSITIVE.split("|"), *NEGATIVES))
LEVELS = re.compile(_LEVEL)
LIMITS = frozenset((*_LIMIT.split("|"), *SIGNS))


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number or a range in a unit; 百分之二十, 五分之一 and 20% are one."""

    low: float
    high: float
    unit: str


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` is folded and stands at ``start`` of the folded text. Tokens of one ``key`` may stand for each other."""

    text: str
    start: int
    quantity: Quantity | None = None

    @property
    def end(self) -> int:
        """Where it ends in the folded text."""
        return self.start + len(self.text)

    @property
    def key(self) -> str:
        """Its text, or for a quantity that there is one in its unit."""
        return f"#{self.quantity.unit}" if self.quantity else self.text


def tokens(folded: Folded) -> list[Token]:
    """The pieces of a text; joined they are the folded text. None goes beyond punctuation."""
    borders = dict.fromkeys([0, *folded.parts, len(folded.text)])
    return [
        Token(match[0], match.start(), _quantity(match))
        for start, end in pairwise(borders)
        for match in _TOKEN.finditer(folded.text, start, end)
    ]


def are_respelt(one: Token, other: Token) -> bool:
    """Whether both are one quantity, its number written in another way: 五年 and 5年, but not 3人 and 3名."""
    if one.quantity is None or one.quantity != other.quantity:
        return False
    return one.quantity.unit == "%" or _unit(one) == _unit(other)


def _unit(token: Token) -> str:
    return re.split(rf"{_NUMERAL}[万亿]?", token.text)[-1]


def _quantity(match: re.Match[str]) -> Quantity | None:
    if whole := match["whole"]:
        percent = 100 / (_TIMES.get(whole) or _value(whole) or 1)
        low, high = match["share"], match["most_share"] or match["share"]
        return Quantity(_value(low) * percent, _value(high) * percent, "%")
    if not match["low"]:
        return None
    times = _TIMES[match["times"] or ""]
    unit = match["unit"] or ""
    if unit in ("万元", "亿元"):
        times, unit = times * _TIMES[unit[0]], "元"
    low = _value(match["low"]) * times
    high = _value(match["high"]) * times if match["high"] else low
    return Quantity(low, high, _SAME_UNIT.get(unit, unit))


def _value(number: str) -> float:
    return float(number) if number[0].isascii() else float(to_int(number))
