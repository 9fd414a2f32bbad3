import json
from pathlib import Path

import pytest

from assistant.lookup import ClauseFinder
from assistant.reference_links import Link, LinkState, ReferenceLinker, citation_counts
from corpus.library import find_sources, load
from index.store import ClauseStore
from index.store_writer import StoreWriter
from tests.small_corpus import write_corpus

CASES = Path(__file__).parent / "cases"
LINKS = json.loads((CASES / "links.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def linker(law_store: ClauseStore) -> ReferenceLinker:
    return ReferenceLinker(law_store, ClauseFinder(law_store))


def stored(folder: Path, texts: dict[str, str]) -> ClauseStore:
    with StoreWriter(folder / "clauses.sqlite") as writer:
        for source in write_corpus(folder / "texts", texts):
            writer.add(source.load())
    return ClauseStore(folder / "clauses.sqlite")


@pytest.mark.parametrize("case", LINKS, ids=lambda case: case["clause"])
def test_references_in_a_clause_lead_where_a_reader_would_go(
    linker: ReferenceLinker, law_store: ClauseStore, case: dict
) -> None:
    clause = law_store.clause(case["clause"])
    assert [as_case(clause.text, link) for link in linker.links(clause)] == case["links"]


def as_case(text: str, link: Link) -> dict:
    target = link.targets[0] if link.state is LinkState.LINKED else None
    return {
        "words": text[link.span.start : link.span.end],
        "state": link.state.value,
        "clause": target.clause_id if target else "",
        "paragraphs": list(target.paragraphs) if target else [],
        "item": target.item if target else 0,
    }


@pytest.mark.parametrize(
    ("clause", "citing"),
    [
        (
            "劳动合同法:第四章/第四十条",
            [
                "劳动合同法:第二章/第十四条",
                "劳动合同法:第二章/第二十一条",
                "劳动合同法:第四章/第四十二条",
                "劳动合同法:第四章/第四十六条",
                "劳动合同法:第五章/第二节/第六十五条",
            ],
        ),
        (
            "民法典/婚姻家庭编:第一章/第一千零四十二条",
            ["民法典婚姻家庭编解释（一）:一/第一条", "民法典婚姻家庭编解释（一）:一/第二条"],
        ),
        ("民法典/总则:第三章/第一节", ["民法典/总则:第四章/第一百零八条"]),
        ("社会保险法:题头", ["上海市医疗保障条例:第一章/第一条", "浙江省医疗保障条例:第一条"]),
        ("dalian:题头", ["dalian:转发通知"]),
        ("刑法:第二编/第二章/第一百三十三条之一", []),
    ],
)
def test_a_clause_knows_who_cites_it(
    linker: ReferenceLinker, law_store: ClauseStore, clause: str, citing: list[str]
) -> None:
    assert [item.clause_id for item in linker.cited_by(law_store.clause(clause))] == citing


def test_citing_is_the_inverse_of_linking(linker: ReferenceLinker, law_store: ClauseStore) -> None:
    for document in law_store.documents():
        for clause in law_store.clauses(document.id):
            for link in linker.links(clause):
                target = link.targets[0].clause_id if link.state is LinkState.LINKED else clause.id
                is_elsewhere = not clause.id.startswith(target)  # 本条, 本章
                if is_elsewhere and law_store.clause(target).label != "题头":
                    citing = linker.cited_by(law_store.clause(target))
                    assert clause.id in [item.clause_id for item in citing], (clause.id, target)


def test_citations_are_counted_once_for_each_citing_clause(law_store: ClauseStore) -> None:
    counts = citation_counts(law_store)
    assert counts["劳动合同法:第四章/第四十条"] == 5
    assert "刑法:第二编/第二章/第一百三十三条之一" not in counts


def test_references_to_a_whole_document_count_for_none_of_its_clauses(law_store: ClauseStore) -> None:
    assert not [id_ for id_ in citation_counts(law_store) if id_.endswith(":题头")]


def test_texts_in_force_count_and_count_for_what_is_in_force(tmp_path: Path) -> None:
    law = "中华人民共和国驿站法\n{}年1月1日 通过\n第一条 为了{}，制定本法。\n第二条 驿站应当备马。\n"
    citing = "海州市驿站办法{}\n{}年5月1日 公布\n第一条 依照《中华人民共和国驿站法》第二条备马。\n"
    texts = {
        "驿站法2010": law.format(2010, "规范驿站"),
        "驿站法2020": law.format(2020, "发展驿站"),
        "办法2011": citing.format("", 2011),
        "办法2015": citing.format("", 2015),
        "草案": citing.format("（草案）", 2021),
    }
    store = stored(tmp_path, texts)
    assert citation_counts(store) == {"驿站法2020:第二条": 1}


def test_a_document_without_a_clause_is_referred_to_in_vain(tmp_path: Path) -> None:
    texts = {
        "海州市薪酬管理办法": "\u200b\n",
        "通知": "海州市通知\n一、依照《海州市薪酬管理办法》的规定处理。\n",
    }
    assert citation_counts(stored(tmp_path, texts)) == {}


OPINION = """云岭省人民政府关于医师培养的意见
云政发〔2020〕5号
各州、市人民政府：
根据国办发〔2018〕3号和《云岭省医师条例》，提出如下意见。
一、培养
（一）招生。扩大招生规模，名额见附件2。
（二）经费。依照本意见第（一）条执行，不适用云政发〔2019〕1号第（三）条。
二、使用
（三）聘用。按照本意见二、（四）办理；（一）、（二）两类人员除外。
（四）考核。本意见第九条另有规定的除外。
附件1 名单
附件2 名额
"""
RULES = """云岭省医师条例
2021年5月1日 云岭省人民代表大会通过
第一条 为了加强管理，制定本条例。
第二条 本条例适用于全省医师。
第三条 违反前条规定的，处以罚款。
第四条 第一条至第三条的规定，参照执行。
第五条 依照前两条处理；“违反本条例第一条”的表述不再使用。
"""
AMENDING = """云岭省人民代表大会关于修改《云岭省医师条例》的决定
2022年5月1日 云岭省人民代表大会通过
第一条 将第二条修改为：“本条例适用于在本省执业的医师。”
第二条 删去第三条。
"""
TOWN = """海州市医师条例
2021年5月1日 海州市人民代表大会通过
第一条 根据《云岭省医师条例》第二条和《医师条例》第二条，制定本条例。
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[ReferenceLinker, ClauseStore]:
    texts = {"意见": OPINION, "条例": RULES, "决定": AMENDING, "海州条例": TOWN}
    store = stored(tmp_path_factory.mktemp("small"), texts)
    return ReferenceLinker(store, ClauseFinder(store)), store


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        (
            "意见:题头",
            {"云政发〔2020〕5号": "意见:题头", "国办发〔2018〕3号": "", "《云岭省医师条例》": "条例:题头"},
        ),
        ("意见:一/（一）", {"附件2": "意见:附件2"}),
        ("意见:一/（二）", {"本意见第（一）条": "意见:一/（一）", "云政发〔2019〕1号第（三）条": ""}),
        ("意见:二/（三）", {"本意见二、（四）": "意见:二/（四）"}),
        ("意见:二/（四）", {"本意见第九条": ""}),
        ("条例:第三条", {"前条": "条例:第二条"}),
        ("条例:第四条", {"第一条": "条例:第一条", "第三条": "条例:第三条"}),
        ("条例:第五条", {"前两条": "条例:第四条"}),
        ("决定:第一条", {}),
        ("决定:第二条", {}),
        ("海州条例:第一条", {"《云岭省医师条例》第二条": "条例:第二条", "《医师条例》第二条": ""}),
    ],
)
def test_documents_refer_in_fixed_forms(
    small: tuple[ReferenceLinker, ClauseStore], clause: str, expected: dict[str, str]
) -> None:
    linker, store = small
    text = store.clause(clause).text
    links = linker.links(store.clause(clause))
    assert {
        text[link.span.start : link.span.end]: link.targets[0].clause_id if link.targets else ""
        for link in links
    } == expected


def test_ranges_and_relative_references_count_as_citing(small: tuple[ReferenceLinker, ClauseStore]) -> None:
    linker, store = small
    citing = [item.clause_id for item in linker.cited_by(store.clause("条例:第二条"))]
    assert citing == ["条例:第三条", "条例:第四条", "海州条例:第一条"]


NOTICE = """云岭省卫生健康委员会关于依法执业的通知
2024年5月1日
一、《妇女权益保障法》（2018年修正）第二十条，《妇女权益保障法》第二十条
二、违反执业医师法第十四条、有医师法第十四条情形的，适用合同法第五十二条
"""


@pytest.fixture(scope="module")
def notice(tmp_path_factory: pytest.TempPathFactory) -> tuple[ReferenceLinker, ClauseStore]:
    """A notice beside a few laws."""
    folder = tmp_path_factory.mktemp("notice")
    write_corpus(folder / "texts", {"通知": NOTICE})
    with StoreWriter(folder / "clauses.sqlite") as writer:
        for source in find_sources([CASES / "laws", folder / "texts"]):
            writer.add(load(source))
    store = ClauseStore(folder / "clauses.sqlite")
    return ReferenceLinker(store, ClauseFinder(store)), store


def test_a_reference_means_the_version_of_its_time_or_the_one_that_it_states(
    notice: tuple[ReferenceLinker, ClauseStore],
) -> None:
    linker, store = notice
    [stated, current] = linker.links(store.clause("通知:一"))
    assert stated.is_to("妇女权益保障法(2018-10-26):第三章/第二十条")
    assert current.is_to("妇女权益保障法(2022-10-30):第三章/第二十条")


def test_names_of_which_a_known_one_is_only_the_end_are_not_in_the_corpus(
    notice: tuple[ReferenceLinker, ClauseStore],
) -> None:
    linker, store = notice
    clause = store.clause("通知:二")
    links = {clause.text[link.span.start : link.span.end]: link.state for link in linker.links(clause)}
    assert links == {
        "执业医师法第十四条": LinkState.ABSENT,
        "医师法第十四条": LinkState.LINKED,
        "合同法第五十二条": LinkState.ABSENT,
    }
