"""An adapter merged into the bundled encoder: as beside it, as PEFT merges it, and another encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer

from index import bundled_encoder
from index.encoder import BUNDLED, BUNDLED_PLAIN, Encoder
from index.errors import EncoderError

TEXTS = [
    "全科医生怎样晋升副高职称？",
    "What does the plan say?",
    "用人单位自用工之日起即与劳动者建立劳动关系。" * 9,
]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundled_encoder.build(tmp_path_factory.mktemp("models") / "plain")


def random_adapter(file: Path, rank: int = 4, size: float = 0.15) -> dict[str, np.ndarray]:
    """An adapter of one matrix of each shape; large enough to move every vector."""
    random = np.random.default_rng(7)
    tensors = {}
    for name, (rows, columns) in {
        "encoder.layer.0.attention.self.query": (384, 384),
        "encoder.layer.5.intermediate.dense": (1536, 384),
        "encoder.layer.11.output.dense": (384, 1536),
    }.items():
        tensors[f"{name}.weight.A"] = random.normal(0, size, (rank, columns)).astype(np.float16)
        tensors[f"{name}.weight.B"] = random.normal(0, size * 2, (rows, rank)).astype(np.float16)
    save_file(tensors, file)
    return tensors


def loaded(folder: Path) -> SentenceTransformer:
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True).float().eval()


def test_a_merged_adapter_gives_the_vectors_of_an_adapter_beside_the_weights(
    plain: Path, tmp_path: Path
) -> None:
    tensors = random_adapter(tmp_path / "adapter.safetensors")
    merged = loaded(bundled_encoder.build(tmp_path / "merged", tmp_path / "adapter.safetensors"))
    beside = loaded(plain)
    before = beside.encode(TEXTS)
    for name in {name.removesuffix(".A").removesuffix(".B") for name in tensors}:
        a, b = (torch.from_numpy(tensors[f"{name}.{part}"]).float() for part in "AB")
        module = beside.transformers_model.get_submodule(name.removesuffix(".weight"))
        module.register_forward_hook(lambda _, given, out, a=a, b=b: out + given[0] @ a.T @ b.T)
    after = beside.encode(TEXTS)
    assert ((merged.encode(TEXTS) * after).sum(1) > 0.9999).all()
    assert ((before * after).sum(1) < 0.99).all()


def test_a_merged_adapter_gives_what_peft_merges(plain: Path, tmp_path: Path) -> None:
    peft = pytest.importorskip("peft")
    from training.lora import MATRICES, write_adapter

    model = loaded(plain)
    torch.manual_seed(7)
    model.add_adapter(peft.LoraConfig(r=2, lora_alpha=6, target_modules=MATRICES))
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    file = tmp_path / "adapter.safetensors"
    write_adapter([model.get_adapter_state_dict()], 6 / 2, file)
    for module in model.modules():
        if isinstance(module, peft.tuners.lora.LoraLayer):
            module.merge()
    ours = loaded(bundled_encoder.build(tmp_path / "merged", file))
    assert ((ours.encode(TEXTS) * model.encode(TEXTS)).sum(1) > 0.9999).all()
    assert ((loaded(plain).encode(TEXTS) * model.encode(TEXTS)).sum(1) < 0.99).all()
    assert file.stat().st_size < 0.4e6  # half precision: rank 2 of the 32 that ship in 5.3 MB


def test_with_an_adapter_it_is_another_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "adapter.safetensors"
    random_adapter(file)
    monkeypatch.setattr(bundled_encoder, "ADAPTER", file)
    with_adapter = Encoder.load(BUNDLED, tmp_path / "encoder")
    without = Encoder.load(BUNDLED_PLAIN, tmp_path / "encoder")
    assert without.digest == bundled_encoder.digest() != with_adapter.digest
    assert with_adapter.encode_queries(TEXTS[:1])[0] @ without.encode_queries(TEXTS[:1])[0] < 0.99


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"cut off",
        [],
        ["encoder.layer.99.A"],
        ["encoder.layer.99.A", "encoder.layer.99.B"],
        ["encoder.layer.0.lora_A.weight", "encoder.layer.0.lora_B.weight"],
        [f"encoder.layer.0.attention.self.query.weight.{part}" for part in "AB"],
    ],
)
def test_an_adapter_that_does_not_fit_is_named(content: bytes | list[str], tmp_path: Path) -> None:
    file = tmp_path / "adapter.safetensors"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        save_file({name: np.zeros((1, 1), np.float16) for name in content}, file)
    with pytest.raises(EncoderError, match=r"adapter.safetensors”：.*请重新取得该文件"):
        bundled_encoder.build(tmp_path / "encoder", file)
    assert not (tmp_path / "encoder").exists()
