"""The index of a data folder: look-ups at once, search as soon as a model is loaded."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from index.errors import IndexDamagedError, IndexingError, IndexMissingError
from index.generations import current_generation, discard, hold
from index.manifest import Manifest, read_manifest
from index.model import EncoderChoice, Filter, Hit
from index.store import ClauseStore
from index.tokens import Tokenizer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.searching import Searcher


class ClauseIndex:
    """One generation of the index, open. Any thread may use it.

    Look-ups in :attr:`store` need nothing else. Encoder, BM25 and vectors are loaded by the first
    search, or by :meth:`warm_up`.

    Args:
        data: the data folder.
        dictionary: word list of the user, see :mod:`index.tokens`.
        chroma_url: ChromaDB server that holds the vectors, where it is not the data folder.

    Raises:
        IndexMissingError: the data folder holds no index.
        IndexMismatchError: it was made with another encoder, dictionary or program version.
        IndexDamagedError: files are missing or altered. After any of these three,
            :func:`index.updating.update` with ``rebuild`` puts things right; the last two may also
            come from the first search.
        DictionaryError: ``dictionary`` cannot be read.
    """

    store: ClauseStore
    manifest: Manifest

    def __init__(
        self,
        data: Path,
        encoder: EncoderChoice,
        *,
        dictionary: Path | None = None,
        chroma_url: str | None = None,
    ) -> None:
        self._data = data
        self._encoder = encoder
        self._tokenizer = Tokenizer(dictionary)
        self._chroma_url = chroma_url
        self._searcher: Searcher | None = None
        self._is_checked = False
        self._lock = Lock()
        self._generation = current_generation(data)
        try:
            self._open()
        except IndexDamagedError:
            if self.is_current():
                raise
            self._generation = current_generation(data)  # an update has replaced it in this very moment
            self._open()

    def is_current(self) -> bool:
        """Whether this is still the generation in use: an update leaves an open index as it is."""
        try:
            return current_generation(self._data) == self._generation
        except (IndexMissingError, IndexDamagedError):
            return False

    def check(self) -> None:
        """Compares all files with what was written, as the first search does in any case.

        Raises:
            IndexDamagedError: one is missing or altered.
        """
        if not self._is_checked:
            self.manifest.check_files(self._generation.folder)
            self._is_checked = True

    def search(
        self, query: str, where: Filter | None = None, limit: int = 20, lexical_query: str | None = None
    ) -> list[Hit]:
        """The clauses that fit a query best, best first, ``limit`` at most.

        Args:
            query: what the encoder reads; a blank one finds nothing.
            where: leaves out clauses, before anything is ranked.
            lexical_query: what BM25 reads, where it is not ``query``: abbreviations written out,
                say, which an encoder does not need.

        Raises:
            IndexMismatchError: the encoder is not the one that made the vectors.
            IndexDamagedError: files are missing or altered.
        """
        return self._search().search(query, where or Filter(), limit, lexical_query or query)

    def features(
        self, query: str, where: Filter, lexical_query: str
    ) -> tuple[list[str], dict[str, NDArray[np.float32]]]:
        """Ids of the clauses that a search scores, and what the network of the fusion reads, by name.

        For fitting these weights; an index without a clause for ``where`` has none.
        """
        return self._search().features(query, where, lexical_query)

    def sentence_vectors(self, document_id: str) -> dict[str, NDArray[np.float32]]:
        """Vectors of the sentences of each clause of a document, by clause id: float32 ``[n_sentences, dim]``.

        They have unit length but for rounding. The index holds them, so no encoder is loaded.

        Raises:
            IndexDamagedError: files are missing or altered.
        """
        from index.arrays import VectorArrays  # numpy: not for a mere look-up

        self.check()
        arrays = VectorArrays(self._generation.arrays)
        positions = self.store.positions_of(document_id)
        return {clause_id: arrays.sentences(position) for clause_id, position in positions.items()}

    def corrected(self, text: str) -> str:
        """``text`` with unknown words that sound like words of the corpus corrected, for search."""
        return self._search().corrected(text)

    def segment(self, text: str) -> list[str]:
        """Words of ``text``, which joined are the text."""
        return self._tokenizer.segment(text)

    def frequency(self, word: str) -> int:
        """How many clauses hold ``word``, title and headings included; 0 for what is no search token."""
        return self._search().frequency(word)

    def known_share(self, text: str) -> float:
        """Share of the topic words of ``text`` that occur in the corpus, 0..1; 0 where it has none."""
        return self._search().known_share(text)

    def warm_up(self) -> None:
        """Loads all that search needs, so that the first question need not wait."""
        self._search().search(self.corrected("准备"), Filter(), 1, "准备")

    def close(self) -> None:
        """Releases files and connections, and deletes what an update has replaced meanwhile."""
        self.store.close()
        if self._searcher:
            self._searcher.close()
        self._hold.close()
        if not self.is_current():
            discard(self._generation)

    def _open(self) -> None:
        folder = self._generation.folder
        self._hold = hold(self._generation)
        try:
            self.manifest = read_manifest(folder)
            self.manifest.check(self._encoder.name, self._tokenizer.digest)
            self.manifest.check_files(folder, only=self._generation.store)
            self.store = ClauseStore(self._generation.store)
        except IndexingError:
            self._hold.close()
            raise

    def _search(self) -> Searcher:
        with self._lock:
            if self._searcher is None:
                from index.searching import Searcher  # numpy, chromadb: not for a mere look-up

                self.check()
                self._searcher = Searcher(
                    self._generation,
                    self.manifest,
                    self.store,
                    self._encoder.load(),
                    self._tokenizer,
                    self._chroma_url,
                )
            return self._searcher
