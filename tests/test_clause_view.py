import pytest

from assistant.clause_view import ClauseReader, citation_of, own_words
from assistant.lookup import ClauseFinder
from index.store import ClauseStore


@pytest.fixture(scope="module")
def reader(law_store: ClauseStore) -> ClauseReader:
    return ClauseReader(law_store, ClauseFinder(law_store))


def test_a_clause_comes_with_its_sections_units_and_neighbours(
    reader: ClauseReader, law_store: ClauseStore
) -> None:
    view = reader.view(law_store.clause("jilin:四/（三）/12"))
    assert [section.heading for section in view.sections] == ["具体措施", "切实提高全科医生薪酬待遇"]
    assert (view.before.id, view.behind.id) == ("jilin:四/（三）/11", "jilin:四/（三）/13")
    view = reader.view(law_store.clause("dalian:五/（十七）"))
    assert view.document.number == "大政办发〔2018〕159号"
    assert [unit.name for unit in view.clause.units]


def test_neighbours_skip_headings_and_end_with_the_document(
    reader: ClauseReader, law_store: ClauseStore
) -> None:
    assert reader.view(law_store.clause("劳动合同法:第二章/第七条")).before.id == "劳动合同法:第一章/第六条"
    assert reader.view(law_store.clause("劳动合同法:题头")).before is None
    assert reader.view(law_store.clause("劳动合同法:第八章/第九十八条")).behind is None


def test_basis_documents_are_told_apart_by_whether_the_corpus_holds_them(
    reader: ClauseReader, law_store: ClauseStore
) -> None:
    notice = reader.view(law_store.clause("dalian:转发通知"))
    assert [(item.basis.number, item.document.id) for item in notice.bases] == [
        ("大政办发〔2018〕159号", "dalian")
    ]
    opinion = reader.view(law_store.clause("dalian:三/（九）"))
    assert [(item.basis.number, item.document) for item in opinion.bases] == [
        ("国办发〔2018〕3号", None),
        ("辽政办发〔2018〕16号", None),
    ]


def test_who_cites_a_clause_is_shown_with_the_words(reader: ClauseReader, law_store: ClauseStore) -> None:
    view = reader.view(law_store.clause("民法典/婚姻家庭编:第四章/第一千零九十一条"))
    assert ("民法典婚姻家庭编解释（一）", "民法典第一千零九十一条") in [
        (citing.clause.source_id, citing.words) for citing in view.cited_by
    ]


@pytest.mark.parametrize(
    ("clause", "citation"),
    [
        (
            "dalian:五/（十七）",
            "《大连市人民政府办公厅关于贯彻落实改革完善全科医生培养与使用激励机制的意见》（大政办发〔2018〕159号）五、（十七）",
        ),
        (
            "jilin:四/（三）/12",
            "《关于改革完善全科医生培养与使用激励机制的实施方案》（征求意见稿）四、（三）12",
        ),
        ("劳动合同法:第七章/第八十二条", "《中华人民共和国劳动合同法》第八十二条"),
        ("刑法:第二编/第二章/第一百三十三条之一", "《中华人民共和国刑法》第一百三十三条之一"),
        ("劳动合同法:第五章/第二节", "《中华人民共和国劳动合同法》第五章第二节"),
        ("民法典/总则:第二章/第四节/第五十四条", "《中华人民共和国民法典》第五十四条"),
        (
            "妇女权益保障法(2018-10-26):第三章/第二十条",
            "《中华人民共和国妇女权益保障法》（2018年文本）第二十条",
        ),
        ("妇女权益保障法(2022-10-30):第三章/第二十条", "《中华人民共和国妇女权益保障法》第二十条"),
        (
            "涉彩礼纠纷规定:第三条",
            "《最高人民法院关于审理涉彩礼纠纷案件适用法律若干问题的规定》（法释〔2024〕1号）第三条",
        ),
        (
            "dalian:题头",
            "《大连市人民政府办公厅关于贯彻落实改革完善全科医生培养与使用激励机制的意见》（大政办发〔2018〕159号）",
        ),
    ],
)
def test_citations_have_the_form_of_official_writing(
    law_store: ClauseStore, clause: str, citation: str
) -> None:
    found = law_store.clause(clause)
    assert citation_of(found, law_store.document(found.document_id), with_text=False) == citation


def test_every_citation_leads_back_to_its_clause(law_store: ClauseStore) -> None:
    finder = ClauseFinder(law_store)
    lost = []
    for document in law_store.documents():
        for clause in law_store.clauses(document.id):
            citation = citation_of(clause, document, with_text=False)
            if clause.label not in ("题头", "落款", "转发通知") and clause.id not in [
                match.id for match in finder.lookup(citation).matches
            ]:
                lost.append((clause.id, citation))
    assert lost == []


def test_a_citation_with_text_quotes_the_clause_without_its_number(law_store: ClauseStore) -> None:
    clause = law_store.clause("民法典婚姻家庭编解释（一）:一/第二条")
    document = law_store.document(clause.document_id)
    assert citation_of(clause, document, with_text=True) == (
        "《最高人民法院关于适用《中华人民共和国民法典》婚姻家庭编的解释（一）》第二条规定：“民法典第一千零四十二条、"
        "第一千零七十九条、第一千零九十一条规定的‘与他人同居’的情形，是指有配偶者与婚外异性，不以夫妻名义，持续、稳定地共同居住。”"
    )
    assert own_words(law_store.clause("dalian:六/（十九）")).startswith("加强组织领导。")
