"""One spelling for text that is searched: width, case and script."""

from __future__ import annotations

import unicodedata
from functools import cache

from opencc import OpenCC


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def normalize_for_search(text: str) -> str:
    """``text`` in compatibility form (NFKC), lower case and Simplified script.

    For search only; what people see stays as it was. Nearly every character becomes exactly one,
    but some do not (㎡ -> m2, … -> ...), so no offset of the result leads back into ``text``.
    """
    return str(_simplifier().convert(unicodedata.normalize("NFKC", text).lower()))
