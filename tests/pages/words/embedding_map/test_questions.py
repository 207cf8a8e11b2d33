"""What is asked about a map, worked out from distances, widths and breaks that the test makes itself."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist
from sklearn.cluster import HDBSCAN
from sklearn.neighbors import NearestNeighbors

from app.lessons import lesson
from app.questions import Question, Said, all_filled, filled
from app.text import markdown_escape
from app.words import LANGUAGES, Words
from nlpcore.models import load
from nlpcore.words import WordVectors
from nlpcore.words.projection import MapSettings
from nlpcore.words.projection_toys import TOY_SETS, map_toy
from nlpcore.words.projection_words import WordMap, map_words, word_map
from pages.words.embedding_map.questions import telling, toy_shape, true_neighbour
from tests.pages.screen import open_page, sound, teaching
from tests.pages.words.embedding_map.made_up import nearest, random_map, say, toy_drawn

seeds = st.integers(0, 2**32 - 1)
PATH = lesson("embedding-map").words
ONE_TO = "1\N{NO-BREAK SPACE}:\N{NO-BREAK SPACE}"  # a ratio stays on one line
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
        if (
            true and false and by_vectors.index(false[-1]) + 1 > (1.5 * k if k >= 5 else k)
        ):  # else it is nearly one of the nearest
            found[word] = (trace.words[true[0]], trace.words[false[-1]], by_vectors.index(false[-1]) + 1)
    return found


@settings(deadline=None)
@given(st.integers(5, 60), seeds)
def test_the_word_asked_about_has_the_grossest_false_neighbour_and_the_true_one_is_right(n: int, seed: int) -> None:
    trace = random_map(n, seed)
    found = false_neighbours(trace)
    question = true_neighbour(trace)
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
    others = [each for each in trace.words if each not in (question.values["word"], false)]
    nearer = sum(unit[trace.words.index(each)] @ word > far @ word for each in others)
    assert nearer == place - 1 and f"{nearer} of the {n - 1} other words are nearer" in said
    assert f"其余 {n - 1} 个词里，有 {nearer} 个都比" in reason(question, "zh")


@settings(deadline=None, max_examples=20)
@given(st.integers(12, 60), seeds)
def test_the_reason_answers_how_many_neighbours_the_map_made_up(n: int, seed: int) -> None:
    trace = random_map(n, seed)
    question = true_neighbour(trace)
    assume(question is not None)
    assert question is not None
    k, real = trace.projection.quality.k, []
    for i in range(n):
        real.append(len(set(nearest(trace.unit, i, k)) & set(nearest(trace.projection.coordinates, i, k))))
    here = real[trace.words.index(str(question.values["word"]))]
    told = re.search(rf": {here}; made up: {k - here}\. Over all {n} words, (\d+)\xa0% are real\.", reason(question))
    assert told and abs(int(told[1]) - 100 * sum(real) / (k * n)) <= 0.5 + 1e-9  # at the very middle either is right
    chinese = reason(question, "zh")
    assert f"{here} 个是真近邻，{k - here} 个是图" in chinese and f"占 {told[1]}%" in chinese


@settings(deadline=None)
@given(st.integers(5, 60), seeds)
def test_words_that_the_lesson_speaks_of_go_before_others(n: int, seed: int) -> None:
    """In their order, where the false neighbour is twice as far down as a neighbour is; else it is asked of any word."""
    trace = random_map(n, seed)
    found, own = false_neighbours(trace), ["w1", "nowhere", "w0", "w4", "w2"]
    gross = [one for one in own if one in found and found[one][2] >= 2 * trace.projection.quality.k]
    question = true_neighbour(trace, own=tuple(own))
    if not gross:
        assert question == true_neighbour(trace)
        return
    true, false, _ = found[gross[0]]
    assert question is not None and question.values["word"] == gross[0]
    assert question.answer == true and question.values["false"] == false


def test_a_rare_word_that_the_lesson_speaks_of_is_asked_about_too() -> None:
    trace = random_map(400, 2)
    found, k = false_neighbours(trace), trace.projection.quality.k
    rare = [trace.words[i] for i in np.argsort(trace.ranks)[200:]]
    word = next(one for one in rare if one in found and found[one][2] >= 2 * k)
    question = true_neighbour(trace, own=(word,))
    assert question is not None and question.values["word"] == word


def test_it_is_asked_of_words_whose_names_are_on_the_map() -> None:
    """Of a large map only the frequent ones have a label."""
    trace = random_map(400, 2)
    found = false_neighbours(trace)
    frequent = {trace.words[i] for i in np.argsort(trace.ranks)[:200]}
    grossest = {one for one, three in found.items() if three[2] == max(place for _, _, place in found.values())}
    assert not grossest & frequent, "else this map shows nothing"
    question = true_neighbour(trace)
    assert question is not None and question.values["word"] in frequent
    assert question.values["nearer"] == max(found[one][2] for one in frequent & set(found)) - 1


@settings(deadline=None, max_examples=20)
@given(st.integers(12, 60), seeds)
def test_whose_nearest_would_tell_the_answer(n: int, seed: int) -> None:
    """The three words of the question, and whoever has the word and one of the two others near it."""
    trace = random_map(n, seed)
    asked = ("w0", "w1", "w2")
    told = {*asked}
    for i, word in enumerate(trace.words):
        near = {trace.words[j] for j in nearest(trace.unit, i, trace.projection.quality.k)}
        if "w0" in near and near & {"w1", "w2"}:
            told.add(word)
    assert telling(trace, asked) == told
    assert telling(trace, ()) == set()


def test_of_a_map_that_keeps_every_neighbour_nothing_is_asked() -> None:
    vectors = np.column_stack([np.cos(np.linspace(0, 1, 30)), np.sin(np.linspace(0, 1, 30))]).astype(np.float32)
    words = tuple(f"w{i}" for i in range(30))
    flat = word_map(
        WordVectors("flat", words, vectors), "en", "list", text=" ".join(words), settings=MapSettings("pca")
    )
    assert true_neighbour(flat) is None


def test_a_word_that_looks_like_markdown_is_shown_as_it_is() -> None:
    trace = random_map(8, 1, ("**x**", "{word}", "[a](b)", "*y*", "$z$"))
    question = true_neighbour(trace)
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
    # the root mean square distance from the centre is the root of the two variances together
    tight, loose = (np.sqrt(points[groups == g].var(axis=0).sum()) for g in (0, 1))
    if min(abs(loose / tight / limit - 1) for limit in (2, 5)) < 0.1:
        assert question is None, "who looks at the map may see the other option"
        return
    assert question is not None and question.name == "spread"
    low, high = CLAIMS[filled(question.answer, say)]
    assert low <= loose / tight < high
    assert f"in the map {ONE_TO}{loose / tight:.1f}." in reason(question)
    truth = map_toy("unequal", n, "pca").toy.points
    true = [np.sqrt(truth[groups == g].var(axis=0).sum()) for g in (0, 1)]
    assert f"True widths {ONE_TO}{true[1] / true[0]:.1f}," in reason(question)


@given(seeds, st.floats(0.5, 8), st.integers(20, 100))
def test_how_much_farther_the_far_cluster_is_drawn(seed: int, factor: float, n: int) -> None:
    rng = np.random.default_rng(seed)
    groups = map_toy("distances", n, "pca").toy.groups
    centres = np.array([[0, 0], [4, 0], [0, 4 * factor]])
    points = centres[groups] + rng.normal(size=(n, 2)) * 0.1
    question = toy_shape(toy_drawn("distances", points))
    first, near, far = (points[groups == g].mean(axis=0) for g in range(3))
    ratio = np.hypot(*(far - first)) / np.hypot(*(near - first))
    if min(abs(ratio / limit - 1) for limit in (1.5, 3.5)) < 0.1:
        assert question is None, "who looks at the map may see the other option"
        return
    assert question is not None and question.name == "gap"
    low, high = CLAIMS[filled(question.answer, say)]
    assert low <= ratio < high
    assert f"are drawn as {ONE_TO}{ratio:.1f}." in reason(question)
    truth = map_toy("distances", n, "pca").toy.points
    first, near, far = (truth[groups == g].mean(axis=0) for g in range(3))
    assert f"Distances {ONE_TO}{np.hypot(*(far - first)) / np.hypot(*(near - first)):.1f} " in reason(question)


@given(seeds, st.integers(0, 12))
def test_in_how_many_pieces_the_chain_is_drawn(seed: int, breaks: int) -> None:
    rng = np.random.default_rng(seed)
    steps = rng.uniform(0.9, 1.1, 79)
    steps[rng.permutation(79)[:breaks]] *= 9
    line = np.column_stack([np.concatenate([[0], np.cumsum(steps)]), np.zeros(80)])
    question = toy_shape(toy_drawn("chain", line))
    assert question is not None and question.name == "chain"
    pieces = breaks + 1
    right = "one piece" if pieces == 1 else "two to five" if pieces <= 5 else "more than five"
    assert filled(question.answer, say) == right


@pytest.mark.parametrize("size", [3.4, 5.5])
@pytest.mark.parametrize("breaks", [1, 7])
def test_breaks_that_one_sees_and_another_overlooks_are_not_counted(size: float, breaks: int) -> None:
    steps = np.ones(79)
    steps[5 : 5 + 10 * breaks : 10] *= size
    line = np.column_stack([np.concatenate([[0], np.cumsum(steps)]), np.zeros(80)])
    assert toy_shape(toy_drawn("chain", line)) is None


@pytest.mark.parametrize("method", ["tsne", "pca"])
@pytest.mark.parametrize("name", ["unequal", "distances", "chain", "noise"])
def test_the_reason_is_that_of_the_method(name: str, method: Any) -> None:
    """PCA of points in a plane keeps every distance, of which t-SNE's reason would say the contrary."""
    question = toy_shape(map_toy(name, 60, method, 5.0))
    assert question is not None
    assert question.name == f"noise_{method}" if name == "noise" else question.name in ("spread", "gap", "chain")
    assert method == "pca" or "PCA" not in reason(question)
    if method == "pca" and name != "noise":
        drawn, toy = map_toy(name, 60, "pca").projection.coordinates, map_toy(name, 60, "pca").toy.points
        assert pdist(drawn) == pytest.approx(pdist(toy))
        assert "PCA only turns" in reason(question) and "方向" in reason(question, "zh")
        assert question.because.endswith(".because_pca")


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
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)) + 1e9 * np.eye(n)
    usual = float(np.median(apart.min(1)))
    many = {sum(size >= 3 for size in joined(points, gap * usual)) or n for gap in (3, 4, 5, 6)}
    classes = {"one cloud" if m == 1 else "two to five islands" if m <= 5 else "more than five islands" for m in many}
    assert {filled(question.answer, say)} == classes if question else len(classes) > 1


