import json
from pathlib import Path

import pytest

from assistant.answer_json import answer_json
from assistant.evaluation.cases import Case, GoldClause, load_cases
from assistant.evaluation.comparison import compare, load_baseline
from assistant.evaluation.run import RunError, evaluate, evaluate_retrieval, run_json, write_run
from assistant.evaluation.terminal_report import render_comparison, render_summary
from assistant.model import Answer, Citation, Claim, RankedClause, Status, Timings
from assistant.verification import stands_in
from corpus import library
from corpus.model import Status as DocumentStatus

UNKNOWN = DocumentStatus.UNKNOWN
A, B, C = "dalian:三/（九）", "jilin:四/（四）/17", "jilin:五/（三）"


def case(name, *clauses, **fields):
    gold = tuple(GoldClause(doc=doc, clause=path) for doc, _, path in (c.partition(":") for c in clauses))
    return Case(id=name, question=name, gold=gold, answerable=bool(gold), **fields)


def answered(name, text, *clauses, quote="引文", retrieved=(), total=10.0):
    return Answer(
        name,
        Status.ANSWERED,
        text,
        (Claim(text, tuple(range(1, len(clauses) + 1))),),
        tuple(
            Citation(n, clause, "意见", "大政办发〔2018〕159号", "三、（九）", "大连市", UNKNOWN, quote, 0, 2)
            for n, clause in enumerate(clauses, 1)
        ),
        tuple(RankedClause(clause, 0.5) for clause in retrieved),
        Timings(total=total),
    )


def declined(name, *, total=10.0):
    return Answer(name, Status.NOT_FOUND, "文件没有规定", timings_ms=Timings(total=total))


class Scripted:
    """Gives each question the answer that was written down for it."""

    def __init__(self, *answers):
        self.answers = {answer.question: answer for answer in answers}

    def answer(self, question):
        return self.answers[question.text]


CASES = [
    case("right", A, type="fact", style="formal", must_include=(("十年",),)),
    case("partly", A, B, type="compare", style="formal"),
    case("refused", C, type="fact", style="keyword"),
    case("silent", type="unanswerable", style="formal"),
    case("invented", type="unanswerable", style="formal"),
]
ANSWERS = [
    answered("right", "满十年可评", A, retrieved=[C, A], total=40.0),
    answered("partly", "大连可以", A, C, retrieved=[A, C], total=30.0),
    declined("refused", total=20.0),
    declined("silent"),
    answered("invented", "可以" * 10, C, quote="编造", total=50.0),
]


def is_verbatim(citation):
    return citation.quote == "引文"


@pytest.fixture
def run():
    return evaluate(Scripted(*ANSWERS), CASES, is_verbatim)


def test_each_mean_is_over_the_questions_that_it_is_about(run):
    assert dict(run.summary) == pytest.approx(
        {
            "n": 5,
            "recall@5": (1 + 1 / 2 + 0) / 3,
            "citation_recall": (1 + 1 / 2 + 0) / 3,
            "citation_precision": (1 + 1 / 2) / 2,
            "answer_correct": 1 / 3,
            "declined_recall": 1 / 2,
            "declined_false": 1 / 3,
            "quotes_verbatim": 3 / 4,
            "median_chars": 5,
            "latency_p50_ms": 30,
            "latency_p95_ms": 50,
        }
    )


def test_types_and_styles_have_their_own_means(run):
    assert list(run.by_type) == ["fact", "compare", "unanswerable"]
    assert run.by_type["fact"]["answer_correct"] == 1 / 2
    assert run.by_type["unanswerable"]["declined_recall"] == 1 / 2
    assert run.by_type["unanswerable"]["recall@5"] is None
    assert run.by_style["keyword"]["n"] == 1


def test_a_run_over_nothing_defines_no_metric():
    summary = evaluate(Scripted(), [], is_verbatim).summary
    assert {name for name, value in summary.items() if value is not None} == {"n"}


def test_the_json_of_a_run_holds_every_answer_as_ask_prints_it(run):
    document = json.loads(json.dumps(run_json(run)))
    assert document["summary"]["n"] == 5
    first, partly = document["cases"][:2]
    assert (first["id"], first["answer"]) == ("right", answer_json(ANSWERS[0]))
    assert first["scores"]["answer_correct"] is True
    assert first["scores"]["recall@5"] == 1.0
    assert partly["scores"]["failures"] == [f"漏引 {B}", f"误引 {C}"]


