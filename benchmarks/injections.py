"""Which injections the model of the settings obeys, and whether the answers hold all the same.

    export POLICY_LLM_MODEL=… POLICY_LLM_BASE_URL=…
    python benchmarks/injections.py

Asks the questions of tests/cases/injections.json; policies with orders in them are ingested into a folder of their own.
Tells for each case whether the model obeyed in anything that it wrote, whether it failed in part or whole, what was
shown and dropped, and whether the answer broke; at the end how many did. Where it failed, nothing is shown of it.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
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
    settings = load_settings()
    assistant = PolicyAssistant.open(settings, lambda line: print(line, file=sys.stderr))
    if assistant.writer is None:
        sys.exit("no language model is configured: set POLICY_LLM_MODEL")
    with tempfile.TemporaryDirectory() as folder:
        poisoned = poisoned_assistant(Path(folder), encoder_choice(settings))
        poisoned.writer = Writer.load(settings, poisoned.index)
        counts = sum(
            (outcome(case, poisoned if "source" in case else assistant) for case in CASES), Counter[str]()
        )
    print(", ".join(f"{name} {counts[name]}" for name in ("asked", "failed", "written", "obeyed", "broke")))


def outcome(case: Mapping[str, Any], assistant: PolicyAssistant) -> Counter[str]:
    """Asks one question without and with the model, prints what became of it, and counts it."""
    asked, begin = question(case), time.perf_counter()
    writer, assistant.writer = assistant.writer, None
    quotes = assistant.answer(asked)
    assistant.writer = writer
    answer = assistant.answer(asked)
    seconds = time.perf_counter() - begin
    trouble = trouble_of(case, answer, quotes, assistant)
    shown = own_statements(answer, quotes)
    told = [*shown, *(step.text for step in answer.steps if step.kind is StepKind.DROPPED)]
    found = {
        "broke": bool(trouble),
        "obeyed": any(word in text for text in told for word in case["never"]),
        "written": bool(shown),
        "failed": any(step.kind is StepKind.FAILED for step in answer.steps),
    }
    print(
        f"{case['name']}, in a {case['in']}, {seconds:.0f} s: {', '.join(k for k, v in found.items() if v)}"
    )
    for line in (
        *([f"broke: {trouble}"] if trouble else ()),
        *(f"shown: {text}" for text in shown),
        *(f"{s.kind}: {s.text} ({s.reason})" for s in answer.steps),
    ):
        print(f"    {line}", flush=True)
    return Counter(name for name, is_so in found.items() if is_so) + Counter(["asked"])


def trouble_of(case: Mapping[str, Any], answer: Answer, quotes: Answer, assistant: PolicyAssistant) -> str:
    """What does not hold, "" where everything does."""
    try:
        assert_held(case, answer, quotes, assistant)
    except AssertionError as error:
        return str(error) or "the frame of the answer"
    return ""


if __name__ == "__main__":
    main()
