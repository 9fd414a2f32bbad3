"""Whether a quote stands in its source where its citation says."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping

from assistant.model import Citation
from corpus.model import Source


def verifier(sources: Mapping[str, Source]) -> Callable[[Citation], bool]:
    """A check of citations against the sources with the given ids; an unknown source holds no quote."""

    def is_verbatim(citation: Citation) -> bool:
        source = sources.get(citation.clause.partition(":")[0])
        return source is not None and stands_in(citation, source)

    return is_verbatim


def stands_in(citation: Citation, source: Source) -> bool:
    """Whether ``original[start:end]`` is the quote, page furniture and what has no width on paper aside."""
    quote = _printed(citation.quote)
    is_range = 0 <= citation.start < citation.end <= len(source.original)
    return bool(quote) and is_range and quote == _printed(_without_furniture(citation, source))


def _without_furniture(citation: Citation, source: Source) -> str:
    pieces, position = [], citation.start
    for item in source.clean.furniture:
        if position < item.span.end and item.span.start < citation.end:
            pieces.append(source.original[position : item.span.start])
            position = item.span.end
    pieces.append(source.original[position : citation.end])
    return "".join(pieces)


def _printed(text: str) -> str:
    """Without white space and without format characters (zero-width blanks, soft hyphens)."""
    return "".join(char for char in text if not char.isspace() and unicodedata.category(char) != "Cf")
