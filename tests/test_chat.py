"""What happens to a question on the page, without a browser: nothing that a user wrote is ever lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.chains.errors import AnswerCancelled
from assistant.conversation import Exchange, history, nearest_clauses
from assistant.errors import QuestionError
from assistant.model import Answer, Claim, Question, Status, Turn
from assistant.page.chat import Chat
from assistant.rendering import load_words
from corpus.model import PolicyDocument
from index.store import ClauseStore
from tests.fake_assistants import Declining
from tests.judged_answers import desk_in

ANSWERED = Exchange(
    "怎样评副高？",
    Answer("怎样评副高？", Status.ANSWERED, "满10年。", (Claim("满10年。", ()),)),
    is_pending=False,
)


class FakeAssistant(Declining):
    """Remembers what it was asked; declines everything, or raises the given problem."""

    def __init__(self, problem: Exception | None = None) -> None:
        super().__init__(PolicyDocument("jilin", "jilin", "吉林方案", region="吉林省"))
        self.asked: list[Question] = []
        self._problem = problem

    def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        if self._problem:
            raise self._problem
        return super().answer(question)


def chat_with(assistant: FakeAssistant) -> Chat:
    import gradio as gr

    with gr.Blocks(analytics_enabled=False):
        return Chat(assistant, desk_in(Path("nowhere")), load_words()["zh"])  # type: ignore[arg-type]


def respond(
    chat: Chat, text: str, exchanges: tuple[Exchange, ...] = (), region: str = ""
) -> list[dict[Any, Any]]:
    async def steps() -> list[dict[Any, Any]]:
        user: Any = SimpleNamespace(session_hash="user")
        return [step async for step in chat.respond(text, region, exchanges, user)]

    return asyncio.run(steps())


def test_a_question_leaves_the_box_and_its_answer_joins_the_conversation() -> None:
    chat = chat_with(FakeAssistant())
    waiting, *_, answered = respond(chat, "天气？", (ANSWERED,))
    assert waiting[chat.box] == ""
    assert waiting[chat.exchanges] == (ANSWERED, Exchange("天气？"))
    assert answered[chat.exchanges][-1].answer.status is Status.OUT_OF_SCOPE
    assert chat.box not in answered  # what the user types meanwhile stays


def test_the_assistant_gets_the_place_and_the_turns_before() -> None:
    assistant = FakeAssistant()
    respond(chat_with(assistant), "那吉林呢？", (ANSWERED,), "吉林省")
    before = (Turn("user", "怎样评副高？"), Turn("assistant", "满10年。"))
    assert assistant.asked == [Question("那吉林呢？", "吉林省", before)]
    assert history((ANSWERED,)) == before


def test_an_empty_question_asks_nobody_and_only_shows_a_hint() -> None:
    assistant = FakeAssistant()
    chat = chat_with(assistant)
    [hint] = respond(chat, " \n", (ANSWERED,))
    assert list(hint) == [chat.notice]
    assert not assistant.asked


def test_a_problem_gives_the_question_back_and_names_itself() -> None:
    chat = chat_with(FakeAssistant(QuestionError("问题太长；请缩短")))
    *_, last = respond(chat, "很长的问题", (ANSWERED,))
    assert last[chat.box] == "很长的问题"
    assert last[chat.exchanges] == (ANSWERED,)
    assert "问题太长；请缩短" in last[chat.notice]


@pytest.mark.parametrize(("box", "returned"), [("", "停掉的问题"), ("新写的", "停掉的问题\n新写的")])
def test_a_stopped_question_returns_to_the_box(box: str, returned: str) -> None:
    chat = chat_with(FakeAssistant())
    back = chat.take_back((ANSWERED, Exchange("停掉的问题")), box)
    assert back[chat.box] == returned
    assert back[chat.exchanges] == (ANSWERED,)


def test_an_unforeseen_failure_gives_the_question_back_with_an_apology() -> None:
    chat = chat_with(FakeAssistant())
    back = chat.give_up((Exchange("问题"),), "")
    assert back[chat.box] == "问题"
    assert "出了意外" in back[chat.notice]


def test_stopping_after_the_answer_changes_nothing() -> None:
    chat = chat_with(FakeAssistant())
    whole = replace(ANSWERED, key="7", is_pending=True)  # its event is about to end
    for exchange in (ANSWERED, whole):
        for back in (chat.take_back((exchange,), "写到一半"), chat.give_up((exchange,), "写到一半")):
            assert back.get(chat.exchanges, (exchange,)) == (replace(exchange, is_pending=False),)
            assert back[chat.notice] == ""
            assert chat.box not in back


def test_half_an_answer_stays_when_it_is_stopped_and_its_question_returns_to_the_box() -> None:
    chat = chat_with(FakeAssistant())
    half = replace(ANSWERED, is_pending=True)
    back = chat.take_back((half,), "")
    assert back[chat.exchanges] == (replace(ANSWERED, is_stopped=True),)
    assert back[chat.box] == ANSWERED.question
    assert "回答还不完整" in back[chat.conversation]
    reported = chat.give_up(back[chat.exchanges], back[chat.box])  # by Gradio as well
    assert list(reported) == [chat.notice]


def test_an_answer_is_pending_until_its_event_has_ended() -> None:
    chat = chat_with(FakeAssistant())
    *_, last = respond(chat, "天气？")
    assert 'class="pending"' in last[chat.conversation]
    over = chat.conclude(last[chat.exchanges])
    assert 'class="pending"' not in over[chat.conversation]
    assert over[chat.exchanges][-1].answer == last[chat.exchanges][-1].answer
    assert list(chat.conclude(over[chat.exchanges])) == [chat.notice]  # what is being typed in it stays


@pytest.mark.parametrize("waiting", [Exchange("还没答的"), replace(ANSWERED, is_pending=True)])
def test_one_question_at_a_time_is_answered(waiting: Exchange) -> None:
    assistant = FakeAssistant()
    chat = chat_with(assistant)
    [hint] = respond(chat, "又一个问题", (waiting,))
    assert "还在回答" in hint[chat.notice]
    assert list(chat.conclude((waiting,))) == [chat.notice]
    assert not assistant.asked


def test_an_answer_that_was_cut_off_gives_the_question_back() -> None:
    chat = chat_with(FakeAssistant(AnswerCancelled()))
    *_, last = respond(chat, "说到一半的问题", (ANSWERED,))
    assert last[chat.box] == "说到一半的问题"
    assert last[chat.exchanges] == (ANSWERED,)


def test_a_declined_answer_links_the_clauses_that_it_names(store: ClauseStore) -> None:
    answer = Answer("月薪多少元？", Status.NOT_FOUND, "没有写明。", nearest=("dalian:三/（七）",))
    (link,) = nearest_clauses(answer, store)
    assert (link.clause, link.label) == ("dalian:三/（七）", "三、（七）")
    assert link.document.startswith("大连市人民政府办公厅")
