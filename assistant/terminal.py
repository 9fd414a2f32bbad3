"""What others wrote, for a terminal."""

from __future__ import annotations


def one_line(text: str) -> str:
    """The text in one line, without characters that would steer the terminal."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
