"""Questions about a document itself: status, issuer, number, date, basis, addressees, forwarding.

They are answered from the parsed metadata, with the lines of the head that show it; and so are
questions for the clauses that give a body a part.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from assistant.evidence import Evidence
from assistant.lookup import ClauseFinder
from assistant.understanding import Query
from corpus import places
from corpus.clauses import SIGNATURE
from corpus.model import DRAFTS, Clause, ClauseKind, PolicyDocument, Span, UnitRole
from index.normalize import normalize_for_search
from index.sentences import split_sentences
from index.store import ClauseStore


class Fact(StrEnum):
    """What is asked about a document."""

    TITLE = "title"
    STATUS = "status"
    FORWARDING = "forwarding"
    BASIS = "basis"
    ADDRESSEES = "addressees"
    DATE = "date"
    NUMBER = "number"
    ISSUER = "issuer"
    PUBLICITY = "publicity"


_TABLE = tomllib.loads(
    Path(__file__).with_name("vocabulary").joinpath("facts.toml").read_text(encoding="utf-8")
)
_ASKED = {Fact(name): re.compile("|".join(expressions)) for name, expressions in _TABLE["question"].items()}
_ABOUT = re.compile("|".join(_TABLE["about"]["words"]) + r"|[0-9〔〕\[\]()（）《》“”\"，。？?、：:\s]")

_DUTIES_ASKED = re.compile(
    "哪一?条|哪几条|条款.{0,6}[挑列找]|[挑列找].{0,6}条款|哪些(?:条|工作|任务|事项?|职责|措施)|什么(?:工作|任务|职责)|管(?:啥|什么|哪些)"
)
_LIST_ASKED = re.compile("几(?:项|条|点|个)|哪些|哪几|分别|列出|列了|包括|有什么")
_MOST_MEANT = 12
"""Documents that a question about documents can mean; of more it is not about the documents themselves."""

_MOST_LEFT = 4
"""Characters that may be left of a question about a document once these words are gone."""


@dataclass(frozen=True, slots=True)
class FactFinder:
    """Answers what documents say of themselves."""

    store: ClauseStore
    finder: ClauseFinder

    def find(self, query: Query) -> tuple[Evidence, ...] | None:
        """Evidence for a question about documents; None for any other question, () where nothing states it."""
        if _DUTIES_ASKED.search(query.text) and (listed := tuple(self._clauses_of_unit(query))):
            return listed
        if cited := tuple(self._citing(query)):
            return cited
        documents = self.store.documents()
        if not query.references and (listed := tuple(self._section(query))):
            return listed
        asked = _asked(query, normalize_for_search(" ".join(document.title for document in documents)))
        if not asked or any(reference.parts for reference in query.references):
            return None
        meant = self._documents(query, asked)
        if len(meant) > _MOST_MEANT:
            return None
        shown = tuple(evidence for document in meant for evidence in self._shown(document, asked))
        return shown if shown or {Fact.DATE, Fact.STATUS, Fact.NUMBER} & set(asked) else None

    def _documents(self, query: Query, asked: list[Fact]) -> list[PolicyDocument]:
        documents = list(self.store.documents())
        named = self._named(query)
        if named:
            forwarding = [d for d in documents if d.forwards in {other.id for other in named}]
            documents = named + (forwarding if {Fact.FORWARDING, Fact.ISSUER} & set(asked) else [])
        elif query.places:
            asked_for = {place.name for place in query.places}
            bound = [d for d in documents if any(_binds(d, place) for place in query.places)]
            documents = [d for d in bound if d.region in asked_for] or bound
        if Fact.FORWARDING in asked or re.search("转发通知", query.text):
            return [d for d in documents if d.forwards] or documents
        if Fact.STATUS in asked and re.search("哪|which", query.text):
            return [d for d in documents if d.status in DRAFTS]
        return documents if named else [d for d in documents if not d.forwards] or documents

    def _citing(self, query: Query) -> Iterator[Evidence]:
        """The lines of heads that name a document by its number, where it is asked for and not held here."""
        numbers = {r.number for r in query.references if r.number and not r.parts}
        absent = {n for n in numbers if not any(d.number.endswith(n) for d in self.store.documents())}
        if not absent or _is_more_asked(query, ""):
            return
        for document in self.store.documents():
            head = self.store.clauses(document.id)[0]
            spans = [s for s in _lines(head, document) if any(n in _text(head, s) for n in absent)]
            if spans:
                yield Evidence(head, document, is_named=True, spans=tuple(spans))

    def _named(self, query: Query) -> list[PolicyDocument]:
        named: list[PolicyDocument] = []
        for reference in query.references:
            named += self.finder.named_documents(query.reference_text, reference) or ()
        return named

    def _shown(self, document: PolicyDocument, asked: list[Fact]) -> Iterator[Evidence]:
        """The lines of a document's head and signature that state what is asked; none if one of it is not stated."""
        clauses = self.store.clauses(document.id)
        ends = [clauses[0], *(clause for clause in clauses[1:] if clause.path.endswith(SIGNATURE))]
        lines = [(clause, span) for clause in ends for span in _lines(clause, document)]
        stating = {fact: [(c, s) for c, s in lines if _states(document, fact, _text(c, s))] for fact in asked}
        if any(not stating[fact] for fact in asked if fact in (Fact.DATE, Fact.STATUS, Fact.ADDRESSEES)):
            return
        for clause in ends:
            spans = {span for found in stating.values() for owner, span in found if owner is clause}
            if spans:
                ordered = tuple(sorted(spans, key=lambda span: span.start))
                yield Evidence(clause, document, is_named=True, spans=ordered)

    def _meant(self, query: Query) -> list[PolicyDocument]:
        """Documents of the named places, or all; none where these are too many to be what a question means."""
        meant = [
            document
            for document in self.store.documents()
            if not query.places or any(_binds(document, place) for place in query.places)
        ]
        return meant if len(meant) <= _MOST_MEANT else []

    def _section(self, query: Query) -> Iterator[Evidence]:
        """The clauses below a section that the question names by its heading and asks to list, by their headings."""
        for document in self._meant(query) if _LIST_ASKED.search(query.text) else ():
            clauses = self.store.clauses(document.id)
            named = [c.path for c in clauses if c.kind is ClauseKind.SECTION and _is_about(query, c.heading)]
            for clause in clauses:
                is_below = clause.path.rpartition("/")[0] in named
                if is_below and clause.kind is ClauseKind.CLAUSE:
                    first = split_sentences(clause.text)[0]
                    span = Span(clause.span.start + first.start, clause.span.start + first.end)
                    yield Evidence(clause, document, is_named=True, spans=(span,))

    def _clauses_of_unit(self, query: Query) -> Iterator[Evidence]:
        """Clauses that give a body a part: 哪几条把编委办列成了配合单位."""
        wanted = {role for role in UnitRole if role.value[:2] in query.text} or set(UnitRole)
        bodies = " ".join((query.text, *query.terms))
        for document in self._meant(query):
            for clause in self.store.clauses(document.id):
                if any(unit.role in wanted and _is_named(unit.name, bodies) for unit in clause.units):
                    last = split_sentences(clause.text)[-1]
                    span = Span(clause.span.start + last.start, clause.span.start + last.end)
                    yield Evidence(clause, document, is_named=True, spans=(span,))


