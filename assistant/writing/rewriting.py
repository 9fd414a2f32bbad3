"""A follow-up -> a question that needs no conversation, where the rules of understanding were not enough."""

from __future__ import annotations

from assistant.model import Question
from assistant.writing.material import visible
from corpus import places

_LONGEST = 200
"""Characters of a question that was put anew; a longer reply is no question."""


def standalone(reply: str, question: Question) -> str:
    """The question that a model's reply puts; "" where it is none, or names a place that nobody spoke of."""
    text = visible(reply).strip().strip("“”\"'「」")
    said = "\n".join((*(turn.content for turn in question.history), question.text, question.region))
    is_question = text and "\n" not in text and len(text) <= _LONGEST
    spoken = {mention.place for mention in places.mentions(said)}
    is_ours = all(mention.place in spoken for mention in places.mentions(text))
    return text if is_question and is_ours else ""
