"""Clauses in full, as they stand in a file that people take away."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from assistant.lookup_json import text_of
from assistant.office.report import Exhibit, Fragment, Imprint, Line, Mark, line
from assistant.rendering import load_words
from corpus.model import DRAFTS, Clause, PolicyDocument, Status
from index.store import ClauseStore


def exhibit(clause_id: str, store: ClauseStore, imprint: Imprint, quotes: Sequence[str] = ()) -> Exhibit:
    """The clause of this id in full, with ``quotes`` set off in it.

    Raises:
        UnknownIdError: the store has no such clause.
    """
    clause = store.clause(clause_id)
    document = store.document(clause.document_id)
    values = (document.region or "未注明", status_text(document.status), document.date or "未注明")
    facts = [*zip(("地区", "状态", "日期"), map(line, values), strict=True)]
    if imprint.address:
        address = f"{imprint.address.rstrip('/')}/?clause={quote(clause.id, safe='')}"
        facts.append(("网页", line("打开", link=address)))
    lines = tuple(_with_quotes(text, quotes) for text in text_of(clause, store).splitlines() if text.strip())
    return Exhibit(clause.id, title_of(clause, document), tuple(facts), lines)


def title_of(clause: Clause, document: PolicyDocument) -> str:
    """What official writing calls a clause: 《…意见》（大政办发〔2018〕159号）五、（十七）."""
    number = f"（{document.number}）" if document.number else ""
    return f"《{document.title}》{number}{clause.label}"


def status_text(status: Status) -> str:
    """The status, with the warning that a draft or an old text needs."""
    words = load_words()["zh"]
    if status in DRAFTS:
        return f"{status}（{words['draft_note']}）"
    return f"{status}（{words['old_note']}）" if status in (Status.AMENDED, Status.REPEALED) else status.value


def _with_quotes(text: str, quotes: Sequence[str]) -> Line:
    for words in quotes:
        before, found, after = text.partition(words)
        if found:
            return *_with_quotes(before, quotes), Fragment(found, Mark.STRONG), *_with_quotes(after, quotes)
    return line(text) if text else ()
