"""The years that an answer has to speak of: 到2025年要配几名 is not answered by what shall be reached in 2020."""

from __future__ import annotations

import re
from collections.abc import Collection

from assistant.kinds import MEASURABLE, Kind, can_hold

_YEAR = "(?<![0-9])((?:19|20)[0-9]{2})"
_DOCUMENT = "[^，。；？?]{0,8}(?:文件|意见|方案|通知|政策|规定|规划|办法|[那这]份|出台|印发|发布|下发|征求)"
_TARGET = re.compile(
    rf"(?:到|至|截[至止]到?)\s*{_YEAR}\s*年(?!{_DOCUMENT})|{_YEAR}\s*年[底末]?呢"
    rf"|\b(?:by|until)\s+(?:the end of\s+)?{_YEAR}\b"
)
_NAMED = re.compile(rf"{_YEAR}(?=\s*[年—~至-])")
_OF_NUMBER = re.compile(rf"{_YEAR}\s*年(?!{_DOCUMENT})|\bin\s+{_YEAR}\b")
_NUMBER = re.compile("多少|几[名个家人所位]|百分|how many|percent")
_STORY = re.compile("[我他她]|到期|期满|过期|退休|满[0-9一二两三四五六七八九十]+年|\\b(?:i|my)\\b")
"""What happened to somebody: the year tells when, and the rule need not name it."""
_SPAN = re.compile("[从自]|以来|\\b(?:from|since)\\b")


def years_asked(question: str, kinds: Collection[Kind]) -> tuple[str, ...]:
    """Years that an answer must be about: targets (到2025年), and those of a number that is asked for.

    Args:
        question: normalised for search.
        kinds: what it asks for. One to be affirmed or denied is answered by another year too, and so is a comparison.
    """
    if {Kind.YES_NO, Kind.COMPARE} & set(kinds) or _STORY.search(question):
        return ()
    is_amount = not {Kind.MONEY, Kind.DURATION} & set(kinds)
    found: list[str] = []
    for part in re.split("[，,。；;！!]", question):
        if _SPAN.search(part):
            continue
        for pattern in (_TARGET, _OF_NUMBER) if is_amount and _NUMBER.search(part) else (_TARGET,):
            found += [year for match in pattern.finditer(part) for year in match.groups() if year]
    return tuple(dict.fromkeys(found))


def is_about(years: Collection[str], kinds: Collection[Kind], text: str) -> bool:
    """Whether what a text says of these kinds is about one of the years, or about none: such a rule holds in every year."""
    wanted = [kind for kind in kinds if kind in MEASURABLE]
    sentences = [part for part in re.split("[。；;]", text) if part.strip()]
    holding = [part for part in sentences if not wanted or any(can_hold(kind, part) for kind in wanted)]
    named = [set(_NAMED.findall(part)) for part in holding]
    return not named or any(not own or own & set(years) for own in named)
