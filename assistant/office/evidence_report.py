"""The evidence (证据包) of an answer or of a clause that was looked up: all that shows where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from assistant.model import Answer, Citation
from assistant.office.exhibits import exhibit
from assistant.office.report import Exhibit, Fragment, Imprint, Line, Passage, Report, line
from assistant.rendering import load_words
from corpus.model import DRAFTS, Clause
from index.store import ClauseStore


def answer_evidence(answer: Answer, store: ClauseStore, imprint: Imprint) -> Report:
    """Question and answer, with the language model that wrote it, and every cited clause in full, quotes set off.

    Raises:
        UnknownIdError: the store lacks a cited clause.
    """
    cited = {citation.n: citation.clause for citation in answer.citations}
    reply = tuple(_linked(text, cited) for text in answer.text.splitlines() if text.strip())
    if answer.written_by:
        reply += (line(load_words()["zh"]["written_by"].format(model=answer.written_by)),)
    exhibits = tuple(_exhibits(answer.citations, store, imprint))
    passages = (Passage("问题", (line(answer.question),)), Passage("回答", reply))
    return _evidence(
        passages, exhibits, any(citation.status in DRAFTS for citation in answer.citations), imprint
    )


def clause_evidence(query: str, clauses: Iterable[Clause], store: ClauseStore, imprint: Imprint) -> Report:
    """What was looked up, and the clauses that bear that name in full."""
    found = tuple(clauses)
    exhibits = tuple(exhibit(clause.id, store, imprint) for clause in found)
    titles = tuple(line(shown.title, link=shown.id) for shown in exhibits)
    passages = (Passage("查阅", (line(query),)), Passage("条款", titles))
    is_draft = any(store.document(clause.document_id).status in DRAFTS for clause in found)
    return _evidence(passages, exhibits, is_draft, imprint)


def _evidence(
    passages: tuple[Passage, ...], exhibits: tuple[Exhibit, ...], has_draft: bool, imprint: Imprint
) -> Report:
    words = load_words()["zh"]
    facts = (("注意", f"所引条款中有征求意见稿或草案：{words['draft_note']}"),) if has_draft else ()
    return Report("证据包", imprint, facts, passages, exhibits=exhibits, closing=words["disclaimer"])


def _linked(text: str, cited: dict[int, str]) -> Line:
    """A line of an answer; its citation marks ([1]) lead to the clauses."""
    pieces = re.split(r"(\[\d+\])", text)
    links = (cited.get(int(piece[1:-1]), "") if re.fullmatch(r"\[\d+\]", piece) else "" for piece in pieces)
    return tuple(Fragment(piece, link=link) for piece, link in zip(pieces, links, strict=True) if piece)


def _exhibits(citations: Sequence[Citation], store: ClauseStore, imprint: Imprint) -> Iterator[Exhibit]:
    """Each cited clause once, under the numbers of its citations."""
    for clause in dict.fromkeys(citation.clause for citation in citations):
        own = [citation for citation in citations if citation.clause == clause]
        shown = exhibit(clause, store, imprint, [citation.quote for citation in own])
        yield replace(shown, title="".join(f"[{citation.n}]" for citation in own) + f" {shown.title}")
