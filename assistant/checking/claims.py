"""The verdict on a reference, and on what a text says of a clause in words of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from rapidfuzz import fuzz

from assistant.checking import remarks
from assistant.checking.alignment import Alignment, Block, align
from assistant.checking.citations import Citation
from assistant.checking.differences import kind_of
from assistant.checking.model import Difference, DifferenceKind, Item, Kind, Target, Verdict
from assistant.checking.narration import tells
from assistant.checking.passages import Given, Passage, original_words
from assistant.checking.targets import Targets
from assistant.checking.tokens import FORCES, NEGATIVES, Token
from assistant.document_names import is_former, short_title
from corpus.model import Clause, Status
from corpus.references import Reference

_SHARED = 4
"""Characters in a row that a claim must share with a clause around a number or behind a negation."""

_NEAR = 4
"""Tokens before shared words among which a negation may stand."""

_PREFIXES = ("无", "非")
_STEPS = ("条", "款", "项")
_ALIKE = 75
"""Likeness, 0..100, of a title or number that the corpus lacks to one that it has, to call that the nearest."""

_LED_TO = re.compile("^(?:根据|依[照据]|[按遵参]照|参见|按|见)")

_OF_BREACH = re.compile("违反|违法|违规|擅自|被|禁|杜绝|防止")
"""In such a sentence the rule may be told from its other side."""


class ReferenceJudge:
    """Judges references against the clauses that they name."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets

    def judge(self, citation: Citation, words: str, claim: str) -> Item:
        """The verdict on a reference written as ``words``, of which the text says ``claim``."""
        target = self._target(citation.found.matches or citation.found.nearest)
        item = Item(words, Kind.REFERENCE, Verdict.EXACT, citation.span, target, is_narrated=tells(claim))
        if citation.conflict:
            return replace(
                item, verdict=Verdict.WRONG_REFERENCE, remark=remarks.reference("conflict", target)
            )
        if missing := _missing(citation):
            target = (
                target if missing in ("clause", "part") or _is_alike(citation.reference, target) else None
            )
            item = replace(item, target=target)
            remark = remarks.reference(missing, target, citation.found.lacks)
            return replace(item, verdict=Verdict.NOT_FOUND, remark=remark)
        return self._unnumbered(self._judged(item, citation, claim), citation.unchecked)

    def _judged(self, item: Item, citation: Citation, claim: str) -> Item:
        """The verdict on a reference whose clause is there: does the text say of it what it says?"""
        target = item.target
        status = remarks.status(target.status) if target else ""
        if not citation.reference.parts or target is None:
            return replace(item, remark=status)
        if self._is_ambiguous(citation):
            count = len(citation.found.matches)
            told = remarks.versions if is_former(citation.reference.title) else remarks.ambiguous
            return replace(item, remark=remarks.joined((status, told(count))))
        found = self._contradictions(citation, target, claim)
        if not found:
            return replace(item, remark=status)
        said = (remarks.reference("contradicted", target), status)
        return replace(item, verdict=Verdict.CONTRADICTED, differences=found, remark=remarks.joined(said))

    def _unnumbered(self, item: Item, number: str) -> Item:
        """A reference with a number that cannot be told for right, as the corpus has none for the document."""
        if not number:
            return item
        verdict = Verdict.NEAR if item.verdict is Verdict.EXACT else item.verdict
        differences = (*item.differences, Difference("", number, DifferenceKind.NUMBER))
        remark = remarks.joined((remarks.reference("unnumbered", item.target), item.remark))
        return replace(item, verdict=verdict, differences=differences, remark=remark)

    def _is_ambiguous(self, citation: Citation) -> bool:
        """Whether several clauses are meant, and not the same in several versions of a law, any of which may be."""
        matches = citation.found.matches
        if is_former(citation.reference.title):
            return len(matches) > 1
        return len({(self._targets.of(clause).document, clause.path) for clause in matches}) > 1

    def _target(self, clauses: Sequence[Clause]) -> Target | None:
        """The clause of the text in force, else the first."""
        targets = [self._targets.of(clause) for clause in clauses]
        past = (Status.AMENDED, Status.REPEALED)
        return min(targets, key=lambda target: target.status in past, default=None)

    def _contradictions(self, citation: Citation, target: Target, claim: str) -> tuple[Difference, ...]:
        clause = next(c for c in citation.found.matches if c.id == target.clause)
        return tuple(contradictions(Given(claim), Passage((clause,))))


