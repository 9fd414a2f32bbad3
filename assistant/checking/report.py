"""What ``check`` prints, as JSON and for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from assistant.checking import remarks
from assistant.checking.model import Difference, DifferenceKind, Item, Kind, Target, Verdict
from assistant.terminal import one_line
from corpus.model import Span

KINDS = {Kind.QUOTE: "引文", Kind.REFERENCE: "引用"}
VERDICTS = {
    Verdict.EXACT: "一致",
    Verdict.NEAR: "文字有出入",
    Verdict.WRONG_REFERENCE: "出处不对",
    Verdict.CONTRADICTED: "与条款不符",
    Verdict.NOT_FOUND: "没有找到",
}
DIFFERENCES = {
    DifferenceKind.NUMBER: "数字",
    DifferenceKind.NEGATION: "肯定与否定",
    DifferenceKind.PLACE: "地区",
    DifferenceKind.BODY: "单位",
    DifferenceKind.WORDS: "文字",
}

PlaceOf = Callable[[Span], str]
"""What people call a place of the checked text: 第3页."""


def check_json(items: Sequence[Item], place_of: PlaceOf | None = None) -> dict[str, Any]:
    """The contract of ``check --json``; with ``place_of``, each item tells its place in the file."""
    return {"items": [_item(item, place_of) for item in items]}


def _item(item: Item, place_of: PlaceOf | None) -> dict[str, Any]:
    target = item.target
    place = {"place": place_of(item.span)} if place_of else {}
    return {
        "text": item.text,
        "kind": item.kind.value,
        "verdict": item.verdict.value,
        "clause": target.clause if target else "",
        "differences": [
            {"source": difference.source, "given": difference.given, "kind": difference.kind.value}
            for difference in item.differences
        ],
        "start": item.span.start,
        "end": item.span.end,
        **place,
        "label": target.label if target else "",
        "document": target.document if target else "",
        "number": target.number if target else "",
        "region": target.region if target else "",
        "status": target.status.value if target else "",
        "claimed": item.claimed.clause if item.claimed else "",
        "remark": item.remark,
    }


def check_text(items: Sequence[Item], place_of: PlaceOf | None = None) -> str:
    """A block of lines for each item, and the sum."""
    wrong = sum(item.verdict is not Verdict.EXACT for item in items)
    total = f"共 {len(items)} 处，{wrong} 处有问题" if wrong else f"共 {len(items)} 处，全部一致"
    blocks = (_block(number, item, place_of) for number, item in enumerate(items, 1))
    return "\n\n".join([*blocks, total])


def _block(number: int, item: Item, place_of: PlaceOf | None) -> str:
    place = f"（{place_of(item.span)}）" if place_of else ""
    lines = [f"{number}. {VERDICTS[item.verdict]}  {KINDS[item.kind]}{place}：{one_line(item.text)}"]
    if item.target:
        lines.append(f"   {_role(item)}：{_named(item.target)}")
    if item.claimed:
        lines.append(f"   所称：{_named(item.claimed)}")
    lines += (f"   {_difference(difference)}" for difference in item.differences)
    if item.remark:
        lines.append(f"   说明：{item.remark}")
    return "\n".join(lines)


def _role(item: Item) -> str:
    return "最接近" if item.verdict is Verdict.NOT_FOUND else "条款"


def _named(target: Target) -> str:
    return f"{remarks.name(target)}〔{target.region or '地区未注明'}·{target.status}〕{target.clause}"


def _difference(difference: Difference) -> str:
    source, given = (
        f"“{one_line(words)}”" if words else "没有" for words in (difference.source, difference.given)
    )
    return f"{DIFFERENCES[difference.kind]}：原文{source}，引文{given}"
