"""What a claim says may, must and is not done, against the parts of the sentences that it tells again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.checking.claims import contradictions
from assistant.checking.model import DifferenceKind
from assistant.checking.passages import Given, Passage
from assistant.writing.claim_retelling import OPENING, Told, patterns, told
from assistant.writing.claim_text import Part, Statement
from assistant.writing.grounds import Grounds, Sentence

_FORCES, _HEDGES, _RIGHTS, _ABSOLUTES = map(patterns, ("force", "hedges", "rights", "absolutes"))
_COMPARISONS = patterns("comparison")
_NEGATION, _EXCEPTION = (patterns("negation")[name] for name in ("words", "exceptions"))
_NAMES = {"permitted": "可以", "obliged": "应当", "forbidden": "不得", "encouraged": "鼓励、支持"}

BACK = 2
"""Parts before the one told again that may hold the word of force that governs it."""

_LAID_DOWN = re.compile("享受|给予|予以|获得|纳入|支持|申请|报考")
"""Such a rule gives something, so that who tells it may say 可以."""


def negations_fault(statement: Statement, grounds: Grounds) -> str:
    """A negation that a claim drops or adds, or words that deny the same."""
    for item in grounds.cited:
        for difference in contradictions(Given(statement.text), Passage((item.clause,))):
            if difference.kind is DifferenceKind.NEGATION:
                return f"原文是“{difference.source}”，这里写成“{difference.given}”，意思相反"
    exception = _EXCEPTION.search(statement.text)
    if exception and not _EXCEPTION.search(grounds.text):
        return f"“{exception[0]}”是原文没有的例外"
    for pair in told(statement, grounds.sentences):
        if affirmed := next(_affirmed(pair), ""):
            return f"漏掉原文“非{affirmed}”中的“非”"
        claimed = _NEGATION.search(pair.part.text)
        parts = statement.sentence(pair.part) if OPENING.search(pair.part.text) else ()
        if claimed and not _NEGATION.search(pair.text):
            return f"“{pair.part.text}”中的“{claimed[0]}”是原文“{pair.source.text}”没有的否定"
        stated = next(
            filter(None, (_NEGATION.search(part.text) for part in (pair.source, *pair.whole))), None
        )
        if stated and not claimed and not any(_NEGATION.search(part.text) for part in parts):
            return f"漏掉原文“{stated.string}”中的“{stated[0]}”"
    return ""


def _affirmed(pair: Told) -> Iterator[str]:
    """What a part says and its sentences only deny: 营利性 for 非营利性."""
    for match in re.finditer("非(?P<word>[\u4e00-\u9fff]{3})", pair.text):
        plain = re.compile(f"(?<!非){match['word']}")
        if plain.search(pair.part.text) and not plain.search(pair.text):
            yield match["word"]


def force_fault(statement: Statement, grounds: Grounds) -> str:
    """可以 for what must be, 应当 for what may be, and a 鼓励 or 可以 dropped or added."""
    for pair in told(statement, grounds.sentences):
        stated = set().union(*(_governing(sentence, part) for sentence, part in pair.beside))
        own = forces(pair.part.text)
        if added := _added(own, stated, pair.text):
            return f"“{pair.part.text}”写成“{_NAMES[added]}”，原文是“{pair.source.text}”"
        sentence = set().union(*(forces(part.text) for part in statement.sentence(pair.part)))
        governing = set().union(*(forces(part.text) for part in _around(statement, pair.part)))
        governing |= sentence & {"encouraged"}
        source = set().union(*(forces(part.text) for part in pair.whole))
        for name in ("permitted", "encouraged"):
            is_told = name in governing or (own & {"permitted", "encouraged"})
            if name in source and not is_told:
                return f"漏掉原文“{pair.source.text}”中的“{_NAMES[name]}”"
    return ""


def _around(statement: Statement, part: Part) -> tuple[Part, ...]:
    """The parts whose word of force may govern a part: it and those before it, or all where it opens its sentence."""
    sentence = statement.sentence(part)
    return sentence if OPENING.search(part.text) else sentence[: part.number + 1]


def forces(text: str) -> set[str]:
    """What a text says may, must or must not be done."""
    found = {name for name, pattern in _FORCES.items() if pattern.search(text)}
    return found - {"permitted"} if "forbidden" in found else found


def _governing(sentence: Sentence, part: Part) -> set[str]:
    """The force of a part, or of the nearest part before it in its sentence that has one."""
    parts = sentence.statement.parts
    at = parts.index(part)
    near = reversed(parts[max(0, at - BACK) : at + 1])
    return next((found for part in near if (found := forces(part.text))), set())


def _added(own: set[str], stated: set[str], text: str) -> str:
    """The force that a claim has and its sentence has not."""
    if "forbidden" in own and "forbidden" not in stated and not _NEGATION.search(text):
        return "forbidden"
    if "obliged" in own and "obliged" not in stated and stated & {"permitted", "encouraged"}:
        return "obliged"
    is_given = "obliged" not in stated and _LAID_DOWN.search(text)
    if "permitted" in own and not stated & {"permitted", "encouraged"} and not is_given:
        return "permitted"
    return "encouraged" if "encouraged" in own - stated else ""


def limits_fault(statement: Statement, grounds: Grounds) -> str:
    """原则上, 力争, 符合条件的 dropped; 全部, 只, 直接 added; 不低于 changed."""
    for pair in told(statement, grounds.sentences):
        whole = ";".join(sentence.text for sentence, _ in pair.sources)
        for name, pattern in {**_HEDGES, **_RIGHTS}.items():
            claimed = pattern.search(pair.part.text)
            stated = next(filter(None, (pattern.search(part.text) for part in pair.whole)), None)
            if stated and not pattern.search(statement.text):
                return f"漏掉原文“{stated.string}”中的“{stated[0]}”"
            if claimed and name in _HEDGES and not pattern.search(whole + grounds.names):
                return f"“{claimed[0]}”是原文“{pair.source.text}”没有的"
        for pattern in _ABSOLUTES.values():
            claimed = pattern.search(pair.part.text)
            if claimed and not pattern.search(whole):
                return f"“{claimed[0]}”是原文“{pair.source.text}”没有的"
        for pattern in _COMPARISONS.values():
            claimed, stated = pattern.search(pair.part.text), pattern.search(pair.source.text)
            if (claimed and not pattern.search(whole)) or (stated and not pattern.search(statement.text)):
                words = claimed or stated
                return f"“{words[0] if words else ''}”与原文“{pair.source.text}”的限定不同"
    return ""
