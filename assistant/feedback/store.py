"""The feedback of a data folder, in one SQLite file that several processes and threads may write."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import TypeAdapter, ValidationError

from assistant.errors import AssistantError
from assistant.feedback.model import Feedback, JudgedAnswer, Opinion, Verdict

FILE = "feedback.sqlite3"
_SCHEMA = 1
_TABLES = f"""
PRAGMA journal_mode = WAL;
CREATE TABLE feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, verdict TEXT NOT NULL, comment TEXT NOT NULL,
    answer TEXT NOT NULL
);
PRAGMA user_version = {_SCHEMA};
"""
"""``answer`` is a :class:`JudgedAnswer` as JSON. Ids are never used again, since cases are named after them."""

_PATIENCE = 20
"""Seconds to wait for other writers."""

_ANSWER = TypeAdapter(JudgedAnswer)


class FeedbackError(AssistantError):
    """The feedback cannot be read or written, or does not hold what was asked for."""


class FeedbackStore:
    """Entries by id, counted from 1. The file is made by the first entry."""

    def __init__(self, data: Path) -> None:
        self._file = data / FILE

    def add(self, opinion: Opinion, answer: JudgedAnswer) -> int:
        """Stores an entry; gives its id.

        Raises:
            FeedbackError: the file is damaged, of a newer program, or cannot be written.
        """
        row = _now(), opinion.verdict, opinion.comment, _ANSWER.dump_json(answer).decode()
        with self._database(create=True) as database:
            done = database.execute(
                "INSERT INTO feedback (time, verdict, comment, answer) VALUES (?, ?, ?, ?)", row
            )
            return done.lastrowid or 0

    def revise(self, entry: int, opinion: Opinion) -> bool:
        """Whether there still is an entry of this id, which then holds the new opinion.

        Raises:
            FeedbackError: the file is damaged, of a newer program, or cannot be written.
        """
        with self._database(create=True) as database:
            done = database.execute(
                "UPDATE feedback SET verdict = ?, comment = ? WHERE id = ?",
                (opinion.verdict, opinion.comment, entry),
            )
            return done.rowcount > 0

    def entries(self, verdict: Verdict | None = None, ids: Collection[int] = ()) -> list[Feedback]:
        """Entries in the order in which they came: all, those of a verdict, or those of these ids.

        Raises:
            FeedbackError: an id is not there; the file is damaged or of a newer program.
        """
        found = [entry for entry in self._all() if verdict in (None, entry.opinion.verdict)]
        missing = sorted(set(ids) - {entry.id for entry in found})
        if missing:
            among = "符合条件的反馈" if verdict else "反馈"
            raise FeedbackError(
                f"{among}中没有编号 {'、'.join(map(str, missing))}；请用 feedback list 查看有哪些"
            )
        return [entry for entry in found if not ids or entry.id in ids]

    def _all(self) -> list[Feedback]:
        if not self._file.exists():
            return []
        with self._database() as database:
            rows = database.execute("SELECT id, time, verdict, comment, answer FROM feedback ORDER BY id")
            return [self._entry(*row) for row in rows]

    def _entry(self, entry: int, time: str, verdict: str, comment: str, answer: str) -> Feedback:
        try:
            opinion = Opinion(Verdict(verdict), comment)
            return Feedback(entry, time, opinion, _ANSWER.validate_json(answer))
        except (ValueError, ValidationError) as error:
            raise self._damaged(f"第 {entry} 条看不懂") from error

    @contextmanager
    def _database(self, *, create: bool = False) -> Iterator[sqlite3.Connection]:
        """An open database in a transaction of its own."""
        try:
            if create and not self._file.exists():
                self._create()
            with closing(sqlite3.connect(self._file, timeout=_PATIENCE)) as database, database:
                self._check(database)
                yield database
        except sqlite3.OperationalError as error:
            raise self._unusable(str(error)) from error
        except sqlite3.DatabaseError as error:
            raise self._damaged(str(error)) from error
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from error

    def _create(self) -> None:
        """Puts the whole file there in one step; whoever comes second finds it done."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self._file.parent) as folder:
            draft = Path(folder) / FILE
            with closing(sqlite3.connect(draft)) as database:
                database.executescript(_TABLES)
            with suppress(FileExistsError):
                os.link(draft, self._file)

    def _check(self, database: sqlite3.Connection) -> None:
        [(schema,)] = database.execute("PRAGMA user_version")
        if schema > _SCHEMA:
            raise FeedbackError(
                f"反馈库“{self._file}”的格式是 {schema}，本程序只认识到 {_SCHEMA}；请更新程序，或用 --data 另选数据文件夹"
            )
        if schema < _SCHEMA:
            raise self._damaged("里面没有反馈")

    def _damaged(self, reason: str) -> FeedbackError:
        return FeedbackError(f"反馈库“{self._file}”已损坏（{reason}）；请把它移到别处保存，之后会新建一个")

    def _unusable(self, reason: str) -> FeedbackError:
        return FeedbackError(f"反馈库“{self._file}”无法使用（{reason}）；请检查磁盘空间和权限，然后重试")


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ")
