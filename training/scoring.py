"""How well an encoder finds clauses: alone, and in the product's own fusion with words. Exact search throughout."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from assistant.evaluation.metrics import matches
from assistant.evaluation.sets.cases import Case
from assistant.pipeline import PolicyAssistant
from assistant.settings import load_settings
from assistant.understanding import understand
from assistant.wording import Wording
from index.arrays import Floats, Positions, VectorArrays
from index.encoder import BUNDLED_PLAIN, Encoder
from index.fusion import Mask, dense_scores, scaled, share_of_best
from index.lexical import LexicalIndex
from index.model import Filter
from index.passages import FIELDS, Passage, passages
from index.searching import Documents, candidates
from index.tokens import Tokenizer
from training.vectors import ExactArrays, Halves, encoded, is_plain, kept, plain_generation

NEAR = 300
"""Rank by clause and words down to which a clause gets vectors of its sentences; see README.md for what it costs."""

_SEED = 20261122


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the product searches for it, with what is known of it without an encoder."""

    case: Case
    topic: str
    where: Filter
    positions: Positions  # of the clauses that are searched, ascending: all, or those of a quick measurement
    words: dict[str, Floats]  # BM25 of each of these, by field
    allowed: Mask  # which of these the filter lets through


@dataclass(frozen=True, slots=True)
class Found:
    """The clauses that a search considers, with what the network of the fusion reads."""

    clauses: list[str]
    features: dict[str, Floats]
    dense: Floats


