"""Repairs of extracted text: each a small named function that proposes edits.

A repair never invents characters: it deletes, or it puts one character in the place of another.
So every cleaned character has its place in the original, and the :class:`OffsetMap` is exact.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from corpus.labels import SIGNATURE_LINE, starts_with_label
from corpus.model import CleanText, Furniture, OffsetMap, Run, Span

_CJK = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u2014\u2018-\u201d\u2026"
_BLANK = r"[^\S\n]"
_MARKS = "，。；：、（）《》“”"
_NEEDS_NO_BLANK = re.compile(rf"[{_CJK}][0-9]|[0-9%][{_CJK}]|[{_MARKS}].|.[{_MARKS}]")
_SHORTEST_PAGE = 8  # lines with text
_DECORATED_NUMBER = re.compile(
    r"[-—–·.]+\s*(\d{1,4})\s*[-—–·.]+"
    r"|第\s*(\d{1,4})\s*页(?:[，,\s]*共\s*\d+\s*页)?"
    r"|(\d{1,4})\s*/\s*\d{1,4}"
)
_SENTENCE_END = "。！？；：”』）)!?;:"


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters ``[start, end)`` are deleted, or the one at ``start`` becomes ``replacement``.

    ``furniture`` names what is deleted where it belongs to the page and not to the text.
    """

    start: int
    end: int
    replacement: str = ""
    furniture: str = ""


@dataclass(slots=True)
class _Draft:
    text: str
    origins: list[int]
    furniture: list[Furniture] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)

    def apply(self, name: str, edits: list[Edit]) -> None:
        if not edits:
            return
        pieces: list[str] = []
        origins: list[int] = []
        position = 0
        for edit in edits:
            pieces.append(self.text[position : edit.start] + edit.replacement)
            origins += self.origins[position : edit.start]
            origins += self.origins[edit.start : edit.start + len(edit.replacement)]
            if edit.furniture:
                self.furniture += self._named(edit)
            position = edit.end
        self.text = "".join(pieces) + self.text[position:]
        self.origins = origins + self.origins[position:]
        self.repairs.append(name)

    def _named(self, edit: Edit) -> Iterator[Furniture]:
        start = edit.start
        for here in range(edit.start + 1, edit.end + 1):
            if here == edit.end or self.origins[here] != self.origins[here - 1] + 1:
                yield Furniture(edit.furniture, Span(self.origins[start], self.origins[here - 1] + 1))
                start = here


def clean(text: str, *, markdown: bool = False) -> CleanText:
    """``text`` after all repairs that it needs; ``markdown`` removes heading marks and comments."""
    draft = _Draft(text, list(range(len(text))))
    for name, repair in REPAIRS.items():
        if markdown or repair is not strip_markdown:
            draft.apply(name, list(repair(draft.text)))
    furniture = tuple(sorted(draft.furniture, key=lambda item: item.span.start))
    headings = tuple(
        bisect_left(draft.origins, item.span.end)
        for item in furniture
        if text.startswith("#", item.span.start)
    )
    return CleanText(draft.text, _offset_map(draft.origins), furniture, tuple(draft.repairs), headings)


def unify_line_ends(text: str) -> Iterator[Edit]:
    """Every line ends in one line feed."""
    for match in re.finditer(r"\r\n?|[\x0b\x85\u2028\u2029]", text):
        pair = match[0] == "\r\n"
        yield Edit(match.start(), match.start() + 1, "" if pair else "\n")


def drop_page_breaks(text: str) -> Iterator[Edit]:
    """A form feed ends a page, not a sentence."""
    for match in re.finditer("\f", text):
        yield Edit(match.start(), match.end(), furniture="换页")


def drop_invisible(text: str) -> Iterator[Edit]:
    """Zero-width characters, soft hyphens and byte-order marks inside the text."""
    for match in re.finditer("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+", text):
        yield Edit(match.start(), match.end())


def strip_markdown(text: str) -> Iterator[Edit]:
    """Heading marks and comments of Markdown."""
    for match in re.finditer(r"^#{1,6}[^\S\n]+|<!--.*?-->", text, re.MULTILINE | re.DOTALL):
        yield Edit(match.start(), match.end(), furniture="Markdown 标记")


