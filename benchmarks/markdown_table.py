"""Tables for closing notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Cell = str | float | None


def table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A Markdown table; shares with three decimals, counts as they are, and — where nothing is defined."""
    lines = [header, ["---"] * len(header), *([_shown(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _shown(cell: Cell) -> str:
    if cell is None:
        return "—"
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)