def test_an_answer_in_json_has_the_keys_and_the_order_of_the_contract():
    document = answer_json(answered("问", "答", A, retrieved=[B]))
    assert json.dumps(document, ensure_ascii=False) == (
        '{"question": "问", "status": "answered", "text": "答", "claims": [{"text": "答", "citations": [1]}], '
        '"citations": [{"n": 1, "clause": "dalian:三/（九）", "document": "意见", "number": "大政办发〔2018〕159号", '
        '"label": "三、（九）", "region": "大连市", "status": "未知", "quote": "引文", "start": 0, "end": 2}], '
        '"retrieved": [{"clause": "jilin:四/（四）/17", "score": 0.5}], '
        '"timings_ms": {"understand": 0.0, "retrieve": 0.0, "compose": 0.0, "verify": 0.0, "total": 10.0}}'
    )


def test_the_summary_for_people_names_the_failing_questions_and_why(run):
    lines = render_summary(run).splitlines()
    assert "答案正确    0.333" in lines
    assert any(line.split() == ["compare", "1", "0.500", "0.500", "0.500", "0.000", "—"] for line in lines)
    assert [line.split(maxsplit=1) for line in lines[lines.index("未通过 3 题：") + 1 :]] == [
        ["partly", f"漏引 {B}；误引 {C}"],
        ["refused", "误拒 not_found"],
        ["invented", f"未拒；引文不符 [1] {C}"],
    ]


def test_a_right_answer_with_a_wrong_quote_is_listed():
    run = evaluate(Scripted(answered("right", "满十年可评", A, quote="编造")), CASES[:1], is_verbatim)
    assert run.summary["answer_correct"] == 1
    assert f"引文不符 [1] {A}" in render_summary(run)


def test_quoting_the_gold_clauses_whole_is_a_perfect_run_over_the_shipped_set():
    root = Path(__file__).parent.parent
    sources = {file.id: library.load(file) for file in library.find_sources([root / "corpus" / "texts"])}
    clauses = {clause.id: clause for source in sources.values() for clause in source.clauses}

    def quoted(n, clause):
        span = sources[clause.source_id].clean.offsets.span_to_source(clause.span)
        return Citation(n, clause.id, "", "", "", "", UNKNOWN, clause.text, span.start, span.end)

    def perfect(case):
        if not case.answerable:
            return declined(case.question)
        ids = [f"{gold.doc}:{gold.clause.partition('#')[0]}" for gold in case.gold]
        citations = tuple(quoted(n, clauses[name]) for n, name in enumerate(ids, 1))
        text = "\n".join(citation.quote for citation in citations)
        ranked = tuple(RankedClause(name, 1.0) for name in ids)
        return Answer(case.question, Status.ANSWERED, text, citations=citations, retrieved=ranked)

    cases = load_cases(root / "tests" / "cases" / "policies.jsonl")
    wrong = {}
    for case in cases:  # one by one: follow-ups repeat each other's words
        run = evaluate(
            Scripted(perfect(case)),
            [case],
            lambda quote: stands_in(quote, sources[quote.clause.partition(":")[0]]),
        )
        shares = {name: value for name, value in run.summary.items() if "@" in name or "citation" in name}
        if run.results[0].failures or set(shares.values()) - {1.0, None}:
            wrong[case.id] = (run.results[0].failures, shares)
    assert wrong == {}


def test_progress_sees_every_case():
    seen = []

    def progress(cases):
        for case in cases:
            yield case
            seen.append(case.id)

    evaluate(Scripted(*ANSWERS), CASES, is_verbatim, progress)
    assert seen == [case.id for case in CASES]


def rankings(**ranked):
    return lambda question: [RankedClause(clause, 1.0) for clause in ranked.get(question.text, [])]


def test_retrieval_alone_is_scored_over_the_questions_with_gold():
    filler = [f"x:{i}" for i in range(150)]
    search = rankings(right=[C, A], partly=[A, *filler[:50], B], refused=filler, silent=[A])
    run = evaluate_retrieval(search, CASES)
    assert dict(run.summary) == pytest.approx(
        {
            "n": 5,
            "recall@1": (0 + 1 / 2 + 0) / 3,
            "recall@5": (1 + 1 / 2 + 0) / 3,
            "recall@10": (1 + 1 / 2 + 0) / 3,
            "recall@20": (1 + 1 / 2 + 0) / 3,
            "recall@100": (1 + 1 + 0) / 3,
            "mrr@10": (1 / 2 + 1 + 0) / 3,
            "ndcg@10": (0.6309298 + 1 / 1.6309298 + 0) / 3,
        }
    )
    retrieved = run_json(run)["cases"][2]["retrieved"]
    assert [item["clause"] for item in retrieved] == filler[:100]
    assert "检索召回@1" in render_summary(run)


