"""References to documents and clauses in running text: 大政办发〔2018〕159号（十七）, 吉林方案第12条.

Finding is separate from resolving: what is found here are the words of a reference; which clause
they name depends on the documents that are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from corpus.labels import Style, label_of
from corpus.metadata import DOCUMENT_NUMBER, normal_number
from corpus.model import Span
from corpus.numerals import HAN_NUMERAL, NUMERAL, to_int


@dataclass(frozen=True, slots=True)
class Part:
    """One step of a clause path. ``style`` is None where the words leave it open: 第八条 may be （八）."""

    number: int
    branch: int = 0
    style: Style | None = None


class Anchor(StrEnum):
    """What a reference counts from."""

    NAME = "name"  # the document that it names, if any
    DOCUMENT = "document"  # the document that it stands in: 本法第三章
    DIVISION = "division"  # a division around it: 本章第二节
    CLAUSE = "clause"  # the clause that it stands in: 本条第二款, 前款


@dataclass(frozen=True, slots=True)
class Reference:
    """Words that name a document, a clause, or both.

    ``number`` and ``title`` name a document by its 发文字号 and its title, ``date`` one of its versions (2018,
    2018-10-26). A title ``is_marked`` by 《》; one that is not may have other words before it. ``heading``
    names a section by its heading; ``parts`` lead to the clause, outermost first; ``paragraph`` is a 款 or 段
    of it and ``item`` a 项 of that. ``back`` units of the kind ``counted`` (条, 款, 项) before its place are
    meant by 前条 and 前两款. ``division`` is the level of 本章. ``since`` is the number behind the first one
    of a range that ends here: 第十条至第十五条.
    """

    span: Span
    number: str = ""
    title: str = ""
    is_marked: bool = False
    date: str = ""
    heading: str = ""
    parts: tuple[Part, ...] = ()
    paragraph: int = 0
    item: int = 0
    anchor: Anchor = Anchor.NAME
    division: Style | None = None
    back: int = 0
    counted: str = ""
    since: int = 0


SHORT_ARTICLE = r"(?:[0-9]{1,4}|[零〇一二三四五六七八九十百千]{2,8})\s*条(?!例|件|款|措施|政策|建议|意见)"
"""An article without 第, as people write it right behind a title: 劳动合同法40条, and 吉林方案12规定."""

STEP = re.compile(
    rf"第\s*[（(]?\s*(?P<law>{NUMERAL})\s*[)）]?\s*(?P<unit>部分|分编|编|章|节|条|项|点|大点|款|自然段|段)"
    rf"(?:\s*之\s*(?P<branch>{NUMERAL}))?"
    rf"|(?<![A-Za-z0-9])第?[（(]\s*(?P<bracketed>{HAN_NUMERAL}|[0-9]{{1,3}})\s*[)）]\s*(?:条|项|款|点)?"
    rf"|(?P<han>{HAN_NUMERAL})、?(?=\s*[（(]\s*{NUMERAL}\s*[)）])"
    r"|(?<=[)）])\s*(?P<bare>[0-9]{1,3})(?![0-9年月日%号.])"
    rf"|(?<=[法典例则定见案知》〉])\s*(?P<short>{SHORT_ARTICLE}|[0-9]{{1,3}}(?=\s*(?:规定|要求|明确|指出|提出|[:：“\"「])))"
    r"|(?:item|clause|article|section|no\.?)\s*(?P<english>[0-9]{1,3})\b",
    re.IGNORECASE,
)
_PARAGRAPH_UNITS = ("款", "自然段", "段")
DIVISION_STYLES = {
    "编": Style.BOOK,
    "分编": Style.SUBBOOK,
    "章": Style.CHAPTER,
    "节": Style.SECTION,
    "部分": Style.HAN,
    "大点": Style.HAN,
}
_SHORT_NUMBER = re.compile(r"(?<![0-9])(?P<number>[0-9]{1,4})\s*号\s*(?:文件|文)")
_UNMARKED_TITLE = re.compile(
    r"(?P<title>[\u4e00-\u9fff]{1,30}(?:法典|法|条例|细则|(?:若干|暂行|管理|实施)(?:规定|办法)|解释))"
    rf"(?=\s*第\s*{NUMERAL}\s*(?:编|章|节|条)|\s*{SHORT_ARTICLE})"
)
_SELF = re.compile("[本该此这][\u4e00-\u9fff]{1,2}$")
_TITLE = re.compile(r"《(?P<title>[^《》]{2,80}(?:〈[^〉]*〉[^《》]*)*)》")
_HEADING = re.compile(r"[“\"「](?P<heading>[^”\"」]{2,30})[”\"」](?=\s*(?:的|中|里|部分)*\s*第)")


def find(text: str) -> list[Reference]:
    """References in ``text``, in order; document names and the clauses right behind them are one."""
    names = sorted(_document_names(text), key=lambda reference: reference.span.start)
    chains = list(_chains(text))
    found: list[Reference] = []
    for index, name in enumerate(names):
        following = names[index + 1].span.start if index + 1 < len(names) else len(text)
        own = [chain for chain in chains if name.span.end <= chain.span.start < following]
        chains = [chain for chain in chains if chain not in own]
        found += [
            replace(
                name,
                span=Span(name.span.start, chain.span.end),
                parts=chain.parts,
                heading=chain.heading,
                paragraph=chain.paragraph,
                item=chain.item,
            )
            for chain in own
        ] or [name]
    return sorted([*chains, *found], key=lambda reference: reference.span.start)


def _document_names(text: str) -> Iterator[Reference]:
    taken: list[Span] = []
    for match in DOCUMENT_NUMBER.finditer(text):
        taken.append(Span(*match.span()))
        yield Reference(taken[-1], number=normal_number(match[0]))
    for match in _SHORT_NUMBER.finditer(text):
        if not any(span.start <= match.start() < span.end for span in taken):
            yield Reference(Span(*match.span()), number=f"{int(match['number'])}号")
    for match in _TITLE.finditer(text):
        yield Reference(Span(*match.span()), title=match["title"], is_marked=True)
    for match in _UNMARKED_TITLE.finditer(text):
        if not _SELF.search(match["title"]) and "《" not in text[max(0, match.start() - 1) : match.start()]:
            yield Reference(Span(*match.span()), title=match["title"])


def _chains(text: str) -> Iterator[Reference]:
    """Runs of steps that belong together: 五、（十七）; 第二十条第二款第（三）项."""
    steps = list(STEP.finditer(text))
    while steps:
        chain = [steps.pop(0)]
        while steps and not text[chain[-1].end() : steps[0].start()].strip(" 　，的"):
            chain.append(steps.pop(0))
        reference = _chain_reference(text, chain)
        if reference:
            yield reference


def _chain_reference(text: str, chain: list[re.Match[str]]) -> Reference | None:
    parts: list[Part] = []
    paragraph = item = 0
    for match in chain:
        if match["law"] and match["unit"] in _PARAGRAPH_UNITS:
            paragraph = to_int(match["law"])
        elif paragraph == 0:
            parts.append(_part(match))
        else:
            item = _part(match).number
    heading = next(
        (
            m["heading"]
            for m in _HEADING.finditer(text)
            if m.end() <= chain[0].start() and not text[m.end() : chain[0].start()].strip("的中里部分 ")
        ),
        "",
    )
    span = Span(chain[0].start(), chain[-1].end())
    return (
        Reference(span, heading=heading, parts=tuple(parts), paragraph=paragraph, item=item)
        if parts or paragraph
        else None
    )


def _part(match: re.Match[str]) -> Part:
    if match["bracketed"]:
        number = match["bracketed"]
        style = Style.DIGIT_BRACKETED if number.isdecimal() else Style.HAN_BRACKETED
        return Part(to_int(number), style=style)
    if match["han"]:
        return Part(to_int(match["han"]), style=Style.HAN)
    if number := match["english"] or match["bare"] or match["short"]:
        return Part(to_int(number.rstrip("条")))
    branch = to_int(match["branch"]) if match["branch"] else 0
    return Part(to_int(match["law"]), branch, DIVISION_STYLES.get(match["unit"]))


def steps_of(path: str) -> tuple[Part, ...]:
    """The numbered steps of a clause path: ``四/（三）/12`` -> 四, （三）, 12."""
    return tuple(part for segment in path.split("/") if (part := _step_at(segment)))


@lru_cache(maxsize=10_000)
def _step_at(segment: str) -> Part | None:
    label = label_of(segment.split("[")[0] + ("、" if segment[:1] not in "第（附" else ""))
    return Part(label.number, label.branch, label.style) if label else None


def matches(parts: tuple[Part, ...], path: str) -> bool:
    """Whether ``parts`` name the unit at ``path``: its last step, and the others in order above it."""
    steps = list(steps_of(path))
    if not steps or not parts or not _fits(parts[-1], steps[-1]):
        return False
    above = iter(steps[:-1])
    return all(any(_fits(part, step) for step in above) for part in parts[:-1])


def _fits(part: Part, step: Part) -> bool:
    """第八条 may be （八） or 8., but no 第八章."""
    is_open = part.style is None and not (step.style and step.style.is_division)
    return (part.number, part.branch) == (step.number, step.branch) and (is_open or part.style is step.style)
