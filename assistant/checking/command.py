"""The command ``check``: are the quotations and references of a text right?"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import UsageError
from assistant.settings import load_settings

if TYPE_CHECKING:  # readers of Office files are not for every command
    from assistant.checking.report import PlaceOf

HELD, NOT_HELD = 0, 1


def add_check(
    commands: argparse._SubParsersAction[Any],
    common: argparse.ArgumentParser,
    as_json: argparse.ArgumentParser,
) -> None:
    """Adds ``check`` to the command line."""
    check = commands.add_parser(
        "check", parents=[common, as_json], help="核对一段文字或一个文件里的引文和引用"
    )
    what = check.add_mutually_exclusive_group()
    what.add_argument("text", nargs="?", default="", metavar="TEXT", help="要核对的文字")
    what.add_argument("--file", type=Path, metavar="F", help="要核对的文件：.txt、.md、.docx、.xlsx 或 .pdf")
    check.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from assistant.checking.checker import Checker
    from assistant.checking.model import Verdict
    from assistant.checking.report import check_json, check_text
    from assistant.corpus_keeper import open_store
    from assistant.lookup import ClauseFinder

    text, place_of = _given(options)
    store = open_store(load_settings(data=options.data), _report)
    items = Checker(store, ClauseFinder(store)).check(text)
    if options.json:
        print(json.dumps(check_json(items, place_of), ensure_ascii=False, indent=2))
    else:
        print(check_text(items, place_of))
    return HELD if all(item.verdict is Verdict.EXACT for item in items) else NOT_HELD


def _given(options: argparse.Namespace) -> tuple[str, PlaceOf | None]:
    """The text to check; of a file also what its places are called."""
    if options.file:
        from assistant.office.uploads import read_upload

        upload = read_upload(options.file)
        for remark in upload.remarks:
            _report(remark)
        return upload.text, upload.place_of
    if not options.text.strip():
        raise UsageError("要核对的文字是空的；请给出引文或引用，例如“大连意见（十七）”，或用 --file 给出文件")
    if re.search("[\ud800-\udfff]", options.text):
        raise UsageError("要核对的文字里有无法识别的字符（不是有效的 UTF-8）；请检查终端的编码后重新输入")
    return options.text, None


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
