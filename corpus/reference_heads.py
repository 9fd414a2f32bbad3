"""What references inside documents count from: 本意见, 《劳动合同法》, 前款, 本章, or a whole document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from corpus.labels import Style
from corpus.metadata import normal_number
from corpus.model import Span
from corpus.numerals import HAN_NUMERAL, to_int
from corpus.references import Anchor, Part, Reference

_DIVISIONS = {"章": Style.CHAPTER, "节": Style.SECTION, "分编": Style.SUBBOOK, "编": Style.BOOK}
_MARKED = re.compile(
    r"《(?P<title>[^《》]*(?:《[^《》]*》[^《》]*)*)》(?:\s*[（(](?P<aside>[^（）()]{1,40})[）)])?"
)
_NUMBERED = re.compile(
    r"(?P<code>[\u4e00-\u9fff]{2,14})[〔\[［（(【]\s*(?:19|20)\d{2}\s*[〕\]］）)】]\s*(?:第\s*)?\d{1,4}\s*号"
)
_DATE = re.compile(r"(?:19|20)\d{2}(?=年|$|[修版])")
_GENRES = "法典|法|条例|细则|准则|(?:若干|暂行|管理|实施)(?:规定|办法)|解释|修正案|编"
_UNMARKED = re.compile(
    rf"(?P<title>[\u4e00-\u9fff]{{1,30}}?(?:{_GENRES})(?:[（(]{HAN_NUMERAL}[)）])?)(?P<half>总则|分则|附则)?的?\s*$"
)
_LEAD_IN = re.compile(
    "^(?:.*(?:依照|按照|根据|依据|违反|符合|适用|参照|比照|属于|以及|或者|所称|规定|构成|触犯|实施|涉嫌|具有|发现|贯彻|落实|执行)"
    rf"|[和或及与])(?!(?:{_GENRES})$)"
)
"""Words that cannot be a part of the title or number behind them."""

_OWN = re.compile(
    r"(?<![基根样资成])本[\u4e00-\u9fff]{0,4}?(?:法|条例|办法|规定|细则|解释|规则|意见|方案|决定|通知|规划|纲要|标准|准则|规范|制度|批复)(?P<half>总则|分则|附则)?的?\s*$"
)
_LAST_NAMED = re.compile("(?:该|(?<!合)同|上述)(?:法|条例|办法|规定|细则|解释|意见|方案|通知)的?\\s*$")
_BACK = r"(?<![目之以此提])前(?P<back>[一二两三四五六七八九十])?(?P<counted>条(?![件例])|款(?!项)|项(?!目))"
_RELATIVE = re.compile(rf"(?:{_BACK}|本(?P<here>条|款|项|章|节|分编|编))的?\s*$")
_ALONE = re.compile(
    rf"{_BACK}|(?<![基版脚课样资])本(?P<here>章|节|分编|编)(?=[\u4e00-\u9fff]?[规所的中内另没]|[，。；、])"
    rf"|(?<=[见本的照据和及（(、])附(?P<annex>[件录表])\s*(?P<number>[一二三四五六七八九十]{{1,3}}|[0-9０-９]{{1,3}})"
)
LONGEST_HEAD = 45
"""Characters before the first step in which it is looked for."""


def names_in(text: str) -> list[Reference]:
    """Documents that a text names with title marks or by number, with the number or date in brackets behind a title."""
    names: list[Reference] = []
    for match in _MARKED.finditer(text):
        aside = match["aside"] or ""
        number, date = _NUMBERED.fullmatch(aside), _DATE.match(aside)
        end = match.end() if number or date else match.end("title") + 1
        names.append(
            Reference(
                Span(match.start(), end),
                number=normal_number(aside) if number else "",
                title="".join(match["title"].split()),
                is_marked=True,
                date=date[0] if date else "",
            )
        )
    marked = [name.span for name in names]
    for match in _NUMBERED.finditer(text):
        if not is_within(match.start(), marked):
            start = match.start() + _lead_in(match["code"])
            span = Span(start, match.end())
            names.append(Reference(span, number=normal_number(text[span.start : span.end])))
    return names


def is_within(offset: int, spans: Iterable[Span]) -> bool:
    """Whether an offset lies in one of some spans."""
    return any(span.start <= offset < span.end for span in spans)


def _lead_in(words: str) -> int:
    match = _LEAD_IN.match(words)
    return match.end() if match and match.end() < len(words) - 1 else 0


def head_before(before: str, start: int, last: Reference | None, *, may_be_title: bool) -> Reference | None:
    """What the words right before the first step, at ``start`` of a text, say that it counts from, if anything.

    ``last`` is the last document that was named, which 该法 takes up; ``may_be_title`` allows a title without title marks.
    """
    if match := _OWN.search(before):
        return Reference(_span(match, start), anchor=Anchor.DOCUMENT, heading=match["half"] or "")
    if match := _RELATIVE.search(before):
        return _relative(match, _span(match, start))
    if match := _LAST_NAMED.search(before):
        named = _name_of(last) if last else Reference(Span(0, 0), title=match[0], is_marked=True)
        return replace(named, span=_span(match, start))
    if may_be_title and (match := _UNMARKED.search(before)):
        offset = _lead_in(match["title"])
        span = Span(start - len(match[0]) + offset, start)
        return Reference(span, title=match["title"][offset:], heading=match["half"] or "")
    return None


def _name_of(reference: Reference) -> Reference:
    """Only the document that a reference names."""
    return replace(reference, heading="", parts=(), paragraph=0, item=0, since=0)


def _span(match: re.Match[str], end: int) -> Span:
    return Span(end - len(match[0]), end)


def _relative(match: re.Match[str], span: Span) -> Reference:
    here = match["here"]
    if here in _DIVISIONS:
        return Reference(span, anchor=Anchor.DIVISION, division=_DIVISIONS[here])
    back = to_int(match["back"]) if match["back"] else int(not here)
    counted = here or match["counted"]
    return Reference(span, anchor=Anchor.CLAUSE, back=back, counted=counted)


def alone_in(text: str) -> Iterator[Reference]:
    """前款, 前两条, 本章, 附件2, whether steps follow or not."""
    for match in _ALONE.finditer(text):
        span = Span(*match.span())
        if match["annex"]:
            part = Part(to_int(match["number"]), style=Style.ANNEX)
            yield Reference(span, anchor=Anchor.DOCUMENT, parts=(part,))
        else:
            yield _relative(match, span)
