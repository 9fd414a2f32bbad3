"""Lines and cells of a text that lead to the words beside them: 第八条规定：, or nothing but a reference."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from assistant.checking.quotations import HIDDEN, ITEM, Quotation, sentence_start, unbracketed
from corpus.model import Span
from corpus.references import STEP

_WORD = re.compile(f"[\u4e00-\u9fff{HIDDEN}]")
_QUOTED = re.compile(f"{HIDDEN}+")
_NUMBERING = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十0-9]{1,3}[)）.．、]+|第[一二三四五六七八九十][,，]|[①-⑳])"
)
_SAYS = "(?:规定|要求|明确|指出|提出|写明|写道|载明|原文|条文|内容)"
_FRAME = re.compile(
    f"(?:{_SAYS}|依据|根据|依照|按照|出处|来源|出自|引自|摘自|参见|详见|见|条款|原话|引文|引用|摘录|文件|法规|政策"
    "|节选|摘要|部分|片段|其中|如下|以下|以上|上述|文字|同时|还|的|中|里|是|为|了|和|与|及|或)*"
)
"""Words around a reference or a quotation that say nothing themselves."""

_FRAME_LABEL = re.compile(rf"(?:{_SAYS}|引文|原话|摘录)[:：]\s*(?=\S)")
_AS_FOLLOWS = re.compile("如下$")
_ENDS_SAYING = re.compile(f"{_SAYS}(?:了|的?是|为)?$")
_CELL_BORDER = re.compile(r"[^。；;！!？?]*\n[^。；;！!？?]*")
_LABEL = re.compile("\\s*[\u4e00-\u9fff]{2,6}[:：]")
"""What a line begins with that says something of its own: 联系人：."""

_BORDERS = "\n\t|"
"""What parts lines and, where a table has been pasted, cells."""

_BORDER = re.compile(f"[{_BORDERS}]")
_ROW_END = re.compile(r"\t[^\S\n]*\n")
"""What ends a row of a table whose cells end with tabs."""

_HEADING = re.compile(r"[^。；;！!？?，,\n]{1,30}\s*\n\s*")

_FAR = 200
"""Characters among which the line above or below is looked for."""

_FEWEST, _LEAST = 6, 8
"""Letters from which a line beside a reference can be words of it, and one below is held to be, whatever it says."""


class Neighbours:
    """The lines of a text whose quotations are hidden, of which ``cited`` are references, in order."""

    def __init__(self, text: str, cited: Sequence[Span]) -> None:
        self._text, self._cited = text, cited
        self._starts = [span.start for span in cited]

    def is_frame(self, start: int, end: int) -> bool:
        """Whether a range says nothing itself but, at most, that something is quoted."""
        numbering = _NUMBERING.match(self._text, start, end)
        words = _WORD.findall(self._text, numbering.end() if numbering else start, end)
        return bool(_FRAME.fullmatch("".join(words)))

    def leading(self, start: int) -> Span | None:
        """The sentence, line or cell above a sentence that begins at ``start``, if it leads to that."""
        words = [match.end() for match in _WORD.finditer(self._text, max(0, start - _FAR), start)]
        if not words or self._text[words[-1] - 1] == HIDDEN or self._is_of_row(words[-1], start):
            return None
        first, end = sentence_start(self._text, words[-1]), words[-1]
        own, behind = self._text[first:end], self._text[end:start]
        is_said = _CELL_BORDER.fullmatch(behind) and _ENDS_SAYING.search(own)
        leads = re.search("[:：]", behind) or is_said or _AS_FOLLOWS.search(own)
        return Span(first, start) if leads or self._is_headed(Span(first, start)) else None

    def below(self, end: int) -> Span | None:
        """The line or cell below the one of which no more is said behind ``end``, if it is nothing but a reference."""
        word = _WORD.search(self._text, end, end + _FAR)
        if word is None or not _BORDER.search(self._text, end, word.start()):
            return None
        if _ROW_END.search(self._text, end, word.start()):
            return None
        line = self._line(word.start())
        return line if self._is_reference(line) and not self._leads_on(line) else None

    def follows_quotation(self, start: int) -> bool:
        """Whether nothing but a quotation stands in the line above the one that begins at ``start``."""
        line = self.above(start)
        if line is None or HIDDEN not in self._text[line.start : line.end]:
            return False
        if _ROW_END.search(self._text, line.end, start):
            return False
        quoted = [Span(*match.span()) for match in _QUOTED.finditer(self._text, line.start, line.end)]
        return self._is_framed(line, quoted)

    def above(self, start: int) -> Span | None:
        """The line or cell above the one that begins at ``start``."""
        words = [m.start() for m in _WORD.finditer(self._text, max(0, start - _FAR), start)]
        is_near = bool(words) and not self._is_of_row(words[-1], start)
        return self._line(words[-1]) if is_near else None

    def cited_in(self, span: Span) -> list[Span]:
        """The references that lie in a range."""
        first, behind = (bisect_left(self._starts, border) for border in (span.start, span.end))
        return [own for own in self._cited[first:behind] if own.end <= span.end]

    def cells(self, clauses: Iterable[Span]) -> Iterator[Quotation]:
        """What stands below and above the lines that are nothing but references to clauses: perhaps their words."""
        lines = dict.fromkeys(
            Span(self._line(span.start).start, self._line(span.end - 1).end) for span in clauses
        )
        alone = [line for line in lines if self._is_reference(line) and not self._leads_on(line)]
        for line in alone:
            above, below = self.above(line.start), self._beneath(line)
            is_listed = above is not None and (self._is_reference(above) or self._leads_on(above))
            is_in_row = above is not None and not _ROW_END.search(self._text, above.end, line.start)
            if above and is_in_row and (quotation := self._quotation(above)):
                yield quotation
            if below and (quotation := self._quotation(below, is_beside=not is_listed)):
                yield quotation

    def _quotation(self, line: Span, *, is_beside: bool = False) -> Quotation | None:
        """A line as a quotation, unless it says too little, is a reference or has quotations."""
        words = self._text[line.start : line.end]
        if frame := _FRAME_LABEL.match(words):
            return self._quotation(Span(line.start + frame.end(), line.end), is_beside=is_beside)
        letters = len(re.findall(r"\w", words))
        is_name = self._is_reference(line) or self.is_frame(line.start, line.end) or STEP.fullmatch(words)
        if HIDDEN in words or is_name or letters < _FEWEST:
            return None
        says_more = bool(_LABEL.match(words)) or bool(self.cited_in(line))
        is_told = is_beside and not says_more and letters >= _LEAST
        return Quotation(unbracketed(self._text, line), line.start, is_certain=False, is_beside=is_told)

    def _beneath(self, line: Span) -> Span | None:
        word = _WORD.search(self._text, line.end, line.end + _FAR)
        if word is None or self._is_of_row(line.end, word.start()):
            return None
        return self._with_items(self._line(word.start()))

    def _is_of_row(self, position: int, start: int) -> bool:
        """Whether a position lies in a row of several cells above the one that ``start`` is in."""
        row = self._text.rfind("\n", 0, position) + 1
        has_more = "\t" in self._text[row:position].strip()
        return has_more and bool(_ROW_END.search(self._text, position, start))

    def _with_items(self, line: Span) -> Span:
        """A line with the items below it: （一）."""
        while (item := ITEM.match(self._text, line.end)) and "\n" in item[0] and "\t" not in item[0]:
            following = self._line(item.end())
            if self._is_reference(following) or self.is_frame(following.start, following.end):
                break
            line = Span(line.start, following.end)
        return line

    def _line(self, position: int) -> Span:
        """The line or cell of a position without the white space around it."""
        start = max(self._text.rfind(border, 0, position) for border in _BORDERS) + 1
        border = _BORDER.search(self._text, position)
        words = self._text[start : border.start() if border else len(self._text)]
        return Span(start + len(words) - len(words.lstrip()), start + len(words.rstrip()))

    def _leads_on(self, line: Span) -> bool:
        return self._text[line.end - 1] in ":："

    def _is_headed(self, span: Span) -> bool:
        """Whether a range is a reference, perhaps with a heading behind it: 第三十九条 过失性辞退."""
        own = self.cited_in(span)
        heading = self._text[own[-1].end : span.end] if own else ""
        is_heading = bool(_HEADING.fullmatch(heading)) and self._is_framed(Span(span.start, own[-1].end), own)
        return is_heading or self._is_reference(span)

    def _is_reference(self, span: Span) -> bool:
        """Whether a range has references and besides says nothing."""
        own = self.cited_in(span)
        return bool(own) and self._is_framed(span, own)

    def _is_framed(self, span: Span, parts: Sequence[Span]) -> bool:
        """Whether a range says nothing besides some parts of it."""
        borders = [span.start, *(border for part in parts for border in (part.start, part.end)), span.end]
        return all(map(self.is_frame, borders[::2], borders[1::2]))
