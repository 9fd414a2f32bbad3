"""What people type to look a clause up, in one spelling, and the ways to read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from corpus import references
from corpus.labels import Style
from corpus.model import Span
from corpus.numerals import HAN_NUMERAL, NUMERAL, to_int
from corpus.references import Part, Reference
from index.normalize import normalize_characters
from index.text_search import condensed

_OPEN, _CLOSE = r"[〔\[(【{<〈「]", r"[〕\])】}>〉」]"
_GAP = r"[-—–_/·.,\s]*"
_SERIAL = rf"第?{_GAP}0*([0-9]{{1,4}})"
_YEAR = "((?:19|20)[0-9]{2})"
_FILE = r"\s*号(?:文件|文)?"
_UNITS = "条(?!例)|款|项|章|节|编|部分|自然段|段"
_HAN = "零〇一二两三四五六七八九十百千廿卅"

_RULES = (
    (r"(?<![0-9a-z])\s+|\s+(?![0-9a-z])|[.,;:!?。、]+$", ""),
    # 大政办发2018-159, 大政办发【2018】第159号, 大政办发2018年159号; 〔2018〕159号, 2018年159号文; 第159号文件
    (
        rf"([\u4e00-\u9fff]{{1,13}}[发办函字规令释通政党委文]){_GAP}{_OPEN}?{_YEAR}年?{_CLOSE}?年?{_GAP}{_SERIAL}(?:{_FILE})?",
        r"\1〔\2〕\3号",
    ),
    (rf"{_OPEN}{_YEAR}年?{_CLOSE}{_SERIAL}{_FILE}|(?<![0-9]){_YEAR}年{_SERIAL}{_FILE}", r"〔\1\3〕\2\4号"),
    (rf"(?<![〕0-9]){_SERIAL}{_FILE}", r"\1号"),
    # 〔十七〕, 【17】; （十七 and 十七）
    (rf"{_OPEN}({NUMERAL}){_CLOSE}(?![0-9]+号)", r"(\1)"),
    (rf"\(({NUMERAL})$|(?<![-({_HAN}0-9])({NUMERAL})\)", r"(\1\2)"),
    # 第三十九条（第二项）
    (rf"\(((?:第{NUMERAL}(?:款|项|自然段|段))+)\)", r"\1"),
    # 五、17; what else stands between a name and a number; what is said of the clause
    (rf"({HAN_NUMERAL})[、.](?=[0-9]+$)", r"第\1部分"),
    (r"(?<![0-9a-z])[-—–_/·.,;:|>→、]+(?=第|\(|[0-9]|$)|(?<=[条款项])之(?=第)", ""),
    (r"(?<=[条款项段章节)])的?(?:规定|内容|原文|全文|条文)?(?:是什么|怎么说|怎么规定|说什么)?[?!。]*$", ""),
    # §82; 133-1条, 133之一; 82条2款; 第82
    (r"(?:§|art(?:icle|\.)?)\s*([0-9]{1,4})", r"第\1条"),
    (rf"第?({NUMERAL})(?:条?之({NUMERAL})条?|-([0-9]{{1,2}})条)", r"第\1条之\2\3"),
    (rf"(?<![第(0-9])([0-9]{{1,4}})(?={_UNITS})", r"第\1"),
    (rf"(?<![第({_HAN}])({HAN_NUMERAL})(?={_UNITS})", r"第\1"),
    (rf"第({NUMERAL})$", r"第\1条"),
)
"""Spellings that are rewritten, in this order."""

_REWRITES = tuple((re.compile(pattern), form) for pattern, form in _RULES)
_LEAD_IN = re.compile(
    "^(?:请|帮我|查一下|查|看一下|看|根据|依照|按照|依据|参见|详见|参照|见|现行的?|最新的?)+"
)
_LAST = re.compile(rf"附[件录表](?P<annex>{NUMERAL})?$|(?<![0-9年之])(?P<number>{NUMERAL})$")
_DATE = re.compile(
    r"\(?(?P<date>(?:19|20)[0-9]{2}(?:-[0-9]{2}-[0-9]{2})?)年?(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?"
    r"(?:版|修正|修订|修改|通过|公布|文)?本?的?\)?"
)
_ASIDE = re.compile(rf"^\((?!{NUMERAL}\))[^()]*\)")
"""What a name may say of its document: （征求意见2稿）."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to read a typed reference: the words that should name the document, and the steps behind them."""

    name: str
    steps: Reference


def canonical(text: str) -> str:
    """A typed reference in one spelling: 大政办發2018-159 17條 becomes 大政办发〔2018〕159号第17条."""
    plain = _LEAD_IN.sub("", normalize_characters(text).strip())
    for pattern, form in _REWRITES:
        plain = pattern.sub(form, plain)
    return plain


def readings(text: str) -> Iterator[Reading]:
    """The ways to read a canonical text, those with the longest name first."""
    yield Reading(text, Reference(Span(0, 0)))
    starts = {match.start() for match in references.STEP.finditer(text)}
    if last := _LAST.search(text):
        starts.add(last.start())
    for start in sorted(starts, reverse=True):
        if steps := _steps(text[start:]):
            yield Reading(text[:start], steps)


def _steps(text: str) -> Reference | None:
    """The steps of which a text consists."""
    if last := _LAST.fullmatch(text):
        number = last["number"] or last["annex"] or "0"
        is_han = last["number"] and re.fullmatch(HAN_NUMERAL, number)
        style = (Style.HAN if is_han else None) if last["number"] else Style.ANNEX
        return Reference(Span(0, len(text)), parts=(Part(to_int(number), style=style),))
    found = references.find(text)
    is_all = len(found) == 1 and (found[0].span.start, found[0].span.end) == (0, len(text))
    return found[0] if is_all and not (found[0].title or found[0].number) else None


def dated(name: str) -> tuple[str, str]:
    """A name without the year or date of a version that it begins or ends with, and that date: 2018年公司法."""
    match = _DATE.match(name) or re.search(f"{_DATE.pattern}$", name)
    return (name[: match.start()] + name[match.end() :], match["date"]) if match else (name, "")


def with_context(reading: Reading, words: str) -> Reference:
    """The steps of a reading below those in the words behind the name; words that are no steps are a heading."""
    rest, date = dated(words.lstrip("》〉」”\"':"))
    rest = _ASIDE.sub("", rest)
    found = references.find(rest)
    above = found[0] if len(found) == 1 and found[0].parts and not found[0].title else Reference(Span(0, 0))
    heading = rest[: above.span.start] + rest[above.span.end :]
    return replace(
        reading.steps,
        parts=(*above.parts, *reading.steps.parts),
        paragraph=reading.steps.paragraph or above.paragraph,
        item=reading.steps.item or above.item,
        heading=re.sub(r"^(?:的|中的?|里的?|[“\"])|(?:一?章|部分|[”\"])$", "", heading)
        if condensed(heading)
        else "",
        date=date,
    )
