"""Writing a case with a person's help: the answer proposes clauses and facts, the person accepts, the set grows."""

import csv
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from assistant.errors import UsageError
from assistant.evaluation.sets.authoring import (
    Proposal,
    append_case,
    append_new_case,
    case_of,
    dialogue,
    propose,
)
from assistant.evaluation.sets.cases import Case, CaseError, EarlierTurn, GoldClause, load_cases, write_cases
from assistant.model import Question, Turn
from assistant.pipeline import PolicyAssistant

FORMATS = pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".xlsx"])
TRAINING = Question("大连乡村医生多久培训一次，要多少学时？")
OLD = Case(id="new-001", question="今天天气？", answerable=False, note="旧题")
NEW = Case(
    id="new-002",
    question="乡村医生培训多少学时？",
    gold=(GoldClause(doc="dalian", clause="四/（十四）"),),
    must_include=(("100学时", "一百学时"),),
)


@pytest.fixture(scope="module")
def proposal(assistant: PolicyAssistant) -> Proposal:
    return propose(assistant, TRAINING)


def test_cited_clauses_come_first_and_the_figures_of_their_quotes_are_facts(proposal: Proposal) -> None:
    first, *others = proposal.clauses
    assert (first.id, first.label, first.is_cited) == ("dalian:四/（十四）", "四、（十四）", True)
    assert first.document.startswith("大连市人民政府办公厅")
    assert others
    assert not any(clause.is_cited for clause in others)
    assert {fact.text for fact in proposal.facts_of([first])} >= {"每2年", "不少于100学时"}
    assert proposal.facts_of(others) == ()


def test_a_short_answer_is_a_fact_in_the_words_of_the_clause(assistant: PolicyAssistant) -> None:
    proposal = propose(assistant, Question("大连由哪个部门负责全科医生转岗培训？"))
    assert [fact.text for fact in proposal.facts[:2]] == ["牵头单位：市卫生计生委", "配合单位：市财政局"]


def test_a_question_without_answer_still_has_clauses_to_choose_from(assistant: PolicyAssistant) -> None:
    proposal = propose(assistant, Question("大连全科医生的退休年龄是多少？"))
    assert proposal.clauses
    assert not any(clause.is_cited for clause in proposal.clauses)
    assert proposal.facts == ()


def test_a_case_expects_what_was_accepted(proposal: Proposal) -> None:
    clause = proposal.clauses[0]
    facts = [fact for fact in proposal.facts if "100" in fact.text]
    case = case_of(proposal, [clause], facts, "x-1")
    assert case == Case(
        id="x-1",
        question=TRAINING.text,
        gold=(GoldClause(doc="dalian", clause="四/（十四）"),),
        must_include=(("不少于100学时",),),
    )


def test_place_and_earlier_turns_go_into_the_case(assistant: PolicyAssistant) -> None:
    question = Question("那培训呢？", "大连", (Turn("user", "乡村医生有什么规定？"),))
    case = case_of(propose(assistant, question), [], [], "x-1")
    turns = (EarlierTurn(role="user", content="乡村医生有什么规定？"),)
    assert case == Case(id="x-1", question="那培训呢？", scope="大连", history=turns, answerable=False)


def replies(*lines: str) -> Callable[[str], str]:
    given: Iterator[str] = iter(lines)

    def ask(_: str) -> str:
        try:
            return next(given)
        except StopIteration:
            raise EOFError from None

    return ask


@FORMATS
def test_in_the_terminal_a_person_accepts_by_number(
    tmp_path: Path, assistant: PolicyAssistant, suffix: str
) -> None:
    file = write_cases(tmp_path / f"set{suffix}", [OLD])
    told: list[str] = []
    case = dialogue(assistant, TRAINING, file, replies("第一条", "0", "1，1", "2"), told.append)
    assert load_cases(file) == [OLD, case]
    assert (case.id, case.must_include) == ("new-002", (("不少于100学时",),))
    assert any(line.startswith("  1 * dalian 四、（十四）：（十四）加强乡村医生") for line in told)
    assert any(line.startswith("  2   ") for line in told)
    assert told[-1] == f"已写入“{file}”，编号 new-002"
    assert [line for line in told if "看不懂" in line] == [
        "“第一条”看不懂；请写 1 到 10 的编号，或写“无”",
        "“0”看不懂；请写 1 到 10 的编号，或写“无”",
    ]


def test_none_makes_a_question_that_nothing_answers_in_a_set_that_is_made_for_it(
    tmp_path: Path, assistant: PolicyAssistant
) -> None:
    file = tmp_path / "new.jsonl"
    case = dialogue(assistant, TRAINING, file, replies("无"), lambda _: None)
    assert load_cases(file) == [case]
    assert case == Case(id="new-001", question=TRAINING.text, answerable=False)


