"""Texts whose vectors shall stay what they are: many kinds and lengths, none of them a question to be answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Set
from functools import cache
from heapq import nlargest
from pydoc_data.topics import topics
from random import Random

import jieba

from assistant.wording import Wording
from training.collection import Collection
from training.wordings import in_traditional

_SENTENCE = re.compile(r"(?<=\. )[A-Z][A-Za-z ,\n'-]{30,250}\.(?=\s)")
_FREQUENT = 50  # times in the texts that jieba's dictionary was counted on

_WORDS_OF_A_PART = 400
_PART = re.compile("{([a-z]+)}")
_PAUSE = re.compile(r"[，。；：、\s]+")
_TALK = (
    "我{t}想去{ns}，你要不要一起来？",
    "他{d}觉得这个{n}很{a}。",
    "昨天晚上我们看到一个{a}的{n}。",
    "你知道他为什么{d}喜欢{n}吗？",
    "妈妈说{t}先去买{n}，再回家吃饭。",
    "{ns}的{n}比{ns}的{a}多了。",
    "我朋友把{n}忘在{ns}了，怎么办呢？",
    "周末和同学一起去{ns}，大家都很{a}。",
    "这家店的{n}{d}{a}，下次还来！",
    "请问{n}一般什么时候开门？",
    "她从小就喜欢{n}，现在{d}喜欢。",
    "没想到{t}的{n}这么{a}。",
    "天气{a}的时候，孩子们{d}在外面玩。",
    "听说小王最近在{ns}，还买了新的{n}。",
    "哪里可以看到{a}的{n}？",
    "老师{d}给我们讲{n}的故事。",
    "这部电影里的{n}让人觉得又{a}又{a}。",
    "如果{n}不{a}，我们就换一个试试。",
)
"""Sentences with gaps for words of a part of speech, as jieba's dictionary names it."""

_ASKED_BY_NUMBER = ("{}", "{}", "{}规定了什么", "{}讲的是什么事", "查一下{}", "{} 原文")
_IN_TRADITIONAL = 1 / 3

Maker = Callable[[Collection, Random], str]


def general_texts(
    collection: Collection, shares: Mapping[str, int], random: Random, but: Set[str] = frozenset()
) -> Iterator[tuple[str, str]]:
    """Texts without end, kinds by their shares, each behind what it is to the encoder: ``query`` or ``document``;
    none of those in ``but``."""
    while True:
        [kind] = random.choices(list(shares), list(shares.values()))
        task = "document" if kind.endswith(("clauses", "sentences")) else "query"
        text = _MAKERS[kind](collection, random)
        if text not in but:
            yield task, text


def _clause(collection: Collection, random: Random) -> str:
    return collection.text(random.randrange(collection.laws))


def _policy_clause(collection: Collection, random: Random) -> str:
    return collection.text(random.randrange(collection.laws, len(collection)))


def _sentence(collection: Collection, random: Random) -> str:
    return _sentence_of(collection, random.randrange(collection.laws), random)


def _policy_sentence(collection: Collection, random: Random) -> str:
    return _sentence_of(collection, random.randrange(collection.laws, len(collection)), random)


def _sentence_of(collection: Collection, position: int, random: Random) -> str:
    passage = collection.passages[position]
    return random.choice(passage.embedded_sentences or [passage.clause.text.strip()])


def _policy_phrase(collection: Collection, random: Random) -> str:
    """A part of a sentence or two, as people ask in the words of a policy."""
    text = collection.clause(random.randrange(collection.laws, len(collection))).text
    parts = [part for part in _PAUSE.split(text) if len(part) > 1]
    start = random.randrange(len(parts))
    return "，".join(parts[start : start + random.randint(1, 2)])


def _keywords(collection: Collection, random: Random) -> str:
    return _words_of_sentence(_sentence, collection, random)


def _policy_reference(collection: Collection, random: Random) -> str:
    """A clause by its number, as people ask for one whose words they do not have: 吉林省的文件第2条规定了什么."""
    policies = range(collection.laws, len(collection))
    at = random.choice([at for at in policies if collection.passages[at].is_numbered])
    clause, document = collection.clause(at), collection.document(at)
    number = random.choice([clause.label, f"第{clause.path.rpartition('/')[2]}条"])
    whose = random.choice([document.region, f"{document.region}的文件", document.title])
    asked = random.choice(_ASKED_BY_NUMBER).format(whose + number)
    return (in_traditional(asked, random) if random.random() < _IN_TRADITIONAL else None) or asked


def _policy_keywords(collection: Collection, random: Random) -> str:
    return _words_of_sentence(_policy_sentence, collection, random)


def _words_of_sentence(sentence: Maker, collection: Collection, random: Random) -> str:
    """A few words of a clause, as people type them into a search box."""
    for _ in range(10):
        words = collection.tokenizer.topic_words(sentence(collection, random))
        if len(words) > 1:
            return random.choice(["", " "]).join(random.sample(words, min(len(words), random.randint(2, 4))))
    return sentence(collection, random)


def _word_list(collection: Collection, random: Random) -> str:  # noqa: ARG001
    """Words of everyday Chinese, the frequent ones more often; a sentence in length, of no domain."""
    words, weights = _everyday_words()
    return random.choice(["", " ", "，"]).join(random.choices(words, weights, k=random.randint(2, 9)))


def _english(collection: Collection, random: Random) -> str:  # noqa: ARG001
    """Sentences of the Python language reference, and terms of the product's glossary."""
    if random.random() < 0.7:
        return random.choice(_english_sentences())
    return " ".join(random.sample(_english_terms(), random.randint(1, 3)))


def _everyday(collection: Collection, random: Random) -> str:  # noqa: ARG001
    """One or two short sentences of everyday Chinese, as people talk: words by their parts of speech."""
    sentences = random.choices(_TALK, k=random.choice([1, 1, 2]))
    return "".join(
        _PART.sub(lambda part: random.choice(_words_of(part[1])), sentence) for sentence in sentences
    )


_MAKERS: dict[str, Maker] = {
    "policy_clauses": _policy_clause,
    "policy_sentences": _policy_sentence,
    "policy_phrases": _policy_phrase,
    "policy_keywords": _policy_keywords,
    "policy_references": _policy_reference,
    "law_clauses": _clause,
    "law_sentences": _sentence,
    "keywords": _keywords,
    "word_lists": _word_list,
    "everyday": _everyday,
    "english": _english,
}


@cache
def _everyday_words() -> tuple[list[str], list[float]]:
    """Words of jieba's dictionary, and the square roots of their frequencies."""
    words = [(word, count) for word, count, _ in _dictionary() if len(word) > 1 and count >= _FREQUENT]
    return [word for word, _ in words], [count**0.5 for _, count in words]


@cache
def _words_of(part: str) -> list[str]:
    """The most frequent words of two characters of a part of speech."""
    words = [(count, word) for word, count, of in _dictionary() if of == part and len(word) == 2]
    return [word for _, word in nlargest(_WORDS_OF_A_PART, words)]


@cache
def _dictionary() -> list[tuple[str, int, str]]:
    """Words of jieba's dictionary with their frequencies and parts of speech."""
    with jieba.get_dict_file() as file:
        lines = [line.decode("utf-8").split() for line in file]
    return [(word, int(count), part) for word, count, part in lines]


@cache
def _english_sentences() -> list[str]:
    return [" ".join(match[0].split()) for text in topics.values() for match in _SENTENCE.finditer(text)]


@cache
def _english_terms() -> list[str]:
    return list(Wording.load().english)
