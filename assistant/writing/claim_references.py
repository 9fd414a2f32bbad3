"""Documents and clauses that a claim names: all must be cited, or named in what is cited."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.writing.claim_text import Statement
from assistant.writing.grounds import Grounds
from corpus import references
from corpus.metadata import DOCUMENT_NUMBER, normal_number
from corpus.model import Span
from corpus.references import Reference
from index.text_search import condensed


def references_fault(statement: Statement, grounds: Grounds) -> str:
    """The document number, title or clause of a claim that is neither cited nor named in what is cited."""
    for reference in references.find(statement.text):
        words = statement.text[reference.span.start : reference.span.end]
        if not all(
            (
                _is_number(reference, grounds),
                _is_title(reference, grounds),
                _is_path(reference, grounds, words),
            )
        ):
            return f"“{words}”不是所引条款的编号、标题或文号，条款中也没有提到"
    return ""


def _is_number(reference: Reference, grounds: Grounds) -> bool:
    named = (match[0] for match in DOCUMENT_NUMBER.finditer(grounds.text + "\n" + grounds.names))
    known = [normal_number(number) for number in named]
    if reference.number.endswith("号") and "〔" not in reference.number:
        return any(number.endswith(f"〕{reference.number}") for number in known)
    return not reference.number or any(
        reference.number.endswith(number) or number.endswith(reference.number) for number in known
    )


def _is_title(reference: Reference, grounds: Grounds) -> bool:
    title = condensed(reference.title)
    named = references.find(grounds.text)
    known = [other.title for other in named] + [grounds.document.title, *grounds.document.aliases]
    return not title or any(title == condensed(name) for name in known if name)


def _is_path(reference: Reference, grounds: Grounds, words: str) -> bool:
    if not reference.parts:
        return True
    is_cited = any(references.matches(reference.parts, item.clause.path) for item in grounds.cited)
    return is_cited or condensed(words) in condensed(grounds.text)


def named_spans(text: str) -> Iterator[Span]:
    """Where a text names documents and clauses."""
    for reference in references.find(text):
        if reference.number or reference.title or reference.parts:
            yield reference.span
