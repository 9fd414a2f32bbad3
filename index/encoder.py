"""Texts -> unit vectors, by a sentence-transformers model; no other module knows that library or torch."""

from __future__ import annotations

import ctypes
import hashlib
import logging
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from math import gcd
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from index.errors import EncoderError

if TYPE_CHECKING:  # heavy libraries: a command that needs no model does not pay for them
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    Vectors = NDArray[np.float32]
    Task = Literal["query", "document"]

BUNDLED = "bundled"
BUNDLED_PLAIN = "bundled-plain"
"""The bundled encoder without its adapter."""

# What goes through the model at once: characters of a batch, each text counted as long as the longest,
# and tokens. Larger batches outgrow the cache of a processor core and get slower.
_BATCH_CHARACTERS = 2_000
_BATCH_TOKENS = 2_048
_PROMPT_CHARACTERS = 10

# oneDNN compiles and keeps a kernel for each shape it meets; rounded lengths are 60 MB fewer of them and
# spare most new queries the 50 ms of compiling. The tiles of matrix instructions are as wide anyway.
_PADDING = 16


class Encoder:
    """Turns queries and passages into unit vectors. Safe to call from several threads.

    A text longer than the model takes is read in windows, and its vector is the mean of theirs
    weighted by their tokens, so nothing of a long clause is lost.

    torch computes on one thread. Threads inside one operation wait for each other: while another process
    kept one of two cores busy, a query took 944 ms on two threads and 36 ms on one. For passages,
    whole batches run side by side, which is faster than threads inside, on an idle machine too.
    """

    def __init__(self, model: SentenceTransformer, digest: str, threads: int) -> None:
        self._model = model
        self._threads = threads
        self._tokenizer_lock = Lock()
        self.digest = digest  # identifies weights, tokenizer and prompts
        self.dim = self._encode_batch(["预热"], "query").shape[1]

    @classmethod
    def load(cls, name: str, folder: Path, threads: int | None = None) -> Encoder:
        """Load the model ``name``: ``bundled``, ``bundled-plain``, a folder, or a name on the model hub.

        The bundled model is built into ``folder`` where it is not there yet, and nothing asks the
        network. ``threads`` are for passages; by default one for each processor.
        Raises :class:`EncoderError` where the model cannot be built, found or loaded.
        """
        if name in (BUNDLED, BUNDLED_PLAIN):
            from index import bundled_encoder

            adapter = bundled_encoder.shipped_adapter() if name == BUNDLED else None
            model = _load_model(name, str(bundled_encoder.build(folder, adapter)))
            digest = bundled_encoder.digest(adapter)
        else:
            model = _load_model(name, name)
            digest = _fingerprint(model)
        _set_precision(model)
        return cls(model, digest, threads or os.cpu_count() or 1)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of questions, float32 [n, dim]."""
        return self._encode(texts, "query", map)

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Unit vectors of clauses or sentences, float32 [n, dim].

        ``progress`` is called after each batch with the number of texts in it.
        """
        pool = ThreadPoolExecutor(self._threads)
        try:
            return self._encode(texts, "document", pool.map, progress)
        finally:
            pool.shutdown(cancel_futures=True)  # after Ctrl-C wait for no more than what is running
            _return_memory()

    def _encode(
        self,
        texts: Sequence[str],
        task: Task,
        map_batches: Callable[..., Iterable[Vectors]],
        progress: Callable[[int], None] | None = None,
    ) -> Vectors:
        import numpy as np

        vectors = np.zeros((len(texts), self.dim), np.float32)
        batches = _batches(texts)
        found = map_batches(lambda batch: self._encode_batch([texts[at] for at in batch], task), batches)
        for batch, rows in zip(batches, found, strict=True):
            vectors[batch] = rows
            if progress:
                progress(len(batch))
        return vectors

    def _encode_batch(self, texts: list[str], task: Task) -> Vectors:
        import torch
        from sentence_transformers.util import batch_to_device

        model = self._model
        with torch.inference_mode():
            with self._tokenizer_lock:
                features = _tokenize(model, texts, task)
            features = batch_to_device(features, model.device)
            owners = features.pop("overflow_to_sample_mapping", None)
            if owners is None:
                vectors = model(features, task=task)["sentence_embedding"].float()
            else:
                rows = _forward(model, features, task)
                tokens = features["attention_mask"].sum(dim=1, keepdim=True)
                vectors = rows.new_zeros(len(texts), rows.shape[1]).index_add(0, owners, rows * tokens)
            found: Vectors = torch.nn.functional.normalize(vectors).cpu().numpy()
        return found


