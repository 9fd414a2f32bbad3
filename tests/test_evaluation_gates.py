"""Gates: which runs they let through, which questions they name, and files that are none."""

import pytest

from assistant.evaluation.gates import DEFAULT, GateError, Gates, check, check_mode, load
from assistant.evaluation.reports.terminal import render_gates
from tests.scripted_runs import (
    EARLIER_ANSWERS,
    EARLIER_CASES,
    A,
    B,
    C,
    answered,
    answers_run,
    case,
    declined,
    rankings_run,
)


def failing(results):
    """The questions behind each gate that does not hold."""
    return {result.metric: result.questions for result in results if not result.holds}


def test_without_a_baseline_nothing_is_gated_by_default(baseline):
    assert check(DEFAULT, baseline, None) == ()


def test_a_run_holds_against_itself(baseline):
    results = check(DEFAULT, baseline, baseline)
    assert {"answer_correct", "declined_false", "quotes_verbatim"} <= {result.metric for result in results}
    assert all(result.holds and not result.questions for result in results)
    assert render_gates(results, "answers").endswith("项全部通过")


@pytest.mark.parametrize(("wrong", "holds"), [(1, True), (2, False)])
def test_a_loss_of_exactly_the_tolerance_still_holds(store, tmp_path, wrong, holds):
    cases = [case(str(number), A) for number in range(50)]
    good = [answered(str(number), "答", A, retrieved=[A]) for number in range(50)]
    bad = [answered(str(number), "答", C, retrieved=[A]) for number in range(wrong)]
    baseline = answers_run(store, tmp_path / "baseline", cases, good)
    run = answers_run(store, tmp_path / "run", cases, [*good, *bad])
    results = {result.metric: result for result in check(DEFAULT, run, baseline)}
    assert results["answer_correct"].holds is holds
    assert results["answer_correct"].limit == pytest.approx(0.98)
    assert results["answer_correct"].baseline == 1


def test_a_failing_gate_names_metric_value_limit_and_the_questions_that_lost(baseline, rerun):
    worse = [
        declined("right"),
        answered("partly", "都可以", A, B, retrieved=[A, B]),
        EARLIER_ANSWERS[2],
        answered("silent", "可以", C, quote="编造"),
        EARLIER_ANSWERS[4],
    ]
    results = check(DEFAULT, rerun(worse), baseline)
    found = failing(results)
    assert found["citation_recall"] == ("right",)
    assert found["declined_false"] == ("right",)
    assert found["declined_recall"] == ("silent",)
    assert found["declined_precision"] == (
        "right",
        "silent",
    )  # one is declined wrongly, one no longer rightly
    assert found["quotes_verbatim"] == ("right", "silent")
    assert "answer_correct" not in found  # one won, one lost
    text = render_gates(results, "answers")
    assert "误拒（declined_false）0.667，要求 ≤ 0.353（基线 0.333）；相关 1 题：right" in text


def test_slower_or_longer_answers_hold_unless_a_limit_is_set(baseline, rerun):
    slow = rerun([answered("right", "满十年可评" * 9, A, retrieved=[A], total=900.0), *EARLIER_ANSWERS[1:]])
    assert failing(check(DEFAULT, slow, baseline)) == {}
    strict = Gates(absolute={"latency_p95_ms": 500}, regression={"median_chars": 10})
    assert failing(check(strict, slow, baseline)) == {
        "latency_p95_ms": ("right",),
        "median_chars": ("right",),
    }


def test_absolute_gates_name_the_questions_that_are_not_perfect(baseline):
    gates = Gates(absolute={"citation_recall": 0.9, "declined_false": 0.1, "declined_recall": 1})
    assert failing(check(gates, baseline, None)) == {
        "citation_recall": ("partly", "refused"),
        "declined_false": ("refused",),
    }


def test_a_limit_of_its_own_replaces_the_default(baseline, rerun):
    worse = rerun([answered("right", "满十年可评", C, retrieved=[A]), *EARLIER_ANSWERS[1:]])
    shares = ("citation_recall", "citation_precision", "citation_f1", "answer_correct", "paragraph_recall")
    lenient = Gates(regression=dict.fromkeys((*shares, "paragraph_precision"), 0.5))
    assert set(failing(check(DEFAULT, worse, baseline))) == set(lenient.regression)
    assert failing(check(lenient, worse, baseline)) == {}
    assert failing(check(Gates(default=0.5), worse, baseline)) == {}