def parts(points: np.ndarray, gap: float) -> list[int]:
    """Return the sizes of the parts that single linkage leaves where it is cut at ``gap`` times the usual step."""
    usual = float(np.median(NearestNeighbors(n_neighbors=2).fit(points).kneighbors()[0][:, 0]))
    return np.sort(np.bincount(fcluster(linkage(points, "single"), gap * usual, "distance")))[::-1].tolist()


@pytest.mark.parametrize("n", [100, 200, 300, 500])
@pytest.mark.parametrize("perplexity", [2, 3, 5, 10, 20, 30])
def test_islands_are_asked_about_where_seeing_and_counting_agree(n: int, perplexity: float) -> None:
    """Where others count as we do: scikit-learn's HDBSCAN, with small islands and without, and SciPy's single linkage."""
    made = map_toy("noise", n, perplexity=perplexity)
    points, question = made.projection.coordinates, toy_shape(made)
    if question is None:
        return
    if filled(question.answer, say) == "one cloud":
        assert all(parts(points, gap)[0] > 0.9 * n for gap in (3, 6))
    else:
        assert filled(question.answer, say) == "more than five islands"
        for size in (3, max(3, round(0.02 * n))):
            assert HDBSCAN(min_cluster_size=size, copy=True).fit(points).labels_.max() + 1 > 5


