"""The command ``evaluate``: runs a set of questions, compares with a baseline and checks the gates."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from assistant.errors import UsageError
from assistant.settings import Settings, load_settings

if TYPE_CHECKING:  # other commands need not wait for libraries of statistics and reports
    from assistant.evaluation.gates import Gates
    from assistant.evaluation.measuring import Measure
    from assistant.evaluation.results import Comparison, GateResult, Mode
    from assistant.evaluation.run import Progress
    from assistant.evaluation.run_folder import StoredRun
    from assistant.evaluation.sets.cases import Case
    from assistant.pipeline import PolicyAssistant
    from index.store import ClauseStore

HELD, NOT_HELD, NOT_CHECKED = 0, 1, 2

_MEANINGLESS = {"impact": ("out", "gates", "judge"), "new_case": ("out", "gates", "judge", "baseline")}
"""Options that say nothing where nothing is evaluated."""


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
    _refuse_meaningless(options)
    if options.impact:
        return _impact(options)
    if options.new_case is not None:
        return _new_case(options)
    return _evaluate(options)


def _refuse_meaningless(options: argparse.Namespace) -> None:
    for chosen, others in _MEANINGLESS.items():
        given = [f"--{name}" for name in others if getattr(options, name)]
        if getattr(options, chosen) not in (None, False) and given:
            name = chosen.replace("_", "-")
            raise UsageError(f"--{name} 不评测，{'、'.join(given)} 对它没有意义；请去掉")
    if options.judge and options.retrieval_only:
        raise UsageError("--judge 评的是答案，--retrieval-only 没有答案；请去掉其中一个")


def _evaluate(options: argparse.Namespace) -> int:
    from assistant.evaluation import gates
    from assistant.evaluation.comparison import check_comparable, compare
    from assistant.evaluation.reports.printing import print_run
    from assistant.evaluation.results import Mode
    from assistant.evaluation.run import evaluate
    from assistant.evaluation.run_folder import load_run
    from assistant.pipeline import PolicyAssistant
    from index.clause_index import ClauseIndex

    settings = load_settings(data=options.data)
    mode = Mode.RETRIEVAL if options.retrieval_only else Mode.ANSWERS
    limits = _limits(options, mode)
    baseline = load_run(options.baseline) if options.baseline else None
    assistant = PolicyAssistant.open(settings, _report, ClauseIndex.check)
    cases = _checked_cases(options.cases, assistant.store)
    if baseline:
        check_comparable(mode, cases, baseline)
    measure = _measure(options, assistant, settings)
    assistant.index.warm_up()
    with _folder(options.out) as folder:
        with _bar() as progress:
            run = evaluate(cases, measure, folder, progress)
        comparison = compare(run, baseline) if baseline else None
        results = gates.check(limits, run, baseline)
        if options.out:
            _write_reports(run, assistant.store, baseline, comparison, results)
        print_run(run, comparison, results, as_json=options.json)
    if not results and (baseline or options.gates):
        _report("没有一项门槛可以核对：门槛文件里没有指标，或两次都有的题目不计入任何比率；请检查门槛和题目")
        return NOT_CHECKED
    return HELD if all(result.holds for result in results) else NOT_HELD


def _limits(options: argparse.Namespace, mode: Mode) -> Gates:
    """The gates that are asked for; that they fit what is run is known before it runs."""
    from assistant.evaluation import gates

    if not options.gates:
        return gates.DEFAULT
    limits = gates.load(options.gates)
    gates.check_mode(limits, mode, is_judged=options.judge)
    if limits.needs_baseline and not options.baseline:
        raise UsageError(
            f"门槛文件“{options.gates}”的 [regression] 要与基线比较，而没有给出基线；请用 --baseline 指定，或删去这张表"
        )
    return limits


def _measure(options: argparse.Namespace, assistant: PolicyAssistant, settings: Settings) -> Measure:
    from assistant.chains.language_model import LanguageModel
    from assistant.evaluation.judge import Judge
    from assistant.evaluation.measuring import AnswerMeasure, RetrievalMeasure

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
    print(json.dumps(found.as_json(), ensure_ascii=False) if options.json else found.as_text())
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


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