def test_regressions_count_over_the_questions_that_both_runs_have(baseline, rerun):
    more = rerun([*EARLIER_ANSWERS, declined("hard")], [case("hard", A), *reversed(EARLIER_CASES)])
    assert failing(check(DEFAULT, more, baseline)) == {}


def test_rankings_have_gates_of_their_own(store, tmp_path):
    baseline = rankings_run(store, tmp_path / "before", EARLIER_CASES, {"right": [A]})
    run = rankings_run(store, tmp_path / "after", EARLIER_CASES, {"right": [C, A]})
    found = failing(check(DEFAULT, run, baseline))
    assert found == {"recall@1": ("right",), "mrr@10": ("right",), "ndcg@10": ("right",)}


def test_a_gate_that_cannot_be_checked_is_no_gate_that_holds(baseline, store, tmp_path):
    with pytest.raises(GateError, match=r"premises_corrected.*没有可计的题目"):
        check(Gates(absolute={"premises_corrected": 1}), baseline, None)
    rankings = rankings_run(store, tmp_path / "rankings", EARLIER_CASES, {})
    with pytest.raises(GateError, match="answer_correct 在这种评测里不测"):
        check(Gates(regression={"answer_correct": 0}), rankings, None)
    check_mode(Gates(absolute={"recall@5": 1}), "answers")
    graded = Gates(absolute={"faithfulness": 1})
    check_mode(graded, "answers", is_judged=True)
    with pytest.raises(GateError, match=r"faithfulness.*--judge"):
        check_mode(graded, "answers", is_judged=False)


def test_a_file_gives_limits_and_the_default(tmp_path):
    file = tmp_path / "gates.toml"
    file.write_text(
        '[absolute]\nanswer_correct = 0.9\n"recall@5" = 1\n[regression]\ndefault = 0.01\ndeclined_false = 0\n',
        encoding="utf-8",
    )
    assert load(file) == Gates({"answer_correct": 0.9, "recall@5": 1}, {"declined_false": 0}, 0.01, True)
    file.write_text("")
    assert load(file) == DEFAULT


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (None, ["无法读取", "请检查路径"]),
        ("[absolute", ["TOML", "按行修正"]),
        ("[absolute]\nrecall@5 = 1", ["TOML", "加引号"]),
        ("\udcff", ["UTF-8"]),
        ("[absolut]\nanswer_correct = 1", ["absolut", "[absolute]", "[regression]"]),
        ("absolute = 1", ["absolute 的值 1", "指标 = 数值"]),
        ("[absolute]\nanswer_correct = '高'", ["absolute.answer_correct", "'高'", "数值"]),
        ("[absolute]\nanswer_correct = true", ["absolute.answer_correct", "True"]),
        ("[regression]\ndefault = -1", ["regression.default", "-1", "不能为负"]),
        ("[regression]\ndefault = nan", ["regression.default", "有限"]),
        ("[absolute]\nrecal = 1\n[regression]\ncorrect = 1", ["correct、recal", "citation_recall", "mrr@10"]),
        ("[absolute]\ndefault = 1", ["default"]),
        ("[absolute]\nanswer_correct = 95", ["absolute.answer_correct = 95", "0.95，不是 95"]),
        ("[absolute]\nanswer_correct = -0.1", ["absolute.answer_correct = -0.1", "0.95，不是 95"]),
        ("[regression]\nfacts = 2", ["regression.facts = 2", "0.95，不是 95"]),
        ("[regression]\ndefault = 2", ["regression.default = 2", "0.95，不是 95"]),
    ],
)
def test_a_file_that_gives_no_gates_is_explained(tmp_path, content, parts):
    file = tmp_path / "gates.toml"
    if content is not None:
        file.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(GateError) as error:
        load(file)
    assert "\n" not in str(error.value)
    for part in [str(file), *parts]:
        assert part in str(error.value)
