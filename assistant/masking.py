"""Hides personal data in what people write: telephone, identity card and bank card numbers, e-mail addresses.

Full-width characters, and spaces and dashes inside a number, make no difference; neither do dots and slashes
where the groups are those of a telephone number. What only looks like such a number stays: dates, document
numbers, amounts.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from corpus.model import Span


class PersonalData(StrEnum):
    """What is hidden, in the words that take its place."""

    PHONE = "电话号码"
    ID_CARD = "身份证号"
    BANK_CARD = "银行卡号"
    EMAIL = "邮箱"


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data in a text, as offsets of its characters."""

    kind: PersonalData
    span: Span


_EMAIL = re.compile(
    r"(?<![\w.%+-])[\w.%+-]{1,64} ?@ ?"
    r"(?:[a-z\d-]+(?:\.[a-z\d-]+)+|(?:[a-z\d\u4e00-\u9fff-]+\.)+(?:[a-z]{2,}|中国|公司|网络|公益|政务))",
    re.ASCII | re.IGNORECASE,
)
_RUN = re.compile(r"\d+(?:[ -]{1,3}\d+)*(?:[ -]?x(?![a-z]))?", re.ASCII | re.IGNORECASE)
_GROUP = re.compile(r"\d+|x", re.ASCII | re.IGNORECASE)
_LONGEST = 19
"""Digits of the longest number that is looked for, a bank card's."""

_COUNTRY = (
    r"(?:2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|2[1-689]\d|3[578]\d|42\d|50\d|59\d|6[7-9]\d|80\d|85\d|87\d|88\d|9[679]\d)"
)
"""Country codes of ITU-T E.164, without 1 and 7."""

_MORE = r"(?:[ ()./-]{0,2}\d)"
_EXTENSION = r"(?:(?: ?(?:转|分机) ?|-)\d{1,5}(?!\d)(?:[、/]\d{1,5}(?!\d))*)?"
_LOCAL = rf"[2-8]\d{{2,3}}[ ./-]?\d{{4}}(?!\d){_EXTENSION}"
_UNPREFIXED = rf"(?!20\d\d[01]\d[0-3]\d(?!\d))(?P<number>{_LOCAL})(?!年)"  # 20180101 is a day
_PHONES = (
    re.compile(rf"\+(?:[17]{_MORE}{{10}}|{_COUNTRY}{_MORE}{{7,11}})(?!\d)", re.ASCII),
    re.compile(r"(?<![\d.])1[3-9]\d(?:[./]\d{4}[./]|\d[./]\d{3}[./])\d{4}(?!\d)", re.ASCII),
    re.compile(
        r"(?<!\d)(?:400[016-9]\d{6}|[48]00(?=\d?[ ./-])(?!\.\d{7})(?:[ ./-]?\d){7})(?!\d)" + _EXTENSION,
        re.ASCII,
    ),
)
"""With a country code; mobile numbers with dots or slashes; 400 and 800 numbers."""

_LANDLINES = (
    re.compile(rf"(?<!\d)\(?0(?:10|2\d|[3-9]\d\d)\)?[ ./-]{{0,3}}{_LOCAL}", re.ASCII),
    re.compile(rf"(?<=电话|座机|固话|传真)[^\d\n]{{0,4}}?{_UNPREFIXED}", re.ASCII),
)
"""With an area code, and without one where the words before say what it is."""

_NEXT_LANDLINE = re.compile(rf" ?[、,;/或和及] ?{_UNPREFIXED}", re.ASCII)
"""One more number of the same place."""

_QUANTITY = re.compile(r" ?(?:[余多]?(?:万|亿|元|美元|人次)|%)")
_YEAR_OF_NUMBER = re.compile(r"[\[(〔【](?:19|20)\d\d[\])〕】] ?第? ?\Z", re.ASCII)
_NUMBER_SIGN = re.compile(" ?号")

_MOBILE = re.compile(r"(?:(?:00)?86)?1[3-9]\d{9}", re.ASCII)
_PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])"
_ID_CARD = re.compile(rf"{_PROVINCE}\d{{4}}(?P<date>(?:19|20)\d{{6}})\d{{3}}[\dXx]", re.ASCII)
_OLD_ID_CARD = re.compile(rf"{_PROVINCE}\d{{4}}(?P<date>\d{{6}})\d{{3}}", re.ASCII)
_BANK_CARD = re.compile(r"(?=\d{16,19}\Z)(?:35|4|5[1-5]|6[0289]|955)\d+", re.ASCII)


