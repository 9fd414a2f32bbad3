"""A query -> hits: every channel names candidates, and each of them is scored on all channels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.legal_force import is_law
from corpus.model import PolicyDocument
from corpus.places import NATION
from index.arrays import Floats, Positions, VectorArrays
from index.fusion import DEPTH, Channels, Mask, dense_scores, fuse
from index.generations import Generation
from index.lexical import LexicalIndex
from index.manifest import Manifest
from index.model import Filter, Hit, SentenceHit, TextEncoder
from index.passages import FIELDS
from index.spelling import Homophones
from index.store import ClauseStore
from index.tokens import Tokenizer
from index.vectors import VectorDatabase, collection_name

_CANDIDATES = DEPTH
"""Clauses that each channel names at least."""

_FULL_SCAN = 8000
"""Where a filter leaves no more clauses than this, all of them are candidates. Scoring them takes
30 ms; ChromaDB's own filters take 40 to 180 ms among 70,000 records."""

_VECTORS_KEPT = 64

_MOST_NEAREST = 4000
"""Records that ChromaDB is asked for at most, where a filter lets only a part through: 35 ms."""


class Candidates(NamedTuple):
    """Clauses by position, ascending, with the vector of the query and what is known of each."""

    positions: Positions
    vector: Floats
    channels: Channels


class Documents:
    """What a search knows of the documents of a store, by ordinal."""

    def __init__(self, documents: Sequence[PolicyDocument]) -> None:
        self._documents = documents
        self._places = _ordinals(document.region or NATION for document in documents)
        self._is_law = np.asarray([is_law(document) for document in documents])
        self._is_placed = np.asarray([bool(document.region) for document in documents])

    def passing(self, where: Filter) -> Mask:
        """Which documents the filter lets through."""
        regions, ids, statuses = set(where.regions), set(where.documents), set(where.statuses)
        passing = [
            (not regions or document.region in regions)
            and (not ids or document.id in ids)
            and (not statuses or document.status in statuses)
            for document in self._documents
        ]
        return np.asarray(passing, bool)

    def channels(
        self,
        arrays: VectorArrays,
        positions: Positions,
        vector: Floats,
        words: Mapping[str, Floats],
        where: Filter,
    ) -> Channels:
        """What all channels know of the clauses at ``positions``, whose BM25 by field is ``words``.

        Texts of no known place are candidates for every place, and must not move the scale of those asked for.
        """
        documents = arrays.documents[positions]
        return Channels(
            clause=arrays.clause_scores(positions, vector),
            sentence=arrays.best_sentence_scores(positions, vector),
            documents=documents,
            places=self._places[documents],
            sets_scale=self._is_placed[documents] | (not where.regions),
            lengths=arrays.lengths[positions],
            numbered=arrays.numbered[positions],
            cited=arrays.cited[positions],
            in_law=self._is_law[documents],
            **words,
        )


def candidates(
    lexical: Floats, allowed: Mask, limit: int, nearest: Callable[[int], Iterable[Iterable[int]]]
) -> Positions:
    """Positions of the clauses worth scoring, ascending: all that are allowed, or where they are many, those that a
    channel names.

    Args:
        lexical: BM25 of each clause.
        limit: how many hits are wanted.
        nearest: positions of the clauses that bear the ``n`` nearest records, for each kind of records.
    """
    n = max(_CANDIDATES, limit)
    share = float(allowed.mean())
    if share < 1 and allowed.sum() <= max(n, _FULL_SCAN):
        return np.flatnonzero(allowed)
    found = set(_highest(np.where(allowed, lexical, -1), n))
    found.update(*nearest(min(ceil(n / share), _MOST_NEAREST)))
    positions = np.sort(np.fromiter(found, np.intp, len(found)))
    return positions[allowed[positions]]


