"""The trainer: an adapter comes out, the mean of its trainings, the same one whether or not the run was interrupted."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file

from index import bundled_encoder
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
    whole = lora.LoraModel(folder, recipe, seed=1)
    clauses = Clauses(np.arange(1, 9), np.eye(8, 16, dtype=np.float32))
    whole.train(rows, clauses, tmp_path / "whole")

    steps = iter(range(100))
    own = lora.SentenceTransformerTrainer.training_step

    def interrupted(*arguments: object, **named: object) -> torch.Tensor:
        if next(steps) == 3:
            raise KeyboardInterrupt
        return own(*arguments, **named)

    first = lora.LoraModel(folder, recipe, seed=1)
    with monkeypatch.context() as patch:
        patch.setattr(lora.SentenceTransformerTrainer, "training_step", interrupted)
        with pytest.raises(KeyboardInterrupt):
            first.train(rows, clauses, tmp_path / "parts")
    resumed = lora.LoraModel(folder, recipe, seed=1)
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


def trained(
    collection: Collection,
    folder: Path,
    stages: int = 2,
    *,
    seed: int = 1,
    recipe: Recipe | None = None,
    measuring: frozenset[str] = frozenset(),
) -> Path:
    from training.stages import Training

    plain = bundled_encoder.build(folder.parent / "plain")
    training = Training(collection, recipe or small_recipe(), seed, plain, folder, measuring)
    return training.run(stages_of(collection, stages))


def test_a_training_goes_on_after_the_stage_that_it_has_done(tmp_path: Path, collection: Collection) -> None:
    whole = trained(collection, tmp_path / "whole")
    (tmp_path / "parts").mkdir()
    copyfile(tmp_path / "whole" / "stage-1.safetensors", tmp_path / "parts" / "stage-1.safetensors")
    parts = trained(collection, tmp_path / "parts")
    assert parts.read_bytes() == whole.read_bytes()


def test_the_adapter_is_the_mean_of_what_each_seed_has_learnt(tmp_path: Path, collection: Collection) -> None:
    from training.lora import mean_adapter

    recipe = small_recipe()
    states = [trained(collection, tmp_path / str(seed), 1, seed=seed) for seed in (1, 2)]

    def changes(name: str, of: list[Path], scale: float) -> dict[str, NDArray[np.float32]]:
        mean_adapter(of, recipe.model_copy(update={"scale": scale}), tmp_path / name)
        learnt = {key: tensor.astype(np.float32) for key, tensor in load_file(tmp_path / name).items()}
        return {key[:-2]: learnt[f"{key[:-2]}.B"] @ learnt[f"{key[:-2]}.A"] for key in learnt}

    one, other = (changes("one", [state], 1.0) for state in states)
    mean = changes("mean", states, 0.5)
    assert len(mean) == 12 * 6  # layers and matrices
    assert max(np.abs(change - other[name]).max() for name, change in one.items()) > 1e-4
    for name, change in mean.items():
        np.testing.assert_allclose(change, (one[name] + other[name]) / 4, atol=1e-6)


def test_a_run_reads_no_question_that_measures(
    tmp_path: Path, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.stages import LoraModel

    read: list[Row] = []
    monkeypatch.setattr(LoraModel, "train", lambda _self, rows, _clauses, _folder: read.extend(rows))
    recipe = small_recipe()
    keeping = recipe.keeping.model_copy(update={"texts": {"policy_references": 1}})
    recipe = recipe.model_copy(update={"keeping": keeping})

    def drawn(name: str, measuring: frozenset[str]) -> tuple[set[str], set[str]]:
        read.clear()
        trained(collection, tmp_path / name, 1, recipe=recipe, measuring=measuring)
        return {row.kept.removeprefix(PROMPTS["query"]) for row in read}, {row.pair.query for row in read}

    kept, asked = drawn("some", frozenset())
    measuring = frozenset([*kept, min(asked)])
    others, left = drawn("others", measuring)
    assert kept
    assert not others & measuring
    assert left == asked - measuring
