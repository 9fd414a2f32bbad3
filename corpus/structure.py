"""Lines of cleaned text -> an outline of numbered units.

The grammar knows no document. A line opens a unit when its label fits the sequence that its
siblings have begun; the depth of a style is where it first appeared below the units around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.labels import Label, Style, label_of


@dataclass(frozen=True, slots=True)
class Line:
    """One line of cleaned text; ``is_heading`` where the source marks it as such (Markdown)."""

    start: int
    end: int
    text: str
    is_heading: bool = False


@dataclass(slots=True)
class Unit:
    """A numbered unit with the lines of its own, children not included."""

    label: Label | None
    path: tuple[str, ...]
    ancestors: tuple[str, ...]
    lines: list[Line]
    has_children: bool = False

    @property
    def heading(self) -> str:
        """Own heading: the first line behind the label, or its first sentence where text follows."""
        return heading_of(self.lines[0].text, self.label, is_alone=len(self.lines) > 1 or self.has_children)


def heading_of(line: str, label: Label | None, *, is_alone: bool) -> str:
    """Heading of a unit whose first line is given; "" where the line is plain text."""
    text = line[label.end :].strip() if label else line.strip()
    if label and label.style is Style.ARTICLE:
        closing = text.find("】") if text.startswith("【") else -1
        return text[1:closing] if closing > 0 else ""
    head, stop, rest = text.partition("。")
    if not stop:
        is_title = is_alone or (label is not None and label.style.is_division)
        return text.strip("：: ") if len(text) <= 60 and is_title and not text.endswith(("；", ";")) else ""
    return head if len(head) <= 40 and (rest or is_alone) and "：" not in head else ""


@dataclass(slots=True)
class _Level:
    style: Style
    unit: Unit
    label: Label


@dataclass(slots=True)
class Outline:
    """Reads lines one by one and keeps the stack of open units."""

    units: list[Unit] = field(default_factory=list)
    _stack: list[_Level] = field(default_factory=list)
    _last: dict[Style, Label] = field(
        default_factory=dict
    )  # latest label of each style, for run-on numbering
    _enumerated: set[Style] = field(default_factory=set)  # styles that only list items in the open unit

    def read(self, lines: Sequence[Line]) -> list[Unit]:
        """Units of the lines in order; what stands before the first label is a unit without label."""
        contents_end = _end_of_contents(lines)
        for index, line in enumerate(lines):
            label = label_of(line.text) if index >= contents_end else None
            if label is None and line.is_heading and self.units and index >= contents_end:
                label = Label(Style.TITLE, 0, 0, line.text.strip(), 0, True)
            if label is not None and self._opens(label, line):
                self._open(label, line)
            elif self.units:
                self.units[-1].lines.append(line)
            else:
                self.units.append(Unit(None, (), (), [line]))
        return self.units

    def _opens(self, label: Label, line: Line) -> bool:
        if label.style in (Style.ANNEX, Style.TITLE):
            return bool(self._stack) or label.style is Style.TITLE
        if self._is_item(label, line):
            return False
        level = next((level for level in self._stack if level.style is label.style), None)
        previous = level.label if level else self._last.get(label.style)
        if previous is None or (level is None and label.number == 1):
            is_first = (
                previous is None and label.style is Style.ARTICLE and label.is_set_off
            )  # a volume of a code
            return label.number == 1 or is_first or line.is_heading
        return self._follows(label, previous, line)

    def _is_item(self, label: Label, line: Line) -> bool:
        """A list inside an article, or one whose first item ends in a semicolon, holds no units."""
        styles = [level.style for level in self._stack]
        if label.style in styles:
            return False
        if Style.ARTICLE in styles and not (label.style.is_division or line.is_heading):
            return True
        if label.number == 1 and line.text.rstrip().endswith(("；", ";")):
            self._enumerated.add(label.style)
        return label.style in self._enumerated

    def _follows(self, label: Label, previous: Label, line: Line) -> bool:
        if label.branch:
            return (label.number, label.branch) > (previous.number, previous.branch)
        if label.style is Style.ARTICLE:
            return label.number == previous.number + 1 or (
                label.is_set_off and label.number > previous.number
            )
        restarts = label.number == 1 and (label.style.is_division or line.is_heading)
        return previous.number < label.number <= previous.number + 3 or restarts

    def _open(self, label: Label, line: Line) -> None:
        self._stack = self._stack[: self._depth(label)]
        if self._stack:
            self._stack[-1].unit.has_children = True
        path = (*(level.label.path for level in self._stack), label.path)
        ancestors = tuple(level.unit.heading for level in self._stack)
        unit = Unit(label, path, ancestors, [line])
        self.units.append(unit)
        self._stack.append(_Level(label.style, unit, label))
        self._last[label.style] = label
        self._enumerated.clear()

    def _depth(self, label: Label) -> int:
        for depth, level in enumerate(self._stack):
            if level.style is label.style:
                return depth
        if label.style in (Style.ANNEX, Style.TITLE):
            return 0
        if label.style is Style.ARTICLE:  # articles also stand below 一、 and （一）
            return len(self._stack)
        return next(
            (
                depth
                for depth, level in enumerate(self._stack)
                if label.style.value < level.style.value < Style.TITLE.value
            ),
            len(self._stack),
        )


def _end_of_contents(lines: Sequence[Line]) -> int:
    """Index behind a table of contents, whose labels open no units; 0 where there is none.

    A table of contents is a run of labelled lines after which the first of them comes again.
    """
    first = next((index for index, line in enumerate(lines) if label_of(line.text)), None)
    if first is None:
        return 0
    opening = "".join(lines[first].text.split())
    for index in range(first + 1, len(lines)):
        if "".join(lines[index].text.split()) == opening:
            return index
        if label_of(lines[index].text) is None:
            return 0
    return 0
