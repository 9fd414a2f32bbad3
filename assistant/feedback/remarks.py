"""What the page sends about an answer, which may come from anywhere."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.feedback.desk import FeedbackDesk
from assistant.feedback.model import Verdict
from assistant.feedback.store import FeedbackError


class _Remark(BaseModel):
    """A thumb, and with ``comment`` what was written beside it."""

    model_config = ConfigDict(extra="forbid")

    answer: str  # its key
    verdict: Verdict
    comment: str | None = None


def take_remark(sent: object, desk: FeedbackDesk, words: Mapping[str, str]) -> dict[str, str]:
    """Keeps what was said; gives the ``message`` for the user and, where it was kept, verdict and comment."""
    try:
        remark = _Remark.model_validate(sent)
        opinion = desk.judge(remark.answer, remark.verdict, remark.comment)
    except ValidationError:
        return {"message": words["feedback_gone"]}
    except FeedbackError as error:
        logging.getLogger(__name__).error("%s", error)
        return {"message": words["feedback_failed"]}
    if opinion is None:
        return {"message": words["feedback_gone"]}
    return {
        "message": words["feedback_thanks"],
        "verdict": opinion.verdict.value,
        "comment": opinion.comment,
    }
