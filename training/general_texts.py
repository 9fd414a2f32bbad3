"""Texts whose vectors shall stay what they are: many kinds and lengths, none of them a question to be answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pydoc_data.topics import topics
from random import Random

import jieba

from assistant.wording import Wording
from training.collection import Collection

_SENTENCE = re.compile(r"(?<=\. )[A-Z][A-Za-z ,\n'-]{30,250}\.(?=\s)")
_FREQUENT = 50  # times in the texts that jieba's dictionary was counted on

Maker = Callable[[Collection, Random], str]


def general_texts(
    collection: Collection, shares: Mapping[str, int], number: int, random: Random
) -> Iterator[tuple[str, str]]:
    """``number`` texts, kinds by their shares, each behind what it is to the encoder: ``query`` or ``document``."""
    for kind in random.choices(list(shares), list(shares.values()), k=number):
        task = "document" if kind.endswith(("clauses", "sentences")) else "query"
        yield task, _MAKERS[kind](collection, random)


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


def _keywords(collection: Collection, random: Random) -> str:
    """A few words of a clause, as people type them into a search box."""
    for _ in range(10):
        words = collection.tokenizer.topic_words(_sentence(collection, random))
        if len(words) > 1:
            return " ".join(random.sample(words, min(len(words), random.randint(2, 4))))
    return _sentence(collection, random)


def _word_list(collection: Collection, random: Random) -> str:  # noqa: ARG001
    """Words of everyday Chinese, the frequent ones more often; a sentence in length, of no domain."""
    words, weights = _everyday_words()
    return random.choice(["", " ", "，"]).join(random.choices(words, weights, k=random.randint(2, 9)))


def _english(collection: Collection, random: Random) -> str:  # noqa: ARG001
    """Sentences of the Python language reference, and terms of the product's glossary."""
    if random.random() < 0.7:
        return random.choice(_english_sentences())
    return " ".join(random.sample(_english_terms(), random.randint(1, 3)))


_MAKERS: dict[str, Maker] = {
    "policy_clauses": _policy_clause,
    "policy_sentences": _policy_sentence,
    "law_clauses": _clause,
    "law_sentences": _sentence,
    "keywords": _keywords,
    "word_lists": _word_list,
    "english": _english,
}


@cache
def _everyday_words() -> tuple[list[str], list[float]]:
    """Words of jieba's dictionary, and the square roots of their frequencies."""
    with jieba.get_dict_file() as file:
        lines = [line.decode("utf-8").split() for line in file]
    words = [(word, int(count)) for word, count, *_ in lines if len(word) > 1 and int(count) >= _FREQUENT]
    return [word for word, _ in words], [count**0.5 for _, count in words]


@cache
def _english_sentences() -> list[str]:
    return [" ".join(match[0].split()) for text in topics.values() for match in _SENTENCE.finditer(text)]


@cache
def _english_terms() -> list[str]:
    return list(Wording.load().english)
