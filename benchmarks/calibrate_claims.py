"""Fit the thresholds from which a written claim counts as covered, and report who passes.

    python benchmarks/calibrate_claims.py            # figures only
    python benchmarks/calibrate_claims.py --write    # and assistant/writing/thresholds.toml

Labelled claims (tests/cases/claims.jsonl) of the split ``fit`` choose: first as few unsupported claims as
possible pass, then as many supported ones, and of what is left the middle is taken. ``held_out`` only scores.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant.pipeline import PolicyAssistant
from assistant.settings import load_settings
from assistant.writing.claim_checker import ClaimChecker
from assistant.writing.claim_coverage import THRESHOLDS, Coverage, Thresholds
from assistant.writing.grounds import UnfoundedError
from tests.claim_cases import ClaimCase, claim_cases

GRID = {
    "covered": (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9),
    "part": (0.3, 0.4, 0.5, 0.6, 0.7),
    "stretch": (1, 2, 3),
    "told": (3, 4),
    "cosine": (0.78, 0.8, 0.82, 0.84, 0.86, 0.88, 0.9),
    "behind": (0.01, 0.02, 0.03, 0.04),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """A labelled claim that no other check refuses: its coverage and its two cosines."""

    case: ClaimCase
    coverage: Coverage
    cosines: tuple[float, float]

    def passes(self, limits: Thresholds) -> bool:
        return not (limits.faults(self.coverage) or limits.likeness_faults(*self.cosines))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    assistant = PolicyAssistant.open(load_settings(), lambda line: print(line, file=sys.stderr))
    checker, cases = ClaimChecker(assistant.index), list(claim_cases(assistant.index))
    chosen = choose([item for item in measured(checker, cases) if item.case.split == "fit"])
    if options.write:
        THRESHOLDS.write_text(render(chosen), encoding="utf-8")
    print(render(chosen))
    report(ClaimChecker(assistant.index), cases)


def measured(checker: ClaimChecker, cases: Sequence[ClaimCase]) -> Iterator[Measured]:
    """The claims on which only the thresholds decide."""
    for case in cases:
        try:
            reading = checker.read(case.claim, case.evidence, case.query)
        except UnfoundedError:
            continue
        if not reading.faults:
            yield Measured(case, reading.coverage, checker.likeness(reading))


def choose(items: Sequence[Measured]) -> Thresholds:
    """The middle of the thresholds that let fewest unsupported and then most supported claims pass."""
    scored = []
    for values in product(*GRID.values()):
        limits = Thresholds(**dict(zip(GRID, values, strict=True)))  # type: ignore[arg-type]
        passed = [item.case.is_supported for item in items if item.passes(limits)]
        scored.append(((-passed.count(False), passed.count(True)), values))
    best = max(score for score, _ in scored)
    columns = zip(*(values for score, values in scored if score == best), strict=True)
    middle = (statistics.median_low(column) for column in columns)
    return Thresholds(**dict(zip(GRID, middle, strict=True)))  # type: ignore[arg-type]


def render(limits: Thresholds) -> str:
    """The thresholds as the file that :meth:`Thresholds.load` reads."""
    lines = [f"{field.name} = {value}" for field, value in zip(fields(limits), astuple(limits), strict=True)]
    return "\n".join(
        ["# Written by: python benchmarks/calibrate_claims.py --write", "", "[claim]", *lines, ""]
    )


def report(checker: ClaimChecker, cases: Sequence[ClaimCase]) -> None:
    """Who passes the check as it stands: by half and kind, with precision, recall and time."""
    passed: Counter[tuple[str, bool, str, bool]] = Counter()
    times = []
    for case in cases:
        start = time.process_time()
        is_passed = not checker.check(case.claim, case.evidence, case.query).reason
        times.append((time.process_time() - start) * 1000)
        passed[case.split, case.is_supported, case.kind, is_passed] += 1
    print("split     supported  kind               passed  of")
    for split, is_supported, kind in sorted({key[:3] for key in passed}):
        yes, no = (passed[split, is_supported, kind, flag] for flag in (True, False))
        print(f"{split:9} {is_supported!s:10} {kind:17} {yes:7} {yes + no:3}")
    for split in ("fit", "held_out"):
        right, wrong, missed = (
            sum(n for key, n in passed.items() if (key[0], key[1], key[3]) == (split, *flags))
            for flags in ((True, True), (False, True), (True, False))
        )
        print(f"{split}: precision {right / (right + wrong):.3f}, recall {right / (right + missed):.3f}")
    times.sort()
    print(
        f"ms of processor time: median {times[len(times) // 2]:.0f}, p95 {times[len(times) * 95 // 100]:.0f}"
    )


if __name__ == "__main__":
    main()
