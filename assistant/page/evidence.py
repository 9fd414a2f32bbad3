"""Evidence files behind addresses of their own: of an answer by its key, of a clause by its id."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Request, Response

from assistant.feedback.desk import FeedbackDesk
from assistant.office.evidence_report import answer_evidence, clause_evidence
from assistant.office.report import Imprint, Report
from assistant.office.word_writing import write_word
from assistant.pipeline import PolicyAssistant

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def add_evidence(site: FastAPI, assistant: PolicyAssistant, answers: FeedbackDesk) -> None:
    """Adds ``/evidence/answer/KEY`` and ``/evidence/clause?id=…`` to a site."""

    def imprint(request: Request) -> Imprint:
        made = datetime.now().astimezone()
        return Imprint(made, assistant.index.manifest.corpus_digest, str(request.base_url).rstrip("/"))

    @site.get("/evidence/answer/{key}")
    def of_answer(key: str, request: Request) -> Response:
        answer = answers.answer(key)
        if answer is None:
            raise HTTPException(404, "这个回答已不在服务器上；请重新提问后再下载证据包")
        return _download(answer_evidence(answer, assistant.store, imprint(request)))

    @site.get("/evidence/clause")
    def of_clause(id: str, request: Request) -> Response:
        found = assistant.finder.lookup(id)
        if len(found.matches) != 1:
            raise HTTPException(404, f"没有条款“{id}”；请核对编号")
        return _download(clause_evidence(id, found.matches, assistant.store, imprint(request)))


def _download(report: Report) -> Response:
    name = quote(f"证据包-{report.imprint.made:%Y%m%d-%H%M%S}.docx")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(write_word(report), media_type=_WORD, headers=headers)
