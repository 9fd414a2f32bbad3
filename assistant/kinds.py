"""The kind of answer that a question asks for, from its form, and what holds such an answer."""

from __future__ import annotations

import re
from enum import StrEnum

from corpus.numerals import HAN_NUMERAL


class Kind(StrEnum):
    """What is asked for. A question can ask for several; ``GENERAL`` asks for the rule itself."""

    GENERAL = "general"
    MONEY = "money"
    DURATION = "duration"
    PERCENT = "percent"
    COUNT = "count"
    DATE = "date"
    CONTACT = "contact"
    PERSON = "person"
    RESPONSIBLE = "responsible"
    CLAUSE = "clause"
    CONDITION = "condition"
    PROCEDURE = "procedure"
    COMPARE = "compare"
    YES_NO = "yes_no"


_QUESTIONS: dict[Kind, re.Pattern[str]] = {
    kind: re.compile(pattern)
    for kind, pattern in {
        Kind.MONEY: r"多少(?:万|千|块)?(?:元|钱)|多少[万块]|几[万千百]?[块元]|(?:月薪|年薪|到手).{0,6}多少|(?:掏|赔|给|发|补)多少(?![名个家人])"
        r"|how much",
        Kind.DURATION: r"几年|多少年|几个?月|多少个?月|多久|多长时间|几天|多少天|年限|[期限].{0,4}多长|多少(?:课时|学时|小时)"
        r"|how long|how many (?:years|months|days)",
        Kind.PERCENT: r"百分之几|百分之多少|百分比|多[大少]比例|几成|比例是|percentage|what share",
        Kind.COUNT: r"(?<!哪)几(?:名|个|家|人|所|位)(?!月)|多少(?:名|个|家|人|所|位)(?!月)|how many",
        Kind.DATE: r"哪一?天|哪一?日|什么时候|何时|哪一?年|哪个?月|几月|日期|什么时间|报名时间|when\b|what date",
        Kind.CONTACT: r"网址|电话|邮箱|地址|哪张卡|联系方式|website|phone|address",
        Kind.PERSON: r"(?:局长|主任|书记|市长|省长|厅长|部长|院长|处长|领导|负责人)(?:是|叫|姓)(?:谁|什么|啥)|谁(?:是|当|任).{0,10}(?:局长|主任|书记|市长|省长|厅长|部长|院长)"
        r"|现任|叫什么名字|who is the .{0,12}(?:director|head|mayor|minister|chief|secretary)",
        Kind.RESPONSIBLE: r"牵头|配合单位|责任单位|由谁|谁负责|归谁|归哪|谁来|谁[管做出定办]|谁审核|谁考核|谁牵头|谁配合"
        r"|哪[个些家几]+(?:部门|单位|局委|局|委|机关|机构|厅)|哪两[个家](?:部门|单位|局委|局)|which (?:bod|depart|agenc)|who\b",
        Kind.CLAUSE: r"哪一?条|哪几条|第几条|哪一?款|出自|依据是|条款号|条号|which (?:clause|article|item)",
        Kind.COMPARE: r"不同|区别|差别|差异|异同|不一样|对比|比较|一样吗|相比|谁[写说定]得更|哪边更|各(?:是|有|自)|compare|difference",
        Kind.CONDITION: r"条件|满足|资格|什么样的|怎样才能|怎么才能|符合|conditions?|eligib|require",
        Kind.PROCEDURE: r"怎么|如何|怎样|程序|流程|手续|how (?:do|does|to|should|are|is)",
        Kind.YES_NO: r"吗[？?]?$|吗[，。]|是不是|能不能|可不可以|算不算|有没有|会不会|要不要|对吗|是吧|对不对|没错吧|准确吗"
        r"|能.{1,12}不[？?]?$|^(?:is|are|can|does|do)\b",
    }.items()
}

_QUANTITY = rf"(?:[0-9]+(?:\.[0-9]+)?|{HAN_NUMERAL})"
_EVIDENCE: dict[Kind, re.Pattern[str]] = {
    kind: re.compile(pattern)
    for kind, pattern in {
        Kind.MONEY: rf"{_QUANTITY}\s*(?:百|千|万|亿)*\s*(?:余|多)?元",
        Kind.DURATION: rf"(?<![0-9])(?:[0-9]{{1,3}}|{HAN_NUMERAL})\s*(?:年(?![代度])|个月|天|日内|周|学时|课时|小时)",
        Kind.PERCENT: r"[0-9]+(?:\.[0-9]+)?\s*%|百分之",
        Kind.COUNT: rf"{_QUANTITY}\s*(?:[-—~至到]\s*{_QUANTITY})?\s*(?:名|个|家|人|所|位|处|类|次|种)",
        Kind.DATE: r"(?:19|20)[0-9]{2}\s*年|[0-9]{1,2}\s*月[0-9]{1,2}\s*日",
        Kind.PERSON: r"(?:局长|主任|书记|市长|省长|厅长|部长|院长|联系人)[：:]",
        Kind.CONTACT: r"https?://|www\.|[0-9]{3,4}-?[0-9]{7,8}|网址|电话[:：]",
    }.items()
}


def kinds_of(question: str) -> tuple[Kind, ...]:
    """Kinds that a normalised question asks for; ``GENERAL`` where its form does not tell."""
    found = tuple(kind for kind, pattern in _QUESTIONS.items() if pattern.search(question))
    return found or (Kind.GENERAL,)


def can_hold(kind: Kind, text: str) -> bool:
    """Whether a text can hold an answer of that kind; kinds without a visible form always can."""
    pattern = _EVIDENCE.get(kind)
    return pattern is None or bool(pattern.search(text))


MEASURABLE = frozenset(_EVIDENCE)
"""Kinds whose answer shows in the text: a clause without a matching quantity cannot hold it."""
