"""Which cases and stored answers rest on clauses that have changed or vanished."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from assistant.change_journal import KEPT
from assistant.clause_changes import ClauseChanges
from assistant.clause_digests import clause_digests
from assistant.evaluation.metrics import without_paragraph
from assistant.evaluation.run_folder import StoredRun
from assistant.evaluation.sets.cases import Case, GoldClause
from assistant.feedback.model import Feedback
from assistant.terminal import one_line
from index.store import ClauseStore


class Fate(StrEnum):
    """What became of a clause."""

    CHANGED = "changed"
    RENUMBERED = "renumbered"  # its words stand under another path
    VANISHED = "vanished"


_TOLD = {Fate.CHANGED: "已改动", Fate.RENUMBERED: "改为 {now}", Fate.VANISHED: "已删除"}


@dataclass(frozen=True, slots=True)
class ChangedClause:
    """A clause that is not what it was; ``now`` is the id of a renumbered one."""

    clause: str
    fate: Fate
    now: str = ""

    def __str__(self) -> str:
        return f"{self.clause} {_TOLD[self.fate].format(now=self.now)}"


@dataclass(frozen=True, slots=True)
class Affected:
    """A case or a stored answer, and the clauses that it rests on no longer."""

    id: str
    question: str
    clauses: tuple[ChangedClause, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """What rests on changed clauses: cases by their gold clauses, answers by what they cite.

    ``since`` is the time of the first change that the journal holds, "" where it holds none; answers of the
    baseline are None where none was given.
    """

    since: str
    cases: tuple[Affected, ...]
    run_answers: tuple[Affected, ...] | None  # of the baseline, by case
    judged_answers: tuple[Affected, ...]  # of the feedback, by number of the entry

    def as_json(self) -> dict[str, Any]:
        """For ``evaluate --impact --json``."""
        return asdict(self)

    def as_text(self) -> str:
        """Everything that is affected, with its clauses, and the sums."""
        groups = {
            "题目": self.cases,
            "基线中的回答": self.run_answers,
            "用户评价过的回答": self.judged_answers,
        }
        since = f"{self.since} 以来的条款变动" if self.since else f"最近 {KEPT.days} 天没有条款变动的导入记录"
        asked = {name: group for name, group in groups.items() if group is not None}
        return "\n".join([since, *(line for name, group in asked.items() for line in _listed(name, group))])


def impact(
    cases: Sequence[Case],
    store: ClauseStore,
    *,
    journal: ClauseChanges | None = None,
    baseline: StoredRun | None = None,
    feedback: Iterable[Feedback] = (),
) -> Impact:
    """What the changes of the clauses mean for cases and stored answers.

    Digests that the baseline or an entry of the feedback holds are compared with the clauses of today; for
    clauses of which neither knows anything the journal decides.
    """
    noted = _noted(journal) if journal else {}
    compared = _compared(baseline.clauses, store, noted) if baseline else {}
    tables = _by_path(compared), _by_path(noted)
    return Impact(
        journal.since if journal else "",
        _affected((case.id, case.question, _of_gold(case.gold, tables)) for case in cases),
        _affected(_of_run(baseline, compared)) if baseline else None,
        _affected(
            (str(entry.id), entry.answer.question, _compared(entry.answer.digests, store, noted).values())
            for entry in feedback
        ),
    )


_Fates = Mapping[str, ChangedClause | None]
"""What became of clauses by id; None for one that is what it was."""

_Table = Mapping[tuple[str, str], Sequence[ChangedClause | None]]
"""The same by source and path, and by source and each end of the path, as gold clauses may be written."""


_Resting = tuple[str, str, Iterable[ChangedClause | None]]
"""Id and question, and what became of the clauses beneath."""


def _noted(journal: ClauseChanges) -> dict[str, ChangedClause]:
    changed = {clause: ChangedClause(clause, Fate.CHANGED) for clause in journal.changed}
    vanished = {clause: ChangedClause(clause, Fate.VANISHED) for clause in journal.vanished}
    moved = {
        clause: ChangedClause(clause, Fate.RENUMBERED, now) for clause, now in journal.renumbered.items()
    }
    return changed | vanished | moved


def _compared(digests: Mapping[str, str], store: ClauseStore, noted: _Fates) -> _Fates:
    """Stored digests against the clauses of today; of what differs the journal may know more."""
    today = clause_digests(digests, store)

    def fate(clause: str) -> ChangedClause:
        return ChangedClause(clause, Fate.CHANGED if clause in today else Fate.VANISHED)

    return {
        clause: None if today.get(clause) == digest else noted.get(clause) or fate(clause)
        for clause, digest in digests.items()
    }


def _by_path(fates: _Fates) -> _Table:
    table: dict[tuple[str, str], list[ChangedClause | None]] = {}
    for clause, fate in fates.items():
        source, _, path = clause.partition(":")
        parts = path.split("/")
        for first in range(len(parts)):
            table.setdefault((source, "/".join(parts[first:])), []).append(fate)
    return table


def _of_gold(gold: Iterable[GoldClause], tables: Iterable[_Table]) -> Iterator[ChangedClause | None]:
    """What became of gold clauses, each by the first table that knows it."""
    for item in gold:
        name = item.doc, without_paragraph(item.clause)
        yield from next((table[name] for table in tables if name in table), ())


def _of_run(run: StoredRun, fates: _Fates) -> Iterator[_Resting]:
    """The answers of a run with what became of the clauses that they cite."""
    for output in run.outputs():
        if answer := output.get("answer"):
            cited = (without_paragraph(citation["clause"]) for citation in answer["citations"])
            yield output["id"], answer["question"], map(fates.get, cited)


def _affected(resting: Iterable[_Resting]) -> tuple[Affected, ...]:
    """Those of which at least one clause is not what it was."""
    found = (
        Affected(name, question, tuple(dict.fromkeys(filter(None, clauses))))
        for name, question, clauses in resting
    )
    return tuple(item for item in found if item.clauses)


def _listed(name: str, group: Sequence[Affected]) -> Iterator[str]:
    yield f"{name}：{len(group)} 个受影响" if group else f"{name}：没有受影响的"
    for item in group:
        yield f"  {item.id}  {one_line(item.question)}"
        yield from (f"      {clause}" for clause in item.clauses)
