"""Training data and the loss: what a run of an hour relies on, in seconds."""

from __future__ import annotations

import json
from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch

from assistant.evaluation.sets.cases import Case, GoldClause
from index.store import ClauseStore
from index.tokens import Tokenizer
from training.collection import Collection
from training.general_texts import general_texts
from training.loss import AdaptationLoss
from training.negatives import Clauses, mine, pool
from training.pairs import PairMaker
from training.questions import Fold, question_pairs
from training.recipe import Negatives, Recipe
from training.rows import Pair, Row, is_other_answer
from training.train import questions_of_policies
from training.wordings import Wordings

CASES = Path(__file__).parent / "cases"
MADE = json.loads((CASES / "training_pairs.json").read_text(encoding="utf-8"))


# --- pairs ---


@pytest.fixture(scope="module")
def collection(law_store: ClauseStore) -> Collection:
    return Collection(law_store, Path("no vectors"))


def made(collection: Collection, kind: str, clause_id: str) -> list[Pair]:
    """What a kind makes of a clause with one seed and another."""
    [at] = collection.at([clause_id])
    maker = PairMaker(collection, seed=1).maker(kind)
    return [pair for seed in range(60) for pair in maker(collection, at, Random(seed))]


@pytest.mark.parametrize("case", MADE, ids=lambda case: f"{case['kind']} {case['clause']}")
def test_a_clause_makes_its_pairs(case: dict[str, str], collection: Collection) -> None:
    pairs = made(collection, case["kind"], case["clause"])
    found = {(pair.query, collection.clause(pair.position).id) for pair in pairs}
    assert (case["query"], case["answer"]) in found
    assert all(pair.position in pair.clauses for pair in pairs)


def test_a_homophone_sounds_alike_and_a_word_of_english_stands_in_the_glossary(
    collection: Collection,
) -> None:
    from pypinyin import lazy_pinyin

    queries = {pair.query for pair in made(collection, "homophones", "劳动合同法:第四章/第四十六条")}
    right = "什么情况下用人单位应当向劳动者支付经济补偿？"
    wrong = [query for query in queries if len(query) == len(right) and query.startswith(("什", "甚"))]
    assert wrong
    assert any(query != right and lazy_pinyin(query) == lazy_pinyin(right) for query in wrong)
    assert any("associate senior" in pair.query for pair in made(collection, "english", "dalian:五/（十七）"))


@pytest.mark.parametrize(
    "query", ["劳动者权益保护法 法律责任", "劳动合同法：劳动者保护", "《社会保险法》第三条"]
)
def test_no_trade_word_stands_in_a_title_or_a_longer_name(query: str) -> None:
    written = Wordings([], Tokenizer()).in_trade_words(query, Random(1))
    assert written in {None, *(f"劳动合同法：{word}保护" for word in ("员工", "打工人", "打工者", "上班族"))}


def test_few_clauses_hold_the_terms_of_an_english_query(collection: Collection) -> None:
    pairs = list(PairMaker(collection, seed=5).of_kind("english"))
    assert pairs
    assert all(pair.position in pair.clauses and len(pair.clauses) <= 10 for pair in pairs)


def test_pairs_are_the_same_with_the_same_seed_and_never_asked_twice(collection: Collection) -> None:
    counts = {"conditions": 20, "homophones": 20, "policies": 20}
    one, again = (list(PairMaker(collection, seed=5).pairs(counts, 0)) for _ in range(2))
    assert one == again
    assert Counter(pair.kind for pair in one) == counts
    assert list(PairMaker(collection, seed=6).pairs(counts, 0)) != one
    queries = [pair.query for pair in one if pair.kind == "policies"]
    assert len(set(queries)) == len(queries)


def test_no_question_of_the_policies_is_trained_on(collection: Collection) -> None:
    asked = questions_of_policies()
    assert {"第6条", "全科医生津贴"} <= asked  # of both files
    recipe = Recipe.load()
    pairs = {
        pair.query
        for maker in (PairMaker(collection, seed) for seed in recipe.seeds)
        for number, stage in enumerate(recipe.stages)
        for pair in maker.pairs(stage.pairs, number)
    }
    assert pairs
    assert not asked & pairs


QUESTION = Case(
    id="q1",
    question="公司什么时候可以辞退我？",
    gold=(
        GoldClause(doc="劳动合同法", clause="第三十九条"),
        GoldClause(doc="劳动合同法", clause="第四十条"),
    ),
    gold_mode="any",
)


