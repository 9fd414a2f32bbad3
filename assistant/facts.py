"""Questions about a document itself: status, issuer, number, date, basis, addressees, forwarding.

They are answered from the parsed metadata, with the line of the head that shows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from assistant.evidence import Evidence
from assistant.kinds import Kind
from assistant.lookup import ClauseFinder
from assistant.understanding import Query, without_places
from corpus import places
from corpus.model import Clause, PolicyDocument, Span, Status, UnitRole
from index.sentences import split_sentences
from index.store import ClauseStore


class Fact(StrEnum):
    """What is asked about a document."""

    STATUS = "status"
    FORWARDING = "forwarding"
    BASIS = "basis"
    ADDRESSEES = "addressees"
    DATE = "date"
    NUMBER = "number"
    ISSUER = "issuer"


_ASKED = {
    fact: re.compile(pattern)
    for fact, pattern in {
        Fact.STATUS: r"草稿|草案|征求意见|定稿|正式(?:的?文件|印发|生效|依据|发布)|生效|现行|废止|失效|有效吗|\bdraft\b|\bfinal\b",
        Fact.FORWARDING: r"转发|forward",
        Fact.BASIS: r"(?:根据|依据|依照|衣据|照着|按照|贯彻|落实).{0,12}(?:哪|什么|几)|(?:哪|什么).{0,8}(?:文件|规划|文号?).{0,6}(?:制定|起草|依据)"
        r"|(?:上级|国务院|国家).{0,4}文件.{0,6}(?:什么|哪)",
        Fact.ADDRESSEES: r"发给(?:哪|谁)|主送|发往哪|下发给",
        Fact.DATE: r"(?:哪一?[天日年]|什么时候|何时|日期|什么时间).{0,6}(?:印发|发布|发文|出台|发的|成文)?|(?:印发|发布|发文|成文)(?:日期|时间)",
        Fact.NUMBER: r"(?:发文字号|文号|文件号|什么号|几号文)",
        Fact.ISSUER: r"(?:哪个|什么|哪家)(?:机关|单位|部门|政府).{0,4}(?:印发|发布|发的|制定|出台|转发)|谁(?:印发|发布|制定|出台|发)的?|制定的|发文机关|issued",
    }.items()
}
_DOCUMENT_WORDS = re.compile(
    r"文件|文见|文本|意见|方案|稿子?|通知|政策|转发|这|那|两|个|份|是|的|哪|什么|了|吗|呢|吧|对|由|我|可以|直接|当|引用|机关|单位|部门"
    r"|政府|发文|字号|文号|号|印发|生效|正式|依据|衣据|根据|依照|按照|照着|写|国家|国务院|本省|省|规划|上级|为|贯彻|落实|制定|共同|同"
    r"|草稿|草案|征求意见|还|没|定|已|实施|发给|些|主送|日期|哪一?天|何时|什么时候|一天|自己|和|与|市|文|出台|发布|现行|有效|公开"
    r"|is|the|document|still|or|a|final|draft|and|one|which|body|issued|[0-9a-z〔〕\[\]()（）《》“”\"，。？?、：:\s]"
)


@dataclass(frozen=True, slots=True)
class FactFinder:
    """Answers what documents say of themselves."""

    store: ClauseStore
    finder: ClauseFinder

    def find(self, query: Query) -> tuple[Evidence, ...] | None:
        """Evidence for a question about documents; None for any other question, () where nothing states it."""
        if Kind.CLAUSE in query.kinds and (listed := self._clauses_of_unit(query)):
            return listed
        asked = [fact for fact, pattern in _ASKED.items() if pattern.search(query.text)]
        if not asked and query.is_follow_up:
            asked = [fact for fact, pattern in _ASKED.items() if pattern.search(query.context)]
        about = f"{query.context} {query.text}" if query.is_follow_up else query.text
        if not asked or any(reference.parts for reference in query.references) or not _is_about_document(about):
            return None
        found = [evidence for document in self._documents(query, asked)
                 if (evidence := self._shown(document, asked)) is not None]
        return tuple(found)

    def _documents(self, query: Query, asked: list[Fact]) -> list[PolicyDocument]:
        documents = list(self.store.documents())
        if query.places:
            documents = [d for d in documents if any(_binds(d, place) for place in query.places)]
        for reference in query.references:
            named = self.finder.named_documents(query.text, reference)
            if named is not None and reference.number:
                documents = [d for d in documents if d in named or (Fact.FORWARDING in asked and _forwards(d, named))]
        if Fact.FORWARDING in asked or Fact.ADDRESSEES in asked and "转发" in query.text:
            documents = [d for d in documents if d.forwards] or documents
        elif len(documents) > 1:
            documents = [d for d in documents if not d.forwards] or documents
        if Fact.STATUS in asked and re.search("哪", query.text):
            documents = [d for d in documents if d.status in (Status.CONSULTATION, Status.DRAFT)]
        return documents

    def _shown(self, document: PolicyDocument, asked: list[Fact]) -> Evidence | None:
        head = self.store.clauses(document.id)[0]
        sentences = split_sentences(head.text)
        spans = [span for span in sentences if any(_shows(document, fact, head.text[span.start : span.end])
                                                   for fact in asked)]
        if not spans:
            return None
        shifted = tuple(Span(head.span.start + span.start, head.span.start + span.end) for span in spans)
        return Evidence(head, document, is_named=True, spans=shifted)

    def _clauses_of_unit(self, query: Query) -> tuple[Evidence, ...]:
        """Clauses that give a body a part: 哪几条把编委办列成了配合单位."""
        wanted = {role for role in UnitRole if role.value[:2] in query.text}
        if not wanted:
            return ()
        found: list[Evidence] = []
        for document in self.store.documents():
            if query.places and not any(_binds(document, place) for place in query.places):
                continue
            for clause in self.store.clauses(document.id):
                if any(unit.role in wanted and _is_named(unit.name, query.text) for unit in clause.units):
                    found.append(Evidence(clause, document, is_named=True, spans=(_unit_span(clause),)))
        return tuple(found)


def _is_about_document(text: str) -> bool:
    """Whether little is left of a question without words about documents: its subject is the document."""
    return len(_DOCUMENT_WORDS.sub("", without_places(text))) <= 4


def _binds(document: PolicyDocument, place: places.Place) -> bool:
    own = places.named(document.region)
    return own is not None and (own.contains(place) or place.contains(own))


def _forwards(document: PolicyDocument, named: tuple[PolicyDocument, ...]) -> bool:
    return document.forwards in {other.id for other in named}


def _shows(document: PolicyDocument, fact: Fact, line: str) -> bool:
    """Whether a line of the head states the fact."""
    compact = re.sub(r"\s+", "", line)
    if fact is Fact.STATUS:
        drafts = re.search("征求意见|草案|送审", compact)
        return bool(drafts) or (document.status not in (Status.CONSULTATION, Status.DRAFT) and document.number in compact
                                and bool(document.number))
    if fact is Fact.BASIS:
        return any(basis.title and basis.title in line for basis in document.bases)
    if fact is Fact.ADDRESSEES:
        return compact.endswith(("：", ":"))
    if fact is Fact.DATE:
        year, month, day = (document.date + "--").split("-")[:3]
        return bool(document.date) and f"{year}年{int(month or 0)}月{int(day or 0)}日" in compact
    if fact is Fact.NUMBER:
        return bool(document.number) and document.number in compact
    own = document.issuer if fact is Fact.ISSUER else document.number
    return bool(own) and (own in compact or (fact is Fact.FORWARDING and "转发" in compact))


def _is_named(unit: str, text: str) -> bool:
    """Whether a text names a body, with or without the rank before its name: 市编委办, 编委办."""
    return unit in text or (len(unit) > 3 and unit[0] in "省市县区" and unit[1:] in text)


def _unit_span(clause: Clause) -> Span:
    last = split_sentences(clause.text)[-1]
    return Span(clause.span.start + last.start, clause.span.start + last.end)

