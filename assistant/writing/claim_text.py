"""A claim as it is shown and as it is compared: without labels, markup and hidden characters."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from assistant.premises.passages import fold
from corpus.model import Span
from corpus.numerals import to_int

_LABELS = r"E\s?[0-9]{1,2}(?:\s*[,，、和]\s*E?\s?[0-9]{1,2})*"
_LABEL = re.compile(
    rf"[\[(（〔【［]\s*(?:证据|依据|来源|见|引自)?[:：]?\s*{_LABELS}\s*[\])）〕】］]"
    rf"|(?:根据|依据|按照|参见|见)?(?:证据)?\b{_LABELS}\b(?:中|的)?(?:规定|显示|指出|提到)?[,，:：]?",
    re.ASCII,
)
_MARKDOWN = re.compile(
    r"^\s*(?:[-*+•>]\s+|#{1,6}\s*|[0-9]{1,2}[.)]\s+|[0-9]{1,2}、(?![0-9]))|\*\*|__|`+|~~", re.MULTILINE
)
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_HIDDEN = ("Cf", "Cc", "Co", "Cn", "Cs")
_ISO_DATE = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?![0-9])")
_HAN_YEAR = re.compile(
    r"(?P<year>[一二][〇零○一二三四五六七八九]{3})年(?:(?P<month>[一二三四五六七八九十]{1,2})月(?:(?P<day>[一二三四五六七八九十]{1,3})日)?)?"
)
_PART = re.compile(r"[^,。;:!?\n]+")


@dataclass(frozen=True)
class Part:
    """What stands between two marks of punctuation, and how many parts of its sentence stand before it."""

    text: str
    span: Span
    number: int


@dataclass(frozen=True)
class Statement:
    """A text in the spelling in which texts are compared: one width and script, without white space."""

    text: str

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The parts in order."""
        found: list[Part] = []
        for match in _PART.finditer(self.text):
            ends_sentence = self.text[match.start() - 1 : match.start()] in ("", "。", ";", "!", "?", "\n")
            number = 0 if ends_sentence or not found else found[-1].number + 1
            found.append(Part(match[0], Span(*match.span()), number))
        return tuple(found)

    def sentence(self, part: Part) -> tuple[Part, ...]:
        """The parts of the sentence that a part stands in."""
        at = self.parts.index(part)
        start = at - part.number
        rest = (i for i in range(at + 1, len(self.parts)) if not self.parts[i].number)
        return self.parts[start : next(rest, len(self.parts))]


def shown(text: str) -> str:
    """A claim without labels (E1), Markdown and characters that nobody sees."""
    visible = "".join(
        " " if char in "\n\t\r" else char
        for char in unicodedata.normalize("NFC", text)
        if char in "\n\t\r" or not _is_hidden(char)
    )
    plain = _MARKDOWN.sub("", _LINK.sub(r"\1", visible))
    return re.sub(r"\s+", " ", _LABEL.sub("", plain)).strip(" ，,；;：:")


def compared(text: str) -> str:
    """``text`` in one spelling, dates in one form, without white space."""
    dated = _ISO_DATE.sub(lambda m: f"{m[1]}年{int(m[2])}月{int(m[3])}日", text)
    dated = _HAN_YEAR.sub(_in_digits, dated)
    return fold("".join(char for char in dated if not char.isspace() and not _is_hidden(char)))


def _in_digits(match: re.Match[str]) -> str:
    """二〇一八年十二月 -> 2018年12月."""
    steps = (("year", "年"), ("month", "月"), ("day", "日"))
    return "".join(f"{to_int(match[name])}{unit}" for name, unit in steps if match[name])


def _is_hidden(char: str) -> bool:
    """Control, format and private characters, and variation selectors."""
    is_selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return is_selector or unicodedata.category(char) in _HIDDEN
