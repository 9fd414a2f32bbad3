"""The clauses that training works on: an ingested corpus of laws and the policies, with their plain vectors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.metrics import matches
from assistant.evaluation.sets.cases import GoldClause
from corpus.library import find_sources, load
from corpus.model import Clause, PolicyDocument
from index.encoder import Encoder
from index.passages import passages
from index.store import ClauseStore
from index.tokens import Tokenizer
from training.vectors import plain_generation

POLICIES = Path(__file__).parent.parent / "corpus" / "texts"

Vectors = NDArray[np.float32]


class Collection:
    """All clauses that can be found, by position: those of the laws as in their index, behind them the policies'.

    Args:
        store: the ingested laws.
        law_vectors: file of their vectors by position.
    """

    def __init__(self, store: ClauseStore, law_vectors: Path) -> None:
        self.store = store
        self.passages = [p for id_ in store.source_digests() for p in passages(store.source(id_))]
        self.laws = len(self.passages)
        self.tokenizer = Tokenizer()
        self._law_vectors = law_vectors
        self._documents = {document.id: document for document in store.documents()}
        for source in map(load, find_sources([POLICIES])):
            self.passages += passages(source)
            self._documents.update({document.id: document for document in source.documents})
        self._at = {passage.clause.id: at for at, passage in enumerate(self.passages)}

    @classmethod
    def open(cls, data: Path) -> Self:
        """The laws in a data folder. Raises ValueError where another encoder than the plain one made its vectors."""
        generation = plain_generation(data)
        return cls(ClauseStore(generation.store), generation.arrays / "clauses.npy")

    def __len__(self) -> int:
        return len(self.passages)

    def text(self, position: int) -> str:
        """What the encoder reads for a clause."""
        return self.passages[position].embedded

    def clause(self, position: int) -> Clause:
        """The clause at a position."""
        return self.passages[position].clause

    def document(self, position: int) -> PolicyDocument:
        """The document of a clause."""
        return self._documents[self.passages[position].clause.document_id]

    def vectors(self, encoder: Encoder) -> Vectors:
        """Vectors of all clauses by the plain encoder, float32 [n, dim]: the index has those of the laws."""
        policies = encoder.encode_passages([p.embedded for p in self.passages[self.laws :]])
        return np.concatenate([np.load(self._law_vectors).astype(np.float32), policies])

    def of_document(self, document_id: str) -> list[int]:
        """Positions of the clauses of a document."""
        return self._by_document[document_id]

    def under(self, position: int) -> frozenset[int]:
        """Positions of the clauses that stand under the same headings as one, with itself."""
        clause = self.clause(position)
        beside = self.of_document(clause.document_id)
        return frozenset(at for at in beside if self.clause(at).ancestors == clause.ancestors)

    def at(self, clause_ids: Iterable[str]) -> list[int]:
        """Positions of the clauses of these ids that can be found."""
        return [self._at[id_] for id_ in clause_ids if id_ in self._at]

    def answering(self, gold: Iterable[GoldClause]) -> list[int]:
        """Positions of gold clauses."""
        return [
            at
            for item in gold
            for at in self._by_source[item.doc]
            if matches(self.passages[at].clause.id, item)
        ]

    def documents_headed(self, heading: str) -> int:
        """How many documents have a division or clause of this heading."""
        return self._headings[heading]

    def titled(self, title: str) -> str | None:
        """Id of the document that a text calls by this title: the latest of several, None where there is none."""
        found = self._by_title.get(plain_title(title), [])
        return max(found, key=lambda document: document.date).id if found else None

    @cached_property
    def _by_document(self) -> dict[str, list[int]]:
        return self._grouped(lambda clause: clause.document_id)

    @cached_property
    def _by_source(self) -> dict[str, list[int]]:
        return self._grouped(lambda clause: clause.source_id)

    def _grouped(self, key: Callable[[Clause], str]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for at, passage in enumerate(self.passages):
            found[key(passage.clause)].append(at)
        return found

    @cached_property
    def _headings(self) -> Counter[str]:
        clauses = [passage.clause for passage in self.passages]
        found = {(c.document_id, heading) for c in clauses for heading in (*c.ancestors, c.heading)}
        return Counter(heading for _, heading in found)

    @cached_property
    def _by_title(self) -> dict[str, list[PolicyDocument]]:
        found: dict[str, list[PolicyDocument]] = defaultdict(list)
        for document in self._documents.values():
            found[plain_title(document.title)].append(document)
        return found


def plain_title(title: str) -> str:
    """A title as people say it."""
    return title.removeprefix("中华人民共和国").strip("《》 ")
