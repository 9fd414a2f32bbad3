"""The labels that number the units of official documents and of law.

Official documents (GB/T 9704-2012, 7.3.3): 一、 -> （一） -> 1. -> （1）. Law: 编, 分编, 章, 节, 条, 条之一.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from corpus.numerals import HAN_NUMERAL, NUMERAL, to_int


class Style(Enum):
    """Kind of label; the value is its usual rank, outermost first."""

    ANNEX = 0
    PART = 1
    BOOK = 2
    SUBBOOK = 3
    CHAPTER = 4
    SECTION = 5
    ARTICLE = 6
    HAN = 7
    HAN_BRACKETED = 8
    DIGIT = 9
    DIGIT_BRACKETED = 10
    TITLE = 11  # a heading that the source marks and that has no number

    @property
    def is_division(self) -> bool:
        """编, 章, 节 and the like: their label fills a line with its heading."""
        return Style.PART.value <= self.value <= Style.SECTION.value


@dataclass(frozen=True, slots=True)
class Label:
    """A label at the start of a line: ``path`` is its canonical form, ``end`` where it stops."""

    style: Style
    number: int
    branch: int  # 2 for 第十条之二, else 0
    path: str
    end: int
    is_set_off: bool  # a blank or the end of the line follows


_DIVISIONS = {
    "部分": Style.PART,
    "编": Style.BOOK,
    "分编": Style.SUBBOOK,
    "章": Style.CHAPTER,
    "节": Style.SECTION,
    "条": Style.ARTICLE,
}

SIGNATURE_LINE = re.compile(
    r"(?:[12]\d{3}|[二一][〇○零九]..)年.{1,3}月.{1,3}日"  # date
    r"|[（(]此件.{2,12}[）)]"  # how far it may be made public
    r"|(?!.*关于)[\u4e00-\u9fff、 ]{2,40}(?:政府|办公厅|办公室|委员会|委|厅|局|部|署|院|中心)"  # organ
)
"""A line of the signature that closes a document."""

_LAW = re.compile(
    rf"第\s*(?P<number>{NUMERAL})\s*(?P<unit>部分|分编|编|章|节|条)"
    rf"(?:\s*之\s*(?P<branch>{HAN_NUMERAL}))?(?!第|款|项(?!目)|、|[和或至及]第)"
)
_NO_LABEL = r"(?![条款项](?:[、，。；）的所规和]|$)|[、，。；]|[至和或及]\s*[（(])"
"""What follows a bracketed number that belongs to a sentence: （二）项规定, （一）至（三）."""

_HAN = re.compile(
    rf"(?P<number>{HAN_NUMERAL})\s*[、．.](?!\s*{HAN_NUMERAL}\s*(?:[级类线档等甲乙丙、]|年级)|、)"
)
_HAN_BRACKETED = re.compile(rf"[（(]\s*(?P<number>{HAN_NUMERAL})\s*[)）]{_NO_LABEL}")
_DIGIT = re.compile(r"(?P<number>[0-9０-９]{1,3})\s*[.．、](?![0-9０-９])")
_DIGIT_BRACKETED = re.compile(rf"[（(]\s*(?P<number>[0-9０-９]{{1,3}})\s*[)）]{_NO_LABEL}")
_ANNEX = re.compile(rf"附\s*(?P<kind>[件录表])\s*(?P<number>{NUMERAL})?(?=\s*$|\s*[:：]|\s+\S)")


def label_of(line: str) -> Label | None:
    """The label with which a line (without indent) begins."""
    if match := _LAW.match(line):
        return _law_label(line, match)
    if match := _ANNEX.match(line):
        number = to_int(match["number"]) if match["number"] else 0
        return Label(Style.ANNEX, number, 0, f"附{match['kind']}{number or ''}", match.end(), True)
    for style, pattern, form in (
        (Style.HAN, _HAN, "{}"),
        (Style.HAN_BRACKETED, _HAN_BRACKETED, "（{}）"),
        (Style.DIGIT, _DIGIT, "{}"),
        (Style.DIGIT_BRACKETED, _DIGIT_BRACKETED, "（{}）"),
    ):
        if match := pattern.match(line):
            value = to_int(match["number"])
            written = match["number"] if style in (Style.HAN, Style.HAN_BRACKETED) else str(value)
            return Label(style, value, 0, form.format(written), match.end(), _is_set_off(line, match.end()))
    return None


def _law_label(line: str, match: re.Match[str]) -> Label | None:
    style = _DIVISIONS[match["unit"]]
    is_set_off = _is_set_off(line, match.end())
    if style.is_division and not (is_set_off or _is_short_heading(line[match.end() :])):
        return None
    branch = to_int(match["branch"]) if match["branch"] else 0
    path = re.sub(r"\s+", "", match[0])
    return Label(style, to_int(match["number"]), branch, path, match.end(), is_set_off)


def _is_short_heading(rest: str) -> bool:
    """第一章总则: a heading right behind its label, and no sentence."""
    return len(rest) <= 15 and not re.search("[，。；：、]|规定|所", rest)


def _is_set_off(line: str, end: int) -> bool:
    return end >= len(line) or line[end].isspace() or line[end] in "【（"


def starts_with_label(line: str) -> bool:
    """Whether a line begins like a numbered unit."""
    return label_of(line.strip()) is not None
