"""Whether an encoder still knows everyday language: how its similarities rank sentence pairs.

python -m training.agreement ADAPTER.safetensors    # beside the plain encoder
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from index import bundled_encoder
from index.encoder import Encoder
from index.errors import EncoderError

PAIRS = Path(__file__).parent.parent / "tests" / "cases" / "sentence_pairs.jsonl"


@dataclass(frozen=True, slots=True)
class SentencePair:
    """Two sentences; ``grade`` says how alike they are, from 0 (unrelated) to 5 (the same in other words)."""

    language: str  # zh, en
    kind: str
    first: str
    second: str
    grade: float


def sentence_pairs(file: Path = PAIRS) -> list[SentencePair]:
    """The pairs of a file, one a line."""
    return [SentencePair(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def agreement(plain: Encoder, trained: Encoder, pairs: Sequence[SentencePair]) -> dict[str, float]:
    """Spearman's rank correlation of both encoders' cosines with each other, and of each with the grades."""
    grades = [pair.grade for pair in pairs]
    before, after = (_cosines(encoder, pairs) for encoder in (plain, trained))
    return {
        "pairs": len(pairs),
        "plain and trained": _correlation(before, after),
        "plain and grades": _correlation(before, grades),
        "trained and grades": _correlation(after, grades),
    }


def general(plain: Encoder, trained: Encoder) -> dict[str, dict[str, float]]:
    """The agreement of each language."""
    pairs = sentence_pairs()
    languages = dict.fromkeys(pair.language for pair in pairs)
    return {lang: agreement(plain, trained, [p for p in pairs if p.language == lang]) for lang in languages}


def _cosines(encoder: Encoder, pairs: Sequence[SentencePair]) -> NDArray[np.float32]:
    """The model's customary way with pairs of equals: both are queries."""
    first = encoder.encode_queries([pair.first for pair in pairs])
    second = encoder.encode_queries([pair.second for pair in pairs])
    cosines: NDArray[np.float32] = (first * second).sum(1)
    return cosines


def _correlation(
    one: Sequence[float] | NDArray[np.float32], other: Sequence[float] | NDArray[np.float32]
) -> float:
    return float(spearmanr(one, other).statistic)


def main() -> None:
    """Prints the agreement by language."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("adapter", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            places = [
                bundled_encoder.build(Path(folder) / "plain"),
                bundled_encoder.build(Path(folder) / "trained", options.adapter),
            ]
        except (OSError, EncoderError) as error:
            sys.exit(str(error))
        plain, trained = (Encoder.load(str(place), Path(folder)) for place in places)
        for language, figures in general(plain, trained).items():
            print(language, json.dumps(figures))


if __name__ == "__main__":
    main()
