"""New cases for a set: from a question that a person asks, or from what users said about answers."""

from __future__ import annotations

import asyncio
from typing import Any

import gradio as gr

from assistant.errors import PROBLEMS
from assistant.evaluation.sets.authoring import Proposal, case_of, free_id, propose
from assistant.evaluation.sets.cases import Case, write_cases
from assistant.feedback import export
from assistant.feedback.model import Feedback, Verdict
from assistant.feedback.store import FeedbackError, FeedbackStore
from assistant.model import Question
from assistant.page.downloads import download_folder
from assistant.pipeline import PolicyAssistant
from assistant.rendering import Words, render_notice

Update = dict[Any, Any]

_SHOWN = 60
"""Characters of a clause, question or comment that a choice shows."""

_FILES = ("new-cases.jsonl", "new-cases.xlsx")


class CaseWriting:
    """Two ways to a case, and the set that grows from both. The set belongs to the session."""

    def __init__(self, assistant: PolicyAssistant, feedback: FeedbackStore, words: Words) -> None:
        self._assistant = assistant
        self._feedback = feedback
        self._words = words
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        words = self._words
        self.proposal: gr.State = gr.State(None)
        self.written: gr.State = gr.State(())
        with gr.Accordion(words["cases_from_question"], open=False, elem_id="cases-from-question"):
            self.question = gr.Textbox(label=words["question"], elem_id="new-question")
            self.propose = gr.Button(words["cases_propose"], elem_id="propose")
            self.clauses = gr.CheckboxGroup(
                label=words["cases_clauses"], visible=False, elem_id="gold-clauses"
            )
            self.facts = gr.CheckboxGroup(label=words["cases_facts"], visible=False, elem_id="gold-facts")
            self.accept = gr.Button(
                words["cases_accept"], visible=False, variant="primary", elem_id="accept-case"
            )
        with gr.Accordion(words["cases_from_feedback"], open=False, elem_id="cases-from-feedback"):
            self.entries = gr.CheckboxGroup(
                self._choices(), label=words["cases_entries"], elem_id="feedback-entries"
            )
            self.convert = gr.Button(words["cases_convert"], elem_id="convert-feedback")
        self.notice = gr.HTML(elem_id="cases-notice", apply_default_css=False)
        self.files = gr.File(
            label=words["cases_written"], visible=False, interactive=False, elem_id="new-cases"
        )

    def _wire(self) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        offered = [self.proposal, self.clauses, self.facts, self.accept, self.notice]
        gr.on([self.propose.click, self.question.submit], self.offer, [self.question], offered, **quiet)
        self.clauses.input(self.narrow, [self.proposal, self.clauses], [self.facts], **quiet)
        added = [*offered, self.written, self.files, self.question]
        self.accept.click(self.add, [self.proposal, self.clauses, self.facts, self.written], added, **quiet)
        self.convert.click(
            self.take_over, [self.entries, self.written], [self.written, self.files, self.notice], **quiet
        )

    def refresh(self) -> Update:
        """The feedback that has come meanwhile."""
        return {self.entries: gr.CheckboxGroup(self._choices())}

    async def offer(self, text: str) -> Update:
        """Clauses and facts that a case for the question may expect; those that the answer cites are chosen."""
        try:
            proposal = await asyncio.to_thread(propose, self._assistant, Question(text))
        except PROBLEMS as error:
            return {self.notice: render_notice(str(error))}
        cited = [clause.id for clause in proposal.clauses if clause.is_cited]
        choices = [
            (_cut(f"{clause.doc} {clause.label} {clause.text}"), clause.id) for clause in proposal.clauses
        ]
        return {
            self.proposal: proposal,
            self.clauses: gr.CheckboxGroup(choices, value=cited, visible=True),
            self.facts: self._facts(proposal, cited),
            self.accept: gr.Button(visible=True),
            self.notice: "",
        }

    def narrow(self, proposal: Proposal, clauses: list[str]) -> Update:
        """The facts that the chosen clauses state."""
        return {self.facts: self._facts(proposal, clauses)}

    def add(
        self, proposal: Proposal, clauses: list[str], facts: list[str], written: tuple[Case, ...]
    ) -> Update:
        """The accepted case joins the set; without clauses it is one that the documents do not answer."""
        gold = [clause for clause in proposal.clauses if clause.id in clauses]
        required = [fact for fact in proposal.facts_of(gold) if fact.text in facts]
        case = case_of(proposal, gold, required, free_id({case.id for case in written}))
        hidden = {part: gr.update(visible=False) for part in (self.clauses, self.facts, self.accept)}
        return hidden | {self.proposal: None, self.question: ""} | self._grown((*written, case))

    def take_over(self, ids: list[int], written: tuple[Case, ...]) -> Update:
        """Chosen feedback joins the set as cases; a thumb down needs a person to look at its clauses."""
        try:
            entries = self._feedback.entries(ids=ids) if ids else []
        except FeedbackError as error:
            return {self.notice: render_notice(str(error))}
        taken = {case.id for case in written}
        cases = [case for case in map(export.case_of, entries) if case.id not in taken]
        if not cases:
            return {self.notice: render_notice(self._words["cases_none_chosen"])}
        return self._grown((*written, *cases))

    def _grown(self, cases: tuple[Case, ...]) -> Update:
        folder = download_folder()
        files = [str(write_cases(folder / name, cases)) for name in _FILES]
        added = self._words["cases_added"].format(n=len(cases))
        notice = f'<p role="status">{added}</p>'
        return {self.written: cases, self.files: gr.File(files, visible=True), self.notice: notice}

    def _facts(self, proposal: Proposal, clauses: list[str]) -> gr.CheckboxGroup:
        facts = proposal.facts_of(clause for clause in proposal.clauses if clause.id in clauses)
        return gr.CheckboxGroup([fact.text for fact in facts], value=[], visible=bool(facts))

    def _choices(self) -> list[tuple[str, int]]:
        try:
            entries = self._feedback.entries()
        except FeedbackError:
            return []
        return [(self._named(entry), entry.id) for entry in reversed(entries)]

    def _named(self, entry: Feedback) -> str:
        thumb = self._words["feedback_up" if entry.opinion.verdict is Verdict.UP else "feedback_down"]
        told = f" — {entry.opinion.comment}" if entry.opinion.comment else ""
        return f"#{entry.id} {thumb}：{_cut(entry.answer.question + told)}"


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN else flat[:_SHOWN] + "…"
