"""Figures, periods, frequencies and target years of a question that the clauses give otherwise."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from assistant.premises.passages import Contradiction, Passage, around, closeness, pairs, sentence_of
from assistant.premises.quantities import Quantity, Role, quantities
from assistant.premises.stance import Stance, stance
from assistant.understanding import Query

_LEAST = {Stance.STATED: 1.2, Stance.ASKED: 1.2, Stance.IMPLIED: 2.4}
"""How much that clauses seldom say must stand beside both quantities; less in a statement to confirm."""

_LEAD = 0.5
"""How much closer a quantity must be to the asked one than any that differs from it."""

_FAR_LEAD = 3.0
"""How much closer it must be than one anywhere in the clauses that agrees with the asked one."""

_COUNTED = ("名", "个", "家", "所")
_NOUN = re.compile(r"(?:以上|以下|左右|的|合格)*(?P<noun>[\u4e00-\u9fff]{2,6})")
_NO_NOUN = re.compile("对吗|对吧|是吧|没错|就|才|能|可|是|算|够|准确|正确")
_ARTICLE = re.compile("一(?:名|个|家|所|位|人|天|方|年)$")
_MINIMUM, _MAXIMUM = re.compile("满|不少于|不低于|至少|以上"), re.compile("不超过|以下|以内")
_LIMIT = re.compile("不少于|不低于|不超过|至少|以上|以下")
_ABOUT_RULE = re.compile("规定|要求|标准|目标|文件|必须|至少|起码|才[能可行算给]|[需要得][要得]?[干满够]")

_TELLING = 10
"""From here on two equal numbers of the same thing are taken for one."""


def contradicted(query: Query, passages: Sequence[Passage]) -> Iterator[tuple[Passage, Contradiction]]:
    """What the passages of one place say instead of quantities of the question."""
    region = passages[0].evidence.region
    for asked in quantities(query.text):
        how = stance(query.text, asked.span, region)
        if how is Stance.APART or _ARTICLE.search(asked.text):
            continue
        found = _counterpart(query, asked, passages, _LEAST[how])
        if found and not _is_met(asked, found[1], query.text):
            passage, stated = found
            original = passage.quote[stated.span.start : stated.span.end]
            yield passage, Contradiction(original, asked.text)


def _counterpart(
    query: Query, asked: Quantity, passages: Sequence[Passage], least: float
) -> tuple[Passage, Quantity] | None:
    """The quantity of the passages that stands for the same thing, unless another may."""
    words, noun = _words(query, asked), _noun(query.text, asked)
    if noun and any(_is_same(asked, noun, stated, p) for p in passages for stated in quantities(p.folded)):
        return None
    alike = [
        (passage, stated)
        for passage in passages
        for stated in quantities(passage.folded)
        if _is_comparable(asked, stated) and _is_of(noun, passage.folded, stated)
    ]
    ranked = [(_nearness(words, *pair, is_alone=len(alike) == 1), *pair) for pair in alike]
    nearness, passage, stated = max(ranked, key=lambda item: item[0], default=(0.0, None, None))
    if passage is None or stated is None or nearness < (least / 2 if noun else least):
        return None
    is_clear = all(nearness - score >= _LEAD for score, _, other in ranked if not other.agrees(stated))
    nearness = closeness(words, around(passage.folded, stated.span), passage.frequency)
    is_far = nearness - _confirmation(words, asked, passages) >= _FAR_LEAD
    return (passage, stated) if is_clear and is_far and not asked.agrees(stated) else None


def _is_comparable(asked: Quantity, stated: Quantity) -> bool:
    """Whether both can stand for the same thing; who has served 满3年 speaks of a minimum and of no term."""
    is_served = asked.text.startswith("满")
    return asked.measures_like(stated) and (not is_served or bool(_MINIMUM.search(stated.text)))


def _nearness(words: set[str], passage: Passage, stated: Quantity, *, is_alone: bool) -> float:
    """How much a stated quantity is about the same; the only one of a clause that the question names is."""
    if is_alone and passage.evidence.is_named:
        return math.inf
    is_of_sentence = is_alone or stated.role in (Role.UNTIL, Role.SINCE)
    beside = sentence_of if is_of_sentence else around
    return closeness(words, beside(passage.folded, stated.span), passage.frequency)


def _confirmation(words: set[str], asked: Quantity, passages: Sequence[Passage]) -> float:
    """How near a quantity comes, anywhere in the clauses, that agrees with the asked one."""
    return max(
        (
            closeness(words, around(passage.clause, own.span), passage.frequency)
            for passage in passages
            for own in quantities(passage.clause)
            if asked.measures_like(own) and asked.agrees(own)
        ),
        default=-math.inf,
    )


def _words(query: Query, asked: Quantity) -> set[str]:
    """Pairs of characters that say what a quantity of the question is about."""
    beside = query.without_places(around(query.text, asked.span))
    return {*pairs(beside), *(pair for term in query.terms for pair in pairs(term))}


def _noun(question: str, asked: Quantity) -> set[str]:
    """Pairs of the noun that is counted: 20个贫困县."""
    match = _NOUN.match(question, asked.span.end) if asked.unit in _COUNTED else None
    return set() if match is None else set(pairs(_NO_NOUN.split(match["noun"])[0]))


def _is_of(noun: set[str], text: str, stated: Quantity) -> bool:
    """Whether the noun, if there is one, stands behind a quantity."""
    return not noun or bool(noun & set(pairs(text[stated.span.end : stated.span.end + 12])))


def _is_same(asked: Quantity, noun: set[str], stated: Quantity, passage: Passage) -> bool:
    """Whether a quote counts as many of the same: 212个乡镇卫生院. Small numbers recur by chance."""
    is_telling = asked.low >= _TELLING and asked.measures_like(stated) and asked.agrees(stated)
    return is_telling and _is_of(noun, passage.folded, stated)


def _is_met(asked: Quantity, stated: Quantity, question: str) -> bool:
    """Whether the question only names a case that lies within a limit of the rule: 干满15年 where 10 are asked."""
    if stated.role is not Role.AMOUNT or _ABOUT_RULE.search(question) or _LIMIT.search(asked.text):
        return False
    is_enough = bool(_MINIMUM.search(stated.text)) and asked.low >= stated.low
    return is_enough or (bool(_MAXIMUM.search(stated.text)) and asked.high <= stated.high)
