"""Bad input and damaged data: one clear line, or a rebuild from the sources; never a traceback."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.corpus_keeper import keep_in_step
from assistant.settings import load_settings
from tests.commands import Command, Ran, fresh_copy, run_process

SET = "tests/cases/policies.jsonl"
LAW = "云岭省乡村医生管理办法\n第一条 乡村医生聘期为四年。\n第二条 乡村医生每月补贴三百元。\n"
TRICKS = "<script>alert(1)</script> [点我](javascript:alert(2)) **粗体** `代码` | 表 |"


def is_explained(ran: Ran, *parts: str) -> bool:
    """Whether it ended with one line that holds the parts, in the form ``reason；remedy``."""
    is_one_line = ran.err.count("\n") == 1 and "Traceback" not in ran.err
    return ran.status == 2 and not ran.out and is_one_line and all(part in ran.err for part in (*parts, "；"))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "law.txt").write_text(LAW, encoding="utf-8")
    return folder


@pytest.fixture
def data(data_folder: Path, corpus: Path, command: Command, tmp_path: Path) -> Path:
    """A data folder of the test's own, with one small law."""
    folder = fresh_copy(data_folder, tmp_path / "data")
    assert command("ingest", corpus, "--data", folder).status == 0
    return folder


def still_works(data: Path, command: Command) -> bool:
    ran = command("lookup", "乡村医生管理办法第一条", "--data", data)
    return ran.status == 0 and "聘期为四年" in ran.out and ran.err == ""


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["frobnicate"], ["frobnicate", "ingest", "--help"]),
        ([], ["COMMAND", "--help"]),
        (["ask", ""], ["问题是空的", "请输入"]),
        (["ask", " \n\u3000"], ["问题是空的", "请输入"]),
        (["ask", "全" * 20_000], ["20,000", "4,000", "请只保留"]),
        (["ask", "全科\udcff医生"], ["无法识别的字符", "UTF-8", "请检查"]),
        (["lookup", "第\udcff条"], ["无法识别的字符", "UTF-8", "请检查"]),
        (["ask", "特岗聘期几年？", "--history", "no-such.json"], ["no-such.json", "请检查路径"]),
        (["ask", "特岗聘期几年？", "--region", "火星"], ["火星", "请写"]),
        (["lookup", "  "], ["空的", "请写明"]),
        (["ingest", "no-such-folder"], ["no-such-folder", "不存在", "请检查"]),
        (["evaluate", "no-such.jsonl"], ["no-such.jsonl", "请检查路径"]),
        (["evaluate", "README.md"], [".md", "请用 .jsonl"]),
        (["evaluate", SET, "--baseline", "no-such"], ["no-such", "setup.json", "--out"]),
        (["evaluate", SET, "--gates", "no-such.toml"], ["no-such.toml", "请检查路径"]),
        (["evaluate", SET, "--out", "README.md/run"], ["README.md/run", "请换一个"]),
        (["serve", "--port", "abc"], ["--port", "abc", "不是整数"]),
    ],
)
def test_wrong_usage_is_one_line(arguments: list[str], parts: list[str], data_folder: Path) -> None:
    assert is_explained(run_process(*arguments, POLICY_DATA=str(data_folder)), *parts)


@pytest.mark.parametrize("port", ["abc", "99999"])
def test_a_setting_without_sense_is_named(port: str, data_folder: Path) -> None:
    ran = run_process("lookup", "第十二条", "--data", data_folder, POLICY_PORT=port)
    assert is_explained(ran, port, "POLICY_PORT")


def test_an_unknown_encoder_is_named_and_the_index_stays(data: Path, command: Command) -> None:
    offline = {"HF_HUB_OFFLINE": "1", "POLICY_ENCODER": "no-such/model"}
    ran = run_process("ask", "乡村医生聘期几年？", "--data", data, **offline)
    assert (ran.status, ran.out) == (2, "")
    assert "Traceback" not in ran.err
    assert "无法载入向量模型“no-such/model”" in ran.err.splitlines()[-1]
    assert "bundled" in ran.err.splitlines()[-1]
    assert still_works(data, command)


@pytest.mark.parametrize(
    "content", ["{", "{}", "[1]", '[{"role": "user"}]', '[{"role": "bot", "content": "好"}]', "\udcff"]
)
def test_a_history_of_another_form_is_refused(content: str, command: Command, tmp_path: Path) -> None:
    file = tmp_path / "history.json"
    file.write_bytes(content.encode(errors="surrogateescape"))
    assert is_explained(command("ask", "那吉林呢？", "--history", file), str(file), "请写成")


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("bad.txt", b"", ["是空的", "请放入"]),
        ("bad.txt", b" \r\n\t", ["是空的", "请放入"]),
        ("bad.txt", bytes(range(256)) * 20, ["不是文本", "请另存为"]),
        ("law.md", LAW.encode(), ["“law”重复", "law.txt", "请改名"]),
        ("catalog.toml", b"[law\n", ["不是有效的 TOML", "请按行修正"]),
        ("catalog.toml", "[law]\n颜色 = '红'\n".encode(), ["TOML"]),
        ("catalog.toml", b"[law]\ncolour = 'red'\n", ["colour", "可用字段"]),
        ("catalog.toml", "[law]\nstatus = '好'\n".encode(), ["status “好”无效", "可用"]),
        ("catalog.toml", b"law = 1\n", ["“law”不是表", "请写成"]),
    ],
)
def test_a_bad_file_is_named_and_the_old_index_goes_on(
    name: str, content: bytes, parts: list[str], data: Path, corpus: Path, command: Command
) -> None:
    (corpus / name).write_bytes(content)
    assert is_explained(command("ingest", corpus, "--data", data), name.partition(".")[0], *parts)
    assert still_works(data, command)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_other_encodings_are_read_right(encoding: str, data: Path, corpus: Path, command: Command) -> None:
    (corpus / "law.txt").write_bytes(LAW.encode(encoding))
    assert command("ingest", corpus, "--data", data).status == 0
    match = command("lookup", "乡村医生管理办法第二条", "--json", "--data", data).json["matches"]
    assert [item["text"] for item in match] == ["第二条 乡村医生每月补贴三百元。"]