def test_a_question_is_paired_with_each_of_its_articles(collection: Collection) -> None:
    pairs = list(question_pairs([QUESTION], collection, {"q1": "辞退 解除劳动合同"}, passes=[0, 1]))
    answers = [collection.clause(pair.position).path for pair in pairs]
    assert answers == ["第四章/第三十九条", "第四章/第四十条"] * 2
    for article in ("第四章/第三十九条", "第四章/第四十条"):
        queries = {p.query for p in pairs if collection.clause(p.position).path == article}
        assert queries == {QUESTION.question, "辞退 解除劳动合同"}
    assert {pair.clauses for pair in pairs} == {frozenset(pair.position for pair in pairs)}


def test_a_question_with_many_articles_takes_some_in_each_pass(collection: Collection) -> None:
    numbers = ("三十九", "四十", "四十一", "四十二")
    gold = tuple(GoldClause(doc="劳动合同法", clause=f"第{number}条") for number in numbers)
    pairs = list(
        question_pairs([QUESTION.model_copy(update={"gold": gold})], collection, {"q1": ""}, passes=[0, 1])
    )
    answers = [collection.clause(pair.position).path for pair in pairs]
    assert answers == [f"第四章/第{numbers[at]}条" for at in (0, 1, 2, 3, 0, 1)]


def test_every_question_is_held_out_once() -> None:
    cases = [QUESTION.model_copy(update={"id": f"q{n}"}) for n in range(12)]
    split = [Fold.parse(f"{number}/5").split(cases) for number in range(1, 6)]
    assert sorted(case.id for _, held in split for case in held) == sorted(case.id for case in cases)
    assert all(not {c.id for c in trained} & {c.id for c in held} for trained, held in split)
    assert Fold().split(cases) == (cases, [])


# --- negatives and loss ---


def pair(query: str, position: int, *others: int) -> Pair:
    return Pair("questions", query, f"clause {position}", position, frozenset([position, *others]))


def row(own: Pair, negative: int) -> Row:
    return Row(own, f"clause {negative}", negative, "query: kept", np.zeros(2, np.float32))


def test_other_answers_of_a_question_are_no_negatives() -> None:
    rows = [row(pair("a", 1, 2), 5), row(pair("a", 2, 1), 9), row(pair("b", 5), 2)]
    passages, negatives = is_other_answer(rows).split(3, dim=1)
    assert passages.tolist() == [[False, True, False], [True, False, False], [False, False, False]]
    assert negatives.tolist() == [[False, False, True], [False, False, True], [True, False, False]]


