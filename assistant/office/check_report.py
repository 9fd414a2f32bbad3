"""A check of quotations and references as a table to take away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from assistant.checking.model import Item, Target, Verdict
from assistant.checking.remarks import name
from assistant.checking.report import narrated
from assistant.office.exhibits import exhibit
from assistant.office.model import Upload
from assistant.office.report import Column, Fragment, Imprint, Line, Report, Row, Table, change, line
from assistant.rendering import Words, load_words
from index.store import ClauseStore

_COLUMNS = (
    Column("序号", 7),
    Column("位置", 16),
    Column("原文摘录", 42),
    Column("类型", 8),
    Column("结论", 12),
    Column("对应条款", 32),
    Column("差异（来文→条款）", 28),
    Column("说明", 28),
)


def check_report(items: Sequence[Item], upload: Upload, store: ClauseStore, imprint: Imprint) -> Report:
    """All items in a table with their places in the upload; every clause that they name in full.

    Raises:
        UnknownIdError: the store lacks a clause that an item names.
    """
    words = load_words()["zh"]
    rows = tuple(_row(number, item, upload, words) for number, item in enumerate(items, 1))
    named = dict.fromkeys(target.clause for item in items for target in _targets(item))
    facts = (
        ("核对的文件", upload.name),
        ("结果", _summary(items, words)),
        *(("注意", remark) for remark in upload.remarks),
    )
    return Report(
        "引文核对",
        imprint,
        facts,
        tables=(Table("核对结果", _COLUMNS, rows),),
        exhibits=tuple(exhibit(clause, store, imprint) for clause in named),
    )


def _row(number: int, item: Item, upload: Upload, words: Words) -> Row:
    cells = (
        line(str(number)),
        line(upload.place_of(item.span)),
        line(item.text),
        line(words[f"kind_{item.kind}"]),
        line(words[f"verdict_{item.verdict}"]),
        _clauses(item),
        _differences(item),
        line(item.remark),
    )
    return Row(cells)


def _summary(items: Sequence[Item], words: Words) -> str:
    counts = Counter(item.verdict for item in items)
    parts = [f"{words[f'verdict_{v}']} {counts[v]} 处" for v in Verdict if counts[v]]
    return "，".join([f"共 {len(items)} 处引文和引用", *parts]) + "。" + narrated(items, words)


def _clauses(item: Item) -> Line:
    """What was found, and what the text says it is where that is another clause."""
    pieces: list[Fragment] = []
    if item.target:
        pieces += line("最接近：") if item.verdict is Verdict.NOT_FOUND else ()
        pieces += line(name(item.target), link=item.target.clause)
    if item.claimed and item.claimed != item.target:
        pieces += (
            *line("\n所称：" if pieces else "所称："),
            *line(name(item.claimed), link=item.claimed.clause),
        )
    return tuple(pieces)


def _differences(item: Item) -> Line:
    pieces: list[Fragment] = []
    for difference in item.differences:
        pieces += [*line("\n" if pieces else ""), *change(difference.given, difference.source)]
    return tuple(piece for piece in pieces if piece.text)


def _targets(item: Item) -> Iterator[Target]:
    yield from filter(None, (item.target, item.claimed))
