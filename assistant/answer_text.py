"""The answer as plain text: claims under their places, a comparison point by point."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assistant.model import Citation, Claim, ComparisonTable, Role
from corpus.model import DRAFTS

UNSTATED = "未规定"
"""What a comparison says of a place whose documents have no rule on a point."""

_UNPLACED = "未注明地区"


def answer_text(
    claims: Sequence[Claim], citations: Sequence[Citation], table: ComparisonTable | None = None
) -> str:
    """Each statement with its clauses and their numbers."""
    cited = {citation.n: citation for citation in citations}
    return "\n".join(_compared(table, cited) if table else _listed(claims, cited))


def _listed(claims: Sequence[Claim], cited: dict[int, Citation]) -> Iterator[str]:
    heading = ""
    for claim in claims:
        own_heading = _heading(claim.region, [claim], cited)
        if own_heading != heading:
            yield own_heading
        heading = own_heading
        yield _statement(claim, cited)


def _compared(table: ComparisonTable, cited: dict[int, Citation]) -> Iterator[str]:
    columns = zip(table.places, zip(*(row.cells for row in table.rows), strict=True), strict=True)
    headings = [
        _heading(place, [claim for cell in cells for claim in cell], cited) for place, cells in columns
    ]
    for row in table.rows:
        yield f"■ {row.point}"
        for heading, cell in zip(headings, row.cells, strict=True):
            yield heading
            yield from (_statement(claim, cited) for claim in cell)
            if not cell:
                yield UNSTATED


def _heading(place: str, claims: Iterable[Claim], cited: dict[int, Citation]) -> str:
    """A place, and the status of its documents where they bind nobody yet."""
    statuses = (cited[n].status for claim in claims for n in claim.citations)
    draft = next((f"·{status}" for status in statuses if status in DRAFTS), "")
    return f"【{place or _UNPLACED}{draft}】"


def _statement(claim: Claim, cited: dict[int, Citation]) -> str:
    marks = "".join(f"〔{cited[n].label}〕[{n}]" for n in claim.citations)
    return f"{'· ' if claim.role is Role.POINT else ''}{claim.text}{marks}"
