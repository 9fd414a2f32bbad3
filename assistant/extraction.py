"""Evidence -> claims made of quoted sentences: only what answers, cut at sentence borders."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.evidence import Evidence
from assistant.figures import contradiction, short_answer
from assistant.kinds import MEASURABLE, Kind, can_hold
from assistant.model import Citation, Claim
from assistant.understanding import Query
from corpus.model import DRAFTS, Span
from index.normalize import normalize_for_search
from index.sentences import split_sentences
from index.store import ClauseStore

MARGIN = 0.9
"""How far a sentence may score below the best of its clause and still be quoted."""

MOST = 3
"""Sentences that are quoted of one clause, unless the clause is asked for whole."""

_COSINE_STEP = 0.15
"""Difference of cosines that counts as much as all words of the question; the encoder's values lie close."""

_DENSITY, _KIND = 0.5, 1.5
"""Weights of the share of a sentence that the question has, and of holding the kind of answer asked for.
These and the constants above were chosen on the question set by required facts and length together."""

COVERED = 0.8
"""Share of its weight that a word of the question loses once a quoted sentence has it."""

_ROLES_ASKED = re.compile("牵头|配合|责任单位")
_BODIES_ASKED = re.compile(
    "负责|主管|归口|挑头|哪.{0,3}(?:部门|单位|局|委|机关)"
    "|which (?:bod|depart|agenc)|who (?:is responsible|leads?|takes)|in charge"
)
_UNITS = re.compile(r"[（(](?:牵头|配合|责任|参与|协办)单位[：:]")
_WHOLE = re.compile(
    r"原文|全文|内容|(?:哪些|什么|怎么)规定|说的?是?什么|讲的?是?(?:啥|什么)|规定了?什么|列出|给出|quote|text of"
)
_UNFILLED = re.compile(r"[0-9]{4}年\s+月|月\s+日")


@dataclass(frozen=True, slots=True)
class Composition:
    """Claims and the citations that they point to, not yet verified."""

    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()


class Extractor:
    """Composes answers out of verbatim sentences."""

    def __init__(self, store: ClauseStore) -> None:
        self._store = store

    def compose(self, query: Query, chosen: Sequence[Evidence]) -> Composition:
        """Claims grouped by place, in the order in which the places come up."""
        claims: list[Claim] = []
        citations: list[Citation] = []
        for evidence in _by_region(query, chosen):
            for span in evidence.spans or self._spans(query, evidence):
                citation = self._citation(len(citations) + 1, evidence, span)
                citations.append(citation)
                for text in (_lead(query, citation.quote), _statement(query, evidence, citation)):
                    claims += [Claim(text, (citation.n,), evidence.region)] if text else []
        return Composition(tuple(claims), tuple(citations))

    def _citation(self, n: int, evidence: Evidence, span: Span) -> Citation:
        clause, document = evidence.clause, evidence.document
        source = self._store.source(clause.source_id)
        place = source.clean.offsets.span_to_source(span)
        return Citation(
            n=n,
            clause=clause.id,
            document=document.title,
            number=document.number,
            label=clause.label,
            region=document.region,
            status=document.status,
            quote=source.clean.text[span.start : span.end],
            start=place.start,
            end=place.end,
        )

    def _spans(self, query: Query, evidence: Evidence) -> list[Span]:
        """What to quote of a clause (clean offsets), in text order; neighbours are one quote."""
        sentences = _sentences(evidence)
        if evidence.is_named and _is_whole_asked(query):
            picked = sentences
        else:
            picked = _listed(query, evidence, sentences) or _picked(query, evidence, sentences)
        return _joined(picked, evidence.clause.text, evidence.clause.span.start)


def _by_region(query: Query, chosen: Sequence[Evidence]) -> Iterator[Evidence]:
    """Places in the order in which the question names them, else drafts last, else the best first."""
    asked = [place.name for place in query.places]
    regions = {evidence.region: evidence.document.status in DRAFTS for evidence in reversed(chosen)}
    ordered = list(dict.fromkeys(evidence.region for evidence in chosen))
    ordered.sort(key=lambda name: (asked.index(name) if name in asked else len(asked), regions[name]))
    for region in ordered:
        yield from (evidence for evidence in chosen if evidence.region == region)


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
    heading = normalize_for_search(evidence.clause.heading)
    is_asked = len(heading) > 1 and heading in query.topic
    return [span for span in sentences if _text(evidence, span).startswith("——")] if is_asked else []


