"""Which words of a clause a claim brings together: those of one sentence, each in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from assistant.premises.passages import pairs
from assistant.writing.claim_force import forces
from assistant.writing.claim_retelling import JOINING, OPENING, WORDS, told
from assistant.writing.claim_text import Part, Statement
from assistant.writing.grounds import Grounds, Sentence

_ACTOR = re.compile("(由|(?<![定转导面])向|(?<!可)以)(?![一二三四五六七八九十两])以?[\u4e00-\u9fff]")
"""Who does something, what something begins with, or where it goes."""

_SEAT = re.compile("(?P<what>[\u4e00-\u9fff]{2})在[\u4e00-\u9fff]{2}")
"""Where something is: 工作在乡镇."""

_DUTY = re.compile("(?:主要|共同)?(?:负责|承担|支付|配置|拥有|享受|执行|使用)")
"""What stands between who does something and what is done."""

_ONE = 0.75
"""Share of what a claim has of a clause that it must have of one sentence."""

_GOES_ON = re.compile("并|且|其|就|则")
"""How a part begins that has its subject before it."""

_NEAR = 10
"""Characters of a sentence that a word of a claim may stand for."""

_NUMBER = re.compile("[0-9二两三四五六七八九十百千]|(?<![统单])一")
_OPPOSITES = [list(map(re.compile, pair)) for pair in WORDS["opposites"]["pairs"]]
_LEVELS, _SIDES, _RANKS = "省市县区乡镇村", tuple("内外前后上下"), tuple("初中高正副")

_OWN = re.compile("对[^,;]{10,}")
"""How a sentence behind a semicolon begins that names for whom it holds."""

_PIVOT = re.compile("后|与|[\u4e00-\u9fff]{2}")
"""What two things may stand on either side of."""

_ENOUGH = 4
"""Pairs of characters of a clause from which on a claim may mix its sentences."""


def crossing_fault(statement: Statement, grounds: Grounds) -> str:
    """People or conditions of one sentence with what another one rules."""
    units = set(pairs("".join(s.text for s in grounds.sentences if s.lists_units)))
    wholes = [set(pairs(text)) | units for text in _periods(grounds.sentences)]
    every = set().union(*wholes).difference(pairs(grounds.names))
    for group in _clauses(statement):
        told = [own for part in group if len(own := set(pairs(part.text)) & every) >= _ENOUGH]
        if not any(all(len(own & whole) >= _ONE * len(own) for own in told) for whole in wholes):
            return f"“{group[0].text}”一句把原文几句话的内容合在了一起；一条陈述只写原文一句话的规定"
    return ""


def _periods(sentences: Sequence[Sentence]) -> Iterator[str]:
    """Sentences up to a full stop; 一；二。 is one, unless the second names its own people."""
    text = ""
    for at, sentence in enumerate(sentences):
        text += sentence.text
        following = sentences[at + 1].text if at + 1 < len(sentences) else ""
        if not sentence.text.endswith(";") or _OWN.match(following):
            yield text
            text = ""
    if text:
        yield text


def _clauses(statement: Statement) -> Iterator[tuple[Part, ...]]:
    """Each part that rules, with what opens it."""
    group: tuple[Part, ...] = ()
    for part in statement.parts:
        if group and not (part.number and (OPENING.search(group[-1].text) or _GOES_ON.match(part.text))):
            yield group
            group = ()
        group = (*group, part)
    if group:
        yield group


def order_fault(statement: Statement, grounds: Grounds) -> str:
    """Words in the place of others of a sentence: 以单位奖励为导向 for 以政府奖励为导向, 专科医生 for 全科医生."""
    for pair in told(statement, grounds.sentences):
        own, source = _spelt(pair.part.text), _spelt(pair.stretch)
        if found := next(_misplaced(own, source, grounds), None):
            return f"“{pair.part.text}”中的“{found[0]}”，{found[1]}"
    return ""


def _misplaced(own: str, source: str, grounds: Grounds) -> Iterator[tuple[str, str]]:
    """Words that do not stand where the clauses have them, each with what is wrong."""
    for given, stated in _gaps(own, source):
        if _is_other_link(given, stated) or _is_other_force(given, stated) or _is_opposite(given, stated):
            yield given, f"原文是“{stated}”"
        for word in _exchanged(given, stated):
            is_named = word in grounds.names and len(word) != len(stated)
            if len(word) == 1 or (word in grounds.text and not is_named):
                yield word, f"原文在这个位置是“{stated.strip(',')}”"
    yield from ((f"{words}…", "原文的次序相反") for words in _turned(own, source))
    yield from ((f"{words}…", "原文不是这样说的") for words in _moved(own, source, _spelt(grounds.text)))


def _moved(own: str, source: str, every: str) -> Iterator[str]:
    """Where something is and who does what, as no sentence of the clauses, ``every`` together, tells it."""
    for seat in _SEAT.finditer(own):
        if f"{seat['what']}在" in every and seat[0] not in every:
            yield seat[0]
    for duty in _DUTY.finditer(own):
        who, what = own[: duty.start()][-2:], own[duty.end() :][:2]
        if who + duty[0] in every and duty[0] + what in every and who + duty[0] + what not in every:
            yield duty[0] + what
    for actor in _ACTOR.finditer(own):
        if actor[1] in source and actor[0] not in every:
            yield actor[0]


def _turned(own: str, source: str) -> Iterator[str]:
    """Words with what stands on either side of them exchanged: 基层支援医院 for 医院支援基层."""
    pivots = filter(None, (_PIVOT.match(own, at) for at in range(len(own))))
    for pivot in pivots:
        before, _, behind = source.partition(pivot[0])
        given, stated = own[pivot.end() :][:2], behind[:2]
        if len(given) == len(stated) == 2:
            is_given_before = given in before and given not in behind
            if is_given_before and stated in own[: pivot.start()] and stated not in own[pivot.end() :]:
                yield pivot[0] + given


def _spelt(text: str) -> str:
    """A text with no punctuation but what parts words."""
    return re.sub(r"[^\w,]", "", text.replace("、", ",").replace("。", ",").replace(";", ","))


def _gaps(own: str, source: str) -> Iterator[tuple[str, str]]:
    """What a text and another have between, before and behind the words of both, where both have something."""
    blocks = SequenceMatcher(None, own, source, autojunk=False).get_matching_blocks()
    end = source_end = 0
    for block in blocks:
        is_last = block.a == len(own)
        if block.size > 1 or is_last:
            given, stated = own[end : block.a], source[source_end : block.b]
            near = stated.split(",")[0] if is_last else stated if end else stated.rpartition(",")[2]
            if given.strip(",") and near.strip(",") and len(near) <= _NEAR:
                yield given, near
            end, source_end = block.a + block.size, block.b + block.size


def _is_other_link(given: str, stated: str) -> bool:
    """或 for 和, or 和 for 或."""
    choice, sum_ = "或者?", "[和及与并且]|并且|而且|同时|以及"
    return any(
        re.fullmatch(own, given) and re.fullmatch(other, stated)
        for own, other in ((choice, sum_), (sum_, choice))
    )


def _is_other_force(given: str, stated: str) -> bool:
    """应 for 可; what denies is judged elsewhere."""
    sides = [forces(given) - {"forbidden"}, forces(stated) - {"forbidden"}]
    return all(sides) and sides[0] != sides[1]


def _is_opposite(given: str, stated: str) -> bool:
    """降低 for 提高, and other words that exclude each other."""
    return any(
        own.search(given) and other.search(stated)
        for pair in _OPPOSITES
        for own, other in (pair, reversed(pair))
    )


def _exchanged(given: str, stated: str) -> Iterator[str]:
    """Words with a meaning of their own that stand for others; numbers are judged by value."""
    if any(given in row and stated[-1:] in row for row in (_SIDES, _RANKS)):
        yield given
    if _NUMBER.search(given + stated) or not JOINING.sub("", stated.replace(",", "")):
        return
    for word in re.split(",", JOINING.sub(",", given)):
        if word not in stated and (len(word) > 1 or len(stated) == 1 or word in _LEVELS):
            yield word
