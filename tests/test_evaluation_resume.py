"""Runs that are cut off, and what the next one makes of their folders."""

import os
import random
import re
import signal
import subprocess
import sys
import time

import pytest

from assistant.evaluation.measuring import AnswerMeasure, RetrievalMeasure
from assistant.evaluation.run import evaluate
from assistant.evaluation.run_folder import RunError, load_run
from assistant.evaluation.run_writer import RunWriter
from assistant.settings import load_settings
from tests.commands import PROJECT
from tests.scripted_runs import A, B, Scripted, answered, answers_run, case, silent

CASES = [case(str(number), A) for number in range(12)]
ANSWERS = [answered(str(number), f"第{number}答", A, B) for number in range(12)]
TIMES = re.compile(r'"(timings_ms": \{.*?\}|latency\w*": [\d.]+)')


def files(folder):
    """The files of a run by name, times aside; reports of it are none."""
    return {file.name: TIMES.sub("", file.read_text(encoding="utf-8")) for file in folder.glob("*.json*")}


@pytest.fixture
def whole(store, tmp_path):
    return answers_run(store, tmp_path / "whole", CASES, ANSWERS)


@pytest.mark.parametrize("seed", range(8))
def test_a_run_that_ended_at_any_byte_goes_on_and_ends_the_same(store, whole, tmp_path, seed):
    cut = tmp_path / "cut"
    answers_run(store, cut, CASES, ANSWERS)
    (cut / "summary.json").unlink()
    results = (cut / "results.jsonl").read_bytes()
    kept = random.Random(seed).randrange(len(results))
    os.truncate(cut / "results.jsonl", kept)

    assistant = Scripted(store, ANSWERS)
    evaluate(CASES, AnswerMeasure(assistant, load_settings()), cut, silent)
    assert files(cut) == files(whole.folder)
    assert assistant.asked == [case.id for case in CASES[results[:kept].count(b"\n") :]]


@pytest.mark.parametrize("written", [[], ["setup.json"], ["setup.json", "cases.jsonl"]])
def test_a_run_that_ended_before_its_cases_ends_the_same(store, whole, tmp_path, written):
    cut = answers_run(store, tmp_path / "cut", CASES, ANSWERS).folder
    for name in {"setup.json", "cases.jsonl", "clauses.json", "summary.json"}.difference(written):
        (cut / name).unlink()
    (cut / "results.jsonl").write_bytes(b"")
    (cut / ("cases.jsonl.new" if written else "setup.json.new")).write_text("{")  # did not take its name
    answers_run(store, cut, CASES, ANSWERS)
    (cut / "cases.jsonl.new").unlink(missing_ok=True)
    assert files(cut) == files(whole.folder)


@pytest.mark.parametrize(
    "name",
    ["cases.jsonl", "report.html", "results.jsonl", "notes.txt", "summary.json.new", "below/notes.txt"],
)
def test_a_folder_with_files_of_its_own_stays_as_it_is(store, tmp_path, name):
    file = tmp_path / "own" / name
    file.parent.mkdir(parents=True)
    file.write_text("precious")
    with pytest.raises(RunError, match=rf"{name.split('/')[0]}.*请另选文件夹"):
        answers_run(store, tmp_path / "own", CASES, ANSWERS)
    assert [found for found in (tmp_path / "own").rglob("*") if found.is_file()] == [file]
    assert file.read_text() == "precious"


def test_a_run_that_ended_after_its_cases_ends_the_same(store, whole, tmp_path):
    cut = answers_run(store, tmp_path / "cut", CASES, ANSWERS).folder
    for name in ("summary.json", "clauses.json"):
        (cut / name).rename(cut / f"{name}.new")  # killed before the file took its name
    answers_run(store, cut, CASES, ANSWERS)
    assert files(cut) == files(whole.folder)


