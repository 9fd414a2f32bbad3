"""Source -> the texts that search works on: what is embedded and what is split into words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from corpus import references
from corpus.model import Clause, ClauseKind, PolicyDocument, Source, Span
from index.sentences import split_sentences

FIELDS = ("text", "title", "headings")
"""What BM25 reads apart; the first holds all text."""

SPLIT_FROM = 100
"""Characters from which a clause's sentences have vectors of their own; those of a shorter clause share
its vector. On 289 policy questions and 923 on statutes recall is the same as with a vector for every
sentence, which are half as many texts again."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A clause that can be found, with the names that it stands under."""

    clause: Clause
    title: str  # of its document
    sentences: tuple[Span, ...]  # clean offsets of the source

    @property
    def embedded(self) -> str:
        """What the encoder reads for the clause as a whole. Headings above it would blur it: with them
        recall@10 on the statutes is .505, without .519."""
        return _one_line(self.title, self.clause.text)

    @property
    def embedded_sentences(self) -> list[str]:
        """What the encoder reads for each sentence; nothing where they share the vector of the clause."""
        if len(self.clause.text) <= SPLIT_FROM:
            return []
        start = self.clause.span.start
        return [_one_line(self.clause.text[span.start - start : span.end - start]) for span in self.sentences]

    @property
    def sentence_records(self) -> list[str]:
        """Names of the vectors of all its sentences."""
        texts = self.embedded_sentences or [self.embedded] * len(self.sentences)
        return [record_id(text) for text in texts]

    @property
    def fields(self) -> dict[str, str]:
        """What BM25 reads, by field."""
        headings = " ".join(self.clause.ancestors)
        return {
            "text": f"{self.title} {headings} {self.clause.text}",
            "title": self.title,
            "headings": f"{headings} {self.clause.heading}",
        }

    @property
    def is_numbered(self) -> bool:
        """Whether the clause bears a number; title, preamble, signature and loose text do not."""
        return bool(references.steps_of(self.clause.path))


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
