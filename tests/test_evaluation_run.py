"""Runs: what they measure, what their folders hold, and what people read of them."""

import json
from pathlib import PurePath

import pytest

from assistant.answer_json import answer_json
from assistant.evaluation import run_setup
from assistant.evaluation.measures import METRICS, Kind
from assistant.evaluation.measuring import AnswerMeasure
from assistant.evaluation.reports.terminal import render_comparison, render_summary
from assistant.evaluation.results import Comparison
from assistant.evaluation.run import evaluate
from assistant.evaluation.run_folder import RunError, load_run
from assistant.evaluation.sets.cases import load_cases
from assistant.model import Answer, Citation, RankedClause, Status
from assistant.settings import load_settings
from corpus.model import Status as DocumentStatus
from tests.commands import PROJECT
from tests.scripted_runs import (
    A,
    B,
    C,
    Scripted,
    answered,
    answers_run,
    case,
    declined,
    rankings_run,
    silent,
)

CASES = [
    case("right", A, type="fact", style="formal", must_include=(("十年",),)),
    case("partly", A, B, type="compare", style="formal", must_include=(("大连",), ("吉林",))),
    case("refused", C, type="fact", style="keyword"),
    case("premise", "jilin:（三）", type="false_premise", style="formal"),
    case("silent", type="unanswerable", style="formal"),
    case("invented", type="unanswerable", style="formal"),
]
ANSWERS = [
    answered("right", "满十年可评", A, retrieved=[C, A], total=40.0),
    answered("partly", "大连可以", A, C, retrieved=[A, C], total=30.0),
    declined("refused", total=20.0),
    answered("premise", "不是三年，是五年", C, retrieved=[C], total=15.0),
    declined("silent"),
    answered("invented", "可以" * 10, C, quote="编造", total=50.0),
]


@pytest.fixture
def stored(store, tmp_path):
    return answers_run(store, tmp_path / "run", CASES, ANSWERS)


def test_each_mean_is_over_the_questions_that_it_is_about(stored):
    assert dict(stored.run.summary) == pytest.approx(
        {
            "n": 6,
            "recall@5": (1 + 1 / 2 + 0 + 1) / 4,
            "mrr@10": (1 / 2 + 1 + 0 + 1) / 4,
            "ndcg@10": (0.6309298 + 1 / 1.6309298 + 0 + 1) / 4,
            "citation_recall": (1 + 1 / 2 + 0 + 1) / 4,
            "citation_precision": (1 + 1 / 2 + 1) / 3,
            "citation_f1": (1 + 1 / 2 + 0 + 1) / 4,
            "paragraph_recall": (1 + 1 / 2 + 0 + 1) / 4,
            "paragraph_precision": (1 + 1 / 2 + 1) / 3,
            "facts": (1 + 1 / 2) / 2,
            "answer_correct": 2 / 4,
            "premises_corrected": 1,
            "declined_recall": 1 / 2,
            "declined_precision": 1 / 2,
            "declined_false": 1 / 4,
            "quotes_verbatim": 4 / 5,
            "median_chars": 6.5,
            "latency_p50_ms": 20,
            "latency_p95_ms": 50,
        }
    )


def test_groups_have_their_own_means(stored):
    groups = stored.run.groups
    assert list(groups["type"]) == ["fact", "compare", "false_premise", "unanswerable"]
    assert groups["type"]["fact"]["answer_correct"] == 1 / 2
    assert groups["type"]["unanswerable"]["declined_recall"] == 1 / 2
    assert groups["type"]["unanswerable"]["recall@5"] is None
    assert groups["style"]["keyword"]["n"] == 1
    assert {place: summary["n"] for place, summary in groups["place"].items()} == {"大连市": 2, "吉林省": 3}
    assert {name: summary["n"] for name, summary in groups["document"].items()} == {"dalian": 2, "jilin": 3}


def test_shares_have_intervals_around_them_and_one_value_has_none(stored):
    intervals = stored.run.intervals
    low, high = intervals["answer_correct"]
    assert low < 2 / 4 < high
    assert not {"median_chars", "latency_p50_ms", "premises_corrected", "n"} & set(intervals)


