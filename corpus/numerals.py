"""Chinese numerals -> integers: 第一百二十三条, 二〇一八, 廿二, ２３."""

from __future__ import annotations

import re
import unicodedata

_DIGITS = {
    char: value
    for value, chars in enumerate(
        ("零〇○Ｏ", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for char in chars
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_TENS = {"廿": 20, "卅": 30}

HAN_NUMERAL = r"[零〇○一二两三四五六七八九十百千廿卅]{1,20}"
"""Character class of what stands in headings; upper-case forms (壹) do not occur there."""

NUMERAL = rf"(?:{HAN_NUMERAL}|[0-9０-９]{{1,20}})"


def to_int(numeral: str) -> int:
    """Value of a numeral below 一亿 written in Chinese or in digits of any width.

    Raises:
        ValueError: the text is empty or is no numeral.
    """
    text = unicodedata.normalize("NFKC", re.sub(r"\s+", "", numeral))
    if text.isdecimal():
        return int(text)
    if not text:
        raise ValueError("空白不是数字")
    if all(char in _DIGITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    myriads, _, rest = text.rpartition("万")
    return (to_int(myriads) * 10_000 if myriads else 0) + _below_myriad(rest)


def _below_myriad(text: str) -> int:
    total = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _TENS:
            total, digit = total + _TENS[char], 0
        elif char in _UNITS:
            total, digit = total + (digit or 1) * _UNITS[char], 0
        else:
            raise ValueError(f"“{text}”不是数字：含有“{char}”")
    return total + digit
