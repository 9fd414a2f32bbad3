"""How much of the learnt change to keep: the adapter of a fold at several scales, each a row of the tables.

    python -m training.scales .data/training/fold-1/adapter.safetensors --fold 1/5 --among 4000 \\
        --laws DATA --policies DATA --questions dev.jsonl

The scale that serves the policies and everyday sentences as well as the laws goes into recipe.toml.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from training.files import appearing
from training.folders import claim, recipe_of
from training.questions import answerable
from training.scoring import Searchable
from training.train import ERRORS, Run, parser_for

SCALES = (0.4, 0.6, 0.8, 1.0)


def rescaled(adapter: Path, factor: float, file: Path) -> None:
    """Writes the adapter with its change weighted: the mean of original and trained weights."""
    factors = {"A": 1.0, "B": factor}
    tensors = load_file(adapter)
    with appearing(file) as draft:
        save_file(
            {name: (tensor * factors[name[-1]]).astype(np.float16) for name, tensor in tensors.items()}, draft
        )


def main() -> None:
    """Measures the adapter at each scale; `python -m training.results` shows them."""
    options = _options()
    try:
        _, held = options.fold.split(answerable(options.questions))
        for scale, run in _runs(options).items():
            adapter = run.folder / "adapter.safetensors"
            rescaled(options.adapter, scale / recipe_of(options.adapter.parent).scale, adapter)
            run.measure(adapter, held)
    except ERRORS as error:
        sys.exit(str(error))


def _runs(options: argparse.Namespace) -> dict[float, Run]:
    """A run for each scale but the adapter's own, with its recipe otherwise."""
    own = options.adapter.parent
    recipe = recipe_of(own)
    claim(own, recipe, options.fold, options.questions)
    laws, policies = Searchable(options.laws), Searchable(options.policies)
    runs = {}
    for scale in (scale for scale in SCALES if scale != recipe.scale):
        among = f"-among-{options.among}" if options.among else ""
        folder = own.with_name(f"{own.name}-scale-{scale}{among}")
        own_recipe = recipe.model_copy(update={"scale": scale})
        claim(folder, own_recipe, options.fold, options.questions)
        runs[scale] = Run(own_recipe, laws, policies, folder, options.among)
    return runs


def _options() -> argparse.Namespace:
    parser = parser_for(__doc__)
    parser.add_argument("adapter", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
