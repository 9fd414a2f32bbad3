"""The trainer: an adapter comes out, the same one whether or not the run was interrupted."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from index.bundled_encoder import PROMPTS
from index.store import ClauseStore
from tests.test_encoder import tiny_model
from training.collection import Collection
from training.negatives import Clauses
from training.pairs import PairMaker
from training.recipe import Recipe
from training.rows import Pair, Row

pytest.importorskip("peft")
pytest.importorskip("datasets")


def small_recipe() -> Recipe:
    """The recipe with batches of two pairs."""
    recipe = Recipe.load()
    return recipe.model_copy(update={"optimizer": recipe.optimizer.model_copy(update={"batch": 2})})


def test_an_interrupted_training_goes_on_to_the_same_adapter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training import lora

    monkeypatch.setattr(lora, "_STEPS_KEPT", 2)
    recipe = small_recipe()
    folder = Path(tiny_model(tmp_path / "tiny", seed=1))
    kept = np.full(16, 0.25, np.float32)
    pairs = [Pair("questions", "全科医"[n % 3] * n, "医生", n, frozenset([n])) for n in range(1, 9)]
    rows = [Row(pair, "医", -1, "全", kept) for pair in pairs]
    whole = lora.LoraModel(folder, recipe)
    clauses = Clauses(np.arange(1, 9), np.eye(8, 16, dtype=np.float32))
    whole.train(rows, clauses, tmp_path / "whole")

    steps = iter(range(100))
    own = lora.SentenceTransformerTrainer.training_step

    def interrupted(*arguments: object, **named: object) -> torch.Tensor:
        if next(steps) == 3:
            raise KeyboardInterrupt
        return own(*arguments, **named)

    first = lora.LoraModel(folder, recipe)
    with monkeypatch.context() as patch:
        patch.setattr(lora.SentenceTransformerTrainer, "training_step", interrupted)
        with pytest.raises(KeyboardInterrupt):
            first.train(rows, clauses, tmp_path / "parts")
    resumed = lora.LoraModel(folder, recipe)
    resumed.train(rows, clauses, tmp_path / "parts")
    assert any(tensor.abs().max() > 0 for name, tensor in whole.state().items() if "lora_B" in name)
    for name, tensor in whole.state().items():
        assert torch.equal(tensor, resumed.state()[name])


@pytest.fixture(scope="module")
def collection(law_store: ClauseStore, tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """Laws with vectors made up, and the policies."""
    file = tmp_path_factory.mktemp("vectors") / "clauses.npy"
    collection = Collection(law_store, file)
    made = np.random.default_rng(1).normal(size=(collection.laws, 384))
    np.save(file, (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float16))
    return collection


def stages_of(collection: Collection, number: int) -> list[list[Pair]]:
    maker = PairMaker(collection, 1)
    return [list(maker.pairs({"conditions": 4}, stage)) for stage in range(number)]


def test_a_run_goes_on_after_the_stage_that_it_has_done(tmp_path: Path, collection: Collection) -> None:
    from training.stages import Training

    def run(name: str) -> Path:
        training = Training(collection, small_recipe(), tmp_path / name, frozenset())
        return training.run(stages_of(collection, 2))

    whole = run("whole")
    (tmp_path / "parts").mkdir()
    copyfile(tmp_path / "whole" / "stage-1.safetensors", tmp_path / "parts" / "stage-1.safetensors")
    parts = run("parts")
    assert parts.read_bytes() == whole.read_bytes()
    learnt = load_file(whole)
    assert len(learnt) == 12 * 6 * 2  # layers, matrices, parts
    assert any(np.abs(tensor).max() > 0 for name, tensor in learnt.items() if name.endswith("B"))


def test_a_run_reads_no_question_that_measures(
    tmp_path: Path, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.stages import LoraModel, Training

    read: list[Row] = []
    monkeypatch.setattr(LoraModel, "train", lambda _self, rows, _clauses, _folder: read.extend(rows))
    recipe = small_recipe()
    keeping = recipe.keeping.model_copy(update={"texts": {"policy_references": 1}})
    recipe = recipe.model_copy(update={"keeping": keeping})

    def kept(name: str, measuring: frozenset[str]) -> set[str]:
        read.clear()
        Training(collection, recipe, tmp_path / name, measuring).run(stages_of(collection, 1))
        return {row.kept.removeprefix(PROMPTS["query"]) for row in read}

    drawn = kept("some", frozenset())
    assert drawn
    assert not kept("others", frozenset(drawn)) & drawn
