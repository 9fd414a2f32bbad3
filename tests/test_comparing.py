import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.comparing.comparison import compare, compare_texts
from assistant.comparing.model import AlignedClauses, Change, DocumentComparison, FactKind, Relation
from assistant.comparing.text import compared_text
from assistant.corpus_keeper import encoder_choice
from assistant.settings import load_settings
from corpus.library import SourceFile, load
from index.clause_index import ClauseIndex

CASES = Path(__file__).parent / "cases"
GOLD = json.loads((CASES / "alignment_dalian_jilin.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def index(data_folder: Path) -> Iterator[ClauseIndex]:
    settings = load_settings(data=data_folder)
    opened = ClauseIndex(
        settings.data, replace(encoder_choice(settings), load=lambda: pytest.fail("no encoder"))
    )
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def comparison(index: ClauseIndex) -> DocumentComparison:
    return compare(index, index.store.document("dalian"), index.store.document("jilin"))


def compared(folder: Path, left: str, right: str) -> DocumentComparison:
    """Two texts, by their words alone."""
    sides = []
    for name, text in (("left", left), ("right", right)):
        file = folder / f"{name}.txt"
        file.write_text(text, encoding="utf-8")
        source = load(SourceFile(name, file, None))
        sides.append(compared_text(source.documents[0], source.clauses))
    return compare_texts(sides[0], sides[1])


def words(comparison: DocumentComparison, change: Change) -> tuple[str, str]:
    clauses = [clause for row in comparison.rows for clause in (*row.left, *row.right)]
    texts = []
    for source, span in (("left", change.left), ("right", change.right)):
        at = next(c for c in clauses if c.source_id == source and c.span.start <= span.start <= c.span.end)
        texts.append(at.text[span.start - at.span.start : span.end - at.span.start])
    return texts[0], texts[1]


def test_clauses_pair_as_a_careful_reader_pairs_them(comparison: DocumentComparison) -> None:
    gold = {(pair["left"], pair["right"]) for pair in GOLD["pairs"]}
    right = len(comparison.pairs & gold)
    f1 = 2 * right / (len(comparison.pairs) + len(gold))
    assert f1 >= 0.90


def test_the_gold_alignment_accounts_for_every_clause(index: ClauseIndex) -> None:
    for side in ("left", "right"):
        told = {pair[side] for pair in GOLD["pairs"]} | {item["clause"] for item in GOLD[f"only_{side}"]}
        document = {"left": "dalian", "right": "jilin"}[side]
        clauses = index.store.clauses(document)
        assert told == {clause.id for clause in clauses if clause.kind.value == "clause"}


def test_every_clause_stands_in_one_row(comparison: DocumentComparison, index: ClauseIndex) -> None:
    for side, document in (("left", "dalian"), ("right", "jilin")):
        shown = [clause.id for row in comparison.rows for clause in getattr(row, side)]
        clauses = index.store.clauses(document)
        assert sorted(shown) == sorted(c.id for c in clauses if c.kind.value == "clause")
    lefts = [row.left[0].span.start for row in comparison.rows if row.left]
    assert lefts == sorted(lefts)


def test_a_rule_whose_counterpart_stands_in_another_row_is_not_lost(comparison: DocumentComparison) -> None:
    row = next(row for row in comparison.rows if row.left and row.left[0].id == "dalian:二/（五）")
    assert "jilin:四/（三）/13" in {clause.id for clause in row.also_right}
    assert ("dalian:二/（五）", "jilin:四/（三）/13") in comparison.pairs


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        (FactKind.NUMBER, "3名以上", "2名以上"),
        (FactKind.NUMBER, "至少5名", "5名"),
        (FactKind.NUMBER, "50%-70%", ""),
        (FactKind.NUMBER, "", "212个"),
        (FactKind.PERIOD, "5年", ""),
        (FactKind.PERIOD, "不少于100学时", ""),
        (FactKind.PLACE, "县级", "县区级"),
        (FactKind.PLACE, "低收入村和偏远海岛", "贫困县"),
        (FactKind.PLACE, "全省或本市统一", "全省统一"),
        (FactKind.TERM, "中级职务", "中级职称"),
        (FactKind.BODY, "牵头单位：市教育局", ""),
        (FactKind.RULE, "", "采取先进后出的方式"),
        (FactKind.RULE, "提前转正定级", ""),
    ],
)
def test_the_table_of_differences_tells_what_hr_must_know(
    comparison: DocumentComparison, kind: FactKind, left: str, right: str
) -> None:
    found = [
        fact
        for fact in comparison.differences
        if fact.kind is kind and left in fact.left and right in fact.right and bool(left) == bool(fact.left)
    ]
    assert [fact for fact in found if bool(right) == bool(fact.right)]


def test_rows_of_the_table_quote_their_clauses(comparison: DocumentComparison, index: ClauseIndex) -> None:
    for fact in comparison.differences:
        for quote, part, clause in (
            (fact.left, fact.left_part, fact.left_clause),
            (fact.right, fact.right_part, fact.right_clause),
        ):
            assert bool(quote) == bool(clause)
            if clause:
                text = "".join(index.store.clause(clause).text.split())
                assert "".join(quote.split()) in text
                assert "".join(part.split()) in text


def test_the_table_tells_the_year_that_a_target_is_for(comparison: DocumentComparison) -> None:
    target = next(fact for fact in comparison.differences if fact.left == "3名以上")
    assert target.topic == "工作目标（2020年）"
    assert target.left_part == "全市每万人口拥有3名以上全科医生"
    assert (target.left_clause, target.right_clause) == ("dalian:一/（三）", "jilin:三")