@pytest.mark.parametrize(
    ("name", "perplexity", "right"),
    [
        ("noise", 2, "more than five islands"),
        ("noise", 30, "one cloud"),
        ("chain", 2, "more than five"),
        ("chain", 30, "one piece"),
    ],
)
def test_a_small_perplexity_makes_parts_out_of_one(name: str, perplexity: float, right: str) -> None:
    question = toy_shape(map_toy(name, 300 if name == "noise" else 200, perplexity=perplexity))
    assert question is not None and filled(question.answer, say) == right
    words = Words(PATH, "en")
    if name == "noise":
        asked = words(f"predict.{question.name}.question", **all_filled(question.values, words))
        assert f"a perplexity of {perplexity}," in asked
    assert ("Not one of these" in reason(question)) is (perplexity == 2)
    assert f" {perplexity} neighbours" in reason(question) and f" {perplexity} 个邻居" in reason(question, "zh")


@pytest.mark.parametrize("preset", ["noise", "sizes", "chain"])
def test_every_example_with_a_toy_set_asks(preset: str) -> None:
    state = Words(PATH, "en").node("presets")[preset]["state"]
    assert toy_shape(map_toy(state["toy"], state["size"], state["method"], state["perplexity"])) is not None


@pytest.mark.parametrize("count", range(50, 601, 50))
def test_pca_draws_noise_as_one_cloud(count: int) -> None:
    """Where a few points stand off, so that one may see a second cloud, it is not asked."""
    made = map_toy("noise", count, "pca")
    question = toy_shape(made)
    stray = parts(made.projection.coordinates, 3)[1:]
    assert (question is None) is any(size >= max(3, round(0.02 * count)) for size in stray)
    if question:
        assert question.name == "noise_pca" and filled(question.answer, say) == "one cloud"


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
    words = [true_neighbour(trace, about) for about in (1, 2)]
    assert len({question.subject for question in words if question}) == 2
    for name in set(TOY_SETS) - {"two"}:
        toys = [toy_shape(map_toy(name, 60, "pca"), about) for about in (1, 2)]
        assert len({question.subject for question in toys if question}) == 2


