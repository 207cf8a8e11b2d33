"""What is asked about a map, worked out from distances, widths and breaks that the test makes itself."""

from __future__ import annotations

import re
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
from nlpcore.words import WordVectors
from nlpcore.words.projection_toys import TOY_SETS, map_toy
from nlpcore.words.projection_words import WordMap, word_map
from pages.words.embedding_map.questions import toy_shape, true_neighbour
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


# -- a word of the map -------------------------------------------------------------------------------------------------


def false_neighbours(trace: WordMap) -> dict[str, tuple[str, str, int]]:
    """Return word -> (its nearest true neighbour on the map, its farthest false one, the place of that one)."""
    unit = trace.unit / np.linalg.norm(trace.unit, axis=1, keepdims=True)
    n, k, found = len(trace.words), trace.projection.quality.k, {}
    for i, word in enumerate(trace.words):
        by_vectors, drawn = nearest(unit, i, n - 1), nearest(trace.projection.coordinates, i, k)
        true = [j for j in by_vectors[:k] if j in drawn]
        false = [j for j in by_vectors[k:] if j in drawn]
        if true and false:
            found[word] = (trace.words[true[0]], trace.words[false[-1]], by_vectors.index(false[-1]) + 1)
    return found


@settings(deadline=None)
@given(st.integers(5, 60), seeds, st.booleans())
def test_the_word_asked_about_has_the_grossest_false_neighbour_and_the_true_one_is_right(
    n: int, seed: int, take: bool
) -> None:
    trace = random_map(n, seed)
    found = false_neighbours(trace)
    question = true_neighbour(trace, None)
    if take and question:
        chosen = str(question.values["false"])
        found = {word: three for word, three in found.items() if chosen not in (word, *three)}
        question = true_neighbour(trace, chosen)
    if not found:
        assert question is None
        return
    assert question is not None
    true, false, place = found[str(question.values["word"])]
    assert place == max(place for _, _, place in found.values())
    assert question.answer == true and set(question.options) == {true, false, Said("predict.near.both")}
    unit = trace.unit / np.linalg.norm(trace.unit, axis=1, keepdims=True)
    word, near, far = (unit[trace.words.index(each)] for each in (question.values["word"], true, false))
    said = reason(question)
    shown = re.findall(r"\(cosine ([^)]+)\)", said)
    assert [float(each.replace("−", "-")) for each in shown] == pytest.approx([word @ near, word @ far], abs=0.00501)
    assert "−0.00" not in shown
    assert f"number {place} of {n - 1} " in said and f"在 {n - 1} 个词里只排第 {place}（" in reason(question, "zh")


def test_it_is_asked_of_words_whose_names_are_on_the_map() -> None:
    """Of a large map only the frequent ones have a label."""
    trace = random_map(400, 2)
    found = false_neighbours(trace)
    frequent = {trace.words[i] for i in np.argsort(trace.ranks)[:200]}
    grossest = {one for one, three in found.items() if three[2] == max(place for _, _, place in found.values())}
    assert not grossest & frequent, "else this map shows nothing"
    question = true_neighbour(trace, None)
    assert question is not None and question.values["word"] in frequent
    assert question.values["place"] == max(found[one][2] for one in frequent & set(found))


def test_of_a_map_that_keeps_every_neighbour_nothing_is_asked() -> None:
    vectors = np.column_stack([np.cos(np.linspace(0, 1, 30)), np.sin(np.linspace(0, 1, 30))]).astype(np.float32)
    words = tuple(f"w{i}" for i in range(30))
    flat = word_map(WordVectors("flat", words, vectors), "en", "list", text=" ".join(words), method="pca")
    assert true_neighbour(flat, None) is None


def test_a_word_that_looks_like_markdown_is_shown_as_it_is() -> None:
    trace = random_map(8, 1, ("**x**", "{word}", "[a](b)", "*y*", "$z$"))
    question = true_neighbour(trace, None)
    assert question is not None
    values, words = question.values, Words(PATH, "en")
    asked = words("predict.near.question", **all_filled(values, words))
    marked = [str(values[name]) for name in ("word", "first", "second") if not str(values[name]).startswith("w")]
    assert marked and all(
        markdown_escape(word) in asked and markdown_escape(word) in reason(question) for word in marked
    )
    assert not any(word in asked or word in reason(question) for word in marked)


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
    assert question is not None
    assert question.name == f"noise_{method}" if name == "noise" else question.because.endswith(f".because_{method}")
    if method == "pca" and name != "noise":
        drawn, toy = map_toy(name, 60, "pca").projection.coordinates, map_toy(name, 60, "pca").toy.points
        assert pdist(drawn) == pytest.approx(pdist(toy))
        assert "PCA only turns" in reason(question) and "方向" in reason(question, "zh")


def joined(points: np.ndarray, reach: float) -> list[int]:
    """Return the sizes of the groups that grow by taking in, again and again, whoever is within ``reach`` of a member."""
    left, sizes = set(range(len(points))), []
    while left:
        group = new = {left.pop()}
        while new:
            new = {j for j in left if min(np.hypot(*(points[j] - points[i])) for i in new) <= reach}
            left, group = left - new, group | new
        sizes.append(len(group))
    return sizes


@settings(deadline=None, max_examples=30)
@given(seeds, st.integers(1, 9), st.integers(30, 60))
def test_in_how_many_islands_noise_is_drawn(seed: int, count: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1, 1, size=(n, 2)) + 20 * np.column_stack([np.arange(n) % count, np.zeros(n)])
    question = toy_shape(toy_drawn("noise", points))
    assert question is not None
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)) + 1e9 * np.eye(n)
    many = sum(size >= 3 for size in joined(points, 5 * float(np.median(apart.min(1)))))
    right = "as one cloud" if many == 1 else "as two to five islands" if 1 < many <= 5 else "as more than five islands"
    assume(many > 0)
    assert filled(question.answer, say) == right


@pytest.mark.parametrize(("perplexity", "right"), [(2, "as more than five islands"), (30, "as one cloud")])
def test_a_small_perplexity_makes_islands_out_of_noise(perplexity: float, right: str) -> None:
    made = map_toy("noise", 300, perplexity=perplexity)
    question = toy_shape(made)
    assert question is not None and filled(question.answer, say) == right
    words = Words(PATH, "en")
    asked = words(f"predict.{question.name}.question", **all_filled(question.values, words))
    assert f"a perplexity of {perplexity}," in asked
    count = sum(size >= 6 for size in joined(made.projection.coordinates, _reach(made.projection.coordinates)))
    said = reason(question)
    assert said.startswith("One cloud:") if count == 1 else said.startswith(f"{count} islands,")


def _reach(points: np.ndarray) -> float:
    return 5 * float(np.median([np.sort(np.hypot(*(points - point).T))[1] for point in points]))


@pytest.mark.parametrize("count", range(50, 601, 50))
def test_pca_draws_noise_as_one_cloud(count: int) -> None:
    question = toy_shape(map_toy("noise", count, "pca"))
    assert question is not None and question.name == "noise_pca" and filled(question.answer, say) == "as one cloud"


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
    one = true_neighbour(trace, None)
    assert one is not None
    chosen = str(one.values["word"])
    words = [true_neighbour(trace, word, about) for word, about in ((None, 1), (None, 2), (chosen, 1))]
    assert len({question.subject for question in words if question}) == 3
    for name in set(TOY_SETS) - {"two"}:
        toys = [toy_shape(map_toy(name, 60, "pca"), about) for about in (1, 2)]
        assert len({question.subject for question in toys if question}) == 2
