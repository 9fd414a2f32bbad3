"""References that a document makes in its text: 依照本意见第（九）条, 《劳动合同法》第三十九条, 前款, 附件2.

People who ask name a clause in any way (:mod:`corpus.references`); documents do it in fixed forms, and a
clause of no document is one of their own. Which clause is meant depends on the documents that are there
and on where the words stand; that is for others to find out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from corpus.labels import Style, label_of
from corpus.metadata import TITLE_END
from corpus.model import Span
from corpus.numerals import to_int
from corpus.reference_heads import LONGEST_HEAD, alone_in, head_before, is_within, names_in
from corpus.references import DIVISION_STYLES, Anchor, Part, Reference

_NUMERAL = "(?:[零〇一二两三四五六七八九十百千]{1,9}|[0-9０-９]{1,5})"
_IN_BRACKETS = rf"[（(]\s*{_NUMERAL}\s*[)）]"
_NUMBER = rf"(?:{_NUMERAL}|{_IN_BRACKETS})"
_TO = re.compile("至|到|[-—–~～]+")
_JOINT = r"(?:[、和及与或至到—–~～]|(?<![0-9]{2})-|-(?=[0-9]{2}))"
_LISTED = (
    rf"\s*{_JOINT}\s*第?\s*{_NUMBER}"
    rf"|\s*条\s*{_JOINT}\s*{_NUMERAL}(?=\s*条(?![例件款措政建意]))"
    r"|(?<=[)）])[（(]\s*[一二三四五六七八九十]{1,3}\s*[)）]"
)
"""What goes on with a list or a range of numbers: 第三、四条, 第三至五条, 第三条、四条, 第（二）（三）项."""

_BETWEEN = re.compile(rf"(?P<unit>\s*条)?\s*(?P<joint>{_JOINT})?\s*")
_STEP = re.compile(
    rf"第\s*(?P<numbers>{_NUMBER}(?:{_LISTED})*)\s*(?P<unit>部分|分编|编|章|节|条|自然段|款|段|项)"
    rf"(?:\s*之\s*(?P<branch>{_NUMERAL}))?(?![目例课线])"
    rf"|(?P<han>{_NUMERAL})、(?=\s*{_IN_BRACKETS})"
    rf"|(?P<bare>{_IN_BRACKETS}(?:\s*[、和]\s*{_IN_BRACKETS})*)\s*(?P<bare_unit>[条款项点])?"
)
_LEVELS = {
    "部分": 0,
    "编": 1,
    "分编": 2,
    "章": 3,
    "节": 4,
    "条": 6,
    "款": 7,
    "自然段": 7,
    "段": 7,
    "项": 8,
    "点": 8,
}
_PARAGRAPHS, _ITEMS, _HAN_LEVEL = 7, 8, 5
_AND = re.compile("[、，,]?(?:和|或者?|以及|及其?|与)?")
_ASIDE = re.compile(r"(?:[（(][^（）()]*[)）])?[ 　的中]*")

_QUOTED = re.compile("[“「『][^“”「」『』]*[”」』]")
_Chain = list[re.Match[str]]
"""Steps right behind each other, each on a deeper level: 第二十条第二款第（三）项."""


def find(text: str) -> list[Reference]:
    """References in the text of a clause, in order; its own label is none."""
    label = label_of(text)
    names = names_in(text)
    marked = [name.span for name in names]
    quoted = [Span(*match.span()) for match in _QUOTED.finditer(text)]
    found: list[Reference] = []
    for chain in _chains(text, label.end if label else 0):
        if is_within(chain[0].start(), marked):
            continue
        head = _head(text, chain, names, found[-1] if found else None)
        if head and (head.anchor is Anchor.NAME or not is_within(chain[0].start(), quoted)):
            found += _extended(head, chain)
    used = [reference.span for reference in found]
    whole = (name for name in names if name.number or TITLE_END.search(name.title))
    alone = (near for near in alone_in(text) if not is_within(near.span.start, quoted))
    found += (reference for reference in (*whole, *alone) if not is_within(reference.span.start, used))
    return sorted(found, key=lambda reference: reference.span.start)


def _chains(text: str, start: int) -> Iterator[_Chain]:
    chain: _Chain = []
    for step in _STEP.finditer(text, start):
        is_next = chain and not text[chain[-1].end() : step.start()].strip(" 　的")
        if is_next and _level(step) > _level(chain[-1]):
            chain.append(step)
            continue
        if chain:
            yield chain
        chain = [step]
    if chain:
        yield chain


def _level(step: re.Match[str]) -> int:
    return _HAN_LEVEL if step["han"] else _LEVELS[step["unit"] or step["bare_unit"] or "项"]


def _head(text: str, chain: _Chain, names: list[Reference], last: Reference | None) -> Reference | None:
    """What the steps count from, with the words before them that say so; None where they refer to nothing."""
    start = chain[0].start()
    if last and (last.parts or last.paragraph or last.item):
        gap = text[last.span.end : start]
        if _AND.fullmatch(gap):
            return replace(last, span=Span(start, start), since=0)
        if _TO.fullmatch(gap) and last.parts:
            return replace(last, span=Span(start, start), since=last.parts[-1].number + 1)
    for name in names:
        if name.span.end <= start and _ASIDE.fullmatch(text, name.span.end, start):
            return name
    before = text[max(last.span.end if last else 0, start - LONGEST_HEAD) : start]
    named = _named_last([*names, *([last] if last else [])], start)
    return head_before(before, start, named, may_be_title=bool(chain[0]["numbers"])) or _bare(chain)


def _named_last(references: list[Reference], start: int) -> Reference | None:
    """The last of some references before an offset that names a document."""
    named = [r for r in references if r.anchor is Anchor.NAME and r.span.end <= start]
    return max(named, key=lambda reference: reference.span.end, default=None)


def _bare(chain: _Chain) -> Reference | None:
    """第三条 of no document is one of this, 第二款 one of this clause; a number in brackets is a mere label."""
    first = chain[0]
    if not (first["numbers"] or first["bare_unit"]):
        return None
    anchor = Anchor.CLAUSE if _level(first) >= _PARAGRAPHS else Anchor.DOCUMENT
    return Reference(Span(first.start(), first.start()), anchor=anchor)


def _extended(head: Reference, chain: _Chain) -> Iterator[Reference]:
    """The head with the steps behind it; 第一、二款 are two references."""
    reference = head
    for step in chain:
        *others, last = _listed(reference, step)
        yield from others
        reference = replace(last, span=Span(last.span.start, step.end()))
    yield reference


def _listed(reference: Reference, step: re.Match[str]) -> Iterator[Reference]:
    """A reference with each of the numbers of a step; what ends a range tells what begins it."""
    group = next(name for name in ("numbers", "bare", "han") if step[name])
    words, offset = step[group], step.start(group)
    start, since = reference.span.start, reference.since
    for number in re.finditer(_NUMBER, words):
        own = _stepped(reference, step, number[0])
        between = _BETWEEN.match(words, number.end())
        assert between
        end = between.end("unit") if between["unit"] else number.end()
        yield replace(own, span=Span(start, offset + end), since=since)
        is_range = own.parts != reference.parts and _TO.fullmatch(between["joint"] or "")
        start, since = offset + between.end(), own.parts[-1].number + 1 if is_range else 0


def _stepped(reference: Reference, step: re.Match[str], written: str) -> Reference:
    number = to_int(written.strip("（()） "))
    level = _level(step)
    if level == _PARAGRAPHS:
        return replace(reference, paragraph=number, item=0)
    if level >= _ITEMS and (reference.paragraph or reference.anchor is Anchor.CLAUSE):
        return replace(reference, item=number)
    if reference.anchor is Anchor.CLAUSE:
        reference = replace(reference, anchor=Anchor.DOCUMENT, back=0, counted="")
    branch = to_int(step["branch"]) if step["branch"] else 0
    above = tuple(part for part in reference.parts if _part_level(part) < level)
    parts = (*above, Part(number, branch, _style(step, written)))
    return replace(reference, parts=parts, paragraph=0, item=0)


def _style(step: re.Match[str], written: str) -> Style | None:
    if _level(step) >= _ITEMS:
        return Style.DIGIT_BRACKETED if written.strip("（() ")[0].isascii() else Style.HAN_BRACKETED
    return Style.HAN if step["han"] else DIVISION_STYLES.get(step["unit"])


def _part_level(part: Part) -> int:
    if part.style is None:
        return _LEVELS["条"]
    return next((_LEVELS[unit] for unit, style in DIVISION_STYLES.items() if style is part.style), _ITEMS)
