"""What the corpus package hands over: sources, documents and clauses, all immutable.

Offsets come in two systems. *Source offsets* count characters of a source file as decoded
(byte-order mark removed, line ends kept as they are). *Clean offsets* count characters of the
cleaned text, in which hard-wrapped lines are joined and page furniture is gone. The
:class:`OffsetMap` of a source leads from the second to the first.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """Legal force of a document. Never guessed: what nothing states is ``UNKNOWN``."""

    IN_FORCE = "现行有效"
    CONSULTATION = "征求意见稿"
    DRAFT = "草案"
    AMENDED = "已修订"
    REPEALED = "已废止"
    UNKNOWN = "未知"


DRAFTS = (Status.CONSULTATION, Status.DRAFT)
"""Statuses of texts that bind nobody yet."""

NOT_IN_FORCE = (*DRAFTS, Status.AMENDED, Status.REPEALED)
"""Statuses of texts that bind nobody today."""


class ClauseKind(StrEnum):
    """A section is a heading that only holds other units; a clause is what people cite."""

    SECTION = "section"
    CLAUSE = "clause"


class UnitRole(StrEnum):
    """Part that a body takes in carrying a clause out, as official documents name it."""

    LEAD = "牵头单位"
    SUPPORT = "配合单位"
    RESPONSIBLE = "责任单位"


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range ``[start, end)`` of character offsets."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Furniture:
    """Characters of a source that belong to the printed page and to no clause."""

    name: str  # 页码, 换页, ...
    span: Span  # source offsets


@dataclass(frozen=True, slots=True)
class Run:
    """``length`` cleaned characters from ``clean`` on stand at ``source`` and following."""

    clean: int
    source: int
    length: int


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """Clean offsets -> source offsets, as runs of equal characters in ascending order."""

    runs: tuple[Run, ...]

    def to_source(self, offset: int) -> int:
        """Source offset of the cleaned character at ``offset``.

        A character that a repair inserted maps to the end of the run before it.
        """
        index = bisect_right(self.runs, offset, key=lambda run: run.clean) - 1
        if index < 0:
            return self.runs[0].source if self.runs else 0
        run = self.runs[index]
        return run.source + min(offset - run.clean, run.length)

    def span_to_source(self, span: Span) -> Span:
        """Source range from the first to behind the last character of a clean range."""
        if span.end <= span.start:
            start = self.to_source(span.start)
            return Span(start, start)
        return Span(self.to_source(span.start), self.to_source(span.end - 1) + 1)


@dataclass(frozen=True, slots=True)
class CleanText:
    """A source after its repairs, with the way back to the original."""

    text: str
    offsets: OffsetMap
    furniture: tuple[Furniture, ...] = ()
    repairs: tuple[str, ...] = ()  # names of the repairs that changed something
    headings: tuple[int, ...] = ()  # clean offsets of the lines that Markdown marks as headings


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A 自然段 or 款 of a clause that has several; ``number`` counts from 1."""

    number: int
    span: Span  # clean offsets


@dataclass(frozen=True, slots=True)
class ResponsibleUnit:
    """A body that a clause makes responsible, named as in the text: 市卫生计生委."""

    role: UnitRole
    name: str


@dataclass(frozen=True, slots=True)
class Clause:
    """The smallest numbered unit that people cite, or the heading of a section.

    The units of a source tile its cleaned text: ``text`` is exactly
    ``clean_text[span.start:span.end]``, and the units joined in order are the whole.
    """

    source_id: str
    document_id: str
    path: str  # 三/（九）, 第二章/第十条, 题头
    kind: ClauseKind
    label: str  # for people: 三、（九）
    heading: str  # own heading without number: 拓展全科医生职业发展前景; "" where there is none
    ancestors: tuple[str, ...]  # headings of the enclosing sections, outermost first
    span: Span  # clean offsets
    text: str
    paragraphs: tuple[Paragraph, ...] = ()
    units: tuple[ResponsibleUnit, ...] = ()

    @property
    def id(self) -> str:
        """``dalian:三/（九）``, unique in the corpus."""
        return f"{self.source_id}:{self.path}"


@dataclass(frozen=True, slots=True)
class Basis:
    """A document that another names as its basis or cites: 国办发〔2018〕3号."""

    title: str  # "" where only the number is given
    number: str  # "" where only the title is given


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """One legal instrument. A source can hold several: a notice and what it forwards."""

    id: str  # the source's id for its main document, else source id and ordinal: dalian@1
    source_id: str
    title: str
    number: str = ""  # 发文字号
    issuer: str = ""
    date: str = ""  # ISO 8601, as far as stated: 2018-12-31, 2018-12, 2018
    status: Status = Status.UNKNOWN
    region: str = ""  # place that it binds: 大连市, 吉林省, 全国; "" unknown
    forwards: str = ""  # id of the document that this one forwards
    bases: tuple[Basis, ...] = ()
    aliases: tuple[str, ...] = ()  # other names that people use, from the catalog


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the corpus, read, cleaned and parsed."""

    id: str  # path below the corpus folder without suffix: 民法典/总则
    path: str
    digest: str  # SHA-256 of the bytes and of the catalog entry
    original: str  # decoded text
    clean: CleanText
    documents: tuple[PolicyDocument, ...]
    clauses: tuple[Clause, ...] = field(repr=False)