def test_a_run_over_nothing_defines_no_metric(store, tmp_path):
    assert answers_run(store, tmp_path, [], []).run.summary == {"n": 0}


def test_the_folder_holds_every_answer_as_ask_prints_it_with_its_scores(stored):
    outputs = {output["id"]: output for output in stored.outputs()}
    assert list(outputs) == [case.id for case in CASES]
    assert outputs["right"]["answer"] == json.loads(json.dumps(answer_json(ANSWERS[0])))
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


def test_an_answer_in_json_has_the_keys_and_the_order_of_the_contract():
    document = answer_json(answered("问", "答", A, retrieved=[B]))
    assert json.dumps(document, ensure_ascii=False) == (
        '{"question": "问", "status": "answered", "text": "答", "claims": [{"text": "答", "citations": [1]}], '
        '"citations": [{"n": 1, "clause": "dalian:三/（九）", "document": "意见", "number": "大政办发〔2018〕159号", '
        '"label": "三、（九）", "region": "大连市", "status": "未知", "quote": "全科医生", "start": 0, "end": 2}], '
        '"retrieved": [{"clause": "jilin:四/（四）/17", "score": 0.5}], '
        '"timings_ms": {"understand": 0.0, "retrieve": 0.0, "compose": 0.0, "verify": 0.0, "total": 10.0}}'
    )


def test_the_summary_for_people_names_the_failing_questions_and_why(stored):
    lines = render_summary(stored.run).splitlines()
    rows = [line.split() for line in lines]
    assert ["题数", "6"] in rows
    assert ["compare", "1", "0.500", "0.500", "0.500", "0.000", "—"] in rows
    assert next(row for row in rows if row[:1] == ["答案正确"])[1] == "0.500"
    assert [line.split(maxsplit=1) for line in lines[lines.index("未通过 3 题：") + 1 :]] == [
        ["partly", f"缺事实 吉林；漏引 {B}；误引 {C}"],
        ["refused", "误拒 not_found"],
        ["invented", f"未拒；引文不符 [1] {C}"],
    ]


def test_an_answer_with_a_wrong_quote_is_not_correct(store, tmp_path):
    wrong = [answered("right", "满十年可评", A, quote="编造")]
    run = answers_run(store, tmp_path, CASES[:1], wrong).run
    assert run.summary["answer_correct"] == 0
    assert run.summary["quotes_verbatim"] == 0
    assert f"引文不符 [1] {A}" in render_summary(run)


def test_quoting_the_gold_clauses_whole_is_a_perfect_run_over_the_shipped_set(store, tmp_path):
    def quoted(n, clause):
        span = store.source(clause.source_id).clean.offsets.span_to_source(clause.span)
        unknown = DocumentStatus.UNKNOWN
        return Citation(n, clause.id, "", "", "", "", unknown, clause.text, span.start, span.end)

    def perfect(case):
        if not case.answerable:
            return declined(case.id)
        ids = dict.fromkeys(f"{gold.doc}:{gold.clause.partition('#')[0]}" for gold in case.gold)
        citations = tuple(quoted(n, store.clause(name)) for n, name in enumerate(ids, 1))
        text = "\n".join(citation.quote for citation in citations)
        ranked = tuple(RankedClause(name, 1.0) for name in ids)
        return Answer(case.id, Status.ANSWERED, text, citations=citations, retrieved=ranked)

    cases = load_cases(PROJECT / "tests" / "cases" / "policies.jsonl")
    cases = [case.model_copy(update={"question": case.id}) for case in cases]  # some ask the same
    assistant = Scripted(store, list(map(perfect, cases)))
    run = evaluate(cases, AnswerMeasure(assistant, load_settings()), tmp_path, silent).run
    assert [(result.case.id, result.failures) for result in run.results if result.failures] == []
    shares = {
        metric.name: run.summary[metric.name]
        for metric in METRICS[run.setup.mode]
        if metric.kind is Kind.SHARE and metric.name in run.summary
    }
    assert shares.pop("paragraph_precision") < 1  # whole clauses hold more than the gold paragraphs
    assert shares.pop("declined_false") == 0
    assert set(shares.values()) == {1.0}


