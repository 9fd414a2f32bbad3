"""Yes or no: what a rule says about the very thing that a question asks whether one may or must do."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, zip_longest
from pathlib import Path

from assistant.figures import figures
from assistant.quotation import pairs
from assistant.understanding import Query
from index.normalize import normalize_for_search

Segment = Callable[[str], list[str]]
"""Splits a text into words, which joined are the text."""

_TABLES = tomllib.loads(
    Path(__file__).with_name("vocabulary").joinpath("norms.toml").read_text(encoding="utf-8")
)
_ASKED = {name: re.compile("|".join(forms)) for name, forms in _TABLES["question"].items()}
_SAID = {name: re.compile("|".join(forms)) for name, forms in _TABLES["sentence"].items()}
_MODAL = re.compile("|".join(form for forms in _TABLES["sentence"].values() for form in forms))
_EMPTY, _WHO = (frozenset(_TABLES["words"][name].split()) for name in ("empty", "who"))
_CONDITIONAL = re.compile("的，|的人员|合格|符合|具备|具有|取得|经(?![营济费常验历])|认定")
_OPEN = re.compile("什么|哪|谁|怎|如何|多少|几")
_NEGATED = re.compile(r"不(?!\??$|[,。])")
_LACKING = re.compile("没|未|不是|不够|不具|不满|无(?!需)")  # who asks may lack just what the rule demands
_PART = re.compile(r"[^,。?!;]+[,。?!;]*")

_LIMITS = {"可以": "（须符合原文所列条件）", "需要": "（限原文所列情形）"}
"""What is added to an answer where the rule is for some people or cases only."""

_LEAST = 3
"""Characters that the words shared by question and rule must have in all."""

_MOSTLY = 0.75
"""Share of the character pairs of a compound that a sentence must have to be about it."""

_PIECES = {"may": 2, "must": 1, "counts": 1}
"""Parts of a sentence between commas that a modal verb governs at most: 可经…认定，直接取得…."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks whether it may, must or counts."""

    norm: str  # a table of [question]
    topic: tuple[str, ...]  # words before: mostly who and about what
    action: tuple[str, ...]  # words behind: mostly what to do


def verdict(query: Query, sentence: str, segment: Segment) -> str:
    """``可以：可提前一年参加…`` where a sentence rules on just what is asked, else "".

    A wrong yes is worse than none: every word of what is asked must stand in what is ruled, every word
    of its topic before it, and every quantity of the question and every word of it that tells what
    somebody is in the sentence.
    """
    stated = {(figure.value, figure.unit) for figure in figures(sentence)}
    if any((figure.value, figure.unit) not in stated for figure in figures(query.text)):
        return ""
    if any(word in query.text and not _is_in(word, sentence, query.terms) for word in _WHO):
        return ""
    questions = questions_in(query.without_places(query.text), segment)
    found = {ruling for asked in questions for ruling in _rulings(asked, sentence, query.terms)}
    return found.pop() if len(found) == 1 else ""


def questions_in(text: str, segment: Segment) -> Iterator[Asked]:
    """What a normalised text asks, part by part; a part without a topic takes that of the part before it."""
    earlier: tuple[str, ...] = ()
    for part in _PART.finditer(text):
        for name, pattern in _ASKED.items():
            match = pattern.search(text, part.start())  # looks ahead beyond the part: …，对吗
            if not match or match.start() >= part.end() or _OPEN.search(part[0]):
                continue
            topic = _content(segment(text[part.start() : match.start()])) or earlier
            action = text[match.end() : part.end()]
            is_lacking = name == "may" and _LACKING.search(text[: match.start()])
            if words := () if is_lacking or _NEGATED.search(action) else _content(segment(action)):
                yield Asked(name, topic, words)
        earlier = _content(segment(part[0]))


def _content(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in _EMPTY and re.search("[\u4e00-\u9fff]", word))


def _rulings(asked: Asked, sentence: str, terms: Sequence[str]) -> Iterator[str]:
    """The answer of each modal verb of a sentence that governs what is asked."""
    modals = list(_MODAL.finditer(sentence))
    for modal, following in zip_longest(modals, modals[1:]):
        answer = _answer(asked.norm, sentence, modal.start())
        subject = re.split("[。；]", sentence[: modal.start()])[-1]
        governed = sentence[modal.start() : following.start() if following else len(sentence)]
        scope = subject + governed if answer == "不可以" else subject
        rule = _rule(asked, governed, terms)
        if answer and rule and _is_about(asked, scope, terms) and not _is_reversed(answer, rule):
            limits = _LIMITS.get(answer, "") if _CONDITIONAL.search(subject) or "的" in subject else ""
            yield f"{answer}{limits}：{re.split('，', subject)[-1].lstrip('并且也')}{rule}"


def _is_about(asked: Asked, scope: str, terms: Sequence[str]) -> bool:
    """Whether all that a question says of who and what stands before the modal verb, and not as 非…."""
    if sum(map(len, (*asked.topic, *asked.action))) < _LEAST:
        return False
    return all(
        (_is_in(word, scope, terms) or _is_mostly_in(word, scope)) and f"非{word}" not in scope
        for word in asked.topic
        if not figures(word)  # they are compared by value
    )


def _is_reversed(answer: str, rule: str) -> bool:
    """Whether the rule denies what it seems to allow or demand: 应不低于."""
    return answer in ("可以", "需要") and bool(re.search("不(?!受)", rule))


def _answer(norm: str, sentence: str, at: int) -> str:
    """The word that a modal verb answers a question of that norm with; "" for one that does not."""
    words: dict[str, str] = _TABLES["answers"][norm]
    kinds = (kind for kind, pattern in _SAID.items() if pattern.match(sentence, at))
    return next((words[kind] for kind in kinds if kind in words), "")


def _rule(asked: Asked, governed: str, terms: Sequence[str]) -> str:
    """As much of what a modal verb governs as holds the whole action; "" where that is not all of it."""
    pieces = re.split("[；。]", governed)[0].split("，")[: _PIECES[asked.norm]]
    heads = accumulate(pieces, "{}，{}".format)
    found = next((head for head in heads if all(_is_in(word, head, terms) for word in asked.action)), "")
    return found.partition("（")[0] if found.count("（") > found.count("）") else found


def _is_in(word: str, text: str, terms: Sequence[str]) -> bool:
    """Whether a text has a word, or an official term that the word abbreviates: 住培, 副高."""
    normal = normalize_for_search(text)
    return word in normal or any(term in normal and _abbreviates(word, term) for term in terms)


def _is_mostly_in(word: str, text: str) -> bool:
    """Whether a text has the parts of a compound: 特岗全科医生, 经过特岗计划招聘的全科医生."""
    own = pairs(word)
    return len(own & pairs(normalize_for_search(text))) > _MOSTLY * len(own)


def _abbreviates(word: str, term: str) -> bool:
    return len(word) > 1 and bool(re.search(".*".join(map(re.escape, word)), term))
