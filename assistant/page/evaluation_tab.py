"""The evaluation tab: runs a set of questions, shows what came of it, and hands out the reports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.errors import PROBLEMS
from assistant.evaluation.job import CancelledError, Finished, Job
from assistant.evaluation.measures import VERDICTS
from assistant.evaluation.measuring import AnswerMeasure, RetrievalMeasure
from assistant.evaluation.run_folder import RunError, StoredRun, load_run
from assistant.evaluation.run_library import KeptRun, RunLibrary
from assistant.evaluation.sets.cases import CaseSet, read_cases
from assistant.feedback.store import FeedbackStore
from assistant.page.case_writing import CaseWriting
from assistant.page.evaluation_rendering import (
    render_finished,
    render_progress,
    render_waiting,
    render_warnings,
)
from assistant.pipeline import PolicyAssistant
from assistant.rendering import Words, render_notice
from assistant.settings import PROJECT, Settings

SHIPPED = PROJECT / "tests" / "cases" / "policies.jsonl"
"""The set that comes with the product."""

STEP = 0.3
"""Seconds between two looks at a run."""

Update = dict[Any, Any]

_TURN = asyncio.Lock()  # held by the evaluation that runs, whichever page began it


class Source(StrEnum):
    """Where the questions come from."""

    SHIPPED = "shipped"
    UPLOADED = "uploaded"


class EvaluationTab:
    """Blocks of the tab and what happens in them. One evaluation runs at a time; others wait."""

    def __init__(self, assistant: PolicyAssistant, settings: Settings, words: Words) -> None:
        self._assistant = assistant
        self._settings = settings
        self._library = RunLibrary(settings.data)
        self._words = words
        self._jobs: dict[str | None, Job] = {}  # by session
        self._lay_out()

    def _lay_out(self) -> None:
        words = self._words
        with gr.Column(elem_id="evaluation"):
            gr.Markdown(words["evaluation_intro"])
            with gr.Row(elem_id="evaluation-choice"):
                with gr.Column():
                    self.source = gr.Radio(
                        [(words[f"evaluation_{source}"], source.value) for source in Source],
                        value=Source.SHIPPED.value,
                        label=words["evaluation_source"],
                        elem_id="evaluation-source",
                    )
                    self.cases = gr.File(
                        label=words["evaluation_file"],
                        file_types=[".jsonl", ".csv", ".xlsx"],
                        height=160,
                        visible=False,
                        elem_id="evaluation-file",
                    )
                with gr.Column():
                    self.baseline = gr.Dropdown(
                        self._runs(),
                        value="",
                        label=words["baseline"],
                        allow_custom_value=True,  # a run that has gone meanwhile gets a message that explains it
                        elem_id="baseline",
                    )
                    self.retrieval_only = gr.Checkbox(label=words["retrieval_only"])
            with gr.Row(elem_id="evaluation-actions"):
                self.start = gr.Button(
                    words["evaluation_start"], variant="primary", elem_id="start-evaluation"
                )
                self.stop = gr.Button(words["stop"], interactive=False, elem_id="stop-evaluation")
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
        outputs = [self.result, self.reports, self.baseline, self.start, self.stop]
        self.source.change(self.ask_for_file, self.source, self.cases, queue=False, **quiet)
        waiting = self.start.click(self.wait, None, outputs, queue=False, **quiet)
        running = waiting.then(
            self.run,
            [self.source, self.cases, self.retrieval_only, self.baseline],
            outputs,
            concurrency_limit=None,
            **quiet,
        )
        running.success(self.rest, None, self.start, queue=False, **quiet)
        running.failure(self.failed, None, outputs, queue=False, **quiet)
        self.stop.click(self.cancel, None, None, queue=False, **quiet)
        tab.select(self.refresh, None, [self.baseline, self.writing.entries], queue=False, **quiet)

    def refresh(self) -> Update:
        """What has come since the page was opened: runs and feedback."""
        return {self.baseline: gr.Dropdown(self._runs())} | self.writing.refresh()

    def ask_for_file(self, source: str) -> Update:
        """A file is asked for where one is to be uploaded."""
        return {self.cases: gr.File(visible=source == Source.UPLOADED)}

    def wait(self) -> Update:
        """Until the questions are read."""
        return self._show(render_waiting(self._words)) | {self.start: gr.Button(interactive=False)}

    def rest(self) -> Update:
        """Another run can be started: only now, as Gradio drops what is started before the event has ended."""
        return {self.start: gr.Button(interactive=True)}

    def failed(self) -> Update:
        """After a run ended in a way that it does not explain itself."""
        return self._show(render_notice(self._words["evaluation_failed"])) | self.rest()

    def cancel(self, request: gr.Request) -> None:
        """Ends the run of this page, which then says so itself: an event that Gradio cancels may count as failed."""
        if job := self._jobs.get(request.session_hash):
            job.cancel()

    async def run(
        self, source: str, file: str | None, retrieval_only: bool, baseline: str, request: gr.Request
    ) -> AsyncIterator[Update]:
        """The evaluation of a set, step by step; who leaves the page or stops cancels it. What is done stays."""
        path = SHIPPED if source == Source.SHIPPED else file
        if not path:
            yield self._show(render_notice(self._words["evaluation_no_file"]))
            return
        try:
            chosen, job = await asyncio.to_thread(self._job, Path(path), retrieval_only, baseline)
        except PROBLEMS as error:
            yield self._show(render_notice(str(error)))
            return
        work = asyncio.create_task(_in_turn(job))
        self._jobs[request.session_hash] = job
        try:
            while not (work.done() or job.is_cancelled):
                yield self._show(render_progress(job, self._words), is_running=True)
                await asyncio.wait({work}, timeout=STEP)
            finished = work.result() if work.done() else None
        except PROBLEMS as error:
            yield self._show(render_notice(str(error)))
            return
        finally:
            job.cancel()
            self._jobs.pop(request.session_hash, None)
        if finished:
            warnings = render_warnings(chosen.warnings, self._words)
            yield self._show(warnings + render_finished(finished, self._words)) | self._handed_out(finished)
        else:
            yield self._show(render_notice(self._words["evaluation_stopped"]))

    def _handed_out(self, finished: Finished) -> Update:
        reports = finished.reports
        files = list(map(str, (reports.html, reports.excel, reports.junit)))
        return {self.reports: gr.File(files, visible=True), self.baseline: gr.Dropdown(self._runs())}

    def _job(self, path: Path, retrieval_only: bool, baseline: str) -> tuple[CaseSet, Job]:
        chosen = read_cases(path, self._assistant.store)
        measure = (RetrievalMeasure if retrieval_only else AnswerMeasure)(self._assistant, self._settings)
        return chosen, Job(chosen.cases, path.stem, measure, self._library, self._chosen(baseline))

    def _chosen(self, name: str) -> StoredRun | None:
        """The run of this name; none for no name."""
        if not name:
            return None
        folders = {kept.folder.name: kept.folder for kept in self._library.finished()}
        if name not in folders:
            raise RunError(f"用来比较的测评“{name}”已被删除或无法读取；请另选一次测评，或选“不比较”")
        return load_run(folders[name])

    def _runs(self) -> list[tuple[str, str]]:
        kept = [(self._named(run), run.folder.name) for run in self._library.finished()]
        return [(self._words["no_baseline"], ""), *kept]

    def _named(self, run: KeptRun) -> str:
        right = run.sums.summary.get(VERDICTS[run.setup.mode])
        share = f" · {right:.3f}" if right is not None else ""
        return f"{run.folder.name} · {run.sums.summary['n']}{share}"

    def _show(self, html: str, *, is_running: bool = False) -> Update:
        return {
            self.result: html,
            self.reports: gr.File(visible=False),
            self.baseline: gr.skip(),
            self.stop: gr.Button(interactive=is_running),
        }


async def _in_turn(job: Job) -> Finished | None:
    """What a job comes to, once no other runs; None for one that was cancelled."""
    async with _TURN:
        try:
            return await asyncio.to_thread(job.run)
        except CancelledError:
            return None