def test_a_run_compared_with_itself_is_not_worse(run, tmp_path):
    write_run(run, tmp_path / "runs" / "first")
    comparison = compare(run, load_baseline(tmp_path / "runs" / "first"))
    assert not comparison.is_worse
    assert comparison.newly_wrong == comparison.newly_right == comparison.added == comparison.removed == ()


def test_a_comparison_names_metrics_and_questions_that_changed(run, tmp_path):
    write_run(run, tmp_path)
    worse = [declined("right"), answered("partly", "都可以", A, B), *ANSWERS[2:]]
    comparison = compare(evaluate(Scripted(*worse), CASES, is_verbatim), load_baseline(tmp_path))
    assert comparison.is_worse
    assert (comparison.newly_wrong, comparison.newly_right) == (("right",), ("partly",))
    assert {change.name for change in comparison.metrics if change.is_worse} == {
        "recall@5", "citation_recall", "declined_false", "quotes_verbatim",
    }  # fmt: skip
    text = render_comparison(comparison)
    assert "新错 1 题：right" in text
    assert any(
        line.split() == ["误拒", "0.333", "0.667", "+0.333", "变差超过", "0.02"] for line in text.splitlines()
    )


@pytest.mark.parametrize(("wrong", "is_worse"), [(1, False), (2, True)])
def test_a_loss_of_exactly_the_tolerance_still_holds(tmp_path, wrong, is_worse):
    cases = [case(str(number), A) for number in range(50)]
    good = [answered(str(number), "答", A, retrieved=[A]) for number in range(50)]
    bad = [answered(str(number), "答", C, retrieved=[A]) for number in range(wrong)]
    write_run(evaluate(Scripted(*good), cases, is_verbatim), tmp_path)
    run = evaluate(Scripted(*good, *bad), cases, is_verbatim)
    assert compare(run, load_baseline(tmp_path)).is_worse is is_worse


def test_slower_or_longer_answers_are_shown_but_hold(run, tmp_path):
    write_run(run, tmp_path)
    slow = [answered("right", "满十年可评" * 9, A, retrieved=[C, A], total=900.0), *ANSWERS[1:]]
    assert not compare(evaluate(Scripted(*slow), CASES, is_verbatim), load_baseline(tmp_path)).is_worse


def test_cases_that_only_one_run_has_are_named(run, tmp_path):
    write_run(run, tmp_path)
    other = evaluate(Scripted(*ANSWERS, declined("new")), [CASES[0], case("new", A)], is_verbatim)
    comparison = compare(other, load_baseline(tmp_path))
    assert comparison.added == ("new",)
    assert comparison.removed == ("partly", "refused", "silent", "invented")
    assert comparison.newly_wrong == ()
    assert "本次没有 4 题：partly、refused" in render_comparison(comparison)


def test_rankings_are_compared_by_gold_in_the_first_five(tmp_path):
    write_run(evaluate_retrieval(rankings(right=[A]), CASES[:1]), tmp_path)
    comparison = compare(evaluate_retrieval(rankings(right=[C]), CASES[:1]), load_baseline(tmp_path))
    assert comparison.newly_wrong == ("right",)


def test_answers_and_rankings_are_not_compared(run, tmp_path):
    write_run(run, tmp_path)
    with pytest.raises(RunError, match="retrieval-only"):
        compare(evaluate_retrieval(rankings(), CASES), load_baseline(tmp_path))


@pytest.mark.parametrize(
    ("content", "message"), [(None, "--out"), ("{", "已损坏"), ('{"summary": {}}', "已损坏")]
)
def test_a_baseline_that_is_none_says_what_to_do(tmp_path, content, message):
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(RunError, match=message):
        load_baseline(tmp_path)


def test_a_folder_that_cannot_be_written_says_so(run, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="无法写入"):
        write_run(run, tmp_path / "file" / "below")
