"""The contracts of ``ask`` and ``ingest``: what scripts rely on."""

import json
import re
from pathlib import Path

import pytest

from tests.commands import ANSWER, PROJECT, Command, Ran, fresh_copy, run_process

CITATION = ["n", "clause", "document", "number", "label", "region", "status", "quote", "start", "end"]
STEPS = ["understand", "retrieve", "compose", "verify", "total"]

LAW = "云岭省乡村医生管理办法\n第一条 乡村医生聘期为四年。\n第二条 乡村医生每月补贴三百元。\n"
PLAN = "云岭省全科医生培训方案\n一、培训\n（一）时间。培训为期两年。\n（二）地点。培训在省级基地进行。\n"


def squeezed(text: str) -> str:
    """``text`` without white space and page numbers."""
    return re.sub(r"\s+", "", re.sub(r"\n\s*\d+\s*\n", "", text))


@pytest.fixture(scope="module")
def asked(data_folder: Path) -> Ran:
    question = "乡镇卫生院的全科医生在什么条件下可以直接取得副高职称？"
    return run_process("ask", question, "--json", "--data", data_folder)


def test_ask_prints_the_contract_and_nothing_else_on_standard_output(asked: Ran) -> None:
    assert asked.status == 0
    assert list(asked.json) == ANSWER
    assert asked.json["status"] == "answered"
    assert [list(citation) for citation in asked.json["citations"]] == [CITATION] * len(
        asked.json["citations"]
    )
    assert list(asked.json["timings_ms"]) == STEPS
    assert asked.json["timings_ms"]["total"] > 0


def test_every_claim_points_to_citations_that_are_there(asked: Ran) -> None:
    numbers = [citation["n"] for citation in asked.json["citations"]]
    assert numbers == sorted(set(numbers))
    assert asked.json["claims"]
    for claim in asked.json["claims"]:
        assert list(claim) == ["text", "citations"]
        assert claim["citations"]
        assert set(claim["citations"]) <= set(numbers)
        assert claim["text"] in asked.json["text"]


def test_offsets_lead_to_the_quote_in_the_source(asked: Ran) -> None:
    assert {citation["clause"] for citation in asked.json["citations"]} == {
        "dalian:五/（十七）",
        "jilin:四/（五）/23",
    }
    for citation in asked.json["citations"]:
        source = PROJECT / "corpus" / "texts" / f"{citation['clause'].partition(':')[0]}.txt"
        text = source.read_bytes().decode()
        assert squeezed(text[citation["start"] : citation["end"]]) == squeezed(citation["quote"])


def test_retrieved_is_in_rank_order_and_deep_enough(asked: Ran) -> None:
    retrieved = asked.json["retrieved"]
    assert len(retrieved) >= 10
    assert len({ranked["clause"] for ranked in retrieved}) == len(retrieved)
    scores = [ranked["score"] for ranked in retrieved]
    assert scores == sorted(scores, reverse=True)


def test_ask_keeps_to_a_region(data_folder: Path, command: Command) -> None:
    answer = command(
        "ask", "每万名居民要有几名全科医生？", "--region", "吉林", "--json", "--data", data_folder
    ).json
    assert {citation["region"] for citation in answer["citations"]} == {"吉林省"}
    assert {ranked["clause"].partition(":")[0] for ranked in answer["retrieved"]} == {"jilin"}


def test_ask_goes_on_from_a_history(data_folder: Path, command: Command, tmp_path: Path) -> None:
    turns = [
        {"role": "user", "content": "大连的全科医生在什么条件下可以直接取得副高职称？"},
        {"role": "assistant", "content": "连续工作满10年。"},
    ]
    history = tmp_path / "history.json"
    history.write_text(json.dumps(turns, ensure_ascii=False), encoding="utf-8")
    ran = command("ask", "那吉林呢？", "--history", history, "--json", "--data", data_folder)
    assert {citation["clause"] for citation in ran.json["citations"]} == {"jilin:四/（五）/23"}


def test_ask_for_people_names_each_document_with_place_and_status(
    data_folder: Path, command: Command
) -> None:
    ran = command("ask", "吉林方案第23条说了什么？", "--data", data_folder)
    assert ran.status == 0
    assert ran.out.startswith("【吉林省·征求意见稿】")
    last = ran.out.splitlines()[-1]
    assert (
        last == "[1] 《关于改革完善全科医生培养与使用激励机制的实施方案》 四、（五）23 · 吉林省 · 征求意见稿"
    )


def test_a_declined_answer_is_done_and_holds_no_claims(data_folder: Path, command: Command) -> None:
    ran = command("ask", "沈阳的全科医生怎么评副高？", "--json", "--data", data_folder)
    assert ran.status == 0
    assert (ran.json["status"], ran.json["claims"], ran.json["citations"]) == ("not_found", [], [])


def changes(ran: Ran) -> dict[str, str]:
    assert ran.status == 0
    assert list(ran.json) == ["sources", "embedded", "rebuilt"]
    return {source["source"]: source["change"] for source in ran.json["sources"]}


def test_ingest_adds_updates_and_removes_and_does_nothing_twice(
    data_folder: Path, command: Command, tmp_path: Path
) -> None:
    data = fresh_copy(data_folder, tmp_path / "data")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "law.txt").write_text(LAW, encoding="utf-8")
    added = command("ingest", corpus, "--json", "--data", data)
    assert changes(added) == {"dalian": "removed", "jilin": "removed", "law": "added"}
    assert added.json["embedded"] > 0

    again = command("ingest", corpus, "--json", "--data", data)
    assert changes(again) == {"law": "unchanged"}
    assert (again.json["embedded"], again.json["rebuilt"]) == (0, False)

    (corpus / "law.txt").write_text(LAW.replace("四年", "五年"), encoding="utf-8")
    (corpus / "plan.txt").write_text(PLAN, encoding="utf-8")
    assert changes(command("ingest", corpus, "--json", "--data", data)) == {"law": "updated", "plan": "added"}
    assert "五年" in command("lookup", "乡村医生管理办法第一条", "--data", data).out

    (corpus / "law.txt").unlink()
    shown = command("ingest", corpus, "--data", data)
    assert "移除  law" in shown.out
    assert "共 1 个来源" in shown.out
    assert command("lookup", "乡村医生管理办法第一条", "--data", data).status == 1


def test_wrong_usage_says_how_to_get_help(command: Command) -> None:
    ran = run_process("ask", "--nope", "特岗聘期几年？")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "用法不对：不认识“--nope”；请看 python -m assistant --help\n"
    assert command("ask").err == "用法不对：缺少 QUESTION；请看 python -m assistant ask --help\n"
