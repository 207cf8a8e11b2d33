"""What is asked about a map, worked out from distances, widths and breaks that the test makes itself."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist

from app.lessons import lesson
from app.questions import Question, Said, all_filled, filled
from app.text import markdown_escape
from app.words import Words
from nlpcore.words.projection_toys import TOY_SETS, map_toy
from pages.words.embedding_map.questions import kept_neighbours, toy_shape
from tests.pages.words.embedding_map.made_up import nearest, random_map, say, toy_drawn

seeds = st.integers(0, 2**32 - 1)
PATH = lesson("embedding-map").words
# What an option claims: from, and below.
CLAIMS = {
    "less than twice as wide": (0, 2),
    "two to five times": (2, 5),
    "more than five times": (5, np.inf),
    "less than 1.5 times": (0, 1.5),
    "1.5 to 3.5 times": (1.5, 3.5),
    "more than 3.5 times": (3.5, np.inf),
}


def reason(question: Question, language: str = "en") -> str:
    words = Words(PATH, language)
    return words(question.because, **all_filled(question.values, words))


def ends(option: str | Said) -> tuple[int, int]:
    low, high = str(option).split("–")
    return int(low), int(high)


# -- a word of the map -------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.integers(21, 60), seeds, st.sampled_from([(), ("orange",), ("橙子",), ("橙子", "orange")]), st.booleans())
def test_how_many_neighbours_the_map_kept(n: int, seed: int, also: tuple[str, ...], take: bool) -> None:
    trace = random_map(n, seed, also)
    chosen = "orange" if take and "orange" in also else "w0" if take else None
    question = kept_neighbours(trace, chosen)
    assert question is not None
    word = next(w for w in ("orange", "橙子", "w0", "w1") if w in trace.words and w != chosen)
    assert question.values["word"] == word
    i = trace.words.index(word)
    unit = trace.unit / np.linalg.norm(trace.unit, axis=1, keepdims=True)
    true, drawn = nearest(unit, i, 10), nearest(trace.projection.coordinates, i, 10)
    lost = [trace.words[j] for j in true if j not in drawn]
    low, high = ends(question.answer)
    assert low <= 10 - len(lost) <= high
    assert f"kept {10 - len(lost)} of the ten" in reason(question)
    said = "It lost none of them." if not lost else f"It lost {', '.join(map(markdown_escape, lost))}:"
    assert said in reason(question)
    assert not lost or f"丢掉的是 {'、'.join(map(markdown_escape, lost))}：" in reason(question, "zh")


def test_the_options_cover_every_number_of_neighbours_once() -> None:
    question = kept_neighbours(random_map(30, 0), None)
    assert question is not None
    assert [n for option in question.options for n in range(ends(option)[0], ends(option)[1] + 1)] == list(range(11))


def test_of_a_small_map_nothing_is_asked() -> None:
    assert kept_neighbours(random_map(20, 0), None) is None


def test_a_word_that_looks_like_markdown_is_shown_as_it_is() -> None:
    trace = random_map(30, 1, ("**x**", "{word}", "[a](b)"))
    lost = {word for word in trace.words for near in trace.neighbourhood("w0") if near.word == word and not near.kept}
    question = kept_neighbours(trace, None)
    assert question is not None
    for word in lost:
        assert markdown_escape(word) in reason(question)
    assert "**x**" not in reason(question) and "[a](b)" not in reason(question)


# -- toy sets ----------------------------------------------------------------------------------------------------------


@given(seeds, st.floats(0.3, 12), st.integers(20, 100))
def test_how_much_wider_the_loose_cluster_is_drawn(seed: int, factor: float, n: int) -> None:
    rng = np.random.default_rng(seed)
    groups = map_toy("unequal", n, "pca").toy.groups
    points = rng.normal(size=(n, 2)) * np.where(groups == 1, factor, 1)[:, None] + groups[:, None] * [30, 0]
    question = toy_shape(toy_drawn("unequal", points))
    assert question is not None and question.name == "spread"
    # the root mean square distance from the centre is the root of the two variances together
    tight, loose = (np.sqrt(points[groups == g].var(axis=0).sum()) for g in (0, 1))
    assume(min(abs(loose / tight - limit) for limit in (2, 5)) > 1e-6)
    low, high = CLAIMS[filled(question.answer, say)]
    assert low <= loose / tight < high
    assert f"in the map 1 : {loose / tight:.1f}." in reason(question)
    truth = map_toy("unequal", n, "pca").toy.points
    true = [np.sqrt(truth[groups == g].var(axis=0).sum()) for g in (0, 1)]
    assert f"True widths 1 : {true[1] / true[0]:.1f}," in reason(question)


@given(seeds, st.floats(0.5, 8), st.integers(20, 100))
def test_how_much_farther_the_far_cluster_is_drawn(seed: int, factor: float, n: int) -> None:
    rng = np.random.default_rng(seed)
    groups = map_toy("distances", n, "pca").toy.groups
    centres = np.array([[0, 0], [4, 0], [0, 4 * factor]])
    points = centres[groups] + rng.normal(size=(n, 2)) * 0.1
    question = toy_shape(toy_drawn("distances", points))
    assert question is not None and question.name == "gap"
    first, near, far = (points[groups == g].mean(axis=0) for g in range(3))
    ratio = np.hypot(*(far - first)) / np.hypot(*(near - first))
    assume(min(abs(ratio - limit) for limit in (1.5, 3.5)) > 1e-6)
    low, high = CLAIMS[filled(question.answer, say)]
    assert low <= ratio < high
    assert f"are drawn as 1 : {ratio:.1f}." in reason(question)
    truth = map_toy("distances", n, "pca").toy.points
    first, near, far = (truth[groups == g].mean(axis=0) for g in range(3))
    assert f"Distances 1 : {np.hypot(*(far - first)) / np.hypot(*(near - first)):.1f} " in reason(question)


@given(seeds, st.integers(0, 12))
def test_in_how_many_pieces_the_chain_is_drawn(seed: int, breaks: int) -> None:
    rng = np.random.default_rng(seed)
    steps = rng.uniform(0.9, 1.1, 79)
    steps[rng.permutation(79)[:breaks]] *= 6
    line = np.column_stack([np.concatenate([[0], np.cumsum(steps)]), np.zeros(80)])
    question = toy_shape(toy_drawn("chain", line))
    assert question is not None and question.name == "chain"
    pieces = breaks + 1
    right = "one piece" if pieces == 1 else "two to five" if pieces <= 5 else "more than five"
    assert filled(question.answer, say) == right
    assert reason(question).startswith(f"{pieces}: a piece ends")


@pytest.mark.parametrize("method", ["tsne", "pca"])
@pytest.mark.parametrize("name", ["unequal", "distances", "chain", "noise"])
def test_the_reason_is_that_of_the_method(name: str, method: Any) -> None:
    """PCA of points in a plane keeps every distance, of which t-SNE's reason would say the contrary."""
    question = toy_shape(map_toy(name, 60, method, 5.0))
    assert question is not None and question.because.endswith(f".because_{method}")
    if method == "pca" and name != "noise":
        drawn, toy = map_toy(name, 60, "pca").projection.coordinates, map_toy(name, 60, "pca").toy.points
        assert pdist(drawn) == pytest.approx(pdist(toy))
        assert "PCA only turns" in reason(question) and "方向" in reason(question, "zh")


