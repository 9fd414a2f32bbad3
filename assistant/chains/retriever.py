"""The clause search as a LangChain retriever."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field

from assistant.evidence import Evidence
from assistant.model import Question
from assistant.pipeline import PolicyAssistant, check_question
from assistant.understanding import check_region


class ClauseRetriever(BaseRetriever):
    """Clauses for a question, best first, found as for an answer: references that it names come first.

    Each is a document with the text of the clause; ``metadata`` tells its ``clause`` id, the ``title``,
    ``number``, ``region`` and ``status`` of what it stands in, its ``label``, its ``score``, and as ``start`` and
    ``end`` its place in the source file as decoded.
    """

    assistant: PolicyAssistant
    k: int = Field(default=5, ge=1)
    region: str = ""

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - the signature is LangChain's
    ) -> list[Document]:
        question = Question(query, self.region)
        check_question(question)
        check_region(self.region)
        _, retrieved = self.assistant.search(question, self.k)
        return [self._document(evidence) for evidence in retrieved.evidence[: self.k]]

    def _document(self, evidence: Evidence) -> Document:
        clause = evidence.clause
        return Document(page_content=clause.text, id=clause.id, metadata=self._metadata(evidence))

    def _metadata(self, evidence: Evidence) -> dict[str, Any]:
        clause, document = evidence.clause, evidence.document
        place = self.assistant.store.source(clause.source_id).clean.offsets.span_to_source(clause.span)
        return {
            "clause": clause.id,
            "title": document.title,
            "number": document.number,
            "label": clause.label,
            "region": document.region,
            "status": document.status.value,
            "start": place.start,
            "end": place.end,
            "score": evidence.score,
        }
