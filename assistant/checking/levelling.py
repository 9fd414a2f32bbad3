"""One width and script for a text whose places must stay: every character becomes exactly one."""

from __future__ import annotations

from functools import cache

from index.normalize import normalize_for_search


def levelled(text: str) -> str:
    """``text`` in half width, lower case and Simplified script, character by character."""
    return text.translate(_characters())


class _Characters(dict[int, str]):
    def __missing__(self, code: int) -> str:
        char = normalize_for_search(chr(code))
        self[code] = char if len(char) == 1 else chr(code)
        return self[code]


@cache
def _characters() -> _Characters:
    return _Characters()
