"""What a claim rests on: the clauses that it cites, sentence by sentence, and what else the model was shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import accumulate

from assistant.checking.folding import fold
from assistant.errors import AssistantError
from assistant.evidence import Evidence
from assistant.premises.passages import pairs
from assistant.understanding import Query
from assistant.writing.claim_text import Statement, compared
from assistant.writing.model import DraftClaim
from corpus.model import PolicyDocument, Span
from index.sentences import split_sentences

_LABEL = re.compile(r"E[0-9]{1,2}")
_UNITS = re.compile(r"\((?:牵头|配合|责任|负责|主办|协办|参与)(?:单位|部门):")
_ELLIPSIS = re.compile("…+|\\.{3,}|⋯+")
_ORDER = re.compile(
    "忽略[^,。;]{0,12}(?:指令|要求|规则|说明|材料)|(?:助手|语言模型|大模型|ai)[^,。;]{0,6}(?:请|须|注意)|给语言模型"
    "|回答(?:时|的?(?:开头|末尾))|系统(?:消息|提示|指令)|提示词|(?:ignore|disregard|forget)(?:all|any|previous|your|the)"
)
"""What is told to a machine and not to citizens; it carries no statement."""


_SHOWN, _LONGEST = 40, 120
"""Characters of wrong words that a reason repeats, and of the sentence that it offers instead."""


_RUN, _MOSTLY = 8, 0.7
"""Letters in a row, and their share of the words given, that show which sentence is meant though a subject was added."""

_TELLING = re.compile("[0-9〇一二三四五六七八九十百千万亿不未无非没勿禁应须必可能得]")


class UnfoundedError(AssistantError):
    """A claim has nothing to rest on; the message is the reason for its author."""


@dataclass(frozen=True)
class Sentence:
    """A sentence of a cited clause; ``span`` counts in the clean text of the source."""

    evidence: Evidence
    span: Span
    statement: Statement

    @property
    def lists_units(self) -> bool:
        """Whether it only names the responsible units."""
        return bool(_UNITS.match(self.text))

    @property
    def text(self) -> str:
        """The sentence in the spelling in which texts are compared."""
        return self.statement.text


@dataclass(frozen=True)
class Grounds:
    """The clauses that a claim cites; ``named`` are the sentences that hold the words it gives."""

    cited: tuple[Evidence, ...]
    sentences: tuple[Sentence, ...]
    named: tuple[Sentence, ...]
    others: tuple[Evidence, ...]
    query: Query

    @property
    def document(self) -> PolicyDocument:
        """The document of the first clause; all bind one place."""
        return self.cited[0].document

    @cached_property
    def text(self) -> str:
        """All sentences of the cited clauses."""
        return "\n".join(sentence.text for sentence in self.sentences)

    @cached_property
    def names(self) -> str:
        """Titles, numbers, issuers, places and labels of what is cited."""
        own = (
            text
            for item in self.cited
            for text in (
                item.document.title,
                item.document.number,
                item.document.issuer,
                item.document.region,
                item.document.status,
                item.clause.label,
                item.clause.heading,
                *item.clause.ancestors,
                *item.document.aliases,
            )
        )
        return compared("\n".join(dict.fromkeys(own)).replace("\n", ";"))


def grounds_of(claim: DraftClaim, evidence: Mapping[str, Evidence], query: Query) -> Grounds:
    """What a claim rests on.

    Raises:
        UnfoundedError: it cites nothing, nothing that is there, several places, or words that no clause has.
    """
    if not claim.supports:
        raise UnfoundedError("没有标出依据；请写明证据的编号，例如 E1")
    cited = {label: _labelled(label, evidence) for label in (item.label for item in claim.supports)}
    if len(regions := list(dict.fromkeys(item.region for item in cited.values()))) > 1:
        raise UnfoundedError(f"同时引用了{'和'.join(regions)}的条款；每条陈述只能讲一个地区，请分开写")
    chosen = {item.clause.id: item for item in cited.values()}
    sentences = {id: tuple(_sentences(item)) for id, item in chosen.items()}
    named = [
        sentence
        for support in claim.supports
        for sentence in _holding(support.words, cited[support.label], sentences)
    ]
    return Grounds(
        tuple(chosen.values()),
        tuple(sentence for own in sentences.values() for sentence in own),
        tuple(dict.fromkeys(named)),
        tuple(item for item in evidence.values() if item.clause.id not in chosen),
        query,
    )


def _labelled(label: str, evidence: Mapping[str, Evidence]) -> Evidence:
    found = _LABEL.search(compared(label).upper())
    if found is None or found[0] not in evidence:
        raise UnfoundedError(f"编号“{label[:20]}”不在给出的证据中；只能使用这些编号：{'、'.join(evidence)}")
    return evidence[found[0]]


def _sentences(evidence: Evidence) -> Iterable[Sentence]:
    clause = evidence.clause
    for span in split_sentences(clause.text):
        base = clause.span.start
        text = compared(clause.text[span.start : span.end])
        if _ORDER.search(text):
            continue
        yield Sentence(evidence, Span(base + span.start, base + span.end), Statement(text))


def _holding(words: str, evidence: Evidence, sentences: Mapping[str, tuple[Sentence, ...]]) -> list[Sentence]:
    """The sentences that have the words given, in order and letter by letter; none where none are given."""
    own = sentences[evidence.clause.id]
    folded = [fold(sentence.text).text for sentence in own]
    ends = list(accumulate(map(len, folded)))
    text, position, held = "".join(folded), 0, []
    for part in filter(None, (fold(compared(part)).text for part in _ELLIPSIS.split(words))):
        piece = _verbatim(part, text)
        start = text.find(piece, position)
        if start < 0:
            raise UnfoundedError(
                f"依据的原文“{words.strip()[:_SHOWN]}”在所引条款中查不到；请逐字抄录，最接近的一句是“{_nearest(piece, own)}”"
            )
        position = start + len(piece)
        held += [
            s for s, end, t in zip(own, ends, folded, strict=True) if start < end and end - len(t) < position
        ]
    return held


def _verbatim(words: str, text: str) -> str:
    """The longest run of the words that stands in a text, where they only add a subject to it; else all of them."""
    run = SequenceMatcher(None, words, text, autojunk=False).find_longest_match()
    added = words[: run.a] + words[run.a + run.size :]
    is_most = run.size >= max(_RUN, _MOSTLY * len(words))
    return words[run.a : run.a + run.size] if is_most and not _TELLING.search(added) else words


def _nearest(words: str, sentences: Sequence[Sentence]) -> str:
    """The sentence that shares most with the words, as the source writes it."""
    own = set(pairs(words))
    nearest = max(sentences, key=lambda sentence: len(own & set(pairs(sentence.text))), default=None)
    if nearest is None:
        return ""
    clause, span = nearest.evidence.clause, nearest.span
    return clause.text[span.start - clause.span.start : span.end - clause.span.start].strip()[:_LONGEST]
