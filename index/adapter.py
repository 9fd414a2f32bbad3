"""A low-rank adapter (LoRA): a small file that makes another encoder of the bundled one.

For a matrix ``W`` it holds ``W.A`` [rank, in] and ``W.B`` [out, rank] as float16, with the scale of the
adapter inside B. The matrix becomes W + BA, so the merged encoder is as fast and as large as the plain one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from index.bundled_file import BFloat16
from index.errors import EncoderError


def merged(weights: Mapping[str, BFloat16], file: Path) -> dict[str, BFloat16]:
    """The weights with the adapter of ``file`` in them; matrices that it does not name stay as they are.

    Raises :class:`EncoderError` where the file is damaged or made for another model.
    """
    try:
        tensors = load_file(file)
        names = sorted({name.rpartition(".")[0] for name in tensors})
        if not names or tensors.keys() != {f"{name}.{part}" for name in names for part in "AB"}:
            raise ValueError("其中的张量不是成对的 A、B")
        changed = {name: _sum(weights[name], tensors[f"{name}.B"], tensors[f"{name}.A"]) for name in names}
    except (OSError, KeyError, TypeError, ValueError, SafetensorError) as error:
        raise EncoderError(
            f"无法使用向量模型的适配文件“{file}”：{error}。请重新取得该文件，或改用 bundled-plain（不带适配）"
        ) from error
    return {**weights, **changed}


def _sum(matrix: BFloat16, b: NDArray[np.float16], a: NDArray[np.float16]) -> BFloat16:
    if (b.shape[0], a.shape[1]) != matrix.shape:
        raise ValueError(f"{b.shape} 与 {a.shape} 的张量不合于 {matrix.shape} 的矩阵")
    plain = torch.from_numpy(matrix.copy()).view(torch.bfloat16)
    total = plain.float().numpy() + b.astype(np.float32) @ a.astype(np.float32)
    rounded: BFloat16 = torch.from_numpy(total).bfloat16().view(torch.uint16).numpy()
    return rounded