class Fixed(torch.nn.Module):
    """A model whose texts have one token, and whose vectors are given."""

    def __init__(self, vectors: list[list[float]]) -> None:
        super().__init__()
        self.table = torch.tensor(vectors)

    def forward(self, features: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return {"sentence_embedding": self.table[features["input_ids"][:, 0]]}


def column(*tokens: int) -> dict[str, torch.Tensor]:
    """Texts of several lengths that begin with these tokens; the rest is padding."""
    ids = torch.tensor([[token, 9, 9] for token in tokens])
    lengths = torch.tensor([1 + number % 3 for number in range(len(tokens))])
    return {"input_ids": ids, "attention_mask": (torch.arange(3) < lengths[:, None]).long()}


CLAUSES = Clauses(np.array([1, 2, 5, 6, 9]), np.eye(2, dtype=np.float32)[[0, 1, 0, 0, 1]])


def test_the_loss_counts_wrong_clauses_and_what_was_moved_and_no_other_answer() -> None:
    model = Fixed([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    batch = [column(0, 1), column(0, 1), column(0, 0), column(0, 2)]
    recipe = Recipe.load()
    rows = [row(pair("a", 1), 7), row(pair("b", 2), 8)]
    kept = np.array([1, 0], np.float32)
    rows = [Row(r.pair, r.negative, r.negative_position, r.kept, kept) for r in rows]
    counted = AdaptationLoss(model, rows, recipe, CLAUSES)(batch, torch.tensor([0, 1]))
    moved = recipe.keeping.weight * (1 - 0.6) / 2
    assert counted["kept"].item() == pytest.approx(moved)
    # "a" has three candidates as near as each other; "b" has one that is near, its own
    assert counted["contrast"].item() == pytest.approx(np.log(3) / 2, abs=1e-4)
    others = [Row(pair("a", 1, 7, 8), "clause 7", 7, "", kept), rows[1]]
    masked = AdaptationLoss(model, others, recipe, CLAUSES)(batch, torch.tensor([0, 1]))
    assert masked["contrast"].item() == pytest.approx(0, abs=1e-4)
    unmasked = AdaptationLoss(model, others, recipe.without("masking"), CLAUSES)(batch, torch.tensor([0, 1]))
    assert unmasked["contrast"].item() == pytest.approx(np.log(3) / 2, abs=1e-4)


def test_a_question_is_told_apart_from_all_clauses_but_its_answers_and_the_same_rule_elsewhere() -> None:
    model = Fixed([[1.0, 0.0], [0.0, 1.0]])
    recipe = Recipe.load()
    recipe = recipe.model_copy(update={"negatives": recipe.negatives.model_copy(update={"too_alike": 0.99})})
    angles = np.array([0.5, 0.5, 0.502, -0.5, -0.5, -0.5])
    clauses = Clauses(np.arange(6), np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32))
    batch = [column(0, 0), column(0, 0), column(1, 1), column(0, 0)]

    def among_all(kind: str, answers: set[int], recipe: Recipe = recipe) -> float:
        own = Pair(kind, "a", "clause 0", 0, frozenset({0, *answers}))
        loss = AdaptationLoss(model, [row(own, 9)], recipe, clauses)(batch, torch.tensor([0, 0]))
        return float(loss["among_all"])

    # 3, 4 and 5 are as near as the answer and say the same as each other; 1 and 2 say the same as the answer
    assert among_all("questions", set()) == pytest.approx(np.log(4), abs=1e-3)
    assert among_all("questions", {3, 77}) == pytest.approx(0, abs=1e-3)
    assert among_all("questions", set(), recipe.without("masking")) > np.log(5)
    assert among_all("headings", set()) == among_all("questions", set(), recipe.without("all_clauses")) == 0


def test_a_hard_negative_is_near_and_neither_an_answer_nor_the_same_rule_elsewhere() -> None:
    vectors = np.array([[1, 0], [0.999, 0.045], [0.9, 0.436], [0.8, 0.6], [0, 1]], np.float32)
    clauses = Clauses(np.array([10, 11, 12, 13, 14]), vectors)
    options = Negatives(of_questions=(0, 1), of_made_pairs=(1, 3), too_alike=0.99, pool=5)
    asked = pair("a", 10)
    typed = Pair("headings", "a", "clause 10", 10, frozenset([10]))
    queries = np.array([[1, 0], [1, 0]], np.float32)
    found = list(mine([asked, typed], queries, clauses, options, Random(1)))
    assert found[0] == 12  # 10 answers, 11 is nearly 10
    assert found[1] in (13, 14)


def test_a_query_that_all_near_clauses_answer_has_a_negative_farther_away() -> None:
    vectors = np.stack([np.cos(angles := np.linspace(0, 1.5, 20)), np.sin(angles)], 1).astype(np.float32)
    options = Negatives(of_questions=(0, 2), of_made_pairs=(0, 2), too_alike=2.0, pool=5)
    own = Pair("purposes", "a", "clause 0", 0, frozenset(range(12)))
    [found] = mine([own], vectors[:1], Clauses(np.arange(20), vectors), options, Random(1))
    assert found in (12, 13)


def test_mined_anew_are_all_answers_and_what_is_nearest_to_questions_before_what_is_nearest_to_others() -> (
    None
):
    angles = np.linspace(0, np.pi / 2, 20)
    clauses = np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)
    asked, typed = pair("a", 12), Pair("headings", "b", "clause 18", 18, frozenset([18]))
    queries = clauses[[0, 19]]

    def chosen(size: int) -> list[int]:
        options = Recipe.load().negatives.model_copy(update={"pool": size})
        return list(pool([asked, typed], queries, clauses, options))

    assert chosen(1) == [12, 18]
    assert chosen(10) == [0, 1, 2, 3, 4, 12, 16, 17, 18, 19]
    assert chosen(100) == list(range(20))


# --- kept texts ---


@pytest.mark.parametrize("kind", ["policy_phrases", "policy_keywords"])
def test_what_is_kept_of_the_policies_is_their_words_as_queries(kind: str, collection: Collection) -> None:
    policies = [collection.clause(at).text for at in range(collection.laws, len(collection))]
    titles = [collection.document(at).title for at in range(collection.laws, len(collection))]
    made = list(islice(general_texts(collection, {kind: 1}, Random(1)), 40))
    assert {task for task, _ in made} == {"query"}
    for _, text in made:
        parts = text.split("，") if kind == "policy_phrases" else text.replace(" ", "")
        assert any(all(part in text for part in parts) for text in [*policies, *titles]), text
    assert len({text for _, text in made}) > 20


def test_what_is_kept_of_the_policies_are_questions_for_a_number(collection: Collection) -> None:
    made = {text for _, text in islice(general_texts(collection, {"policy_references": 1}, Random(1)), 8_000)}
    assert {"吉林省第2条", "吉林省的文件四、（一）2规定了什么", "查一下大连市第（九）条"} <= made
    without = general_texts(collection, {"policy_references": 1}, Random(1), but={"吉林省第2条"})
    assert {text for _, text in islice(without, 8_000)} & made == made - {"吉林省第2条"}
