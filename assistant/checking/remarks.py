"""What is said of a quotation or reference in a sentence or two, for users."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from assistant.checking.ascription import Ascription
from assistant.checking.model import Difference, DifferenceKind, Target, Verdict
from assistant.clause_parts import part_name
from corpus.model import Clause, Status
from index.normalize import normalize_for_search

_MOST = 4
"""Words that are named at most of what is left out."""

NOT_HELD = "一并所引的另一文件不在库中，无法核对它有没有这段文字；请先导入该文件"
EMPTY = "引号里没有文字，无法核对"

_STATUS = {
    Status.CONSULTATION: "所引文件是征求意见稿，尚未生效",
    Status.DRAFT: "所引文件是草案，尚未生效",
    Status.AMENDED: "所引文字出自已修订的旧版本，请核对现行版本",
    Status.REPEALED: "所引文件已废止",
}


def joined(said: Iterable[str]) -> str:
    """The remarks that there are, as one."""
    return "；".join(filter(None, said))


def name(target: Target) -> str:
    """《标题》（文号）第十条."""
    number = f"（{target.number}）" if target.number else ""
    return f"《{target.document}》{number}{target.label}"


def status(value: Status) -> str:
    """That a text binds nobody yet or no more."""
    return _STATUS.get(value, "")


def script(given: str, source: str) -> str:
    """That a quotation is in Traditional script and its source is not."""
    wide = unicodedata.normalize("NFKC", given).lower()
    is_traditional = (
        normalize_for_search(given) != wide
        and normalize_for_search(source) == unicodedata.normalize("NFKC", source).lower()
    )
    return "引文用繁体字，原文用简体字，文字相同" if is_traditional else ""


def several(length: int, count: int, *, is_short: bool) -> str:
    """That several clauses have the same words, which are too few to tell which one is meant if ``is_short``."""
    if is_short:
        return f"引文只有 {length} 个字，太短：至少 {count} 个条款有同样的文字，无法确定出处"
    return f"另有 {count - 1} 个条款有同样的文字"


def preceded(words: str) -> str:
    """That words bear on a quotation that it leaves out."""
    return f"引文之前原文还有“{words}”，引文没有引出"


def followed(words: str) -> str:
    """That words behind a quotation except from the rule what it says."""
    return f"引文之后原文还有“{words}”，引文没有引出"


def omitted(
    numbers: Sequence[str], denials: Sequence[str], labels: Sequence[str], *, has_border: bool
) -> str:
    """What marks of omission stand for, if it matters; ``labels`` are those of the clauses that have the parts."""
    words = (
        f"数字（{_listed(numbers)}）" if numbers else "",
        f"否定词（{_listed(denials)}）" if denials else "",
    )
    left_out = "和".join(filter(None, words))
    said = (
        f"省略号略去了{left_out}" if left_out else "",
        f"省略号前后的文字分别出自{'、'.join(labels)}" if labels else "",
        "省略号前后不在同一句话里" if has_border and not labels else "",
    )
    return joined(said)


def _listed(words: Sequence[str]) -> str:
    return "、".join(words[:_MOST]) + ("等" if len(words) > _MOST else "")


def spelling(differences: Sequence[Difference]) -> str:
    """That a quotation has numbers in another spelling, and nothing else otherwise."""
    is_all = bool(differences) and all(d.kind is DifferenceKind.SPELLING for d in differences)
    return "只是数字的写法与原文不同，数值相同" if is_all else ""


def across(clauses: Sequence[Clause]) -> str:
    """That a quotation goes on into further clauses."""
    return f"引文连续引自{clauses[0].label}至{clauses[-1].label}"


def elsewhere(target: Target, claimed: Target | None, ascription: Ascription) -> str:
    """That words stand in another clause or document than named."""
    if claimed and claimed.clause == target.clause:
        clause = ascription.clauses[0]
        parts = dict.fromkeys(part_name(clause, *part) for part in ascription.parts_of(clause))
        return f"这段文字在{target.label}里，但不在所引的{'、'.join(parts)}"
    if claimed and (claimed.document, claimed.label) == (target.document, target.label):
        return f"这段文字出自另一个版本的{target.label}"
    if claimed and claimed.document == target.document:
        return f"这段文字出自{target.label}，不在所引的{claimed.label}"
    if claimed:
        return f"这段文字出自{name(target)}，不在所引的{name(claimed)}"
    if ascription.documents and ascription.is_missing:
        return f"这段文字出自{name(target)}，所引的条款不存在"
    if ascription.documents:
        return f"这段文字出自{name(target)}，不在所引的《{ascription.documents[0].title}》"
    if ascription.is_missing:
        return f"所引的文件不在库中，无法核对其原文；同样的文字见{name(target)}"
    return f"这段文字出自{name(target)}，与所引的条号不符"


def lacks(named: str, ascription: Ascription) -> str:
    """That one of several clauses or documents that should all have some words does not have them."""
    parts = [part_name(c, *part) for c in ascription.clauses[:1] for part in ascription.parts_of(c)[:1]]
    missing = "里没有所引的条款，也" if ascription.is_missing else ""
    return f"所引的{named}{''.join(parts)}{missing}没有这段文字"


def absent(verdict: Verdict, ascription: Ascription) -> str:
    """That nothing says so."""
    if verdict is Verdict.CONTRADICTED:
        return "所引条款没有这样的话"
    if ascription.is_missing and not ascription.documents:
        return "所引的文件不在库中，库中其他文件也没有这样的话"
    return "所引的文件里没有这样的话" if ascription.documents else "库中没有这样的话"


def spliced(first: Target, second: Target) -> str:
    """That a quotation is put together of two clauses."""
    return f"引文由两处拼接而成：前半出自{name(first)}，后半出自{name(second)}"


def reference(kind: str, target: Target | None, lacks: str = "") -> str:
    """What is wrong with a reference; ``lacks`` tells what the clause does not have: 没有第9款，共1款."""
    nearest = f"；最接近的是{name(target)}" if target else ""
    return _REFERENCE[kind].format(name=name(target) if target else "", nearest=nearest, lacks=lacks)


_REFERENCE = {
    "document": "库中没有这个文件{nearest}；请核对名称和文号，或先把文件导入",
    "version": "库中没有它的旧版本{nearest}；请核对是不是现行版本，或先把旧版本导入",
    "clause": "所引的文件里没有这一条{nearest}",
    "part": "{name}{lacks}",
    "unnumbered": "库中这份文件没有文号，无法核对所给的文号",
    "conflict": "标题与文号不属于同一个文件：{name}",
    "contradicted": "{name}的规定与这里所说的不同",
}


def ambiguous(count: int) -> str:
    """That a reference can mean several clauses."""
    return f"可以指 {count} 个条款，请写明文件或上级标题"


def versions(count: int) -> str:
    """That several versions of the past can be meant."""
    return f"可以指 {count} 个旧版本里的条款，请写明版本的年份"


def scattered(targets: Sequence[Target]) -> str:
    """That the parts around marks of omission are not in one clause in this order; "" for no parts."""
    labels = list(dict.fromkeys(map(name, targets)))
    if len(labels) > 1:
        return f"省略号前后的文字分别出自{'、'.join(labels)}"
    return "各部分都见于原文，但先后次序与原文不同" if labels else ""
