import json
from pathlib import Path

import pytest

from assistant.comparing.names import DocumentNameError, named_document
from corpus.library import SourceFile, find_sources, load
from index.store import ClauseStore
from index.store_writer import StoreWriter
from tests.commands import PROJECT, Command, run_process

VERSIONS = Path(__file__).parent / "cases" / "versions"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ClauseStore:
    """The shipped policies and laws in two versions each."""
    file = tmp_path_factory.mktemp("library") / "clauses.sqlite"
    laws = [SourceFile(file.stem, file, None) for file in sorted(VERSIONS.glob("*).md"))]
    with StoreWriter(file) as writer:
        for source in [*find_sources([PROJECT / "corpus" / "texts"]), *laws]:
            writer.add(load(source))
    return ClauseStore(file)


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("dalian", "dalian"),
        ("dalian@转发通知", "dalian@转发通知"),
        ("大连意见", "dalian"),
        ("大连的意见", "dalian"),
        ("吉林方案", "jilin"),
        ("吉林省方案", "jilin"),
        ("大政办发〔2018〕159号", "dalian"),
        ("大政办发[2018]159号", "dalian"),
        ("159号文", "dalian"),
        ("瓦政办发〔2018〕137号", "dalian@转发通知"),
        ("《关于改革完善全科医生培养与使用激励机制的实施方案》", "jilin"),
        ("反垄断法(2007-08-30)", "反垄断法(2007-08-30)"),
        ("反垄断法2007", "反垄断法(2007-08-30)"),
        ("反垄断法（2022年修正）", "反垄断法(2022-06-24)"),
        ("2022年反垄断法", "反垄断法(2022-06-24)"),
        ("中华人民共和国立法法 2015年3月15日", "立法法(2015-03-15)"),
        ("《立法法》2023版", "立法法(2023-03-13)"),
    ],
)
def test_documents_are_found_by_what_people_call_them(library: ClauseStore, name: str, document: str) -> None:
    assert named_document(library, name).id == document


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("反垄断法", ["2 个文件", "反垄断法(2007-08-30)", "反垄断法(2022-06-24)"]),
        ("反垄断法2019", ["没有名为", "反垄断法(2007-08-30)", "反垄断法(2022-06-24)"]),
        ("全科医生培养与使用激励机制", ["2 个文件", "编号 dalian）", "jilin"]),
        ("国办发〔2018〕3号", ["没有名为"]),
        ("北京意见", ["没有名为"]),
        ("不存在的文件", ["没有名为", "编号"]),
        ("  ", ["是空的"]),
    ],
)
def test_a_name_that_is_unknown_or_unclear_lists_candidates(
    library: ClauseStore, name: str, words: list[str]
) -> None:
    with pytest.raises(DocumentNameError) as caught:
        named_document(library, name)
    assert all(word in str(caught.value) for word in words)


def test_json_tells_everything_with_offsets_in_the_sources(command: Command, data_folder: Path) -> None:
    ran = command("compare", "大连意见", "吉林方案", "--json", "--data", data_folder)
    assert ran.status == 0
    found = ran.json
    assert (found["left"]["document"], found["right"]["region"]) == ("dalian", "吉林省")
    assert found["are_versions"] is False
    assert sum(
        found["counts"][relation] for relation in ("same", "changed", "only_left", "only_right")
    ) == len(found["rows"])
    fact = next(fact for fact in found["differences"] if fact["left"] == "中级职务")
    assert (fact["kind"], fact["right"], fact["left_clause"]) == ("用语", "中级职称", "dalian:三/（九）")
    for side, file in (("left", "dalian.txt"), ("right", "jilin.txt")):
        original = (PROJECT / "corpus" / "texts" / file).read_bytes().decode("utf-8-sig")
        for row in found["rows"]:
            for change in row["changes"]:
                words = change[side]
                assert _bare(words["text"]) in _bare(original[words["start"] : words["end"]])


def _bare(text: str) -> str:
    """Without white space and the page numbers that stand in it."""
    return "".join(char for char in text if char.isalpha())


def test_people_read_the_differences_first_and_then_the_clauses(command: Command, data_folder: Path) -> None:
    ran = command("compare", "dalian", "jilin", "--data", data_folder)
    assert ran.status == 0
    table, _, clauses = ran.out.partition("条文对照")
    assert "3名以上" in table
    assert "2名以上" in table
    assert "仅吉林省有" in clauses
    assert "【低收入村和偏远海岛】" in clauses
    assert "【贫困县农村】" in clauses


def test_nothing_but_the_comparison_is_on_standard_output(data_folder: Path) -> None:
    ran = run_process("compare", "dalian", "jilin", "--json", "--data", data_folder)
    assert ran.status == 0, ran.err
    assert json.loads(ran.out)["differences"]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("大连意见", "没有的文件"), "没有名为“没有的文件”的文件"),
        (("大连意见", "159号文"), "同一份文件"),
        (("大连意见", ""), "空的"),
        (("大连意见",), "缺少 B"),
    ],
)
def test_wrong_names_are_one_clear_line(
    command: Command, data_folder: Path, names: tuple[str, ...], words: str
) -> None:
    ran = command("compare", *names, "--data", data_folder)
    assert ran.status == 2
    assert words in ran.err
    assert "Traceback" not in ran.err
    assert not ran.out
