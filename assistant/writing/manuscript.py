"""The answer while it is written: what has passed the check, what has not, and what fills the gaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from assistant.answer_text import answer_text
from assistant.citing import cite
from assistant.evidence import Evidence
from assistant.model import Answer, Citation, Claim, Role, Step, StepKind
from assistant.writing.draft import Draft
from assistant.writing.gaps import lost, passed_over
from assistant.writing.model import CheckedClaim, DraftClaim
from index.store import ClauseStore

_NOTHING_HELD = "语言模型写的内容没有通过与原文的核对，以下由原文摘录组成。"
_NO_REPLY = "语言模型这次没有给出可用的回答，以下由原文摘录组成。"

_LONGEST = 200
"""Characters of a dropped statement, and of the reason, that a step keeps."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A statement of the model that must not be shown, and why."""

    claim: DraftClaim
    reason: str


@dataclass
class Manuscript:
    """What a model has written of an answer so far.

    ``is_cut`` says that the model did not come to an end; then what the draft says of clauses that no
    statement cites is kept as well.
    """

    draft: Draft
    store: ClauseStore
    author: str
    steps: list[Step] = field(default_factory=list)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    passed: list[CheckedClaim] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    is_cut: bool = False

    def take(self, claim: DraftClaim, checked: CheckedClaim, *, is_repair: bool = False) -> bool:
        """Files a statement; whether it is a new one that may be shown."""
        if checked.reason:
            self.rejected.append(Rejected(claim, checked.reason))
            self.steps.append(Step(StepKind.DROPPED, checked.text[:_LONGEST], checked.reason[:_LONGEST]))
        elif all(checked.text != other.text for other in self.passed):
            self.passed.append(checked)
            self.steps += [Step(StepKind.REPAIRED, checked.text)] if is_repair else []
            return True
        return False

    def fail(self, reason: str) -> None:
        """The model broke off or never began."""
        self.is_cut = True
        self.steps.append(Step(StepKind.FAILED, reason=reason))

    def growing(self) -> Answer:
        """The answer with what has passed so far."""
        return self._composed(self._corrections())

    def whole(self) -> Answer:
        """The answer at the end: the draft fills what the model left out, or stands for all of it."""
        if not self.passed:
            notice = _NOTHING_HELD if self.rejected else _NO_REPLY
            return replace(self.draft.answer, notice=notice, steps=tuple(self.steps))
        told = [cite(self.store, q.evidence, q.span, 0) for claim in self.passed for q in claim.quoted]
        labels = {support.label for item in self.rejected for support in item.claim.supports}
        dropped = {self.evidence[label].clause.id for label in labels & self.evidence.keys()}
        draft = self.draft.answer
        before = list(dict.fromkeys((*self._corrections(), *passed_over(draft, told))))
        behind = [c for c in lost(draft, told, dropped, is_cut=self.is_cut) if c not in before]
        fillers = [claim for claim in (*before, *behind) if claim not in self._corrections()]
        self.steps += [Step(StepKind.FILLED, claim.text) for claim in fillers]
        return self._composed(before, behind)

    def _corrections(self) -> tuple[Claim, ...]:
        """What the draft corrects of the question; a model easily agrees with what it is told."""
        return tuple(claim for claim in self.draft.answer.claims if claim.role is Role.LEAD and claim.asked)

    def _composed(self, before: Iterable[Claim], behind: Iterable[Claim] = ()) -> Answer:
        """The answer with claims of the draft before and behind those written."""
        answer, numbering = self.draft.answer, _Numbering()
        first = [*self._renumbered(before, numbering)]
        written = [self._claim(checked, numbering) for checked in self.passed]
        told = [*first, *written, *self._renumbered(behind, numbering)]
        claims = tuple(_by_place(told, (claim.region for claim in answer.claims)))
        citations = numbering.citations
        text = "\n".join(filter(None, (answer.reason, answer_text(claims, citations))))
        return replace(
            answer,
            text=text,
            claims=claims,
            citations=citations,
            written_by=self.author,
            steps=tuple(self.steps),
        )

    def _renumbered(self, claims: Iterable[Claim], numbering: _Numbering) -> Iterator[Claim]:
        """Claims of the draft with numbers of this answer."""
        own = {citation.n: citation for citation in self.draft.answer.citations}
        for claim in claims:
            yield replace(claim, citations=tuple(numbering.of(own[n]) for n in claim.citations))

    def _claim(self, checked: CheckedClaim, numbering: _Numbering) -> Claim:
        numbers = (
            numbering.of(cite(self.store, quoted.evidence, quoted.span, 0)) for quoted in checked.quoted
        )
        return Claim(checked.text, tuple(dict.fromkeys(numbers)), checked.quoted[0].evidence.region)


class _Numbering:
    """Numbers citations as they come; the same words of a clause keep their number."""

    def __init__(self) -> None:
        self._numbers: dict[Citation, int] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations, by number."""
        return tuple(replace(citation, n=n) for citation, n in self._numbers.items())

    def of(self, citation: Citation) -> int:
        """The number of a citation."""
        return self._numbers.setdefault(replace(citation, n=0), len(self._numbers) + 1)


def _by_place(claims: Iterable[Claim], order: Iterable[str]) -> list[Claim]:
    """Claims with those of one place together, places in the order of the draft: what binds nobody yet comes last."""
    groups: dict[str, list[Claim]] = {region: [] for region in order}
    for claim in claims:
        groups.setdefault(claim.region, []).append(claim)
    return [claim for group in groups.values() for claim in group]
