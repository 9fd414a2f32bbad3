"""The tab that sets two documents side by side."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import gradio as gr

from assistant.comparing.comparison import compare
from assistant.errors import PROBLEMS
from assistant.office.comparison_report import comparison_report
from assistant.office.report import Imprint
from assistant.page.compare_rendering import render_comparison
from assistant.page.downloads import written
from assistant.page.source_panel import source_panel
from assistant.pipeline import PolicyAssistant
from assistant.rendering import Words, render_notice
from corpus.model import PolicyDocument

Update = dict[Any, Any]


class CompareTab:
    """Two documents to choose; what differs and their clauses side by side below."""

    def __init__(self, assistant: PolicyAssistant, words: Words) -> None:
        self._assistant = assistant
        self._words = words
        self._documents = {document.id: document for document in assistant.store.documents()}
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        words = self._words
        choices = [(_named(document), name) for name, document in self._documents.items()]
        with gr.Row(elem_classes=["desk"]):
            with gr.Column(elem_id="comparing", elem_classes=["tool"]):
                gr.HTML(f"<p>{words['compare_intro']}</p>", apply_default_css=False)
                with gr.Row(elem_id="compare-choice"):
                    self.left, self.right = (
                        gr.Dropdown(choices, value=None, label=words[name], elem_id=name.replace("_", "-"))
                        for name in ("compare_left", "compare_right")
                    )
                self.start = gr.Button(words["compare_start"], variant="primary", elem_id="start-compare")
                self.result = gr.HTML(elem_id="compare-result", apply_default_css=False)
                self.files = gr.File(
                    label=words["take_away"], visible=False, interactive=False, elem_id="compare-files"
                )
            source_panel(self._assistant.store, words)

    def _wire(self) -> None:
        self.start.click(
            self.compare,
            [self.left, self.right],
            [self.result, self.files],
            concurrency_limit=1,
            concurrency_id="compare",
            show_progress_on=[self.result],
            api_visibility="private",
        )

    async def compare(self, left: str | None, right: str | None) -> Update:
        """The comparison of two chosen documents."""
        here, there = (self._documents.get(name or "") for name in (left, right))
        if here is None or there is None or left == right:
            return self._told(render_notice(self._words["compare_choose"]))
        try:
            return await asyncio.to_thread(self._compared, here, there)
        except PROBLEMS as error:
            return self._told(render_notice(str(error)))

    def _compared(self, left: PolicyDocument, right: PolicyDocument) -> Update:
        index = self._assistant.index
        comparison = compare(index, left, right)
        report = comparison_report(
            comparison, Imprint(datetime.now().astimezone(), index.manifest.corpus_digest)
        )
        return {
            self.result: render_comparison(comparison, self._words),
            self.files: gr.File(written(report, "comparison"), visible=True),
        }

    def _told(self, notice: str) -> Update:
        return {self.result: notice, self.files: gr.File(visible=False)}


def _named(document: PolicyDocument) -> str:
    facts = " · ".join(filter(None, (document.number, document.date, document.region)))
    return f"{document.title}（{facts}）" if facts else document.title