class Searchable:
    """The clauses of a data folder, to be searched with vectors of any encoder.

    Raises ValueError where another encoder than the plain one made the vectors in the folder.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._generation = plain_generation(data)
        settings = load_settings(data=data, encoder=BUNDLED_PLAIN)
        self.assistant = PolicyAssistant.open(settings, lambda line: print(line, file=sys.stderr))
        self._lexical = LexicalIndex(self._generation.lexical, FIELDS)
        self._tokenizer = Tokenizer()
        self._documents = Documents(self.assistant.store.documents())

    @cached_property
    def passages(self) -> list[Passage]:
        """The clauses that can be found, by position."""
        store = self.assistant.store
        return [p for id_ in store.source_digests() for p in passages(store.source(id_))]

    @cached_property
    def _clauses_of(self) -> dict[str, list[str]]:
        """Ids of the clauses of each text."""
        found: dict[str, list[str]] = defaultdict(list)
        for passage in self.passages:
            found[passage.clause.source_id].append(passage.clause.id)
        return found

    @cached_property
    def plain(self) -> ExactArrays:
        """The vectors of the data folder."""
        return ExactArrays(self._generation.arrays)

    def require_answers(self, cases: Iterable[Case]) -> None:
        """Raises ValueError where the folder lacks a clause that answers a question."""
        for id_, gold in ((case.id, gold) for case in cases for gold in case.gold):
            if not any(matches(clause, gold) for clause in self._clauses_of[gold.doc]):
                raise ValueError(
                    f"question {id_} is answered by {gold.doc} {gold.clause}, which {self._data} lacks: "
                    "name a folder into which the texts were ingested that the questions are about"
                )

    def asked(self, cases: Iterable[Case]) -> list[Asked]:
        """The questions that a search decides. Raises ValueError as :meth:`require_answers` does."""
        cases = list(cases)
        self.require_answers(cases)
        wording = Wording.load()
        every = np.arange(len(self.passages))
        found = []
        for case in tqdm(cases, desc="questions understood", file=sys.stderr):
            query = understand(case.as_question(), wording, self.assistant.index)
            search = self.assistant.retriever.search_for(query)
            if search is not None:
                words = self._lexical.scores(self._tokenizer.query_tokens(search.words))
                allowed = self._documents.passing(search.where)[self.plain.documents]
                found.append(Asked(case, search.topic, search.where, every, words, allowed))
        return found

    def narrowed(self, asked: Sequence[Asked], plain: Encoder, number: int) -> list[Asked]:
        """The questions asked of ``number`` clauses only: all answers (however many), those that come nearest to a
        question by the ``plain`` encoder and words, and as a half any others, always the same.

        Without these an encoder would pass that wrongly pulls up what the plain one leaves far below.
        """
        answers = self._answers(asked)
        near = self._by_nearness(self._read("clauses"), plain, asked)
        wanted = dict.fromkeys([*answers, *near])
        first = list(wanted)[: max(number // 2, len(answers))]
        others = np.random.default_rng(_SEED).permutation(len(self.passages))
        chosen = np.sort(list(dict.fromkeys([*first, *others]))[: max(number, len(answers))])
        return [
            replace(
                question,
                positions=chosen,
                words={name: scores[chosen] for name, scores in question.words.items()},
                allowed=question.allowed[chosen],
            )
            for question in asked
        ]

    def search(self, asked: Asked, vector: Floats, arrays: ExactArrays) -> Found:
        """What the product finds with these vectors, but for ChromaDB's approximation."""

        def nearest(n: int) -> Iterator[Positions]:
            found = arrays.nearest(asked.positions, vector, n)
            return (np.searchsorted(asked.positions, positions) for positions in found)

        rows = candidates(asked.words[FIELDS[0]], asked.allowed, 0, nearest)
        words = {name: scores[rows] for name, scores in asked.words.items()}
        positions = asked.positions[rows]
        channels = self._documents.channels(arrays, positions, vector, words, asked.where)
        ids = [self.passages[at].clause.id for at in positions]
        return Found(ids, channels.features(), dense_scores(channels))

    def nearest(self, asked: Asked, vector: Floats, arrays: VectorArrays, depth: int) -> list[str]:
        """Ids of the clauses nearest to a vector, whatever the words and places of the question."""
        scores = arrays.clause_scores(asked.positions, vector)
        order = np.argsort(-scores, kind="stable")[:depth]
        return [self.passages[at].clause.id for at in asked.positions[order]]

    def vectors(self, encoder: Encoder, folder: Path, asked: Sequence[Asked]) -> ExactArrays:
        """Vectors by ``encoder``, kept in ``folder``, for the clauses that the questions are asked of.

        Sentences have vectors of their own where their clause comes near to a question; the others, as those of
        short clauses, share the vector of their clause. Those of the plain encoder come from the data folder.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("starts.npy", "facts.npy"):
            (folder / name).unlink(missing_ok=True)
            (folder / name).symlink_to((self._generation.arrays / name).absolute())
        clauses = kept(folder / "clauses.npy", lambda: self._clauses(encoder, asked))
        kept(folder / "sentences.npy", lambda: self._sentences(clauses, encoder, asked))
        return ExactArrays(folder)

    def _clauses(self, encoder: Encoder, asked: Sequence[Asked]) -> Halves:
        if is_plain(encoder):
            return self._read("clauses")
        vectors = np.zeros((len(self.passages), encoder.dim), np.float16)
        wanted = asked[0].positions
        vectors[wanted] = encoded([self.passages[at].embedded for at in wanted], encoder, "clauses")
        return vectors

    def _sentences(self, clauses: Halves, encoder: Encoder, asked: Sequence[Asked]) -> Halves:
        starts = self._read("starts")
        vectors = np.repeat(clauses, np.diff(starts), axis=0)
        near = np.sort(self._by_nearness(clauses, encoder, asked))
        wanted = [at for at in near if self.passages[at].embedded_sentences]
        texts = [text for at in wanted for text in self.passages[at].embedded_sentences]
        if texts:
            rows = np.concatenate([np.arange(starts[at], starts[at + 1]) for at in wanted])
            vectors[rows] = (
                self._read("sentences")[rows] if is_plain(encoder) else encoded(texts, encoder, "sentences")
            )
        return vectors

    def _by_nearness(self, clauses: Halves, encoder: Encoder, asked: Sequence[Asked]) -> Positions:
        """Positions of the clauses that come near to any question, nearest first."""
        vectors = encoder.encode_queries([question.topic for question in asked])
        matrix = clauses.astype(np.float32)
        ranks = np.full(len(matrix), NEAR)
        for question, vector in zip(asked, vectors, strict=True):
            found = _near((matrix @ vector)[question.positions], question)
            ranks[found] = np.minimum(ranks[found], np.arange(len(found)))
        order = np.argsort(ranks, kind="stable")
        return order[ranks[order] < NEAR]

    def _answers(self, asked: Sequence[Asked]) -> list[int]:
        golds = [gold for question in asked for gold in question.case.gold]
        sources = {gold.doc for gold in golds}
        clauses = [(at, p.clause) for at, p in enumerate(self.passages) if p.clause.source_id in sources]
        return [at for at, clause in clauses if any(matches(clause.id, gold) for gold in golds)]

    def _read(self, name: str) -> NDArray[Any]:
        array: NDArray[Any] = np.load(self._generation.arrays / f"{name}.npy", mmap_mode="r")
        return array


def _near(cosines: Floats, asked: Asked) -> Positions:
    """Positions of the first clauses, best first, by the sum of cosine and BM25, each scaled from 0 to 1."""
    if not asked.allowed.any():
        return np.arange(0)
    words = share_of_best(asked.words[FIELDS[0]], asked.allowed)
    scores = np.where(asked.allowed, scaled(cosines, asked.allowed) + words, -np.inf)
    first = np.argsort(-scores, kind="stable")[:NEAR]
    return asked.positions[first[asked.allowed[first]]]
