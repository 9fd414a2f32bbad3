"""Yes or no only where a sentence rules on just what is asked: a wrong yes is worse than none."""

import json
from pathlib import Path

import pytest

from assistant.norms import verdict
from assistant.understanding import Query
from index.normalize import normalize_for_search
from index.tokens import Tokenizer

CASES = json.loads((Path(__file__).parent / "cases" / "norms.json").read_text(encoding="utf-8"))
SEGMENT = Tokenizer().segment


def asked(question: str, terms: tuple[str, ...] = ()) -> Query:
    text = normalize_for_search(question)
    return Query(text=text, asked=text, focus=text, terms=terms)


@pytest.mark.parametrize("case", CASES, ids=[case["question"] for case in CASES])
def test_the_verdict_of_a_sentence(case: dict) -> None:
    assert verdict(asked(case["question"]), case["sentence"], SEGMENT) == case["verdict"]


def test_an_abbreviation_stands_for_its_official_term() -> None:
    sentence = "连续工作满10年的，可经考核认定，直接取得副高级专业技术职务。"
    question = "满十年可以直接取得副高吗？"
    assert verdict(asked(question, ("副高级专业技术职务",)), sentence, SEGMENT).startswith("可以")
    assert verdict(asked(question.replace("副高", "正高"), ("正高级专业技术职务",)), sentence, SEGMENT) == ""