def _batches(texts: Sequence[str]) -> list[list[int]]:
    """Positions of the texts in batches of similar length, long texts first."""
    batches: list[list[int]] = []
    longest = 0
    for at in sorted(range(len(texts)), key=lambda at: -len(texts[at])):
        if not batches or (len(batches[-1]) + 1) * longest > _BATCH_CHARACTERS:
            batches.append([])
            longest = len(texts[at]) + _PROMPT_CHARACTERS
        batches[-1].append(at)
    return batches


def _tokenize(model: SentenceTransformer, texts: list[str], task: Task) -> dict[str, Any]:
    """What the model takes, prompts in front; a row for each window of a text where the tokenizer can."""
    names = ["query"] if task == "query" else ["document", "passage", "corpus"]
    prompt = next((prompt for name in names if (prompt := model.prompts.get(name))), None)
    longest = model.max_seq_length
    options = {
        "return_overflowing_tokens": getattr(model.tokenizer, "is_fast", False),
        "pad_to_multiple_of": gcd(longest, _PADDING) if isinstance(longest, int) else None,
    }
    return model.preprocess(texts, prompt, task=task, processing_kwargs={"text": options})


def _forward(model: SentenceTransformer, features: dict[str, Any], task: Task) -> torch.Tensor:
    """Float32 vectors of all rows, a few at a time: a long text takes no more memory than others."""
    import torch

    rows, width = features["input_ids"].shape
    step = max(1, _BATCH_TOKENS // width)
    parts = (
        {name: value[at : at + step] if torch.is_tensor(value) else value for name, value in features.items()}
        for at in range(0, rows, step)
    )
    return torch.cat([model(part, task=task)["sentence_embedding"] for part in parts]).float()


def _load_model(name: str, place: str) -> SentenceTransformer:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # else it warns at every fork
    import torch
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(1)
    try:
        return SentenceTransformer(place, local_files_only=Path(place).is_dir()).eval()
    except (ImportError, LookupError, OSError, RuntimeError, TypeError, ValueError, SafetensorError) as error:
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        raise EncoderError(
            f"无法载入向量模型“{name}”：{reason}。请改用 {BUNDLED}（内置模型），"
            "或给出 sentence-transformers 模型的文件夹或名称；按名称载入需要联网，或本机已有缓存。"
        ) from error


def _set_precision(model: SentenceTransformer) -> None:
    """Compute in bfloat16 where the processor has it, else in float32.

    The table of token embeddings, four fifths of the bundled model, stays as it is stored: mapped from
    its file, it takes memory only for the tokens that texts have used.
    """
    transformer = model.transformers_model
    if transformer is None:
        return
    import torch

    precision = torch.bfloat16 if has_bfloat16(model.device) else torch.float32
    table = transformer.get_input_embeddings()
    for parameter in model.parameters():
        if parameter is not table.weight:
            parameter.data = parameter.data.to(precision)
    table.register_forward_hook(lambda _module, _inputs, rows: rows.to(precision))


def has_bfloat16(device: torch.device) -> bool:
    """Whether the hardware multiplies bfloat16. Where it does not, emulation is slower than float32."""
    import torch

    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    capabilities = torch.cpu.get_capabilities() if device.type == "cpu" else {}
    return any(capabilities.get(name) is True for name in ("amx_bf16", "avx512_bf16", "bf16"))


def _return_memory() -> None:
    """Give the memory of finished batches back to the system: 100 MB that glibc keeps for its threads."""
    with suppress(AttributeError, OSError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


def _fingerprint(model: SentenceTransformer) -> str:
    """What tells a model from others: its modules, prompts, some tokens, a sample of every weight."""
    tokens = model.preprocess(["第十条　全科医生 article 10"])["input_ids"].tolist()
    identity = hashlib.sha256(repr((str(model), sorted(model.prompts.items()), tokens)).encode())
    for name, weights in model.state_dict().items():
        sample = weights.flatten()[:: weights.numel() // 64 + 1].cpu().float().numpy()
        identity.update(f"{name} {tuple(weights.shape)}".encode() + sample.tobytes())
    return identity.hexdigest()
