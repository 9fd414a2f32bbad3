"""The 款 and 项 of a clause: where they are, and which the clause does not have."""

from __future__ import annotations

import re
from itertools import pairwise

from corpus.labels import label_of
from corpus.model import Clause, Span
from corpus.numerals import HAN_NUMERAL, to_int

_BORDER = r"(?:(?<=[\n；;：:。，,])|^)\s*"
_NUMBERED = (
    re.compile(rf"{_BORDER}[（(]\s*(?P<number>{HAN_NUMERAL})\s*[)）](?!\s*[、和或至]|[条款项](?!目))"),
    re.compile(rf"{_BORDER}[（(]\s*(?P<number>[0-9]{{1,2}})\s*[)）]"),
    re.compile(rf"{_BORDER}(?P<number>[0-9]{{1,2}})[.．、](?![0-9])"),
    re.compile(rf"{_BORDER}(?P<number>{HAN_NUMERAL})是"),
)
_DASHED = re.compile(r"^\s*——", re.MULTILINE)
"""Ways to mark the 项 of a text, the first of which that it has counts."""


def lacking(clause: Clause, paragraph: int, item: int) -> str:
    """In Chinese, that a clause does not have this 款 or 项; "" where it has what is asked for."""
    within = _paragraph(clause, paragraph)
    if within is None:
        return f"没有{part_name(clause, paragraph, 0)}，共{max(1, len(clause.paragraphs))}{_unit(clause)}"
    most = max(map(len, _lists(clause, within)), default=0)
    if item <= most:
        return ""
    return f"{part_name(clause, paragraph, 0)}没有第{item}项，" + (f"共{most}项" if most else "不分项")


def is_elsewhere(clause: Clause, paragraph: int, item: int, span: Span) -> bool:
    """Whether a range of the text of a clause begins outside a 款, or has other 项 and not the one named."""
    within = _paragraph(clause, paragraph)
    if within is None or not within.start <= span.start < within.end:
        return True
    held = [own for own in _lists(clause, within) if _touch(span, Span(own[0].start, own[-1].end))]
    return bool(item and held) and not any(item <= len(own) and _touch(span, own[item - 1]) for own in held)


def part_name(clause: Clause, paragraph: int, item: int) -> str:
    """What a 款 (段 where the clause is no article) and a 项 are called: 第2款第3项."""
    return (f"第{paragraph}{_unit(clause)}" if paragraph else "") + (f"第{item}项" if item else "")


def _unit(clause: Clause) -> str:
    return "款" if clause.path.rpartition("/")[2].startswith("第") else "段"


def _paragraph(clause: Clause, number: int) -> Span | None:
    """The place of a 款 in the text of its clause, all of it for 0 and for the first where there are no more."""
    if number == 0 or (number == 1 and not clause.paragraphs):
        return Span(0, len(clause.text))
    start = clause.span.start
    spans = (p.span for p in clause.paragraphs if p.number == number)
    return next((Span(span.start - start, span.end - start) for span in spans), None)


def _lists(clause: Clause, within: Span) -> list[list[Span]]:
    """The lists of 项 that begin in a range of the text of a clause; a paragraph may stand between two 项."""
    ends = [p.span.end - clause.span.start for p in clause.paragraphs] or [len(clause.text)]
    lists = (starts for starts in _starts(clause) if within.start <= starts[0] < within.end)
    return [
        [Span(*border) for border in pairwise([*starts, min(end for end in ends if end > starts[-1])])]
        for starts in lists
    ]


def _starts(clause: Clause) -> list[list[int]]:
    """Where the 项 of a clause begin, list by list; a list counts from 1."""
    own = _behind_label(clause)
    text = clause.text[own:]
    for pattern in _NUMBERED:
        lists: list[list[int]] = []
        for match in pattern.finditer(text):
            number = to_int(match["number"])
            if number == 1:
                lists.append([own + match.start()])
            elif lists and number == len(lists[-1]) + 1:
                lists[-1].append(own + match.start())
        if lists:
            return lists
    dashes = [own + match.start() for match in _DASHED.finditer(text)]
    return [dashes] if dashes else []


def _behind_label(clause: Clause) -> int:
    """Where the text of a clause goes on behind its own number, which is no 项 of it."""
    blank = len(clause.text) - len(clause.text.lstrip())
    label = label_of(clause.text[blank:])
    return blank + label.end if label else 0


def _touch(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
