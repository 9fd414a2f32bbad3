"""One spelling for text that is searched: width, case and script."""

from __future__ import annotations

import unicodedata
from functools import cache

from opencc import OpenCC

from corpus.radicals import RADICALS


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def normalize_for_search(text: str) -> str:
    """``text`` in compatibility form (NFKC), lower case and Simplified script, radicals as characters.

    For search only; what people see stays as it was. Nearly every character becomes exactly one,
    but some do not (㎡ -> m2, … -> ...), so no offset of the result leads back into ``text``.
    """
    return str(_simplifier().convert(unicodedata.normalize("NFKC", text.translate(RADICALS)).lower()))


class _Characters(dict[int, str]):
    """Character code -> the normalised character."""

    def __missing__(self, code: int) -> str:
        self[code] = normalize_for_search(chr(code))
        return self[code]


_characters = _Characters()


def normalize_characters(text: str) -> str:
    """The same character by character: what stands around one does not count, so a part of a text is normalised alike."""
    return text.translate(_characters)
