"""The command ``compare``: two documents clause by clause."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from assistant.errors import UsageError
from assistant.settings import load_settings


def add_compare(
    commands: argparse._SubParsersAction[Any],
    common: argparse.ArgumentParser,
    as_json: argparse.ArgumentParser,
) -> None:
    """Adds ``compare A B`` to the command line."""
    compare = commands.add_parser(
        "compare", parents=[common, as_json], help="逐条对照两份文件，例如 大连意见 吉林方案"
    )
    compare.add_argument("left", metavar="A", help="标题、文号、别名、来源编号，或法律名称加日期")
    compare.add_argument("right", metavar="B")
    compare.set_defaults(run=_compare)


def _compare(options: argparse.Namespace) -> int:
    from assistant.comparing.comparison import compare
    from assistant.comparing.comparison_json import comparison_json
    from assistant.comparing.comparison_text import comparison_text
    from assistant.comparing.names import named_document
    from assistant.corpus_keeper import open_index

    index = open_index(load_settings(data=options.data), _report, lambda _: None)
    left, right = (named_document(index.store, name) for name in (options.left, options.right))
    if left.id == right.id:
        raise UsageError(f"“{options.left}”和“{options.right}”是同一份文件；请写两份不同的文件")
    comparison = compare(index, left, right)
    if options.json:
        print(json.dumps(comparison_json(comparison, index.store), ensure_ascii=False, indent=2))
    else:
        print(comparison_text(comparison))
    return 0


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
