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
from training.questions import Fold
from training.recipe import Recipe
from training.train import claim, claim_questions, recipe_of

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
    assert recipe.without("questions").quick().stages[0].questions == 0
    assert not {"seeds", "mining_anew"} & set(recipe.quick().ingredients)


def test_what_was_learnt_says_from_which_questions(tmp_path: Path) -> None:
    others = [QUESTION, QUESTION.model_copy(update={"id": "q2"})]
    claim_questions(tmp_path / "seed-1", [QUESTION])
    claim_questions(tmp_path / "seed-1", [QUESTION])
    with pytest.raises(ValueError, match="seed-1 holds what was learnt from other questions: delete it"):
        claim_questions(tmp_path / "seed-1", others)


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


def save_ranking(file: Path, id_: str, clause: tuple[int, int]) -> None:
    """A question with two candidates, of which the second is gold and has somewhat more of its words."""
    wrong, gold = ({**dict.fromkeys(FEATURES, 0.0), "clause": at, "text": 0.0} for at in clause)
    gold["text"] = 0.3
    features = np.float32([[*wrong.values()], [*gold.values()]])
    arrays = {"names": list(FEATURES), f"{id_}/features": features}
    np.savez(file, **arrays, **{f"{id_}/clauses": ["劳动合同法:第一条", "劳动合同法:第九十八条"]})


def tables(out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    from training import results

    questions = out / "questions.jsonl"
    cases = (QUESTION.model_copy(update={"id": id_}) for id_ in ("q0", "q1"))
    questions.write_text(
        "\n".join(case.model_dump_json(exclude_defaults=True) for case in cases), encoding="utf-8"
    )
    monkeypatch.setattr("sys.argv", ["results", str(out), "--questions", str(questions)])
    results.main()
    return capsys.readouterr().out.splitlines()


def test_the_tables_show_both_encoders_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for fold, id_ in ((1, "q0"), (2, "q1")):
        write_run(tmp_path / f"fold-{fold}", 0, first=fold - 1)
        save_ranking(tmp_path / f"fold-{fold}" / "plain.npz", id_, clause=(1, 0))
        save_ranking(tmp_path / f"fold-{fold}" / "trained.npz", id_, clause=(0, 1))
    lines = tables(tmp_path, monkeypatch, capsys)
    rows = {line.split(" |")[0]: line.strip("| ").split(" | ")[1:] for line in lines}
    assert rows["| dense, gain"] == ["2", *["0.500", "0.000"] * 5]
    assert rows["| hybrid, network that ships, gain"][:3] == ["2", "1.000", "0.000"]
    assert rows["| hybrid, network fitted on the other folds, gain"][:3] == ["2", "0.000", "0.000"]
    assert rows["| dense, without fold-1, for which the recipe was chosen, gain"][0] == "1"
    assert "| fold-1 | 0.750 | 0.500 |" in lines
    assert "| fold-1 | zh | 3 | 0.950 | 0.900 | 0.890 |" in lines


def test_the_table_of_ablations_compares_question_by_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_run(tmp_path / "fold-1-among-99", 99, (0.5, 1.0))
    write_run(tmp_path / "fold-1-without-openings-among-99", 99, (0.5, 0.0))
    write_run(tmp_path / "fold-1-quick-without-openings-among-99", 99, (0.5, 0.5))
    lines = tables(tmp_path, monkeypatch, capsys)
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| fold-1")][-4:]
    assert {row[0]: row[-4:] for row in rows} == {
        "fold-1, plain": ["—"] * 4,
        "fold-1-among-99": ["—"] * 4,
        "fold-1-quick-without-openings-among-99": ["—"] * 4,
        "fold-1-without-openings-among-99": ["-0.500", "0.500", "-0.500", "0.500"],
    }
