"""What the notes claim of the maps is what the vectors give: read in both languages and worked out with NumPy and SciPy."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.models import load
from nlpcore.words import load_vectors
from nlpcore.words.projection_toys import ToyMap, map_toy
from nlpcore.words.projection_words import WordMap, categories, map_words
from pages.words.embedding_map.controls import NOT_AT_FIRST
from pages.words.embedding_map.page import MODEL
from tests.pages.notes import numbers_in

pytestmark = pytest.mark.models
PATH = lesson("embedding-map").words
PRESETS: dict[str, Any] = Words(PATH, "en").node("presets")


def state_of(preset: str, language: str) -> dict[str, Any]:
    state: dict[str, Any] = Words(PATH, language).resolve(PRESETS[preset]["state"])
    return state


@cache
def words_of(preset: str, language: str) -> WordMap:
    """The words of a preset's map; where they lie is not claimed, so PCA will do."""
    state = state_of(preset, language)
    more = (
        {"chosen": tuple(state["categories"])}
        if "categories" in state
        else {"text": state.get("query", state.get("text"))}
    )
    return map_words(load(state["model"]), source=state["source"], count=state.get("count", 200), method="pca", **more)


def toy_of(preset: str, **more: Any) -> ToyMap:
    state = state_of(preset, "en") | more
    return map_toy(state["toy"], state["size"], state["method"], float(state["perplexity"]))


def cosines(preset: str, language: str, word: str) -> dict[str, float]:
    trace = words_of(preset, language)
    return dict(zip(trace.words, (trace.unit @ trace.unit[trace.words.index(word)]).tolist(), strict=True))


def nearest(preset: str, language: str, word: str) -> list[str]:
    found = cosines(preset, language, word)
    return sorted(found, key=lambda other: -found[other])[1:]


def numbers(text: str) -> list[float]:
    return [float(number.replace(",", "")) for number in numbers_in(text)]


# -- words -------------------------------------------------------------------------------------------------------------


def royal(language: str, note: str) -> None:
    king, queen, apple, orange = {"en": ("king", "queen", "apple", "orange"), "zh": ("国王", "王后", "苹果", "橙子")}[
        language
    ]
    places = [nearest("royal", language, a).index(b) + 1 for a, b in ((king, queen), (apple, orange))]
    assert numbers(note) == [len(words_of("royal", language).words) - 1, *places]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_promise_counts_the_words_of_the_first_map(language: str) -> None:
    at_first = [name for name in categories() if name not in NOT_AT_FIRST]
    trace = map_words(load(MODEL[language]), source="categories", chosen=tuple(at_first), method="pca")
    assert numbers(Words(PATH, language)("promise")) == [len(trace.words)]


def six(language: str, note: str) -> None:
    words = words_of("six", language).words
    assert words == tuple(state_of("six", language)["text"].split())
    pairs = list(zip(words[::2], words[1::2], strict=True))
    for one, other in pairs if language == "en" else pairs[:2]:
        assert nearest("six", language, one)[0] == other and nearest("six", language, other)[0] == one
    if language == "zh":
        assert nearest("six", "zh", "橙子")[0] == "女人"
        assert {"苹果公司", "微软"} <= {near.word for near in load_vectors("words-zh-64d").nearest("苹果", 3)}
    found = sorted((cosines("six", language, one)[other] for one, other in pairs), reverse=True)
    assert numbers(note) == pytest.approx(found, abs=0.005)


def two_meanings(language: str, note: str) -> None:
    trace = words_of("two_meanings", language)
    kinds = dict(zip(trace.words, trace.categories, strict=True))
    if language == "en":
        near = nearest("two_meanings", "en", "orange")
        (count,) = numbers(note)
        assert all(kinds[word] == "colours" for word in near[: int(count)])
        assert [word for word in near if kinds[word] == "fruit"][:2] == ["cherry", "peach"] == near[8:10]
        assert "*cherry* and *peach*" in note
    else:
        fruit = [word for word in trace.words if kinds[word] == "fruit"]
        means = [
            np.mean([cosines("two_meanings", "zh", word)[x] for x in fruit if x != word]) for word in ("苹果", "香蕉")
        ]
        assert numbers(note) == pytest.approx(means, abs=0.005)