def test_that_each_side_names_its_own_place_is_no_difference(comparison: DocumentComparison) -> None:
    named = {(fact.left, fact.right) for fact in comparison.differences}
    assert ("大连", "吉林") not in named
    assert ("市卫生计生委", "省卫生计生委") not in named


def test_a_comparison_with_itself_finds_nothing(index: ClauseIndex) -> None:
    document = index.store.document("jilin")
    same = compare(index, document, document)
    assert {row.relation for row in same.rows} == {Relation.SAME}
    assert all(row.left == row.right and not row.changes for row in same.rows)
    assert same.differences == ()


def test_turned_round_it_finds_the_same_pairs(index: ClauseIndex, comparison: DocumentComparison) -> None:
    turned = compare(index, index.store.document("jilin"), index.store.document("dalian"))
    assert {(right, left) for left, right in turned.pairs} == comparison.pairs


def test_changes_are_marked_to_the_character(tmp_path: Path) -> None:
    found = compared(
        tmp_path,
        "关于测试的意见\n一、招聘。每个乡镇卫生院至少配置2名全科医生，由县级财政给予补助。\n",
        "关于测试的方案\n一、招聘。每个乡镇卫生院至少配置3名全科医生，由市级财政给予补助。\n",
    )
    row = found.rows[-1]
    assert [words(found, change) for change in row.changes] == [("2", "3"), ("县", "市")]


def test_white_space_and_width_are_no_change(tmp_path: Path) -> None:
    found = compared(
        tmp_path,
        "关于测试的意见\n一、目标。到2020 年，每万人拥有 2名 全科医生（含中医）。\n",
        "关于测试的意见\n一、目标。到２０２０年,每万人拥有2名全科医生(含中医)。\n",
    )
    assert [row.relation for row in found.rows[1:]] == [Relation.SAME]
    assert found.differences == ()


def test_sentences_that_changed_places_are_compared_with_each_other(tmp_path: Path) -> None:
    first, second = "全科医生的外语成绩不作为申报条件。", "签约服务费由医保基金和居民共同分担。"
    found = compared(
        tmp_path,
        f"关于测试的意见\n一、待遇。{first}{second}\n",
        f"关于测试的意见\n一、待遇。{second.replace('共同', '按比例')}{first}\n",
    )
    row = found.rows[-1]
    assert row.relation is Relation.CHANGED
    assert [words(found, change) for change in row.changes] == [("共同", "按比例")]


def test_a_clause_that_the_other_side_divides_stands_beside_both(tmp_path: Path) -> None:
    promotion = "基层全科医生申报高级职称时，外语成绩不作为申报条件，实行单独分组、单独评审。"
    salary = "提升全科医生工资水平，使其与当地综合医院同等条件临床医师工资水平相衔接。"
    found = compared(
        tmp_path,
        f"关于测试的意见\n一、待遇和发展。{promotion}{salary}\n二、附则。本意见自印发之日起施行。\n",
        f"关于测试的方案\n一、薪酬。{salary}\n二、职称。{promotion}\n三、附则。本方案自印发之日起施行。\n",
    )
    assert [([c.path for c in row.left], [c.path for c in row.right]) for row in found.rows[1:]] == [
        (["一"], ["一", "二"]),
        (["二"], ["三"]),
    ]


def test_a_sentence_that_the_other_side_cuts_in_two_is_no_removal(tmp_path: Path) -> None:
    found = compared(
        tmp_path,
        "关于测试的意见\n一、奖励。对长期扎根基层的全科医生给予奖励，并在评选先进工作者时予以优先考虑。\n",
        "关于测试的意见\n一、奖励。对长期扎根基层的全科医生给予奖励。在评选先进工作者时予以优先考虑。\n",
    )
    assert [words(found, change) for change in found.rows[-1].changes] == [("，并", "。")]


def test_what_is_left_without_the_changes_is_equal(comparison: DocumentComparison) -> None:
    rows = [
        row for row in comparison.rows if row.left and row.right and not row.also_left and not row.also_right
    ]
    assert len(rows) > 10
    for row in rows:
        left, right = (_unchanged(row, side) for side in ("left", "right"))
        assert left == right


def _unchanged(row: AlignedClauses, side: str) -> Counter[str]:
    """Characters of the clauses that no change has, without white space, punctuation and numbers of clauses."""
    spans = [getattr(change, side) for change in row.changes]
    kept = [
        char
        for clause in getattr(row, side)
        for at, char in enumerate(clause.text, clause.span.start)
        if not any(span.start <= at < span.end for span in spans)
        and char.isalpha()
        and at >= clause.span.start + len(clause.path.rpartition("/")[2])
    ]
    return Counter(kept)


def test_documents_without_anything_in_common_are_told_apart(tmp_path: Path) -> None:
    found = compared(
        tmp_path,
        "关于春耕的意见\n一、整地。深翻土地三十厘米。\n",
        "关于消防的通知\n一、巡查。夜间每两小时巡查仓库。\n",
    )
    assert {
        row.relation for row in found.rows if "题头" not in {c.path for c in (*row.left, *row.right)}
    } == {
        Relation.ONLY_LEFT,
        Relation.ONLY_RIGHT,
    }


def test_a_text_without_numbers_is_compared_as_well(tmp_path: Path) -> None:
    found = compared(tmp_path, "补助标准为每人每月300元。\n", "补助标准为每人每月500元。\n")
    assert [(fact.left, fact.right) for fact in found.differences] == [("300元", "500元")]
