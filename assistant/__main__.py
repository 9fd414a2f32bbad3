"""The command line: ``python -m assistant COMMAND``.

Exit status: 0 done, 1 the check asked for did not hold, 2 wrong usage or bad input.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from assistant.checking.command import add_check
from assistant.comparing.command import add_compare
from assistant.doctor import add_doctor
from assistant.errors import PROBLEMS, UsageError
from assistant.evaluation.command import add_evaluate
from assistant.feedback.command import add_feedback
from assistant.settings import Settings, load_settings

if TYPE_CHECKING:  # each command imports what it needs
    from assistant.office.report import Imprint, Report
    from index.clause_index import ClauseIndex

DONE, NOT_HELD, BAD_INPUT = 0, 1, 2


_COMPLAINTS = {
    r"the following arguments are required: (.+)": r"缺少 \1",
    r"unrecognized arguments: (.+)": r"不认识“\1”",
    r"argument COMMAND: invalid choice: '(.*)' \(choose from (.+)\)": r"没有“\1”这个命令，可用 \2",
    r"argument (.+): invalid choice: '(.*)' \(choose from (.+)\)": r"\1 不能是“\2”，可用 \3",
    r"argument (.+): expected (?:one|at least one) argument": r"\1 后面缺少值",
    r"argument (.+): not allowed with argument (.+)": r"\1 不能与 \2 同用",
    r"argument (.+): invalid int value: '(.*)'": r"\1 的值“\2”不是整数",
}
"""What argparse says, in Chinese."""


class _Parser(argparse.ArgumentParser):
    """Wrong usage is one line in Chinese on standard error."""

    def error(self, message: str) -> NoReturn:
        for complaint, chinese in _COMPLAINTS.items():
            message = re.sub(complaint, chinese, message)
        raise UsageError(f"用法不对：{message}；请看 {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    try:
        options = _parser().parse_args(arguments)
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except PROBLEMS as error:
        _report(str(error))
        return BAD_INPUT
    except KeyboardInterrupt:
        _report("已中断")
        return BAD_INPUT
    except BrokenPipeError:  # the reader of a pipe has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _parser() -> argparse.ArgumentParser:
    common = _Parser(add_help=False)
    common.add_argument("--data", type=Path, metavar="DIR", help="数据文件夹（默认 .data）")
    as_json = _Parser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="在标准输出打印一个 JSON 文档")
    parser = _Parser(prog="python -m assistant", description="政策问答：每句话都有出处")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    ingest = commands.add_parser("ingest", parents=[common, as_json], help="使索引与政策文件一致")
    ingest.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="文件或文件夹（默认 corpus/texts）"
    )
    ingest.set_defaults(run=_ingest)

    ask = commands.add_parser("ask", parents=[common, as_json], help="提一个问题")
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument("--region", default="", metavar="R", help="只看一个地区，例如 大连")
    ask.add_argument(
        "--history", type=Path, metavar="FILE", help='之前的对话：[{"role", "content"}] 的 JSON 文件'
    )
    ask.add_argument("--evidence", type=Path, metavar="FILE", help="另写一份证据包（.docx）")
    ask.set_defaults(run=_ask)

    lookup = commands.add_parser("lookup", parents=[common, as_json], help="查一个条款，例如 吉林方案第12条")
    lookup.add_argument("reference", metavar="REFERENCE")
    lookup.add_argument("--evidence", type=Path, metavar="FILE", help="另写一份证据包（.docx）")
    lookup.set_defaults(run=_lookup)

    add_check(commands, common, as_json)
    add_compare(commands, common, as_json)
    add_evaluate(commands, common, as_json)
    add_feedback(commands, common, as_json)
    add_doctor(commands, common, as_json)

    serve = commands.add_parser("serve", parents=[common], help="启动网页，与 python app.py 相同")
    serve.add_argument("--host")
    serve.add_argument("--port", type=int)
    serve.set_defaults(run=_serve)
    return parser


def _settings(options: argparse.Namespace) -> Settings:
    return load_settings(data=options.data)


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _print_json(document: Any) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))


def _ingest(options: argparse.Namespace) -> int:
    from assistant.corpus_keeper import ingest

    report = ingest(_settings(options), options.paths, _report)
    if options.json:
        _print_json(report.as_json())
    else:
        print(report.as_text())
    return DONE


def _ask(options: argparse.Namespace) -> int:
    from assistant.answer_json import answer_json
    from assistant.history import read_history
    from assistant.model import Question
    from assistant.pipeline import PolicyAssistant, check_question
    from assistant.understanding import check_region

    history = read_history(options.history) if options.history else ()
    question = Question(options.question, options.region, history)
    check_question(question)
    check_region(options.region)
    assistant = PolicyAssistant.open(_settings(options), _report)
    answer = assistant.answer(question)
    if options.evidence:
        from assistant.office.evidence_report import answer_evidence

        imprint = _imprint(assistant.index)
        _write_evidence(answer_evidence(answer, assistant.store, imprint), options.evidence)
    if options.json:
        _print_json(answer_json(answer))
    else:
        print(*filter(None, (answer.notice, answer.text)), sep="\n")
        for citation in answer.citations:
            number = f"（{citation.number}）" if citation.number else ""
            place = f"{citation.region or '未注明地区'} · {citation.status}"
            print(f"[{citation.n}] 《{citation.document}》{number} {citation.label} · {place}")
        if answer.written_by:
            print(f"由语言模型 {answer.written_by} 撰写，逐句核对过原文")
    return DONE


def _lookup(options: argparse.Namespace) -> int:
    from assistant.clause_view import ClauseReader
    from assistant.corpus_keeper import open_index
    from assistant.lookup import ClauseFinder
    from assistant.lookup_json import lookup_json, lookup_text

    if not options.reference.strip():
        raise UsageError("要查的条款是空的；请写明文件和条号，例如“吉林方案第12条”")
    if re.search("[\ud800-\udfff]", options.reference):
        raise UsageError("要查的条款里有无法识别的字符（不是有效的 UTF-8）；请检查终端的编码后重新输入")
    index = open_index(_settings(options), _report, lambda _: None)
    store = index.store
    finder = ClauseFinder(store)
    found, reader = finder.lookup(options.reference), ClauseReader(store, finder)
    if options.evidence and found.matches:
        from assistant.office.evidence_report import clause_evidence

        report = clause_evidence(options.reference, found.matches, store, _imprint(index))
        _write_evidence(report, options.evidence)
    if options.json:
        _print_json(lookup_json(options.reference, found, store, reader))
    else:
        print(lookup_text(options.reference, found, store, reader))
    return DONE if found.matches else NOT_HELD


def _imprint(index: ClauseIndex) -> Imprint:
    from assistant.office.report import Imprint

    return Imprint(datetime.now().astimezone(), index.manifest.corpus_digest)


def _write_evidence(report: Report, file: Path) -> None:
    from assistant.office.word_writing import write_word

    if file.suffix.lower() != ".docx":
        raise UsageError(f"证据包是 Word 文件，不能写成“{file.name}”；请用 .docx 结尾的文件名")
    if file.exists():
        raise UsageError(f"“{file}”已存在，不会覆盖；请换一个文件名，或先移走它")
    try:
        file.write_bytes(write_word(report))
    except OSError as error:
        raise UsageError(f"证据包无法写入“{file}”：{error.strerror}；请换一个可写的位置") from error
    _report(f"证据包已写入 {file}")


def _serve(options: argparse.Namespace) -> int:
    import app

    given = {"--data": options.data, "--host": options.host, "--port": options.port}
    return app.main(
        [str(part) for name, value in given.items() if value is not None for part in (name, value)]
    )


if __name__ == "__main__":
    sys.exit(main())
