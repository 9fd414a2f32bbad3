"""Answers as HTML. Pure functions; every character that is not ours is escaped."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from assistant.conversation import ClauseLink
from assistant.model import Answer, Citation, Claim, ComparisonTable, Status
from corpus.model import Status as DocumentStatus

Words = Mapping[str, str]
"""What the page says in one language, by name: a table of ``interface.toml``."""

PAGE = Path(__file__).with_name("page")
"""Folder of what the page is made of beside Python: words, examples, style and script."""

_STATUS_CLASS = {
    DocumentStatus.IN_FORCE: "in-force",
    DocumentStatus.CONSULTATION: "draft",
    DocumentStatus.DRAFT: "draft",
    DocumentStatus.AMENDED: "old",
    DocumentStatus.REPEALED: "old",
    DocumentStatus.UNKNOWN: "unknown",
}


def load_words() -> dict[str, Words]:
    """The words of every interface language: ``zh`` and ``en``."""
    return tomllib.loads((PAGE / "interface.toml").read_text(encoding="utf-8"))


def render_header(documents: int, clauses: int, words: Words) -> str:
    """Name and promise of the product, the size of the corpus and the way to the other language."""
    corpus = words["corpus"].format(documents=documents, clauses=clauses)
    return (
        f'<header class="brand"><h1>{escape(words["product"])}</h1><p>{escape(words["promise"])}</p>'
        f'<p class="corpus">{escape(corpus)}</p><a href="{words["other_path"]}" '
        f'lang="{words["other_lang"]}" hreflang="{words["other_lang"]}">{escape(words["other_language"])}</a></header>'
    )


def render_notice(text: str) -> str:
    """A line beside the box that screen readers announce at once."""
    return f'<p role="alert">{escape(text)}</p>'


def render_answer(answer: Answer, words: Words, nearest: Sequence[ClauseLink] = ()) -> str:
    """Claims grouped by place or as a table, their citations and the notice that this is no official word.

    A declined answer shows its reason and, as links, the ``nearest`` clauses; it never has citations.
    """
    if answer.status is not Status.ANSWERED:
        return _declined(answer, words, nearest)
    citations = {citation.n: citation for citation in answer.citations}
    groups = "".join(_group(region, claims, citations, words) for region, claims in _by_region(answer.claims))
    body = _comparison(answer.table, citations, words) if answer.table else groups
    notice = f'<p class="writing">{escape(answer.notice)}</p>' if answer.notice else ""
    left_out = f'<p class="left-out">{escape(answer.reason)}</p>' if answer.reason else ""
    return (
        f'<div class="answer">{notice}{left_out}{body}<section class="citations"><h4>{escape(words["citations"])}</h4>'
        f"{_citations(answer.citations, words)}</section>"
        f'{_writing(answer, words)}<p class="disclaimer">{escape(words["disclaimer"])}</p></div>'
    )


def _writing(answer: Answer, words: Words) -> str:
    """The language model that wrote an answer, and what became of all that it wrote."""
    author = escape(words["written_by"].format(model=answer.written_by))
    items = "".join(
        f"<li><b>{escape(words[f'step_{step.kind}'])}</b> {escape(step.text)}<span>{escape(step.reason)}</span></li>"
        for step in answer.steps
    )
    title = f"{escape(words['steps'])} · {len(answer.steps)}"
    steps = f'<details class="steps"><summary>{title}</summary><ul>{items}</ul></details>' if items else ""
    return (f'<p class="writing">{author}</p>' if answer.written_by else "") + steps


def _declined(answer: Answer, words: Words, nearest: Sequence[ClauseLink]) -> str:
    links = "".join(
        f'<li><button type="button" class="link" data-clause="{escape(link.clause)}">'
        f"{escape(_titled(link.document))} {escape(link.label)}</button></li>"
        for link in nearest
    )
    near = f'<p class="nearest">{escape(words["nearest"])}</p><ul>{links}</ul>' if links else ""
    return (
        f'<div class="declined" data-status="{answer.status}"><h3>{escape(words[answer.status])}</h3>'
        f"<p>{escape(answer.reason)}</p>{near}{_writing(answer, words)}</div>"
    )


def _by_region(claims: Iterable[Claim]) -> list[tuple[str, list[Claim]]]:
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(claim.region, []).append(claim)
    return list(groups.items())


def _group(region: str, claims: Sequence[Claim], citations: Mapping[int, Citation], words: Words) -> str:
    labels = _status_labels(_statuses(claims, citations), words)
    heading = f"<h3>{escape(region)}{labels}</h3>" if region or labels else ""
    return f'<section class="place">{heading}{_claims(claims, citations, words)}</section>'


def _claims(claims: Sequence[Claim], citations: Mapping[int, Citation], words: Words) -> str:
    lines = "".join(
        f'<li class="{claim.role}">{escape(claim.text)}'
        f"{''.join(_mark(citations[n], words) for n in claim.citations)}</li>"
        for claim in claims
    )
    return f'<ul class="claims">{lines}</ul>'


def _statuses(claims: Iterable[Claim], citations: Mapping[int, Citation]) -> list[DocumentStatus]:
    return list(dict.fromkeys(citations[n].status for claim in claims for n in claim.citations))


def _status_labels(statuses: Iterable[DocumentStatus], words: Words) -> str:
    return "".join(badge(status) + status_note(status, words) for status in statuses)


def _comparison(table: ComparisonTable, citations: Mapping[int, Citation], words: Words) -> str:
    """One row a point, one column a place; on a phone the cells stand below each other under their place.

    The roles keep it a table for screen readers where the style lays it out as blocks.
    """
    columns = zip(*(row.cells for row in table.rows), strict=True)
    statuses = [_statuses((claim for cell in cells for claim in cell), citations) for cells in columns]
    heads = "".join(
        f'<th scope="col" role="columnheader"><span>{escape(place)}</span>{_status_labels(status, words)}</th>'
        for place, status in zip(table.places, statuses, strict=True)
    )
    names = [" · ".join((place, *status)) for place, status in zip(table.places, statuses, strict=True)]
    rows = "".join(
        f'<tr role="row"><th scope="row" role="rowheader">{escape(row.point)}</th>'
        f"{''.join(_cell(cell, name, citations, words) for cell, name in zip(row.cells, names, strict=True))}</tr>"
        for row in table.rows
    )
    has_gap = any(not cell for row in table.rows for cell in row.cells)
    note = f'<p class="gap-note">{escape(words["unstated_note"])}</p>' if has_gap else ""
    return (
        f'<table class="comparison" role="table"><thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">'
        f'{escape(words["point"])}</th>{heads}</tr></thead><tbody role="rowgroup">{rows}</tbody></table>{note}'
    )


def _cell(claims: Sequence[Claim], place: str, citations: Mapping[int, Citation], words: Words) -> str:
    said = (
        _claims(claims, citations, words)
        if claims
        else f'<p class="unstated">{escape(words["unstated"])}</p>'
    )
    return f'<td role="cell" data-place="{escape(place)}">{said}</td>'


def badge(status: DocumentStatus) -> str:
    """The status of a document as a small label."""
    return f'<span class="badge {_STATUS_CLASS[status]}">{escape(status)}</span>'


def status_note(status: DocumentStatus, words: Words) -> str:
    """What a reader must know about a text of this status; nothing where it is in force."""
    kind = _STATUS_CLASS[status]
    note = words.get(f"{kind}_note", "")
    return f'<span class="note {kind}">{escape(note)}</span>' if note else ""


def _target(citation: Citation) -> str:
    return f'data-clause="{escape(citation.clause)}" data-start="{citation.start}" data-end="{citation.end}"'


def _mark(citation: Citation, words: Words) -> str:
    return (
        f'<button type="button" class="cite" {_target(citation)} title="{escape(_titled(citation.document))} '
        f'{escape(citation.label)}"><span class="sr">{escape(words["citation"])}</span>[{citation.n}]</button>'
    )


def _citations(citations: Iterable[Citation], words: Words) -> str:
    by_document: dict[tuple[str, str, str, DocumentStatus], list[Citation]] = {}
    for citation in citations:
        document = citation.document, citation.number, citation.region, citation.status
        by_document.setdefault(document, []).append(citation)
    return "".join(
        f'<p class="cited-document">{escape(_titled(title))}</p>'
        f'<p class="facts"><span>{escape(number or words["unnumbered"])}</span>'
        f"<span>{escape(region)}</span>{badge(status)}</p>"
        f"<ol>{''.join(_card(citation, words) for citation in group)}</ol>"
        for (title, number, region, status), group in by_document.items()
    )


def _card(citation: Citation, words: Words) -> str:
    return (
        f'<li class="citation" {_target(citation)}><button type="button" title="{escape(words["open_source"])}">'
        f'<span class="sr">{escape(words["citation"])}</span>[{citation.n}] {escape(citation.label)}</button>'
        f"<blockquote>{escape(citation.quote)}</blockquote></li>"
    )


def _titled(title: str) -> str:
    return f"《{title}》"
