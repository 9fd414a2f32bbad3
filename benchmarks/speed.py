"""Speed and memory of the parts that users wait for.

    python benchmarks/speed.py tests/cases/policies.jsonl

Prints: ingest of the shipped policies (time, peak memory), the first `ask` and `lookup` of a cold process, warm
answers over a question set, and the time from `python app.py` to a page that answers. Each command runs in a
process of its own over a fresh data folder; the machine should be idle.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
QUESTION = "乡镇卫生院的全科医生在什么条件下可以直接取得副高职称？"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        for name, command in (
            ("ingest, encoder built", ["ingest"]),
            ("ingest, nothing changed", ["ingest"]),
            ("ask, cold process", ["ask", QUESTION]),
            ("lookup, cold process", ["lookup", "吉林方案第12条"]),
            ("--help, cold process", ["--help"]),
        ):
            seconds, memory = measured(
                [sys.executable, "-m", "assistant", *command, *data_option(command, data)]
            )
            print(f"{name:28} {seconds:7.2f} s  {memory:6.0f} MB peak")
        page(data)
        warm(data, options.cases)


def data_option(command: list[str], data: str) -> list[str]:
    return [] if command == ["--help"] else ["--data", data]


def measured(command: list[str]) -> tuple[float, float]:
    """Seconds and peak resident megabytes of a command that must succeed."""
    begin = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - begin, usage.ru_maxrss / 1024


def page(data: str) -> None:
    """Time until the page is there, until it answers, and the memory of the server then."""
    command = [sys.executable, "app.py", "--data", data, "--port", "0"]
    begin = time.perf_counter()
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as server:
        assert server.stdout
        assert server.stderr
        threading.Thread(target=server.stderr.read, daemon=True).start()
        ready = next(line for line in server.stdout if "已就绪" in line)
        seconds = time.perf_counter() - begin
        with urllib.request.urlopen(ready.strip().partition("：")[2]) as response:
            response.read()
        print(f"{'page ready to answer':28} {seconds:7.2f} s  {resident(server.pid):6.0f} MB resident")
        server.terminate()


def resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def warm(data: str, cases: Path) -> None:
    """Warm answers in this process, one after the other."""
    sys.path.insert(0, str(ROOT))
    from assistant.evaluation.sets.cases import load_cases
    from assistant.model import Question
    from assistant.pipeline import PolicyAssistant
    from assistant.settings import load_settings

    assistant = PolicyAssistant.open(load_settings(data=Path(data)), print)
    questions = [case.as_question() for case in load_cases(cases)]
    assistant.answer(Question(QUESTION))
    before = resident(os.getpid())
    times = sorted(assistant.answer(question).timings_ms.total for question in questions)
    p95 = times[int(0.95 * (len(times) - 1))]
    print(
        f"warm answers, n = {len(times):<9} p50 {median(times):.0f} ms, p95 {p95:.0f} ms, slowest {times[-1]:.0f} ms"
    )
    growth = resident(os.getpid()) - before
    print(
        f"{'this process':28} {resident(os.getpid()):18.0f} MB resident, {growth:.0f} MB of it since the first answer"
    )


if __name__ == "__main__":
    main()
