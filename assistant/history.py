"""Earlier turns of a conversation as others give them: in a JSON file, or in a call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, TypeAdapter, ValidationError

from assistant.errors import QuestionError
from assistant.model import Turn


class GivenTurn(BaseModel):
    """A turn that comes from outside."""

    role: Literal["user", "assistant"]
    content: str


def read_history(path: Path) -> tuple[Turn, ...]:
    """Turns of the file ``[{"role": "user", "content": "…"}, …]``, oldest first.

    Raises:
        QuestionError: the file is missing, no JSON, or not of that form.
    """
    try:
        turns = TypeAdapter(list[GivenTurn]).validate_python(json.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise QuestionError(f"对话文件“{path}”无法读取：{error.strerror}；请检查路径") from error
    except (json.JSONDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise QuestionError(
            f'对话文件“{path}”格式不对；请写成 UTF-8 的 JSON：[{{"role": "user", "content": "…"}}]'
        ) from error
    return tuple(Turn(turn.role, turn.content) for turn in turns)