def mask(text: str) -> str:
    """``text`` with the kind of data in the place of all personal data: 请回电〔电话号码〕."""
    pieces, end = [], 0
    for finding in find_personal_data(text):
        pieces += [text[end : finding.span.start], f"〔{finding.kind}〕"]
        end = finding.span.end
    return "".join((*pieces, text[end:]))


def find_personal_data(text: str) -> tuple[Finding, ...]:
    """Personal data in text order; no two findings overlap."""
    plain = "".join(map(_plain, text))
    findings: list[Finding] = []
    surest_first = (
        *_matches(PersonalData.EMAIL, _EMAIL, plain),
        *(finding for kind in _PHONES for finding in _matches(PersonalData.PHONE, kind, plain)),
        *_numbers(plain),
        *_landlines(plain),
    )
    for finding in surest_first:
        if not _is_other_number(finding, plain) and all(
            finding.span.end <= o.span.start or o.span.end <= finding.span.start for o in findings
        ):
            findings.append(finding)
    return tuple(sorted(findings, key=lambda finding: finding.span.start))


def _plain(character: str) -> str:
    """The ASCII form of a digit, letter, space or dash in any width; always one character."""
    category = unicodedata.category(character)
    if category == "Pd" or character == "−":
        return "-"
    if category in ("Zs", "Cf"):
        return " "
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


def _is_other_number(finding: Finding, plain: str) -> bool:
    """Whether a telephone number is an amount, or the number of a document: 〔2018〕13800138000号."""
    if finding.kind is not PersonalData.PHONE:
        return False
    start, end = finding.span.start, finding.span.end
    before = plain[max(0, start - 10) : start]
    is_of_document = _YEAR_OF_NUMBER.search(before) and _NUMBER_SIGN.match(plain, end)
    return bool(is_of_document or _QUANTITY.match(plain, end))


def _landlines(plain: str) -> Iterator[Finding]:
    """Landline numbers, each with those that are listed behind it: 0411 82345678、82345679."""
    for pattern in _LANDLINES:
        for first in _matches(PersonalData.PHONE, pattern, plain):
            yield first
            end = first.span.end
            while match := _NEXT_LANDLINE.match(plain, end):
                yield Finding(PersonalData.PHONE, Span(*match.span("number")))
                end = match.end()


def _matches(kind: PersonalData, pattern: re.Pattern[str], plain: str) -> Iterator[Finding]:
    number = "number" if "number" in pattern.groupindex else 0
    return (Finding(kind, Span(*match.span(number))) for match in pattern.finditer(plain))


def _numbers(plain: str) -> Iterator[Finding]:
    """Cards and mobile numbers: groups of digits that joined are one."""
    for run in _RUN.finditer(plain):
        groups = list(_GROUP.finditer(plain, *run.span()))
        first = 0
        while first < len(groups):
            last, kind = _longest_number(groups[first : first + _LONGEST])
            if kind:
                yield Finding(kind, Span(groups[first].start(), groups[first + last].end()))
            first += last + 1


def _longest_number(groups: list[re.Match[str]]) -> tuple[int, PersonalData | None]:
    """Index of the last group of the longest number that begins with the first group, and what it is."""
    for last in reversed(range(len(groups))):
        kind = _kind("".join(group[0] for group in groups[: last + 1]))
        if kind:
            return last, kind
    return 0, None


def _kind(digits: str) -> PersonalData | None:
    for pattern in (_ID_CARD, _OLD_ID_CARD):
        match = pattern.fullmatch(digits)
        if match and _is_date(match["date"]):
            return PersonalData.ID_CARD
    if _BANK_CARD.fullmatch(digits) and _has_check_digit(digits):
        return PersonalData.BANK_CARD
    return PersonalData.PHONE if _MOBILE.fullmatch(digits) else None


def _is_date(digits: str) -> bool:
    """Whether ``19800229`` or ``800229`` is a day; GB 11643 puts the day of birth into the card number."""
    year, month, day = int(digits[:-4]), int(digits[-4:-2]), int(digits[-2:])
    century = 1900 if len(digits) == 6 else 0
    return 1 <= month <= 12 and 1 <= day <= monthrange(century + year, month)[1]


def _has_check_digit(digits: str) -> bool:
    """The Luhn algorithm of ISO/IEC 7812-1."""
    doubled = (2 * int(digit) if odd % 2 else int(digit) for odd, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