@pytest.mark.models
def test_the_six_words_are_asked_about_in_chinese_too(chinese: WordVectors) -> None:
    """Two neighbours each: the third of five is none of them."""
    trace = word_map(chinese, "zh", "list", text="国王 王后 男人 女人 苹果 橙子", settings=MapSettings("pca"))
    question = true_neighbour(trace)
    assert question is not None and question.options[question.right] == "男人"
    assert (question.values["word"], question.values["false"]) == ("女人", "橙子")


@pytest.mark.models
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("preset", ["royal", "six", "two_meanings", "around"])
def test_an_example_asks_about_its_own_words(preset: str, language: str) -> None:
    """Of which its note or its state speaks; what is right is found in the vectors again."""
    with teaching() as seen:
        sound(open_page("embedding-map", {"lang": language, "preset": preset}))
    question = seen.questions[0]
    words = Words(PATH, language)
    example = words.resolve(words.node("presets")[preset])
    state = example["state"]
    kind = (
        {"chosen": tuple(state["categories"])}
        if "categories" in state
        else {"text": state.get("query", state.get("text"))}
    )
    more = kind | {"method": state["method"], "perplexity": float(state.get("perplexity", 30))}
    trace = map_words(load(state["model"]), source=state["source"], count=state.get("count", 200), **more)
    own = {word for word in trace.words if word in f"{example['note']} {state['word']} {state.get('text', '')}"}
    assert {question.values["word"], question.values["false"]} & own
    true, false, _ = false_neighbours(trace)[str(question.values["word"])]
    assert question.answer == true and question.values["false"] == false
