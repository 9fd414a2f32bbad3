"""What to quote of a clause: the sentences that answer, and how much of the question each of them covers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from assistant.evidence import Evidence
from assistant.kinds import MEASURABLE, Kind, can_hold
from assistant.understanding import Query
from corpus.model import Span
from index.normalize import normalize_for_search
from index.sentences import split_sentences

MARGIN = 0.9
"""How far a sentence may score below the best of its clause and still be quoted."""

MOST = 3
"""Sentences that are quoted of one clause, unless the clause is asked for whole."""

_COSINE_STEP = 0.34
"""Difference of cosines that counts as much as all words of the question: 12 times as much as the cosines of a clause's
sentences differ (their standard deviation)."""

_DENSITY, _KIND = 0.5, 1.5
"""Weights of the share of a sentence that the question has, and of holding the kind of answer asked for.
These and the constants above were chosen on the question set by required facts and length together."""

COVERED = 0.8
"""Share of its weight that a word of the question loses once a quoted sentence has it."""

_ROLES_ASKED = re.compile("牵头|配合|责任单位")
_BODIES_ASKED = re.compile(
    "负责|主管|归口|挑头|[该由归]谁|谁来|哪.{0,3}(?:部门|单位|局|委|机关)"
    "|which .{0,20}(?:bod|depart|agenc|bureau|units?\\b|office)|who (?:is responsible|leads?|takes)|in charge|responsible for"
)
_BODY_CLAIMED = re.compile("(?:由|归|是|让).{2,15}(?:负责|主管|牵头|管)")
_UNITS = re.compile(r"[（(](?:牵头|配合|责任|参与|协办)单位[：:]")
_WHOLE = re.compile(
    r"原文|全文|内容|(?:哪些|什么|怎么)规定|说的?是?什么|讲的?是?(?:啥|什么)|规定了?什么|列出|给出|quote|text of"
)


def answering_sentences(query: Query, evidence: Evidence) -> list[Span]:
    """The sentences of a clause to quote (clean offsets), in text order."""
    if evidence.spans:
        return list(evidence.spans)
    sentences = _sentences(evidence)
    if evidence.is_named and _is_whole_asked(query):
        return sentences
    return _listed(query, evidence, sentences) or _picked(query, evidence, sentences)


def neighbours(evidence: Evidence, sentences: Iterable[Span]) -> list[list[Span]]:
    """``sentences`` in runs that nothing but white space interrupts, so that each run is one quote.

    Quotes that the evidence brings along stay as they are.
    """
    text, base = evidence.clause.text, evidence.clause.span.start
    runs: list[list[Span]] = []
    for span in sentences:
        if runs and not evidence.spans and not text[runs[-1][-1].end - base : span.start - base].strip():
            runs[-1].append(span)
        else:
            runs.append([span])
    return runs


def is_asked_by_heading(query: Query, evidence: Evidence) -> bool:
    """Whether the question has the heading of the clause."""
    heading = normalize_for_search(evidence.clause.heading)
    return len(heading) > 1 and heading in query.topic


def text_of(evidence: Evidence, span: Span) -> str:
    """The text of the clause at clean offsets."""
    base = evidence.clause.span.start
    return evidence.clause.text[span.start - base : span.end - base]


def pairs(text: str) -> set[str]:
    """Pairs of neighbouring characters of a normalised text; punctuation and blanks part them."""
    runs = re.findall(r"[\u4e00-\u9fff]+|[a-z0-9%]+", text)
    return {run[i : i + 2] for run in runs for i in range(max(1, len(run) - 1))}


def _sentences(evidence: Evidence) -> list[Span]:
    """Sentences of the clause, or of the paragraph that is asked for; clean offsets."""
    clause = evidence.clause
    base = clause.span.start
    found = [Span(base + span.start, base + span.end) for span in split_sentences(clause.text)]
    wanted = next((p.span for p in clause.paragraphs if p.number == evidence.paragraph), clause.span)
    return [span for span in found if wanted.start <= span.start and span.end <= wanted.end]


def _is_whole_asked(query: Query) -> bool:
    """Whether a named clause is asked for as such, and not for one rule in it."""
    rest = query.without_places(_WHOLE.sub("", query.text))
    for reference in reversed(query.references):
        rest = (
            rest[: reference.span.start] + rest[reference.span.end :]
            if reference.span.end <= len(rest)
            else rest
        )
    return bool(_WHOLE.search(query.text)) or query.is_follow_up or len(rest) < 8


def _listed(query: Query, evidence: Evidence, sentences: list[Span]) -> list[Span]:
    """The headings of a clause's points (——…。) where the clause is asked for by its own heading."""
    is_asked = is_asked_by_heading(query, evidence)
    return [span for span in sentences if text_of(evidence, span).startswith("——")] if is_asked else []


