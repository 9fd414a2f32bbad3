"""The tab that checks quotations and references in a text or a file."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.checking.checker import Checker
from assistant.errors import PROBLEMS
from assistant.office.check_report import check_report
from assistant.office.report import Imprint
from assistant.office.uploads import READERS, pasted, read_upload
from assistant.page.check_rendering import render_check
from assistant.page.downloads import written
from assistant.page.source_panel import source_panel
from assistant.pipeline import PolicyAssistant
from assistant.rendering import Words, render_notice

Update = dict[Any, Any]


class CheckTab:
    """Text or file on the left, with the verdicts below; the clauses open on the right."""

    def __init__(self, assistant: PolicyAssistant, words: Words) -> None:
        self._assistant = assistant
        self._checker = Checker(assistant.store, assistant.finder)
        self._words = words
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        words = self._words
        with gr.Row(elem_classes=["desk"]):
            with gr.Column(elem_id="checking", elem_classes=["tool"]):
                gr.HTML(f"<p>{words['check_intro']}</p>", apply_default_css=False)
                self.text = gr.Textbox(label=words["check_text"], lines=5, max_lines=14, elem_id="check-text")
                self.file = gr.File(
                    label=words["check_file"],
                    file_types=sorted(READERS),
                    height=140,
                    elem_id="check-file",
                )
                self.start = gr.Button(words["check_start"], variant="primary", elem_id="start-check")
                self.result = gr.HTML(elem_id="check-result", apply_default_css=False)
                self.files = gr.File(
                    label=words["take_away"], visible=False, interactive=False, elem_id="check-files"
                )
            source_panel(self._assistant.store, words)

    def _wire(self) -> None:
        self.start.click(
            self.check,
            [self.text, self.file],
            [self.result, self.files, self.file],
            concurrency_limit=2,
            concurrency_id="check",
            show_progress_on=[self.result],
            api_visibility="private",
        )

    async def check(self, text: str, file: str | None) -> Update:
        """The verdicts on the file, if there is one, else on the text. The file is not kept."""
        if not text.strip() and not file:
            return self._told(render_notice(self._words["check_empty"]))
        try:
            return await asyncio.to_thread(self._checked, text, file)
        except PROBLEMS as error:
            return self._told(render_notice(str(error))) | {self.file: None}

    def _checked(self, text: str, file: str | None) -> Update:
        try:
            upload = read_upload(Path(file)) if file else pasted(text)
        finally:
            if file:
                Path(file).unlink(missing_ok=True)
        items = self._checker.check(upload.text)
        imprint = Imprint(datetime.now().astimezone(), self._assistant.index.manifest.corpus_digest)
        report = check_report(items, upload, self._assistant.store, imprint)
        return {
            self.result: render_check(items, upload, self._words),
            self.files: gr.File(written(report, "check"), visible=True),
            self.file: None,
        }

    def _told(self, notice: str) -> Update:
        return {self.result: notice, self.files: gr.File(visible=False), self.file: gr.skip()}
