"""The command ``lookup``: what scripts rely on, and what people are shown."""

from pathlib import Path

import pytest

from tests.commands import Command, run_process

CLAUSE = ["clause", "label", "document", "number", "region", "status", "text"]


@pytest.mark.parametrize(
    ("reference", "clause"),
    [
        ("大政办发〔2018〕159号（十七）", "dalian:五/（十七）"),
        ("大连文件第十七条", "dalian:五/（十七）"),
        ("吉林方案第12条", "jilin:四/（三）/12"),
        ("瓦政办发〔2018〕137号", "dalian:转发通知"),
    ],
)
def test_lookup_gives_the_clause_that_a_reference_names(
    data_folder: Path, reference: str, clause: str
) -> None:
    ran = run_process("lookup", reference, "--json", "--data", data_folder)
    assert ran.status == 0
    assert {"query", "matches", "nearest"} <= ran.json.keys()
    assert ran.json["query"] == reference
    assert [match["clause"] for match in ran.json["matches"]] == [clause]
    assert set(CLAUSE) <= ran.json["matches"][0].keys()
    assert ran.err == ""


def test_a_clear_clause_comes_with_its_context_and_its_citation(data_folder: Path, command: Command) -> None:
    found = command("lookup", "大连意见题头", "--json", "--data", data_folder).json
    assert [item["clause"] for item in found["context"]["cited_by"]] == ["dalian:转发通知"]
    assert [item["number"] for item in found["context"]["bases"]] == [
        "国办发〔2018〕3号",
        "辽政办发〔2018〕16号",
    ]
    assert found["context"]["next"] == "dalian:一/（一）"
    assert found["matches"][0]["citation"].endswith("的意见》（大政办发〔2018〕159号）")
    assert command("lookup", "第十二条", "--json", "--data", data_folder).json["context"] is None


def test_people_are_shown_who_carries_a_clause_out_and_who_cites_it(
    data_folder: Path, command: Command
) -> None:
    assert "牵头单位：市卫生计生委\n" in command("lookup", "大连意见（五）", "--data", data_folder).out
    shown = command("lookup", "大连意见题头", "--data", data_folder).out
    assert "引用它的条款（1）：\n- dalian:转发通知" in shown


def test_an_ambiguous_reference_lists_its_candidates(data_folder: Path, command: Command) -> None:
    ran = command("lookup", "第十二条", "--data", data_folder)
    assert ran.status == 0
    assert "可以指 2 个条款" in ran.out
    assert "dalian:四/（十二）" in ran.out
    assert "jilin:四/（三）/12" in ran.out


def test_an_unknown_reference_names_the_nearest_and_does_not_hold(
    data_folder: Path, command: Command
) -> None:
    ran = command("lookup", "大连意见第三十条", "--json", "--data", data_folder)
    assert ran.status == 1
    assert ran.json["matches"] == []
    assert ran.json["nearest"][0]["clause"] == "dalian:六/（二十三）"
    shown = command("lookup", "大连意见第三十条", "--data", data_folder)
    assert shown.status == 1
    assert "没有找到“大连意见第三十条”" in shown.out
    assert "dalian:六/（二十三）" in shown.out
