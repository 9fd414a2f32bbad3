"""How well an encoder finds clauses: alone, and in the product's own fusion with words. Exact search throughout."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from assistant.evaluation.metrics import matches
from assistant.evaluation.sets.cases import Case
from assistant.pipeline import PolicyAssistant
from assistant.settings import load_settings
from assistant.understanding import understand
from assistant.wording import Wording
from corpus.places import NATION
from index.arrays import Floats, Positions, VectorArrays
from index.encoder import Encoder
from index.fusion import DEPTH, Channels, Mask, dense_scores, fuse
from index.generations import current_generation
from index.lexical import LexicalIndex
from index.manifest import read_manifest
from index.model import Filter
from index.passages import FIELDS, Passage, passages
from index.tokens import Tokenizer

FULL_SCAN = 8_000
"""Clauses that a filter leaves at most where all are candidates, as in the product's search."""

NEAR = 300
"""Rank by clause and words down to which a clause gets vectors of its sentences; see README.md for what it costs."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the product searches for it, with what is known of it without an encoder."""

    case: Case
    topic: str
    words: dict[str, Floats]  # BM25 of all clauses, by field
    allowed: Mask
    among: Mask  # all clauses, or those that a quick measurement is content with
    is_placed: bool  # whether it is searched in some places only


@dataclass(frozen=True, slots=True)
class Found:
    """The clauses that a search considers, with what the weights of the fusion apply to."""

    clauses: list[str]
    features: dict[str, Floats]
    fused: Floats
    dense: Floats


