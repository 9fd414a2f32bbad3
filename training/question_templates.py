"""Questions that a clause answers by the form of its sentences: conditions, numbers, permissions, definitions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from random import Random

from training.clause_pairs import body
from training.collection import Collection, plain_title
from training.rows import Pair

Form = tuple[re.Pattern[str], tuple[str, ...]]
"""What a sentence looks like, and questions that it answers, with the names of its groups."""

_WORDS = r"[\u4e00-\u9fff、（）]"
_START = r"(?:^|(?<=[。；\n，]))"
_NUMBER = r"[零〇一二三四五六七八九十百千万0-9]+"

_VAGUE = re.compile(
    "^(?:或者?|并|以及|和|不得|可以|所|其|情节|逾期|拒不|有|对|在|由|也|还|又|则|经)|前款|第.{1,6}[条款项]|本(?:法|条例|办法|规定|解释|细则)|[（）]"
)
"""What stands for something that the clause has said before."""

CONDITIONS: tuple[Form, ...] = (
    (
        re.compile(rf"{_START}(?P<who>{_WORDS}{{2,24}}?)(?:，)?应当(?:具备|符合)下列条件"),
        ("{who}要具备什么条件？", "怎样才能{who}", "{who}需要满足哪些要求？", "{who} 条件"),
    ),
    (
        re.compile(r"有下列(?:情形|行为|情况)之一的?，(?P<what>[^。：:；]{4,40})[。：:；]"),
        ("什么情况下{what}？", "{what}有哪些情形？", "{what} 情形"),
    ),
    (
        re.compile(rf"{_START}(?P<what>{_WORDS}{{4,30}}?)的，(?P<result>{_WORDS}{{4,30}})[。；，]"),
        ("{what}会怎么样？", "{what}怎么办", "要是{what}，会有什么后果？", "{what}怎么处理？"),
    ),
)
NUMBERS: tuple[Form, ...] = (
    (
        re.compile(
            rf"(?P<what>{_WORDS}{{4,30}}?)(?:之日起|后)?{_NUMBER}(?:个)?(?:工作)?(?:日|天|个月|年)(?:以)?内(?P<act>{_WORDS}{{2,20}})"
        ),
        ("{what}多久之内要{act}？", "{what}几天内{act}？", "{act}的期限是多长？"),
    ),
    (
        re.compile(rf"{_START}(?P<what>{_WORDS}{{4,36}}?)的，[^。]{{0,60}}?处[^。，]{{0,40}}?罚款"),
        ("{what}罚多少钱？", "{what}要罚款吗，罚多少？", "{what}会被罚多少"),
    ),
    (
        re.compile(
            rf"(?P<what>{_WORDS}{{3,24}}?)(?:最(?:长|高|多|低)?)?(?:不得|不)(?:超过|少于|低于|高于){_NUMBER}"
        ),
        ("{what}最多多少？", "{what}有没有上限？", "{what}是多少"),
    ),
    (
        re.compile(rf"{_START}(?P<what>{_WORDS}{{4,30}}?)的，处{_NUMBER}年以[上下]"),
        ("{what}判几年？", "{what}要坐牢吗？", "{what}会判什么刑"),
    ),
)
PERMISSIONS: tuple[Form, ...] = (
    (
        re.compile(rf"{_START}(?P<who>{_WORDS}{{2,20}}?)，?不得(?P<act>{_WORDS}{{3,36}})[。；，]"),
        ("{who}能不能{act}？", "{who}可以{act}吗？", "允许{who}{act}吗", "{who}{act}合法吗？"),
    ),
    (
        re.compile(rf"{_START}(?P<who>{_WORDS}{{2,20}}?)(?:，)?(?:可以|有权)(?P<act>{_WORDS}{{3,36}})[。；]"),
        ("{who}能{act}吗？", "{who}可不可以{act}？", "{who}有权{act}吗"),
    ),
    (
        re.compile(rf"{_START}(?P<who>{_WORDS}{{2,20}}?)(?:，)?(?:应当|必须)(?P<act>{_WORDS}{{4,36}})[。；]"),
        ("{who}必须{act}吗？", "{who}要不要{act}？", "{who}该怎么{act}"),
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
    text = body(collection, at)
    matches = [(match, questions) for form, questions in forms for match in form.finditer(text)]
    found = [
        (match, questions) for match, questions in matches if not any(map(_VAGUE.search, match.groups()))
    ]
    if found:
        match, questions = random.choice(found)
        query = random.choice(questions).format(**match.groupdict())
        if random.random() < 0.25:
            query = f"{plain_title(collection.document(at).title)}：{query}"
        yield Pair(kind, query, collection.text(at), at, frozenset([at]))


QUESTIONS: dict[str, Callable[[Collection, int, Random], Iterator[Pair]]] = {
    "conditions": partial(_asked, "conditions", CONDITIONS),
    "numbers": partial(_asked, "numbers", NUMBERS),
    "permissions": partial(_asked, "permissions", PERMISSIONS),
    "definitions": partial(_asked, "definitions", DEFINITIONS),
}
