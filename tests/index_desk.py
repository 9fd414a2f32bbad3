"""A data folder with a small corpus beside it, for tests of the index."""

from __future__ import annotations

from pathlib import Path

from assistant.reference_links import citation_counts
from index.clause_index import ClauseIndex
from index.generations import current_generation
from index.model import Progress, UpdateReport
from index.updating import update
from index.vectors import VectorDatabase, collection_name
from tests.hashed_encoder import HashedEncoder, choice_of
from tests.small_corpus import DRAFT, PAY, write_corpus

BOTH = {"haizhou": PAY, "yunling": DRAFT}
QUESTION = "在乡镇卫生院工作满10年能直接取得副高级职称吗"


def ignore(stage: str, done: int, total: int) -> None:
    """No progress bar."""


class Desk:
    """A data folder with a corpus folder beside it, and the encoder that serves both."""

    def __init__(self, folder: Path) -> None:
        self.texts = folder / "texts"
        self.data = folder / "data"
        self.encoder = HashedEncoder()

    def ingest(
        self,
        texts: dict[str, str],
        catalog: str = "",
        *,
        progress: Progress = ignore,
        dictionary: Path | None = None,
        rebuild: bool = False,
    ) -> UpdateReport:
        sources = write_corpus(self.texts, texts, catalog)
        self.encoder.passages.clear()
        return update(
            self.data,
            sources,
            choice_of(self.encoder),
            progress,
            references=citation_counts,
            dictionary=dictionary,
            rebuild=rebuild,
        )

    def open(self) -> ClauseIndex:
        return ClauseIndex(self.data, choice_of(self.encoder))

    def records(self) -> int:
        """How many vectors the database of the present generation really holds."""
        database = VectorDatabase(current_generation(self.data).vectors(self.encoder.digest))
        names = (collection_name(kind, self.encoder.digest) for kind in ("clauses", "sentences"))
        return sum(len(database.collection(name, 0)) for name in names)
