"""Bodies that a question makes responsible, against those that the clause makes responsible."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.premises.passages import Contradiction, Passage, closeness, fold, pairs
from assistant.premises.stance import Stance, stance
from assistant.understanding import Query
from corpus.model import ResponsibleUnit, Span, UnitRole

_TABLE = tomllib.loads(
    (Path(__file__).parent.parent / "vocabulary" / "bodies.toml").read_text(encoding="utf-8")
)["bodies"]
_FIELDS = {fold(name): field for field, names in _TABLE.items() for name in names}
_NAMES = "|".join(map(re.escape, sorted(_FIELDS, key=len, reverse=True)))
_LEVELS = {
    "国家": "国家",
    "全国": "国家",
    "中央": "国家",
    "国务院": "国家",
    "省": "省",
    "自治区": "省",
    "市": "市",
}
_LEVELS |= {"州": "市", "县": "县", "区": "县", "乡": "乡", "镇": "乡"}
_BODY = re.compile(rf"(?P<level>{'|'.join(_LEVELS)})?(?P<name>{_NAMES})")

_LEADS = "牵头|挑头|主抓|主管|带头"
_ASSERTED = {
    UnitRole.LEAD: (
        re.compile(rf"^(?:一起|共同|联合|来|去|主|负责|是|为|作为|当|算|属于|在)?(?:{_LEADS})"),
        re.compile("牵头(?:的)?(?:单位|部门)?(?:就)?(?:是|为|:)$"),
    ),
    UnitRole.RESPONSIBLE: (
        re.compile(
            "^(?:一起|共同|联合|来|去|单独|全权|统一)?(?:负责|管(?!理))|^(?:是|为|作为|算)(?:责任|主管|负责)(?:单位|部门)"
        ),
        re.compile("(?:责任|主管|负责)(?:的)?(?:单位|部门)(?:就)?(?:是|为|:)$"),
    ),
    UnitRole.SUPPORT: (
        re.compile("^(?:一起|共同|联合|来|去|是|为|作为|当|算|属于)?(?:配合|协办|协助)"),
        re.compile("(?:配合|协办)(?:的)?(?:单位|部门)(?:就)?(?:是|为|:)$"),
    ),
}
_FITTING = {
    UnitRole.LEAD: (UnitRole.LEAD, UnitRole.RESPONSIBLE),
    UnitRole.RESPONSIBLE: (UnitRole.LEAD, UnitRole.RESPONSIBLE),
    UnitRole.SUPPORT: (UnitRole.SUPPORT,),
}
_GOVERNMENT = "政府"  # without a level it is public authority in general
_AND = re.compile("[、,和与及跟同]|以及")
_TOPIC = 1.0
"""How much that it seldom says the clause must share with the question."""

_LISTED = re.compile("哪[几些]|哪一?[条项]|什么(?:工作|任务|职责)|条款|哪个(?:工作|任务)")


@dataclass(frozen=True, slots=True)
class Body:
    """A body by its field and its level ("" where the text names none), and where it is named."""

    field: str
    level: str
    span: Span

    def is_same(self, other: Body) -> bool:
        """Whether both can be one body."""
        return self.field == other.field and (self.level == other.level or not self.level or not other.level)


def bodies(text: str) -> list[Body]:
    """Bodies that a text in one spelling names, in order."""
    return [
        Body(_FIELDS[match["name"]], _LEVELS.get(match["level"] or "", ""), Span(*match.span()))
        for match in _BODY.finditer(text)
    ]


def contradicted(query: Query, passages: Sequence[Passage]) -> Iterator[tuple[Passage, Contradiction]]:
    """The units that the passages of one place name instead of those that the question names."""
    topic, region = set(pairs(query.topic)), passages[0].evidence.region
    shown = [
        (passage, own)
        for passage in passages
        if passage.is_first
        and (own := _units(passage))
        and closeness(topic, passage.clause, passage.frequency) >= _TOPIC
    ]
    if not shown or _LISTED.search(query.text):
        return
    for body, role, words in asserted(query.text):
        fits = [has_part(body, role, passage.evidence.clause.units) for passage, _ in shown]
        if stance(query.text, body.span, region) is not Stance.APART and not any(fits):
            passage, own = shown[0]
            wanted = next((own[fitting] for fitting in _FITTING[role] if fitting in own), "")
            if wanted:
                yield passage, Contradiction(wanted, words)


def asserted(text: str) -> Iterator[tuple[Body, UnitRole, str]]:
    """Bodies with the part that a text in one spelling gives them, and its words for that: 财政局牵头."""
    part: tuple[UnitRole, int] | None = None
    following = len(text)
    for body in reversed(bodies(text)):
        is_joined = bool(_AND.fullmatch(text[body.span.end : following]))
        part = part if part and is_joined else _part(text, body)
        following = body.span.start
        if part and (body.field != _GOVERNMENT or body.level):
            yield body, part[0], text[body.span.start : max(part[1], body.span.end)]


def _part(question: str, body: Body) -> tuple[UnitRole, int] | None:
    """The part that the words beside a body give it, and where these end."""
    for role, (behind, before) in _ASSERTED.items():
        if match := behind.search(question[body.span.end :]):
            return role, body.span.end + match.end()
        if before.search(question[: body.span.start]):
            return role, body.span.end
    return None


def _units(passage: Passage) -> dict[UnitRole, str]:
    """The words of the quote that name the units of each role: 牵头单位：市教育局、市卫生计生委."""
    found: dict[UnitRole, str] = {}
    for role in {unit.role for unit in passage.evidence.clause.units}:
        match = re.search(rf"{role}[：:][^；;）)]*(?:[（(][^（）()]*[）)][^；;）)]*)*", passage.quote)
        if match:
            found[role] = match[0]
    return found


def has_part(body: Body, role: UnitRole, units: Sequence[ResponsibleUnit]) -> bool:
    """Whether one of the units with a fitting role can be the body."""
    return any(
        body.is_same(own) for unit in units if unit.role in _FITTING[role] for own in bodies(fold(unit.name))
    )
