"""Sets of questions with their gold clauses, read strictly from JSON Lines."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from assistant.errors import AssistantError
from assistant.model import Question, Turn

_SHOWN_PROBLEMS = 5
_SHOWN_CHARACTERS = 40

_EXPLANATIONS = {
    "missing": "缺少这个字段；请补上",
    "extra_forbidden": "不认识这个字段；请删除，或改成正确的字段名",
    "string_type": "不是字符串；请写成带引号的文字",
    "string_pattern_mismatch": "是空白；请填写内容",
    "bool_type": "不是布尔值；请写 true 或 false",
    "tuple_type": "不是列表；请写成 [ … ]",
    "too_short": "是空列表；请至少写一项，或删去这一组",
    "model_type": "不是对象；请写成 { … }",
    "json_invalid": "不是有效的 JSON；请每行写一道题，检查引号、逗号和括号",
}


class CaseError(AssistantError):
    """A set of questions cannot be read or holds mistakes.

    ``problems`` lists every mistake with its line; the message shows the first few.
    """

    def __init__(self, path: Path, problems: list[str]) -> None:
        self.problems = tuple(problems)
        more = f"；……共 {len(problems)} 处" if len(problems) > _SHOWN_PROBLEMS else ""
        super().__init__(f"题目文件“{path}”有误：{'；'.join(problems[:_SHOWN_PROBLEMS])}{more}")


Text = Annotated[str, StringConstraints(pattern=r"\S")]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class GoldClause(_Strict):
    """A clause that answers: source id and clause path, from the top or only its last parts."""

    doc: Text
    clause: Text


class EarlierTurn(_Strict):
    """What was said before the question."""

    role: Literal["user", "assistant"]
    content: str


class Case(_Strict):
    """A question and what a right answer to it cites, says and does not say."""

    id: Text
    question: Text
    type: str = ""
    style: str = ""
    scope: str | None = None
    history: tuple[EarlierTurn, ...] = ()
    gold: tuple[GoldClause, ...] = ()
    gold_mode: Literal["all", "any"] = "all"
    must_include: tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...] = ()
    must_not_include: tuple[Text, ...] = ()
    answerable: bool = True
    note: str = ""

    @model_validator(mode="after")
    def _expects_what_its_kind_allows(self) -> Case:
        if self.answerable and not self.gold:
            raise PydanticCustomError(
                "rule", "可以回答的题目没有 gold；请写出依据条款，或把 answerable 写成 false"
            )
        if not self.answerable and (self.gold or self.must_include):
            raise PydanticCustomError(
                "rule", "不可回答的题目不能有 gold 或 must_include；请清空，或把 answerable 写成 true"
            )
        return self

    def as_question(self) -> Question:
        """The question as the assistant gets it from a user."""
        history = tuple(Turn(turn.role, turn.content) for turn in self.history)
        return Question(self.question, self.scope or "", history)


def load_cases(path: Path) -> list[Case]:
    """Every case of a JSON Lines file in UTF-8, with or without byte-order mark; blank lines do not count.

    Raises:
        CaseError: the file cannot be read, is empty, or has mistakes; all of them are reported at once.
    """
    cases: dict[str, Case] = {}
    lines: dict[str, int] = {}
    problems: list[str] = []
    for number, line in _numbered_lines(path):
        try:
            case = Case.model_validate_json(line)
        except ValidationError as error:
            problems += (f"第 {number} 行{_explain(detail)}" for detail in error.errors())
            continue
        if case.id in cases:
            problems.append(
                f"第 {number} 行 id：值 {_shown(case.id)} 与第 {lines[case.id]} 行重复；请改成不同的编号"
            )
        cases[case.id], lines[case.id] = case, number
    if problems or not cases:
        raise CaseError(path, problems or ["没有题目；请每行写一道题"])
    return list(cases.values())


def _numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    if path.suffix.lower() != ".jsonl":
        raise CaseError(path, [f"不支持类型“{path.suffix}”；请用 .jsonl 文件"])
    try:
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise CaseError(path, [f"无法读取（{error.strerror}）；请检查路径和权限"]) from error
    for number, line in enumerate(data.split(b"\n"), 1):
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            raise CaseError(path, [f"第 {number} 行不是 UTF-8 编码；请另存为 UTF-8"]) from error
        if text.strip():
            yield number, text


def _explain(detail: ErrorDetails) -> str:
    """`` gold[0].clause：值 3 不是字符串；请…`` for one mistake that pydantic found."""
    reason = _EXPLANATIONS.get(detail["type"], detail["msg"])
    if detail["type"] == "literal_error":
        reason = f"不在可选值之内；可用 {detail['ctx']['expected'].replace(' or ', '、')}"
    is_about_value = detail["type"] not in ("missing", "rule")
    value = f"值 {_shown(detail['input'])} " if is_about_value else ""
    field = _field(detail["loc"])
    return f"{' ' + field if field else ''}：{value}{reason}"


def _field(location: tuple[int | str, ...]) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return "".join(parts).removeprefix(".")


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"