def test_a_cancelled_run_goes_on_where_it_was_stopped(store, whole, tmp_path):
    class StoppedError(Exception):
        pass

    def until_five(done, total):
        assert total == 12
        if done == 5:
            raise StoppedError

    seen = []
    first, second = Scripted(store, ANSWERS), Scripted(store, ANSWERS)
    with pytest.raises(StoppedError):
        evaluate(CASES, AnswerMeasure(first, load_settings()), tmp_path / "run", until_five)
    with pytest.raises(RunError, match="没有做完"):
        load_run(tmp_path / "run")
    evaluate(
        CASES, AnswerMeasure(second, load_settings()), tmp_path / "run", lambda *state: seen.append(state)
    )
    assert (len(first.asked), len(second.asked)) == (5, 7)
    assert seen == [(done, 12) for done in range(5, 13)]
    assert files(tmp_path / "run") == files(whole.folder)


def test_a_finished_run_of_the_same_setup_is_taken_as_it_is(store, whole):
    summary = whole.folder / "summary.json"
    assistant, before, written = Scripted(store, ANSWERS), files(whole.folder), summary.stat().st_ino
    again = evaluate(CASES, AnswerMeasure(assistant, load_settings()), whole.folder, silent)
    assert assistant.asked == []
    assert again.run == whole.run
    assert files(whole.folder) == before
    assert summary.stat().st_ino == written


def test_a_run_of_another_setup_is_not_overwritten_and_what_differs_is_named(store, whole, monkeypatch):
    def other(cases=CASES, kind=AnswerMeasure, corpus="c"):
        assistant = Scripted(store, ANSWERS)
        assistant.index.manifest.corpus_digest = corpus
        before = files(whole.folder)
        with pytest.raises(RunError, match="另选文件夹") as error:
            evaluate(cases, kind(assistant, load_settings()), whole.folder, silent)
        assert files(whole.folder) == before
        assert not assistant.asked
        return str(error.value)

    assert "不同的是：题目；" in other(cases=CASES[:3])
    assert "不同的是：评测方式；" in other(kind=RetrievalMeasure)
    assert "不同的是：政策文件；" in other(corpus="d")
    monkeypatch.setenv("POLICY_ENCODER", "some/model")
    assert "设置 encoder（bundled → some/model）" in other()


def test_a_secret_is_not_written(store, tmp_path, monkeypatch):
    monkeypatch.setenv("POLICY_LLM_API_KEY", "sk-secret")
    run = answers_run(store, tmp_path, CASES, ANSWERS)
    assert not [name for name, text in files(run.folder).items() if "sk-secret" in text]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("setup.json", None),
        ("setup.json", "{"),
        ("setup.json", '{"name": "somebody\'s own"}'),
        ("results.jsonl", "{}\n"),
        ("results.jsonl", '{"id": "1"}\n'),
        ("results.jsonl", "null\n"),
    ],
)
def test_a_damaged_run_is_not_gone_on_with(store, whole, name, content):
    (whole.folder / name).unlink()
    if content is not None:
        (whole.folder / name).write_text(content)
    with pytest.raises(RunError, match="请另选"):
        answers_run(store, whole.folder, CASES, ANSWERS)


def test_two_runs_do_not_write_into_one_folder(store, whole):
    measure = AnswerMeasure(Scripted(store, ANSWERS), load_settings())
    with RunWriter(whole.folder, measure.setup(CASES), CASES), pytest.raises(RunError, match="另一个进程"):
        evaluate(CASES, measure, whole.folder, silent)


def test_a_killed_process_leaves_a_run_that_goes_on(data_folder, command, tmp_path):
    lines = (PROJECT / "tests" / "cases" / "policies.jsonl").read_text(encoding="utf-8").splitlines()
    cases = tmp_path / "cases.jsonl"
    cases.write_text("\n".join(lines[::4]), encoding="utf-8")
    given = ("evaluate", cases, "--data", data_folder, "--out")
    results = tmp_path / "killed" / "results.jsonl"

    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", *map(str, given), tmp_path / "killed"],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    at = random.randrange(1, 30)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if results.exists() and results.read_bytes().count(b"\n") >= at:
            break
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it ended before it was killed"
    done = results.read_bytes().count(b"\n")
    assert at <= done < len(lines[::4])

    resumed = command(*given, tmp_path / "killed")
    assert resumed.status == 0, resumed.err
    assert f"已有 {done} 题的结果" in resumed.err
    assert command(*given, tmp_path / "whole").status == 0
    assert files(tmp_path / "killed") == files(tmp_path / "whole")
