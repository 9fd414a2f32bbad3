"""Two documents clause by clause."""

from __future__ import annotations

import numpy as np

from assistant.comparing.alignment import align
from assistant.comparing.facts import differences
from assistant.comparing.likeness import Floats, likeness, words_of
from assistant.comparing.matching import links, links_beside, matches
from assistant.comparing.model import DocumentComparison
from assistant.comparing.rows import aligned_clauses
from assistant.comparing.text import ComparedText, compared_text
from corpus.model import PolicyDocument
from corpus.versions import are_versions
from index.clause_index import ClauseIndex


def compare(index: ClauseIndex, left: PolicyDocument, right: PolicyDocument) -> DocumentComparison:
    """Two documents of an index. Needs no encoder, since the index holds the vectors of all sentences.

    Versions of one instrument are compared by their words alone.

    Raises:
        IndexDamagedError: files of the index are missing or altered.
    """
    lefts, rights = (compared_text(document, index.store.clauses(document.id)) for document in (left, right))
    if are_versions(left, right) or not (lefts.sentences and rights.sentences):
        return compare_texts(lefts, rights)
    return compare_texts(lefts, rights, (_vectors(index, lefts), _vectors(index, rights)))


def compare_texts(
    left: ComparedText, right: ComparedText, vectors: tuple[Floats, Floats] | None = None
) -> DocumentComparison:
    """Two texts, by their words and, where the vectors of their sentences are given, by their meaning."""
    words = words_of(left, right)
    alike = likeness(left, right, words, vectors)
    found = links(left, right, alike, words)
    alignment = align(left, right, found, words)
    beside = (
        link for row in alignment.rows for link in links_beside(left, right, alike, row.left, row.right)
    )
    matched = matches(left, right, [*found, *beside])
    return DocumentComparison(
        left.document,
        right.document,
        tuple(aligned_clauses(left, right, alignment, matched)),
        tuple(differences(matched, (left.document.region, right.document.region))),
        frozenset((left.clauses[here].id, right.clauses[there].id) for here, there in alignment.pairs),
        are_versions(left.document, right.document),
    )


def _vectors(index: ClauseIndex, text: ComparedText) -> Floats:
    found = index.sentence_vectors(text.document.id)
    return np.asarray([found[s.clause.id][s.number] for s in text.sentences], np.float32)
