"""What a model writes is shown only where the clause that it cites says it."""

from __future__ import annotations

from collections import Counter

import pytest

from assistant.model import Question
from assistant.pipeline import PolicyAssistant
from assistant.understanding import Query, understand
from assistant.wording import Wording
from assistant.writing.claim_checker import ClaimChecker
from assistant.writing.model import CheckedClaim, DraftClaim, Support
from tests.claim_cases import claim_cases, evidence

PROMOTION, TRAINING = "dalian:五/（十七）", "dalian:四/（十四）"
STRICT = {"other_place", "place", "number", "bound", "date", "body", "level", "negation", "mixed_places"}


@pytest.fixture(scope="module")
def checker(assistant: PolicyAssistant) -> ClaimChecker:
    return ClaimChecker(assistant.index)


def query(text: str, assistant: PolicyAssistant) -> Query:
    return understand(Question(text), Wording.load(), assistant.index)


@pytest.fixture(scope="module")
def check(assistant: PolicyAssistant, checker: ClaimChecker):  # type: ignore[no-untyped-def]
    def run(text: str, clause: str, words: str = "", question: str = "") -> CheckedClaim:
        shown = {"E1": evidence(assistant.index, clause)}
        return checker.check(DraftClaim(text, (Support("E1", words),)), shown, query(question, assistant))

    return run


def test_labelled_claims_pass_only_where_they_are_supported(
    assistant: PolicyAssistant, checker: ClaimChecker
) -> None:
    passed: Counter[tuple[bool, bool]] = Counter()
    wrong = []
    for case in claim_cases(assistant.index):
        is_passed = not checker.check(case.claim, case.evidence, case.query).reason
        passed[case.is_supported, is_passed] += 1
        if is_passed and not case.is_supported:
            wrong.append((case.kind, case.claim.text))
    assert not [text for kind, text in wrong if kind in STRICT]
    assert passed[False, True] <= 0.01 * (passed[False, True] + passed[False, False]), wrong
    assert passed[True, True] >= 0.85 * (passed[True, True] + passed[True, False])


def test_the_quote_is_the_whole_sentences_that_hold_the_words_and_the_figures(
    assistant: PolicyAssistant, check
) -> None:  # type: ignore[no-untyped-def]
    checked = check(
        "特岗全科医生5年聘任期内执行国家统一的工资制度和标准，日常管理由乡镇卫生院负责。",
        "dalian:五/（十六）",
        "日常管理、绩效考核（平时考核）和年度考核由乡镇卫生院负责",
    )
    text = assistant.store.source("dalian").clean.text
    quotes = [text[item.span.start : item.span.end] for item in checked.quoted]
    assert [quote[:4] for quote in quotes] == ["5年聘任", "特岗全科"]
    assert all(quote.endswith("。") for quote in quotes)


@pytest.mark.parametrize(
    "words",
    [
        "一次不少于 100学时的理论与实践",
        "一次不少于１００学时的理論與實踐",
        "每2年对全市乡村医生……不少于100学时",
    ],
)
def test_words_are_verbatim_but_for_space_width_script_and_marked_omissions(check, words: str) -> None:  # type: ignore[no-untyped-def]
    assert not check("每2年对全市乡村医生开展一次不少于100学时的系统性培训。", TRAINING, words).reason


@pytest.mark.parametrize(
    ("text", "clause", "named"),
    [
        ("每3年对全市乡村医生开展一次不少于100学时的系统性培训。", TRAINING, "3年"),
        ("每2年对全市乡村医生开展一次100学时的系统性培训。", TRAINING, "不少于"),
        ("到2030年，全市每万人口拥有3名以上全科医生。", "dalian:一/（三）", "3名"),
        ("沈阳市每2年对乡村医生开展一次不少于100学时的系统性培训。", TRAINING, "沈阳市"),
        ("各项补助经费可以截留、挪用、挤占。", "dalian:六/（二十一）", "不得"),
        ("转岗培训的牵头单位是市财政局。", "dalian:四/（十二）", "市财政局"),
        ("根据第十九条，可突破学历等限制，破格晋升职称。", PROMOTION, "第十九条"),
        ("应取得全省统一的高级职称。", PROMOTION, "全省或本市"),
        ("以单位奖励为导向，政府奖励为主体，社会奖励为补充。", "dalian:三/（十一）", "以单"),
        ("在低收入村和偏远海岛连续工作满10年的，可直接取得副高级职称。", PROMOTION, "漏掉条件"),
    ],
)
def test_the_reason_names_the_offending_words(check, text: str, clause: str, named: str) -> None:  # type: ignore[no-untyped-def]
    assert named in check(text, clause).reason


@pytest.mark.parametrize(
    "written",
    [
        "[E1] **每2年**对全市乡村医生开展一次不少于100学时的系统性培训（E1）。",
        "- 每2年对全市乡村医生开\u200b展一次不少于100学时的系统性培训\u202e。〔E1〕",
    ],
)
def test_labels_marks_and_hidden_characters_are_not_shown(check, written: str) -> None:  # type: ignore[no-untyped-def]
    checked = check(written, TRAINING)
    assert not checked.reason
    assert checked.text.rstrip("。") == "每2年对全市乡村医生开展一次不少于100学时的系统性培训"


def test_what_is_no_statement_of_the_clause_is_refused(check) -> None:  # type: ignore[no-untyped-def]
    question = "乡村医生学历教育有学费补助吗"
    for text in ("根据上述规定如下：", "<script>alert(1)</script>", "", "作为AI，我无法回答。", question):
        checked = check(text, "jilin:四/（二）/10", question=question)
        assert checked.reason
        assert not checked.quoted


def test_a_statement_without_end_is_refused_before_it_is_read(check) -> None:  # type: ignore[no-untyped-def]
    checked = check("每2年对全市乡村医生开展一次不少于100学时的系统性培训。" * 5_000, TRAINING)
    assert "145,000 个字" in checked.reason
    assert len(checked.text) <= 400


def test_a_claim_cites_what_it_was_shown_and_one_place(
    assistant: PolicyAssistant, checker: ClaimChecker
) -> None:
    shown = {
        "E1": evidence(assistant.index, "dalian:六/（二十一）"),
        "E2": evidence(assistant.index, "jilin:五/（三）"),
    }
    text = "各项补助经费专款专用，不得截留、挪用、挤占。"
    asked = query("", assistant)

    def reason(*labels: str) -> str:
        supports = tuple(Support(label) for label in labels)
        return checker.check(DraftClaim(text, supports), shown, asked).reason

    assert not reason("E1")
    assert not reason("〔E2〕")
    assert "E7" in reason("E7")
    assert "大连市和吉林省" in reason("E1", "E2")
    assert reason()
