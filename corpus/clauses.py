"""Cleaned text -> documents and the clauses that tile it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus import labels, metadata
from corpus.labels import Style, label_of
from corpus.model import Clause, ClauseKind, CleanText, Paragraph, PolicyDocument, Span
from corpus.numerals import HAN_NUMERAL
from corpus.structure import Line, Outline, Unit

PREAMBLE = "题头"
BODY = "正文"
"""The one clause of a document without numbering."""
SIGNATURE = "落款"


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines of one document within a source."""

    lines: Sequence[Line]
    prefix: str  # first element of its clause paths; "" for the main document


def parse(source_id: str, clean: CleanText) -> tuple[tuple[PolicyDocument, ...], tuple[Clause, ...]]:
    """Documents and clauses of a cleaned source; the clauses joined in order are its text."""
    lines = _lines(clean)
    documents: list[PolicyDocument] = []
    units: list[tuple[str, Unit]] = []
    for part in _parts(lines):
        document, own = _read_part(source_id, part)
        documents.append(document)
        units += ((document.id, unit) for unit in own)
    clauses = tuple(_clauses(source_id, units, clean.text))
    return _linked(documents), clauses


def _lines(clean: CleanText) -> list[Line]:
    marked = frozenset(clean.headings)
    return [
        Line(match.start(), match.end(), match[0], match.start() in marked)
        for match in re.finditer(r"[^\n]+", clean.text)
    ]


def _parts(lines: list[Line]) -> list[_Part]:
    borders = [0, *_borders(lines), len(lines)]
    pieces = [lines[start:end] for start, end in pairwise(borders)]
    first_title = _title_of(pieces[0])
    wraps = len(pieces) > 1 and re.search("转发|印发", first_title)
    if not wraps:
        return [_Part(piece, f"文件{number + 1}" if number else "") for number, piece in enumerate(pieces)]
    notice = "转发通知" if "转发" in first_title else "印发通知"
    names = [notice, "", *(f"文件{number}" for number in range(3, len(pieces) + 1))]
    return [_Part(piece, name) for piece, name in zip(pieces, names, strict=True)]


def _borders(lines: list[Line]) -> Iterator[int]:
    """Where another document begins: a title right behind a signature, and not the first one again."""
    own = "".join(_title_of(lines).split())
    for index in range(1, len(lines)):
        if _signature_start(lines, index) < index:
            offset = 1 if re.fullmatch(r"附\s*件\s*\S{0,3}", lines[index].text) else 0
            head = metadata.find_title(
                [line.text for line in lines[index + offset : index + offset + 3]], limit=1
            )
            if head and not own.endswith("".join(head.split())):
                yield index


def _signature_start(lines: Sequence[Line], end: int) -> int:
    """Index of the first line of the signature that closes ``lines[:end]``; ``end`` if none does."""
    index = end
    while index > 0 and labels.SIGNATURE_LINE.fullmatch(lines[index - 1].text.strip()):
        index -= 1
    return index if index > 0 else end


def _title_of(lines: Sequence[Line]) -> str:
    return _marked_title(lines) or metadata.find_title([line.text for line in lines[:12]]) or ""


def _marked_title(lines: Sequence[Line]) -> str:
    """Title in the first one or two lines that Markdown marks as headings: 中华人民共和国民法典 总则."""
    return " ".join(line.text.strip() for line in lines[:2] if line.is_heading and not label_of(line.text))


