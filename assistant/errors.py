"""Errors of the assistant package. Each message names the value, the reason and the remedy."""

from corpus.errors import CorpusError
from index.errors import IndexingError


class AssistantError(Exception):
    """Root of everything that can be wrong with a request to the assistant."""


class SettingsError(AssistantError):
    """A setting has a value that cannot be used."""


class QuestionError(AssistantError):
    """A question is empty or too long."""


class UsageError(AssistantError):
    """The command line was used in a wrong way."""


PROBLEMS = (AssistantError, CorpusError, IndexingError)
"""What can be wrong for reasons that its message explains to the user."""
