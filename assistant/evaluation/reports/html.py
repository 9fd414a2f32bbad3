"""A run as one HTML file that opens from disk: figures and charts, and every question to look into."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assistant.evaluation.measures import METRICS
from assistant.evaluation.reports.charts import charts
from assistant.evaluation.reports.findings import Findings, limit_text, shown
from assistant.evaluation.reports.question_records import QuestionRecords
from assistant.evaluation.results import Mode, Setup
from assistant.rendering import PAGE as INTERFACE
from index.store import ClauseStore

PAGE = Path(__file__).with_name("page")
"""Folder of the template, the style and the script."""

_MODES = {Mode.ANSWERS: "答案", Mode.RETRIEVAL: "只评检索"}
_SETUP = {"cases": "题目", "corpus": "政策文件", "encoder": "向量模型", "program": "程序"}
_PARTS = {
    "css": [
        INTERFACE / "colours.css",
        *(PAGE / f"{name}.css" for name in ("base", "figures", "questions", "detail", "narrow")),
    ],
    "js": [PAGE / f"{name}.js" for name in ("detail", "filters", "table")],
}
_UNSAFE = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def write_html(file: Path, findings: Findings, store: ClauseStore) -> None:
    """Write the run as HTML, question by question, so that memory does not grow with the run.

    Each clause that a question cites, expects or found is stored once.
    """
    records = QuestionRecords(store)
    titles = _titles(findings, store)
    template = _environment().get_template("report.html")
    parts = template.generate(
        **_figures(findings),
        titles=titles,
        **_assets(),
        document_titles=_json(titles),
        questions=_lines(map(records.record, findings.cases())),
        clauses=_entries(records.clauses()),
    )
    # A lone surrogate becomes \ud800, which is what JSON writes for it.
    with file.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as out:
        out.writelines(parts)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"shown": lambda value, metric, sign="": shown(metric, value, sign)}
    environment.globals |= {"limit_text": limit_text}
    return environment


def _figures(findings: Findings) -> dict[str, Any]:
    run = findings.stored.run
    return {
        "name": findings.stored.folder.name,
        "baseline": findings.baseline.folder.name if findings.baseline else "",
        "mode": _MODES[findings.mode],
        "count": len(run.results),
        "comparison": findings.comparison,
        "gates": findings.gates,
        "failed": findings.failed_gates,
        "labels": {metric.name: metric for metric in METRICS[findings.mode]},
        "metrics": findings.metrics(),
        "charts": charts(findings),
        "setup": _setup(findings),
    }


def _titles(findings: Findings, store: ClauseStore) -> dict[str, str]:
    """Titles of the documents that cases have gold clauses in, by id."""
    titles = {document.id: document.title for document in store.documents()}
    return {name: titles.get(name, name) for name in findings.stored.run.groups.get("document", {})}


def _setup(findings: Findings) -> list[tuple[str, str, str]]:
    """What the results depend on: name, value, and the value in the baseline."""
    now = _facts(findings.stored.run.setup)
    before = _facts(findings.baseline.run.setup) if findings.baseline else now
    return [(name, now.get(name, "—"), before.get(name, "—")) for name in now | before]


def _facts(setup: Setup) -> dict[str, str]:
    digests = {label: getattr(setup, name) for name, label in _SETUP.items()}
    return digests | dict(setup.settings) | dict(setup.versions)


def _assets() -> dict[str, Markup]:
    """Style and script with their hashes: the page runs and shows nothing else."""
    texts = {
        kind: "".join(file.read_text(encoding="utf-8") for file in files) for kind, files in _PARTS.items()
    }
    hashes = {f"{kind}_hash": _hash(text) for kind, text in texts.items()}
    return {name: Markup(text) for name, text in (texts | hashes).items()}


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _lines(values: Iterator[Mapping[str, Any]]) -> Iterator[Markup]:
    """JSON values separated by commas, one a line."""
    for number, value in enumerate(values):
        yield _json(value, ",\n" if number else "\n")


def _entries(values: Iterator[tuple[str, Mapping[str, Any]]]) -> Iterator[Markup]:
    """The inside of a JSON object, one entry a line."""
    for number, (key, value) in enumerate(values):
        yield _json(key, ",\n" if number else "\n") + ":" + _json(value)


def _json(value: object, before: str = "") -> Markup:
    """JSON that can stand in a script element: nothing in it ends the element or a line."""
    return Markup(before + json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_UNSAFE))
