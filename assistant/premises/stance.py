"""How a question uses an expression: as a statement about the rules, as the asker's own case, or otherwise."""

from __future__ import annotations

import re
from enum import Enum

from assistant.kinds import Kind, kinds_of
from assistant.premises.passages import part_of
from corpus import places
from corpus.model import Span


class Stance(Enum):
    """What a question does with an expression.

    ``STATED``: part of a statement to confirm. ``ASKED``: of a yes-or-no question. ``IMPLIED``: of any
    other question. ``APART`` is what cannot be wrong here: the asker's own case, a supposition, a choice,
    a negation, what is said of another place.
    """

    STATED = "stated"
    ASKED = "asked"
    IMPLIED = "implied"
    APART = "apart"


_TO_CONFIRM = re.compile(
    "对吗|对吧|对不对|对么|是吗|是吧|是么|没错|准确|属实|真的[吗么]|正确|说的没|是这样"
    r"|吧[?？。!！]*$|\bright\b|\bcorrect\b|\btrue\b|isn't it|is it not"
)
_REPORTED = re.compile(
    "(?:我|我们|咱|咱们|本人)(?:就|也|只|好像|大概|一直|还|刚|最近|的)?"
    "(?:听|记得|印象|以为|觉得|认为|想|理解|查到|读到|看到|看见|了解|问|确认|知道|发现|注意到|要)"
)
_OWN = re.compile(
    "我(?![市省县国区州]|们?(?:市|省|县|区|国))|咱(?!们?[市省县国区州])|俺|本人|自己|(?:同事|朋友|邻居|亲戚|老公|丈夫|妻子|爱人|女儿|儿子|孩子|同学|今年)"
    r"|\b(?:i|my|we|our)\b"
)
_RULE = re.compile("规定|要求|文件|政策|方案|意见|条例|办法|通知|标准|目标|[0-9一二三四五六七八九十]\\)?条")
_EXPERIENCE = re.compile("(?:(?:了|过|已经?|都|快|将近|整整)|(?:还[要得需]|再)(?:干|做|工作|服务)?)$")
_PAST = re.compile("^(?:了|来|多|的?工龄|的?经[验历]|的?老)")
_SUPPOSED = re.compile("如果|要是|假如|假设|假定|倘若|万一|比如|例如|\\bif\\b|\\bsuppose")
_CHOICE = re.compile("还是|或者|抑或|\\bor\\b")
_NEGATED = re.compile(
    "(?:(?<!是)不是|并非|并不|不到|不足|不满|没有?|没到|未满?|不用|无需|不需要?|不要求|不止|超过|多于|少于|低于|高于|比|除了?)$"
)


def stance(question: str, span: Span, region: str) -> Stance:
    """How a normalised question uses the expression at ``span``, seen from the documents of a region."""
    if not _is_said_of(region, question, span):
        return Stance.APART
    before, after = _sentence(question, span)
    if _CHOICE.search(before + after) or _SUPPOSED.search(before) or _NEGATED.search(before[-4:]):
        return Stance.APART
    if _EXPERIENCE.search(before) or _PAST.search(after) or _is_own(question[: span.start]):
        return Stance.APART
    if _TO_CONFIRM.search(question):
        return Stance.STATED
    return Stance.ASKED if Kind.YES_NO in kinds_of(question) else Stance.IMPLIED


def _is_said_of(region: str, question: str, span: Span) -> bool:
    """Whether the place nearest to an expression, if one is named, is the region: 大连3名、吉林2名."""
    part = part_of(question, span)
    named = places.mentions(question)
    beside = {mention.place for mention in named if part.start <= mention.start < part.end}
    before = [mention.place for mention in named if mention.start < span.start]
    meant = next(iter(beside)) if len(beside) == 1 else before[-1] if before else None
    return meant is None or places.related(region, meant)


def _sentence(question: str, span: Span) -> tuple[str, str]:
    """What stands before and behind an expression in its sentence."""
    before, after = question[: span.start], question[span.end :]
    return re.split("[。!?;！？；]", before)[-1], re.split("[。!?;！？；]", after)[0]


def _is_own(before: str) -> bool:
    """Whether the asker speaks of a person, and of no rule since."""
    told = _REPORTED.sub("", before)
    last = max((match.end() for match in _OWN.finditer(told)), default=-1)
    return last >= 0 and not _RULE.search(told, last)
