"""The folder of a run: what it holds, and what is no such folder."""

import json
from pathlib import PurePath

import pytest

from assistant.answer_json import answer_json
from assistant.evaluation import run_setup
from assistant.evaluation.run_folder import RunError, load_run
from tests.commands import PROJECT
from tests.scripted_runs import MIXED_ANSWERS, MIXED_CASES, A, B, C, answers_run, mixed_run


@pytest.fixture
def stored(store, tmp_path):
    return mixed_run(store, tmp_path / "run")


def test_the_folder_holds_every_answer_as_ask_prints_it_with_its_scores(stored):
    outputs = {output["id"]: output for output in stored.outputs()}
    assert list(outputs) == [case.id for case in MIXED_CASES]
    assert outputs["right"]["answer"] == json.loads(json.dumps(answer_json(MIXED_ANSWERS[0])))
    assert outputs["right"]["scores"]["answer_correct"] is True
    assert outputs["right"]["scores"]["recall@5"] == 1.0
    assert outputs["partly"]["failures"] == ["缺事实 吉林", f"漏引 {B}", f"误引 {C}"]
    assert outputs["partly"]["places"] == ["大连市", "吉林省"]


def test_the_folder_tells_what_the_results_depend_on(stored):
    setup = stored.run.setup
    assert (setup.mode, setup.corpus, setup.encoder) == ("answers", "c", "e")
    assert setup.settings["encoder"] == "bundled"
    assert {"python", "scipy", "ir-measures"} <= set(setup.versions)


def test_the_folder_holds_digests_of_gold_and_cited_clauses(stored):
    assert set(stored.clauses) == {A, B, C, "jilin:四/（三）"}  # （三） stands for two


def test_a_stored_run_is_read_as_it_was_written(stored):
    again = load_run(stored.folder)
    assert again.run == stored.run
    assert again.clauses == stored.clauses


def test_the_program_digest_is_over_what_answers_depend_on():
    names = {file.relative_to(PROJECT).as_posix() for file in run_setup._program_files()}
    assert {"app.py", "assistant/pipeline.py", "prompts/judge.md"} <= names
    assert {PurePath(name).suffix for name in names} <= {".py", ".toml", ".csv", ".json", ".md"}
    assert "prompts/README.md" not in names


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("setup.json", None, "--out"),
        ("setup.json", "{", "setup.json”已损坏"),
        ("summary.json", None, "没有做完"),
        ("summary.json", '{"summary": {}}', "summary.json”已损坏"),
        ("summary.json", '{"summary": {}, "intervals": {}, "groups": {}}', "summary.json”已损坏"),
        ("setup.json", "[]", "setup.json”已损坏"),
        ("setup.json", "{}", "格式是 （未注明），本程序只能读格式 1"),
        ("setup.json", '{"format": 2}', "格式是 2，本程序只能读格式 1"),
        ("setup.json", '{"format": 1, "setup": {}}', "setup.json”已损坏"),
        ("cases.jsonl", "{}\n", "cases.jsonl”已损坏"),
        ("clauses.json", None, "clauses.json”无法读取"),
        ("results.jsonl", "", "results.jsonl”已损坏"),
        ("results.jsonl", "null\n" * 6, "results.jsonl”已损坏"),
        ("results.jsonl", "\udcff", "results.jsonl”已损坏"),
    ],
)
def test_a_run_that_is_none_says_what_to_do(stored, name, content, message):
    (stored.folder / name).unlink()
    if content is not None:
        (stored.folder / name).write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(RunError, match=message):
        load_run(stored.folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.pop("answer"),
        lambda line: line.update(retrieved=[]),
        lambda line: line.update(answer=[]),
        lambda line: line["answer"].pop("text"),
        lambda line: line["answer"].update(citations=[{"clause": A}]),
        lambda line: line["answer"].update(retrieved=[A]),
        lambda line: line.pop("gold"),
        lambda line: line["scores"].pop("declined"),
        lambda line: line["scores"].pop("answer_correct"),
        lambda line: line.update(judge={}),
        lambda line: (line.pop("answer"), line.update(retrieved=[], scores={"recall@5": 1})),
    ],
)
def test_results_of_another_shape_are_no_results(stored, change):
    file = stored.folder / "results.jsonl"
    first, *rest = file.read_text(encoding="utf-8").splitlines(keepends=True)
    line = json.loads(first)
    change(line)
    file.write_text("".join([json.dumps(line) + "\n", *rest]), encoding="utf-8")
    with pytest.raises(RunError, match=r"results\.jsonl”已损坏"):
        load_run(stored.folder)


def test_results_of_other_cases_are_no_results(stored):
    file = stored.folder / "results.jsonl"
    first, second, *rest = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([second, first, *rest]))
    with pytest.raises(RunError, match="已损坏"):
        load_run(stored.folder)


def test_a_folder_that_cannot_be_written_says_so(store, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="无法写入"):
        answers_run(store, tmp_path / "file" / "below", MIXED_CASES, MIXED_ANSWERS)
