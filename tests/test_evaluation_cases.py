import json
from pathlib import Path

import pytest

from assistant.evaluation.cases import CaseError, load_cases
from assistant.model import Question, Turn

SHIPPED = Path(__file__).parent / "cases" / "policies.jsonl"
GOLD = [{"doc": "dalian", "clause": "三/（九）#2"}]
CASE = {"id": "a", "question": "乡镇卫生院怎么评副高？", "gold": GOLD}


def write(folder, *lines, name="cases.jsonl", encoding="utf-8"):
    file = folder / name
    texts = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    file.write_bytes("\n".join(texts).encode(encoding))
    return file


def mistakes(folder, *lines):
    with pytest.raises(CaseError) as caught:
        load_cases(write(folder, *lines))
    return caught.value.problems


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


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"question": 3}, "第 2 行 question：值 3 不是字符串；请写成带引号的文字"),
        ({"question": " "}, '第 2 行 question：值 " " 是空白；请填写内容'),
        ({"answerable": "true"}, '第 2 行 answerable：值 "true" 不是布尔值；请写 true 或 false'),
        ({"gold_mode": "some"}, "第 2 行 gold_mode：值 \"some\" 不在可选值之内；可用 'all'、'any'"),
        ({"gold": [GOLD[0], {"doc": "dalian"}]}, "第 2 行 gold[1].clause：缺少这个字段；请补上"),
        ({"gold": ["dalian"]}, '第 2 行 gold[0]：值 "dalian" 不是对象；请写成 { … }'),
        ({"must_include": ["副高"]}, '第 2 行 must_include[0]：值 "副高" 不是列表；请写成 [ … ]'),
        ({"must_include": [[]]}, "第 2 行 must_include[0]：值 [] 是空列表；请至少写一项，或删去这一组"),
        ({"must_inclde": [["副高"]]}, "第 2 行 must_inclde：值 [[\"副高\"]] 不认识这个字段；请删除，或改成正确的字段名"),
        ({"history": [{"role": "bot", "content": ""}]},
         "第 2 行 history[0].role：值 \"bot\" 不在可选值之内；可用 'user'、'assistant'"),
        ({"gold": []}, "第 2 行：可以回答的题目没有 gold；请写出依据条款，或把 answerable 写成 false"),
        ({"answerable": False},
         "第 2 行：不可回答的题目不能有 gold 或 must_include；请清空，或把 answerable 写成 true"),
        ({"id": "a"}, '第 2 行 id：值 "a" 与第 1 行重复；请改成不同的编号'),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_line_field_value_and_remedy(tmp_path, change, problem):
    assert mistakes(tmp_path, CASE, {**CASE, "id": "b", **change}) == (problem,)


def test_all_mistakes_are_reported_in_one_pass(tmp_path):
    problems = mistakes(tmp_path, '{"id": "a", ', CASE, {"id": "b"}, {**CASE, "scope": 1})
    assert [problem.split("：")[0] for problem in problems] == [
        "第 1 行", "第 3 行 question", "第 4 行 scope",
    ]  # fmt: skip
    assert "不是有效的 JSON" in problems[0]


def test_the_message_is_one_line_that_names_the_file_even_for_many_or_long_mistakes(tmp_path):
    file = write(tmp_path, *({**CASE, "id": 7, "note": ["长" * 1000]} for _ in range(30)))
    with pytest.raises(CaseError, match=r"cases\.jsonl”有误：第 1 行 id：值 7 .*共 60 处") as caught:
        load_cases(file)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 800


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.jsonl", None, "无法读取"),
        ("empty.jsonl", b"\n \n", "没有题目"),
        ("cases.csv", b"id,question\n", "不支持类型“.csv”；请用 .jsonl 文件"),
        ("gb.jsonl", '{"id": "问"}'.encode("gb18030"), "第 1 行不是 UTF-8 编码；请另存为 UTF-8"),
        ("wide.jsonl", json.dumps(CASE).encode("utf-16"), "第 1 行不是 UTF-8 编码"),
    ],
)
def test_a_file_that_is_no_set_says_what_to_do(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CaseError, match=message):
        load_cases(tmp_path / name)
