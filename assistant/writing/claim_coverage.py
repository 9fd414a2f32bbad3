"""How much of a claim the sentences that it cites have: in words, and in meaning."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

from assistant.checking.folding import fold
from assistant.checking.tokens import tokens
from assistant.premises.passages import pairs
from assistant.writing.claim_dates import DATE, dates
from assistant.writing.claim_figures import quantities
from assistant.writing.claim_references import named_spans
from assistant.writing.claim_retelling import JOINING, WORDS
from assistant.writing.claim_text import Statement
from assistant.writing.grounds import Grounds, Sentence
from corpus.model import Span

THRESHOLDS = Path(__file__).with_name("thresholds.toml")
CHATTER = re.compile("|".join(WORDS["chatter"]["words"]))
_MEANING = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a claim is covered; ``lacking`` are the stretches that are not, longest first."""

    share: float
    least: float  # of a part between two marks of punctuation
    told: int  # characters that the sentences have and neither the names nor the question
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What a claim must reach, fitted by ``benchmarks/calibrate_claims.py``.

    ``covered`` is the least share of its letters that the sentences have, ``part`` of those between two
    marks of punctuation, ``stretch`` the most in a row that they lack, ``told`` the fewest that it must tell
    beside the question; ``cosine`` is how near the nearest sentence is at least, ``behind`` how much nearer
    one of another clause may be.
    """

    covered: float
    part: float
    stretch: int
    told: int
    cosine: float
    behind: float

    @classmethod
    def load(cls, path: Path = THRESHOLDS) -> Thresholds:
        """The shipped thresholds."""
        return cls(**tomllib.loads(path.read_text(encoding="utf-8"))["claim"])

    def faults(self, found: Coverage) -> list[str]:
        """What is wrong with the words of a claim."""
        if found.told < self.told:
            return ["没有写出条款规定的内容"]
        is_long = any(len(words) > self.stretch for words in found.lacking)
        if is_long or found.share < self.covered or found.least < self.part:
            return [f"所引原文没有“{'”“'.join(found.lacking[:3])}”；只用原文的说法"]
        return []

    def likeness_faults(self, own: float, other: float) -> list[str]:
        """What is wrong with the meaning of a claim, by its cosines to its sentences and to other clauses."""
        if own < self.cosine:
            return ["意思与所引原文相差太远；请贴近原文来写"]
        return ["更像另一条的内容；请核对证据的编号"] if other - own > self.behind else []


def quoted(statement: Statement, grounds: Grounds, most: int = 4) -> tuple[Sentence, ...]:
    """The sentences that carry a claim: those of its words, of its quantities, and what it tells beside these."""
    chosen = list(grounds.named)
    for holding in _holders(statement, grounds.sentences):
        if holding and not set(holding) & set(chosen):
            chosen.append(max(holding, key=lambda sentence: _shared(statement.text, sentence)))
    missing = set(pairs(statement.text)).difference(*(set(pairs(s.text)) for s in chosen))
    while len(chosen) < most:
        best = max(grounds.sentences, key=lambda s: _gain(missing, s), default=None)
        if best is None or best in chosen or (chosen and _gain(missing, best) < 3):
            break
        chosen.append(best)
        missing -= set(pairs(best.text))
    return tuple(sentence for sentence in grounds.sentences if sentence in chosen)


def _holders(statement: Statement, sentences: tuple[Sentence, ...]) -> Iterator[tuple[Sentence, ...]]:
    """For each quantity and date of a claim the sentences that state it."""
    for own in quantities(statement.text):
        yield tuple(s for s in sentences if any(own.is_met_by(other) for other in quantities(s.text)))
    for date in dates(statement.text):
        yield tuple(s for s in sentences if any(date.is_met_by(other) for other in dates(s.text)))


def _shared(text: str, sentence: Sentence) -> int:
    return len(set(pairs(text)) & set(pairs(sentence.text)))


def _gain(missing: set[str], sentence: Sentence) -> float:
    return len(missing & set(pairs(sentence.text))) - len(sentence.text) / 1000


def coverage(
    statement: Statement, grounds: Grounds, sentences: Sequence[Sentence], meant: dict[str, str]
) -> Coverage:
    """How much of a claim the sentences have.

    ``meant`` are official terms by the words of the claim that stand for them. What joins, numbers and names of
    the document count for nothing; the question's words count half.
    """
    text, source = statement.text, "\n".join(sentence.text for sentence in sentences)
    asked = f"{grounds.query.text}\n{grounds.query.context}"
    weights: list[float | None] = [0.0 if _MEANING.match(char) else None for char in text]
    _mark(weights, text, asked, 0.5)
    for match in JOINING.finditer(text):
        weights[match.start() : match.end()] = [None] * len(match[0])
    _mark(weights, text, grounds.names, None)
    for span in _spans(text):
        weights[span.start : span.end] = [None] * (span.end - span.start)
    for words, term in meant.items():
        if term in source:
            for match in re.finditer(re.escape(words), text):
                weights[match.start() : match.end()] = [1.0] * len(match[0])
    _mark(weights, text, source, 1.0)
    told = _told(statement, weights, asked)
    parts = [_share(weights[part.span.start : part.span.end]) for part in statement.parts]
    return Coverage(_share(weights), min(parts, default=1.0), told, _lacking(text, weights))


def _spans(text: str) -> Iterator[Span]:
    """Where a text names quantities, dates, documents and clauses, which are checked by value."""
    yield from named_spans(text)
    yield from (Span(*match.span()) for match in DATE.finditer(text))
    folded = fold(text)
    yield from (folded.original(token.start, token.end) for token in tokens(folded) if token.quantity)


def _told(statement: Statement, weights: Sequence[float | None], asked: str) -> int:
    """Letters that the sentences have and the question has not; a quantity that it lacks counts as all there are."""
    text = statement.text
    covered = [at for at, weight in enumerate(weights) if weight == 1.0]
    is_figure_told = any(own.words not in asked for own in quantities(text))
    return (
        sum(is_figure_told or text[max(0, at - 1) : at + 1] not in asked for at in covered)
        + 2 * is_figure_told
    )


def _mark(weights: list[float | None], text: str, source: str, weight: float | None) -> None:
    """Gives the pairs of letters that a source has a weight; punctuation does not part them."""
    letters = [at for at, char in enumerate(text) if _MEANING.match(char)]
    condensed = "".join(char for char in source if char.isalnum() or char == "\n")
    for first, second in pairwise(letters):
        if text[first] + text[second] in condensed:
            weights[first] = weights[second] = weight


def _share(weights: Sequence[float | None]) -> float:
    counted = [weight for weight in weights if weight is not None]
    return sum(counted) / len(counted) if counted else 1.0


def _lacking(text: str, weights: Sequence[float | None]) -> tuple[str, ...]:
    runs = groupby(range(len(text)), key=lambda at: weights[at] in (0.0, 0.5))
    found = ["".join(text[at] for at in run) for is_lacking, run in runs if is_lacking]
    return tuple(sorted(found, key=len, reverse=True))
