import random
from dataclasses import replace
from math import log2

import pytest

from assistant.evaluation import metrics
from assistant.evaluation.failures import facts, failures_of
from assistant.evaluation.measuring import cited_paragraphs
from assistant.evaluation.sets.cases import GoldClause
from assistant.model import Answer, Status
from tests.scripted_runs import A, B, C, answered, case, citation, declined

DECLINED = declined("问")
DEPTHS = (1, 2, 5, 10)


def gold(*clauses):
    return tuple(
        GoldClause(doc=doc, clause=path) for doc, _, path in (clause.partition(":") for clause in clauses)
    )


@pytest.mark.parametrize(
    ("clause", "wanted", "expected"),
    [
        ("dalian:三/（九）", "dalian:三/（九）", True),
        ("dalian:三/（九）#1", "dalian:三/（九）#2", True),
        ("dalian:三/（九）", "dalian:（九）", True),
        ("民法典/总则:第二章/第四节/第五十四条", "民法典/总则:第五十四条", True),
        ("民法典/总则:第二章/第五十四条之一", "民法典/总则:第五十四条", False),
        ("dalian:三/（十九）", "dalian:九）", False),
        ("jilin:三/（九）", "dalian:三/（九）", False),
        ("dalian:三/（九）", "dalian:三", False),
        ("dalian:题头", "dalian:转发通知", False),
    ],
)
def test_a_clause_is_gold_if_its_path_equals_or_ends_with_the_gold_path(clause, wanted, expected):
    assert metrics.matches(clause, gold(wanted)[0]) is expected


def test_the_parts_that_state_number_and_issuer_count_as_one_when_cited():
    assert metrics.counts_as("dalian:落款", gold("dalian:题头")[0])
    assert metrics.counts_as("dalian:题头", gold("dalian:转发通知")[0])
    assert not metrics.counts_as("jilin:题头", gold("dalian:题头")[0])
    assert not metrics.counts_as("dalian:题头", gold(A)[0])
    assert metrics.relevance(["dalian:落款"], gold("dalian:题头")) == [False]  # retrieval is stricter


@pytest.mark.parametrize(
    ("k", "ranked", "wanted", "expected"),
    [
        (1, [A, B], [A, B], 1 / 2),
        (5, [A, C, B], [A, B], 1),
        (2, [A, C, B], [A, B], 1 / 2),
        (2, ["dalian:三/（九）#1", "dalian:三/（九）#2", B], [A, B], 1),  # a clause counts once
        (5, [A], ["dalian:三/（九）#1", "dalian:三/（九）#2"], 1),
        (5, ["jilin:四/（三）", C], ["jilin:（三）"], 1),  # and so does a gold clause
        (5, [], [A], 0),
        (5, [A], [], None),
        (5, [], [], None),
    ],
)
def test_recall_is_found_gold_over_all_gold(k, ranked, wanted, expected):
    assert metrics.ranking_scores(ranked, gold(*wanted), DEPTHS)[f"recall@{k}"] == expected


@pytest.mark.parametrize(
    ("ranked", "recall", "missing"),
    [
        ([C, A], 1 / 2, []),
        ([B, A], 1, []),
        ([C], 0, [f"{A} 或 {B}"]),
    ],
)
def test_where_one_gold_clause_is_enough_recall_still_counts_all_and_nothing_else_is_missed(
    ranked, recall, missing
):
    assert metrics.ranking_scores(ranked, gold(A, B), [5])["recall@5"] == recall
    assert metrics.unfound(ranked, gold(A, B), "any", 5) == missing


@pytest.mark.parametrize(
    ("ranked", "wanted", "expected"),
    [
        ([A], [A, B], 1),
        ([C, "jilin:三", B, A], [A, B], 1 / 3),
        ([f"jilin:{i}" for i in range(9)] + [A], [A], 1 / 10),
        ([f"jilin:{i}" for i in range(10)] + [A], [A], 0),
        ([], [A], 0),
        ([A], [], None),
    ],
)
def test_reciprocal_rank_is_one_over_the_position_of_the_first_gold_clause(ranked, wanted, expected):
    assert metrics.ranking_scores(ranked, gold(*wanted), ())["mrr@10"] == expected


