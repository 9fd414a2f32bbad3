import numpy as np
import pytest

from index import fusion
from index.fusion import Channels, Network, Unit, dense_scores, fuse


def channels(**given: list[float]) -> Channels:
    """Channels of as many candidates as the longest list; what is not given is the same for all."""
    n = max(map(len, given.values()))
    names = ("clause", "sentence", "text", "title", "headings")
    scores = {name: np.asarray(given.get(name, [0.5] * n), np.float32) for name in names}
    return Channels(
        **scores,
        documents=np.asarray(given.get("documents", range(n)), np.int32),
        places=np.asarray(given.get("places", [0] * n), np.int32),
        sets_scale=np.asarray(given.get("sets_scale", [True] * n), np.bool_),
        lengths=np.asarray(given.get("lengths", [100] * n), np.int32),
        numbered=np.asarray(given.get("numbered", [True] * n), np.bool_),
        cited=np.asarray(given.get("cited", [0] * n), np.int32),
        in_law=np.asarray(given.get("in_law", [False] * n), np.bool_),
    )


def test_channels_are_scaled_from_the_worst_to_the_best() -> None:
    features = channels(clause=[0.70, 0.80, 0.90], text=[30, 0, 15]).features()
    assert features["clause"] == pytest.approx([0, 0.5, 1], abs=1e-5)
    assert features["text"] == pytest.approx([1, 0, 0.5])


def test_what_is_equal_is_the_best_where_there_is_anything() -> None:
    features = channels(clause=[0.4, 0.4], text=[0, 0], title=[0, 0]).features()
    assert features["clause"].tolist() == [1, 1]
    assert features["text"].tolist() == features["title"].tolist() == [0, 0]


def test_a_clause_without_rivals_scores_as_one_that_is_best_among_many() -> None:
    [alone] = fuse(channels(clause=[0.9], sentence=[0.9], text=[20], title=[3], headings=[0]))
    many = channels(
        clause=[0.9, 0.8, 0.7], sentence=[0.9, 0.8, 0.7], text=[20, 3, 0], title=[3, 3, 3], headings=[0] * 3
    )
    assert alone == pytest.approx(fuse(many)[0], abs=0.05)


def test_among_many_candidates_the_scale_begins_at_a_fixed_rank(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fusion, "DEPTH", 2)
    assert channels(clause=[0.1, 0.5, 0.9]).features()["clause"] == pytest.approx([-1, 0, 1])


@pytest.mark.parametrize("stranger", [0.1, 0.5, 5.0])
def test_what_does_not_set_the_scale_does_not_move_it(stranger: float) -> None:
    given = {"clause": [0.7, 0.8, 0.9, stranger], "title": [1, 2, 0, stranger]}
    features = channels(**given, sets_scale=[True, True, True, False]).features()
    assert features["clause"][:3] == pytest.approx([0, 0.5, 1], abs=1e-5)
    assert features["title"][:3] == pytest.approx([0.5, 1, 0])


def test_where_nothing_sets_the_scale_everything_does() -> None:
    features = channels(clause=[0.7, 0.8, 0.9], sets_scale=[False] * 3).features()
    assert features["clause"] == pytest.approx([0, 0.5, 1], abs=1e-5)


SCORES = [1.0, 0.8, 0.6, 0.0, 0.9]


def test_a_document_is_worth_the_mean_of_its_best_three_clauses() -> None:
    same = channels(clause=SCORES, sentence=SCORES, text=SCORES, documents=[7, 7, 7, 7, 3])
    assert same.features()["document"] == pytest.approx([0, 0, 0, 0, 0.3 - 0.8], abs=1e-5)


def test_documents_of_different_places_do_not_compete() -> None:
    given = {"clause": SCORES, "sentence": SCORES, "text": SCORES}
    apart = channels(**given, documents=[7, 7, 7, 7, 3], places=[0, 0, 0, 0, 1])
    assert apart.features()["document"].tolist() == [0] * 5


@pytest.mark.parametrize("channel", ["clause", "sentence", "text", "headings"])
def test_who_is_better_on_one_channel_ranks_higher(channel: str) -> None:
    first, second = fuse(channels(**{channel: [0.9, 0.3]}))
    assert first > second


def test_rules_rank_before_titles_and_signatures() -> None:
    first, second = fuse(channels(clause=[0.5, 0.5], numbered=[True, False]))
    assert first > second


def test_what_other_clauses_refer_to_ranks_higher() -> None:
    none, one, many, very_many = fuse(channels(cited=[0, 1, 20, 2000]))
    assert none < one < many == very_many


def test_a_law_ranks_before_a_regulation_that_fits_as_well() -> None:
    first, second = fuse(channels(in_law=[True, False]))
    assert first > second


def test_a_law_of_the_nation_does_not_push_back_the_policy_of_a_place() -> None:
    features = channels(in_law=[True, False, False], places=[0, 0, 1]).features()
    assert features["law"].tolist() == [0, -1, 0]


def test_dense_score_is_the_mean_of_clause_and_best_sentence() -> None:
    assert dense_scores(channels(clause=[0.8, 0.2], sentence=[0.6, 1.0])) == pytest.approx([0.7, 0.6])


NETWORK = Network(
    (Unit(2.0, 0.5, {"clause": 1.0, "text": -1.0}), Unit(-1.0, 0.0, {"clause": 0.0, "text": 3.0})), 0.25
)


def test_a_network_adds_the_tangents_of_its_sums() -> None:
    features = {"clause": np.float32([1.0, 0.0]), "text": np.float32([0.5, 0.0])}
    first, second = NETWORK.scores(features)
    assert first == pytest.approx(0.25 + 2 * np.tanh(1.0) - np.tanh(1.5))
    assert second == pytest.approx(0.25 + 2 * np.tanh(0.5))


@pytest.mark.parametrize("n", [1, 3, 40, 1000])
def test_the_score_of_a_clause_does_not_depend_on_how_many_there_are(n: int) -> None:
    random = np.random.default_rng(7)
    features = {name: random.random(2000, np.float32) for name in ("clause", "text")}
    first = {name: values[:n] for name, values in features.items()}
    assert NETWORK.scores(first).tolist() == NETWORK.scores(features)[:n].tolist()


def test_every_unit_of_the_network_that_ships_weighs_every_feature() -> None:
    features = channels(clause=[0.9]).features()
    units = Network.load(fusion.WEIGHTS).units
    assert units
    assert all(unit.features.keys() == features.keys() for unit in units)
