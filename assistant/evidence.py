"""What an answer can rest on: clauses with their documents and why they were found."""

from __future__ import annotations

from dataclasses import dataclass

from corpus import references
from corpus.clauses import PREAMBLE, SIGNATURE
from corpus.model import Clause, PolicyDocument, Span
from index.model import SentenceHit


@dataclass(frozen=True, slots=True)
class Evidence:
    """A clause that may answer.

    ``dense`` and ``sentence`` are cosines of clause and best sentence, ``margin`` is how far the latter
    lies above the mean of all that was found, ``words`` is the BM25 as a share of the best found.
    ``score`` is the fused score, ``rank`` counts from 0 within the place, ``gap`` is the distance to the
    best of all. ``elsewhere`` and ``elsewhere_words`` tell how much better a clause of another place
    fits, in meaning and in words; 0 where none does.
    ``is_named`` marks clauses that the question names itself; ``spans`` are quotes that are already
    chosen (clean offsets), ``sentences`` all of the clause.
    """

    clause: Clause
    document: PolicyDocument
    score: float = 1.0
    dense: float = 1.0
    sentence: float = 1.0
    margin: float = 0.0
    words: float = 1.0
    rank: int = 0
    gap: float = 0.0
    elsewhere: float = 0.0
    elsewhere_words: float = 0.0
    is_named: bool = False
    paragraph: int = 0
    sentences: tuple[SentenceHit, ...] = ()
    spans: tuple[Span, ...] = ()

    @property
    def is_rule(self) -> bool:
        """Whether the clause can hold a rule."""
        return is_rule(self.clause, self.document)

    @property
    def region(self) -> str:
        """Place under which an answer files it."""
        return self.document.region


def is_rule(clause: Clause, document: PolicyDocument) -> bool:
    """Whether a clause can hold a rule: title, addressees, covering notice and signature cannot."""
    last = clause.path.rpartition("/")[2]
    is_covering = bool(document.forwards) and not references.steps_of(clause.path)
    return last not in (PREAMBLE, SIGNATURE) and not is_covering