def _read_part(source_id: str, part: _Part) -> tuple[PolicyDocument, list[Unit]]:
    lines = list(part.lines)
    end = _signature_start(lines, len(lines))
    head_end = next(
        (
            index
            for index, line in enumerate(lines)
            if index and (label := label_of(line.text)) and label.style is not Style.ANNEX
        ),
        end,
    )
    head, tail = lines[:head_end], lines[end:]
    document_id = f"{source_id}@{part.prefix}" if part.prefix else source_id
    document = metadata.describe(
        document_id,
        source_id,
        [line.text for line in head],
        [line.text for line in tail],
        source_id.rsplit("/", 1)[-1],
        _marked_title(head),
    )
    if part.prefix and all(label_of(line.text) is None for line in lines):
        return document, [Unit(None, (part.prefix,), (), lines)]
    units = Outline().read(_without_title_marks(lines[:end])) if end else []
    if tail:
        units.append(Unit(None, (SIGNATURE,), (), tail))
    opening = PREAMBLE if any(unit.label for unit in units) else BODY
    for unit in units:
        unit.path = tuple(filter(None, (part.prefix, *(unit.path or (opening,)))))
    return document, units


def _without_title_marks(lines: list[Line]) -> list[Line]:
    """The title is no section: its heading marks go."""
    title = next((index for index, line in enumerate(lines[:2]) if not line.is_heading), min(2, len(lines)))
    return [replace(line, is_heading=False) for line in lines[:title]] + lines[title:]


def _clauses(source_id: str, units: list[tuple[str, Unit]], text: str) -> Iterator[Clause]:
    starts = [unit.lines[0].start if index else 0 for index, (_, unit) in enumerate(units)]
    seen: dict[str, int] = {}
    for (document_id, unit), (start, end) in zip(units, pairwise([*starts, len(text)]), strict=False):
        path = "/".join(unit.path)
        seen[path] = seen.get(path, 0) + 1
        if seen[path] > 1:
            path = f"{path}[{seen[path]}]"
        span = Span(start, end)
        is_section = unit.has_children and not _has_body(unit)
        yield Clause(
            source_id=source_id,
            document_id=document_id,
            path=path,
            kind=ClauseKind.SECTION if is_section else ClauseKind.CLAUSE,
            label=_label(unit),
            heading=unit.heading if unit.label else unit.path[-1],
            ancestors=unit.ancestors,
            span=span,
            text=text[start:end],
            paragraphs=_paragraphs(unit),
            units=metadata.units_of(text[start:end].rstrip()),
        )


def _has_body(unit: Unit) -> bool:
    return len(unit.lines) > 1 or not _is_heading_line(unit)


def _is_heading_line(unit: Unit) -> bool:
    """Whether the first line holds label and heading and nothing else."""
    if unit.label is None:
        return False
    rest = unit.lines[0].text[unit.label.end :].strip().rstrip("。：:")
    return rest == unit.heading.rstrip("：:") and bool(unit.has_children or len(unit.lines) > 1)


def _paragraphs(unit: Unit) -> tuple[Paragraph, ...]:
    """自然段 of a numbered unit; a line that only holds the heading does not count, nor do items （一）."""
    if unit.label is None:
        return ()
    body = unit.lines[1:] if _is_heading_line(unit) else unit.lines
    starts = [line for line in body if line is body[0] or not label_of(line.text)]
    if len(starts) < 2:
        return ()
    ends = [*(line.start for line in starts[1:]), body[-1].end + 1]
    return tuple(
        Paragraph(number, Span(line.start, end - 1))
        for number, (line, end) in enumerate(zip(starts, ends, strict=True), 1)
    )


def _label(unit: Unit) -> str:
    """五、（十七） for official documents, 第十条 for law, the bare name else."""
    if unit.label is None or unit.label.style in (Style.ARTICLE, Style.ANNEX, Style.TITLE):
        return unit.path[-1]
    if unit.label.style.is_division:
        return " ".join(unit.path)
    first, *rest = unit.path
    is_numeral = rest and re.fullmatch(HAN_NUMERAL, first)
    return f"{first}、{''.join(rest)}" if is_numeral else "".join(unit.path)


def _linked(documents: list[PolicyDocument]) -> tuple[PolicyDocument, ...]:
    """A notice that forwards or issues names the document behind it."""
    if len(documents) > 1 and re.search("转发|印发", documents[0].title) and "@" in documents[0].id:
        return (replace(documents[0], forwards=documents[1].id), *documents[1:])
    return tuple(documents)
