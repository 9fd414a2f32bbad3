"""Radicals that stand for characters: browsers confuse them when they print a PDF, ⻓ for 长, ⼈ for 人."""

from __future__ import annotations

import unicodedata

_KANGXI = "".join(map(chr, range(0x2F00, 0x2FD6)))

RADICALS: dict[int, int] = str.maketrans(
    _KANGXI + "⺁⺊⺒⺓⺜⺝⺠⺬⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰",
    unicodedata.normalize("NFKC", _KANGXI)
    + "厂卜巳幺日月民示虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙",
)
"""The character for each radical, by their codes.

The second row follows EquivalentUnifiedIdeograph.txt of the Unicode character database.
"""
