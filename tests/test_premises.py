import json
from pathlib import Path

import pytest

from assistant.evidence import Evidence
from assistant.model import Question
from assistant.premises.corrections import Correction, corrections
from assistant.premises.passages import fold
from assistant.premises.quantities import Role, quantities
from assistant.premises.series import load
from assistant.premises.stance import Stance, stance
from assistant.understanding import Query, understand
from assistant.wording import Wording
from corpus.model import Span
from index.store import ClauseStore

CASES = json.loads((Path(__file__).parent / "cases" / "premises.json").read_text(encoding="utf-8"))
WORDING = Wording.load()


class PlainWords:
    """Words of no corpus: nothing is mended, every character is a word."""

    def corrected(self, text: str) -> str:
        return text

    def segment(self, text: str) -> list[str]:
        return list(text)

    def frequency(self, word: str) -> int:
        return 0


def query(question: str) -> Query:
    return understand(Question(question), WORDING, PlainWords())


def evidence(store: ClauseStore, clause_id: str) -> Evidence:
    clause = store.clause(clause_id)
    document = next(d for d in store.documents() if d.id == clause.document_id)
    return Evidence(clause, document)


def correction(store: ClauseStore, question: str, clause_id: str) -> Correction | None:
    """What is said to a question before the whole text of a clause, which the question may name."""
    cited = evidence(store, clause_id)
    asked = query(question)
    named = Evidence(cited.clause, cited.document, is_named=bool(asked.references))
    return corrections(asked, [(named, cited.clause.text)])[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["question"])
def test_what_a_clause_contradicts_is_named_and_nothing_else(
    store: ClauseStore, case: dict[str, str | list[str]]
) -> None:
    found = correction(store, case["question"], case["clause"])
    assert bool(found) == bool(case["original"])
    assert all(f"“{original}”" in found.text for original in case["original"])


def test_a_remark_quotes_the_source_and_the_question(store: ClauseStore) -> None:
    found = correction(store, "大连要求村医每年培训不少于200学时，对吗？", "dalian:四/（十四）")
    assert found == Correction(
        "原文为“每2年”“不少于100学时”，与提问中的“每年”“不少于200学时”不符", ("每年", "不少于200学时")
    )


def test_one_wrong_premise_is_corrected_once_and_before_the_quote_that_says_otherwise(
    store: ClauseStore,
) -> None:
    cited = [evidence(store, "dalian:五/（十七）"), evidence(store, "dalian:五/（十六）")]
    found = corrections(query("大连特岗聘任期3年，对吧？"), [(item, item.clause.text) for item in cited])
    assert [item and item.asked for item in found] == [None, ("3年",)]


def test_each_place_is_held_against_what_the_question_says_of_it(store: ClauseStore) -> None:
    cited = [evidence(store, "dalian:一/（三）"), evidence(store, "jilin:三")]
    quoted = [(item, item.clause.text) for item in cited]
    assert corrections(query("2020年每万居民大连3名全科医生、吉林2名，对吗？"), quoted) == (None, None)
    found = corrections(query("2020年每万居民大连3名全科医生、吉林1名全科医生，对吗？"), quoted)
    assert [item and item.asked for item in found] == [None, ("1名",)]


@pytest.mark.parametrize("clause", ["dalian:三/（八）", "dalian:五/（十七）", "jilin:四/（五）/22"])
def test_a_clause_put_as_a_statement_is_never_corrected(store: ClauseStore, clause: str) -> None:
    text = store.clause(clause).text
    assert correction(store, f"原文是这么写的：{text[:1500]}，对吗？", clause) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("每2年开展一次不少于100学时", [("每2年", Role.FREQUENCY), ("不少于100学时", Role.AMOUNT)]),
        ("三年培训一次", [("三年培训一次", Role.FREQUENCY)]),
        ("提前一年", [("提前一年", Role.ADVANCE)]),
        ("在3年内完成", [("3年内", Role.WITHIN)]),
        ("到2020年，", [("到2020年", Role.UNTIL)]),
        ("自2018年起", [("自2018年起", Role.SINCE)]),
        ("百分之二十", [("百分之二十", Role.AMOUNT)]),
        ("hired for 3 years", [("3 years", Role.AMOUNT)]),
        ("2018年发布，第十条", []),
    ],
)
def test_quantities_and_what_they_measure(text: str, found: list[tuple[str, Role]]) -> None:
    assert [(quantity.text, quantity.role) for quantity in quantities(text)] == found


@pytest.mark.parametrize(
    ("question", "words", "how"),
    [
        ("聘任期3年,对吧?", "3年", Stance.STATED),
        ("聘任期是3年吗?", "3年", Stance.ASKED),
        ("规定的120学时怎么考核?", "120学时", Stance.IMPLIED),
        ("我干了8年,能评副高吗?", "8年", Stance.APART),
        ("听我同事说规定的聘任期是3年,对吗?", "3年", Stance.STATED),
        ("如果只干3年,能评吗?", "3年", Stance.APART),
        ("是3年还是5年?", "3年", Stance.APART),
        ("聘任期不是3年,对吧?", "3年", Stance.APART),
        ("吉林是3年,对吗?", "3年", Stance.APART),
        ("大连是3年,对吗?", "3年", Stance.STATED),
    ],
)
def test_how_a_question_uses_its_words(question: str, words: str, how: Stance) -> None:
    start = question.index(words)
    assert stance(question, Span(start, start + len(words)), "大连市") is how


def test_a_series_is_data_that_users_extend(tmp_path: Path) -> None:
    file = tmp_path / "series.toml"
    file.write_text(
        '[series."颜色"]\n"红" = ["红色", "彩色"]\n"绿" = ["绿色", "彩色"]\n[unmeant]\n"颜色" = ["绿色通道"]\n',
        encoding="utf-8",
    )
    (colours,) = load(file)
    found = [sorted(mention.ranks) for mention in colours.mentions("红色、彩色、绿色，绿色通道")]
    assert found == [[0], [0, 1], [1]]


@pytest.mark.parametrize("text", ["（一）２０名醫師", "㎡…①", ""])
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)
