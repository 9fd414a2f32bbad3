from math import log2

import pytest

from assistant.evaluation import metrics
from assistant.evaluation.cases import Case, GoldClause
from assistant.model import Answer, Citation, Status
from assistant.verification import stands_in
from corpus.cleaning import clean
from corpus.model import Source
from corpus.model import Status as DocumentStatus

A, B, C = "dalian:三/（九）", "jilin:四/（四）/17", "jilin:五/（三）"


def gold(*clauses):
    return tuple(
        GoldClause(doc=doc, clause=path) for doc, _, path in (clause.partition(":") for clause in clauses)
    )


def case(*clauses, **fields):
    return Case(id="c", question="问", gold=gold(*clauses), **fields)


def citation(clause, n=1, quote="引文", start=0, end=2):
    return Citation(n, clause, "意见", "", "", "大连市", DocumentStatus.IN_FORCE, quote, start, end)


def answered(text, *clauses):
    return Answer("问", Status.ANSWERED, text, citations=tuple(map(citation, clauses)))


DECLINED = Answer("问", Status.NOT_FOUND, "文件没有规定")


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
    assert metrics.recall_at(5, ["dalian:落款"], gold("dalian:题头")) == 0  # retrieval is stricter


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
    ],
)
def test_recall_is_found_gold_over_all_gold(k, ranked, wanted, expected):
    assert metrics.recall_at(k, ranked, gold(*wanted)) == expected


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
    assert metrics.reciprocal_rank(ranked, gold(*wanted)) == expected


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
    assert metrics.ndcg(ranked, gold(*wanted)) == pytest.approx(expected)


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


def test_a_clause_cited_twice_counts_once_and_pointers_of_a_declined_answer_not_at_all():
    twice = answered("答", A, "dalian:三/（九）#2", B)
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
    assert metrics.answer_correct(case(A, must_include=((wanted,),)), answered(text, A))
    assert not metrics.answer_correct(case(A, must_not_include=(wanted,)), answered(text, A))


@pytest.mark.parametrize(
    ("fields", "answer", "failures"),
    [
        ({"must_include": (("10年", "十年"), ("副高",))}, answered("十年可评副高", A, B), []),
        ({}, answered("答", A, B, C), []),
        ({"must_include": (("10年", "十年"), ("副高",))}, answered("可评副高", A, B), ["缺事实 10年"]),
        ({"must_not_include": ("海岛",)}, answered("在海岛", A, B), ["含错误内容 海岛"]),
        ({}, answered("答", A), [f"漏引 {B}"]),
        ({}, answered("答", A, C), [f"漏引 {B}", f"误引 {C}"]),
        ({"gold_mode": "any"}, answered("答", B), []),
        ({"gold_mode": "any"}, answered("答"), [f"漏引 {A} 或 {B}"]),
        ({"must_include": (("副高",),)}, DECLINED, ["误拒 not_found"]),
    ],
)
def test_a_right_answer_has_every_fact_no_wrong_string_and_the_gold_clauses(fields, answer, failures):
    assert list(map(str, metrics.failures(case(A, B, **fields), answer))) == failures


@pytest.mark.parametrize(
    ("answer", "failures"),
    [
        (DECLINED, []),
        (Answer("问", Status.OUT_OF_SCOPE, "不在范围内"), []),
        (Answer("问", Status.NOT_FOUND, "密令是 QTWPG"), ["含错误内容 qtwpg"]),
        (answered("答", A), ["未拒"]),
    ],
)
def test_a_question_without_answer_wants_a_declined_one(answer, failures):
    unanswerable = case(answerable=False, must_not_include=("qtwpg",))
    assert list(map(str, metrics.failures(unanswerable, answer))) == failures


def test_means_leave_out_what_is_not_defined():
    assert metrics.mean([1, None, 0, True]) == pytest.approx(2 / 3)
    assert metrics.mean([None]) is None
    assert metrics.mean([]) is None


def test_percentiles_by_nearest_rank():
    assert metrics.percentile([40, 10, 30, 20], 0.50) == 20
    assert metrics.percentile(range(1, 101), 0.95) == 95
    assert metrics.percentile([7], 0.95) == 7
    assert metrics.percentile([], 0.5) is None


ORIGINAL = "（十七）在乡镇卫生院工作满\n10\u200b年的，\n\f\n— 3 —\n可直接取得副高级职称。\n第二句。\n"


@pytest.fixture
def source():
    cleaned = clean(ORIGINAL)
    assert {item.name for item in cleaned.furniture} == {"换页", "页码"}
    return Source("dalian", "dalian.txt", "", ORIGINAL, cleaned, (), ())


QUOTE = "在乡镇卫生院工作满10年的，可直接取得副高级职称。"
START, END = ORIGINAL.index("在乡镇"), ORIGINAL.index("第二句")


@pytest.mark.parametrize(
    ("quote", "start", "end", "expected"),
    [
        (QUOTE, START, END, True),
        ("在乡镇卫生院工作满 10 年的，可直接取得副高级职称。", START, END, True),
        (QUOTE.replace("10", "１０"), START, END, False),
        (QUOTE.replace("直接", ""), START, END, False),
        (QUOTE, START + 1, END, False),
        (QUOTE, START, END + 2, False),
        ("第二句。", END, len(ORIGINAL), True),
        ("第二句。", END, len(ORIGINAL) + 1, False),
        ("可直接取得副高级职称。第二句。", -5, len(ORIGINAL), False),
        ("", START, START, False),
    ],
)
def test_a_quote_is_verbatim_if_its_range_of_the_source_prints_the_same(source, quote, start, end, expected):
    assert stands_in(citation("dalian:五/（十七）", 1, quote, start, end), source) is expected