@given(st.lists(st.integers(0, 10), min_size=30, max_size=30))
def test_how_many_neighbours_noise_keeps_on_average(kept: list[int]) -> None:
    made = map_toy("noise", 30, "pca")
    preserved = np.array(kept) / 10
    quality = dataclasses.replace(made.projection.quality, preserved=preserved, knn_recall=float(preserved.mean()))
    made = dataclasses.replace(made, projection=dataclasses.replace(made.projection, quality=quality))
    question = toy_shape(made)
    assert question is not None and question.name == "noise"
    mean = sum(kept) / 30
    low, high = ends(question.answer)
    assert low - 0.5 - 1e-9 <= mean <= high + 0.5 + 1e-9
    assert reason(question).startswith(f"{mean:.1f} of ten on average; a random map keeps {10 * 10 / 29:.1f}.")


def test_every_toy_set_but_the_plain_one_has_a_question() -> None:
    asked = {name for name in TOY_SETS if toy_shape(map_toy(name, 60, "pca"))}
    assert asked == set(TOY_SETS) - {"two"}


@pytest.mark.parametrize(
    ("name", "perplexity", "right"),
    [
        ("unequal", 30, "less than twice as wide"),
        ("distances", 30, "1.5 to 3.5 times"),
        ("chain", 30, "one piece"),
        ("chain", 2, "more than five"),
    ],
)
def test_what_tsne_shows_of_the_toy_sets(name: str, perplexity: float, right: str) -> None:
    question = toy_shape(map_toy(name, perplexity=perplexity))
    assert question is not None
    assert filled(question.answer, say) == right


def test_another_map_is_another_question() -> None:
    trace = random_map(30, 0)
    words = [kept_neighbours(trace, chosen, about) for chosen, about in ((None, 1), (None, 2), ("w0", 1))]
    assert len({question.subject for question in words if question}) == 3
    for name in set(TOY_SETS) - {"two"}:
        toys = [toy_shape(map_toy(name, 60, "pca"), about) for about in (1, 2)]
        assert len({question.subject for question in toys if question}) == 2
