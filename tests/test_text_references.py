import pytest

from corpus import text_references
from corpus.references import Anchor


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("依照本意见第（九）条办理。", ["本意见第（九）条"]),
        ("按照本意见五、（十七）执行。", ["本意见五、（十七）"]),
        ("违反本办法第八条第二款第（三）项规定的，", ["本办法第八条第二款第（三）项"]),
        ("本法第三章另有规定的除外；本法总则第四章", ["本法第三章", "本法总则第四章"]),
        (
            "有《劳动合同法》第三十九条、第四十条第一项、第二项情形的",
            ["《劳动合同法》第三十九条", "第四十条第一项", "第二项"],
        ),
        ("属于刑法第一百三十三条之一规定的行为", ["刑法第一百三十三条之一"]),
        ("《中华人民共和国刑法修正案（十一）》第二条", ["《中华人民共和国刑法修正案（十一）》第二条"]),
        (
            "根据国办发〔2018〕3号和大政办发[2018]159号第三条",
            ["国办发〔2018〕3号", "大政办发[2018]159号第三条"],
        ),
        ("《意见》（国办发〔2018〕3号）第二条", ["《意见》（国办发〔2018〕3号）第二条"]),
        ("有前款第三项、第四项行为，依照前两款的规定处罚", ["前款第三项", "第四项", "前两款"]),
        ("本条第一款和第三十二条规定的", ["本条第一款", "第三十二条"]),
        ("第一、二款规定的；本解释第二条第一、二项", ["第一", "二款", "本解释第二条第一", "二项"]),
        ("本法第三十九条、四十条和四十一条", ["本法第三十九条", "四十条", "四十一条"]),
        ("本法第三至五条；本法第9-11条", ["本法第三", "五条", "本法第9", "11条"]),
        ("本条第（二）（三）项和第（五）至（九）项", ["本条第（二）", "（三）项", "第（五）", "（九）项"]),
        ("前款（一）、（三）项所列", ["前款（一）", "（三）项"]),
        ("第十条至第十二条不适用于前条", ["第十条", "第十二条", "前条"]),
        ("本章第二节和本编的规定", ["本章第二节", "本编"]),
        ("名单见附件2。", ["附件2"]),
        ("该条例第五条", ["该条例第五条"]),
        ("根据《云岭省医师条例》第二条，该条例第五条", ["《云岭省医师条例》第二条", "该条例第五条"]),
    ],
)
def test_references_are_found_with_the_words_that_name_the_document(text: str, words: list[str]) -> None:
    found = text_references.find(text)
    assert [text[reference.span.start : reference.span.end] for reference in found] == words


@pytest.mark.parametrize(
    "text",
    [
        "（一）招生。扩大规模；（二）经费。",
        "第十七条 职工应当参加工伤保险。",
        "第三人和第一审法院，目前款项、以前条件、第二条例外",
        "取得《医疗机构执业许可证》后，设立第一项目部",
        "修改为：“违反本规定第七条、第八条第一款的，依照前款处理”",
    ],
)
def test_labels_things_and_quoted_texts_are_no_references(text: str) -> None:
    assert text_references.find(text) == []


def test_steps_after_a_connector_keep_what_stands_above_them() -> None:
    text = "违反劳动合同法第三十八条第一款第一项、第三项或者第四十条的"
    found = text_references.find(text)
    assert [(r.title, r.parts[-1].number, r.paragraph, r.item) for r in found] == [
        ("劳动合同法", 38, 1, 1),
        ("劳动合同法", 38, 1, 3),
        ("劳动合同法", 40, 0, 0),
    ]


def test_the_said_law_is_the_one_named_last() -> None:
    *_, said = text_references.find("《安全生产法》已修改。《消防法》施行后，违反该法第五条的")
    assert (said.title, said.parts[-1].number) == ("消防法", 5)


@pytest.mark.parametrize("text", ["依照本法第十条至第十五条", "依照本法第十至十五条", "依照本法第10-15条"])
def test_a_range_knows_where_it_began(text: str) -> None:
    [first, last] = text_references.find(text)
    assert (first.since, last.since, last.parts[-1].number) == (0, 11, 15)


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("本办法第三条", Anchor.DOCUMENT),
        ("违反第三条的", Anchor.DOCUMENT),
        ("第二款规定的", Anchor.CLAUSE),
        ("前两款", Anchor.CLAUSE),
        ("本节的规定", Anchor.DIVISION),
        ("《办法》第三条", Anchor.NAME),
    ],
)
def test_what_a_reference_counts_from(text: str, anchor: Anchor) -> None:
    assert text_references.find(text)[0].anchor is anchor


def test_a_version_is_stated_behind_its_title() -> None:
    [reference] = text_references.find("《劳动合同法》（2012年修正）第八十二条")
    assert (reference.title, reference.date, reference.is_marked) == ("劳动合同法", "2012", True)
