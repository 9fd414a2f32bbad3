"""How wide text stands on a page."""

from __future__ import annotations

import unicodedata


def display_width(text: str) -> int:
    """Width in half-width characters; a Chinese character is two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)
