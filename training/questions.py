"""The development questions: their texts as users and as the product's search word them, and their folds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from assistant.evaluation.sets.cases import Case, load_cases
from assistant.understanding import understand
from assistant.wording import Wording
from index.clause_index import ClauseIndex
from training.collection import Collection
from training.rows import Pair

FOLDS = 5

_ARTICLES = 3  # of a question in a pass; a question with many would outweigh others


@dataclass(frozen=True, slots=True)
class Fold:
    """One of :data:`FOLDS` parts of the questions, numbered from 1, that training leaves out; 0 leaves none out."""

    number: int = 0

    @classmethod
    def parse(cls, text: str) -> Fold:
        """``2/5``. Raises ValueError for anything else."""
        number, _, folds = text.partition("/")
        if folds != str(FOLDS) or not number.isdecimal() or not 1 <= int(number) <= FOLDS:
            raise ValueError(f"no fold “{text}”; folds are 1/{FOLDS} to {FOLDS}/{FOLDS}")
        return cls(int(number))

    def split(self, cases: Sequence[Case]) -> tuple[list[Case], list[Case]]:
        """The cases to train on and those to score."""
        held = [at for at in range(len(cases)) if self.number and at % FOLDS == self.number - 1]
        return [case for at, case in enumerate(cases) if at not in set(held)], [cases[at] for at in held]


def answerable(file: Path) -> list[Case]:
    """The cases of a file that have an answer."""
    return [case for case in load_cases(file) if case.answerable]


def question_pairs(
    cases: Iterable[Case],
    collection: Collection,
    topics: Mapping[str, str],
    passes: Iterable[int],
) -> Iterator[Pair]:
    """Each question with some of its articles, others in each of the numbered passes; an article by turns with the
    question's own words and with the official ones that the product's search adds."""
    for number, case in enumerate(cases):
        golds = collection.answering(case.gold)
        for turn in passes:
            start = turn * _ARTICLES if len(golds) > _ARTICLES else 0
            some = islice(cycle(enumerate(golds)), start, start + min(_ARTICLES, len(golds)))
            for at, gold in some:
                query = case.question if (number + turn + at) % 2 == 0 else topics[case.id]
                yield Pair("questions", query, collection.text(gold), gold, frozenset(golds))


def topics_of(cases: Iterable[Case], index: ClauseIndex) -> dict[str, str]:
    """What the product gives the encoder for each question, by its id."""
    wording = Wording.load()
    queries = {case.id: understand(case.as_question(), wording, index) for case in cases}
    return {id_: query.topic or query.text for id_, query in queries.items()}
