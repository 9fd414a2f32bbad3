from pathlib import Path

import numpy as np
import pytest

from index.lexical import LexicalIndex, LexicalWriter

CLAUSES = [
    "全科 医生 职称 晋升 单独 评审",
    "全科 医生 薪酬 绩效 工资",
    "医保 支付 按人头 付费",
    "",
]


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    text, headings = LexicalWriter(), LexicalWriter()
    for clause in CLAUSES:
        text.add(clause.split())
        headings.add(clause.split()[-1:])
    text.write(tmp_path / "text")
    headings.write(tmp_path / "headings")
    return LexicalIndex(tmp_path, ["text", "headings"])


def test_every_clause_gets_a_score_and_the_fitting_one_the_highest(index: LexicalIndex) -> None:
    scores = index.scores(["医生", "职称"])["text"]
    assert scores.dtype == np.float32
    assert scores.argmax() == 0
    assert scores[0] > scores[1] > scores[2] == scores[3] == 0


def test_a_rare_word_weighs_more_than_a_common_one(index: LexicalIndex) -> None:
    assert index.scores(["付费"])["text"][2] > index.scores(["医生"])["text"][0]


def test_score_is_bm25(tmp_path: Path) -> None:
    writer = LexicalWriter()
    for clause in CLAUSES:
        writer.add(clause.split())
    writer.write(tmp_path / "text")
    n, n_with, length, average = 4, 1, 4, (6 + 5 + 4 + 0) / 4
    idf = np.log(1 + (n - n_with + 0.5) / (n_with + 0.5))
    expected = idf * 1 / (1 + 1.5 * (0.25 + 0.75 * length / average))
    assert LexicalIndex(tmp_path, ["text"]).scores(["付费"])["text"][2] == pytest.approx(expected, rel=1e-5)


def test_each_field_is_scored_apart(index: LexicalIndex) -> None:
    scores = index.scores(["单独", "评审"])
    assert scores["text"][0] > 0
    assert scores["headings"].tolist() == index.scores(["评审"])["headings"].tolist()


def test_frequency_counts_clauses(index: LexicalIndex) -> None:
    assert [index.frequency(token) for token in ("医生", "付费", "未见过")] == [2, 1, 0]


def test_a_tirade_counts_no_more_than_twice(index: LexicalIndex) -> None:
    assert index.scores(["医生"] * 500)["text"] == pytest.approx(index.scores(["医生"] * 2)["text"])


@pytest.mark.parametrize("tokens", [[], ["未见过"]])
def test_nothing_known_scores_nothing(index: LexicalIndex, tokens: list[str]) -> None:
    assert index.scores(tokens)["text"].tolist() == [0.0] * len(CLAUSES)


def test_a_field_may_be_empty_throughout(tmp_path: Path) -> None:
    writer = LexicalWriter()
    writer.add([])
    writer.add([])
    writer.write(tmp_path / "headings")
    assert LexicalIndex(tmp_path, ["headings"]).scores(["医生"])["headings"].tolist() == [0.0, 0.0]