class Searchable:
    """The clauses of a data folder, to be searched with vectors of any encoder."""

    def __init__(self, data: Path) -> None:
        self.generation = current_generation(data)
        manifest = read_manifest(self.generation.folder)
        settings = load_settings(data=data, encoder=manifest.encoder)
        self.assistant = PolicyAssistant.open(settings, lambda line: print(line, file=sys.stderr))
        self._lexical = LexicalIndex(self.generation.lexical, FIELDS)
        self._tokenizer = Tokenizer()
        self._documents = self.assistant.store.documents()

    @cached_property
    def passages(self) -> list[Passage]:
        """The clauses that can be found, by position."""
        store = self.assistant.store
        return [p for id_ in store.source_digests() for p in passages(store.source(id_))]

    @cached_property
    def plain(self) -> VectorArrays:
        """The vectors of the data folder."""
        return VectorArrays(self.generation.arrays)

    def asked(self, cases: Iterable[Case]) -> list[Asked]:
        """The questions that a search decides."""
        wording = Wording.load()
        found = []
        for case in tqdm(list(cases), desc="questions understood", file=sys.stderr):
            query = understand(case.as_question(), wording, self.assistant.index)
            search = self.assistant.retriever.search_for(query)
            if search is not None:
                words = self._lexical.scores(self._tokenizer.query_tokens(search.words))
                allowed = self._allowed(search.where)
                every = np.ones_like(allowed)
                found.append(Asked(case, search.topic, words, allowed, every, bool(search.where.regions)))
        return found

    def narrowed(self, asked: Sequence[Asked], encoder: Encoder, number: int) -> list[Asked]:
        """The questions asked of ``number`` clauses only: the answers, and those that come near to a question."""
        among = np.zeros(len(self.passages), bool)
        golds = [gold for question in asked for gold in question.case.gold]
        sources = {gold.doc for gold in golds}
        for at, passage in enumerate(self.passages):
            if passage.clause.source_id in sources:
                among[at] = any(matches(passage.clause.id, gold) for gold in golds)
        order = self._by_nearness(self.plain, encoder, asked)
        among[order[~among[order]][: max(0, number - among.sum())]] = True
        return [replace(q, allowed=q.allowed & among, among=among) for q in asked]

    def search(self, asked: Asked, vector: Floats, arrays: VectorArrays) -> Found:
        """What the product finds with these vectors, but for ChromaDB's approximation."""
        every = np.arange(len(arrays.lengths))
        clause = arrays.clause_scores(every, vector)
        sentence = arrays.best_sentence_scores(every, vector)
        named = [asked.words[FIELDS[0]], clause, sentence]
        positions = candidates(named, asked.allowed)
        channels = self._channels(asked, positions, clause[positions], sentence[positions], arrays)
        ids = [self.passages[at].clause.id for at in positions]
        return Found(ids, channels.features(), fuse(channels), dense_scores(channels))

    def nearest(self, asked: Asked, vector: Floats, arrays: VectorArrays, depth: int) -> list[str]:
        """Ids of the clauses nearest to a vector, whatever the words and places of the question."""
        scores = arrays.clause_scores(np.arange(len(arrays.lengths)), vector)
        scores[~asked.among] = -np.inf
        return [self.passages[at].clause.id for at in np.argsort(-scores, kind="stable")[:depth]]

    def encoded(self, encoder: Encoder, folder: Path, asked: Sequence[Asked]) -> VectorArrays:
        """Vectors by ``encoder``, kept in ``folder``, for the clauses that the questions are asked of.

        Sentences are encoded where their clause comes near to a question; the others, as those of short
        clauses, share the vector of their clause.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("starts.npy", "facts.npy"):
            (folder / name).unlink(missing_ok=True)
            (folder / name).symlink_to((self.generation.arrays / name).absolute())
        clauses, sentences = folder / "clauses.npy", folder / "sentences.npy"
        if not clauses.exists():
            np.save(clauses, self._clauses(encoder, asked[0].among))
            sentences.unlink(missing_ok=True)
        if not sentences.exists():
            np.save(sentences, self._placeholders(np.load(clauses)))
            np.save(sentences, self._sentences(VectorArrays(folder), np.load(sentences), encoder, asked))
        return VectorArrays(folder)

    def _clauses(self, encoder: Encoder, among: Mask) -> NDArray[np.float16]:
        vectors = np.zeros((len(self.passages), encoder.dim), np.float16)
        wanted = np.flatnonzero(among)
        vectors[wanted] = encoded([self.passages[at].embedded for at in wanted], encoder, "clauses")
        return vectors

    def _placeholders(self, clauses: NDArray[np.float16]) -> NDArray[np.float16]:
        """For each sentence the vector of its clause."""
        return np.repeat(clauses, np.diff(np.load(self.generation.arrays / "starts.npy")), axis=0)

    def _sentences(
        self, arrays: VectorArrays, vectors: NDArray[np.float16], encoder: Encoder, asked: Sequence[Asked]
    ) -> NDArray[np.float16]:
        starts = np.load(self.generation.arrays / "starts.npy")
        near = np.sort(self._by_nearness(arrays, encoder, asked))
        wanted = [at for at in near if self.passages[at].embedded_sentences]
        texts = [text for at in wanted for text in self.passages[at].embedded_sentences]
        if texts:
            rows = np.concatenate([np.arange(starts[at], starts[at + 1]) for at in wanted])
            vectors[rows] = encoded(texts, encoder, "sentences")
        return vectors

    def _by_nearness(self, arrays: VectorArrays, encoder: Encoder, asked: Sequence[Asked]) -> Positions:
        """Positions of the clauses that come near to any question, nearest first."""
        vectors = encoder.encode_queries([question.topic for question in asked])
        every = np.arange(len(self.passages))
        ranks = np.full(len(every), len(every))
        for question, vector in zip(asked, vectors, strict=True):
            found = near(arrays.clause_scores(every, vector), question, NEAR)
            ranks[found] = np.minimum(ranks[found], np.arange(len(found)))
        order = np.argsort(ranks, kind="stable")
        return order[ranks[order] < len(every)]

    def _channels(
        self, asked: Asked, positions: Positions, clause: Floats, sentence: Floats, arrays: VectorArrays
    ) -> Channels:
        documents = arrays.documents[positions]
        regions = [document.region or NATION for document in self._documents]
        ordinals = {region: number for number, region in enumerate(dict.fromkeys(regions))}
        is_placed = np.asarray([bool(document.region) for document in self._documents])
        return Channels(
            clause=clause,
            sentence=sentence,
            documents=documents,
            places=np.asarray([ordinals[region] for region in regions], np.int32)[documents],
            sets_scale=is_placed[documents] | (not asked.is_placed),
            lengths=arrays.lengths[positions],
            numbered=arrays.numbered[positions],
            **{name: asked.words[name][positions] for name in FIELDS},
        )

    def _allowed(self, where: Filter) -> Mask:
        regions, statuses = set(where.regions), set(where.statuses)
        passing = [
            (not regions or document.region in regions) and (not statuses or document.status in statuses)
            for document in self._documents
        ]
        return np.asarray(passing, bool)[self.plain.documents]


def candidates(scores: Sequence[Floats], allowed: Mask) -> Positions:
    """Positions of the clauses that any channel puts among its first, ascending; all where few are allowed."""
    if not allowed.all() and allowed.sum() <= FULL_SCAN:
        return np.flatnonzero(allowed)
    named = [_highest(np.where(allowed, channel, -np.inf), DEPTH) for channel in scores]
    positions = np.unique(np.concatenate(named))
    return positions[allowed[positions]]


def near(clause: Floats, asked: Asked, depth: int) -> Positions:
    """The first clauses, best first, by the mean of cosine and BM25, each scaled from 0 to 1."""
    words = asked.words[FIELDS[0]]
    basis = clause[asked.allowed]
    if not len(basis):
        return np.arange(0)
    low = np.partition(basis, max(0, len(basis) - DEPTH))[max(0, len(basis) - DEPTH)]
    scaled = (clause - low) / max(basis.max() - low, 1e-6) + words / max(words[asked.allowed].max(), 1e-6)
    masked = np.where(asked.allowed, scaled, -np.inf)
    found = _highest(masked, depth)
    return found[np.argsort(-masked[found])]


def encoded(texts: Sequence[str], encoder: Encoder, what: str) -> NDArray[np.float16]:
    """Vectors of texts with half precision, as the index keeps them; equal texts are encoded once."""
    rows = {text: row for row, text in enumerate(dict.fromkeys(texts))}
    with tqdm(total=len(rows), desc=f"{what} encoded", file=sys.stderr) as bar:
        vectors = encoder.encode_passages(list(rows), bar.update).astype(np.float16)
    return vectors[[rows[text] for text in texts]]


def _highest(scores: Floats, n: int) -> Positions:
    return np.argpartition(-scores, n)[:n] if len(scores) > n else np.arange(len(scores))
