"""Dates that a claim names: all must stand in what it cites, with what limits them (到, 自…起, 年底)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.writing.claim_references import named_spans
from assistant.writing.claim_text import Statement
from assistant.writing.grounds import Grounds

DATE = re.compile(r"(?P<year>(?:19|20)[0-9]{2})年(?:(?P<month>[0-9]{1,2})月(?:(?P<day>[0-9]{1,2})日)?)?")
_ISSUED = re.compile("^(?:印发|发布|出台|制定|公布|下发|发文|颁布|转发|成文)")

_SINCE = (re.compile("[自从]$"), re.compile("^(?:底|末)?(?:起|以来|[以之]?后|开始)"))
_UNTIL = (re.compile("[到至]$|截[至止]$|至迟$"), re.compile("^(?:底|末)?(?:[以之]?前)"))
_END = re.compile("^年?(?:底|末)")


@dataclass(frozen=True, slots=True)
class Dated:
    """A year, month or day of the calendar; ``role`` tells since, until or in, ``end`` its last days (年底)."""

    words: str
    date: tuple[str, ...]
    role: str
    end: bool
    is_issue: bool

    def is_met_by(self, other: Dated) -> bool:
        """Whether a text that states ``other`` states this."""
        is_role = self.role == other.role or (self.role, other.role) == ("in", "until")
        return self.date == other.date[: len(self.date)] and is_role and self.end == other.end


def dates_fault(statement: Statement, grounds: Grounds) -> str:
    """The date of a claim that neither the clauses nor the document have so."""
    stated = [date for sentence in grounds.sentences for date in dates(sentence.text)]
    for own in dates(statement.text):
        if own.is_issue and _is_issued(own, grounds):
            continue
        if not any(own.is_met_by(other) for other in stated):
            same = next((other for other in stated if other.date == own.date), None)
            return (
                f"“{own.words}”与原文“{same.words}”的时间限定不同"
                if same
                else f"日期“{own.words}”不在所引条款中"
            )
    return ""


def _is_issued(own: Dated, grounds: Grounds) -> bool:
    """Whether the document bears the date, or at least the year in its number."""
    document = grounds.document
    date = tuple(part.lstrip("0") for part in document.date.split("-")) if document.date else ()
    year = f"〔{own.date[0]}〕" in document.number and len(own.date) == 1
    return year or (bool(date) and own.date == date[: len(own.date)])


def dates(text: str) -> list[Dated]:
    """Days, months and years of the calendar that a text in one spelling names, outside document numbers."""
    taken = list(named_spans(text))
    found = []
    for match in DATE.finditer(text):
        if any(span.start <= match.start() < span.end for span in taken):
            continue
        before, behind = text[max(0, match.start() - 4) : match.start()], text[match.end() : match.end() + 6]
        role = "since" if _is_either(_SINCE, before, behind) else "in"
        role = "until" if role == "in" and _is_either(_UNTIL, before, behind) else role
        date = tuple(part.lstrip("0") for part in match.groups() if part)
        words = text[max(0, match.start() - 1) : match.end() + 2]
        found.append(Dated(words, date, role, bool(_END.match(behind)), bool(_ISSUED.match(behind))))
    return found


def _is_either(forms: tuple[re.Pattern[str], re.Pattern[str]], before: str, behind: str) -> bool:
    return bool(forms[0].search(before) or forms[1].search(behind))
