"""Names for the rows of a comparison, in words of the texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from assistant.comparison_rows import DraftRow
from assistant.evidence import Evidence
from assistant.norms import Segment
from assistant.quotation import pairs
from assistant.understanding import Query
from index.normalize import normalize_for_search

_COMMON = 4
"""Characters that the headings of a row's clauses must share to give it its name."""

_MEASURE = re.compile(".[期费贴金龄薪率]$")
_ANY_MEASURE = re.compile("[资基现]金$|经费$|[长定时日学近初前后周]期$")


def measures(query: Query, segment: Segment) -> list[tuple[str, ...]]:
    """Periods and sums that a question names (聘期, 安家费), each with the official terms for it."""
    words = segment(query.without_places(query.focus))
    named = [word for word in words if _MEASURE.search(word) and not _ANY_MEASURE.search(word)]
    return [(word, *(term for term in query.terms if _is_name_of(word, term))) for word in named]


def _is_name_of(word: str, term: str) -> bool:
    """聘期 and 聘任期, which end alike and share more than that."""
    return term[-1] == word[-1] and bool(set(term[:-1]) & set(word[:-1]))


def point_of(query: Query, row: DraftRow, regions: Sequence[str], segment: Segment) -> str:
    """What a row is about: the noun that is measured, or what the headings of its clauses share.

    A point that only one place has is named by its own words, since another may well have rules
    under the same heading.
    """
    if noun := next((n for n in query.measured if any(n in item.text for item in row.quoted)), ""):
        return noun
    if len(row.regions) == 1:
        return _most_asked(query, row.quoted[0].text)
    firsts = {item.region: item.evidence for item in reversed(row.quoted)}
    headings = list(dict.fromkeys(_heading(firsts[region]) for region in regions if region in firsts))
    titles = " ".join(item.evidence.document.title for item in row.quoted)
    return _shared_words([segment(heading) for heading in headings], titles) or "／".join(headings)


def _heading(evidence: Evidence) -> str:
    """The heading of a clause, or that of its section, or its label."""
    clause = evidence.clause
    return clause.heading or next(reversed(clause.ancestors), "") or clause.label


def _most_asked(query: Query, sentence: str) -> str:
    """The part of a sentence between commas that has most of the question's words; of a list, its title."""
    asked = pairs(query.without_places(query.focus))
    parts = re.split("[，；。]", sentence)
    part = max(parts, key=lambda part: len(pairs(normalize_for_search(part)) & asked))
    return re.sub(r"\s+", "", part.partition("：")[0]).strip("（—")


def _shared_words(headings: Sequence[Sequence[str]], titles: str) -> str:
    """The longest run of words in all headings; "" where it is short, or in the titles and so everywhere."""
    shared = headings[0]
    for heading in headings[1:]:
        match = SequenceMatcher(None, shared, heading, autojunk=False).find_longest_match()
        shared = shared[match.a : match.a + match.size]
    run = "".join(shared)
    return run if len(run) >= _COMMON and run not in titles else ""
