"""Where a text quotes: “…”, "…", 「…」, 『…』, and words that are announced as the wording of a source."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.model import Span

_LONGEST = 5_000
_QUOTED = re.compile(
    r"《[^《》\n]*》"  # a title; quotation marks in it are part of it
    rf"|“(?P<curly>(?:[^“”]|“[^“”]*”){{1,{_LONGEST}}}?)”"
    r"|“(?P<open>[^“”\n]+)(?=\n\s*“)"  # each paragraph of a long quotation opens, only the last one closes
    r"|(?P<wrong>[”“])(?P<curled>[^“”\n]+)(?P=wrong)"  # typed with the same mark on both sides
    r"|[\"＂](?P<straight>[^\"＂\n\t]+)[\"＂]"
    rf"|「(?P<corner>(?:[^「」]|「[^「」]*」){{1,{_LONGEST}}}?)」"
    rf"|『(?P<double>[^『』]{{1,{_LONGEST}}})』"
)
_BRACKETED = re.compile(r"(?:【(?P<lenticular>[^【】]+)】|〈(?P<angle>[^〈〉]+)〉)[。；;，,]?")
_SAYS = "(?:规定|要求|明确|指出|提出|写明|写道|表述|载明)"
_AS_FOLLOWS = "(?:了|的是|是|为|如下)"
_ANNOUNCED = re.compile(rf"(?:{_SAYS}|原文|条文|全文|内容|如下|[条款项段]|[)）]){_AS_FOLLOWS}*\s*[:：]")
_CITED = re.compile(
    rf"[\s，,)）]*(?:中|里|还|已|也|均|明确|具体)*的?(?:{_SAYS}|原文|条文|内容)*{_AS_FOLLOWS}*\s*[:：]"
)
"""What may stand between a reference and the colon that announces its words."""

_AS_SUCH = re.compile("原文|条文|全文|摘录|摘抄")
ITEM = re.compile(r"\s*(?:[（(][一二三四五六七八九十0-9]{1,3}[)）]|[0-9]{1,2}[.．、]|——|[①-⑳])")
_SECTION = re.compile(r"[”\"＂」』]\s*(?:的|中|里|部分)*\s*第")
_NAME = re.compile(r"(?:简称|统称|以下称|下称)\s*[为:：]?\s*$")
"""What stands before a short name in quotation marks."""

_BEFORE = 10
_BLANK = re.compile(r"\s*")
_SENTENCE_ENDS = "\n。；;！!？?"
_SENTENCE_END = re.compile(f"[{_SENTENCE_ENDS}]")

_LINE_END = re.compile(r"[\n\t]")
_WORD = re.compile("[\u4e00-\u9fff]")
_LEAD = 200

_MOSTLY = 0.5
"""Share of an announced quotation that quotation marks may cover: beyond that, they hold the quotations."""

APART = "\x1d"
"""Parts texts that have nothing to do with each other: the sheets of a workbook."""

HIDDEN = "\ue000"
"""Stands for each character of a quotation where only the words around it are read."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """The place of words quoted, without their marks. ``lead`` is where the words that introduce them end.

    What a colon announces may as well be told in other words, so that it is not ``is_certain``. A line beside one
    that is nothing but a reference, ``is_beside``, is a quotation where that is its reference.
    """

    span: Span
    lead: int
    is_certain: bool = True
    is_beside: bool = False


def marked(text: str) -> list[Quotation]:
    """Quotations in quotation marks, in order."""
    found = ((match, match.lastgroup) for match in _QUOTED.finditer(text))
    return [
        Quotation(Span(*match.span(name)), match.start())
        for match, name in found
        if name
        and match[name].strip()
        and not _NAME.search(text, max(0, match.start() - _BEFORE), match.start())
    ]


def hidden(text: str, quotations: Iterable[Quotation]) -> str:
    """``text`` with the words quoted hidden; what names a section stays: “总体要求”的第一条."""
    characters = list(text)
    for span in (quotation.span for quotation in quotations):
        if not _SECTION.match(text, span.end):
            characters[span.start : span.end] = HIDDEN * (span.end - span.start)
    return "".join(characters)


def unbracketed(text: str, span: Span) -> Span:
    """A range without the brackets 【…】 or 〈…〉 around all of its words."""
    match = _BRACKETED.fullmatch(text, span.start, span.end)
    return Span(*match.span(match.lastgroup or 0)) if match else span


def sentence_start(text: str, position: int) -> int:
    """Where the sentence begins that has ``position``, or its last 200 characters; quotations are hidden."""
    start = max(0, position - _LEAD)
    return start + max(text[start:position].rfind(mark) for mark in _SENTENCE_ENDS) + 1


def sentence_end(text: str, position: int) -> int:
    """Where the sentence ends that has ``position``."""
    end = _SENTENCE_END.search(text, position)
    return end.start() if end else len(text)


def announced(text: str, references: Iterable[Span]) -> list[Quotation]:
    """Quotations without marks in a text whose marked ones are hidden: 第八条规定：…, 原文如下：….

    A colon announces one right behind a reference, or where a word such as 原文 stands before it in its sentence.
    """
    cited = {match.end() for span in references if (match := _CITED.match(text, span.end))}
    found: list[Quotation] = []
    for match in _ANNOUNCED.finditer(text):
        start = sentence_start(text, match.start())
        is_as_such = bool(_AS_SUCH.search(text, start, match.end()))
        is_meant = is_as_such or match.end() in cited
        quotation = _following(text, match.end(), is_as_such) if is_meant else None
        if quotation and (not found or match.start() >= found[-1].span.end):
            found.append(quotation)
    return found


def _following(text: str, lead: int, is_certain: bool) -> Quotation | None:
    """What stands behind the colon at ``lead``: the rest of its line, or else the next paragraph and its items."""
    start = _behind_blanks(text, lead)
    end = _line_end(text, start)
    while "\n" in text[lead:start] and ITEM.match(text, end):
        end = _line_end(text, _behind_blanks(text, end))
    words = text[start:end].rstrip()
    is_quoted = words.count(HIDDEN) > _MOSTLY * len(words) or words[:1] in '“”"＂「『'
    return (
        None
        if is_quoted or not _WORD.search(words)
        else Quotation(unbracketed(text, Span(start, start + len(words))), lead, is_certain)
    )


def _behind_blanks(text: str, start: int) -> int:
    match = _BLANK.match(text, start)
    return match.end() if match else start


def _line_end(text: str, start: int) -> int:
    """Where the line or cell ends that has ``start``."""
    end = _LINE_END.search(text, start)
    return end.start() if end else len(text)
