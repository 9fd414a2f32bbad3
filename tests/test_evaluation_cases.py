import json
from pathlib import Path

import pytest

from assistant.evaluation.sets.cases import Case, CaseError, load_cases
from assistant.model import Question, Turn

SHIPPED = Path(__file__).parent / "cases" / "policies.jsonl"
GOLD = [{"doc": "dalian", "clause": "三/（九）#2"}]
CASE = {"id": "a", "question": "乡镇卫生院怎么评副高？", "gold": GOLD}


def write(folder, *lines, name="cases.jsonl", encoding="utf-8"):
    file = folder / name
    texts = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    file.write_bytes("\n".join(texts).encode(encoding))
    return file


def test_the_shipped_set_loads_with_every_field():
    cases = load_cases(SHIPPED)
    assert len(cases) == 172
    assert sum(not case.answerable for case in cases) == 20
    case = next(case for case in cases if case.id == "bi-005-a")
    assert [(gold.doc, gold.clause) for gold in case.gold] == [
        ("dalian", "二/（五）#1"),
        ("jilin", "四/（一）/2"),
    ]
    assert case.must_include == (("培训期间待遇",), ("服务年限",), ("违约处理",))


def test_a_case_becomes_the_question_of_a_user_with_place_and_earlier_turns(tmp_path):
    history = [{"role": "user", "content": "大连怎么规定？"}]
    [case] = load_cases(
        write(tmp_path, {**CASE, "question": "那吉林呢？", "scope": "吉林", "history": history})
    )
    assert case.as_question() == Question("那吉林呢？", "吉林", (Turn("user", "大连怎么规定？"),))


def test_cases_of_statutes_need_no_more_than_question_and_gold(tmp_path):
    statute = {
        "id": "stard-0000",
        "question": "谁可以成为个体工商户？",
        "type": "statute",
        "gold_mode": "any",
        "answerable": True,
        "gold": [{"doc": "民法典/总则", "clause": "第五十四条"}],
    }
    [case] = load_cases(write(tmp_path, statute))
    assert (case.gold[0].doc, case.must_include, case.history, case.scope) == ("民法典/总则", (), (), None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_byte_order_mark_windows_line_ends_and_blank_lines_do_not_matter(tmp_path, encoding):
    file = write(
        tmp_path, json.dumps(CASE) + "\r", "\r", json.dumps({**CASE, "id": "b"}), "", encoding=encoding
    )
    assert [case.id for case in load_cases(file)] == ["a", "b"]


def test_a_blank_place_is_no_place(tmp_path):
    cases = load_cases(write(tmp_path, {**CASE, "scope": ""}, {**CASE, "id": "b", "scope": None}))
    assert [case.scope for case in cases] == [None, None]


def test_the_message_of_a_single_mistake_is_one_line(tmp_path):
    file = write(tmp_path, CASE, {**CASE, "id": "b", "question": 3})
    message = f"题目文件“{file}”有误：第 2 行 question：值 3 不是字符串；请写成带引号的文字"
    with pytest.raises(CaseError) as caught:
        load_cases(file)
    assert str(caught.value) == message


def test_a_case_made_in_a_program_is_held_to_the_same_rules():
    with pytest.raises(ValueError, match="可以回答的题目没有 gold"):
        Case(id="a", question="问？")
