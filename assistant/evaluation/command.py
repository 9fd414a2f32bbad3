"""The command ``evaluate``: runs a set of questions, compares with a baseline and checks the gates."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from assistant.errors import UsageError
from assistant.settings import Settings, load_settings

if TYPE_CHECKING:  # other commands need not wait for libraries of statistics and reports
    from assistant.evaluation.measuring import Measure
    from assistant.evaluation.results import Comparison, GateResult
    from assistant.evaluation.run import Progress
    from assistant.evaluation.run_folder import StoredRun
    from assistant.evaluation.sets.cases import Case
    from assistant.pipeline import PolicyAssistant
    from index.store import ClauseStore

HELD, NOT_HELD = 0, 1


def add_evaluate(
    commands: argparse._SubParsersAction[Any],
    common: argparse.ArgumentParser,
    as_json: argparse.ArgumentParser,
) -> None:
    """Adds ``evaluate`` to the command line."""
    evaluate = commands.add_parser("evaluate", parents=[common, as_json], help="用一组题目评测，并与基线比较")
    evaluate.add_argument("cases", type=Path, metavar="CASES", help="题目文件：.jsonl、.csv 或 .xlsx")
    evaluate.add_argument("--baseline", type=Path, metavar="RUN", help="与之前 --out 写出的文件夹比较")
    evaluate.add_argument(
        "--gates", type=Path, metavar="FILE", help="门槛文件（TOML）；默认不得比基线差 0.02 以上"
    )
    evaluate.add_argument(
        "--out", type=Path, metavar="DIR", help="结果和报告写入文件夹；中断后用同样的命令接着评测"
    )
    what = evaluate.add_mutually_exclusive_group()
    what.add_argument("--retrieval-only", action="store_true", help="只评测检索")
    what.add_argument("--new-case", metavar="QUESTION", help="不评测，为这个问题写一道新题，加入题目文件")
    what.add_argument("--impact", action="store_true", help="不评测，列出因政策文件变动而受影响的题目和回答")
    evaluate.add_argument(
        "--judge", action="store_true", help="另请语言模型评忠实与完整（需设置 POLICY_LLM_MODEL）"
    )
    evaluate.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if options.impact:
        return _impact(options)
    if options.new_case is not None:
        return _new_case(options)
    return _evaluate(options)


def _evaluate(options: argparse.Namespace) -> int:
    from assistant.evaluation import gates
    from assistant.evaluation.comparison import check_comparable, compare
    from assistant.evaluation.results import Mode
    from assistant.evaluation.run import evaluate
    from assistant.evaluation.run_folder import load_run
    from assistant.pipeline import PolicyAssistant
    from index.clause_index import ClauseIndex

    settings = load_settings(data=options.data)
    mode = Mode.RETRIEVAL if options.retrieval_only else Mode.ANSWERS
    limits = gates.load(options.gates) if options.gates else gates.DEFAULT
    gates.check_mode(limits, mode)
    baseline = load_run(options.baseline) if options.baseline else None
    if baseline:
        check_comparable(mode, baseline)
    assistant = PolicyAssistant.open(settings, _report, ClauseIndex.check)
    cases = _checked_cases(options.cases, assistant.store)
    measure = _measure(options, assistant, settings)
    assistant.index.warm_up()
    with _folder(options.out) as folder:
        with _bar() as progress:
            run = evaluate(cases, measure, folder, progress)
        comparison = compare(run, baseline) if baseline else None
        results = gates.check(limits, run, baseline)
        if options.out:
            _write_reports(run, assistant.store, baseline, comparison, results)
        _tell(run, comparison, results, as_json=options.json)
    return HELD if all(result.holds for result in results) else NOT_HELD


def _measure(options: argparse.Namespace, assistant: PolicyAssistant, settings: Settings) -> Measure:
    from assistant.evaluation.judge import Judge
    from assistant.evaluation.measuring import AnswerMeasure, RetrievalMeasure
    from assistant.language_model import LanguageModel

    if options.judge and options.retrieval_only:
        raise UsageError("--judge 评的是答案，--retrieval-only 没有答案；请去掉其中一个")
    if options.retrieval_only:
        return RetrievalMeasure(assistant, settings)
    judge = Judge.load(LanguageModel.load(settings), assistant.store) if options.judge else None
    return AnswerMeasure(assistant, settings, judge)


def _impact(options: argparse.Namespace) -> int:
    from assistant.change_journal import read_changes
    from assistant.corpus_keeper import open_store
    from assistant.evaluation.impact import impact
    from assistant.evaluation.run_folder import load_run
    from assistant.evaluation.sets.cases import load_cases
    from assistant.feedback.store import FeedbackStore

    settings = load_settings(data=options.data)
    found = impact(
        load_cases(options.cases),  # without the corpus: a gold clause that is gone is what is looked for
        open_store(settings, _report),
        journal=read_changes(settings.data),
        baseline=load_run(options.baseline) if options.baseline else None,
        feedback=FeedbackStore(settings.data).entries(),
    )
    print(_json(found.as_json()) if options.json else found.as_text())
    return HELD


def _new_case(options: argparse.Namespace) -> int:
    from assistant.evaluation.sets.authoring import dialogue
    from assistant.model import Question
    from assistant.pipeline import PolicyAssistant, check_question

    question = Question(options.new_case)
    check_question(question)
    assistant = PolicyAssistant.open(load_settings(data=options.data), _report)
    case = dialogue(assistant, question, options.cases, _ask, _report)
    if options.json:
        print(case.model_dump_json())
    return HELD


def _ask(prompt: str) -> str:
    """A line of standard input; standard output is for what was asked for."""
    print(prompt, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


def _checked_cases(path: Path, store: ClauseStore) -> Sequence[Case]:
    """The cases of a file; what is odd about them is told, what is wrong with them is an error."""
    from assistant.evaluation.sets.cases import read_cases

    found = read_cases(path, store)
    for warning in found.warnings:
        _report(warning)
    return found.cases


@contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    if out:
        yield out
        return
    with TemporaryDirectory(prefix="policy-evaluation-") as folder:
        yield Path(folder)


@contextmanager
def _bar() -> Iterator[Progress]:
    """A progress bar that starts with the cases that are done already."""
    from tqdm import tqdm

    with ExitStack() as stack:
        bars: list[tqdm[Any]] = []

        def show(done: int, total: int) -> None:
            if not bars:
                _tell_start(done, total)
                bar = tqdm(
                    desc="评测", unit="题", total=total, initial=done, file=sys.stderr, mininterval=0.5
                )
                bars.append(stack.enter_context(bar))
            bars[0].update(done - bars[0].n)

        yield show


def _tell_start(done: int, total: int) -> None:
    if 0 < done < total:
        _report(f"接着上次评测，已有 {done} 题的结果")
    elif done:
        _report(f"这组题目已用同样的设置评测过，直接采用 {done} 题的结果")


def _write_reports(
    run: StoredRun,
    store: ClauseStore,
    baseline: StoredRun | None,
    comparison: Comparison | None,
    gates: Sequence[GateResult],
) -> None:
    from assistant.evaluation.reports.writing import write_reports

    written = write_reports(run, store, baseline=baseline, comparison=comparison, gates=gates)
    _report(f"已写入 {run.folder}，报告在 {written.html.name}、{written.excel.name} 和 {written.junit.name}")


def _tell(
    run: StoredRun, comparison: Comparison | None, gates: Sequence[GateResult], *, as_json: bool
) -> None:
    from assistant.evaluation.reports.terminal import render_comparison, render_gates, render_summary

    mode = run.run.setup.mode
    if as_json:
        _print_json(run, comparison, gates)
    else:
        print(render_summary(run.run))
        if comparison:
            print(f"\n{render_comparison(comparison, mode)}")
    if gates:
        print(f"\n{render_gates(gates, mode)}", file=sys.stderr if as_json else sys.stdout)


def _print_json(run: StoredRun, comparison: Comparison | None, gates: Sequence[GateResult]) -> None:
    """One JSON document, written as it is read: the answers of a long run do not fit into memory."""
    head: dict[str, Any] = {
        "summary": run.run.summary,
        "intervals": run.run.intervals,
        "groups": run.run.groups,
        "comparison": asdict(comparison) if comparison else None,
        "gates": [asdict(gate) for gate in gates],
    }
    print("{")
    for name, value in head.items():
        print(f'"{name}": {_json(value)},')
    print('"cases": [')
    last = len(run.run.results)
    for number, output in enumerate(run.outputs(), 1):
        print(_json(output) + ("," if number < last else ""))
    print("]}")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
