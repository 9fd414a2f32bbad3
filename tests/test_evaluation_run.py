"""Runs: what they measure, and what people read of them."""

import json

import pytest

from assistant.answer_json import answer_json
from assistant.evaluation.measures import METRICS, Kind
from assistant.evaluation.measuring import AnswerMeasure
from assistant.evaluation.reports.terminal import render_comparison, render_summary
from assistant.evaluation.results import Comparison
from assistant.evaluation.run import evaluate
from assistant.evaluation.sets.cases import load_cases
from assistant.model import Answer, Citation, RankedClause, Status
from assistant.settings import load_settings
from corpus.model import Status as DocumentStatus
from tests.commands import PROJECT
from tests.scripted_runs import (
    MIXED_CASES,
    A,
    B,
    C,
    Scripted,
    answered,
    answers_run,
    case,
    declined,
    mixed_run,
    rankings_run,
    silent,
)


@pytest.fixture
def stored(store, tmp_path):
    return mixed_run(store, tmp_path / "run")


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
    run = answers_run(store, tmp_path, MIXED_CASES[:1], wrong).run
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
    stored = rankings_run(store, tmp_path, MIXED_CASES, ranked)
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


def test_long_lists_and_many_groups_are_cut_short_for_the_terminal(store, tmp_path):
    cases = [case(str(number), A, type=str(number)) for number in range(300)]
    text = render_summary(rankings_run(store, tmp_path, cases, {}).run)
    assert "未通过 300 题" in text
    assert text.endswith("……另有 100 题")
    assert "题型" not in text


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