def test_nothing_is_written_when_the_input_ends(tmp_path: Path, assistant: PolicyAssistant) -> None:
    with pytest.raises(UsageError, match="没有写入"):
        dialogue(assistant, TRAINING, tmp_path / "new.jsonl", replies("1"), lambda _: None)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["set.txt", "set.jsonl"])
def test_a_set_that_cannot_be_used_is_told_before_anything_is_asked(
    tmp_path: Path, assistant: PolicyAssistant, name: str
) -> None:
    (tmp_path / name).write_text("{}", encoding="utf-8")
    with pytest.raises(CaseError):
        dialogue(assistant, TRAINING, tmp_path / name, replies(), lambda _: None)


@FORMATS
def test_what_another_author_adds_meanwhile_stays(
    tmp_path: Path, assistant: PolicyAssistant, suffix: str
) -> None:
    file = write_cases(tmp_path / f"set{suffix}", [OLD])

    def ask(_: str) -> str:
        append_case(file, NEW)  # as new-002
        return "无"

    case = dialogue(assistant, TRAINING, file, ask, lambda _: None)
    assert case.id == "new-003"
    assert load_cases(file) == [OLD, NEW, case]


def test_authors_who_write_at_once_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    with ThreadPoolExecutor(8) as authors:
        made = list(
            authors.map(
                lambda n: append_new_case(
                    file, lambda name: OLD.model_copy(update={"id": name, "note": str(n)})
                ),
                range(16),
            )
        )
    assert sorted(load_cases(file), key=lambda case: int(case.note)) == made
    assert len({case.id for case in made}) == 16


def test_a_folder_that_takes_no_file_is_told_before_anything_is_asked(
    tmp_path: Path, assistant: PolicyAssistant
) -> None:
    told: list[str] = []
    with pytest.raises(CaseError, match=r"无法写入.*请换一个可写的文件夹"):
        dialogue(assistant, TRAINING, tmp_path / "none" / "set.jsonl", replies("无"), told.append)
    assert told == []


@FORMATS
def test_an_id_that_is_taken_is_refused_and_the_set_stays_as_it_is(tmp_path: Path, suffix: str) -> None:
    file = write_cases(tmp_path / f"set{suffix}", [OLD])
    before = file.read_bytes()
    with pytest.raises(CaseError, match='id：值 "new-001" 已经有了；请换一个编号'):
        append_case(file, OLD)
    assert file.read_bytes() == before


def test_a_line_is_added_behind_one_without_an_end_and_the_lines_before_keep_their_form(
    tmp_path: Path,
) -> None:
    file = tmp_path / "set.jsonl"
    before = '\ufeff{ "answerable":false, "question":"天气？", "id":"a" }'.encode()
    file.write_bytes(before)
    append_case(file, NEW)
    assert file.read_bytes().startswith(before + b"\n{")
    assert [case.id for case in load_cases(file)] == ["a", "new-002"]


def test_a_row_is_added_in_the_encoding_and_columns_of_the_csv_file(tmp_path: Path) -> None:
    file = tmp_path / "set.csv"
    file.write_bytes("问题,必含,编号,可回答,gold\n天气？,,a,否,".encode("gb18030"))
    append_case(file, NEW)
    rows = list(csv.reader(file.read_text(encoding="gb18030").splitlines()))
    assert rows[2] == ["乡村医生培训多少学时？", "100学时 | 一百学时", "new-002", "是", "dalian:四/（十四）"]
    assert load_cases(file)[1] == NEW


def test_a_column_that_is_missing_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    file = tmp_path / "set.csv"
    before = "id,question,answerable,gold\na,天气？,否,\n".encode()
    file.write_bytes(before)
    with pytest.raises(CaseError, match="缺少列 must_include（必含）；请先补上这一列"):
        append_case(file, NEW)
    assert file.read_bytes() == before


def test_a_workbook_keeps_its_other_sheets_and_its_looks(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["说明"])
    sheet = book.create_sheet("题目")
    for row in (["编号", "问题", "可回答", "依据条款", "必含"], ["a", "天气？", "否"], [], [" "]):
        sheet.append(row)
    sheet["A1"].font = Font(color="FF0000")
    sheet.column_dimensions["B"].width = 77
    book.save(tmp_path / "set.xlsx")
    append_case(tmp_path / "set.xlsx", NEW)
    book = load_workbook(tmp_path / "set.xlsx")
    sheet = book["题目"]
    assert book.sheetnames == ["Sheet", "题目"]
    assert (sheet["A1"].font.color.rgb, sheet.column_dimensions["B"].width) == ("00FF0000", 77)
    assert load_cases(tmp_path / "set.xlsx")[1] == NEW
