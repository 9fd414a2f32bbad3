"""Scoring an encoder: the search of the product with any vectors, and what it leaves for fitting the fusion."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from safetensors.torch import save_file

from assistant.evaluation.sets.cases import Case, GoldClause, load_cases
from assistant.reference_links import citation_counts
from corpus import library
from index import bundled_encoder
from index.arrays import ClauseFacts, write_positions
from index.encoder import BUNDLED_PLAIN, Encoder
from index.fusion import Network
from index.manifest import FILE
from index.model import EncoderChoice, PendingSource
from index.passages import SPLIT_FROM
from index.updating import update
from training import train
from training.collection import Collection
from training.measuring import save_considered
from training.questions import Fold
from training.recipe import Recipe, Stage
from training.rows import Pair
from training.scoring import Asked, Searchable
from training.vectors import ExactArrays

TEXTS = Path(__file__).parent.parent / "corpus" / "texts"
CASES = Path(__file__).parent / "cases"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return Encoder.load(BUNDLED_PLAIN, tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def searched_folder(tmp_path_factory: pytest.TempPathFactory, plain: Encoder) -> Path:
    """The policies beside laws of the nation and of two places, with vectors of the plain encoder."""
    names = ("工伤保险条例", "上海市医疗保障条例", "浙江省医疗保障条例")
    files = library.find_sources([TEXTS, *(CASES / "laws" / f"{name}.md" for name in names)])
    sources = [PendingSource(file.id, library.digest(file), partial(library.load, file)) for file in files]
    folder = tmp_path_factory.mktemp("searched")
    update(
        folder,
        sources,
        EncoderChoice(BUNDLED_PLAIN, lambda: plain),
        lambda stage, done, total: None,
        references=citation_counts,
    )
    return folder


@pytest.fixture(scope="module")
def searchable(searched_folder: Path) -> Searchable:
    return Searchable(searched_folder)


def some_cases() -> list[Case]:
    return [case for case in load_cases(CASES / "policies.jsonl") if case.answerable][:40:8]


OF_PLACES = [
    "公司什么时候可以辞退我？",
    "上班路上出车祸算工伤吗？",
    "上海市职工医保的缴费基数怎么定？",
    "浙江省参保人员异地就医怎么报销？",
    "大连市乡镇卫生院的全科医生怎样取得副高职称？",
]
GOLD = (GoldClause(doc="工伤保险条例", clause="第十四条"),)


def write_questions(file: Path, cases: list[Case]) -> None:
    lines = [case.model_dump_json(exclude_defaults=True) for case in cases]
    file.write_text("\n".join(lines), encoding="utf-8")


def of_places() -> list[Case]:
    return [Case(id=text, question=text, gold=GOLD) for text in OF_PLACES]


@pytest.mark.parametrize(("first", "few"), [(600, 8000), (12, 8000), (12, 5)])
def test_scores_are_those_of_the_products_search(
    searchable: Searchable, plain: Encoder, monkeypatch: pytest.MonkeyPatch, first: int, few: int
) -> None:
    monkeypatch.setattr("index.searching._CANDIDATES", first)
    monkeypatch.setattr("index.searching._FULL_SCAN", few)
    monkeypatch.setattr("index.fusion.DEPTH", first)
    shares, differing, either = [], [], 0
    for asked in searchable.asked([*some_cases(), *of_places()]):
        query, _ = searchable.assistant.search(asked.case.as_question())
        search = searchable.assistant.retriever.search_for(query)
        ids, features = searchable.assistant.index.features(search.topic, search.where, search.words)
        found = searchable.search(asked, plain.encode_queries([asked.topic])[0], searchable.plain)
        differing.append(set(found.clauses) ^ set(ids))
        either += len({*found.clauses, *ids})
        for name, values in features.items() if found.clauses == ids else ():
            assert found.features[name] == pytest.approx(values, abs=1e-3), name
        shares.append(len(ids) / asked.allowed.sum())
    assert sum(map(len, differing)) <= 0.1 * either  # half precision and ChromaDB, just at the cut-off
    assert sum(map(bool, differing)) <= len(differing) // 2
    is_cut = [share < 1 for share in shares]
    assert (any(is_cut), all(is_cut)) == (first < 600, few < 10)


def test_a_short_clause_is_found_by_its_own_vector_only(tmp_path: Path) -> None:
    lengths = (SPLIT_FROM, SPLIT_FROM + 1, SPLIT_FROM + 1)  # the first shares its vector with its sentence
    write_positions(tmp_path, [ClauseFacts("", 0, length, True, 1) for length in lengths], {})
    np.save(tmp_path / "clauses.npy", np.float16([[1, 0], [0, 1], [0, 1]]))
    np.save(tmp_path / "sentences.npy", np.float16([[1, 0], [0.8, 0.6], [0.6, 0.8]]))
    by_clause, by_sentence = ExactArrays(tmp_path).nearest(np.arange(3), np.float32([1, 0]), 1)
    assert (by_clause.tolist(), by_sentence.tolist()) == ([0], [1])


def test_vectors_of_the_plain_encoder_are_those_of_the_index(
    searchable: Searchable, plain: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.scoring.NEAR", len(searchable.passages))
    asked = searchable.asked(some_cases())
    again = searchable.vectors(plain, tmp_path, asked)
    vector = plain.encode_queries([asked[0].topic])[0]
    one, other = (searchable.search(asked[0], vector, arrays) for arrays in (searchable.plain, again))
    assert one.clauses == other.clauses
    assert {n: f.tolist() for n, f in one.features.items()} == {
        n: f.tolist() for n, f in other.features.items()
    }


def sentence_scores(searchable: Searchable, encoder: Encoder, folder: Path, asked: list[Asked]) -> np.ndarray:
    vector = encoder.encode_queries([asked[0].topic])[0]
    every = np.arange(len(searchable.passages))
    return searchable.vectors(encoder, folder, asked).best_sentence_scores(every, vector)


def test_the_plain_and_the_trained_encoder_take_the_same_shortcut(
    searchable: Searchable, plain: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.scoring.NEAR", 5)
    asked = searchable.asked(some_cases()[:1])
    vector = plain.encode_queries([asked[0].topic])[0]
    short = sentence_scores(searchable, plain, tmp_path / "plain", asked)
    every = np.arange(len(searchable.passages))
    own, shared = (
        scores(every, vector)
        for scores in (searchable.plain.best_sentence_scores, searchable.plain.clause_scores)
    )
    is_near = ~np.isclose(short, shared, atol=1e-5)
    assert 1 <= is_near.sum() <= 5
    assert short[is_near] == pytest.approx(own[is_near], abs=1e-5)
    monkeypatch.setattr("training.scoring.is_plain", lambda encoder: False)
    encoded = sentence_scores(searchable, plain, tmp_path / "trained", asked)
    assert encoded == pytest.approx(short, abs=2e-3)


def test_an_interrupted_scoring_goes_on_with_what_is_whole(
    searchable: Searchable, plain: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = searchable.asked(some_cases()[:1])
    with monkeypatch.context() as patched:
        patched.setattr("training.scoring.is_plain", lambda encoder: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            searchable.vectors(plain, tmp_path, asked)
        patched.setattr("training.scoring.is_plain", lambda encoder: True)
        patched.setattr(Searchable, "_sentences", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            searchable.vectors(plain, tmp_path, asked)
    assert {file.name for file in tmp_path.glob("*.npy")} == {"starts.npy", "facts.npy", "clauses.npy"}
    whole = searchable.vectors(plain, tmp_path, asked)
    assert np.array_equal(whole.sentences(3), searchable.plain.sentences(3))


def test_a_quick_measurement_keeps_all_answers_and_half_of_it_is_chance(
    searchable: Searchable, plain: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = searchable.asked(some_cases())
    asked, again = (searchable.narrowed(every, plain, 60) for _ in range(2))
    assert asked[0].positions.tolist() == again[0].positions.tolist()
    vector = plain.encode_queries([asked[0].case.question])[0]
    near = searchable.nearest(asked[0], vector, searchable.plain, 60)
    assert len(near) == len(set(near)) == len(asked[0].positions) == 60
    answers = [gold.clause for question in asked for gold in question.case.gold]
    [fewest, *_] = searchable.narrowed(every, plain, 2)
    assert len(fewest.positions) >= len(answers)
    among = {searchable.passages[at].clause.path for at in asked[0].positions}
    assert {answer.split("#")[0] for answer in answers} <= among
    of_laws = [at for at in asked[0].positions if "条例" in searchable.passages[at].title]
    assert 5 <= len(of_laws) <= 30
    found = searchable.search(asked[0], vector, searchable.plain)
    assert set(found.clauses) <= set(near)


@pytest.mark.parametrize(("doc", "article"), [("驿站办法", "第一条"), ("工伤保险条例", "第九百条")])
def test_a_question_whose_answer_the_folder_lacks_is_named_before_anything_is_learnt(
    searched_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, doc: str, article: str
) -> None:
    stray = Case(id="q1", question="什么时候施行？", gold=(GoldClause(doc=doc, clause=article),))
    questions = tmp_path / "questions.jsonl"
    write_questions(questions, [stray])
    folders = {"laws": searched_folder, "policies": searched_folder, "out": tmp_path / "out"}
    arguments = [text for name, folder in folders.items() for text in (f"--{name}", str(folder))]
    monkeypatch.setattr("sys.argv", ["train", *arguments, "--questions", str(questions)])
    with pytest.raises(
        SystemExit, match=f"question q1 is answered by {doc} {article}, which .* lacks: name a folder"
    ):
        train.main()
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").rglob("*.json"))


def test_vectors_of_another_encoder_are_refused(searched_folder: Path, tmp_path: Path) -> None:
    generation = tmp_path / "generations" / "000001"
    generation.mkdir(parents=True)
    (tmp_path / "current").write_text("000001", encoding="utf-8")
    [file] = searched_folder.glob(f"generations/*/{FILE}")
    manifest = file.read_text("utf-8").replace(bundled_encoder.digest(), "0" * 64)
    (generation / FILE).write_text(manifest, encoding="utf-8")
    with pytest.raises(ValueError, match="ingest with POLICY_ENCODER=bundled-plain"):
        Searchable(tmp_path)


def test_the_fusion_is_fitted_on_what_the_folds_have_considered(
    searchable: Searchable,
    plain: Encoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = searchable.asked(some_cases())
    vectors = plain.encode_queries([question.topic for question in asked])
    found = [searchable.search(q, v, searchable.plain) for q, v in zip(asked, vectors, strict=True)]
    files = [tmp_path / "one.npz", tmp_path / "two.npz"]
    save_considered(files[0], asked[:3], found[:3])
    save_considered(files[1], asked[3:], found[3:])
    monkeypatch.syspath_prepend(Path(__file__).parent.parent / "benchmarks")
    import fuse

    with pytest.raises(ValueError, match=r"policies_extra\.jsonl has no question "):
        list(fuse.rankings_saved(CASES / "policies_extra.jsonl", files))
    for damaged in (b"", files[0].read_bytes()[:999]):
        (tmp_path / "cut.npz").write_bytes(damaged)
        with pytest.raises(ValueError, match=r"cut\.npz is damaged or holds no rankings"):
            list(fuse.rankings_saved(CASES / "policies.jsonl", [tmp_path / "cut.npz"]))
    rankings = list(fuse.rankings_saved(CASES / "policies.jsonl", files))
    assert [ranking.case for ranking in rankings] == [question.case for question in asked]
    assert all(ranking.is_gold.any() for ranking in rankings)
    assert rankings[4].features["clause"] == pytest.approx(found[4].features["clause"])
    written = tmp_path / "fusion.toml"
    monkeypatch.setattr(fuse, "WEIGHTS", written)
    options = ["--considered", str(CASES / "policies.jsonl"), *map(str, files), "--write"]
    monkeypatch.setattr("sys.argv", ["fuse", *options])
    fuse.main()
    assert f"policies.jsonl, cross-validated | {len(asked)} |" in capsys.readouterr().out
    network = Network.load(written)
    best = [int(network.scores(ranking.features).argmax()) for ranking in rankings]
    assert all(ranking.is_gold[at] for ranking, at in zip(rankings, best, strict=True))


class Learning:
    """A training that learns one number of each matrix: its seed. It notes what it would read."""

    read: ClassVar[dict[str, list[list[Pair]]]] = {}

    def __init__(
        self, _collection: Collection, _recipe: Recipe, seed: int, _plain: Path, folder: Path, _: Any
    ):
        self._seed, self._folder = seed, folder

    def run(self, stages: list[list[Pair]]) -> Path:
        self.read[self._folder.name] = stages
        low = torch.full((1, 1), float(self._seed))
        state = {"layer.lora_A.weight": low, "layer.lora_B.weight": torch.ones(1, 1)}
        save_file(state, self._folder / "stage-1.safetensors")
        return self._folder / "stage-1.safetensors"


def test_a_run_averages_what_each_seed_learns_of_its_own_pairs(
    searchable: Searchable, searched_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "Training", Learning)
    stages = (Stage(questions=1, pairs={"conditions": 3}),)
    recipe = Recipe.load().model_copy(update={"seeds": (1, 2), "scale": 0.5, "stages": stages})
    run = train.Run(recipe, searchable, searchable, tmp_path / "run")
    questions = tmp_path / "questions.jsonl"
    write_questions(questions, of_places())
    run.claim(Fold(), questions)
    adapter = run.train(searched_folder, of_places())
    made, asked = (
        [
            {pair.query for [stage] in [Learning.read[f"seed-{seed}"]] for pair in stage if pair.kind == kind}
            for seed in (1, 2)
        ]
        for kind in ("conditions", "questions")
    )
    assert [len(queries) for queries in made] == [3, 3]
    assert made[0] != made[1]
    assert asked[0] == asked[1]
    tensors = load_file(adapter)
    assert tensors["layer.weight.B"] @ tensors["layer.weight.A"] == recipe.lora.scaling * 0.5 * (1 + 2) / 2
    with pytest.raises(ValueError, match="holds a run that differs in fold"):
        run.claim(Fold(1), questions)
