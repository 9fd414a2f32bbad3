"""Claims as a model writes them -> claims that the cited clauses hold, or the reasons why they do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.evidence import Evidence
from assistant.understanding import Query
from assistant.wording import Wording
from assistant.writing import claim_text
from assistant.writing.claim_conditions import conditions_fault, members_fault
from assistant.writing.claim_coverage import CHATTER, Coverage, Thresholds, coverage, quoted
from assistant.writing.claim_dates import dates_fault
from assistant.writing.claim_figures import figures_fault, sides_fault
from assistant.writing.claim_force import force_fault, limits_fault, negations_fault
from assistant.writing.claim_order import crossing_fault, order_fault
from assistant.writing.claim_places import bodies_fault, levels_fault, places_fault, status_fault
from assistant.writing.claim_references import references_fault
from assistant.writing.claim_text import Statement
from assistant.writing.grounds import Grounds, Sentence, UnfoundedError, grounds_of
from assistant.writing.model import CheckedClaim, DraftClaim, Quoted
from index.clause_index import ClauseIndex
from index.model import Filter

_CHECKS = (
    status_fault,
    references_fault,
    dates_fault,
    sides_fault,
    figures_fault,
    levels_fault,
    bodies_fault,
    members_fault,
    negations_fault,
    force_fault,
    limits_fault,
    crossing_fault,
    order_fault,
)
_REASONS = 3
"""Reasons that are given at most."""

_LONGEST = 400
"""Characters of a statement; sentences of policies have fewer."""

_NEIGHBOURS = 30
"""Clauses of the document that are compared with the cited one."""


@dataclass(frozen=True)
class Reading:
    """A claim with what it rests on and what is wrong with it, before any threshold."""

    statement: Statement
    grounds: Grounds
    sentences: tuple[Sentence, ...]  # the quote
    coverage: Coverage
    faults: tuple[str, ...]


class ClaimChecker:
    """Tells whether the clauses that a claim cites hold it. Any thread may use it.

    A wrong claim that is shown is worse than a right one that is dropped, so what cannot be told is refused.
    """

    def __init__(self, index: ClauseIndex) -> None:
        self._index = index
        self._thresholds = Thresholds.load()
        self._official = Wording.load().official

    def check(self, claim: DraftClaim, evidence: Mapping[str, Evidence], query: Query) -> CheckedClaim:
        """The claim with the sentences that carry it, or with the reason why it must not be shown.

        Args:
            claim: as written; its labels are keys of ``evidence``.
            evidence: what the model was shown, by label (E1).
            query: the question that is answered.
        """
        if len(claim.text) > _LONGEST:
            shown = claim_text.shown(claim.text[:_LONGEST])
            return CheckedClaim(
                shown, reason=f"有 {len(claim.text):,} 个字，一条陈述至多 {_LONGEST} 个字；请分开写"
            )
        text = claim_text.shown(claim.text)
        try:
            reading = self.read(claim, evidence, query)
        except UnfoundedError as error:
            return CheckedClaim(text, reason=str(error))
        faults = [*reading.faults, *self._thresholds.faults(reading.coverage)]
        if reasons := faults or self._thresholds.likeness_faults(*self.likeness(reading)):
            return CheckedClaim(text, reason="；".join(reasons[:_REASONS]))
        return CheckedClaim(text, tuple(Quoted(s.evidence, s.span) for s in reading.sentences))

    def read(self, claim: DraftClaim, evidence: Mapping[str, Evidence], query: Query) -> Reading:
        """A claim with its grounds and faults.

        Raises:
            UnfoundedError: it has nothing to rest on.
        """
        statement = Statement(claim_text.compared(claim_text.shown(claim.text)))
        grounds = grounds_of(claim, evidence, query)
        sentences = quoted(statement, grounds)
        meant = self._meant(statement.text)
        covered = coverage(statement, grounds, sentences, meant)
        faults = tuple(filter(None, self._faults(statement, grounds, "".join(meant.values()))))
        return Reading(statement, grounds, sentences, covered, faults)

    def likeness(self, reading: Reading) -> tuple[float, float]:
        """Cosines of a claim to the nearest of its sentences and to the nearest of other clauses of the document.

        Where lists of units are quoted, which every clause has alike, others do not count.
        """
        grounds = reading.grounds
        documents = tuple({item.document.id for item in grounds.cited})
        spans = {(s.evidence.clause.id, s.span) for s in reading.sentences}
        cited = {item.clause.id for item in grounds.cited}
        lists_units = any(sentence.lists_units for sentence in reading.sentences)
        own = other = -1.0
        for hit in self._index.search(reading.statement.text, Filter(documents=documents), _NEIGHBOURS):
            for sentence in hit.sentences:
                if (hit.clause_id, sentence.span) in spans:
                    own = max(own, sentence.score)
                elif hit.clause_id not in cited and not lists_units:
                    other = max(other, sentence.score)
        return own, other

    def _meant(self, text: str) -> dict[str, str]:
        """Official terms by the everyday words of a text that stand for them."""
        return {word: term for word, terms in self._official.items() if word in text for term in terms}

    def _faults(self, statement: Statement, grounds: Grounds, meant: str) -> Iterator[str]:
        chatter = CHATTER.search(statement.text)
        if chatter and chatter[0] not in grounds.text:
            yield f"“{chatter[0]}”不是条款的内容；只写条款规定了什么"
        yield places_fault(statement, grounds, self._index.segment)
        yield from (check(statement, grounds) for check in _CHECKS)
        yield conditions_fault(statement, grounds, meant)
