"""Source -> the texts that search works on: what is embedded and what is split into words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.model import Clause, ClauseKind, PolicyDocument, Source, Span
from index.sentences import split_sentences


@dataclass(frozen=True, slots=True)
class Passage:
    """A clause that can be found, with the names that it stands under."""

    clause: Clause
    title: str  # of its document
    sentences: tuple[Span, ...]  # clean offsets of the source

    @property
    def embedded(self) -> str:
        """What the encoder reads for the clause as a whole."""
        return _one_line(self.title, *self.clause.ancestors, self.clause.text)

    @property
    def embedded_sentences(self) -> list[str]:
        """What the encoder reads for each sentence."""
        start = self.clause.span.start
        return [_one_line(self.clause.text[span.start - start : span.end - start]) for span in self.sentences]

    @property
    def fields(self) -> dict[str, str]:
        """What BM25 reads, by field."""
        headings = " ".join(self.clause.ancestors)
        return {
            "text": f"{self.title} {headings} {self.clause.text}",
            "headings": f"{headings} {self.clause.heading}",
        }


def passages(source: Source) -> Iterator[Passage]:
    """The clauses of ``source`` that can be found, in order: not mere headings, not blank."""
    documents = {document.id: document for document in source.documents}
    for clause in source.clauses:
        if clause.kind is ClauseKind.CLAUSE and clause.text.strip():
            yield _passage(documents[clause.document_id], clause)


def record_id(text: str) -> str:
    """Names the record that holds the vector of ``text``: the same text, the same record."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _passage(document: PolicyDocument, clause: Clause) -> Passage:
    start = clause.span.start
    spans = (Span(start + span.start, start + span.end) for span in split_sentences(clause.text))
    return Passage(clause, document.title, tuple(spans))


def _one_line(*parts: str) -> str:
    return " ".join(" ".join(parts).split())
