"""What ``compare`` prints for people: the table of differences on top, then the clauses side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from assistant.comparing.model import AlignedClauses, DocumentComparison, FactDifference, Relation
from corpus.model import Clause, PolicyDocument, Span

_NOTHING = "（无）"


def comparison_text(comparison: DocumentComparison) -> str:
    """The comparison as lines of text; words that differ stand in 【】."""
    blocks = [
        _opening(comparison),
        *_table(comparison),
        *([_numbers(comparison)] if comparison.are_versions else []),
        "条文对照（【】内为不同之处）",
        *(block for row in comparison.rows if (block := _row(row, comparison))),
    ]
    return "\n\n".join(blocks)


def _opening(comparison: DocumentComparison) -> str:
    left, right = comparison.names
    counts = [
        f"相同 {comparison.count(Relation.SAME)} 组",
        f"不同 {comparison.count(Relation.CHANGED)} 组",
        f"仅{left}有 {comparison.count(Relation.ONLY_LEFT)} 条",
        f"仅{right}有 {comparison.count(Relation.ONLY_RIGHT)} 条",
    ]
    if comparison.are_versions:
        counts.append(f"改号 {sum(row.is_renumbered for row in comparison.rows)} 条")
    documents = (comparison.left, comparison.right)
    lines = [f"{name}：{_document(d)}" for name, d in zip(comparison.names, documents, strict=True)]
    return "\n".join([*lines, "，".join(counts)])


def _document(document: PolicyDocument) -> str:
    number = f"（{document.number}）" if document.number else ""
    return f"《{document.title}》{number}〔{document.status}〕"


def _table(comparison: DocumentComparison) -> Iterator[str]:
    if not comparison.differences:
        yield "差异表：没有数字、期限、时间、地区范围、单位、用语和规定上的不同"
    for kind, facts in groupby(comparison.differences, key=lambda fact: fact.kind):
        yield "\n".join([f"差异表·{kind}", *(_fact(fact, comparison.names) for fact in facts)])


def _fact(fact: FactDifference, names: tuple[str, str]) -> str:
    sides = (
        (names[0], fact.left, fact.left_part, fact.left_clause),
        (names[1], fact.right, fact.right_part, fact.right_clause),
    )
    lines = [f"- {fact.topic}"]
    for name, words, part, clause in sides:
        context = f"“{part}”" if part not in ("", words) else ""
        lines.append(f"    {name}：{words}{context}（{clause}）" if words else f"    {name}：{_NOTHING}")
    return "\n".join(lines)


def _numbers(comparison: DocumentComparison) -> str:
    """Which numbers have changed, been removed or added."""
    moved = "；".join(f"{old or '（新增）'}→{new or '（删去）'}" for old, new in comparison.moved)
    return f"条号对照（{comparison.names[0]}→{comparison.names[1]}）\n{moved or '条号没有变化'}"


def _row(row: AlignedClauses, comparison: DocumentComparison) -> str:
    """A block for each row; equal clauses of versions need none."""
    left, right = comparison.names
    match row.relation:
        case Relation.SAME:
            return "" if comparison.are_versions else f"{_labels(row.left)} ＝ {_labels(row.right)}"
        case Relation.ONLY_LEFT:
            title = f"{_labels(row.left)}　仅{left}有"
        case Relation.ONLY_RIGHT:
            title = f"{_labels(row.right)}　仅{right}有"
        case Relation.CHANGED:
            title = f"{_labels(row.left)} ↔ {_labels(row.right)}"
    also = "、".join(clause.id for clause in (*row.also_left, *row.also_right))
    lines = [f"{title}（另见 {also}）" if also else title]
    lines += _side(left, row.left, [change.left for change in row.changes])
    lines += _side(right, row.right, [change.right for change in row.changes])
    return "\n".join(lines)


def _labels(clauses: Sequence[Clause]) -> str:
    return "、".join(_label(clause) for clause in clauses)


def _label(clause: Clause) -> str:
    return f"{clause.label} {clause.heading}" if clause.heading not in ("", clause.label) else clause.label


def _side(name: str, clauses: Sequence[Clause], changed: Sequence[Span]) -> Iterator[str]:
    for clause in clauses:
        yield f"  {name}：{_marked(clause, changed)}"


def _marked(clause: Clause, changed: Sequence[Span]) -> str:
    """The text of a clause with what differs in 【】."""
    text, base = clause.text, clause.span.start
    inside = {(s.start - base, s.end - base) for s in changed if base <= s.start < s.end <= clause.span.end}
    for start, end in sorted(inside, reverse=True):
        text = f"{text[:start]}【{text[start:end]}】{text[end:]}"
    return "\n    ".join(text.strip().splitlines())
