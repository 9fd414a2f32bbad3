"""The journal of the data folder: what the last ingest that changed clauses has changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.clause_changes import ClauseChanges, compare_clauses
from assistant.errors import AssistantError
from index.errors import IndexingError
from index.generations import Generation, current_generation, discard, hold
from index.manifest import read_manifest
from index.store import ClauseStore

FILE = "clause_changes.json"

_CHANGES = TypeAdapter(ClauseChanges)


class JournalError(AssistantError):
    """The journal of the clauses' changes cannot be read or written."""


def read_changes(data: Path) -> ClauseChanges | None:
    """The journal of a data folder; None before the first ingest that changed clauses.

    Raises:
        JournalError: it cannot be read.
    """
    file = data / FILE
    try:
        return _CHANGES.validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise JournalError(
            f"条款变动记录“{file}”无法读取或已损坏；请删除它，下次导入（ingest）有变动时会重新写"
        ) from error


@contextmanager
def noting_changes(data: Path) -> Iterator[None]:
    """Keeps the journal of what is done meanwhile to the index of a data folder.

    Without an index that can be read there is nothing to compare with, and the earlier journal stays.

    Raises:
        JournalError: it cannot be written.
    """
    with ExitStack() as held:
        before = _present(data, held)
        yield
        after = current_generation(data)
        if before and before != after:
            with _clauses_of(before) as old, _clauses_of(after) as new:
                _write(data, compare_clauses(old, new))
    if before and before != after:
        discard(before)


def _present(data: Path, held: ExitStack) -> Generation | None:
    """The generation in use, kept from deletion; None where it is missing or unfit."""
    try:
        with ExitStack() as holding:
            generation = current_generation(data)
            holding.enter_context(hold(generation))
            read_manifest(generation.folder).check_files(generation.folder, only=generation.store)
            held.push(holding.pop_all())
            return generation
    except IndexingError:
        return None


def _clauses_of(generation: Generation) -> closing[ClauseStore]:
    return closing(ClauseStore(generation.store))


def _write(data: Path, changes: ClauseChanges) -> None:
    """The journal, whole or not at all; changes of nothing leave the earlier one."""
    if not (changes.changed or changes.vanished or changes.renumbered or changes.added):
        return
    file, draft = data / FILE, data / f"{FILE}.new"
    try:
        draft.write_text(json.dumps(asdict(changes), ensure_ascii=False, indent=1), encoding="utf-8")
        draft.replace(file)
    except OSError as error:
        raise JournalError(
            f"索引已更新，但条款变动记录“{file}”无法写入：{error.strerror}；请检查磁盘空间和权限"
        ) from error
