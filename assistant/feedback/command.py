"""The command ``feedback``: lists what users said about answers, and exports it as cases."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.settings import load_settings
from assistant.terminal import one_line

if TYPE_CHECKING:  # pydantic's models are not for every command
    from assistant.feedback.model import Feedback

_VERDICTS = {"up": "有用", "down": "没用"}


def add_feedback(
    commands: argparse._SubParsersAction[Any],
    common: argparse.ArgumentParser,
    as_json: argparse.ArgumentParser,
) -> None:
    """Adds ``feedback list`` and ``feedback export`` to the command line."""
    feedback = commands.add_parser("feedback", help="用户对回答的评价：列出，或导出为评测题目")
    actions = feedback.add_subparsers(required=True, metavar="ACTION")
    chosen = argparse.ArgumentParser(add_help=False)
    chosen.add_argument("--verdict", choices=tuple(_VERDICTS), help="只要这种评价")

    listing = actions.add_parser("list", parents=[common, as_json, chosen], help="列出评价")
    listing.set_defaults(run=_list)

    export = actions.add_parser("export", parents=[common, chosen], help="导出为评测题目")
    export.add_argument("file", type=Path, metavar="FILE", help="新文件：.jsonl、.csv 或 .xlsx")
    export.add_argument(
        "--id", type=int, nargs="+", action="extend", default=[], metavar="N", dest="ids", help="只要这些编号"
    )
    export.set_defaults(run=_export)


def _entries(options: argparse.Namespace, ids: list[int]) -> list[Feedback]:
    from assistant.feedback.model import Verdict
    from assistant.feedback.store import FeedbackStore

    store = FeedbackStore(load_settings(data=options.data).data)
    return store.entries(Verdict(options.verdict) if options.verdict else None, ids)


def _list(options: argparse.Namespace) -> int:
    entries = _entries(options, [])
    if options.json:
        print(json.dumps({"entries": [_as_json(entry) for entry in entries]}, ensure_ascii=False, indent=2))
    else:
        print("\n\n".join(map(_as_text, entries)) or "还没有这样的反馈")
    return 0


def _export(options: argparse.Namespace) -> int:
    from assistant.evaluation.sets.cases import UNCHECKED
    from assistant.feedback.export import export

    entries = _entries(options, options.ids)
    unchecked = export(entries, options.file)
    print(f"已把 {len(entries)} 条反馈写入 {options.file}", file=sys.stderr)
    if unchecked:
        print(f"其中 {unchecked} 条标有“{UNCHECKED}”：条款只是建议，请核对后再用", file=sys.stderr)
    return 0


def _as_json(entry: Feedback) -> dict[str, Any]:
    answer = entry.answer
    return {
        "id": entry.id,
        "time": entry.time,
        "verdict": entry.opinion.verdict.value,
        "comment": entry.opinion.comment,
        "question": answer.question,
        "region": answer.region,
        "history": list(answer.history),
        "status": answer.status.value,
        "text": answer.text,
        "citations": [{"clause": cited.clause, "quote": cited.quote} for cited in answer.citations],
        "clauses": dict(answer.digests),
        "versions": {name: value for name, value in asdict(answer.versions).items() if value},
    }


def _as_text(entry: Feedback) -> str:
    """A block of lines: what was asked, said and cited."""
    answer, opinion = entry.answer, entry.opinion
    place = f"（{answer.region}）" if answer.region else ""
    lines = [f"{entry.id}  {entry.time}  {_VERDICTS[opinion.verdict]}  {one_line(answer.question)}{place}"]
    lines += (f"    之前问：{one_line(turn)}" for turn in answer.history)
    if opinion.comment:
        lines.append(f"    评语：{one_line(opinion.comment)}")
    clauses = dict.fromkeys(cited.clause for cited in answer.citations)
    lines.append(f"    引用：{'、'.join(clauses)}" if clauses else f"    未作答：{one_line(answer.text)}")
    return "\n".join(lines)