def around(language: str, note: str) -> None:
    trace = words_of("around", language)
    middle = state_of("around", language)["query"]
    assert numbers(note)[0] + 1 == len(trace.words) == 250
    fruit = set(categories()["fruit"].words[language]) & set(trace.words) - {middle}
    if language == "zh":
        assert fruit == set() and not {"水果", "果树", "果园", "果汁"} & set(trace.words)
        assert {"苹果公司", "微软", "iPad"} <= set(trace.words)
    else:
        garden = {"orchard", "juice", "cherry", "pear", "fruit"}
        computers = {"microsoft", "ibm", "intel", "macintosh"}
        assert garden | computers <= set(trace.words)
        drawn = map_words(load("glove-6b-50d"), source="around", text=middle, count=250, perplexity=20.0)
        gaps = np.linalg.norm(drawn.projection.coordinates - drawn.projection.coordinates[0], axis=1)
        mean = {
            side: np.mean([gaps[drawn.words.index(w)] for w in words])
            for side, words in (("g", garden), ("c", computers))
        }
        assert mean["c"] < mean["g"] / 3, "it stands with the computers, and the orchard is elsewhere"


# -- toy sets ----------------------------------------------------------------------------------------------------------


def widths(points: np.ndarray, groups: np.ndarray) -> list[float]:
    return [float(np.sqrt(points[groups == group].var(axis=0).sum())) for group in (0, 1)]


def noise(language: str, note: str) -> None:
    assert numbers(note) == [10, 2, 30]
    kept = {p: toy_of("noise", perplexity=p).projection for p in (2, 30)}
    lonely = {p: _evenness(projection.coordinates) for p, projection in kept.items()}
    assert lonely[2] < 0.5 < 0.85 < lonely[30]


def _evenness(flat: np.ndarray) -> float:
    """Mean distance to the nearest point by what chance gives (Clark & Evans 1954)."""
    from scipy.spatial import cKDTree

    near = cKDTree(flat).query(flat, 2)[0][:, 1].mean()
    low, high = np.percentile(flat, [2, 98], axis=0)
    return float(near * 2 * np.sqrt(0.92 * len(flat) / np.prod(high - low)))


def sizes(language: str, note: str) -> None:
    toy = toy_of("sizes")
    (tight, loose), (drawn_tight, drawn_loose) = (
        widths(p, toy.toy.groups) for p in (toy.toy.truth, toy.projection.coordinates)
    )
    assert loose / tight == pytest.approx(10, rel=0.15) and drawn_loose / drawn_tight < 2 and numbers(note) == []


def chain(language: str, note: str) -> None:
    def steps(points: np.ndarray) -> np.ndarray:
        lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
        return lengths / np.median(lengths)

    toy = toy_of("chain")
    assert steps(toy.toy.truth).max() < 4 < steps(toy.projection.coordinates).max() and numbers(note) == []


Claim = Callable[[str, str], None]
CLAIMS: dict[str, Claim] = {each.__name__: each for each in (royal, six, two_meanings, around, noise, sizes, chain)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("preset", PRESETS)
def test_what_a_note_claims_is_so(preset: str, language: str) -> None:
    """A preset without a claim here fails: its note would outlive its vectors."""
    CLAIMS[preset](language, PRESETS[preset]["note"][language])


def test_a_gap_five_times_as_wide_is_drawn_about_twice_as_wide() -> None:
    toy = map_toy("distances", perplexity=30.0)
    ratio = {}
    for side, points in (("true", toy.toy.truth), ("drawn", toy.projection.coordinates)):
        first, near, far = (points[toy.toy.groups == group].mean(axis=0) for group in range(3))
        ratio[side] = np.linalg.norm(far - first) / np.linalg.norm(near - first)
    assert ratio["true"] == pytest.approx(5, rel=0.1) and 1.7 < ratio["drawn"] < 2.5
    truth = Words(PATH, "en").node("misconceptions")[0]["truth"]
    assert (
        "five times" in truth["en"] and "twice" in truth["en"] and "五倍" in truth["zh"] and "两倍左右" in truth["zh"]
    )
