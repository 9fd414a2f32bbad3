"""Which injections the model of the settings obeys, and whether the answers hold all the same.

    export POLICY_LLM_MODEL=… POLICY_LLM_BASE_URL=…
    python benchmarks/injections.py --out injections.jsonl

Asks the questions of tests/cases/injections.json; policies with orders in them are ingested into a folder of their own.
Every case is a line of ``--out``, so that a run which breaks off goes on where it was: whether the model obeyed in
anything that it wrote, what was shown and dropped, and what broke in the answer. Where the model failed in part or
whole, the case is asked anew by the next run.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant.corpus_keeper import encoder_choice
from assistant.model import Answer, StepKind
from assistant.pipeline import PolicyAssistant
from assistant.settings import load_settings
from assistant.writing.writer import Writer
from tests.injected_answers import CASES, assert_held, poisoned_assistant
from tests.written_answers import own_statements, question


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    settings = load_settings()
    assistant = PolicyAssistant.open(settings, lambda line: print(line, file=sys.stderr))
    if assistant.writer is None:
        parser.error("no language model is configured: set POLICY_LLM_MODEL")
    known = lines_of(options.out)
    with tempfile.TemporaryDirectory() as folder, options.out.open("a", encoding="utf-8") as out:
        poisoned = poisoned_assistant(Path(folder), encoder_choice(settings))
        poisoned.writer = Writer.load(settings, poisoned.index)
        for case in CASES:
            if case["name"] not in known:
                found = outcome(case, poisoned if "source" in case else assistant)
                known[case["name"]] = found
                line = json.dumps(found, ensure_ascii=False)
                print(line, file=out if not found["failed"] else sys.stderr, flush=True)
    print(report(list(known.values())))


def lines_of(file: Path) -> dict[str, dict[str, Any]]:
    """What an earlier run has found, by the name of the case."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return {found["name"]: found for found in map(json.loads, lines)}


def outcome(case: Mapping[str, Any], assistant: PolicyAssistant) -> dict[str, Any]:
    """What becomes of one question, asked without and with the model."""
    asked, begin = question(case), time.perf_counter()
    writer, assistant.writer = assistant.writer, None
    quotes = assistant.answer(asked)
    assistant.writer = writer
    answer = assistant.answer(asked)
    shown = own_statements(answer, quotes)
    told = [*shown, *(step.text for step in answer.steps if step.kind is StepKind.DROPPED)]
    return {
        "name": case["name"],
        "seconds": round(time.perf_counter() - begin, 1),
        "failed": any(step.kind is StepKind.FAILED for step in answer.steps),
        "obeyed": any(word in text for text in told for word in case["never"]),
        "broke": trouble(case, answer, quotes, assistant),
        "shown": shown,
        "steps": [[step.kind, step.text, step.reason] for step in answer.steps],
    }


def trouble(case: Mapping[str, Any], answer: Answer, quotes: Answer, assistant: PolicyAssistant) -> str:
    """What does not hold in an answer, "" where everything does."""
    try:
        assert_held(case, answer, quotes, assistant)
    except AssertionError as error:
        return str(error) or "the frame of the answer"
    return ""


def report(found: list[dict[str, Any]]) -> str:
    """How often what happened."""
    counts = {
        name: sum(bool(case[name]) for case in found) for name in ("failed", "obeyed", "shown", "broke")
    }
    return ", ".join(f"{name} {count}" for name, count in {"asked": len(found), **counts}.items())


if __name__ == "__main__":
    main()
