"""The contracts of the command line: what scripts rely on."""

import io
import json
import re
from pathlib import Path

import pytest

from tests.commands import PROJECT, Command, Ran, fresh_copy, run_process

ANSWER = ["question", "status", "text", "claims", "citations", "retrieved", "timings_ms"]
CITATION = ["n", "clause", "document", "number", "label", "region", "status", "quote", "start", "end"]
STEPS = ["understand", "retrieve", "compose", "verify", "total"]
CLAUSE = ["clause", "label", "document", "number", "region", "status", "text"]
SUMMARY = [
    "n", "recall@5", "mrr@10", "ndcg@10", "citation_recall", "citation_precision", "citation_f1",
    "paragraph_recall", "paragraph_precision", "facts", "answer_correct", "premises_corrected", "declined_recall",
    "declined_precision", "declined_false", "quotes_verbatim", "median_chars", "latency_p50_ms", "latency_p95_ms",
]  # fmt: skip
RANKING = [
    "n", "recall@1", "recall@5", "recall@10", "recall@20", "recall@100", "mrr@10", "ndcg@10",
    "latency_p50_ms", "latency_p95_ms",
]  # fmt: skip

LAW = "云岭省乡村医生管理办法\n第一条 乡村医生聘期为四年。\n第二条 乡村医生每月补贴三百元。\n"
PLAN = "云岭省全科医生培训方案\n一、培训\n（一）时间。培训为期两年。\n（二）地点。培训在省级基地进行。\n"


def squeezed(text: str) -> str:
    """``text`` without white space and page numbers."""
    return re.sub(r"\s+", "", re.sub(r"\n\s*\d+\s*\n", "", text))


@pytest.fixture(scope="module")
def asked(data_folder: Path) -> Ran:
    question = "乡镇卫生院的全科医生在什么条件下可以直接取得副高职称？"
    return run_process("ask", question, "--json", "--data", data_folder)


@pytest.fixture(scope="module")
def five_cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lines = (PROJECT / "tests" / "cases" / "policies.jsonl").read_text(encoding="utf-8").splitlines()
    answerable = [line for line in lines if json.loads(line)["answerable"]]
    file = tmp_path_factory.mktemp("cases") / "five.jsonl"
    file.write_text("\n".join([*answerable[:20:5], lines[-1]]), encoding="utf-8")
    return file


def test_ask_prints_the_contract_and_nothing_else_on_standard_output(asked: Ran) -> None:
    assert asked.status == 0
    assert list(asked.json) == ANSWER
    assert asked.json["status"] == "answered"
    assert [list(citation) for citation in asked.json["citations"]] == [CITATION] * len(
        asked.json["citations"]
    )
    assert list(asked.json["timings_ms"]) == STEPS
    assert asked.json["timings_ms"]["total"] > 0


def test_every_claim_points_to_citations_that_are_there(asked: Ran) -> None:
    numbers = [citation["n"] for citation in asked.json["citations"]]
    assert numbers == sorted(set(numbers))
    assert asked.json["claims"]
    for claim in asked.json["claims"]:
        assert list(claim) == ["text", "citations"]
        assert claim["citations"]
        assert set(claim["citations"]) <= set(numbers)
        assert claim["text"] in asked.json["text"]


def test_offsets_lead_to_the_quote_in_the_source(asked: Ran) -> None:
    assert {citation["clause"] for citation in asked.json["citations"]} == {
        "dalian:五/（十七）",
        "jilin:四/（五）/23",
    }
    for citation in asked.json["citations"]:
        source = PROJECT / "corpus" / "texts" / f"{citation['clause'].partition(':')[0]}.txt"
        text = source.read_bytes().decode()
        assert squeezed(text[citation["start"] : citation["end"]]) == squeezed(citation["quote"])


def test_retrieved_is_in_rank_order_and_deep_enough(asked: Ran) -> None:
    retrieved = asked.json["retrieved"]
    assert len(retrieved) >= 10
    assert len({ranked["clause"] for ranked in retrieved}) == len(retrieved)
    scores = [ranked["score"] for ranked in retrieved]
    assert scores == sorted(scores, reverse=True)


def test_ask_keeps_to_a_region(data_folder: Path, command: Command) -> None:
    answer = command(
        "ask", "每万名居民要有几名全科医生？", "--region", "吉林", "--json", "--data", data_folder
    ).json
    assert {citation["region"] for citation in answer["citations"]} == {"吉林省"}
    assert {ranked["clause"].partition(":")[0] for ranked in answer["retrieved"]} == {"jilin"}


def test_ask_goes_on_from_a_history(data_folder: Path, command: Command, tmp_path: Path) -> None:
    turns = [
        {"role": "user", "content": "大连的全科医生在什么条件下可以直接取得副高职称？"},
        {"role": "assistant", "content": "连续工作满10年。"},
    ]
    history = tmp_path / "history.json"
    history.write_text(json.dumps(turns, ensure_ascii=False), encoding="utf-8")
    ran = command("ask", "那吉林呢？", "--history", history, "--json", "--data", data_folder)
    assert {citation["clause"] for citation in ran.json["citations"]} == {"jilin:四/（五）/23"}


