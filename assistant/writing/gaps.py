"""What the draft says and the statements of a model leave out: the answer must not lose it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from assistant.model import Answer, Citation, Claim, Role


def passed_over(draft: Answer, told: Sequence[Citation]) -> Iterator[Claim]:
    """Claims of places of which something else is ``told`` than what the draft found to answer.

    That is the sentence of the place's lead; where it has none, any that the draft quotes.
    """
    own = {citation.n: citation for citation in draft.citations}
    for region in {citation.region: None for citation in told}:
        claims = [claim for claim in draft.claims if claim.region == region]
        leads = [claim for claim in claims if claim.role is Role.LEAD]
        answering = {n for claim in leads or claims for n in claim.citations}
        if not any(_overlap(own[n], citation) for n in answering for citation in told):
            yield from (claim for claim in claims if answering.intersection(claim.citations))


def lost(
    draft: Answer, told: Sequence[Citation], dropped: Collection[str], *, is_cut: bool
) -> Iterator[Claim]:
    """Claims of places that nothing is told about, and of clauses that nothing is told of any more.

    The latter are those (ids) whose statements were ``dropped``, and all if the model broke off.
    """
    own = {citation.n: citation for citation in draft.citations}
    places = {citation.region for citation in told}
    clauses = {citation.clause for citation in told}
    for claim in draft.claims:
        cited = {own[n].clause for n in claim.citations}
        is_lost = is_cut or bool(cited.intersection(dropped))
        if claim.region not in places or (is_lost and not cited & clauses):
            yield claim


def _overlap(one: Citation, other: Citation) -> bool:
    return one.clause == other.clause and one.start < other.end and other.start < one.end
