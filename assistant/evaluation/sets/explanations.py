"""What pydantic finds wrong with a question, told in Chinese with place, field, value and remedy."""

from __future__ import annotations

from pydantic_core import ErrorDetails

from assistant.evaluation.sets.rows import Row, shown

_EXPLANATIONS = {
    "missing": "缺少这个字段；请补上",
    "extra_forbidden": "不认识这个字段；请删除，或改成正确的字段名",
    "string_type": "不是字符串；请写成带引号的文字",
    "string_pattern_mismatch": "是空白；请填写内容",
    "string_unicode": "含有无法识别的字符；请删除",
    "bool_type": "不是布尔值；请写 true 或 false",
    "tuple_type": "不是列表；请写成 [ … ]",
    "too_short": "是空列表；请至少写一项，或删去这一组",
    "model_type": "不是对象；请写成 { … }",
}
_OF_NOTATION = ("bool_type", "literal_error", "model_type")
"""Mistakes that come of how a cell is written."""


def explain(row: Row, detail: ErrorDetails) -> str:
    """``第 5 行 gold[0].clause：值 3 不是字符串；请…`` for one mistake of a row."""
    field, *inner = detail["loc"]
    name = row.names.get(str(field)) or _path(str(field), inner)
    reason = _EXPLANATIONS.get(detail["type"], detail["msg"])
    if detail["type"] == "literal_error":
        reason = f"不在可选值之内；可用 {detail['ctx']['expected'].replace(' or ', '、')}"
    if detail["type"] in _OF_NOTATION:
        reason = row.remedies.get(str(field), reason)
    value = "" if detail["type"] == "missing" else f"值 {shown(detail['input'])} "
    return f"{row.place} {name}：{value}{reason}"


def _path(field: str, inner: list[int | str]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in inner)
    return shown(field)[1:-1] + "".join(steps)
