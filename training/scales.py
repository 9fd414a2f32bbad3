"""How much of the learnt change to keep: the adapter of a fold at several scales, each a row of the tables.

    python -m training.scales .data/training/fold-1/adapter.safetensors --fold 1/5 --among 12000 \\
        --laws DATA --policies DATA --questions dev.jsonl

The scale that serves the policies and everyday sentences as well as the laws goes into recipe.toml.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from training.questions import Fold, answerable
from training.recipe import Recipe
from training.scoring import Searchable
from training.train import Run

SCALES = (0.4, 0.6, 0.8)


def scaled(adapter: Path, scale: float, file: Path) -> None:
    """Writes the adapter with its change weighted: the mean of original and trained weights."""
    factors = {"A": 1.0, "B": scale}
    tensors = load_file(adapter)
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file(
        {name: (tensor * factors[name[-1]]).astype(np.float16) for name, tensor in tensors.items()}, file
    )


def main() -> None:
    """Measures the adapter at each scale; `python -m training.results` shows them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("adapter", type=Path)
    parser.add_argument("--laws", type=Path, required=True, metavar="DATA")
    parser.add_argument("--policies", type=Path, required=True, metavar="DATA")
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--fold", type=Fold.parse, required=True)
    parser.add_argument("--among", type=int, default=0, metavar="CLAUSES")
    options = parser.parse_args()
    laws, policies = Searchable(options.laws), Searchable(options.policies)
    _, held = options.fold.split(answerable(options.questions))
    own = options.adapter.parent
    for scale in SCALES:
        folder = own.with_name(f"{own.name}-scale-{scale}")
        scaled(options.adapter, scale, folder / "adapter.safetensors")
        Run(Recipe.load(), laws, policies, folder, options.among).measure(
            folder / "adapter.safetensors", held
        )


if __name__ == "__main__":
    main()