class Searcher:
    """Searches one generation.

    Raises:
        IndexMismatchError: ``encoder`` has not made this generation's vectors.
        IndexDamagedError: the vector database is not what the manifest says.
    """

    def __init__(
        self,
        generation: Generation,
        manifest: Manifest,
        store: ClauseStore,
        encoder: TextEncoder,
        tokenizer: Tokenizer,
        chroma_url: str | None,
    ) -> None:
        manifest.check_encoder(encoder.digest)
        self._store = store
        self._encoder = encoder
        self._tokenizer = tokenizer
        self._arrays = VectorArrays(generation.arrays)
        self._lexical = LexicalIndex(generation.lexical, FIELDS)
        self._documents = Documents(store.documents())
        self._vectors: dict[str, Floats] = {}
        self._homophones: Homophones | None = None
        self._database = VectorDatabase(generation.vectors(encoder.digest), chroma_url)
        self._collections = {
            kind: self._database.collection(collection_name(kind, encoder.digest), size)
            for kind, size in (("clauses", manifest.clause_records), ("sentences", manifest.sentence_records))
        }

    def close(self) -> None:
        """Releases the vector database."""
        self._database.close()

    def search(self, query: str, where: Filter, limit: int, lexical_query: str) -> list[Hit]:
        """See :meth:`index.clause_index.ClauseIndex.search`."""
        allowed = self._allowed(where)
        if not query.strip() or not allowed.any():
            return []
        found = self._candidates(query, where, allowed, limit, lexical_query)
        dense, scores = dense_scores(found.channels), fuse(found.channels)
        best = np.argsort(-scores, kind="stable")[:limit]
        return [self._hit(found, int(at), float(scores[at]), float(dense[at])) for at in best]

    def features(self, query: str, where: Filter, lexical_query: str) -> tuple[list[str], dict[str, Floats]]:
        """See :meth:`index.clause_index.ClauseIndex.features`."""
        allowed = self._allowed(where)
        if not allowed.any():
            return [], {}
        found = self._candidates(query, where, allowed, 0, lexical_query)
        return [self._store.at(int(at))[0] for at in found.positions], found.channels.features()

    def _candidates(
        self, query: str, where: Filter, allowed: Mask, limit: int, lexical_query: str
    ) -> Candidates:
        """The clauses worth scoring and what all channels know of them."""
        vector = self._vector(query)
        words = self._lexical.scores(self._tokenizer.query_tokens(lexical_query))
        positions = candidates(words[FIELDS[0]], allowed, limit, lambda n: self._nearest(vector, n))
        own = {name: scores[positions] for name, scores in words.items()}
        return Candidates(
            positions, vector, self._documents.channels(self._arrays, positions, vector, own, where)
        )

    def _vector(self, query: str) -> Floats:
        """Vector of a query; the last ones are kept, since one question may search more than once."""
        vector = self._vectors.get(query)
        if vector is None:
            vector = self._encoder.encode_queries([query])[0]
            if len(self._vectors) >= _VECTORS_KEPT:
                self._vectors.clear()
            self._vectors[query] = vector
        return vector

    def corrected(self, text: str) -> str:
        """See :meth:`index.clause_index.ClauseIndex.corrected`."""
        if self._homophones is None:
            vocabulary = self._lexical.vocabulary()
            self._homophones = Homophones(vocabulary, self._tokenizer.segment, self._tokenizer.is_word)
        return self._homophones.corrected(text)

    def frequency(self, word: str) -> int:
        """See :meth:`index.clause_index.ClauseIndex.frequency`."""
        return self._lexical.frequency(word)

    def known_share(self, text: str) -> float:
        """See :meth:`index.clause_index.ClauseIndex.known_share`."""
        words = self._tokenizer.topic_words(text)
        return sum(self._lexical.knows(word) for word in words) / len(words) if words else 0.0

    def _allowed(self, where: Filter) -> Mask:
        """Which clauses the filter lets through, by position."""
        return self._documents.passing(where)[self._arrays.documents]

    def _nearest(self, vector: Floats, n: int) -> Iterator[list[int]]:
        for kind, collection in self._collections.items():
            yield self._store.positions(kind, collection.nearest(vector, n))

    def _hit(self, found: Candidates, at: int, score: float, dense: float) -> Hit:
        position = int(found.positions[at])
        clause_id, spans = self._store.at(position)
        similarities = self._arrays.sentence_scores(position, found.vector)
        sentences = (
            SentenceHit(span, float(similarity)) for span, similarity in zip(spans, similarities, strict=True)
        )
        return Hit(clause_id, score, dense, float(found.channels.text[at]), tuple(sentences))


def _ordinals(names: Iterable[str]) -> NDArray[np.int32]:
    """A number for each name, the same for the same: int32 ``[n]``."""
    numbers: dict[str, int] = {}
    return np.asarray([numbers.setdefault(name, len(numbers)) for name in names], np.int32)


def _highest(scores: Floats, n: int) -> list[int]:
    """Positions of the ``n`` highest scores, in no order."""
    if len(scores) <= n:
        return list(range(len(scores)))
    positions: list[int] = np.argpartition(-scores, n)[:n].tolist()
    return positions
