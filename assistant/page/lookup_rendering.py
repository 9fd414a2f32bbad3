"""Clauses to look up as HTML: what was found, the outline of a document, a clause in its context."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import quote

from assistant.clause_search import Entry, Hit
from assistant.clause_view import CitingClause, ClauseView, citation_of
from assistant.lookup_result import Found
from assistant.reference_links import Link, LinkState
from assistant.rendering import Words, badge, status_note
from corpus.model import Clause, PolicyDocument


def render_search(words: Words) -> str:
    """The field to type in, and the place for what is found."""
    return (
        f'<label class="search"><span>{escape(words["lookup_search"])}</span>'
        f'<input type="search" placeholder="{escape(words["lookup_placeholder"])}"></label><div aria-live="polite"></div>'
    )


def render_hits(hits: Sequence[Hit], words: Words) -> str:
    """What was found for the words typed, a button each."""
    items = "".join(f"<li>{_hit(hit, words)}</li>" for hit in hits)
    nothing = f'<p class="soft" role="status">{escape(words["lookup_nothing"])}</p>'
    return f'<ul class="hits">{items}</ul>' if items else nothing


def render_documents(documents: Iterable[PolicyDocument], words: Words) -> str:
    """The documents to fold out; their outlines come when they are."""
    items = "".join(
        f'<li><details data-document="{escape(document.id)}"><summary>{escape(document.title)} '
        f'<span class="soft">{escape(document.number or document.date)}</span> {badge(document.status)}</summary>'
        f"<div></div></details></li>"
        for document in documents
    )
    return f'<nav aria-label="{escape(words["lookup_tree"])}"><ul class="documents">{items}</ul></nav>'


def render_outline(entries: Iterable[Entry]) -> str:
    """Clauses and headings of a document, a line each."""
    lines = "".join(
        f'<li style="--depth: {entry.depth}" class="{"section" if entry.is_section else "clause"}">'
        f"{_opening(entry.clause_id, entry.label)} {escape(entry.heading)}</li>"
        for entry in entries
    )
    return f'<ul class="outline">{lines}</ul>'


def render_view(view: ClauseView, words: Words) -> str:
    """A clause with its document, its place there, what it refers to and who refers to it."""
    clause, document = view.clause, view.document
    path = " › ".join(escape(f"{section.label} {section.heading}".strip()) for section in view.sections)
    facts = " · ".join(filter(None, (document.number or words["unnumbered"], document.region, document.date)))
    return (
        f'<article class="clause-view" aria-label="{escape(words["source"])}"><header>'
        f'<p class="eyebrow">{badge(document.status)}{status_note(document.status, words)}</p>'
        f'<h2 tabindex="-1">{escape(clause.label)}</h2><p><strong>《{escape(document.title)}》</strong></p>'
        f'<p class="soft">{escape(facts)}</p><p class="soft">{path}</p></header>{_steps(view, words)}'
        f'<div class="clause-text" lang="zh-CN">{_linked_text(clause, view.links, words)}</div>'
        f"{_tools(clause, document, words)}{_context(view, words)}</article>"
    )


def render_choice(found: Found, words: Words) -> str:
    """What a reference may mean, or what comes nearest to it."""
    items = "".join(
        f"<li>{_opening(clause.id, clause.label)} {escape(clause.id)}</li>"
        for clause in found.matches or found.nearest
    )
    return f'<p>{escape(words["lookup_gone"])}</p><ul class="hits">{items}</ul>'


def _hit(hit: Hit, words: Words) -> str:
    found_by, title = escape(words[f"found_{hit.found_by}"]), escape(hit.document.title)
    return (
        f"{_opening(hit.clause_id, hit.label)} {escape(hit.snippet)}"
        f'<p class="soft">{found_by} · 《{title}》{badge(hit.document.status)}</p>'
    )


def _steps(view: ClauseView, words: Words) -> str:
    before = _opening(view.before.id, f"← {view.before.label}") if view.before else ""
    behind = _opening(view.behind.id, f"{view.behind.label} →") if view.behind else ""
    return f'<nav class="steps" aria-label="{escape(words["lookup_steps"])}">{before}{behind}</nav>'


def _tools(clause: Clause, document: PolicyDocument, words: Words) -> str:
    texts = {
        words["copy_citation"]: citation_of(clause, document, with_text=False),
        words["copy_text"]: citation_of(clause, document, with_text=True),
    }
    copies = "".join(
        f'<button type="button" data-copy="{escape(text)}">{escape(name)}</button>'
        for name, text in texts.items()
    )
    link = quote(clause.id, safe="")
    return (
        f'<p class="clause-tools">{copies}<a href="/evidence/clause?id={link}" download>{escape(words["evidence"])}</a>'
        f'<a href="?clause={link}">{escape(words["stable_link"])}</a><span role="status"></span></p>'
    )


def _context(view: ClauseView, words: Words) -> str:
    units = "；".join(f"{unit.role}：{unit.name}" for unit in view.clause.units)
    bases = "；".join(
        f"《{item.basis.title}》{item.basis.number}" + ("" if item.document else words["not_held"])
        for item in view.bases
    )
    cited = "".join(f"<li>{_citing(item)}</li>" for item in view.cited_by)
    parts = (
        (words["lookup_units"], escape(units)),
        (words["lookup_bases"], escape(bases)),
        (words["lookup_cited_by"], f"<ul>{cited}</ul>" if cited else ""),
    )
    return "".join(f"<h3>{escape(name)}</h3><div>{content}</div>" for name, content in parts if content)


def _citing(item: CitingClause) -> str:
    name = f"《{item.document.title}》{item.clause.label}"
    return f'{_opening(item.clause.id, name)} <span class="soft">{escape(item.words)}</span>'


def _linked_text(clause: Clause, links: Sequence[Link], words: Words) -> str:
    """The text, references that are clear as buttons, the others marked as not in the corpus or not clear."""
    pieces, position = [], 0
    for link in sorted(links, key=lambda link: link.span.start):
        if link.span.start >= position:
            pieces.append(escape(clause.text[position : link.span.start]))
            pieces.append(_reference(link, clause.text[link.span.start : link.span.end], words))
            position = link.span.end
    return "".join(pieces) + escape(clause.text[position:])


def _reference(link: Link, text: str, words: Words) -> str:
    if link.state is LinkState.LINKED:
        return _opening(link.targets[0].clause_id, text)
    title = words[f"reference_{link.state}"]
    return f'<span class="unlinked" title="{escape(title)}">{escape(text)}</span>'


def _opening(clause_id: str, text: str) -> str:
    return f'<button type="button" class="link" data-open="{escape(clause_id)}">{escape(text)}</button>'
