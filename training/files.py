"""Files of a run, which an interruption never leaves by half."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def appearing(file: Path) -> Iterator[Path]:
    """A draft that takes the place of ``file`` once it is whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}")
    yield draft
    draft.replace(file)


def write_json(file: Path, content: object) -> None:
    """Writes figures where tables read them."""
    with appearing(file) as draft:
        draft.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
