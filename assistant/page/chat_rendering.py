"""Conversations as HTML: questions with their answers, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from assistant.chains.language_model import LanguageModel
from assistant.conversation import Exchange
from assistant.feedback.model import LONGEST_COMMENT, Opinion, Verdict
from assistant.model import Status
from assistant.rendering import Words, render_answer


def render_conversation(
    exchanges: Iterable[Exchange], words: Words, opinions: Mapping[str, Opinion] | None = None
) -> str:
    """All questions and answers in order; a welcome where there are none yet.

    ``opinions`` are those given so far, by the keys of the answers.
    """
    said = opinions or {}
    return "".join(_exchange(exchange, words, said.get(exchange.key)) for exchange in exchanges) or (
        f'<section class="welcome"><h2>{escape(words["welcome"])}</h2>'
        f"<p>{escape(words['welcome_text'])}</p></section>"
    )


def render_destination(model: LanguageModel, words: Words) -> str:
    """Where questions go before they are answered."""
    told = words["destination"].format(host=model.host, model=model.name)
    return f'<p class="destination">{escape(told)}</p>'


def _exchange(exchange: Exchange, words: Words, opinion: Opinion | None) -> str:
    reply = render_answer(exchange.answer, words, exchange.nearest) if exchange.answer else ""
    if exchange.is_stopped:
        reply += f'<p class="writing">{escape(words["stopped"])}</p>'
    elif exchange.is_pending:
        hidden = "" if exchange.is_unfinished else " hidden"  # the page is about to take the next question
        reply += f'<p class="pending"{hidden}>{escape(words["pending"])}</p>'
    elif exchange.key:
        reply += _evidence_link(exchange, words) + render_feedback(exchange.key, opinion, words)
    return (
        f'<article class="exchange"><div class="question"><span class="sr">{escape(words["you_asked"])}</span>'
        f"{escape(exchange.question)}</div>{reply}</article>"
    )


def _evidence_link(exchange: Exchange, words: Words) -> str:
    if exchange.answer is None or exchange.answer.status is not Status.ANSWERED:
        return ""
    return f'<p class="evidence"><a href="/evidence/answer/{escape(exchange.key)}" download>{escape(words["evidence"])}</a></p>'


def render_feedback(key: str, opinion: Opinion | None, words: Words) -> str:
    """Thumbs under an answer, what was said with them so far, and the field for a comment once one is pressed."""
    thumbs = "".join(
        f'<button type="button" data-verdict="{verdict}" aria-pressed="{str(pressed).lower()}">'
        f"{escape(words[f'feedback_{verdict}'])}</button>"
        for verdict in Verdict
        for pressed in [opinion is not None and opinion.verdict is verdict]
    )
    comment, thanks = (escape(opinion.comment), escape(words["feedback_thanks"])) if opinion else ("", "")
    return (
        f'<section class="feedback" data-answer="{escape(key)}" data-failed="{escape(words["feedback_failed"])}">'
        f'<div role="group" aria-label="{escape(words["feedback"])}"><span>{escape(words["feedback"])}</span>{thumbs}</div>'
        f'<p role="status">{thanks}</p><form{"" if opinion else " hidden"}><label>{escape(words["feedback_comment"])}'
        f'<textarea rows="2" maxlength="{LONGEST_COMMENT}">{comment}</textarea></label>'
        f'<button type="submit">{escape(words["feedback_send"])}</button></form></section>'
    )
