"""A source text as HTML, clause by clause, with the quoted sentence marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from itertools import pairwise

from assistant.rendering import Words, badge, status_note
from corpus.model import Clause, ClauseKind, OffsetMap, PolicyDocument, Span
from index.store import ClauseStore


def source_of(wanted: Mapping[str, str], store: ClauseStore, words: Words) -> str:
    """The document of the clause ``wanted["clause"]``, the source range ``start`` to ``end`` marked."""
    clause = store.find_clause(wanted["clause"])
    if clause is None:
        return render_empty_source(words)
    quote = None
    if "start" in wanted:
        offsets = store.source(clause.source_id).clean.offsets
        quote = quoted_span(clause, offsets, int(wanted["start"]), int(wanted["end"]))
    document = store.document(clause.document_id)
    return render_source(document, store.clauses(document.id), clause.id, quote, words)


def quoted_span(clause: Clause, offsets: OffsetMap, start: int, end: int) -> Span | None:
    """Clean offsets of the characters of ``clause`` that stand at ``[start, end)`` in the source."""
    inside = [
        offset
        for offset in range(clause.span.start, clause.span.end)
        if start <= offsets.to_source(offset) < end
    ]
    return Span(inside[0], inside[-1] + 1) if inside else None


def render_source(
    document: PolicyDocument, clauses: Iterable[Clause], target: str, quote: Span | None, words: Words
) -> str:
    """A document clause by clause, ``quote`` (clean offsets) marked inside the clause with id ``target``."""
    body = "".join(_clause(clause, clause.id == target, quote) for clause in clauses)
    return (
        f'<article class="source" aria-label="{escape(words["source"])}">{_source_head(document, words)}'
        f'<div class="source-text" lang="zh-CN" tabindex="0">{body}</div></article>'
    )


def render_empty_source(words: Words) -> str:
    """What stands in the place of the source text before a citation is opened."""
    return f'<p class="source-empty">{escape(words["source_empty"])}</p>'


def _source_head(document: PolicyDocument, words: Words) -> str:
    facts = {
        "number": document.number or words["unnumbered"],
        "region": document.region,
        "issuer": document.issuer,
        "date": document.date,
    }
    items = "".join(
        f"<div><dt>{escape(words[name])}</dt><dd>{escape(fact)}</dd></div>"
        for name, fact in facts.items()
        if fact
    )
    return (
        f'<header><button type="button" class="close" aria-label="{escape(words["close_source"])}">×</button>'
        f'<p class="eyebrow">{escape(words["source"])}{badge(document.status)}{status_note(document.status, words)}</p>'
        f'<h2 tabindex="-1">{escape(document.title)}</h2><dl class="facts">{items}</dl></header>'
    )


def _clause(clause: Clause, is_target: bool, quote: Span | None) -> str:
    kind = "section" if clause.kind is ClauseKind.SECTION else "clause"
    classes = f"{kind} target" if is_target else kind
    marked = quote if is_target else None
    emphasis = clause.span.start + _head_length(clause)
    start = clause.span.start
    lines = []
    for line in clause.text.split("\n"):
        if line:
            lines.append(f"<p>{_inline(line, start, emphasis, marked)}</p>")
        start += len(line) + 1
    return f'<section class="{classes}" id="{escape(clause.id)}">{"".join(lines)}</section>'


def _head_length(clause: Clause) -> int:
    """Characters of the label and heading that open the clause."""
    first = clause.text.partition("\n")[0]
    if clause.heading and clause.heading in first:
        return first.index(clause.heading) + len(clause.heading)
    label = clause.path.rpartition("/")[2].partition("#")[0]
    return len(label) if first.startswith(label) else 0


def _inline(line: str, start: int, emphasis: int, marked: Span | None) -> str:
    """A line at clean offset ``start``: strong up to ``emphasis``, marked where the quote lies."""
    end = start + len(line)
    borders = {emphasis, marked.start, marked.end} if marked else {emphasis}
    cuts = [start, *sorted(cut for cut in borders if start < cut < end), end]
    pieces = []
    for left, right in pairwise(cuts):
        piece = escape(line[left - start : right - start])
        if right <= emphasis:
            piece = f"<strong>{piece}</strong>"
        if marked and marked.start <= left and right <= marked.end:
            piece = f"<mark>{piece}</mark>"
        pieces.append(piece)
    return "".join(pieces)
