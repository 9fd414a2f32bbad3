"""The journal of the data folder: what each ingest of the last days has changed of the clauses, a day's in one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.clause_changes import ClauseChanges, Difference, changes_of, difference, joined
from assistant.errors import AssistantError
from index.errors import IndexingError
from index.generations import Generation, current_generation, discard, hold
from index.manifest import read_manifest
from index.store import ClauseStore

FILE = "clause_changes.json"

KEPT = timedelta(days=30)
"""How long a change is kept."""


@dataclass(frozen=True, slots=True)
class _Day:
    """What the ingests of a day (UTC) have changed, and the time of the first one."""

    since: datetime
    clauses: Difference


_DAYS = TypeAdapter(tuple[_Day, ...])


class JournalError(AssistantError):
    """The journal of the clauses' changes cannot be read or written."""


def read_changes(data: Path) -> ClauseChanges | None:
    """What all ingests of the last 30 days come to; None where none has changed clauses.

    A clause that is again what it was before them has not changed.

    Raises:
        JournalError: the journal cannot be read.
    """
    if not (days := _recent(data)):
        return None
    clauses = reduce(joined, (day.clauses for day in days))
    return changes_of(clauses, days[0].since.strftime("%Y-%m-%dT%H:%MZ"))


def _recent(data: Path) -> tuple[_Day, ...]:
    """The days that are kept, oldest first."""
    file = data / FILE
    try:
        days = _DAYS.validate_json(file.read_bytes())
        return tuple(day for day in days if day.since > datetime.now(UTC) - KEPT)
    except FileNotFoundError:
        return ()
    except (OSError, ValidationError, TypeError) as error:  # a time without zone cannot be compared
        raise JournalError(
            f"条款变动记录“{file}”无法读取或已损坏；请删除它，下次导入（ingest）有变动时会重新写"
        ) from error


@contextmanager
def noting_changes(data: Path) -> Iterator[None]:
    """Keeps the journal of what is done meanwhile to the index of a data folder.

    Without an index that can be read there is nothing to compare with, and the journal stays. One that
    cannot be read gives way to a new one.

    Raises:
        JournalError: it cannot be written.
    """
    with ExitStack() as held:
        before = _present(data, held)
        yield
        after = current_generation(data)
        if before and before != after:
            with _clauses_of(before) as old, _clauses_of(after) as new:
                _note(data, difference(old, new))
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


def _note(data: Path, clauses: Difference) -> None:
    """Adds what has changed to the journal, which is written whole or not at all."""
    if not clauses:
        return
    days: tuple[_Day, ...] = ()
    with suppress(JournalError):
        days = _recent(data)
    now = datetime.now(UTC)
    if days and days[-1].since.date() == now.date():
        today = _Day(days[-1].since, joined(days[-1].clauses, clauses))
        days = days[:-1]
    else:
        today = _Day(now, clauses)
    _write(data, (*days, today))


def _write(data: Path, days: tuple[_Day, ...]) -> None:
    file, draft = data / FILE, data / f"{FILE}.new"
    try:
        draft.write_bytes(_DAYS.dump_json(days, indent=1))
        draft.replace(file)
    except OSError as error:
        raise JournalError(
            f"索引已更新，但条款变动记录“{file}”无法写入：{error.strerror}；请检查磁盘空间和权限"
        ) from error