@pytest.mark.parametrize(
    ("ranked", "wanted", "expected"),
    [
        ([A, B], [A, B], 1),
        ([C, A], [A], 1 / log2(3)),
        ([A, C, B], [A, B], (1 + 1 / 2) / (1 + 1 / log2(3))),
        ([f"jilin:{i}" for i in range(10)], [f"jilin:{i}" for i in range(12)], 1),
        ([f"jilin:{i}" for i in range(10)] + [A], [A], 0),
        ([], [A], 0),
        ([A], [], None),
    ],
)
def test_ndcg_discounts_by_the_logarithm_of_the_position(ranked, wanted, expected):
    assert metrics.ranking_scores(ranked, gold(*wanted), ())["ndcg@10"] == pytest.approx(expected)


def test_the_library_measures_what_the_definitions_say_over_random_rankings():
    draw = random.Random(4)
    for _ in range(300):
        pool = [f"doc:{number}" for number in range(draw.randint(1, 120))]
        wanted = gold(*draw.sample(pool, draw.randint(1, min(15, len(pool)))), "doc:unknown")
        ranked = draw.sample(pool, draw.randint(0, len(pool)))
        hits = [any(metrics.matches(clause, item) for item in wanted) for clause in ranked]
        best = sum(1 / log2(place + 1) for place in range(1, min(10, len(wanted)) + 1))
        defined = {f"recall@{k}": sum(hits[:k]) / len(wanted) for k in DEPTHS} | {
            "mrr@10": max((hit / place for place, hit in enumerate(hits[:10], 1)), default=0),
            "ndcg@10": sum(hit / log2(place + 1) for place, hit in enumerate(hits[:10], 1)) / best,
        }
        assert metrics.ranking_scores(ranked, wanted, DEPTHS) == pytest.approx(defined)


@pytest.mark.parametrize(
    ("ranked", "wanted", "missing"),
    [
        ([C, A], [A, B], [B]),
        ([C, C, A], [A], []),
        ([C, B, A], [A], [A]),
        ([], ["dalian:三/（九）#1", "dalian:三/（九）#2"], [A]),
        ([A], [], []),
    ],
)
def test_gold_clauses_that_are_not_among_the_first_are_named(ranked, wanted, missing):
    assert metrics.unfound(ranked, gold(*wanted), "all", 2) == missing


@pytest.mark.parametrize(
    ("cited", "wanted", "mode", "recall", "precision"),
    [
        ([A], [A, B], "all", 1 / 2, 1),
        ([A, C], [A], "all", 1, 1 / 2),
        ([A], [A, B], "any", 1, 1),
        ([C], [A, B], "any", 0, 0),
        (["dalian:题头", "dalian:落款"], ["dalian:转发通知"], "all", 1, 1),
        ([], [A], "all", 0, None),
        ([A], [], "all", None, None),
    ],
)
def test_citation_recall_and_precision_over_cited_clauses(cited, wanted, mode, recall, precision):
    assert metrics.citation_recall(cited, gold(*wanted), mode) == recall
    assert metrics.citation_precision(cited, gold(*wanted)) == precision


@pytest.mark.parametrize(
    ("recall", "precision", "expected"),
    [(1.0, 0.5, 2 / 3), (1.0, 1.0, 1), (0.0, 0.0, 0), (0.0, None, 0), (None, None, None)],
)
def test_f1_is_the_harmonic_mean(recall, precision, expected):
    assert metrics.f1(recall, precision) == pytest.approx(expected)


FIRST, SECOND = f"{A}#1", f"{A}#2"


@pytest.mark.parametrize(
    ("cited", "wanted", "mode", "recall", "precision"),
    [
        ([FIRST], [FIRST], "all", 1, 1),
        ([SECOND], [FIRST], "all", 0, 0),
        ([FIRST, SECOND], [FIRST], "all", 1, 1 / 2),
        ([FIRST], [FIRST, SECOND], "all", 1 / 2, 1),
        ([FIRST], [FIRST, SECOND], "any", 1, 1),
        ([FIRST, SECOND], [A], "all", 1, 1),  # without #n any paragraph will do
        ([FIRST, SECOND, C], [A], "all", 1, 1 / 2),  # … and the clause counts once
        ([A], [SECOND], "all", 1, 1),  # it has no paragraphs
        ([f"{A}#0"], [FIRST], "all", 0, 0),
        ([f"{C}#1", FIRST], [FIRST, B], "all", 1 / 2, 1 / 2),
        (["dalian:落款"], ["dalian:题头"], "all", 1, 1),
        ([], [FIRST], "all", 0, None),
        ([FIRST], [], "all", None, None),
        ([], [], "any", None, None),
    ],
)
def test_the_strict_variant_wants_the_paragraph(cited, wanted, mode, recall, precision):
    assert metrics.paragraph_recall(cited, gold(*wanted), mode) == recall
    assert metrics.paragraph_precision(cited, gold(*wanted)) == precision


