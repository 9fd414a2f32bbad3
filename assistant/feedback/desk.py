"""Takes what users say about the answers that they got."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from threading import Lock

from assistant.clause_digests import clause_digests
from assistant.evaluation.run_setup import program_digest
from assistant.feedback.model import LONGEST_COMMENT, Cited, JudgedAnswer, Opinion, Verdict, Versions
from assistant.feedback.store import FeedbackStore
from assistant.masking import mask
from assistant.model import Answer, Question
from assistant.pipeline import PolicyAssistant
from assistant.settings import Settings
from index.store import ClauseStore

CAPACITY = 2000
"""Answers that can be judged; an older one makes room for a newer one."""


@dataclass(frozen=True, slots=True)
class _Offered:
    """An answer that was shown to a question, whose history is the user's turns alone.

    ``entry`` in the store and ``opinion`` are what was said of it so far.
    """

    question: Question
    answer: Answer
    entry: int = 0
    opinion: Opinion | None = None


class FeedbackDesk:
    """Knows the answers that were shown by keys that nobody can guess, so that only these are judged.

    Any thread may use it. Personal data is masked before anything is stored, unless ``keeps_personal_data``.
    """

    def __init__(
        self, store: FeedbackStore, clauses: ClauseStore, versions: Versions, *, keeps_personal_data: bool
    ) -> None:
        self._store = store
        self._clauses = clauses
        self._versions = versions
        self._clean: Callable[[str], str] = str if keeps_personal_data else mask
        self._offered: OrderedDict[str, _Offered] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def over(cls, assistant: PolicyAssistant, settings: Settings) -> FeedbackDesk:
        """The desk for the answers of an assistant."""
        manifest = assistant.index.manifest
        written = assistant.writer.version if assistant.writer else {}
        versions = Versions(program_digest(), manifest.corpus_digest, manifest.encoder_digest, **written)
        store = FeedbackStore(settings.data)
        return cls(store, assistant.store, versions, keeps_personal_data=settings.keep_personal_data)

    def offer(self, question: Question, answer: Answer) -> str:
        """The key by which the answer can be judged."""
        key = secrets.token_urlsafe(16)
        own = tuple(turn for turn in question.history if turn.role == "user")
        with self._lock:
            self._offered[key] = _Offered(replace(question, history=own), replace(answer, retrieved=()))
            if len(self._offered) > CAPACITY:
                self._offered.popitem(last=False)
        return key

    def answer(self, key: str) -> Answer | None:
        """The answer that was shown under a key; None where none was, or no longer."""
        offered = self._offered.get(key)
        return offered.answer if offered else None

    def opinions(self, keys: Iterable[str]) -> dict[str, Opinion]:
        """What was said so far, by key; answers of which nothing was said are left out."""
        offered = {key: self._offered.get(key) for key in keys}
        return {key: known.opinion for key, known in offered.items() if known and known.opinion}

    def judge(self, key: str, verdict: Verdict, comment: str | None = None) -> Opinion | None:
        """Stores what is said of an answer, or changes it; without ``comment`` the earlier one stays.

        Returns the opinion as it is kept; None where no answer bears the key, or no longer.

        Raises:
            FeedbackError: it cannot be stored.
        """
        with self._lock:
            offered = self._offered.get(key)
            if offered is None:
                return None
            opinion = self._merged(offered.opinion, verdict, comment)
            entry = offered.entry
            if not entry or not self._store.revise(entry, opinion):
                entry = self._store.add(opinion, self._judged(offered))
            self._offered[key] = replace(offered, entry=entry, opinion=opinion)
            return opinion

    def _merged(self, earlier: Opinion | None, verdict: Verdict, comment: str | None) -> Opinion:
        if comment is None:
            return Opinion(verdict, earlier.comment if earlier else "")
        valid = comment.encode(errors="ignore").decode().strip()
        return Opinion(verdict, self._clean(valid[:LONGEST_COMMENT]))

    def _judged(self, offered: _Offered) -> JudgedAnswer:
        question, answer = offered.question, offered.answer
        cited = dict.fromkeys(citation.clause for citation in answer.citations)
        return JudgedAnswer(
            question=self._clean(question.text),
            region=question.region,
            history=tuple(self._clean(turn.content) for turn in question.history),
            status=answer.status,
            text=self._clean(answer.text),
            citations=tuple(Cited(citation.clause, citation.quote) for citation in answer.citations),
            digests=clause_digests(cited, self._clauses),
            versions=self._versions if answer.written_by else self._versions.without_model(),
        )
