"""Questions that a clause answers by the form of its sentences: conditions, numbers, permissions, definitions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from random import Random

from training.clause_pairs import READ, body, is_thin, titled
from training.collection import Collection
from training.rows import Pair

Form = tuple[re.Pattern[str], tuple[str, ...]]
"""What a sentence looks like, and questions that it answers, with the names of all its groups."""

_WORDS = r"[\u4e00-\u9fff、（）]"
_START = r"(?:^|(?<=[。；\n，]))"
_END = r"(?=[。；，])"
_NUMBER = r"[零〇一二三四五六七八九十百千万0-9]+"
_TIME = r"个?(?:工作)?(?:日|天|周|月|年|小时|分钟)"
_MAY = "可以|(?<!所)有权(?![人益力属])"
_DUTY = f"应当|必须|{_MAY}|不得|需要|要求"
_MEASURED = "期限?|时间|时长|年限|[总数金余限差]额|[费金价率数量重]|比例|面积|距离|[高长宽]度|年龄|标准|资本|浓度|工资|罚款"
_WHO = rf"(?P<who>(?:(?!{_DUTY}|有下列){_WORDS}){{2,20}}?)的?，?"
_ACT = rf"(?P<act>(?:(?!{_DUTY}|有下列){_WORDS}){{4,36}}){_END}"

_VAGUE = re.compile(
    "^(?:或者?|是指|并|以及|和|及|且|但|不得|可以|应当|必须|所|其|该|此|上述|情节|数[额量]|逾期|拒不|有|对|在|从|由|自|将|以|按|也|还|又|则|经|为"
    "|包括|具有|然后|事后|情况|必要时|必要的|需要|特殊情况|因此|货值|尚|严重|影响|构成|没有也|限制|如|确|仍|而|给|致使|造成|违反|触犯|依照|依法|违法所得|没有违法|未按|符合|不符合)"
    "|前款|前项|第.{1,6}[条款项]|本(?:法|条例|办法|规定|解释|细则)|[（）]"
    "|构成犯罪|不构成|造成.*(?:后果|损失|损害|危害)|违反.{0,6}规定|另有规定|有下列|下列|上列|以下简称|[上前]述|(?<!应)该|其(?![他中实])"
    "|(?:或者|以及|和|并|及|还|也|都|均|只|仅|才|方|就|除外|依法|不|的时候|时候|的|后|、)$"
)
"""What stands for something that the clause has said before, or for anything."""

_BARE = re.compile(
    "属于|涉及|发现|提[交出]|通过|享受|已经|没有|没收|[不无拟未]|进行|决定|认为|作出|使用|事先|来不及|拒绝|擅自|工程|被"
)
"""How words begin that do not say who or what they are about."""

CONDITIONS: tuple[Form, ...] = (
    (
        re.compile(rf"{_START}{_WHO}应当(?:同时)?(?:具备|符合)(?:下列|以下)条件"),
        ("{who}要具备什么条件？", "{who}需要满足哪些要求？", "{who}有什么条件？", "{who} 条件"),
    ),
    (
        re.compile(rf"有下列(?:情形|行为|情况)之一的?，(?P<what>{_WORDS}{{6,40}})[。：:；]"),
        ("什么情况下{what}？", "哪些情形下{what}？", "{what} 情形"),
    ),
    (
        re.compile(
            rf"{_START}(?P<what>(?:(?!{_DUTY}){_WORDS}){{6,30}}?)(?<!目)的，(?!应当依照|依照|适用){_WORDS}{{4,30}}{_END}"
        ),
        ("{what}会怎么样？", "{what}怎么办", "要是{what}，会有什么后果？", "{what}怎么处理？"),
    ),
)


def _limit(words: str, measure: str, questions: tuple[str, ...]) -> Form:
    """A number that something keeps above or below."""
    of = (
        rf"(?P<what>(?:(?!{_DUTY}|不|最[长高多短低少]){_WORDS}){{2,22}}?(?:{_MEASURED}))(?:最[长高多短低少])?"
    )
    return re.compile(rf"{_START}{of}不得?(?:{words}){_NUMBER}{measure}"), questions


NUMBERS: tuple[Form, ...] = (
    (
        re.compile(
            rf"{_START}{_WHO}(?:{_DUTY})(?:自|于|在)(?P<what>(?:(?!自){_WORDS}){{3,24}}?)(?:之日起|之日|后)"
            rf"{_NUMBER}{_TIME}以?内，?(?!未|不|仍|没有){_ACT}"
        ),
        (
            "{what}后，{who}多久之内要{act}？",
            "{who}在{what}后几天内{act}？",
            "{what}后{who}{act}的期限是多长？",
        ),
    ),
    (
        re.compile(rf"{_START}(?P<what>{_WORDS}{{6,36}}?)的，[^。]{{0,60}}?处[^。，]{{0,40}}?罚款"),
        ("{what}罚多少钱？", "{what}要罚款吗，罚多少？", "{what}会被罚多少"),
    ),
    _limit("超过|高于|多于", _TIME, ("{what}最长多久？", "{what}是多长时间？", "{what}不能超过多久")),
    _limit("少于|低于|短于", _TIME, ("{what}最短多久？", "{what}至少要多久？", "{what}是多长时间")),
    _limit("超过|高于|多于", f"(?!{_TIME})", ("{what}最多多少？", "{what}有没有上限？", "{what}是多少")),
    _limit("少于|低于|小于", f"(?!{_TIME})", ("{what}最少多少？", "{what}有没有下限？", "{what}至少要多少")),
    (
        re.compile(rf"{_START}(?P<what>{_WORDS}{{4,30}}?)的，处{_NUMBER}年以[上下]"),
        ("{what}判几年？", "{what}要坐牢吗？", "{what}会判什么刑"),
    ),
)
PERMISSIONS: tuple[Form, ...] = (
    (
        re.compile(rf"{_START}{_WHO}不得{_ACT}"),
        ("{who}能不能{act}？", "{who}可以{act}吗？", "允许{who}{act}吗", "{who}{act}合法吗？"),
    ),
    (
        re.compile(rf"{_START}{_WHO}(?:{_MAY})(?!不|未|处|并){_ACT}(?!，)"),
        ("{who}能{act}吗？", "{who}可不可以{act}？", "{who}有权{act}吗"),
    ),
    (
        re.compile(rf"{_START}{_WHO}(?:应当|必须){_ACT}(?!，)"),
        ("{who}必须{act}吗？", "{who}要不要{act}？", "{who}需要{act}吗"),
    ),
)
DEFINITIONS: tuple[Form, ...] = (
    (
        re.compile(rf"(?:所称的?|下列用语|[：。\n]|^)[“\"]?(?P<what>(?!本){_WORDS}{{2,20}}?)[”\"]?，?是指"),
        ("什么是{what}？", "{what}是什么意思？", "{what}指的是什么", "怎么理解{what}？"),
    ),
)


def _asked(
    kind: str, forms: Sequence[Form], collection: Collection, at: int, random: Random
) -> Iterator[Pair]:
    """A question of the given forms, with the title where its words alone say too little."""
    text = body(collection, at)[:READ]
    matches = [(match, questions) for form, questions in forms for match in form.finditer(text)]
    found = [
        (match, questions) for match, questions in matches if not any(map(_VAGUE.search, match.groups()))
    ]
    if found:
        match, questions = random.choice(found)
        query = random.choice(questions).format(**match.groupdict())
        if random.random() < 0.25 or _BARE.match(match[1]) or is_thin(collection, match.groups()[-1]):
            query = titled(collection, at, query)
        yield Pair(kind, query, collection.text(at), at, frozenset([at]))


QUESTIONS: dict[str, Callable[[Collection, int, Random], Iterator[Pair]]] = {
    "conditions": partial(_asked, "conditions", CONDITIONS),
    "numbers": partial(_asked, "numbers", NUMBERS),
    "permissions": partial(_asked, "permissions", PERMISSIONS),
    "definitions": partial(_asked, "definitions", DEFINITIONS),
}
