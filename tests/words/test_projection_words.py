"""Maps of words and toy sets: which words are chosen, what is said about the rest, what is near what."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import DBSCAN

from nlpcore.errors import LearnerError
from nlpcore.words import WordVectors
from nlpcore.words.projection import MapSettings, project
from nlpcore.words.projection_quality import nearest_neighbours
from nlpcore.words.projection_toys import TOY_SETS, gaps, islands, map_toy, pieces, spreads, toy_set
from nlpcore.words.projection_words import Category, WordMap, categories, word_map
from tests.makers.words import random_vectors

CHOSEN = tuple(name for name in categories() if name not in ("colours", "weather"))


@pytest.fixture(scope="module")
def small() -> WordVectors:
    return random_vectors(400)


def mapped(vectors: WordVectors, text: str, **more: object) -> WordMap:
    return word_map(vectors, "en", "list", text=text, settings=MapSettings("pca"), **more)  # type: ignore[arg-type]


def test_a_list_keeps_order_folds_twins_and_names_the_unknown(small: WordVectors) -> None:
    trace = mapped(small, "w9, w3、W5；w3 <script> w1\nw7 😀")
    assert trace.words == ("w9", "w3", "w5", "w1", "w7")
    assert trace.ranks.tolist() == [10, 4, 6, 2, 8]
    notes = {note.code: note.params for note in trace.notes}
    assert notes["map_words_unknown"] == {"count": 2, "words": "<script>, 😀"}
    assert notes["map_words_repeated"] == {"count": 1}


def test_vectors_are_scaled_to_length_one_and_cosines_agree(small: WordVectors) -> None:
    trace = mapped(small, " ".join(f"w{i}" for i in range(40)))
    assert np.linalg.norm(trace.unit, axis=1) == pytest.approx(np.ones(40))
    a, b = small.vectors[3].astype(float), small.vectors[8].astype(float)
    assert trace.closeness("w3", "w8").cosine == pytest.approx(a @ b / np.linalg.norm(a) / np.linalg.norm(b), abs=1e-6)


def test_neighbourhood_lists_the_highest_cosines_and_counts_what_the_map_kept(small: WordVectors) -> None:
    trace = mapped(small, " ".join(f"w{i}" for i in range(60)))
    cosines = trace.unit @ trace.unit[7]
    order = [int(i) for i in np.argsort(-cosines) if i != 7][:10]
    hood = trace.neighbourhood("w7")
    assert [near.row for near in hood] == order
    assert [near.cosine for near in hood] == pytest.approx(cosines[order])
    for place, near in enumerate(hood, 1):
        assert trace.closeness("w7", near.word).original_rank == place
        assert near.kept == (near.map_rank <= 10)
    assert sum(near.kept for near in hood) / 10 == pytest.approx(trace.projection.quality.preserved[7])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "map_no_words"),
        ("  \x00 ", "map_no_words"),
        ("a", "map_too_few_known"),
        ("w1 w2 w3 w4", "map_too_few"),
        ("w1 w2 w3 w4 nowhere", "map_too_few_known"),
        ("?!.,", "map_too_few"),
        ("😀 👩‍👩‍👧", "map_too_few_known"),
        ("שלום مرحبا", "map_too_few_known"),
        ("e\u0301\u0302 " * 20, "map_too_few_known"),
    ],
)
def test_lists_that_make_no_map_say_why(small: WordVectors, text: str, code: str) -> None:
    with pytest.raises(LearnerError) as error:
        mapped(small, text)
    assert error.value.code == code


def test_a_very_long_list_is_cut_and_says_so() -> None:
    trace = mapped(random_vectors(4000, 4), " ".join(f"w{i}" for i in range(10_000)))
    assert len(trace.words) == 3000
    assert {"map_words_cut", "map_words_unknown"} <= {note.code for note in trace.notes}


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_a_map_or_a_sentence(text: str) -> None:
    try:
        trace = mapped(random_vectors(40), text)
    except LearnerError:
        return
    assert len(set(trace.words)) == len(trace.words) >= 5


def test_frequency_takes_words_in_order_without_placeholders() -> None:
    words = (",", "the", "TNUMBER", "of", "7", "and", "的", "to", "in", "it", "is")
    vectors = WordVectors("x", words, np.random.default_rng(0).normal(size=(11, 4)).astype(np.float32))
    trace = word_map(vectors, "en", "frequency", count=6, first=2, settings=MapSettings("pca"))
    assert trace.words == ("the", "of", "and", "的", "to", "in")


def test_around_starts_with_the_word_and_goes_on_by_cosine(glove: WordVectors) -> None:
    trace = word_map(glove, "en", "around", text="King", count=40, settings=MapSettings("pca"))
    assert trace.words[0] == "king"
    cosines = trace.unit @ trace.unit[0]
    assert (np.diff(cosines) <= 1e-6).all()
    assert trace.words[1] == next(n.word for n in glove.nearest("king", 5) if glove.row(n.word) < 50_000)


@pytest.mark.parametrize("text", ["", "zzzzqqq", "two words", "<b>", "a" * 10_000])
def test_around_an_unknown_word_is_said(small: WordVectors, text: str) -> None:
    with pytest.raises(LearnerError):
        word_map(small, "en", "around", text=text)


def test_no_category_is_said(small: WordVectors) -> None:
    for chosen in ((), ("nothing",)):
        with pytest.raises(LearnerError, match="map_no_category"):
            word_map(small, "en", "categories", chosen)


def test_every_category_has_words_in_both_languages(glove: WordVectors, chinese: WordVectors) -> None:
    for language, vectors in (("en", glove), ("zh", chinese)):
        every = [word for category in categories().values() for word in category.words[language]]
        assert [word for word in every if word not in vectors] == []
        assert len(every) == len(set(every))
    assert all(set(category.name) == {"en", "zh"} for category in categories().values())


@pytest.mark.parametrize(
    ("language", "pairs"),
    [("en", [("king", "queen"), ("apple", "orange")]), ("zh", [("国王", "王后"), ("苹果", "橙子")])],
)
def test_the_default_map_shows_what_is_near(
    language: str, pairs: list[tuple[str, str]], glove: WordVectors, chinese: WordVectors
) -> None:
    trace = word_map(glove if language == "en" else chinese, language, "categories", CHOSEN)
    assert 150 <= len(trace.words) <= 300
    assert set(trace.categories) == set(CHOSEN)
    for a, b in pairs:
        near = trace.closeness(a, b)
        assert near.original_rank <= 10
        # Rounding, which differs between processors and numbers of threads, leads the last steps to other maps: over five
        # seeds apple and orange, in rank 10 before, came to ranks 5 to 17 of 209. In the nearest tenth they always are.
        assert near.map_rank <= near.others / 10
    assert trace.projection.quality.trustworthiness > 0.95 > trace.projection.pca.trustworthiness + 0.1
    assert trace.projection.quality.knn_recall > 0.6 > 0.45 > trace.projection.pca.knn_recall


# -- toy sets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TOY_SETS)
def test_toy_sets_are_what_they_say(name: str) -> None:
    toy = toy_set(name, 200)
    assert len(toy.points) == len(toy.groups) == 200
    assert toy.truth.shape == (200, 2)
    wide, apart = spreads(toy.truth, toy.groups), gaps(toy.truth, toy.groups)
    assert apart.shape == (len(wide), len(wide))
    if name == "two":
        assert wide[1] / wide[0] == pytest.approx(1, abs=0.15)
        assert apart[0, 1] == pytest.approx(10, abs=4 * np.sqrt(2 / 100))  # four standard errors
    elif name == "unequal":
        assert wide[1] / wide[0] == pytest.approx(10, rel=0.15)
    elif name == "distances":
        assert apart[0, 2] / apart[0, 1] == pytest.approx(5, rel=0.1)
    elif name == "chain":
        assert pieces(toy.truth) == 1
    else:
        assert toy.points.shape == (200, 10)


def test_the_map_draws_unequal_clusters_alike_and_far_ones_near() -> None:
    unequal, apart = map_toy("unequal", perplexity=30), map_toy("distances", perplexity=30)
    wide = spreads(unequal.projection.coordinates, unequal.toy.groups)
    assert wide[1] / wide[0] < 2
    drawn = gaps(apart.projection.coordinates, apart.toy.groups)
    assert 1 < drawn[0, 2] / drawn[0, 1] < 3.5


def evenness(flat: np.ndarray) -> float:
    """Mean distance to the nearest point by what chance gives (Clark & Evans 1954): about 1 for noise, less for clumps."""
    nearest = nearest_neighbours(flat, 1)[1].mean()
    low, high = np.percentile(flat, [2, 98], axis=0)
    return float(nearest * 2 * np.sqrt(0.92 * len(flat) / np.prod(high - low)))


def test_a_small_perplexity_makes_clumps_out_of_noise() -> None:
    clumps, cloud = (map_toy("noise", 300, perplexity=p).projection for p in (2, 30))
    assert evenness(clumps.coordinates) < 0.5 < 0.85 < evenness(cloud.coordinates)
    assert clumps.quality.knn_recall < 0.4


@pytest.mark.parametrize("seed", range(6))
def test_islands_are_the_clusters_of_dbscan(seed: int) -> None:
    """Chains of steps up to a reach are what DBSCAN joins where one point is enough to be in a crowd (Ester et al. 1996)."""
    rng = np.random.default_rng(seed)
    points = np.concatenate([rng.normal(size=(count, 2)) + rng.uniform(-40, 40, 2) for count in (60, 40, 12, 4, 2, 1)])
    reach = 5 * float(np.median(nearest_neighbours(points, 1)[1]))
    sizes = np.bincount(DBSCAN(eps=reach, min_samples=1).fit(points).labels_)
    for share, least in ((0.0, 3), (0.02, 3), (0.05, 6), (0.2, 24)):
        assert islands(points, share=share) == (sizes >= least).sum()


def test_a_small_perplexity_tears_the_chain() -> None:
    assert pieces(map_toy("chain", perplexity=3).projection.coordinates) > 1


def test_projection_of_a_toy_set_is_projects() -> None:
    trace = map_toy("two", 60, perplexity=10, seed=2)
    assert (trace.projection.coordinates == project(trace.toy.points, perplexity=10, seed=2).coordinates).all()


def test_a_word_of_two_categories_is_shown_once_and_belongs_to_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    words = {"fruits": ("orange", "apple", "plum"), "colours": ("red", "orange", "blue")}
    made = {name: Category(name, {"en": name}, {"en": each}) for name, each in words.items()}
    monkeypatch.setattr("nlpcore.words.projection_words.categories", lambda: made)
    names = ("orange", "apple", "plum", "red", "blue")
    vectors = WordVectors("x", names, np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32))
    for order in (("fruits", "colours"), ("colours", "fruits")):
        mapped = word_map(vectors, "en", "categories", order, settings=MapSettings("pca"))
        kinds = dict(zip(mapped.words, mapped.categories, strict=True))
        assert len(mapped.words) == 5 and kinds["orange"] == order[0]
