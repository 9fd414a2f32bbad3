"""The command ``evaluate``: what it prints, when it fails, and what it refuses."""

import io
import json
from pathlib import Path

import pytest

from tests.commands import ANSWER, PROJECT, Command, run_process

SUMMARY = [
    "n", "recall@5", "mrr@10", "ndcg@10", "citation_recall", "citation_precision", "citation_f1",
    "paragraph_recall", "paragraph_precision", "facts", "answer_correct", "premises_corrected", "declined_recall",
    "declined_precision", "declined_false", "quotes_verbatim", "median_chars", "latency_p50_ms", "latency_p95_ms",
]  # fmt: skip
RANKING = [
    "n", "recall@1", "recall@5", "recall@10", "recall@20", "recall@100", "mrr@10", "ndcg@10",
    "latency_p50_ms", "latency_p95_ms",
]  # fmt: skip


@pytest.fixture(scope="module")
def five_cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lines = (PROJECT / "tests" / "cases" / "policies.jsonl").read_text(encoding="utf-8").splitlines()
    answerable = [line for line in lines if json.loads(line)["answerable"]]
    file = tmp_path_factory.mktemp("cases") / "five.jsonl"
    file.write_text("\n".join([*answerable[:20:5], lines[-1]]), encoding="utf-8")
    return file


def test_evaluate_retrieval_only_gives_rankings(data_folder: Path, five_cases: Path) -> None:
    ran = run_process("evaluate", five_cases, "--retrieval-only", "--json", "--data", data_folder)
    assert ran.status == 0
    assert list(ran.json["summary"]) == RANKING
    assert ran.json["summary"]["n"] == 5
    assert ran.json["summary"]["recall@100"] == 1
    for case in ran.json["cases"]:
        assert len(case["retrieved"]) >= 10


def test_evaluate_compares_with_a_run_it_wrote(
    data_folder: Path, five_cases: Path, command: Command, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    first = command("evaluate", five_cases, "--out", run, "--json", "--data", data_folder)
    assert first.status == 0
    assert list(first.json["summary"]) == SUMMARY
    assert [list(case["answer"]) for case in first.json["cases"]] == [ANSWER] * 5
    assert first.json["comparison"] is None
    assert {file.name for file in run.iterdir()} >= {
        "summary.json",
        "report.html",
        "junit.xml",
        "report.xlsx",
    }

    again = command("evaluate", five_cases, "--out", run, "--json", "--data", data_folder)
    assert "直接采用 5 题的结果" in again.err
    assert again.json == first.json

    compare = ("evaluate", five_cases, "--baseline", run, "--data", data_folder)
    same = command(*compare)
    assert same.status == 0
    assert "项全部通过" in same.out

    results = run / "results.jsonl"
    better = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    for case in better:
        if case["scores"]["citation_precision"] is not None:
            case["scores"]["citation_precision"] += 0.1
    results.write_text("".join(json.dumps(case) + "\n" for case in better), encoding="utf-8")
    worse = command(*compare)
    assert worse.status == 1
    assert "-0.100" in worse.out
    told = worse.out.splitlines()[-1]
    assert told.startswith("引用精确（citation_precision）")
    assert better[0]["id"] in told


def test_evaluate_keeps_to_the_gates_of_a_file(
    data_folder: Path, five_cases: Path, command: Command, tmp_path: Path
) -> None:
    file = tmp_path / "gates.toml"
    gated = ("evaluate", five_cases, "--retrieval-only", "--gates", file, "--json", "--data", data_folder)
    file.write_text('[absolute]\n"recall@100" = 1\n', encoding="utf-8")
    assert command(*gated).status == 0
    file.write_text("[absolute]\nlatency_p50_ms = 0.001\n", encoding="utf-8")
    failed = command(*gated)
    assert failed.status == 1
    assert [gate["holds"] for gate in failed.json["gates"]] == [False]
    assert "要求 ≤ 0.0" in failed.err
    file.write_text("[absolute]\nanswer_correct = 1\n", encoding="utf-8")
    assert "answer_correct 在这种评测里不测" in command(*gated).err
    file.write_text("[regression]\ndefault = 0.02\n", encoding="utf-8")
    refused = command(*gated)
    assert (refused.status, "[regression]" in refused.err, "--baseline" in refused.err) == (2, True, True)
    file.write_text("", encoding="utf-8")
    unchecked = command(*gated)
    assert (unchecked.status, "没有一项门槛可以核对" in unchecked.err) == (2, True)
    assert unchecked.json["gates"] == []
    file.write_text("[absolute]\nfaithfulness = 1\n", encoding="utf-8")
    judged = command("evaluate", five_cases, "--gates", file, "--data", data_folder)
    assert (judged.status, "--judge" in judged.err) == (2, True)


def test_evaluate_checks_that_the_baseline_fits_before_anything_runs(
    data_folder: Path, five_cases: Path, command: Command, tmp_path: Path
) -> None:
    rankings = ("evaluate", "--retrieval-only", "--data", data_folder)
    declined = tmp_path / "declined.jsonl"
    declined.write_text('{"id": "x", "question": "北京怎样落户？", "answerable": false}\n', encoding="utf-8")
    assert command(*rankings, declined, "--out", tmp_path / "run").status == 0
    unchecked = command(*rankings, declined, "--baseline", tmp_path / "run")
    assert (unchecked.status, "没有一项门槛可以核对" in unchecked.err) == (2, True)
    other = command(*rankings, five_cases, "--baseline", tmp_path / "run", "--out", tmp_path / "other")
    assert (other.status, "没有一道相同的题目" in other.err) == (2, True)
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--impact", "--judge"], "--judge"),
        (["--impact", "--out", "run", "--gates", "gates.toml"], "--out、--gates"),
        (["--new-case", "问题", "--judge"], "--judge"),
        (["--new-case", "", "--out", "run"], "--out"),
        (["--new-case", "问题", "--baseline", "run"], "--baseline"),
    ],
)
def test_evaluate_refuses_options_that_mean_nothing(
    five_cases: Path, command: Command, options: list[str], named: str
) -> None:
    refused = command("evaluate", five_cases, *options)
    assert (refused.status, f"{options[0]} 不评测，{named} 对它没有意义" in refused.err) == (2, True)


def test_evaluate_writes_a_new_case_with_a_person(
    data_folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n无\n"))
    asked = "乡镇卫生院的全科医生在什么条件下可以直接取得副高职称？"
    ran = command("evaluate", tmp_path / "new.jsonl", "--new-case", asked, "--json", "--data", data_folder)
    assert ran.status == 0
    written = json.loads((tmp_path / "new.jsonl").read_text(encoding="utf-8"))
    assert ran.json == written
    assert (written["question"], len(written["gold"])) == (asked, 1)


def test_evaluate_lists_what_rests_on_changed_clauses(
    data_folder: Path, five_cases: Path, command: Command
) -> None:
    ran = command("evaluate", five_cases, "--impact", "--json", "--data", data_folder)
    assert ran.status == 0
    assert ran.json["cases"] == []
    both = command("evaluate", five_cases, "--impact", "--retrieval-only")
    assert (both.status, "不能与" in both.err) == (2, True)