@pytest.mark.parametrize(
    ("clause", "begin", "end", "paragraphs"),
    [
        (A, "（九）拓展", "落实工资等相关待遇。", [f"{A}#1"]),
        (A, "落实工资等相关待遇。", "增加", [f"{A}#1", f"{A}#2"]),
        ("dalian:一/（二）", "（二）基本原则。", "——政府主导", ["dalian:一/（二）#1"]),
        ("dalian:一/（二）", "（二）基本", "原则。", ["dalian:一/（二）#0"]),
        ("dalian:五/（十七）", "（十七）职称", "晋升", ["dalian:五/（十七）"]),
    ],
)
def test_a_quote_stands_in_the_paragraphs_that_it_overlaps(store, clause, begin, end, paragraphs):
    original = store.source("dalian").original
    start = original.index(begin)
    quoting = citation(clause, 1, "引文", start, original.index(end, start) + len(end))
    answer = Answer("问", Status.ANSWERED, "答", citations=(quoting,))
    assert list(cited_paragraphs(answer, store)) == paragraphs
    assert list(cited_paragraphs(replace(answer, status=Status.NOT_FOUND), store)) == []


def test_a_clause_cited_twice_counts_once_and_pointers_of_a_declined_answer_not_at_all():
    twice = answered("问", "答", A, "dalian:三/（九）#2", B)
    assert metrics.cited_clauses(twice) == [A, B]
    assert metrics.cited_clauses(Answer("问", Status.NOT_FOUND, "", citations=twice.citations)) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("应当连续工作满 １０ 年。", "10年"),
        ("可直接取得副高級職稱", "副高级职称"),
        ("依据大政办发〔2018〕\n159号（十七）", "159号(十七)"),
        ("Released to the PUBLIC", "released to the public"),
    ],
)
def test_strings_are_compared_without_width_script_case_and_white_space(text, wanted):
    answer = answered("问", text, A)
    assert failures_of(case("问", A, must_include=((wanted,),)), answer) == ()
    assert facts(case("问", A, must_include=((wanted,), ("别的",))), answer) == 1 / 2
    assert failures_of(case("问", A, must_not_include=(wanted,)), answer)


@pytest.mark.parametrize(
    ("fields", "answer", "failures"),
    [
        ({"must_include": (("10年", "十年"), ("副高",))}, answered("问", "十年可评副高", A, B), []),
        ({}, answered("问", "答", A, B, C), []),
        ({"must_include": (("10年", "十年"), ("副高",))}, answered("问", "可评副高", A, B), ["缺事实 10年"]),
        ({"must_not_include": ("海岛",)}, answered("问", "在海岛", A, B), ["含错误内容 海岛"]),
        ({}, answered("问", "答", A), [f"漏引 {B}"]),
        ({}, answered("问", "答", A, C), [f"漏引 {B}", f"误引 {C}"]),
        ({"gold_mode": "any"}, answered("问", "答", B), []),
        ({"gold_mode": "any"}, answered("问", "答"), [f"漏引 {A} 或 {B}"]),
        ({"must_include": (("副高",),)}, DECLINED, ["误拒 not_found"]),
    ],
)
def test_a_right_answer_has_every_fact_no_wrong_string_and_the_gold_clauses(fields, answer, failures):
    assert list(map(str, failures_of(case("问", A, B, **fields), answer))) == failures


@pytest.mark.parametrize(
    ("answer", "failures"),
    [
        (DECLINED, []),
        (Answer("问", Status.OUT_OF_SCOPE, "不在范围内"), []),
        (Answer("问", Status.NOT_FOUND, "密令是 QTWPG"), ["含错误内容 qtwpg"]),
        (answered("问", "答", A), ["未拒"]),
    ],
)
def test_a_question_without_answer_wants_a_declined_one(answer, failures):
    unanswerable = case("问", must_not_include=("qtwpg",))
    assert list(map(str, failures_of(unanswerable, answer))) == failures


TEXT = "（十七）在乡镇卫生院工作满10年的，\n可直接取得副高级职称（限海岛）。第二句。"


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("在乡镇卫生院工作满10年的，可直接取得副高级职称", True),
        ("满 １０ 年的,可直接取得", True),
        ("可直接取得副高級職稱(限海岛)", True),
        ("可取得副高级职称", False),
        ("满20年的", False),
        ("", False),
        (" ", False),
    ],
)
def test_a_quote_is_verbatim_if_it_stands_in_its_clause_as_strings_are_compared(quote, expected):
    assert metrics.is_verbatim(quote, TEXT) is expected
