"""Sets of questions with their gold clauses: what a question is, and how files of them are read and written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from assistant.evaluation.sets.explanations import explain
from assistant.evaluation.sets.files import CaseError, content, first, format_of, replace
from assistant.evaluation.sets.rows import Flaw, Remarks, Row
from assistant.model import Question, Turn
from assistant.understanding import MAX_LENGTH
from index.store import ClauseStore

__all__ = [
    "Case",
    "CaseError",
    "CaseSet",
    "EarlierTurn",
    "GoldClause",
    "load_cases",
    "read_cases",
    "write_cases",
]

MAX_CASES = 100_000
MAX_PROBLEMS = 10_000  # a file with more is no set

UNCHECKED = "待核对"
"""What the note of a case begins with that a person must look at before it counts."""


def _place(name: str | None) -> str | None:
    return name if name and name.strip() else None


def _askable(question: str) -> str:
    """What the assistant would refuse is no question."""
    if not question.strip():
        raise PydanticCustomError("rule", "是空白；请填写内容")
    if (length := len(question)) > MAX_LENGTH:
        raise PydanticCustomError(
            "rule", f"有 {length:,} 个字，超过上限 {MAX_LENGTH:,} 个字；请只保留要问的那几句话"
        )
    return question


Text = Annotated[str, StringConstraints(pattern=r"\S")]
QuestionText = Annotated[Text, AfterValidator(_askable)]
Scope = Annotated[str | None, AfterValidator(_place)]
Item = TypeVar("Item")
Items = Annotated[tuple[Item, ...], Field(strict=False)]  # lists are tuples as well


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


class CaseFields(_Strict):
    """What is written of a question; whether it fits together is another matter."""

    id: Text
    question: QuestionText
    type: str = ""
    style: str = ""
    scope: Scope = None
    history: Items[EarlierTurn] = ()
    gold: Items[GoldClause] = ()
    gold_mode: Literal["all", "any"] = "all"
    must_include: Items[Annotated[Items[Text], Field(min_length=1)]] = ()
    must_not_include: Items[Text] = ()
    answerable: bool = True
    note: str = ""


class Case(CaseFields):
    """A question and what a right answer to it cites, says and does not say."""

    @model_validator(mode="after")
    def _expects_what_its_kind_allows(self) -> Case:
        if reason := _contradiction(self):
            raise PydanticCustomError("rule", reason)
        return self

    def as_question(self) -> Question:
        """The question as the assistant gets it from a user."""
        history = tuple(Turn(turn.role, turn.content) for turn in self.history)
        return Question(self.question, self.scope or "", history)


def _contradiction(fields: CaseFields) -> str:
    if fields.answerable and not fields.gold:
        return "可以回答的题目没有 gold；请写出依据条款，或把 answerable 写成 false"
    if not fields.answerable and (fields.gold or fields.must_include):
        return "不可回答的题目不能有 gold 或 must_include；请清空，或把 answerable 写成 true"
    return ""


@dataclass(frozen=True, slots=True)
class CaseSet:
    """The cases of a file in their order, and the first of what is odd about them without being wrong."""

    cases: tuple[Case, ...]
    warnings: tuple[str, ...] = ()


def load_cases(path: Path) -> list[Case]:
    """Every case of a file, checked without the corpus; see :func:`read_cases`."""
    return list(read_cases(path).cases)


def read_cases(path: Path, store: ClauseStore | None = None) -> CaseSet:
    """Every case of a JSON Lines, CSV or Excel file, checked against the corpus where a store is given.

    Raises:
        CaseError: the file cannot be read, is empty, or has mistakes; all of them are reported at once.
    """
    remarks = Remarks()
    rows = format_of(path).rows(content(path), remarks)
    cases = tuple(_cases(rows, store, remarks))
    if remarks.problems or not cases:
        raise CaseError(path, remarks.problems or ["没有题目；请每行写一道题"])
    return CaseSet(cases, tuple(first(remarks.warnings)))


def write_cases(path: Path, cases: Iterable[Case]) -> Path:
    """Write cases to a JSON Lines, CSV or Excel file, from which they are read back as they are.

    Raises:
        CaseError: the file cannot be written, or its format cannot hold them.
    """
    remarks = Remarks()
    data = format_of(path).file([case.model_dump(mode="json") for case in cases], remarks)
    if remarks.problems:
        raise CaseError(path, remarks.problems)
    replace(path, data)
    return path


def _cases(rows: Iterable[Row], store: ClauseStore | None, remarks: Remarks) -> Iterator[Case]:
    """The cases of the rows without problems."""
    checks = None
    if store is not None:
        from assistant.evaluation.sets.checks import CorpusChecks  # which knows cases

        checks = CorpusChecks(store)
    places: dict[str, str] = {}
    for count, row in enumerate(rows):
        if count == MAX_CASES or len(remarks.problems) > MAX_PROBLEMS:
            limit = f"超过 {MAX_CASES:,} 道题" if count == MAX_CASES else "错误太多"
            remarks.problems.append(f"{row.place}：{limit}，其余没有检查；请拆成几个文件")
            return
        before = len(remarks.problems)
        fields, wrong = _fields(row, remarks)
        remarks.problems += _contradictions(row, fields, wrong)
        if "id" not in wrong and (taken := places.setdefault(fields.id, row.place)) != row.place:
            remarks.problems.append(row.told(Flaw("id", fields.id, f"与{taken}重复；请改成不同的编号")))
        if checks:
            remarks.problems += map(row.told, checks.problems(fields))
        if wrong or len(remarks.problems) > before:
            continue
        yield Case(**dict(fields))
        if checks:
            remarks.warnings += map(row.told, checks.warnings(fields, row.place))


def _fields(row: Row, remarks: Remarks) -> tuple[CaseFields, frozenset[str]]:
    """What is right in a row, in place of what is wrong the default; and the names of the wrong fields."""
    try:
        return CaseFields.model_validate(row.values), row.unreadable
    except ValidationError as error:
        details = error.errors(include_url=False)
    fresh = [detail for detail in details if detail["loc"][0] not in row.unreadable]
    remarks.problems += (explain(row, detail) for detail in fresh)
    wrong = row.unreadable.union(str(detail["loc"][0]) for detail in details)
    right = {name: value for name, value in row.values.items() if name not in wrong}
    known = {"id": "?", "question": "?", "gold": _right_gold(row, details)} | right
    return CaseFields.model_validate(known), wrong


def _right_gold(row: Row, details: Sequence[ErrorDetails]) -> list[Any]:
    """The gold clauses without a mistake."""
    mistakes = [detail["loc"][1:2] for detail in details if detail["loc"][0] == "gold"]
    gold = [] if () in mistakes else row.values.get("gold", [])
    return [clause for number, clause in enumerate(gold) if (number,) not in mistakes]


def _contradictions(row: Row, fields: CaseFields, wrong: Collection[str]) -> list[str]:
    reason = _contradiction(fields)
    is_known = not {"answerable", "gold", "must_include"}.intersection(wrong)
    return [f"{row.place}：{reason}"] if reason and is_known else []