def drop_page_numbers(text: str) -> Iterator[Edit]:
    """Lines that hold a page number alone: 3, - 3 -, — 3 —, 第3页, 第3页 共12页, 3/12.

    A bare number counts only where the numbers rise through the file and stand pages apart, so that
    a column of figures is left alone.
    """
    lines = list(re.finditer(r"^[^\n]*$", text, re.MULTILINE))
    filled = [line for line in lines if line[0].strip()]
    highest, last = 0, -_SHORTEST_PAGE
    for index, line in enumerate(filled):
        number = _page_number(line[0].strip(), is_apart=index - last > _SHORTEST_PAGE)
        if number > highest and index > 0:
            highest, last = number, index
            yield Edit(line.start(), line.end(), furniture="页码")


def _page_number(line: str, *, is_apart: bool) -> int:
    if decorated := _DECORATED_NUMBER.fullmatch(line):
        return int(next(filter(None, decorated.groups())))
    return int(line) if is_apart and re.fullmatch(r"[0-9]{1,3}", line) else 0


def join_wrapped_lines(text: str) -> Iterator[Edit]:
    """Lines that were broken at the width of the page, with or without blank lines between them.

    Paragraph breaks inside such a text survive only where the line before is short or a label
    follows; the others cannot be recovered.
    """
    lines = [line for line in re.finditer(r"[^\n]+", text) if line[0].strip()]
    width = _wrap_width([line[0].strip() for line in lines])
    if not width:
        return
    for line, following in pairwise(lines):
        before, after = line[0].strip(), following[0].strip()
        if _continues(before, after, width):
            gap_start = line.start() + len(line[0].rstrip())
            gap_end = following.end() - len(following[0].lstrip())
            latin = bool(re.search(r"[A-Za-z,.;:]$", before) and re.match(r"[A-Za-z]", after))
            yield Edit(gap_start, gap_end, " " if latin else "")


def _wrap_width(lines: list[str]) -> float:
    """Width at which the lines were broken, in full-width characters; 0 if they were not."""
    widths = sorted(map(_width, lines))
    if len(widths) < 8:
        return 0
    width = widths[int(0.9 * (len(widths) - 1))]
    full = [line for line in lines if _width(line) >= 0.8 * width]
    broken = [line for line in full if line[-1] not in _SENTENCE_END]
    is_wrapped = 12 <= width <= 60 and len(broken) >= 5 and len(broken) > 0.4 * len(full)
    return width if is_wrapped else 0


def _width(line: str) -> float:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line) / 2


def _continues(before: str, after: str, width: float) -> bool:
    if before[-1] in "，、,":
        return True
    if _width(before) < 0.8 * width or after.startswith("——"):
        return False
    if before[-1] in _SENTENCE_END and SIGNATURE_LINE.fullmatch(after):
        return False
    is_heading = starts_with_label(before) and not re.search("[，。；：]", before)
    may_end = is_heading or before[-1] in _SENTENCE_END or _width(before) < 0.9 * width
    return not (starts_with_label(after) and may_end)


def tidy_blanks(text: str) -> Iterator[Edit]:
    """Indents, trailing blanks, blank lines, doubled blanks, and blanks beside figures or punctuation.

    A blank that stands for something left unfilled (2018年 月底前) or sets a label off stays, as one blank.
    """
    for match in re.finditer(rf"\n\s*\n|^\s+|\s+$|{_BLANK}*\n{_BLANK}*|{_BLANK}+", text):
        replacement = _tidied(text, match)
        if replacement != match[0]:
            yield Edit(match.start(), match.end(), replacement)


def _tidied(text: str, blank: re.Match[str]) -> str:
    if blank.start() == 0 or blank.end() == len(text):
        return ""
    if "\n" in blank[0]:
        return "\n"
    line = text[text.rfind("\n", 0, blank.start()) + 1 : blank.start()]
    around = text[blank.start() - 1] + text[blank.end()]
    sets_label_off = len(line) < 16 and starts_with_label(line + "　")
    return "" if _NEEDS_NO_BLANK.fullmatch(around) and not sets_label_off else " "


Repair = Callable[[str], Iterator[Edit]]

REPAIRS: dict[str, Repair] = {
    "统一换行": unify_line_ends,
    "去除换页符": drop_page_breaks,
    "去除不可见字符": drop_invisible,
    "去除 Markdown 标记": strip_markdown,
    "去除页码": drop_page_numbers,
    "接回硬换行": join_wrapped_lines,
    "整理空白": tidy_blanks,
}
"""Every repair, in the order in which they are tried."""


def _offset_map(origins: list[int]) -> OffsetMap:
    runs: list[Run] = []
    start = 0
    for here in range(1, len(origins) + 1):
        if here == len(origins) or origins[here] != origins[here - 1] + 1:
            runs.append(Run(start, origins[start], here - start))
            start = here
    return OffsetMap(tuple(runs))
