"""What can be wrong with a language model. Messages name model and endpoint, and neither key nor prompt."""

from __future__ import annotations

from assistant.errors import AssistantError


class ModelError(AssistantError):
    """The language model gives no answer, or breaks off in the middle of one."""


class ModelOutageError(ModelError):
    """It cannot be reached, is silent, breaks off or returns errors: another question would fare no better."""


class ModelSetupError(ModelOutageError):
    """It refuses the key or is not known by this name: no question fares better before settings change."""


class AnswerCancelled(AssistantError):  # noqa: N818 - nothing is wrong
    """Nobody waits for the answer any more."""
