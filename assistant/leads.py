"""The answer in one line before the sentence that it rests on: a figure, a body, a date, yes or no."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.figures import figures, short_answer
from assistant.kinds import Kind
from assistant.norms import Segment, verdict
from assistant.quotation import pairs
from assistant.understanding import Query
from assistant.verification import REPEATED
from corpus.model import UnitRole
from index.normalize import normalize_for_search
from index.sentences import split_sentences

_SERVED = re.compile(
    "(?:干|工作|做|待|呆|服务|从事|守|执业|扎根|上班)[^,。?!;]{0,6}$"
)  # before the figure in a question: what has been done for so long
_LEAST_SERVICE = re.compile("(?:工作|服务|从事.{0,12}|执业|任职|聘任)满?$")
_MINIMUM = re.compile("满|不少于|不低于|至少|以上")
_UNITS = re.compile(r"[（(]((?:牵头|配合|责任|参与|协办)单位[：:][^）)]*)[）)]")
_CHARGED = re.compile(
    "(?:由|经(?![费济营验历常过]))[^，。；由]{2,30}?(?:负责|承担|支付|分担|审核|审批|批准|认定|组织实施)"
)
_LED = re.compile("牵头|配合|责任单位")
_YEAR = re.compile("20[0-9]{2}")
_NOT_YET_SERVED = re.compile("(?:要求|规定|还[要得需]|再)[^,。?!;]{0,8}$")
_DATE = re.compile(
    r"(?:到|至|自|于|截至)?[0-9]{4}年(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?)?(?:底|末)?(?:前|起|以前|之前)?"
)
_DATE_UNITS = {"日": re.compile("[哪几][一个]?[天日号]|日期"), "月": re.compile("[哪几][一个]?月")}
_NEAR, _SHARED = 12, 2
"""Characters on both sides of a date or body, and how many pairs of them a question must share."""


@dataclass(frozen=True, slots=True)
class Lead:
    """The answer in a line. ``asked`` are the words in it that repeat the question: 8年."""

    text: str
    asked: tuple[str, ...] = ()


def lead(query: Query, quote: str, segment: Segment) -> Lead | None:
    """What a quote answers in short, where it allows that without a choice."""
    if any(year not in quote for year in _YEAR.findall(query.text)):
        return None
    if compared := _own_service(query, quote):
        return compared
    asked = pairs(query.without_places(query.focus)).union(*map(pairs, (*query.measured, *query.terms)))
    if text := _verdict(query, quote, segment) or _bodies(query, quote, asked):
        return Lead(f"{text}。")
    if Kind.RESPONSIBLE in query.kinds and query.parts == 1:  # a figure would answer something else
        return None
    text = short_answer(query.kinds, asked, quote) or _date(query, quote, asked)
    return Lead(f"{text}。") if text else None


def _verdict(query: Query, quote: str, segment: Segment) -> str:
    sentences = (quote[span.start : span.end] for span in split_sentences(quote))
    found = {text for sentence in sentences if (text := verdict(query, sentence, segment))}
    return found.pop() if len(found) == 1 else ""


def _own_service(query: Query, quote: str) -> Lead | None:
    """Years of service that stay below the minimum that the quote asks for: 我干了8年能评吗.

    Enough years say nothing: the rule may count only those at certain places or after a certain rank.
    """
    if Kind.YES_NO not in query.kinds:
        return None
    own = [figure for figure in figures(query.text) if _SERVED.search(query.text[: figure.span.start])]
    wanted = [
        figure
        for figure in figures(quote)
        if _MINIMUM.search(figure.text) and _LEAST_SERVICE.search(quote[: figure.span.start])
    ]
    if len(own) != 1 or len(wanted) != 1 or own[0].unit != wanted[0].unit:
        return None
    if own[0].value >= wanted[0].value or _NOT_YET_SERVED.search(query.text[: own[0].span.start]):
        return None
    return Lead(f"原文要求“{wanted[0].text}”，{REPEATED}“{own[0].text}”未达到年限。", (own[0].text,))


def _bodies(query: Query, quote: str, asked: set[str]) -> str:
    """牵头单位：…；配合单位：…, as far as asked for; else the one body that a sentence charges: 由…负责."""
    if Kind.RESPONSIBLE not in query.kinds or Kind.CLAUSE in query.kinds:
        return ""
    charged = [match for match in _CHARGED.finditer(quote) if _is_beside(match, quote, asked)]
    if charged and not _LED.search(query.asked):
        return charged[0][0] if len(charged) == 1 else ""
    if named := _UNITS.search(quote):
        roles = [
            role[:2] for role in UnitRole if role[:2] in query.asked and role is not UnitRole.RESPONSIBLE
        ]
        text = "；".join(part for part in named[1].split("；") if not roles or part[:2] in roles)
        return text if len(text) + 2 < len(quote) else ""
    return ""


def _date(query: Query, quote: str, asked: set[str]) -> str:
    """The one date of a quote, where a time is asked for and the date goes as far: 哪个月 wants a month."""
    dates = list(_DATE.finditer(quote)) if Kind.DATE in query.kinds else []
    if len(dates) != 1 or not _is_beside(dates[0], quote, asked):
        return ""
    finest = next((unit for unit in "日月" if _DATE_UNITS[unit].search(query.asked)), "年")
    return dates[0][0] if finest in dates[0][0] else ""


def _is_beside(match: re.Match[str], quote: str, asked: set[str]) -> bool:
    """Whether words of the question stand around a match."""
    around = quote[max(0, match.start() - _NEAR) : match.end() + _NEAR]
    return len(pairs(normalize_for_search(around)) & asked) >= _SHARED
