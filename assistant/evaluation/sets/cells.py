"""How the cells of a table hold the fields of a question, so that people can edit them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_WORDS: dict[str, dict[str, object]] = {
    "answerable": {"是": True, "true": True, "否": False, "false": False},
    "gold_mode": {"全部": "all", "任一": "any"},
}
REMEDIES = {
    "answerable": "不是 是 或 否；请写 是 或 否",
    "gold_mode": "不在可选值之内；请写 all 或 any（全部、任一）",
    "gold": "没有写成 来源:条款路径；请写成 dalian:五/（十七），每行一条",
    "history": "没有写明是谁说的；请以“用户：”或“助手：”开头，每行一句",
}
"""What to say of a value that is no such thing, by field."""

_SPEAKERS = {"用户": "user", "助手": "assistant"}
_TURN = re.compile("(?P<role>用户|助手|user|assistant)[ \u3000]*[:：](?P<content>.*)", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?:u(?P<code>[0-9a-fA-F]{4})|(?P<end>n)|(?P<char>[\\|｜:：=+@-]))")
_TO_ESCAPE = re.compile(
    r"^[=+@-]"  # Excel would take the cell for a formula
    r"|^\s+|\s+$"
    r"|x(?=[0-9A-Fa-f]{4}_)"  # Excel would take _x000D_ for a character
    r"|[\\\x00-\x09\x0b-\x1f\x7f-\x9f\ufffe\uffff]"
)


def value_of(name: str, cell: str) -> object:
    """The value of a field that is written in a cell; what is written wrongly stays text."""
    cell = re.sub(r"\r\n?", "\n", cell)
    if name in _ITEMS:
        return [_ITEMS[name].read(line.strip()) for line in cell.split("\n") if line.strip()]
    text = _unescaped(cell.strip())
    return _WORDS.get(name, {}).get(text.lower(), text)


def cell_of(name: str, value: Any) -> str:
    """The text of the cell for a value; :func:`value_of` gives the value back."""
    if value is None:
        return ""
    if name in _ITEMS:
        return "\n".join(_ITEMS[name].write(item) for item in value)
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else _escaped(value)


@dataclass(frozen=True, slots=True)
class _Item:
    """How one item of a list is read from its line and written."""

    read: Callable[[str], object]
    write: Callable[[Any], str]


def _read_gold(line: str) -> object:
    doc, *clause = _split(line, ":：", 1)
    return {"doc": doc, "clause": clause[0]} if clause else line


def _write_gold(gold: Mapping[str, str]) -> str:
    return f"{_line(gold['doc'], ':：')}:{_line(gold['clause'])}"


def _read_turn(line: str) -> object:
    match = _TURN.match(line)
    if match is None:
        return line
    role = _SPEAKERS.get(match["role"], match["role"].lower())
    return {"role": role, "content": _unescaped(match["content"].strip())}


def _write_turn(turn: Mapping[str, str]) -> str:
    speaker = next(name for name, role in _SPEAKERS.items() if role == turn["role"])
    return f"{speaker}：{_line(turn['content'])}"


_ITEMS = {
    "history": _Item(_read_turn, _write_turn),
    "gold": _Item(_read_gold, _write_gold),
    "must_include": _Item(
        lambda line: _split(line, "|｜"), lambda group: " | ".join(_line(text, "|｜") for text in group)
    ),
    "must_not_include": _Item(lambda line: _unescaped(line), lambda text: _line(text)),
}


def _split(line: str, marks: str, most: int = 0) -> list[str]:
    """Parts of a line between marks that no backslash stands before, at most ``most`` cuts (0: all)."""
    parts = [""]
    for token in re.findall(r"\\.|.", line):
        if token in marks and (not most or len(parts) <= most):
            parts.append("")
        else:
            parts[-1] += token
    return [_unescaped(part.strip()) for part in parts]


def _unescaped(text: str) -> str:
    def char(match: re.Match[str]) -> str:
        return chr(int(match["code"], 16)) if match["code"] else "\n" if match["end"] else match["char"]

    return _ESCAPE.sub(char, text)


def _escaped(text: str) -> str:
    def written(match: re.Match[str]) -> str:
        found = match[0]
        return f"\\{found}" if found in "\\=+@-" else "".join(f"\\u{ord(char):04x}" for char in found)

    return _TO_ESCAPE.sub(written, text)


def _line(text: str, marks: str = "") -> str:
    """The text as one line, in which no mark counts."""
    escaped = _escaped(text).replace("\n", "\\n")
    return re.sub(f"[{marks}]", r"\\\g<0>", escaped) if marks else escaped
