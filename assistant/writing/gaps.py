"""What the draft says and the statements of a model leave out: the answer must not lose it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from assistant.model import Answer, Citation, Claim, Role


def gaps(draft: Answer, told: Sequence[Citation], lost: Collection[str], *, is_cut: bool) -> Iterator[Claim]:
    """Claims of the draft that stand beside what is ``told``.

    Those of a place that nothing is told about; of ``lost`` clauses (ids), whose statements were dropped, and of all clauses
    if the model broke off, where nothing else is told of them; and the first of each place unless its
    sentence is among those told, since it answers best.
    """
    own = {citation.n: citation for citation in draft.citations}
    places = {citation.region for citation in told}
    clauses = {citation.clause for citation in told}
    firsts = first_claims(draft.claims)
    for claim in draft.claims:
        cited = [own[n] for n in claim.citations]
        is_lost = is_cut or any(citation.clause in lost for citation in cited)
        is_untold = not any(citation.clause in clauses for citation in cited)
        is_first = claim in firsts and not any(_overlap(a, b) for a in cited for b in told)
        if claim.region not in places or (is_lost and is_untold) or is_first:
            yield claim


def first_claims(claims: Sequence[Claim]) -> list[Claim]:
    """The first statement of each place; its lead, which only sums it up, is none."""
    firsts: dict[str, Claim] = {}
    for claim in claims:
        if claim.role is not Role.LEAD:
            firsts.setdefault(claim.region, claim)
    return list(firsts.values())


def _overlap(one: Citation, other: Citation) -> bool:
    return one.clause == other.clause and one.start < other.end and other.start < one.end
