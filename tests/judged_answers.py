"""A question, its answer and a desk for feedback, for tests of what users say about answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from assistant.feedback.desk import FeedbackDesk
from assistant.feedback.model import Verdict, Versions
from assistant.feedback.store import FeedbackStore
from assistant.model import Answer, Claim, Question, Status, Turn
from tests.sample_answers import DALIAN

QUESTION = Question(
    "那满几年可以直接评副高？我的电话是13800138000",
    "大连市",
    (Turn("user", "怎样评副高？回电0411-83635963"), Turn("assistant", "请说具体一点。")),
)
ANSWER = Answer(
    QUESTION.text,
    Status.ANSWERED,
    "满10年。〔五、（十七）〕[1]",
    (Claim("满10年。", (1,), "大连市"),),
    (DALIAN,),
)
DECLINED = Answer("月薪多少？", Status.NOT_FOUND, "没有写明。", reason="没有写明。")
NO_CLAUSES: Any = SimpleNamespace(find_clause=lambda clause: None)


def desk_in(data: Path, clauses: Any = NO_CLAUSES, *, keeps_personal_data: bool = False) -> FeedbackDesk:
    """A desk that keeps what is said in a data folder."""
    versions = Versions("p1", "c1", "e1")
    return FeedbackDesk(FeedbackStore(data), clauses, versions, keeps_personal_data=keeps_personal_data)


def judged(desk: FeedbackDesk, verdict: Verdict, comment: str | None = None, answer: Answer = ANSWER) -> None:
    """What a user does who gets an answer, presses a thumb and writes a comment."""
    desk.judge(desk.offer(replace(QUESTION, text=answer.question), answer), verdict, comment)
