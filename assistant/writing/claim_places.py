"""Places, levels, bodies and the status of a document that a claim names: all must be those of what it cites."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import accumulate

from assistant.checking.tokens import LEVELS
from assistant.premises.bodies import asserted, bodies, has_part
from assistant.writing.claim_text import Statement, compared
from assistant.writing.grounds import Grounds
from corpus import places
from corpus.model import UnitRole
from corpus.places import Mention

Segment = Callable[[str], list[str]]
"""Splits a text into words, which joined are the text."""

_OWN = {
    2: ("全省", "本省", "我省"),
    4: ("全市", "本市", "我市"),
    6: ("全市", "本市", "我市", "全县", "全区", "本县", "本区"),
}
"""Words for the place of a document, by the length of its code."""

_SERIES = re.compile(
    "(?:(?:国家|省|地市|市|县|区|乡镇|乡|村)[、和及])+(?=(?:国家|省|地市|市|县|区|乡镇|乡|村)级)"
)
_CHOICE = re.compile(
    rf"(?P<first>{LEVELS.pattern})(?:或者?|和|及|与|、)(?P<second>{LEVELS.pattern}|本[省市县])"
)
_NOUN = re.compile("(?![的以及和或])[\u4e00-\u9fff]{2}")
_UP_TO = "[^,;。、级]{0,6}"
"""What may stand between a level and its noun: 县级公立医院."""

_STATUS = re.compile(
    "现行有效|已(?:经)?(?:生效|失效|废止|修订|实施|施行)|正式(?:文件|实施|施行|生效)|征求意见稿|征求意见阶段|草案|尚未(?:生效|施行)|仍然?有效"
)
_AREA = re.compile("首都|京城|省会|省城(?![乡镇])|外[省市地]|邻[省市]|境外|国外")
"""Words that stand for a place."""
_JOINED = re.compile("[省市区县]和县")
"""市和县 is not 和县."""


def places_fault(statement: Statement, grounds: Grounds, segment: Segment) -> str:
    """A place that a claim names and that is neither the document's nor in the clauses."""
    known = {mention.place.code for mention in _mentions(grounds.text + grounds.names, segment)}
    area = _AREA.search(statement.text)
    if area and area[0] not in grounds.text:
        return f"所引条款没有提到“{area[0]}”"
    own = places.named(grounds.document.region)
    found = _mentions(statement.text, segment)
    for index, mention in enumerate(found):
        is_own = own is not None and mention.place.code == own.code
        is_above = _is_address(mention, found[index + 1 :])
        if mention.place.code not in known and not is_own and not is_above:
            return f"所引条款属于{grounds.document.region or '未写明的地区'}，没有提到“{mention.text}”"
    return ""


def _mentions(text: str, segment: Segment) -> list[Mention]:
    borders = set(accumulate(map(len, segment(text)), initial=0))
    found = places.mentions(text, borders)
    return [mention for mention in found if not _JOINED.match(text, max(0, mention.start - 1))]


def _is_address(mention: Mention, following: list[Mention]) -> bool:
    """Whether a place only stands before one in it: 辽宁省 in 辽宁省大连市."""
    inner = next(iter(following), None)
    end = mention.start + len(mention.text)
    return inner is not None and inner.start == end and mention.place.contains(inner.place)


def levels_fault(statement: Statement, grounds: Grounds) -> str:
    """A level (全省, 县级) that a claim names and the clauses do not, or one of a choice of two that it drops."""
    known, own_words = set(_levels(grounds.text)), set(_own_words(grounds))
    if known & own_words:
        known |= own_words
    claimed = set(_levels(statement.text))
    for word in claimed - known - own_words:
        return f"“{word}”不在所引条款中"
    for match in LEVELS.finditer(statement.text):
        noun = _NOUN.match(statement.text, match.end())
        if noun and match[0].endswith("级") and not re.search(match[0] + _UP_TO + noun[0], grounds.text):
            return f"“{match[0]}{noun[0]}”不在所引条款中"
    for match in _CHOICE.finditer(grounds.text):
        sides = [{match["first"]}, {match["second"]}]
        sides = [side | own_words if side & own_words else side for side in sides]
        if sum(bool(side & claimed) for side in sides) == 1:
            return f"原文是“{match[0]}”，不能只写其中之一"
    return ""


def _levels(text: str) -> Iterator[str]:
    """全省, 县级, …; of 国家、省、市级 each."""
    for match in _SERIES.finditer(text):
        yield from (f"{level}级" for level in re.split("[、和及]", match[0]) if level)
    yield from LEVELS.findall(text)


def _own_words(grounds: Grounds) -> tuple[str, ...]:
    own = places.named(grounds.document.region)
    return _OWN.get(len(own.code), ()) if own else ()


def bodies_fault(statement: Statement, grounds: Grounds) -> str:
    """A body of a claim that the clauses do not name, name at another level, or give another part."""
    known = bodies(grounds.text + grounds.names)
    for body in bodies(statement.text):
        words = statement.text[body.span.start : body.span.end]
        fitting = [other for other in known if other.field == body.field]
        if not fitting:
            return f"“{words}”不在所引条款中"
        if body.level and all(other.level != body.level for other in fitting):
            return f"“{words}”的级别与原文不同"
    units = [unit for item in grounds.cited for unit in item.clause.units]
    if not units:
        return ""
    for body, role, words in asserted(statement.text):
        if not has_part(body, role, units) and _is_unit(body.field, grounds):
            return f"“{words}”与原文列出的{UnitRole.LEAD}、{UnitRole.SUPPORT}不符"
    return ""


def _is_unit(field: str, grounds: Grounds) -> bool:
    """Whether the clauses list a body of that field among their units."""
    names = (unit.name for item in grounds.cited for unit in item.clause.units)
    return any(body.field == field for name in names for body in bodies(compared(name)))


def status_fault(statement: Statement, grounds: Grounds) -> str:
    """What a claim says on the force of a document, where its status does not."""
    for match in _STATUS.finditer(statement.text):
        if match[0] != grounds.document.status and match[0] not in grounds.text:
            return f"“{match[0]}”不是这份文件的状态；不要写文件的效力"
    return ""