def test_retrieval_alone_is_scored_over_the_questions_with_gold(store, tmp_path):
    filler = [f"x:{i}" for i in range(150)]
    ranked = {"right": [C, A], "partly": [A, *filler[:50], B], "refused": filler, "silent": [A]}
    stored = rankings_run(store, tmp_path, CASES, ranked)
    summary = dict(stored.run.summary)
    assert summary.pop("latency_p50_ms") <= summary.pop("latency_p95_ms")
    assert summary == pytest.approx(
        {
            "n": 6,
            "recall@1": (0 + 1 / 2 + 0 + 0) / 4,
            "recall@5": (1 + 1 / 2 + 0 + 0) / 4,
            "recall@10": (1 + 1 / 2 + 0 + 0) / 4,
            "recall@20": (1 + 1 / 2 + 0 + 0) / 4,
            "recall@100": (1 + 1 + 0 + 0) / 4,
            "mrr@10": (1 / 2 + 1 + 0 + 0) / 4,
            "ndcg@10": (0.6309298 + 1 / 1.6309298 + 0 + 0) / 4,
        }
    )
    refused = list(stored.outputs())[2]
    assert [item["clause"] for item in refused["retrieved"]] == filler[:100]
    assert refused["failures"] == [f"未检出 {C}"]
    assert "检索召回@1" in render_summary(stored.run)


def test_what_others_wrote_does_not_steer_the_terminal(store, tmp_path):
    hostile = "\x1b[2J改\n写\u202e"
    cases = [case(hostile, A, type=hostile, must_include=((hostile,),)), case("二", A)]
    run = answers_run(store, tmp_path, cases, [answered(hostile, "答", C), declined("二")]).run
    told = render_summary(run) + render_comparison(Comparison((), *[(hostile,)] * 6), run.setup.mode)
    assert "改 写" in told
    assert all(char.isprintable() or char == "\n" for char in told)
    assert "\n写" not in told


def test_the_program_digest_is_over_what_answers_depend_on():
    names = {file.relative_to(PROJECT).as_posix() for file in run_setup._program_files()}
    assert {"app.py", "assistant/pipeline.py", "prompts/judge.md"} <= names
    assert {PurePath(name).suffix for name in names} <= {".py", ".toml", ".csv", ".json", ".md"}
    assert "prompts/README.md" not in names


def test_long_lists_and_many_groups_are_cut_short_for_the_terminal(store, tmp_path):
    cases = [case(str(number), A, type=str(number)) for number in range(300)]
    text = render_summary(rankings_run(store, tmp_path, cases, {}).run)
    assert "未通过 300 题" in text
    assert text.endswith("……另有 100 题")
    assert "题型" not in text


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


def test_a_gold_clause_written_in_two_ways_counts_once(store, tmp_path):
    twice = [case("both", "dalian:四/（十四）", "dalian:（十四）")]
    found = "dalian:四/（十四）"
    run = answers_run(store, tmp_path / "answers", twice, [answered("both", "答", found, retrieved=[found])])
    shares = ("recall@5", "ndcg@10", "citation_recall", "paragraph_recall")
    assert [run.run.summary[name] for name in shares] == [1, 1, 1, 1]
    ranked = rankings_run(store, tmp_path / "rankings", twice, {"both": [C, found]})
    assert ranked.run.summary["recall@5"] == 1
    lost = rankings_run(store, tmp_path / "lost", twice, {})
    assert lost.run.results[0].failures == (f"未检出 {found}",)


def test_results_of_other_cases_are_no_results(stored):
    file = stored.folder / "results.jsonl"
    first, second, *rest = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([second, first, *rest]))
    with pytest.raises(RunError, match="已损坏"):
        load_run(stored.folder)


def test_a_folder_that_cannot_be_written_says_so(store, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="无法写入"):
        answers_run(store, tmp_path / "file" / "below", CASES, ANSWERS)