def _picked(query: Query, evidence: Evidence, sentences: list[Span]) -> list[Span]:
    """The sentences that answer, in text order; the bracket with the responsible units where it is asked for."""
    units = [span for span in sentences if _UNITS.match(text_of(evidence, span))]
    if units and _ROLES_ASKED.search(query.asked):
        return units
    body = [span for span in sentences if span not in units and not _is_heading(evidence, span)]
    asks_bodies = Kind.RESPONSIBLE in query.kinds and _BODIES_ASKED.search(query.asked)
    extra = units if asks_bodies or _BODY_CLAIMED.search(query.asked) else []
    return sorted(
        [*best_sentences(query, evidence, body or sentences[:1]), *extra], key=lambda span: span.start
    )


def best_sentences(query: Query, evidence: Evidence, body: Sequence[Span]) -> list[Span]:
    """Sentences that score best, each judged by what it adds to those before it.

    A sentence counts for its nearness in meaning, for the words of the question that it has and the
    others lack, and for holding the kind of answer that is asked for. As many are taken as the
    question has parts, and further ones while they stay within :data:`MARGIN` of the best.
    """
    wanted = asked_pairs(query, [normalize_for_search(text_of(evidence, span)) for span in body])
    picked: list[Span] = []
    best = 0.0
    while len(picked) < min(MOST, len(body)):
        score, span = max(
            ((_score(query, evidence, span, wanted), span) for span in body if span not in picked),
            key=lambda item: (item[0], -item[1].start),
        )
        if picked and score < best - MARGIN and len(picked) >= query.parts:
            break
        best = max(best, score)
        picked.append(span)
        covered = pairs(normalize_for_search(text_of(evidence, span)))
        wanted = {
            pair: weight * (1 - COVERED) if pair in covered else weight for pair, weight in wanted.items()
        }
    return picked


def asked_pairs(query: Query, sentences: Sequence[str]) -> dict[str, float]:
    """Character pairs of the question that some sentence has, with weights that add up to 1.

    A pair that few sentences have tells more; what the question says itself counts full, official
    terms for it and what earlier turns say count half.
    """
    found = [pairs(sentence) for sentence in sentences]
    own = pairs(query.without_places(query.focus))
    weights: dict[str, float] = {}
    for pair in own | pairs(query.topic):
        holders = sum(pair in sentence for sentence in found)
        if holders:
            weights[pair] = math.log(1 + len(found) / holders) * (1.0 if pair in own else 0.5)
    total = sum(weights.values())
    return {pair: weight / total for pair, weight in weights.items()} if total else {}


def _score(query: Query, evidence: Evidence, span: Span, wanted: dict[str, float]) -> float:
    text = normalize_for_search(text_of(evidence, span))
    own = pairs(text)
    cosine = next((hit.score for hit in evidence.sentences if hit.span == span), evidence.sentence)
    shared = sum(weight for pair, weight in wanted.items() if pair in own)
    density = len(own & wanted.keys()) / max(len(own), 8)
    kinds = [kind for kind in query.kinds if kind in MEASURABLE]
    holds = not kinds or any(can_hold(kind, text) for kind in kinds)
    return (cosine - evidence.sentence) / _COSINE_STEP + shared + _DENSITY * density + _KIND * holds


def _is_heading(evidence: Evidence, span: Span) -> bool:
    text = text_of(evidence, span).rstrip("。：: ")
    is_first = span.start == evidence.clause.span.start
    return bool(evidence.clause.heading) and is_first and text.endswith(evidence.clause.heading)
