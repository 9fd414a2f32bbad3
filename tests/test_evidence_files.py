"""The Word files with the evidence of an answer or a lookup."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.model import Answer, Citation, Status
from assistant.office.evidence_report import answer_evidence, clause_evidence
from index.store import ClauseStore
from tests.report_files import IMPRINT, links, opened_excel, opened_word, target

DRAFT = "尚未定稿，不是正式文件，不能作为办事依据"


def answer(store: ClauseStore) -> Answer:
    citations = []
    for number, clause_id in enumerate(("dalian:五/（十七）", "jilin:四/（五）/23", "dalian:五/（十七）"), 1):
        found = target(store, clause_id)
        quote = next(part for part in re.split("(?<=。)", found.text) if len(part) > 20)
        citations.append(
            Citation(
                number, clause_id, found.document, "", found.label, found.region, found.status, quote, 0, 0
            )
        )
    lines = [f"· {citation.quote}〔{citation.label}〕[{citation.n}]" for citation in citations]
    return Answer("乡镇医生怎样评副高？", Status.ANSWERED, "\n".join(lines), citations=tuple(citations))


def test_evidence_of_an_answer_is_complete(store: ClauseStore) -> None:
    given = answer(store)
    document = opened_word(answer_evidence(given, store, IMPRINT))
    said = [paragraph.text for paragraph in document.paragraphs]
    assert said[said.index("问题") + 1] == given.question
    assert said[said.index("回答") + 1 : said.index("条款全文")] == given.text.splitlines()
    headings = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 2"]
    assert [heading.partition(" ")[0] for heading in headings] == ["[1][3]", "[2]"]
    assert any(line.startswith("地区：吉林省") and f"状态：征求意见稿（{DRAFT}）" in line for line in said)
    assert f"注意：所引条款中有征求意见稿或草案：{DRAFT}" in said
    assert f"语料摘要：{'5a' * 32}" in said
    assert said[-1].startswith("本回答依据所列文件原文自动生成，不构成官方解释")


def test_citation_marks_lead_to_the_clauses_and_quotes_are_set_off(store: ClauseStore) -> None:
    given = answer(store)
    document = opened_word(answer_evidence(given, store, IMPRINT))
    assert links(document) == ["clause1", "clause2", "clause1"]
    start = next(n for n, paragraph in enumerate(document.paragraphs) if paragraph.text == "条款全文")
    bold = {run.text for paragraph in document.paragraphs[start:] for run in paragraph.runs if run.bold}
    assert {citation.quote.strip() for citation in given.citations} <= bold


def test_evidence_of_a_declined_answer_gives_the_reason(store: ClauseStore) -> None:
    declined = Answer("火星上的待遇？", Status.NOT_FOUND, "收录的文件没有规定。")
    said = [paragraph.text for paragraph in opened_word(answer_evidence(declined, store, IMPRINT)).paragraphs]
    assert "收录的文件没有规定。" in said
    assert "条款全文" not in said


def test_evidence_of_a_lookup_has_the_clause_in_full(store: ClauseStore) -> None:
    clause = store.clause("jilin:四/（五）/23")
    said = [
        p.text for p in opened_word(clause_evidence("吉林方案第23条", [clause], store, IMPRINT)).paragraphs
    ]
    assert "吉林方案第23条" in said
    assert all(line in said for line in clause.text.strip().splitlines())
    assert f"注意：所引条款中有征求意见稿或草案：{DRAFT}" in said


def test_where_the_page_has_an_address_clauses_lead_there_too(store: ClauseStore) -> None:
    imprint = replace(IMPRINT, address="http://policy.example/")
    report = clause_evidence("（十七）", [store.clause("dalian:五/（十七）")], store, imprint)
    address = "http://policy.example/?clause=dalian%3A%E4%BA%94%2F%EF%BC%88%E5%8D%81%E4%B8%83%EF%BC%89"
    document = opened_word(report)
    assert [r.target_ref for r in document.part.rels.values() if r.is_external] == [address]
    row = [cell for cell in opened_excel(report)["条款全文"][2] if cell.value == "打开"]
    assert [cell.hyperlink.target for cell in row] == [address]
