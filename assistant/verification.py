"""Claims -> claims that hold: every quote verbatim, every number of a claim in what it cites."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from assistant.model import Citation, Claim
from corpus.model import Source
from index.errors import UnknownIdError
from index.normalize import normalize_for_search
from index.store import ClauseStore

REPEATED = "提问中的"
"""Stands in a claim before what it repeats of the question, in quotation marks."""

_REPEATED = re.compile(f"{REPEATED}((?:“[^”]*”)+)")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?%?")


class Verifier:
    """Checks citations and claims against the sources of a store."""

    def __init__(self, store: ClauseStore) -> None:
        self._store = store

    def verify(
        self, claims: Sequence[Claim], citations: Sequence[Citation], question: str = ""
    ) -> tuple[Claim, ...]:
        """The claims whose citations are verbatim and whose numbers stand in what they cite.

        What a claim marks as repeated from the ``question`` need not stand there, if the question has it.
        """
        sound = {citation.n: citation for citation in citations if self.is_verbatim(citation)}
        given = squeezed(normalize_for_search(question))
        return tuple(claim for claim in claims if claim.citations and self._holds(claim, sound, given))

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
        return place.start <= citation.start and citation.end <= place.end and stands_in(citation, source)

    def _holds(self, claim: Claim, sound: dict[int, Citation], given: str) -> bool:
        if any(n not in sound for n in claim.citations):
            return False
        if any(squeezed(word) not in given for word in claim.asked):
            return False
        cited = (part for n in claim.citations for part in (sound[n].quote, sound[n].label, sound[n].number))
        stated = {number for part in cited for number in _numbers(part)}
        return stated.issuperset(_numbers(_own_words(claim)))


def _own_words(claim: Claim) -> str:
    """The text of a claim without what it repeats of the question."""
    return _REPEATED.sub(
        lambda match: "" if set(match[1][1:-1].split("”“")) <= set(claim.asked) else match[0], claim.text
    )


def _numbers(text: str) -> list[str]:
    return _NUMBER.findall(squeezed(text))


def stands_in(citation: Citation, source: Source) -> bool:
    """Whether ``original[start:end]`` is the quote; white space and page furniture do not count."""
    quote = squeezed(citation.quote)
    is_range = 0 <= citation.start < citation.end <= len(source.original)
    return bool(quote) and is_range and quote == squeezed(_without_furniture(citation, source))


def _without_furniture(citation: Citation, source: Source) -> str:
    pieces, position = [], citation.start
    for item in source.clean.furniture:
        if position < item.span.end and item.span.start < citation.end:
            pieces.append(source.original[position : item.span.start])
            position = item.span.end
    return "".join(pieces) + source.original[position : citation.end]


def squeezed(text: str) -> str:
    """``text`` without white space and without format characters (zero-width blanks, soft hyphens)."""
    return "".join(char for char in text if not char.isspace() and unicodedata.category(char) != "Cf")
