"""A comparison of two documents as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from assistant.comparing.model import AlignedClauses, DocumentComparison, FactDifference, Relation
from assistant.rendering import Words, badge
from corpus.model import Clause, PolicyDocument, Span


def render_comparison(comparison: DocumentComparison, words: Words) -> str:
    """What differs in a table on top, then the clauses side by side with their differences marked."""
    tags = ("del", "ins") if comparison.are_versions else ("mark", "mark")
    rows = "".join(_row(row, comparison.names, tags, words) for row in comparison.rows)
    return (
        f'<div class="compared-heads">{_head(comparison.left)}{_head(comparison.right)}</div>'
        f'<p class="sums" role="status">{escape(_sums(comparison, words))}</p>'
        f"<h3>{escape(words['compare_facts'])}</h3>{_facts(comparison, words)}{_numbers(comparison, words)}"
        f'<h3>{escape(words["compare_clauses"])}</h3><ol class="aligned">{rows}</ol>'
    )


def _head(document: PolicyDocument) -> str:
    facts = " · ".join(filter(None, (document.number, document.region, document.date)))
    return f"<div><strong>《{escape(document.title)}》</strong><p>{escape(facts)} {badge(document.status)}</p></div>"


def _sums(comparison: DocumentComparison, words: Words) -> str:
    left, right = comparison.names
    return words["compare_sums"].format(
        same=comparison.count(Relation.SAME),
        changed=comparison.count(Relation.CHANGED),
        only_left=comparison.count(Relation.ONLY_LEFT),
        only_right=comparison.count(Relation.ONLY_RIGHT),
        left=left,
        right=right,
    )


def _facts(comparison: DocumentComparison, words: Words) -> str:
    columns = (words["compare_kind"], words["compare_topic"], *comparison.names)
    heads = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    rows = "".join(_fact(fact, words) for fact in comparison.differences)
    return (
        f'<div class="scrolled" tabindex="0"><table class="facts-table"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _fact(fact: FactDifference, words: Words) -> str:
    kind = words[f"fact_{fact.kind.name.lower()}"]
    cells = "".join(
        f"<td>{_worded(said, part, clause)}</td>"
        for said, part, clause in (
            (fact.left, fact.left_part, fact.left_clause),
            (fact.right, fact.right_part, fact.right_clause),
        )
    )
    return f'<tr><td>{escape(kind)}</td><th scope="row">{escape(fact.topic)}</th>{cells}</tr>'


def _worded(words: str, part: str, clause: str) -> str:
    """The words in their part of the sentence, which opens the clause; a dash where a side has none."""
    if not words:
        return "—"
    before, found, after = part.partition(words)
    text = f"{escape(before)}<mark>{escape(found)}</mark>{escape(after)}" if found else escape(words)
    return f'<button type="button" class="link" data-clause="{escape(clause)}">{text}</button>'


def _numbers(comparison: DocumentComparison, words: Words) -> str:
    """Of versions, which numbers have changed, been removed or added: 第九条 → 第十条."""
    if not comparison.are_versions:
        return ""
    items = "".join(
        f"<li>{escape(old or words['compare_added'])} → {escape(new or words['compare_removed'])}</li>"
        for old, new in comparison.moved
    )
    title = words["compare_numbers"].format(old=comparison.names[0], new=comparison.names[1])
    unmoved = f'<p class="soft">{escape(words["compare_unmoved"])}</p>'
    return f"<h3>{escape(title)}</h3>" + (f'<ul class="numbers">{items}</ul>' if items else unmoved)


def _row(row: AlignedClauses, names: tuple[str, str], tags: tuple[str, str], words: Words) -> str:
    lefts, rights = [change.left for change in row.changes], [change.right for change in row.changes]
    return (
        f'<li class="{row.relation}"><div>{_side(row.left, lefts, tags[0], names[0], words)}{_also(row.also_left, words)}</div>'
        f"<div>{_side(row.right, rights, tags[1], names[1], words)}{_also(row.also_right, words)}</div>{_note(row, words)}</li>"
    )


def _note(row: AlignedClauses, words: Words) -> str:
    return f'<p class="soft">{escape(words["compare_renumbered"])}</p>' if row.is_renumbered else ""


def _also(clauses: Sequence[Clause], words: Words) -> str:
    """Clauses of other rows that share a rule with this one."""
    links = "、".join(map(_link, clauses))
    return f'<p class="soft">{escape(words["compare_also"])}{links}</p>' if links else ""


def _link(clause: Clause) -> str:
    return f'<button type="button" class="link" data-clause="{escape(clause.id)}">{escape(clause.label)}</button>'


def _side(clauses: Sequence[Clause], spans: Iterable[Span], tag: str, name: str, words: Words) -> str:
    """The clauses of a side, or that it has no such rule."""
    if not clauses:
        return f'<p class="soft">{escape(words["compare_none"].format(name=name))}</p>'
    marked = list(spans)
    return "".join(_clause(clause, marked, tag) for clause in clauses)


def _clause(clause: Clause, spans: Iterable[Span], tag: str) -> str:
    base, position, pieces = clause.span.start, 0, []
    inside = sorted((max(span.start, base) - base, min(span.end, clause.span.end) - base) for span in spans)
    for start, end in inside:
        if position <= start < end:
            pieces.append(escape(clause.text[position:start]))
            pieces.append(f"<{tag}>{escape(clause.text[start:end])}</{tag}>")
            position = end
    pieces.append(escape(clause.text[position:]))
    return f'<p class="label">{_link(clause)}</p><p class="clause-text">{"".join(pieces)}</p>'
