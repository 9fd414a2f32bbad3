"""What the page remembers of a conversation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.model import Answer, Turn
from index.store import ClauseStore


@dataclass(frozen=True, slots=True)
class ClauseLink:
    """A clause that a declined answer names: its id and what people call it."""

    clause: str
    document: str
    label: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of the conversation with its answer; ``None`` while that is being found.

    The ``key`` of a whole answer is that by which it can be judged. While an exchange ``is_pending`` the page
    takes no other question; ``is_stopped`` says that the user has not let the answer come to its end.
    """

    question: str
    answer: Answer | None = None
    nearest: tuple[ClauseLink, ...] = ()
    key: str = ""
    is_pending: bool = True
    is_stopped: bool = False

    @property
    def is_unfinished(self) -> bool:
        """Whether more of the answer is to come."""
        return self.is_pending and not self.key


def concluded(exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """The exchanges with those whose answers are whole no longer pending."""
    return tuple(replace(exchange, is_pending=exchange.is_unfinished) for exchange in exchanges)


def history(exchanges: Sequence[Exchange]) -> tuple[Turn, ...]:
    """The turns of the answered questions, oldest first."""
    turns: list[Turn] = []
    for exchange in exchanges:
        if exchange.answer:
            turns += [Turn("user", exchange.question), Turn("assistant", exchange.answer.text)]
    return tuple(turns)


def growing(answer: Answer, shown: int = 0) -> Iterator[Answer]:
    """The answer claim by claim behind those ``shown``, each step with the citations that its claims need.

    The last is the answer as it is. A comparison comes at once: half a table would say that a place has no rule.
    """
    for count in range(shown + 1, len(answer.claims)) if answer.table is None else ():
        claims = answer.claims[:count]
        cited = {n for claim in claims for n in claim.citations}
        citations = tuple(citation for citation in answer.citations if citation.n in cited)
        yield replace(answer, claims=claims, citations=citations)
    yield answer


def nearest_clauses(answer: Answer, store: ClauseStore) -> tuple[ClauseLink, ...]:
    """The clauses that a declined answer names."""
    clauses = [store.clause(clause) for clause in answer.nearest]
    return tuple(
        ClauseLink(clause.id, store.document(clause.document_id).title, clause.label) for clause in clauses
    )
