"""The answer made of quotes that a language model may write anew."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.evidence import Evidence
from assistant.kinds import Kind
from assistant.model import Answer, Question, Status
from assistant.understanding import Query


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer made of quotes, with what it was made of. ``is_fact`` marks one about documents, not rules."""

    question: Question
    query: Query
    chosen: tuple[Evidence, ...]
    answer: Answer
    is_fact: bool

    @property
    def is_answered(self) -> bool:
        """Whether there is anything to write about."""
        return self.answer.status is Status.ANSWERED

    @property
    def is_final(self) -> bool:
        """Whether no words of a model could better it: a clause that is asked for, a fact, a table of quotes."""
        is_clause_asked = Kind.CLAUSE in self.query.kinds or any(e.is_named for e in self.chosen)
        return self.is_fact or is_clause_asked or self.answer.table is not None or not self.is_answered