def _picked(query: Query, evidence: Evidence, sentences: list[Span]) -> list[Span]:
    """The sentences that answer, in text order; the bracket with the responsible units where it is asked for."""
    units = [span for span in sentences if _UNITS.match(_text(evidence, span))]
    if units and _ROLES_ASKED.search(query.asked):
        return units
    body = [span for span in sentences if span not in units and not _is_heading(evidence, span)]
    extra = units if Kind.RESPONSIBLE in query.kinds and _BODIES_ASKED.search(query.asked) else []
    return sorted(
        [*best_sentences(query, evidence, body or sentences[:1]), *extra], key=lambda span: span.start
    )


def best_sentences(query: Query, evidence: Evidence, body: Sequence[Span]) -> list[Span]:
    """Sentences that score best, each judged by what it adds to those before it.

    A sentence counts for its nearness in meaning, for the words of the question that it has and the
    others lack, and for holding the kind of answer that is asked for. As many are taken as the
    question has parts, and further ones while they stay within :data:`MARGIN` of the best.
    """
    wanted = asked_pairs(query, [normalize_for_search(_text(evidence, span)) for span in body])
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
        covered = _pairs(normalize_for_search(_text(evidence, span)))
        wanted = {
            pair: weight * (1 - COVERED) if pair in covered else weight for pair, weight in wanted.items()
        }
    return picked


def asked_pairs(query: Query, sentences: Sequence[str]) -> dict[str, float]:
    """Character pairs of the question that some sentence has, with weights that add up to 1.

    A pair that few sentences have tells more; what the question says itself counts full, official
    terms for it and what earlier turns say count half.
    """
    found = [_pairs(sentence) for sentence in sentences]
    own = _pairs(query.without_places(query.focus))
    weights: dict[str, float] = {}
    for pair in own | _pairs(query.topic):
        holders = sum(pair in pairs for pairs in found)
        if holders:
            weights[pair] = math.log(1 + len(found) / holders) * (1.0 if pair in own else 0.5)
    total = sum(weights.values())
    return {pair: weight / total for pair, weight in weights.items()} if total else {}


def _score(query: Query, evidence: Evidence, span: Span, wanted: dict[str, float]) -> float:
    text = normalize_for_search(_text(evidence, span))
    pairs = _pairs(text)
    cosine = next((hit.score for hit in evidence.sentences if hit.span == span), evidence.sentence)
    shared = sum(weight for pair, weight in wanted.items() if pair in pairs)
    density = len(pairs & wanted.keys()) / max(len(pairs), 8)
    kinds = [kind for kind in query.kinds if kind in MEASURABLE]
    holds = not kinds or any(can_hold(kind, text) for kind in kinds)
    return (cosine - evidence.sentence) / _COSINE_STEP + shared + _DENSITY * density + _KIND * holds


def _text(evidence: Evidence, span: Span) -> str:
    base = evidence.clause.span.start
    return evidence.clause.text[span.start - base : span.end - base]


def _pairs(text: str) -> set[str]:
    runs = re.findall(r"[\u4e00-\u9fff]+|[a-z0-9%]+", text)
    return {run[i : i + 2] for run in runs for i in range(max(1, len(run) - 1))}


def _is_heading(evidence: Evidence, span: Span) -> bool:
    text = _text(evidence, span).rstrip("。：: ")
    is_first = span.start == evidence.clause.span.start
    return bool(evidence.clause.heading) and is_first and text.endswith(evidence.clause.heading)


def _joined(spans: Sequence[Span], text: str, base: int) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        if joined and not text[joined[-1].end - base : span.start - base].strip():
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined


def _lead(query: Query, quote: str) -> str:
    """The answer in a word, where the quote allows it: its one figure, or what it says against the question's."""
    if Kind.YES_NO in query.kinds and (remark := contradiction(query.text, quote)):
        return f"{remark}。"
    asked = _pairs(query.without_places(query.focus)).union(*map(_pairs, query.measured))
    figure = short_answer(query.kinds, asked, quote)
    return f"{figure}。" if figure else ""


def _statement(query: Query, evidence: Evidence, citation: Citation) -> str:
    """The quote, with the clause's heading where a clause is asked for, and a word on what is unfilled."""
    is_clause_asked = Kind.CLAUSE in query.kinds or evidence.is_named
    heading = evidence.clause.heading
    is_told = heading in citation.quote or heading == citation.label
    lead = f"{citation.label}“{heading}”：" if is_clause_asked and not is_told else ""
    note = "（原文此处留空，月份或日期未填写）" if _UNFILLED.search(citation.quote) else ""
    return lead + citation.quote + note
