"""A comparison of two documents as tables to take away: what differs, and all clauses side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assistant.comparing.model import AlignedClauses, DocumentComparison, FactDifference, Relation
from assistant.office.exhibits import status_text
from assistant.office.report import Column, Fragment, Imprint, Line, Mark, Report, Row, Table, line
from corpus.model import Clause, PolicyDocument, Span

_NOTHING = "—"


def comparison_report(comparison: DocumentComparison, imprint: Imprint) -> Report:
    """The table of differences, then the aligned clauses with their changed characters marked."""
    names = _names(comparison.left, comparison.right)
    marks = (Mark.REMOVED, Mark.ADDED) if comparison.are_versions else (Mark.DIFFERENT, Mark.DIFFERENT)
    labels = {clause.id: clause.label for row in comparison.rows for clause in (*row.left, *row.right)}
    differences = Table(
        "差异表",
        (
            Column("序号", 7),
            Column("类别", 12),
            Column("事项", 36),
            *(column for name in names for column in (Column(name, 40), Column(f"{name}条款", 18))),
        ),
        tuple(_difference(number, fact, labels) for number, fact in enumerate(comparison.differences, 1)),
    )
    clauses = Table(
        "逐条对照",
        (Column("序号", 7), Column(names[0], 70), Column(names[1], 70), Column("关系", 16)),
        tuple(_aligned(number, row, names, marks) for number, row in enumerate(comparison.rows, 1)),
    )
    facts = tuple(zip(names, map(_described, (comparison.left, comparison.right)), strict=True))
    tables = (differences, clauses, *_numbers(comparison))
    return Report("文件对照", imprint, facts, tables=tables)


def _names(left: PolicyDocument, right: PolicyDocument) -> tuple[str, str]:
    """What tells the two apart: their places, else their titles, else their dates or ids."""
    for pair in ((left.region, right.region), (left.title, right.title), (left.date, right.date)):
        if all(pair) and pair[0] != pair[1]:
            return pair
    return left.id, right.id


def _numbers(comparison: DocumentComparison) -> Iterator[Table]:
    """The map from old to new numbers, of versions of one instrument."""
    if comparison.are_versions:
        rows = (Row((line(old or _NOTHING), line(new or _NOTHING))) for old, new in comparison.numbers)
        yield Table("新旧条号", (Column("旧条号", 40), Column("新条号", 40)), tuple(rows))


def _described(document: PolicyDocument) -> str:
    details = filter(None, (document.number, document.date, status_text(document.status)))
    return f"《{document.title}》，{'，'.join(details)}"


def _difference(number: int, fact: FactDifference, labels: dict[str, str]) -> Row:
    sides = (
        (fact.left, fact.left_part, fact.left_clause),
        (fact.right, fact.right_part, fact.right_clause),
    )
    cells = (
        cell
        for words, part, clause in sides
        for cell in (_worded(words, part), line(labels.get(clause, clause), link=clause))
    )
    return Row((line(str(number)), line(fact.kind), line(fact.topic), *cells))


def _worded(words: str, part: str) -> Line:
    """The words that differ, and below them what they stand in."""
    if not words:
        return line(_NOTHING)
    around = line(f"\n{part}") if part not in ("", words) else ()
    return Fragment(words, Mark.STRONG), *around


def _aligned(number: int, row: AlignedClauses, names: tuple[str, str], marks: tuple[Mark, Mark]) -> Row:
    left = _side(row.left, [change.left for change in row.changes], marks[0], row.also_left)
    right = _side(row.right, [change.right for change in row.changes], marks[1], row.also_right)
    relation = line(_relation(row, names))
    return Row(
        (line(str(number)), left, right, relation), tuple(clause.id for clause in (*row.left, *row.right))
    )


def _relation(row: AlignedClauses, names: tuple[str, str]) -> str:
    said = {
        Relation.SAME: "一致",
        Relation.CHANGED: "有改动",
        Relation.ONLY_LEFT: f"仅{names[0]}有",
        Relation.ONLY_RIGHT: f"仅{names[1]}有",
    }[row.relation]
    return f"{said}，条号有变" if row.is_renumbered else said


def _side(clauses: Sequence[Clause], changed: Iterable[Span], mark: Mark, also: Sequence[Clause]) -> Line:
    """The clauses of one side below each other, then those of other rows that share a rule with them."""
    spans = sorted((span for span in changed if span.start < span.end), key=lambda span: span.start)
    pieces: list[Fragment] = []
    for clause in clauses:
        pieces += [Fragment("\n")] if pieces else []
        pieces += _marked(clause, spans, mark)
    for clause in also:
        pieces += [Fragment("\n另见 " if pieces else "见 "), *line(clause.label, link=clause.id)]
    return tuple(pieces) or line(_NOTHING)


def _marked(clause: Clause, spans: Iterable[Span], mark: Mark) -> Iterator[Fragment]:
    start, end = clause.span.start, clause.span.start + len(clause.text.rstrip())
    for span in spans:
        if start <= span.end and span.start < end:
            yield from _cut(clause, Span(start, span.start), Mark.PLAIN)
            yield from _cut(clause, Span(max(start, span.start), min(span.end, end)), mark)
            start = max(start, min(span.end, end))
    yield from _cut(clause, Span(start, end), Mark.PLAIN)


def _cut(clause: Clause, span: Span, mark: Mark) -> Iterator[Fragment]:
    base = clause.span.start
    if span.start < span.end:
        yield Fragment(clause.text[span.start - base : span.end - base], mark)
