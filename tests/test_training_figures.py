"""The figures of a training: general ability, whose run a folder holds, tables."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from assistant.evaluation.sets.cases import Case, GoldClause
from index.encoder import Encoder
from index.fusion import WEIGHTS, Network
from training.agreement import agreement, sentence_pairs
from training.folders import claim, claim_questions, recipe_of
from training.questions import Fold
from training.recipe import Recipe

FEATURES = tuple(Network.load(WEIGHTS).units[0].features)
QUESTION = Case(id="q1", question="什么时候施行？", gold=(GoldClause(doc="劳动合同法", clause="第九十八条"),))


def test_the_recipe_can_leave_out_each_ingredient() -> None:
    recipe = Recipe.load()
    switched = {"hard_negatives", "all_clauses", "mining_anew", "masking", "keeping"}
    assert {"headings", "questions", *switched} <= set(recipe.ingredients)
    for whole in (recipe.model_copy(update={"scale": scale}) for scale in (0.8, 1.0)):
        assert all(whole.without(ingredient) != whole for ingredient in whole.ingredients)
    assert "openings" not in recipe.without("openings").stages[0].pairs
    with pytest.raises(ValueError, match="no ingredient “salt”; there are headings"):
        recipe.without("salt")


def test_a_quick_recipe_is_half_of_the_first_stage() -> None:
    recipe = Recipe.load().without("openings")
    [stage] = recipe.quick().stages
    first = recipe.stages[0]
    assert stage.questions * 2 == first.questions
    assert stage.pairs == {kind: number // 2 for kind, number in first.pairs.items()}
    assert recipe.quick().seeds == recipe.seeds[:1]
    assert recipe.quick().without("questions").stages[0].questions == 0
    assert not {"seeds", "mining_anew"} & set(recipe.quick().ingredients)


def test_what_was_learnt_says_from_which_questions(tmp_path: Path) -> None:
    others = [QUESTION, QUESTION.model_copy(update={"id": "q2"})]
    claim_questions(tmp_path / "seed-1", [QUESTION])
    claim_questions(tmp_path / "seed-1", [QUESTION])
    learnt_otherwise = "holds what was learnt from other or unknown questions: delete it"
    with pytest.raises(ValueError, match=f"seed-1 {learnt_otherwise}"):
        claim_questions(tmp_path / "seed-1", others)
    (tmp_path / "seed-2").mkdir()
    (tmp_path / "seed-2" / "stage-1.safetensors").touch()
    with pytest.raises(ValueError, match=f"seed-2 {learnt_otherwise}"):
        claim_questions(tmp_path / "seed-2", [QUESTION])


def test_a_folder_of_another_run_is_refused(tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text("{}", encoding="utf-8")
    recipe, run = Recipe.load(), tmp_path / "run"
    claim(run, recipe, Fold(1), questions)
    claim(run, recipe, Fold(1), questions)
    assert recipe_of(run) == recipe
    other = recipe.without("openings").without("keeping")
    with pytest.raises(ValueError, match="differs in keeping, stages: name another --out, or delete it"):
        claim(run, other, Fold(1), questions)
    questions.write_text("{} ", encoding="utf-8")
    with pytest.raises(ValueError, match="differs in fold, questions:"):
        claim(run, recipe, Fold(2), questions)


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


def figures(*recalls: float, first: int = 0) -> dict[str, object]:
    names = ("recall@1", "recall@5", "recall@10", "recall@100", "mrr@10")
    scores = {f"q{number}": dict.fromkeys(names, recall) for number, recall in enumerate(recalls, first)}
    return {
        "questions": scores,
        "policies": {"all": recalls[0], "typo": 0.5},
    }


def write_run(folder: Path, among: int, trained: tuple[float, ...] = (0.75,), first: int = 0) -> None:
    folder.mkdir()
    ranks = {"pairs": 3, "plain and trained": 0.95, "plain and grades": 0.9, "trained and grades": 0.89}
    plain = figures(*[0.25] * len(trained), first=first)
    found = {
        "plain": plain,
        "trained": figures(*trained, first=first),
        "general": {"zh": ranks},
        "among": among,
    }
    (folder / "figures.json").write_text(json.dumps(found), encoding="utf-8")


def save_ranking(file: Path, id_: str, article: str, clause: float, text: float) -> None:
    """A question with two candidates, of which the second is gold and has so much more of these features."""
    wrong, gold = (dict.fromkeys(FEATURES, 0.5) for _ in range(2))
    gold["clause"] += clause
    gold["text"] += text
    features = np.float32([[*wrong.values()], [*gold.values()]])
    arrays = {"names": list(FEATURES), f"{id_}/features": features}
    np.savez(file, **arrays, **{f"{id_}/clauses": ["劳动合同法:第一条", f"劳动合同法:{article}"]})


def tables(out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    from training import results

    monkeypatch.setattr("sys.argv", ["results", str(out), "--questions", str(out / "questions.jsonl")])
    results.main()
    return capsys.readouterr().out.splitlines()


def write_questions(out: Path, *articles: str) -> None:
    cases = [
        QUESTION.model_copy(update={"id": f"q{n}", "gold": (GoldClause(doc="劳动合同法", clause=article),)})
        for n, article in enumerate(articles)
    ]
    lines = [case.model_dump_json(exclude_defaults=True) for case in cases]
    (out / "questions.jsonl").write_text("\n".join(lines), encoding="utf-8")


def three_folds(out: Path) -> None:
    """A question in each fold. The gold clause has more of the words, in that of the first fold somewhat fewer, but
    comes nearer by far. The third is about an article of its own.
    """
    articles = ("第九十八条", "第九十八条", "第九十九条")
    write_questions(out, *articles)
    for n, (recall, clause, text) in enumerate([(0.75, 1.0, -0.1), (0.5, 0.0, 0.3), (1.0, 0.0, 0.3)]):
        fold = out / f"fold-{n + 1}"
        write_run(fold, 0, (recall,), first=n)
        claim(fold, Recipe.load(), Fold(n + 1), out / "questions.jsonl")
        for encoder in ("plain", "trained"):
            save_ranking(fold / f"{encoder}.npz", f"q{n}", articles[n], clause, text)


def test_the_tables_show_both_encoders_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    three_folds(tmp_path)
    lines = tables(tmp_path, monkeypatch, capsys)
    rows = {line.split(" |")[0]: line.strip("| ").split(" | ")[1:] for line in lines}
    assert rows["| dense, gain"][:3] == ["3", "0.500", "0.144"]
    assert rows["| dense, articles not trained on, gain"][:2] == ["1", "0.750"]
    assert rows["| dense, without fold-1, for which most of the recipe was chosen, trained"][:2] == [
        "2",
        "0.750",
    ]
    assert "| fold-1 | 0.750 | 0.500 |" in lines
    assert "| fold-1 | zh | 3 | 0.950 | 0.900 | 0.890 |" in lines


def test_the_network_for_a_fold_has_not_seen_its_questions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    three_folds(tmp_path)
    lines = tables(tmp_path, monkeypatch, capsys)
    rows = {line.split(" |")[0]: line.strip("| ").split(" | ")[1:] for line in lines}
    fitted = "| hybrid, network fitted on the other folds"
    assert rows[f"{fitted}, trained"][:2] == ["3", "0.667"]
    assert rows[f"{fitted}, without fold-1, for which most of the recipe was chosen, trained"][:2] == [
        "2",
        "1.000",
    ]


def test_folds_of_other_questions_make_no_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    three_folds(tmp_path)
    write_questions(tmp_path, "第九十九条", "第九十八条", "第九十八条")
    with pytest.raises(
        SystemExit, match=r"fold-1 holds a run with other questions than those of .*questions\.jsonl"
    ):
        tables(tmp_path, monkeypatch, capsys)


def test_the_table_of_ablations_compares_question_by_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_questions(tmp_path)
    write_run(tmp_path / "fold-1-among-99", 99, (0.5, 1.0))
    write_run(tmp_path / "fold-1-without-openings-among-99", 99, (0.5, 0.0))
    write_run(tmp_path / "fold-1-without-openings-without-units-among-99", 99, (0.25, 0.25))
    write_run(tmp_path / "fold-1-quick-without-openings-among-99", 99, (0.5, 0.5))
    lines = tables(tmp_path, monkeypatch, capsys)
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| fold-1")][-5:]
    assert {row[0]: row[-7:] for row in rows} == {
        "fold-1, plain": ["—"] * 7,
        "fold-1-among-99": ["0.950", *["—"] * 6],
        "fold-1-quick-without-openings-among-99": ["0.950", *["—"] * 6],
        "fold-1-without-openings-among-99": ["0.950", *["-0.500", "0.500"] * 3],
        "fold-1-without-openings-without-units-among-99": ["0.950", *["0.000", "0.250"] * 3],
    }
