"""Question -> Query: spelling, places, references, kind of answer, what a follow-up leaves out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Protocol

from assistant.errors import QuestionError
from assistant.kinds import Kind, kinds_of
from assistant.model import Question
from assistant.wording import Wording
from assistant.years import years_asked
from corpus import places, references
from corpus.places import Place
from corpus.references import Reference
from index.normalize import normalize_for_search

MAX_LENGTH = 4_000
"""Characters of a question that are read; longer ones are declined with a request to shorten them."""

_LONG = 60
_NATIONAL = re.compile(r"国家(?:层面|最新|现行|出台|政策|文件)|全国(?:性的?)?(?:政策|规定|文件)")
_FILLER = re.compile(
    r"您好|你好|请问|麻烦|谢谢|帮我|帮忙|想问|想知道|想了解|咨询一下|请|一下|到底|具体|"
    r"please|could you|can you|tell me"
)
_ASKS = re.compile(
    "[？?]|吗|呢|什么|哪|多少|几|怎么|如何|怎样|是否|能不能|有没有|多久|谁"
    "|主要想|想弄清|想知道|要知道|说清楚|告诉我"
)
_MEASURED = re.compile(
    r"(?P<noun>[\u4e00-\u9fff](?:期|费|额|贴|金|薪|龄|分|价))\s*(?:具体)?(?:是|为|有|需要|要)?\s*(?:几|多少|多久|多长|多高)"
)
_PEOPLE = re.compile("全科|医生|医师|大夫|村医|学生|毕业生|学员|研究生|居民|患者|病人|人才")
_ASKS_ONE = re.compile(
    "吗|呢|什么|哪|多少|几|怎|咋|如何|是否|不能|能不|有没有|多久|谁|行不|是不|算不|会不|要不"
)
_NEIGHBOURS = {
    1: re.compile("下一?[条项款]|后一[条项]|再下|next (?:item|clause|article)"),
    -1: re.compile("上一?[条项款]|前一[条项]|previous (?:item|clause|article)"),
}
_NEW_TOPIC = re.compile("那?一条|那条|这条")
_POINTS_BACK = re.compile(
    "这|那|它|其|该|此|上述|前面|刚才|同样|类似|呢[？?]?$|\\b(?:it|that|this|they|those|there)\\b"
)
_SELF_CONTAINED = 16  # characters of its own
_EVERYWHERE = re.compile("两地|两边|两个地方|两省|各地|两份文件")
_QUOTED = re.compile('[“"「『‘]([^“”"「」『』‘’]{2,30})[”"」』’]')
_GREETING = re.compile(r"您好|你好|在吗|谢谢|hello|hi\b")


class Words(Protocol):
    """What the index knows of words."""

    def corrected(self, text: str) -> str:
        """``text`` with misspelt words mended."""

    def segment(self, text: str) -> list[str]:
        """Words of ``text``, which joined are the text."""

    def frequency(self, word: str) -> int:
        """How many clauses hold ``word``."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the steps behind need it. All texts are normalised for search.

    ``text`` is what is asked now, ``context`` what earlier turns add. ``places`` are those that the
    question means, in order; ``is_national`` asks for rules of the whole country.
    """

    text: str
    asked: str  # the words that tell the kind of answer: the turn's own, or those of the turn before
    focus: str
    context: str = ""
    terms: tuple[str, ...] = ()  # official words for what the question says in others
    places: tuple[Place, ...] = ()
    place_names: tuple[str, ...] = ()  # as the turns write them
    is_national: bool = False
    references: tuple[Reference, ...] = ()
    reference_text: str = ""  # the turn that the references stand in
    kinds: tuple[Kind, ...] = (Kind.GENERAL,)
    quoted: tuple[str, ...] = ()  # what stands in quotation marks
    measured: tuple[str, ...] = ()  # the noun whose measure is asked for, in official words too: 聘期几年
    years: tuple[str, ...] = ()  # one of which the answer must be about, if it is about a year
    is_off_topic: bool = False  # asks for work on something
    is_doubtful: bool = False  # asks for personal advice, if the corpus has little on it
    occupations: tuple[str, ...] = ()  # occupations, where the question is about no other people
    is_follow_up: bool = False

    @property
    def topic(self) -> str:
        """Question and context without places: what a clause should be about."""
        return self.without_places(f"{self.context} {self.focus} {' '.join(self.terms)}".strip())

    def without_places(self, text: str) -> str:
        """``text`` without the places that the question names, which say where and not what."""
        for name in sorted(self.place_names, key=len, reverse=True):
            text = text.replace(name, "")
        return text

    @property
    def parts(self) -> int:
        """How many things the question asks: 怎么安排的？工资怎么算？ asks two."""
        return max(1, sum(bool(_ASKS_ONE.search(part)) for part in re.split("[？?，,；;]", self.focus)))

    @property
    def lexical(self) -> str:
        """Text whose words are searched."""
        return " ".join(filter(None, (self.context, self.text, *self.terms)))


def check_region(region: str) -> None:
    """Raise :class:`QuestionError` for a chosen place that nobody knows; "" chooses none."""
    if region and not places.named(region):
        raise QuestionError(f"不认识地区“{region}”；请写省、市、区县的名称，例如 大连")


def understand(question: Question, wording: Wording, words: Words) -> Query:
    """The query of a question, completed from its history and its chosen place."""
    earlier = [turn.content for turn in question.history if turn.role == "user"]
    read = [_read(text, wording, words) for text in (*earlier, question.text)]
    query = _continued(read[-1], read[:-1]) if earlier else read[-1]
    if question.region and question.region != places.NATION and (place := places.named(question.region)):
        return replace(query, places=_narrowed(query.places, place))
    return query


def _read(text: str, wording: Wording, words: Words) -> Query:
    normal = wording.with_chinese_places(re.sub(r"\s+", " ", normalize_for_search(text)).strip())
    normal = words.corrected(normal)
    plain = _FILLER.sub("", normal)
    borders = set(accumulate(map(len, words.segment(normal)), initial=0))
    mentioned = places.mentions(normal, borders)
    named = [mention.place for mention in mentioned]
    kinds = _kinds(normal, named)
    return Query(
        text=normal,
        asked=normal,
        focus=_focus(plain),
        terms=(*wording.official_terms(normal, words.frequency), *wording.translated_terms(normal)),
        places=tuple(dict.fromkeys(named)),
        place_names=tuple(dict.fromkeys(mention.text for mention in mentioned)),
        is_national=bool(_NATIONAL.search(normal)),
        references=tuple(references.find(normal)),
        reference_text=normal,
        kinds=kinds,
        is_off_topic=wording.is_off_topic(normal),
        is_doubtful=wording.is_doubtful(normal),
        quoted=tuple(_QUOTED.findall(normal)),
        measured=_measured(normal, wording, words),
        years=years_asked(normal, kinds),
        occupations=() if _PEOPLE.search(normal) else wording.occupations(normal),
    )


def _kinds(text: str, named: list[Place]) -> tuple[Kind, ...]:
    """Kinds of a question; one that names two places compares them."""
    kinds = kinds_of(text)
    apart = any(not a.contains(b) and not b.contains(a) for a in named for b in named)
    return (*kinds, Kind.COMPARE) if apart and Kind.COMPARE not in kinds else kinds


def _measured(text: str, wording: Wording, words: Words) -> tuple[str, ...]:
    match = _MEASURED.search(text)
    return (match["noun"], *wording.official_terms(match["noun"], words.frequency)) if match else ()


def _focus(text: str) -> str:
    """The sentences that ask, of a long question; else all of it."""
    if len(text) <= _LONG:
        return text
    sentences = [part for part in re.split(r"(?<=[。！？!?；;])|，(?=.{12,})", text) if part.strip()]
    asking = [part for part in sentences if _ASKS.search(part)]
    return "，".join(asking or sentences)


def _continued(own: Query, earlier: list[Query]) -> Query:
    """A follow-up takes over what it does not say itself: topic, place and reference."""
    last = earlier[-1]
    place_source = next((query for query in (own, *reversed(earlier)) if query.places), own)
    is_bare = len(_content(own)) < 2
    topics = earlier[-2:] if is_bare or not _has_own_topic(own) else []
    context = " ".join(query.without_places(query.focus) for query in topics)
    is_same_ask = own.kinds == (Kind.GENERAL,) and (is_bare or own.text.rstrip("？?").endswith("呢"))
    own = _with_reference(own, last)
    return replace(
        own,
        context=context,
        terms=tuple(dict.fromkeys((*own.terms, *(term for query in topics for term in query.terms)))),
        place_names=tuple(name for query in (own, *earlier) for name in query.place_names),
        places=own.places if _EVERYWHERE.search(own.text) else place_source.places,
        kinds=last.kinds if is_same_ask else own.kinds,
        years=own.years or (last.years if is_same_ask else ()),
        asked=f"{own.text} {last.text}" if is_same_ask else own.text,
        is_follow_up=True,
    )


def _has_own_topic(own: Query) -> bool:
    """绩效那一条呢？ changes the topic, and so does a long question that points to nothing before it."""
    is_long = len(_content(own)) >= _SELF_CONTAINED
    return bool(_NEW_TOPIC.search(own.text)) or (is_long and not _POINTS_BACK.search(own.text))


def _with_reference(own: Query, last: Query) -> Query:
    """第三段呢？ and 下一条呢？ count from the clause that the turn before named."""
    bare = next(
        (reference for reference in own.references if reference.paragraph and not reference.parts), None
    )
    named = next((reference for reference in last.references if reference.parts), None)
    step = next((step for step, pattern in _NEIGHBOURS.items() if pattern.search(own.text)), 0)
    if named is None or (bare is None and not step):
        return own
    part = replace(named.parts[-1], number=named.parts[-1].number + step)
    carried = replace(named, parts=(*named.parts[:-1], part), paragraph=bare.paragraph if bare else 0)
    return replace(own, references=(carried,), reference_text=last.reference_text)


def _content(query: Query) -> str:
    """What a turn says of its own beside pointing words, places and question words."""
    text = query.without_places(_GREETING.sub("", query.text))
    return re.sub(
        r"那么?|呢|吗|的|了|请问|类似|规定|有|是|哪一?条|依据|and|the|one|what|about|[？?，。！\s]", "", text
    )


def is_empty(query: Query) -> bool:
    """Whether a question says nothing that could be looked for: 你好, 谢谢."""
    is_greeting = bool(_GREETING.search(query.text))
    return not query.references and len(_content(query)) < 2 and (is_greeting or not query.is_follow_up)


def _narrowed(named: tuple[Place, ...], chosen: Place) -> tuple[Place, ...]:
    """The chosen place, or what the question names inside it."""
    inside = tuple(place for place in named if chosen.contains(place))
    return inside or (chosen,)
