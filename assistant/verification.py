"""Claims -> claims that hold: every quote verbatim, every number of a claim in what it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.model import Citation, Claim
from corpus.model import Furniture
from index.errors import UnknownIdError
from index.store import ClauseStore

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?%?")
_BRACKETED = re.compile(r"（[^（）]*）|\[[0-9]+\]")


class Verifier:
    """Checks citations and claims against the sources of a store."""

    def __init__(self, store: ClauseStore) -> None:
        self._store = store

    def verify(self, claims: Sequence[Claim], citations: Sequence[Citation]) -> tuple[Claim, ...]:
        """The claims whose citations are verbatim and whose numbers stand in what they cite."""
        sound = {citation.n: citation for citation in citations if self.is_verbatim(citation)}
        return tuple(claim for claim in claims if claim.citations and self._holds(claim, sound))

    def is_verbatim(self, citation: Citation) -> bool:
        """Whether the quote is the text at its place in the source, inside its clause.

        White space and page furniture (page numbers, page breaks) do not count.
        """
        try:
            clause = self._store.clause(citation.clause)
        except UnknownIdError:
            return False
        source = self._store.source(clause.source_id)
        place = source.clean.offsets.span_to_source(clause.span)
        is_inside = place.start <= citation.start < citation.end <= place.end
        quoted = without_furniture(source.original, citation.start, citation.end, source.clean.furniture)
        return is_inside and squeezed(quoted) == squeezed(citation.quote) != ""

    def _holds(self, claim: Claim, sound: dict[int, Citation]) -> bool:
        if any(n not in sound for n in claim.citations):
            return False
        cited = squeezed("".join(sound[n].quote + sound[n].label + sound[n].number for n in claim.citations))
        return all(number in cited for number in _NUMBER.findall(_BRACKETED.sub("", claim.text)))


def squeezed(text: str) -> str:
    """``text`` without white space and invisible characters."""
    return re.sub(r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+", "", text)


def without_furniture(original: str, start: int, end: int, furniture: Sequence[Furniture]) -> str:
    """``original[start:end]`` without the characters that belong to the page."""
    pieces, position = [], start
    for item in furniture:
        if start <= item.span.start and item.span.end <= end:
            pieces.append(original[position : item.span.start])
            position = item.span.end
    return "".join(pieces) + original[position:end]
