"""What a reference leads to."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.clause_parts import lacking
from corpus.model import Clause

NEAREST = 3
"""Clauses that are named at most where nothing bears the name."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one reference names: ``matches`` is one clause where it is clear, several where it is not.

    ``paragraph`` and ``item`` are the 款 (or 段) and the 项 that the reference asks for, 0 for none. ``total``
    counts the matches, of which only the first 50 are given. Where the clause is there and the 款 or 项 is not,
    it is ``nearest`` and ``lacks`` tells so: 没有第9款，共1款.
    """

    matches: tuple[Clause, ...]
    nearest: tuple[Clause, ...] = ()
    paragraph: int = 0
    item: int = 0
    total: int = 0
    lacks: str = ""

    def with_parts(self) -> Found:
        """The matches that have the 款 and the 项 asked for, or else none."""
        lacks = [lacking(clause, self.paragraph, self.item) for clause in self.matches]
        kept = tuple(clause for clause, lack in zip(self.matches, lacks, strict=True) if not lack)
        if kept or not lacks:
            return replace(self, matches=kept, total=self.total - len(lacks) + len(kept))
        told = lacks[0] if len(lacks) == 1 else lacks[0].partition("，")[0]
        return Found((), self.matches[:NEAREST], self.paragraph, self.item, lacks=told)
