"""The result of a check of quotations and references as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.checking.model import Difference, Item, Target, Verdict
from assistant.checking.report import sums
from assistant.office.model import Upload
from assistant.rendering import Words, badge


def render_check(items: Sequence[Item], upload: Upload, words: Words) -> str:
    """A line of sums and a card for each quotation and reference; its clause opens at a click."""
    remarks = "".join(f'<p class="soft">{escape(remark)}</p>' for remark in upload.remarks)
    cards = "".join(_card(number, item, upload, words) for number, item in enumerate(items, 1))
    return f'<p class="sums" role="status">{escape(sums(items, words))}</p>{remarks}<ol class="checked">{cards}</ol>'


def _card(number: int, item: Item, upload: Upload, words: Words) -> str:
    place = upload.place_of(item.span)
    facts = " · ".join(filter(None, (str(number), words[f"kind_{item.kind}"], place)))
    head = (
        f'<p><span class="verdict {item.verdict}">{escape(words[f"verdict_{item.verdict}"])}</span>'
        f'<span class="soft">{escape(facts)}</span></p>'
    )
    differences = "".join(_difference(difference, words) for difference in item.differences)
    changed = f'<ul class="differences">{differences}</ul>' if differences else ""
    remark = f'<p class="remark">{escape(item.remark)}</p>' if item.remark else ""
    quoted = f"<blockquote>{escape(item.text)}</blockquote>"
    return f'<li class="{item.verdict}">{head}{quoted}{_target(item, words)}{changed}{remark}</li>'


def _target(item: Item, words: Words) -> str:
    role = words["check_nearest" if item.verdict is Verdict.NOT_FOUND else "check_clause"]
    lines = [_line(role, item.target)] if item.target else []
    if item.claimed:
        lines.append(_line(words["check_claimed"], item.claimed))
    return "".join(lines)


def _line(role: str, target: Target) -> str:
    number = f"（{target.number}）" if target.number else ""
    return (
        f'<p class="target-clause">{escape(role)}<button type="button" class="link" data-clause="{escape(target.clause)}">'
        f"《{escape(target.document)}》{escape(number)}{escape(target.label)}</button>{badge(target.status)}</p>"
    )


def _difference(difference: Difference, words: Words) -> str:
    given, source = (escape(part) or "∅" for part in (difference.given, difference.source))
    kind = escape(words[f"difference_{difference.kind}"])
    return f'<li><span class="soft">{kind}</span> <del>{given}</del> → <ins>{source}</ins></li>'
