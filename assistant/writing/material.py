"""What the language model gets to see: evidence under labels, the question and what was said before it, as data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from html import escape

from assistant.evidence import Evidence
from assistant.masking import mask
from assistant.model import Question
from assistant.writing.draft import Draft
from index.normalize import normalize_for_search

_UNPLACED = "未注明"

LONGEST = 8_000
"""Characters of evidence that a prompt holds; what is too much goes by whole clauses, the best first."""

_BLANK_LINES = re.compile(r"\n\s*\n+")


def labelled(chosen: Sequence[Evidence], first: int = 1) -> dict[str, Evidence]:
    """Evidence by label, E1 for the best, as much as a prompt holds; the first clause always."""
    found: dict[str, Evidence] = {}
    room = LONGEST
    for evidence in chosen:
        room -= len(evidence.clause.text)
        if room < 0 and found:
            break
        found[f"E{first + len(found)}"] = evidence
    return found


def evidence_text(evidence: Mapping[str, Evidence]) -> str:
    """The clauses under their labels, each with place and status. No ids, links or file names."""
    return "\n".join(
        f'<证据 编号="{label}" 地区="{escape(item.region or _UNPLACED)}" 状态="{item.document.status}">\n'
        f"{as_data(item.clause.text)}\n</证据>"
        for label, item in evidence.items()
    )


def question_text(draft: Draft) -> str:
    """What is asked; as it was understood, where misspelt words were mended or a follow-up was put as a whole question."""
    own = draft.question.text
    is_same = " ".join(normalize_for_search(own).split()) == draft.query.text
    return as_data(masked(own if is_same else draft.query.text))


def history_text(question: Question) -> str:
    """What the user said before, a line a turn."""
    earlier = [turn.content for turn in question.history if turn.role == "user"]
    return "\n".join(as_data(masked(text)).replace("\n", " ") for text in earlier)


def masked(text: str) -> str:
    """``text`` without personal data: what a user writes leaves the machine only so."""
    return mask(visible(text))


def as_data(text: str) -> str:
    """``text`` so that it cannot end the element that it stands in, nor say what nobody sees."""
    return escape(_BLANK_LINES.sub("\n", visible(text)).strip(), quote=False)


def visible(text: str) -> str:
    """``text`` without characters that nobody sees: zero-width, bidirectional, tags, controls, half surrogate pairs."""
    return "".join(c for c in text if c in "\n\t" or not unicodedata.category(c).startswith("C"))
