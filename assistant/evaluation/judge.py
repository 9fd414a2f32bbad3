"""A language model as judge of faithfulness and completeness. Off by default: its verdicts vary."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import escape
from string import Template
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from assistant.chains.language_model import LanguageModel
from assistant.evaluation.sets.cases import Case
from assistant.evaluation.sets.gold import GoldFinder
from assistant.model import Answer
from assistant.prompts import digest_of, load_prompt
from index.store import ClauseStore

_VARIABLES = frozenset({"history", "scope", "question", "expected", "clauses", "answer"})
_ATTEMPTS = 2

GRADES = ("faithfulness", "completeness")
"""What a verdict grades, which are names of scores."""

UNUSABLE = "没有按格式评审"
"""What stands in the place of the reason where the model gave no verdict."""

_OBJECT = re.compile(r"\{.*\}", re.DOTALL)

_SPEAKERS = {"user": "用户", "assistant": "助手"}


def _encodable(text: Any) -> Any:
    """What a model writes may hold halves of surrogate pairs, which no file can."""
    return text.encode(errors="replace").decode() if isinstance(text, str) else text


Grade = Annotated[float, Field(ge=0, le=1)]
Reason = Annotated[str, BeforeValidator(_encodable)]


class Verdict(BaseModel):
    """What the judge says of an answer, 0..1, and why."""

    model_config = ConfigDict(frozen=True)

    faithfulness: Grade
    completeness: Grade
    reason: Reason


@dataclass(frozen=True, slots=True)
class Judge:
    """Asks a language model for verdicts; the prompt is ``prompts/judge.md``."""

    model: LanguageModel
    store: ClauseStore
    gold: GoldFinder
    template: Template

    @classmethod
    def load(cls, model: LanguageModel, store: ClauseStore) -> Judge:
        """The judge with its prompt.

        Raises:
            SettingsError: the prompt is missing, or its variables are not those that the judge fills.
        """
        return cls(model, store, GoldFinder(store), load_prompt("judge", _VARIABLES))

    @property
    def name(self) -> str:
        """What verdicts depend on: the model and its prompt."""
        return f"{self.model.name} {digest_of(self.template)}"

    def verdict(self, case: Case, answer: Answer) -> Verdict | None:
        """The verdict on an answer; None where the model replies twice without one.

        Raises:
            ModelError: the model does not answer.
        """
        prompt = self._prompt(case, answer)
        for _ in range(_ATTEMPTS):
            if found := _verdict(self.model.reply(prompt)):
                return found
        return None

    def _prompt(self, case: Case, answer: Answer) -> str:
        cited = [self.store.clause(citation.clause) for citation in answer.citations]
        evidence = {clause.id: clause.text for clause in (*cited, *self.gold.clauses(case.gold))}
        clauses = "\n\n".join(f"〔{clause}〕{text}" for clause, text in evidence.items())
        expected = "；".join(" 或 ".join(group) for group in case.must_include)
        history = "\n".join(f"{_SPEAKERS[turn.role]}：{turn.content}" for turn in case.history)
        texts = {
            "history": history,
            "scope": case.scope or "",
            "question": case.question,
            "expected": expected,
            "clauses": clauses,
            "answer": answer.text,
        }
        return self.template.substitute({name: escape(text, quote=False) for name, text in texts.items()})


def _verdict(reply: str) -> Verdict | None:
    """The verdict in a reply, whatever stands around it; None where there is none."""
    found = _OBJECT.search(reply)
    try:
        return Verdict.model_validate(json.loads(found[0])) if found else None
    except (ValueError, RecursionError):  # no JSON, no verdict, or nested without end
        return None
