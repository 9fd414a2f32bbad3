"""A run beside an earlier one: metrics, and the questions that changed."""

import pytest

from assistant.evaluation.comparison import check_comparable, compare
from assistant.evaluation.gates import DEFAULT, check
from assistant.evaluation.reports.terminal import render_comparison
from assistant.evaluation.run_folder import RunError
from assistant.evaluation.sets.cases import EarlierTurn
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


def changes(comparison):
    return {change.name: (change.before, change.now, change.p_value) for change in comparison.metrics}


def test_a_run_compared_with_itself_has_not_changed(baseline):
    comparison = compare(baseline, baseline)
    for before, now, p_value in changes(comparison).values():
        assert before == now
        assert p_value in (1, None)
    assert comparison.newly_wrong == comparison.newly_right == comparison.changed == ()
    assert comparison.added == comparison.removed == ()


def test_a_comparison_names_metrics_and_questions_that_changed(baseline, rerun):
    worse = [
        declined("right"),
        answered("partly", "都可以", A, B, retrieved=[B, A]),
        declined("refused", "不清楚"),
        declined("silent", total=99.0),
        EARLIER_ANSWERS[4],
    ]
    comparison = compare(rerun(worse), baseline)
    assert (comparison.newly_wrong, comparison.newly_right) == (("right",), ("partly",))
    assert comparison.changed == ("refused",)
    assert changes(comparison)["citation_recall"] == (1 / 2, 1 / 3, 1)  # -1 and +1/2: either sign is as good
    assert changes(comparison)["declined_precision"] == (
        2 / 3,
        1 / 2,
        None,
    )  # nobody counts in both otherwise
    text = render_comparison(comparison, "answers")
    assert "新错 1 题：right" in text
    assert "答案有变 1 题：refused" in text
    assert ["误拒", "0.333", "0.667", "+0.333", "1.000"] in [line.split() for line in text.splitlines()]


def test_p_values_are_those_of_the_paired_test_over_the_differences(store, tmp_path):
    cases = [case(str(number), A) for number in range(20)]
    good = [answered(str(number), "答", A) for number in range(20)]
    bad = [answered(str(number), "答", C) for number in range(5)]
    before = answers_run(store, tmp_path / "before", cases, good)
    now = answers_run(store, tmp_path / "now", cases, [*bad, *good[5:]])
    found = changes(compare(now, before))
    assert found["answer_correct"] == (1, 15 / 20, 2 / 2**5)
    assert found["quotes_verbatim"] == (1, 1, 1)
    assert found["latency_p50_ms"][2] is None


def test_another_quote_is_another_answer(baseline, rerun):
    other = [answered("right", "满十年可评", A, quote="全科", retrieved=[A]), *EARLIER_ANSWERS[1:]]
    assert compare(rerun(other), baseline).changed == ("right",)


def test_cases_that_only_one_run_has_are_named_and_do_not_count(baseline, rerun):
    comparison = compare(
        rerun([*EARLIER_ANSWERS, declined("new")], [*EARLIER_CASES[:2], case("new", A)]), baseline
    )
    assert comparison.added == ("new",)
    assert comparison.removed == ("refused", "silent", "quiet")
    assert comparison.newly_wrong == comparison.newly_right == ()
    assert changes(comparison)["answer_correct"] == (1 / 2, 1 / 2, 1)
    assert "本次没有 3 题：refused、silent、quiet" in render_comparison(comparison, "answers")


def test_runs_without_a_common_question_are_not_compared(baseline, rerun):
    with pytest.raises(RunError, match="没有一道相同的题目"):
        compare(rerun([declined("new")], [case("new", A)]), baseline)


@pytest.mark.parametrize(
    "edit",
    [
        {"question": "另一个问题"},
        {"history": (EarlierTurn(role="user", content="大连"),)},
        {"scope": "大连"},
        {"gold": case("right", B).gold},
        {"gold_mode": "any"},
        {"must_include": (("十年",),)},
        {"must_not_include": ("海岛",)},
        {"gold": (), "answerable": False},
    ],
    ids=lambda edit: " ".join(edit),
)
def test_a_case_that_asks_or_expects_something_else_is_named_and_does_not_count(baseline, rerun, edit):
    edited = EARLIER_CASES[0].model_copy(update=edit)
    answers = [answered(edited.question, "都不对", C), *EARLIER_ANSWERS[1:]]
    now = rerun(answers, [edited, *EARLIER_CASES[1:]])
    comparison = compare(now, baseline)
    assert comparison.edited == ("right",)
    assert comparison.newly_wrong == comparison.changed == comparison.added == comparison.removed == ()
    assert all(before == value for before, value, _ in changes(comparison).values())
    assert all(result.holds for result in check(DEFAULT, now, baseline))
    assert "题目已改 1 题：right" in render_comparison(comparison, "answers")
    with pytest.raises(RunError, match="没有一道相同的题目"):
        check_comparable("answers", [edited], baseline)


def test_rankings_are_compared_by_gold_in_the_first_five(store, tmp_path):
    cases = [case("lost", A), case("kept", A), case("moved", A), case("silent")]
    before = {"lost": [A], "kept": [C, A], "moved": [C, A], "silent": [A]}
    after = {"lost": [C], "kept": [C, A], "moved": [A, C], "silent": [C]}
    baseline = rankings_run(store, tmp_path / "before", cases, before)
    comparison = compare(rankings_run(store, tmp_path / "after", cases, after), baseline)
    assert comparison.newly_wrong == ("lost",)
    assert comparison.newly_right == ()
    assert comparison.changed == ("moved", "silent")


def test_answers_and_rankings_are_not_compared(store, baseline, tmp_path):
    rankings = rankings_run(store, tmp_path / "rankings", EARLIER_CASES, {})
    with pytest.raises(RunError, match="retrieval-only"):
        compare(rankings, baseline)
