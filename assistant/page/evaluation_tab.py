"""The evaluation tab: runs a set of questions, shows what came of it, and hands out the reports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.errors import PROBLEMS
from assistant.evaluation.job import CancelledError, Job
from assistant.evaluation.measuring import AnswerMeasure, RetrievalMeasure
from assistant.evaluation.run_folder import StoredRun, load_run
from assistant.evaluation.run_library import KeptRun, RunLibrary
from assistant.evaluation.sets.cases import CaseSet, read_cases
from assistant.feedback.store import FeedbackStore
from assistant.page.case_writing import CaseWriting
from assistant.page.evaluation_rendering import render_finished, render_progress, render_warnings
from assistant.pipeline import PolicyAssistant
from assistant.rendering import Words, render_notice
from assistant.settings import PROJECT, Settings

SHIPPED = PROJECT / "tests" / "cases" / "policies.jsonl"
"""The set that comes with the product."""

STEP = 0.3
"""Seconds between two looks at a run."""

Update = dict[Any, Any]


class EvaluationTab:
    """Blocks of the tab and what happens in them. One evaluation runs at a time; others wait."""

    def __init__(self, assistant: PolicyAssistant, settings: Settings, words: Words) -> None:
        self._assistant = assistant
        self._settings = settings
        self._library = RunLibrary(settings.data)
        self._words = words
        self._lay_out()

    def _lay_out(self) -> None:
        words = self._words
        with gr.Column(elem_id="evaluation"):
            gr.Markdown(words["evaluation_intro"])
            with gr.Row(elem_id="evaluation-choice"):
                self.cases = gr.File(
                    label=words["evaluation_file"],
                    file_types=[".jsonl", ".csv", ".xlsx"],
                    height=160,
                    elem_id="evaluation-file",
                )
                with gr.Column():
                    self.baseline = gr.Dropdown(
                        self._runs(), value="", label=words["baseline"], filterable=False, elem_id="baseline"
                    )
                    self.retrieval_only = gr.Checkbox(label=words["retrieval_only"])
            with gr.Row(elem_id="evaluation-actions"):
                self.start = gr.Button(
                    words["evaluation_start"], variant="primary", elem_id="start-evaluation"
                )
                self.stop = gr.Button(words["stop"], elem_id="stop-evaluation")
            self.result = gr.HTML(elem_id="evaluation-result", apply_default_css=False)
            self.reports = gr.File(
                label=words["evaluation_reports"],
                visible=False,
                interactive=False,
                elem_id="evaluation-reports",
            )
            self.writing = CaseWriting(self._assistant, FeedbackStore(self._settings.data), words)

    def wire(self, tab: gr.Tab) -> None:
        """Connects the blocks; earlier runs and feedback are looked up whenever the tab is opened."""
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        outputs = [self.result, self.reports, self.baseline]
        waiting = self.start.click(self.wait, None, outputs, queue=False, **quiet)
        running = waiting.then(
            self.run,
            [self.cases, self.retrieval_only, self.baseline],
            outputs,
            concurrency_limit=1,
            concurrency_id="evaluation",
            **quiet,
        )
        self.stop.click(self.stopped, None, outputs, queue=False, cancels=[running], **quiet)
        tab.select(self.refresh, None, [self.baseline, self.writing.entries], queue=False, **quiet)

    def refresh(self) -> Update:
        """What has come since the page was opened: runs and feedback."""
        return {self.baseline: gr.Dropdown(self._runs())} | self.writing.refresh()

    def wait(self) -> Update:
        """Until it is this run's turn."""
        return self._show(f'<p role="status">{self._words["evaluation_waiting"]}</p>')

    def stopped(self) -> Update:
        """After the run was cancelled: what is done stays."""
        return self._show(render_notice(self._words["evaluation_stopped"]))

    async def run(self, file: str | None, retrieval_only: bool, baseline: str) -> AsyncIterator[Update]:
        """The evaluation of a set, step by step; who leaves the page or stops cancels it."""
        try:
            chosen, job = await asyncio.to_thread(self._job, file, retrieval_only, baseline)
        except PROBLEMS as error:
            yield self._show(render_notice(str(error)))
            return
        work = asyncio.create_task(asyncio.to_thread(job.run))
        try:
            while not work.done():
                yield self._show(render_progress(job, self._words))
                await asyncio.wait({work}, timeout=STEP)
            finished = work.result()
        except CancelledError:
            return
        except PROBLEMS as error:
            yield self._show(render_notice(str(error)))
            return
        finally:
            job.cancel()
        reports = finished.reports
        yield {
            self.result: render_warnings(chosen.warnings, self._words)
            + render_finished(finished, self._words),
            self.reports: gr.File(list(map(str, (reports.html, reports.excel, reports.junit))), visible=True),
            self.baseline: gr.Dropdown(self._runs()),
        }

    def _job(self, file: str | None, retrieval_only: bool, baseline: str) -> tuple[CaseSet, Job]:
        path = Path(file) if file else SHIPPED
        chosen = read_cases(path, self._assistant.store)
        measure = (RetrievalMeasure if retrieval_only else AnswerMeasure)(self._assistant, self._settings)
        return chosen, Job(chosen.cases, path.stem, measure, self._library, self._chosen(baseline))

    def _chosen(self, name: str) -> StoredRun | None:
        """The run of this name; a name that is none of the choices is no run."""
        folders = {kept.folder.name: kept.folder for kept in self._library.finished()}
        return load_run(folders[name]) if name in folders else None

    def _runs(self) -> list[tuple[str, str]]:
        kept = [(self._named(run), run.folder.name) for run in self._library.finished()]
        return [(self._words["no_baseline"], ""), *kept]

    def _named(self, run: KeptRun) -> str:
        right = run.sums.summary.get("answer_correct", run.sums.summary.get("recall@5"))
        share = f" · {right:.3f}" if right is not None else ""
        return f"{run.folder.name} · {run.sums.summary['n']}{share}"

    def _show(self, html: str) -> Update:
        return {self.result: html, self.reports: gr.File(visible=False), self.baseline: gr.skip()}
