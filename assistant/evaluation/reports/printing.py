"""What ``evaluate`` prints of a run: text for people, or one JSON document."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from assistant.evaluation.reports.terminal import render_comparison, render_gates, render_summary
from assistant.evaluation.results import Comparison, GateResult
from assistant.evaluation.run_folder import StoredRun


def print_run(
    run: StoredRun, comparison: Comparison | None, gates: Sequence[GateResult], *, as_json: bool
) -> None:
    """The run on standard output; beside JSON, the gates on standard error."""
    mode = run.run.setup.mode
    if as_json:
        _print_json(run, comparison, gates)
    else:
        print(render_summary(run.run))
        if comparison:
            print(f"\n{render_comparison(comparison, mode)}")
    if gates:
        print(f"\n{render_gates(gates, mode)}", file=sys.stderr if as_json else sys.stdout)


def _print_json(run: StoredRun, comparison: Comparison | None, gates: Sequence[GateResult]) -> None:
    """One JSON document, written as it is read: the answers of a long run do not fit into memory."""
    head: dict[str, Any] = {
        "summary": run.run.summary,
        "intervals": run.run.intervals,
        "groups": run.run.groups,
        "comparison": asdict(comparison) if comparison else None,
        "gates": [asdict(gate) for gate in gates],
    }
    print("{")
    for name, value in head.items():
        print(f'"{name}": {_json(value)},')
    print('"cases": [')
    last = len(run.run.results)
    for number, output in enumerate(run.outputs(), 1):
        print(_json(output) + ("," if number < last else ""))
    print("]}")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
