"""The chat tab, and the source text beside it."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import gradio as gr

from assistant.chains.allowance import Allowance
from assistant.chains.errors import AnswerCancelled
from assistant.conversation import Exchange, concluded, growing, history, nearest_clauses
from assistant.errors import PROBLEMS
from assistant.feedback.desk import FeedbackDesk
from assistant.feedback.remarks import take_remark
from assistant.model import Question
from assistant.page.chat_rendering import render_conversation, render_destination
from assistant.page.source_panel import source_panel
from assistant.pipeline import PolicyAssistant
from assistant.rendering import PAGE, Words, render_notice
from assistant.source_rendering import render_empty_source
from assistant.streaming import AT_ONCE, growing_answers

Update = dict[Any, Any]
"""New values of some components, by component."""


class Chat:
    """The chat and the source text beside it: their blocks and what happens in them."""

    def __init__(self, assistant: PolicyAssistant, feedback: FeedbackDesk, words: Words) -> None:
        self._assistant = assistant
        self._feedback = feedback
        self._words = (
            words
            if assistant.writer is None
            else {**words, "welcome_text": words["welcome_written"], "pending": words["writing"]}
        )
        self._asking: set[tuple[str, Allowance]] = set()
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        words, examples = self._words, tomllib.loads((PAGE / "examples.toml").read_text(encoding="utf-8"))

        def judge(remark: object) -> dict[str, str]:
            return take_remark(remark, self._feedback, words)

        self.exchanges = gr.State(())
        with gr.Row(elem_classes=["desk"]):
            with gr.Column(elem_id="chat"):
                with gr.Column(elem_id="dialogue"):
                    self.conversation = gr.HTML(
                        render_conversation((), words),
                        elem_id="conversation",
                        apply_default_css=False,
                        html_template=f'<div role="log" aria-label="{words["conversation"]}">${{value}}</div>',
                        js_on_load="policyPage.conversation(element, watch, server)",
                        server_functions=[judge],
                    )
                    with gr.Row(elem_id="examples"):
                        gr.HTML(words["examples"].format_map(examples), apply_default_css=False)
                        self.examples = [gr.Button(text, size="sm") for text in examples["questions"]]
                with gr.Column(elem_id="composer"):
                    self.notice = gr.HTML(elem_id="notice", apply_default_css=False)
                    self.box = gr.Textbox(
                        label=words["question"],
                        placeholder=words["placeholder"],
                        show_label=False,
                        lines=1,
                        max_lines=6,
                        autofocus=True,
                        elem_id="question",
                    )
                    with gr.Row(elem_id="actions"):
                        self.region = gr.Dropdown(
                            self._regions(),
                            value="",
                            label=words["region"],
                            filterable=False,
                            elem_id="region",
                        )
                        self.clear = gr.Button(words["clear"], elem_id="clear")
                        self.stop = gr.Button(words["stop"], elem_id="stop")
                        self.send = gr.Button(words["send"], variant="primary", elem_id="send")
                    if writer := self._assistant.writer:
                        gr.HTML(render_destination(writer.model, words), apply_default_css=False)
            self.source = source_panel(self._assistant.store, words)

    def _regions(self) -> list[tuple[str, str]]:
        regions = dict.fromkeys(document.region for document in self._assistant.store.documents())
        return [(self._words["all_regions"], ""), *((region, region) for region in regions if region)]

    def _wire(self) -> None:
        outputs = [self.conversation, self.exchanges, self.box, self.notice]
        waiting = [self.exchanges, self.box]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        asks = {"concurrency_limit": AT_ONCE, "concurrency_id": "answer", **quiet}
        written = gr.on(
            [self.box.submit, self.send.click],
            self.respond,
            [self.box, self.region, self.exchanges],
            outputs,
            **asks,
        )
        chosen = [
            example.click(self.respond, [example, self.region, self.exchanges], outputs, **asks)
            for example in self.examples
        ]
        running = [written, *chosen]
        for event in running:
            event.success(self.conclude, [self.exchanges], outputs, queue=False, **quiet)
            event.failure(self.give_up, waiting, outputs, **quiet)
        self.stop.click(self.take_back, waiting, outputs, queue=False, cancels=running, **quiet)
        self.clear.click(
            self.start_again, None, [*outputs, self.source], queue=False, cancels=running, **quiet
        )

    async def respond(
        self, text: str, region: str, exchanges: tuple[Exchange, ...], request: gr.Request
    ) -> AsyncIterator[Update]:
        """The answer to a question, claim by claim; a problem gives the question back to the box."""
        if not text.strip():
            yield {self.notice: render_notice(self._words["empty_question"])}
            return
        if exchanges and exchanges[-1].is_unfinished:  # an example and the box are events of their own
            yield {self.notice: render_notice(self._words["busy"])}
            return
        exchanges, shown = concluded(exchanges), Exchange(text)
        yield self._show((*exchanges, shown)) | {self.box: "", self.notice: ""}
        question = Question(text, region, history(exchanges))
        try:
            async with aclosing(self._exchanges(question, str(request.session_hash))) as growing_exchanges:
                async for shown in growing_exchanges:
                    yield self._show((*exchanges, shown))
        except AnswerCancelled:  # the user has left, or the line to the page was cut
            yield self.take_back((*exchanges, shown), "")
        except PROBLEMS as error:
            yield self._show(exchanges) | {self.box: text, self.notice: render_notice(str(error))}

    async def _exchanges(self, question: Question, session: str) -> AsyncGenerator[Exchange, None]:
        """The exchange with a claim more each time; the last one, which is whole, can be judged."""
        allowance = self._assistant.allowance()
        self._asking.add((session, allowance))
        shown = Exchange(question.text)
        try:
            async with aclosing(growing_answers(self._assistant, question, allowance)) as answers:
                async for answer in answers:
                    nearest = nearest_clauses(answer, self._assistant.store)
                    for partial in growing(answer, len(shown.answer.claims) if shown.answer else 0):
                        shown = Exchange(question.text, partial, nearest)
                        yield shown
        finally:
            self._asking.discard((session, allowance))
        if shown.answer:
            key = self._feedback.offer(question, shown.answer)
            yield replace(shown, key=key)

    def conclude(self, exchanges: tuple[Exchange, ...]) -> Update:
        """The answer is whole: only now, as Gradio drops a question that is sent before the event has ended."""
        over = concluded(exchanges)
        return self._show(over) if over != exchanges else {self.notice: gr.skip()}

    def leave(self, request: gr.Request) -> None:
        """Nobody waits for the answers of a user who has left the page."""
        for session, allowance in tuple(self._asking):
            if session == request.session_hash:
                allowance.cancel()

    def take_back(self, exchanges: tuple[Exchange, ...], box: str, notice: str = "") -> Update:
        """A question that got no whole answer returns to the box; it leaves the conversation, half an answer stays."""
        if not exchanges or not exchanges[-1].is_unfinished:
            return self.conclude(exchanges) | {self.notice: ""}
        *answered, last = exchanges
        half = [replace(last, is_pending=False, is_stopped=True)] if last.answer else []
        returned = "\n".join(filter(None, (last.question, box)))
        return self._show((*answered, *half)) | {self.box: returned, self.notice: notice}

    def give_up(self, exchanges: tuple[Exchange, ...], box: str) -> Update:
        """After a failure that nobody foresaw: says so and gives the question back.

        Gradio reports a stopped event as failed too; then the question is back already.
        """
        return self.take_back(exchanges, box, render_notice(self._words["failed"]))

    def start_again(self) -> Update:
        """An empty conversation."""
        return self._show(()) | {self.notice: "", self.source: render_empty_source(self._words)}

    def _show(self, exchanges: tuple[Exchange, ...]) -> Update:
        opinions = self._feedback.opinions(exchange.key for exchange in exchanges)
        conversation = render_conversation(exchanges, self._words, opinions)
        return {self.conversation: conversation, self.exchanges: exchanges}