def test_ask_for_people_names_each_document_with_place_and_status(
    data_folder: Path, command: Command
) -> None:
    ran = command("ask", "吉林方案第23条说了什么？", "--data", data_folder)
    assert ran.status == 0
    assert ran.out.startswith("【吉林省·征求意见稿】")
    last = ran.out.splitlines()[-1]
    assert (
        last == "[1] 《关于改革完善全科医生培养与使用激励机制的实施方案》 四、（五）23 · 吉林省 · 征求意见稿"
    )


def test_a_declined_answer_is_done_and_holds_no_claims(data_folder: Path, command: Command) -> None:
    ran = command("ask", "沈阳的全科医生怎么评副高？", "--json", "--data", data_folder)
    assert ran.status == 0
    assert (ran.json["status"], ran.json["claims"], ran.json["citations"]) == ("not_found", [], [])


@pytest.mark.parametrize(
    ("reference", "clause"),
    [
        ("大政办发〔2018〕159号（十七）", "dalian:五/（十七）"),
        ("大连文件第十七条", "dalian:五/（十七）"),
        ("吉林方案第12条", "jilin:四/（三）/12"),
        ("瓦政办发〔2018〕137号", "dalian:转发通知"),
    ],
)
def test_lookup_gives_the_clause_that_a_reference_names(
    data_folder: Path, reference: str, clause: str
) -> None:
    ran = run_process("lookup", reference, "--json", "--data", data_folder)
    assert ran.status == 0
    assert {"query", "matches", "nearest"} <= ran.json.keys()
    assert ran.json["query"] == reference
    assert [match["clause"] for match in ran.json["matches"]] == [clause]
    assert set(CLAUSE) <= ran.json["matches"][0].keys()
    assert ran.err == ""


def test_a_clear_clause_comes_with_its_context_and_its_citation(data_folder: Path, command: Command) -> None:
    found = command("lookup", "大连意见题头", "--json", "--data", data_folder).json
    assert [item["clause"] for item in found["context"]["cited_by"]] == ["dalian:转发通知"]
    assert [item["number"] for item in found["context"]["bases"]] == [
        "国办发〔2018〕3号",
        "辽政办发〔2018〕16号",
    ]
    assert found["context"]["next"] == "dalian:一/（一）"
    assert found["matches"][0]["citation"].endswith("的意见》（大政办发〔2018〕159号）")
    assert command("lookup", "第十二条", "--json", "--data", data_folder).json["context"] is None


def test_people_are_shown_who_carries_a_clause_out_and_who_cites_it(
    data_folder: Path, command: Command
) -> None:
    assert "牵头单位：市卫生计生委\n" in command("lookup", "大连意见（五）", "--data", data_folder).out
    shown = command("lookup", "大连意见题头", "--data", data_folder).out
    assert "引用它的条款（1）：\n- dalian:转发通知" in shown


def test_an_ambiguous_reference_lists_its_candidates(data_folder: Path, command: Command) -> None:
    ran = command("lookup", "第十二条", "--data", data_folder)
    assert ran.status == 0
    assert "可以指 2 个条款" in ran.out
    assert "dalian:四/（十二）" in ran.out
    assert "jilin:四/（三）/12" in ran.out


def test_an_unknown_reference_names_the_nearest_and_does_not_hold(
    data_folder: Path, command: Command
) -> None:
    ran = command("lookup", "大连意见第三十条", "--json", "--data", data_folder)
    assert ran.status == 1
    assert ran.json["matches"] == []
    assert ran.json["nearest"][0]["clause"] == "dalian:六/（二十三）"
    shown = command("lookup", "大连意见第三十条", "--data", data_folder)
    assert shown.status == 1
    assert "没有找到“大连意见第三十条”" in shown.out
    assert "dalian:六/（二十三）" in shown.out


def changes(ran: Ran) -> dict[str, str]:
    assert ran.status == 0
    assert list(ran.json) == ["sources", "embedded", "rebuilt"]
    return {source["source"]: source["change"] for source in ran.json["sources"]}


def test_ingest_adds_updates_and_removes_and_does_nothing_twice(
    data_folder: Path, command: Command, tmp_path: Path
) -> None:
    data = fresh_copy(data_folder, tmp_path / "data")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "law.txt").write_text(LAW, encoding="utf-8")
    added = command("ingest", corpus, "--json", "--data", data)
    assert changes(added) == {"dalian": "removed", "jilin": "removed", "law": "added"}
    assert added.json["embedded"] > 0

    again = command("ingest", corpus, "--json", "--data", data)
    assert changes(again) == {"law": "unchanged"}
    assert (again.json["embedded"], again.json["rebuilt"]) == (0, False)

    (corpus / "law.txt").write_text(LAW.replace("四年", "五年"), encoding="utf-8")
    (corpus / "plan.txt").write_text(PLAN, encoding="utf-8")
    assert changes(command("ingest", corpus, "--json", "--data", data)) == {"law": "updated", "plan": "added"}
    assert "五年" in command("lookup", "乡村医生管理办法第一条", "--data", data).out

    (corpus / "law.txt").unlink()
    shown = command("ingest", corpus, "--data", data)
    assert "移除  law" in shown.out
    assert "共 1 个来源" in shown.out
    assert command("lookup", "乡村医生管理办法第一条", "--data", data).status == 1


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


def test_wrong_usage_says_how_to_get_help(command: Command) -> None:
    ran = run_process("ask", "--nope", "特岗聘期几年？")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "用法不对：不认识“--nope”；请看 python -m assistant --help\n"
    assert command("ask").err == "用法不对：缺少 QUESTION；请看 python -m assistant ask --help\n"
