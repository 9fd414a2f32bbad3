"""Which run a folder holds, so that none goes on from what another one has left there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.evaluation.sets.cases import Case
from training.files import write_json
from training.questions import Fold
from training.recipe import Recipe

_RUN = "run.json"
_TRAINED_ON = "questions.json"


def claim(folder: Path, recipe: Recipe, fold: Fold, questions: Path) -> None:
    """Makes the folder that of a run with this recipe, fold and file of questions, and notes them in it.

    Raises ValueError where it is that of another run.
    """
    own: dict[str, Any] = {
        "fold": fold.number,
        "questions": _digest(questions),
        "recipe": recipe.model_dump(mode="json"),
    }
    if (folder / _RUN).exists():
        before, now = ({**run, **run["recipe"], "recipe": None} for run in (_noted(folder), own))
        differing = [name for name in before | now if before.get(name) != now.get(name)]
        if differing:
            raise ValueError(
                f"{folder} holds a run that differs in {', '.join(differing)}: name another --out, or delete it"
            )
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / _RUN, own)


def claim_questions(folder: Path, cases: Sequence[Case]) -> None:
    """Notes in the folder of what was learnt which questions it is trained on, wherever it may be copied to.

    Raises ValueError where it is trained on others, or on nobody knows which.
    """
    ids = sorted(case.id for case in cases)
    file = folder / _TRAINED_ON
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
    if known != ids and (known or any(folder.glob("stage-*"))):
        raise ValueError(f"{folder} holds what was learnt from other or unknown questions: delete it")
    write_json(file, ids)


def require_questions(folder: Path, questions: Path) -> None:
    """Raises ValueError where the run in a folder had another file of questions, so that its folds were others."""
    if _noted(folder)["questions"] != _digest(questions):
        raise ValueError(
            f"{folder} holds a run with other questions than those of {questions}: name its file"
        )


def recipe_of(folder: Path) -> Recipe:
    """The recipe of the run in a folder. Raises FileNotFoundError where there is none."""
    return Recipe.model_validate(_noted(folder)["recipe"])


def _noted(folder: Path) -> dict[str, Any]:
    noted: dict[str, Any] = json.loads((folder / _RUN).read_text(encoding="utf-8"))
    return noted


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