def _missing(citation: Citation) -> str:
    """What of a reference the corpus lacks: the document, the clause, a part of it; "" for nothing."""
    if citation.found.lacks:
        return "part"
    if citation.found.matches:
        return ""
    if citation.documents:
        return "clause"
    return "version" if is_former(citation.reference.title) else "document"


def _is_alike(reference: Reference, target: Target | None) -> bool:
    """Whether a document may have been meant that is called nearly so."""
    if target is None:
        return False
    title = _LED_TO.sub("", reference.title)
    names = (
        (title, target.document),
        (title, short_title(target.document)),
        (reference.number, target.number),
    )
    return any(fuzz.ratio(given, own) >= _ALIKE for given, own in names if given)


def contradictions(claim: Given, passage: Passage) -> Iterator[Difference]:
    """Numbers and negations that a claim has otherwise than a clause, amid words that both share."""
    alignment = align(claim.tokens, passage.tokens)
    yield from _numbers(claim, passage, alignment)
    if not _OF_BREACH.search(claim.text):
        yield from _negations(claim, passage, alignment)


def _numbers(claim: Given, passage: Passage, alignment: Alignment) -> Iterator[Difference]:
    for block in alignment.blocks:
        around = (other for other in alignment.blocks if _is_beside(block, other))
        shared = [token for b in around for token in passage.tokens[b.source : b.source + b.size]]
        if sum(len(token.text) for token in shared if not token.quantity) < _SHARED:
            continue
        for offset in range(block.size):
            source, given = passage.tokens[block.source + offset], claim.tokens[block.given + offset]
            is_step = source.quantity is not None and source.quantity.unit in _STEPS
            if not is_step and kind_of([source], [given]) is DifferenceKind.NUMBER:
                yield Difference(
                    original_words(passage, source.start, source.end),
                    original_words(claim, given.start, given.end),
                    DifferenceKind.NUMBER,
                )


def _is_beside(block: Block, other: Block) -> bool:
    """Whether the claim has two blocks side by side, or they are one."""
    return other.given <= block.given + block.size and block.given <= other.given + other.size


def _negations(claim: Given, passage: Passage, alignment: Alignment) -> Iterator[Difference]:
    for previous, block in pairwise((None, *alignment.blocks)):
        assert block
        if _shared(claim, passage, previous, block) < _SHARED:
            continue
        source = _negation(passage.tokens, block.source, 1)
        given = _negation(claim.tokens, block.given, 1)
        if source and _is_of_term(passage, source):
            continue
        if source and not _negation(claim.tokens, block.given, _NEAR):
            yield _negated(passage, claim, source, block)
        elif given and not _negation(passage.tokens, block.source, _NEAR):
            own = passage.tokens[block.source]
            yield Difference(
                original_words(passage, own.start, own.end),
                original_words(claim, given.start, claim.tokens[block.given].end),
                DifferenceKind.NEGATION,
            )


def _shared(claim: Given, passage: Passage, previous: Block | None, block: Block) -> int:
    """Characters of a block, with those of the one before where nothing but words of force stands between."""
    own = passage.tokens[block.source : block.source + block.size]
    if previous:
        first, given = previous.source + previous.size, previous.given + previous.size
        between = [*passage.tokens[first : block.source], *claim.tokens[given : block.given]]
        if all(token.text in FORCES for token in between):
            own = passage.tokens[previous.source : block.source] + own
    return sum(len(token.text) for token in own)


def _is_of_term(passage: Passage, negation: Token) -> bool:
    """Whether a negation begins a term beside which the clause has its opposite: 固定期限和无固定期限."""
    words = passage.folded.text[negation.end : negation.end + _SHARED]
    return negation.text in _PREFIXES and passage.folded.text.count(words) > passage.folded.text.count(
        negation.text + words
    )


def _negated(passage: Passage, claim: Given, negation: Token, block: Block) -> Difference:
    """不得扣押 in the clause, 扣押 in the claim."""
    own = claim.tokens[block.given]
    return Difference(
        original_words(passage, negation.start, passage.tokens[block.source].end),
        original_words(claim, own.start, own.end),
        DifferenceKind.NEGATION,
    )


def _negation(tokens: Sequence[Token], before: int, count: int) -> Token | None:
    """The last negation among the ``count`` tokens before a position."""
    found = (token for token in reversed(tokens[max(0, before - count) : before]) if token.text in NEGATIVES)
    return next(found, None)