def _asked(query: Query, titles: str) -> list[Fact]:
    """Facts that the question asks about a document; none if its subject is something else."""
    if _is_more_asked(query, titles):
        return []
    own = [fact for fact, pattern in _ASKED.items() if pattern.search(query.text)]
    if own or not query.is_follow_up:
        return own
    return [fact for fact, pattern in _ASKED.items() if pattern.search(query.context)]


def _is_more_asked(query: Query, titles: str) -> bool:
    """Whether much is left of a question beside the words for documents, their numbers and titles."""
    about = f"{query.context} {query.focus}" if query.is_follow_up else query.focus
    for reference in query.references:
        about = about.replace(reference.number, "") if reference.number else about
    rest = _without_words_of(titles, query.without_places(about))
    return len(_ABOUT.sub("", rest)) > _MOST_LEFT


def _without_words_of(titles: str, text: str) -> str:
    """``text`` without what stands in a title: 全科医生的意见 names the document by its subject."""
    kept, position = "", 0
    while position < len(text):
        length = 0
        while position + length < len(text) and text[position : position + length + 1] in titles:
            length += 1
        kept += text[position] if length < 2 else ""
        position += max(1, length if length >= 2 else 1)
    return kept


def _lines(head: Clause, document: PolicyDocument) -> list[Span]:
    """Sentences of a head, clean offsets; a title that is broken over lines is one."""
    spans = [Span(head.span.start + s.start, head.span.start + s.end) for s in split_sentences(head.text)]
    title = "".join(document.title.split())
    for first, start in enumerate(spans):
        joined = ""
        for end in spans[first : first + 3]:
            joined += "".join(_text(head, end).split())
            if joined == title:
                rest = [span for span in spans if span.end <= start.start or span.start >= end.end]
                return sorted([*rest, Span(start.start, end.end)], key=lambda span: span.start)
    return spans


def _text(clause: Clause, span: Span) -> str:
    return clause.text[span.start - clause.span.start : span.end - clause.span.start]


def _binds(document: PolicyDocument, place: places.Place) -> bool:
    return (
        bool(document.region) and document.region != places.NATION and places.related(document.region, place)
    )


def _states(document: PolicyDocument, fact: Fact, line: str) -> bool:
    """Whether a line of the head states the fact."""
    compact = re.sub(r"\s+", "", line)
    title = "".join(document.title.split())
    if fact is Fact.STATUS:
        is_draft = document.status in DRAFTS
        return (
            bool(re.search("征求意见|草案|送审|讨论稿", compact))
            if is_draft
            else _is_own_number(document, compact)
        )
    if fact is Fact.TITLE:
        return compact == title
    if fact is Fact.BASIS:
        return any(basis.title and "".join(basis.title.split()) in compact for basis in document.bases)
    if fact is Fact.ADDRESSEES:
        return compact.endswith(("：", ":"))
    if fact is Fact.DATE:
        year, month, day = (document.date + "--").split("-")[:3]
        return bool(document.date) and compact == f"{year}年{int(month or 0)}月{int(day or 0)}日"
    if fact is Fact.NUMBER:
        return _is_own_number(document, compact)
    if fact is Fact.PUBLICITY:
        return "公开" in compact and "此件" in compact
    if fact is Fact.FORWARDING:
        return compact == title or _is_own_number(document, compact) or "转发给" in compact
    return compact == title and bool(document.issuer)


def _is_own_number(document: PolicyDocument, compact: str) -> bool:
    return bool(document.number) and compact.strip("（）()") == document.number


def _is_about(query: Query, heading: str) -> bool:
    """Whether a question names a section by its heading, and hardly anything else."""
    if len(heading) < 4 or heading not in query.text:
        return False
    rest = _LIST_ASKED.sub("", query.without_places(query.focus.replace(heading, "")))
    return len(_ABOUT.sub("", rest)) <= _MOST_LEFT


def _is_named(unit: str, text: str) -> bool:
    """Whether a text names a body, with or without the rank before its name: 市编委办, 编委办."""
    return unit in text or (len(unit) > 3 and unit[0] in "省市县区" and unit[1:] in text)
