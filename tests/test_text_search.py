import pytest

from index.store import ClauseStore
from index.text_search import condensed

DIRECT_PROMOTION = "dalian:五/（十七）"


@pytest.mark.parametrize(
    "words",
    [
        "连续工作满10年",
        "连 续 工 作\n满 10 年",
        "连续工作满１０年",
        "連續工作滿10年",
        "满10年的，可经职称评审",
        "满10年的可经职称评审",
    ],
)
def test_a_clause_is_found_by_its_words_however_they_are_spelt(store: ClauseStore, words: str) -> None:
    assert DIRECT_PROMOTION in store.containing(words, 10)


@pytest.mark.parametrize("words", ["晋升", "升", "满10年", "副高"])
def test_words_of_any_length_are_found_where_they_stand_and_nowhere_else(
    store: ClauseStore, words: str
) -> None:
    having = [c.id for d in store.documents() for c in store.clauses(d.id) if words in condensed(c.text)]
    assert having
    assert sorted(store.containing(words, 1000)) == sorted(having)


def test_the_last_letters_of_a_clause_are_found_too(store: ClauseStore) -> None:
    for document in store.documents():
        for clause in store.clauses(document.id):
            for length in (1, 2, 3, 40):
                assert clause.id in store.containing(condensed(clause.text)[-length:], 1000)


def test_clauses_come_in_text_order_up_to_the_limit(store: ClauseStore) -> None:
    found = store.containing("全科医生", 5)
    assert len(found) == 5
    assert found == store.containing("全科医生", 1000)[:5]


@pytest.mark.parametrize(
    "words", ["", "，。 ", "\x00", "全科医生评审委员会主任", '"全科" OR 医生', "龘" * 5000]
)
def test_words_that_no_clause_has_find_none(store: ClauseStore, words: str) -> None:
    assert store.containing(words, 10) == []


@pytest.mark.parametrize(
    ("words", "clause"),
    [
        ("在乡镇卫生院连续工作满12年的全科医生，可以直接取得副高级职称任职资格", DIRECT_PROMOTION),
        ("满足吉林要求的全科医生培养制度要初步建立，激励机制有重大突破", "jilin:三"),
        ("不应对全科诊所的设置做出限制，要实行市场调节", "dalian:三/（十）"),
    ],
)
def test_altered_words_lead_to_the_clause_that_shares_most_of_them(
    store: ClauseStore, words: str, clause: str
) -> None:
    assert store.sharing(words, 5)[0] == clause


def test_a_whole_clause_shares_most_with_itself(store: ClauseStore) -> None:
    for document in store.documents():
        for clause in store.clauses(document.id):
            if len(condensed(clause.text)) > 20:
                assert clause.id in store.sharing(clause.text, 2)


@pytest.mark.parametrize("words", ["", "全科", "，。；！", "龘靐齉爩"])
def test_words_without_a_shared_trigram_lead_nowhere(store: ClauseStore, words: str) -> None:
    assert store.sharing(words, 5) == []


def test_a_part_of_a_text_condenses_to_a_part(store: ClauseStore) -> None:
    for document in store.documents():
        for clause in store.clauses(document.id):
            for start in range(0, len(clause.text), 7):
                assert condensed(clause.text[start : start + 12]) in condensed(clause.text)


def test_figures_keep_what_gives_them_their_meaning() -> None:
    assert condensed("上浮２０％，５０% — 70 ‰。") == "上浮20%50%70‰"
