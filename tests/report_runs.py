"""A run with a baseline for tests of reports: real answers, and one made of hostile text; readers of the report."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from assistant.evaluation import gates
from assistant.evaluation.comparison import compare
from assistant.evaluation.measuring import AnswerMeasure, RetrievalMeasure
from assistant.evaluation.reports.writing import Reports, write_reports
from assistant.evaluation.results import Comparison, GateResult, Mode
from assistant.evaluation.run import evaluate
from assistant.evaluation.run_folder import StoredRun
from assistant.evaluation.sets.cases import Case, EarlierTurn, GoldClause, load_cases
from assistant.model import Answer, Claim, Question, Status
from assistant.pipeline import PolicyAssistant
from assistant.settings import load_settings

POLICIES = Path(__file__).parent / "cases" / "policies.jsonl"
CHOSEN = [
    "dl-008-a",
    "dl-010-a",
    "jl-012-b",
    "jl-001-b",
    "dl-007-i",
    "dl-009-g",
    "dl-014-c",
    "jl-103-c",
    "na-000-a",
    "na-000-e",
]
HOSTILE = (
    "=HYPERLINK(0)<script>alert(1)</script></script><!--<script><img src=x onerror=alert(2)>"
    '"><img src=x onerror="alert(3)">{{ 7*7 }}&lt;b&gt;\u202egnp.exe\u2028\u2029\x0b' + "长" * 300 + "W" * 300
)
CLAUSE = "dalian:五/（十七）"


class Altered:
    """The assistant with something broken, or given an answer that it would never write."""

    def __init__(self, assistant: PolicyAssistant, *, forgets: bool) -> None:
        self.__dict__.update(assistant.__dict__)
        self._assistant = assistant
        self._forgets = forgets

    def answer(self, question: Question) -> Answer:
        if question.text == HOSTILE:
            return self._hostile()
        asked = replace(question, history=()) if self._forgets else question
        return self._assistant.answer(asked)

    def retrieve(self, question: Question, depth: int):
        found = self._assistant.retrieve(replace(question, text=question.text[:500]), depth)
        return found[::-1] if self._forgets else found

    def _hostile(self) -> Answer:
        found = self._assistant.answer(Question("大连偏远海岛的全科医生怎样直接取得副高职称？"))
        cited = replace(
            found.citations[0], n=1, clause=CLAUSE, document=HOSTILE, label=HOSTILE, quote=HOSTILE
        )
        gone = replace(cited, n=2, clause="dalian:九/（九十九）")
        text = f"{HOSTILE} {self._forgets}"
        return Answer(HOSTILE, Status.ANSWERED, text, (Claim(text, (1, 2)),), (cited, gone), found.retrieved)


def cases() -> list[Case]:
    known = {case.id: case for case in load_cases(POLICIES)}
    hostile = Case(
        id=f"-1+1 {HOSTILE}",
        question=HOSTILE,
        type=HOSTILE,
        style=HOSTILE,
        history=(EarlierTurn(role="user", content=HOSTILE),),
        gold=(
            GoldClause(doc="dalian", clause=CLAUSE.partition(":")[2]),
            GoldClause(doc=HOSTILE, clause=HOSTILE),
        ),
        must_include=((HOSTILE, "没有的事实"), ("没有的事实",)),
        must_not_include=(HOSTILE,),
        note=HOSTILE,
    )
    return [*(known[name] for name in CHOSEN), hostile]


class Reported:
    """A run that forgets the conversation, the baseline that does not, and the reports."""

    def __init__(self, assistant: PolicyAssistant, folder: Path, mode: Mode = Mode.ANSWERS) -> None:
        measure = {Mode.ANSWERS: AnswerMeasure, Mode.RETRIEVAL: RetrievalMeasure}[mode]
        settings = load_settings()
        self.baseline, self.run = (
            evaluate(
                cases(),
                measure(Altered(assistant, forgets=forgets), settings),
                folder / name,
                lambda done, total: None,
            )
            for name, forgets in (("基线 <b>", False), ("本次 <b>", True))
        )
        self.comparison: Comparison = compare(self.run, self.baseline)
        self.gates: tuple[GateResult, ...] = gates.check(gates.DEFAULT, self.run, self.baseline)
        self.reports: Reports = write_reports(
            self.run, assistant.store, baseline=self.baseline, comparison=self.comparison, gates=self.gates
        )

    def outputs(self, stored: StoredRun) -> dict[str, dict]:
        return {output["id"]: output for output in stored.outputs()}


def shown(page: Page) -> list[str]:
    """The questions in the table; hostile text is left to its own test."""
    return [name for name in page.locator(".question button").all_inner_texts() if "script" not in name]


def ids(reported: Reported, holds: Callable) -> list[str]:
    results = reported.run.run.results
    return [r.case.id for r in results if holds(r) and "script" not in r.case.id]


def choose(page: Page, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).select_option(f"={value}")


def open_question(page: Page, name: str) -> Locator:
    button = page.locator(".question button", has_text=re.compile(f"^{name}$"))
    button.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    return page.get_by_role("article", name=name, exact=True)
