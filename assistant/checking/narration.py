"""Whether the words around a reference tell something themselves, or only lead to what is cited."""

from __future__ import annotations

import re

_PIECE = re.compile(r"[\u4e00-\u9fff0-9]{3,}")
_LEADING = re.compile(
    "(?:根据|依据|依照|按照|遵照|参照|对照|贯彻|落实|执行|摘自|引自|出自|参见|详见|依|按|见|即|和|与|及|或)*"
    "(?:.{0,8}(?:意见|方案|办法|规定|通知|条例|细则|决定|规划|纲要|文件|法|文|号))?"
    "(?:的|中|里|等|和|与|及|或)*(?:有关|相关|上述|以下)?"
    "(?:规定|要求|精神|内容|条款|明确|提出|指出|写明|写道|原文)*(?:执行|办理|实施|如下|了|的是|是|为)?"
)
"""What stands between two commas and says no more than where something is from: 依照大连意见…的有关规定."""


def tells(claim: str) -> bool:
    """Whether there is more in the words beside a reference than a name and 根据…的规定."""
    return any(not _LEADING.fullmatch(piece) for piece in _PIECE.findall(claim))
