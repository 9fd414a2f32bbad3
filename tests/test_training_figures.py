"""The figures of a training: the search of the product, general ability, tables."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from assistant.evaluation.sets.cases import Case, GoldClause, load_cases
from index.encoder import Encoder
from training.agreement import agreement, sentence_pairs
from training.recipe import Recipe
from training.scoring import Searchable

CASES = Path(__file__).parent / "cases"
QUESTION = Case(
    id="q1",
    question="公司什么时候可以辞退我？",
    gold=(
        GoldClause(doc="劳动合同法", clause="第三十九条"),
        GoldClause(doc="劳动合同法", clause="第四十条"),
    ),
    gold_mode="any",
)


def test_the_recipe_can_leave_out_each_ingredient() -> None:
    recipe = Recipe.load()
    assert {"headings", "questions", "hard_negatives", "mining_anew", "masking", "keeping"} <= set(
        recipe.ingredients
    )
    without = [recipe.without(ingredient) for ingredient in recipe.ingredients if ingredient != "averaging"]
    assert all(other != recipe for other in without)
    assert "openings" not in recipe.without("openings").stages[0].pairs
    with pytest.raises(ValueError, match="no ingredient “salt”; there are headings"):
        recipe.without("salt")


@pytest.fixture(scope="module")
def searchable(data_folder: Path) -> Searchable:
    return Searchable(data_folder)


def some_cases() -> list[Case]:
    return [case for case in load_cases(CASES / "policies.jsonl") if case.answerable][:40:8]


def test_scores_are_those_of_the_products_search(searchable: Searchable, encoder: Encoder) -> None:
    index = searchable.assistant.index
    for asked in searchable.asked(some_cases()):
        vector = encoder.encode_queries([asked.topic])[0]
        found = searchable.search(asked, vector, searchable.plain)
        query, _ = searchable.assistant.search(asked.case.as_question())
        search = searchable.assistant.retriever.search_for(query)
        hits = index.search(search.topic, search.where, 10, search.words) if search else []
        best = np.argsort(-found.fused, kind="stable")[:10]
        assert [found.clauses[at] for at in best] == [hit.clause_id for hit in hits]


def test_vectors_of_the_same_encoder_give_the_same_scores(
    searchable: Searchable, encoder: Encoder, tmp_path: Path
) -> None:
    asked = searchable.asked(some_cases())
    again = searchable.encoded(encoder, tmp_path, asked)
    vectors = encoder.encode_queries([question.topic for question in asked])
    for question, vector in zip(asked, vectors, strict=True):
        one, other = (searchable.search(question, vector, arrays) for arrays in (searchable.plain, again))
        assert one.clauses == other.clauses
        assert other.fused == pytest.approx(one.fused, abs=5e-3)


def test_a_quick_measurement_keeps_all_answers(searchable: Searchable, encoder: Encoder) -> None:
    asked = searchable.narrowed(searchable.asked(some_cases()), encoder, 20)
    vector = encoder.encode_queries([asked[0].case.question])[0]
    near = searchable.nearest(asked[0], vector, searchable.plain, 20)
    assert len(near) == len(set(near)) == asked[0].among.sum() == 20
    answers = [gold.clause for question in asked for gold in question.case.gold]
    among = {searchable.passages[at].clause.path for at in np.flatnonzero(asked[0].among)}
    assert {answer.split("#")[0] for answer in answers} <= among


def test_sentence_pairs_are_many_and_of_all_grades() -> None:
    pairs = sentence_pairs()
    languages = Counter(pair.language for pair in pairs)
    assert languages["zh"] >= 200
    assert languages["en"] >= 100
    assert {pair.grade for pair in pairs} == {0, 1, 2, 3, 4, 5}
    texts = Counter(text for pair in pairs for text in (pair.first, pair.second))
    assert texts.most_common(1)[0][1] == 1


def test_an_encoder_agrees_with_itself_and_with_people(encoder: Encoder) -> None:
    pairs = sentence_pairs()[::6]
    figures = agreement(encoder, encoder, pairs)
    assert figures["plain and trained"] == pytest.approx(1)
    assert figures["plain and grades"] == figures["trained and grades"] > 0.7


def figures(recall: float) -> dict[str, object]:
    scores = dict.fromkeys(("recall@1", "recall@5", "recall@10", "recall@100", "mrr@10"), recall)
    return {
        "questions": {"q1": {"dense": scores, "hybrid": scores}},
        "policies": {"all": recall, "typo": 0.5},
    }


def test_the_tables_show_both_encoders_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from training import results

    questions = tmp_path / "questions.jsonl"
    questions.write_text(QUESTION.model_dump_json(exclude_defaults=True), encoding="utf-8")
    folder = tmp_path / "fold-1"
    folder.mkdir()
    ranks = {"pairs": 3, "plain and trained": 0.95, "plain and grades": 0.9, "trained and grades": 0.89}
    found = {"plain": figures(0.25), "trained": figures(0.75), "general": {"zh": ranks}, "among": 99}
    (folder / "figures.json").write_text(json.dumps(found), encoding="utf-8")
    for encoder in ("plain", "trained"):
        features = np.zeros((1, 8), np.float32)
        np.savez(folder / encoder, **{"q1/clauses": np.array(["x:1"]), "q1/features": features})
    monkeypatch.setattr("sys.argv", ["results", str(tmp_path), "--questions", str(questions)])
    results.main()
    lines = capsys.readouterr().out.splitlines()
    assert next(line for line in lines if line.startswith("| dense, gain |")).count("0.500") == 5
    assert "| fold-1 | 0.750 | 0.500 |" in lines
    assert "| fold-1 | zh | 3 | 0.950 | 0.900 | 0.890 |" in lines
