"""References in a sentence, whether in the forms of documents or in those that people use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from corpus import references, text_references
from corpus.model import Span
from corpus.numerals import NUMERAL, to_int
from corpus.references import Part, Reference

_TITLE = re.compile("《[^《》]*(?:《[^《》]*》[^《》]*)*》")
_TO_NUMBER = re.compile(r"\s*[（(〔\[]?\s*")
_TO_STEP = re.compile(r"\s*(?:文件|文|号)?\s*(?:的|中|里)?\s*[）)]?\s*")
_LISTED = re.compile(r"[\s，,、）)]*(?:和|与|及|或|至|到)?\s*")
_SHORT = re.compile(
    rf"\s*(?:§\s*(?=(?P<section>[0-9]{{1,4}}))\d+|(?=(?P<number>{NUMERAL})\s*条){references.SHORT_ARTICLE})"
)
_SHORT_PARTS = re.compile(
    rf"(?<=条)(?:\s*(?P<paragraph>{NUMERAL})\s*款(?!项))?(?:\s*(?P<item>{NUMERAL})\s*项(?!目))?"
)
_TO_PART = re.compile(r"\s*[（(]?\s*")


def references_in(sentence: str) -> Iterator[Reference]:
    """References in order: title and number are one, and what follows in a list (、第四十条) begins behind the comma."""
    waiting: Reference | None = None
    for reference in _found(sentence):
        if waiting is None:
            waiting = reference
        elif _is_step_of(waiting, reference, sentence):
            waiting = replace(of_document(waiting, reference), span=_both(waiting, reference))
        elif _is_part_of(waiting, reference, sentence):
            part = replace(waiting, paragraph=reference.paragraph or waiting.paragraph, item=reference.item)
            waiting = replace(part, span=_closed(_both(waiting, reference), sentence))
        elif _is_number_of(waiting, reference, sentence):
            span = _closed(_both(waiting, reference), sentence)
            waiting = replace(reference, title=waiting.title, span=span)
        else:
            yield waiting
            waiting = _cut(reference, waiting.span.end, sentence)
    if waiting:
        yield waiting


def of_document(name: Reference, reference: Reference) -> Reference:
    """A reference in the document that another one names."""
    return replace(reference, number=name.number, title=name.title, date=name.date)


def _found(text: str) -> list[Reference]:
    """References in a sentence, in the forms of documents and, where they say more, in those that people use."""
    formal = [r for r in text_references.find(text) if r.title or r.number or text[r.span.start] in "第(（"]
    titles = [Span(*match.span()) for match in _TITLE.finditer(text)]
    free = [r for r in references.find(text) if r.title or r.number or not _overlaps(r.span, titles)]
    named = [_with_article(reference, text) for reference in formal if reference.title or reference.number]
    unnamed = [
        r for r in (*formal, *free) if r not in named and not _overlaps(r.span, [n.span for n in named])
    ]
    longest: list[Reference] = []
    for reference in sorted(unnamed, key=lambda r: r.span.start - r.span.end):
        if not _overlaps(reference.span, [other.span for other in longest]):
            longest.append(reference)
    found = (_with_short_parts(reference, text) for reference in (*named, *longest))
    return sorted(found, key=lambda reference: reference.span.start)


def _with_article(name: Reference, text: str) -> Reference:
    """A title with the article that is named right behind it without 第: 《劳动合同法》40条."""
    article = _SHORT.match(text, name.span.end)
    if name.parts or article is None:
        return name
    parts = (Part(to_int(article["section"] or article["number"])),)
    return replace(name, parts=parts, span=Span(name.span.start, article.end()))


def _with_short_parts(reference: Reference, text: str) -> Reference:
    """An article with the 款 and 项 that are named right behind it without 第: 39条2项."""
    parts = _SHORT_PARTS.match(text, reference.span.end)
    if parts is None or not parts[0] or reference.paragraph or reference.item:
        return reference
    paragraph, item = (to_int(parts[name] or "0") for name in ("paragraph", "item"))
    return replace(reference, paragraph=paragraph, item=item, span=Span(reference.span.start, parts.end()))


def _overlaps(span: Span, others: Iterable[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)


def _is_number_of(title: Reference, number: Reference, text: str) -> bool:
    is_title = bool(title.title) and not (title.number or title.parts)
    gap = text[title.span.end : number.span.start]
    return is_title and bool(number.number) and not number.title and bool(_TO_NUMBER.fullmatch(gap))


def _is_step_of(name: Reference, step: Reference, text: str) -> bool:
    """Whether a clause is named right behind a document: 159号文第十四条."""
    is_name = bool(name.title or name.number) and not name.parts
    is_step = bool(step.parts) and not (step.title or step.number)
    return is_name and is_step and bool(_TO_STEP.fullmatch(text[name.span.end : step.span.start]))


def _is_part_of(clause: Reference, part: Reference, text: str) -> bool:
    """Whether a 款 or 项 is named right behind its article, perhaps in brackets: 第三十九条（第二项）."""
    is_part = bool(part.paragraph or part.item) and not (part.parts or part.title or part.number)
    gap = text[clause.span.end : part.span.start]
    return is_part and bool(clause.parts) and not clause.item and bool(_TO_PART.fullmatch(gap))


def _closed(span: Span, text: str) -> Span:
    """A range with the bracket that closes behind it, if one in it is open."""
    words = text[span.start : span.end]
    is_open = sum(map(words.count, "（(")) > sum(map(words.count, "）)"))
    return Span(span.start, span.end + (is_open and text.startswith(("）", ")"), span.end)))


def _both(first: Reference, second: Reference) -> Span:
    return Span(first.span.start, second.span.end)


def _cut(reference: Reference, taken: int, text: str) -> Reference:
    if reference.span.start >= taken:
        return reference
    joint = _LISTED.match(text, taken)
    return replace(reference, span=Span(joint.end() if joint else taken, reference.span.end))
