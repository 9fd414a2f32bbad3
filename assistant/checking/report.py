"""What ``check`` prints, as JSON and for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from assistant.checking import remarks
from assistant.checking.model import Difference, Item, Target, Verdict
from assistant.rendering import Words, load_words
from assistant.terminal import one_line
from corpus.model import Span

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
    words = load_words()["zh"]
    blocks = (_block(number, item, place_of, words) for number, item in enumerate(items, 1))
    return "\n\n".join([*blocks, sums(items, words)])


def sums(items: Sequence[Item], words: Words) -> str:
    """How many there are and how many are wrong, and what was not compared word for word."""
    wrong = sum(item.verdict is not Verdict.EXACT for item in items)
    total = words["check_sums" if wrong else "check_all_exact"].format(n=len(items), wrong=wrong)
    return total + narrated(items, words)


def narrated(items: Sequence[Item], words: Words) -> str:
    """How far words beside references were compared, where there are any; a sentence to go on with."""
    return words["check_narrated"] if any(item.is_narrated for item in items) else ""


def _block(number: int, item: Item, place_of: PlaceOf | None, words: Words) -> str:
    place = f"（{place_of(item.span)}）" if place_of else ""
    verdict, kind = words[f"verdict_{item.verdict}"], words[f"kind_{item.kind}"]
    lines = [f"{number}. {verdict}  {kind}{place}：{one_line(item.text)}"]
    if item.target:
        lines.append(f"   {_role(item, words)}{_named(item.target)}")
    if item.claimed:
        lines.append(f"   {words['check_claimed']}{_named(item.claimed)}")
    lines += (f"   {_difference(difference, words)}" for difference in item.differences)
    if item.remark:
        lines.append(f"   说明：{item.remark}")
    return "\n".join(lines)


def _role(item: Item, words: Words) -> str:
    return words["check_nearest" if item.verdict is Verdict.NOT_FOUND else "check_clause"]


def _named(target: Target) -> str:
    return f"{remarks.name(target)}〔{target.region or '地区未注明'}·{target.status}〕{target.clause}"


def _difference(difference: Difference, words: Words) -> str:
    source, given = (
        f"“{one_line(part)}”" if part else "没有" for part in (difference.source, difference.given)
    )
    return f"{words[f'difference_{difference.kind}']}：原文{source}，引文{given}"