def test_markup_in_a_text_comes_out_as_it_stands(data: Path, corpus: Path, command: Command) -> None:
    (corpus / "law.txt").write_text(f"{LAW}第三条 乡村医生津贴按月发放{TRICKS}。\n", encoding="utf-8")
    assert command("ingest", corpus, "--data", data).status == 0
    answer = command("ask", "乡村医生津贴怎么发放？", "--json", "--data", data).json
    assert TRICKS in answer["text"]
    assert any(TRICKS in citation["quote"] for citation in answer["citations"])


def index_of(data: Path) -> Path:
    return data / "generations" / (data / "current").read_text(encoding="utf-8").strip()


def truncated(name: str) -> Callable[[Path], None]:
    def damage(data: Path) -> None:
        file = index_of(data) / name
        file.write_bytes(file.read_bytes()[:100])

    return damage


def altered_manifest(field: str, value: str) -> Callable[[Path], None]:
    def damage(data: Path) -> None:
        file = index_of(data) / "manifest.json"
        content = json.loads(file.read_text(encoding="utf-8"))
        assert content[field] != value
        file.write_text(json.dumps(content | {field: value}), encoding="utf-8")

    return damage


def without_vectors(data: Path) -> None:
    for folder in index_of(data).glob("vectors-*"):
        shutil.rmtree(folder)


def with_garbage_for_a_manifest(data: Path) -> None:
    (index_of(data) / "manifest.json").write_text("垃圾", encoding="utf-8")


DAMAGES = {
    "truncated store": (truncated("clauses.sqlite"), "clauses.sqlite", "lookup"),
    "garbage manifest": (with_garbage_for_a_manifest, "manifest.json", "lookup"),
    "no manifest": (lambda data: (index_of(data) / "manifest.json").unlink(), "manifest.json", "lookup"),
    "emptied pointer": (lambda data: (data / "current").write_text(""), "没有指向任何索引", "lookup"),
    "no generations": (lambda data: shutil.rmtree(data / "generations"), "没有指向任何索引", "lookup"),
    "older format": (altered_manifest("format", "0-old"), "格式是 0-old", "lookup"),
    "other encoder": (altered_manifest("encoder", "bge"), "“bge”", "lookup"),
    "other dictionary": (altered_manifest("dictionary_digest", "0" * 64), "分词词典", "lookup"),
    "other weights": (altered_manifest("encoder_digest", "0" * 64), "权重", "ask"),
    "no vectors": (without_vectors, "vectors-", "ask"),
    "truncated array": (truncated("arrays/sentences.npy"), "sentences.npy", "ask"),
}
SAMPLES = {"lookup": "乡村医生管理办法第一条", "ask": "乡村医生聘期几年？"}


@pytest.mark.parametrize(("damage", "reason", "verb"), DAMAGES.values(), ids=DAMAGES)
def test_a_data_folder_that_is_not_fit_is_rebuilt_from_the_sources(
    damage: Callable[[Path], None], reason: str, verb: str, data: Path, command: Command
) -> None:
    damage(data)
    ran = command(verb, SAMPLES[verb], "--data", data)
    assert ran.status == 0
    assert "聘期为四年" in ran.out
    assert reason in ran.err
    assert "正在从政策文件重建" in ran.err
    again = command(verb, SAMPLES[verb], "--json", "--data", data)
    assert (again.status, again.err) == (0, "")


def test_a_process_of_its_own_rebuilds_as_well(data: Path) -> None:
    truncated("clauses.sqlite")(data)
    ran = run_process("ask", SAMPLES["ask"], "--json", "--data", data)
    assert ran.status == 0
    assert [citation["clause"] for citation in ran.json["citations"]] == ["law:第一条"]
    assert "clauses.sqlite" in ran.err
    assert "重建" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("content", ["{", "3", "null", "[1]", '{"a": 1}'])
def test_nothing_is_rebuilt_from_sources_that_are_not_known(
    content: str, data: Path, command: Command
) -> None:
    """The shipped policies must not take the place of the user's."""
    (data / "sources.json").write_text(content, encoding="utf-8")
    assert still_works(data, command)
    (data / "current").write_text("", encoding="utf-8")
    ran = command("lookup", SAMPLES["lookup"], "--data", data)
    assert (ran.status, ran.out) == (2, "")
    assert "sources.json”已损坏" in ran.err.splitlines()[-1]
    assert "请用 ingest" in ran.err.splitlines()[-1]


def test_the_index_outlives_a_folder_that_is_not_there(data: Path, corpus: Path, command: Command) -> None:
    corpus.rename(corpus.with_name("elsewhere"))
    lines: list[str] = []
    keep_in_step(load_settings(data=data), lines.append)
    assert f"路径“{corpus}”不存在" in lines[-1]
    assert still_works(data, command)
