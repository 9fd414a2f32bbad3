"""Keeps the index of the data folder in step with the policy files, and rebuilds what is unfit."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from tqdm import tqdm

from assistant.change_journal import noting_changes
from assistant.reference_links import citation_counts
from assistant.settings import Settings
from corpus import library
from corpus.errors import CorpusError, UnreadableSourceError
from corpus.library import SourceFile
from index.clause_index import ClauseIndex
from index.errors import IndexDamagedError, IndexMismatchError, IndexMissingError
from index.model import Change, EncoderChoice, PendingSource, Progress, TextEncoder, UpdateReport
from index.store import ClauseStore

Report = Callable[[str], None]

_PATHS = "sources.json"
"""Remembers in the data folder what was ingested, so that the same can be rebuilt."""

_CHANGES = {
    Change.ADDED: "新增",
    Change.UPDATED: "更新",
    Change.UNCHANGED: "未变",
    Change.REMOVED: "移除",
}


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What bringing the index in step did, source by source."""

    update: UpdateReport

    def as_json(self) -> dict[str, Any]:
        """For ``ingest --json``."""
        return {
            "sources": [
                {"source": item.source_id, "change": item.change.value, "clauses": item.clauses}
                for item in self.update.sources
            ],
            "embedded": self.update.embedded,
            "rebuilt": self.update.rebuilt,
        }

    def as_text(self) -> str:
        """A line a changed source, and the sum."""
        changed = [item for item in self.update.sources if item.change is not Change.UNCHANGED]
        lines = [f"{_CHANGES[item.change]}  {item.source_id}（{item.clauses} 条）" for item in changed]
        kept = [item for item in self.update.sources if item.change is not Change.REMOVED]
        total = sum(item.clauses for item in kept)
        return "\n".join([*lines, f"共 {len(kept)} 个来源、{total} 条；{len(changed)} 个有变动"])


def ingest(settings: Settings, paths: Sequence[Path], report: Report) -> IngestReport:
    """Makes the index hold exactly the given files and folders, by default those of the settings."""
    wanted = tuple(paths) or settings.texts
    done = _update(settings, library.find_sources(wanted), rebuild=False)
    _remember(settings.data, paths)
    report(_outcome(done))
    return IngestReport(done)


def open_index(settings: Settings, report: Report, prepare: Callable[[ClauseIndex], None]) -> ClauseIndex:
    """The index of the data folder; where it is missing or unfit, says so and builds it from the sources.

    ``prepare`` does with the index what it must be fit for, such as :meth:`ClauseIndex.check`.
    """
    try:
        return _opened(settings, prepare)
    except IndexMissingError:
        report("还没有索引，正在从政策文件建立……")
    except (IndexMismatchError, IndexDamagedError) as error:
        report(f"{error}。正在从政策文件重建……")
    _update(settings, library.find_sources(_remembered(settings.data) or settings.texts), rebuild=True)
    return _opened(settings, prepare)


def _opened(settings: Settings, prepare: Callable[[ClauseIndex], None]) -> ClauseIndex:
    index = ClauseIndex(
        settings.data,
        encoder_choice(settings),
        dictionary=settings.dictionary,
        chroma_url=settings.chroma_url,
    )
    prepare(index)
    return index


def keep_in_step(settings: Settings, report: Report) -> None:
    """Brings the index in step with files that have changed; one that cannot be read leaves it as it was.

    A process of its own does the work and takes its memory along when it ends, so that a server stays small.
    """
    report("核对索引与政策文件（首次运行需建立索引，约半分钟）……")
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
            done = apart.submit(ingest, settings, _remembered(settings.data), _report_nothing).result()
        report(_outcome(done.update))
    except CorpusError as error:
        report(f"{error}。暂用已有的索引")


def _report_nothing(_: str) -> None:
    """The process that works apart leaves the reporting to its parent."""


def _outcome(done: UpdateReport) -> str:
    return "索引已更新" if done.rebuilt else "索引与政策文件一致，无需改动"


def open_store(settings: Settings, report: Report) -> ClauseStore:
    """The clauses of the data folder, without any model."""
    return open_index(settings, report, lambda _: None).store


def encoder_choice(settings: Settings) -> EncoderChoice:
    """The encoder that the settings name; its libraries are imported when it is loaded."""
    return EncoderChoice(settings.encoder, partial(_encoder, settings.encoder, settings.data / "encoder"))


@cache
def _encoder(name: str, folder: Path) -> TextEncoder:
    """One model for a process that builds an index and then searches it."""
    from index.encoder import Encoder

    return Encoder.load(name, folder)


def _update(settings: Settings, sources: Iterable[SourceFile], *, rebuild: bool) -> UpdateReport:
    from index.updating import update  # numpy, chromadb: not for a mere look-up

    pending = [
        PendingSource(source.id, library.digest(source), partial(library.load, source)) for source in sources
    ]
    with noting_changes(settings.data), _Bar() as bar:
        return update(
            settings.data,
            pending,
            encoder_choice(settings),
            bar.show,
            references=citation_counts,
            dictionary=settings.dictionary,
            chroma_url=settings.chroma_url,
            rebuild=rebuild,
        )


class _Bar:
    """Progress bars on standard error, one a stage."""

    def __init__(self) -> None:
        self._bar: tqdm[Any] | None = None
        self._stage = ""
        self.show: Progress = self._show

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def _show(self, stage: str, done: int, total: int) -> None:
        if self._bar is None or self._stage != stage:
            self.__exit__()
            self._stage = stage
            self._bar = tqdm(total=total, desc=stage, file=sys.stderr, leave=False, disable=None)
        self._bar.update(done - self._bar.n)


def _remember(data: Path, paths: Sequence[Path]) -> None:
    text = json.dumps([str(path.absolute()) for path in paths], ensure_ascii=False)
    (data / _PATHS).write_text(text, encoding="utf-8")


def _remembered(data: Path) -> tuple[Path, ...]:
    """What was ingested last; () for the texts of the settings.

    Nothing else may take the place of paths that are not known or not there: an index of the user's
    policies would silently become one of the shipped ones.
    """
    file = data / _PATHS
    if not file.exists():
        return ()
    try:
        return tuple(map(Path, TypeAdapter(list[str]).validate_json(file.read_bytes())))
    except (OSError, ValidationError) as error:
        raise UnreadableSourceError(
            f"“{file}”已损坏，看不出索引由哪些政策文件建立；请用 ingest 重新指定文件或文件夹"
        ) from error
