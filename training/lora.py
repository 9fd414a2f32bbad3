"""The bundled encoder with a LoRA adapter: trained by sentence-transformers' trainer, saved, and written to ship."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from datasets import Dataset
from peft import LoraConfig, set_peft_model_state_dict
from peft.tuners.tuners_utils import BaseTunerLayer
from safetensors.numpy import save_file
from safetensors.torch import load_file
from safetensors.torch import save_file as save_tensors
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from transformers import set_seed

from index.encoder import has_bfloat16
from training.files import appearing
from training.loss import AdaptationLoss
from training.negatives import Clauses
from training.recipe import Recipe
from training.rows import Row

MATRICES = ["query", "key", "value", "dense"]
"""Ends of the names of the adapted matrices: attention and feed-forward of all layers. Embeddings stay."""

LONGEST = 256
"""Tokens of a text that training reads; nearly all clauses are shorter. The encoder itself reads on."""

_CPU = torch.device("cpu")

_THREADS = torch.get_num_threads()  # OMP_NUM_THREADS, or one for each processor

_STEPS_KEPT = 40  # steps between two checkpoints: what an interruption loses is two minutes


class LoraModel:
    """The model in ``folder`` with a new adapter, which is all that learns."""

    def __init__(self, folder: Path, recipe: Recipe, seed: int) -> None:
        set_seed(seed)
        self._recipe = recipe
        self._seed = seed
        self.model = SentenceTransformer(
            str(folder),
            local_files_only=True,
            device=str(_CPU),
            model_kwargs={
                "attn_implementation": "eager",  # the fused one takes 40 % of a step on its way back
                "dtype": torch.bfloat16 if has_bfloat16(_CPU) else torch.float32,
            },
        )
        self.model.max_seq_length = LONGEST
        for module in self.model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0  # what is to be kept is compared with vectors made without
        lora = recipe.lora
        config = LoraConfig(r=lora.rank, lora_alpha=lora.alpha, target_modules=MATRICES)
        self.model.add_adapter(config)
        for module in self.model.modules():
            if isinstance(module, BaseTunerLayer):
                # Autocast turns it back, which takes a quarter of a step.
                module.cast_input_dtype_enabled = False  # type: ignore[assignment]
        for parameter in self.model.parameters():
            if parameter.requires_grad:
                parameter.data = parameter.data.float()

    def train(self, rows: Sequence[Row], clauses: Clauses, folder: Path) -> None:
        """Trains on the rows, in an order that the seed decides; checkpoints in ``folder`` are taken up again.

        ``clauses`` are what questions are told apart from, with the answers among them.
        """
        columns = [{**row.texts(), "label": at} for at, row in enumerate(rows)]
        trainer = _Trainer(
            model=self.model,
            args=self._arguments(folder),
            train_dataset=Dataset.from_list(columns),
            loss=AdaptationLoss(self.model, rows, self._recipe, clauses),
        )
        with _all_threads():
            trainer.train(resume_from_checkpoint=_last_checkpoint(folder))

    def state(self) -> dict[str, torch.Tensor]:
        """What was learnt, under the names of PEFT."""
        return dict(self.model.get_adapter_state_dict())

    def save(self, file: Path) -> None:
        """Keeps what was learnt for :meth:`restore`."""
        with appearing(file) as draft:
            save_tensors({name: tensor.contiguous() for name, tensor in self.state().items()}, draft)

    def restore(self, file: Path) -> None:
        """What :meth:`save` has kept."""
        _restore(self.model, file)

    def write_adapter(self, file: Path) -> None:
        """Writes all that was learnt so far as :mod:`index.adapter` reads it."""
        write_adapter([self.state()], self._recipe.lora.scaling, file)

    def _arguments(self, folder: Path) -> SentenceTransformerTrainingArguments:
        optimizer = self._recipe.optimizer
        return SentenceTransformerTrainingArguments(
            output_dir=str(folder),
            num_train_epochs=1,
            per_device_train_batch_size=optimizer.batch,
            learning_rate=optimizer.learning_rate,
            warmup_steps=optimizer.warmup,
            lr_scheduler_type="linear",
            seed=self._seed,
            use_cpu=True,
            bf16=has_bfloat16(_CPU),
            dataloader_drop_last=True,
            save_steps=_STEPS_KEPT,
            save_total_limit=1,
            logging_steps=10,
            report_to="none",
        )


class _Trainer(SentenceTransformerTrainer):
    """The trainer, which takes from a checkpoint what was learnt and leaves the rest of the model alone."""

    def _load_from_checkpoint(
        self,
        resume_from_checkpoint: str,
        model: torch.nn.Module | None = None,  # noqa: ARG002
    ) -> None:
        _restore(self.model, Path(resume_from_checkpoint) / "adapter_model.safetensors")


def _last_checkpoint(folder: Path) -> str | None:
    """The last one that was written to its end, where the trainer puts its own state."""
    whole = (file.parent for file in folder.glob("checkpoint-*/trainer_state.json"))
    numbered = {int(place.name.rpartition("-")[2]): place for place in whole}
    return str(numbered[max(numbered)]) if numbered else None


@contextmanager
def _all_threads() -> Iterator[None]:
    """Trains on every processor; loading an encoder sets one thread, since its batches run side by side."""
    before = torch.get_num_threads()
    torch.set_num_threads(_THREADS)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _restore(model: SentenceTransformer, file: Path) -> None:
    tensors = {name.removeprefix("base_model.model."): tensor for name, tensor in load_file(file).items()}
    set_peft_model_state_dict(model.transformers_model, tensors)


def mean_adapter(states: Sequence[Path], recipe: Recipe, file: Path) -> None:
    """Writes an adapter that changes a matrix by the mean of what several trainings have learnt, times the scale of the
    recipe: the mean of their weights, averaged with the original ones (a model soup, Wortsman et al. 2022).

    ``states`` are files of :meth:`LoraModel.save`. The rank is the sum of theirs.
    """
    scale = recipe.lora.scaling * recipe.scale / len(states)
    write_adapter([load_file(state) for state in states], scale, file)


def write_adapter(states: Sequence[Mapping[str, torch.Tensor]], scale: float, file: Path) -> None:
    """Writes the sum of the changes ``NAME.lora_B.weight @ NAME.lora_A.weight`` times ``scale``, which goes into B."""
    written = {}
    for name in states[0]:
        matrix, _, part = name.removesuffix(".weight").rpartition(".lora_")
        parts = [state[name].float() for state in states]
        whole = torch.cat(parts, dim=1) * scale if part == "B" else torch.cat(parts)
        written[f"{matrix}.weight.{part}"] = whole.half().contiguous().numpy()
    with appearing(file) as draft:
        save_file(written, draft)
