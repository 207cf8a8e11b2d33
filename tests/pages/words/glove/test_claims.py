"""What the lesson says in numbers, worked out again."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from app.lessons import ROOT, lesson
from app.words import LANGUAGES, Words, read_tree
from nlpcore.words.glove_reading import cooccurrence_ratios, learn_small_glove, read_cooccurrences
from nlpcore.words.glove_text import GloveSettings, TextGlove
from nlpcore.words.similarity import correlation, difference
from pages.words.glove import questions
from pages.words.glove.measured import measured
from pages.words.glove.view_ratio import shared

LESSON = lesson("glove")
PRESETS = read_tree(LESSON.words)["presets"]
LINES = {
    "mats": {
        "en": "the cat sat on the mat\nthe dog sat on the rug",
        "zh": "小猫 坐 在 垫子 上\n小狗 坐 在 地毯 上\n小鸟 坐 在 树上",
    },
}


@pytest.fixture(params=LANGUAGES)
def mats(request: pytest.FixtureRequest) -> str:
    """The text of the first examples, as the page cuts it."""
    return LINES["mats"][request.param]


@pytest.mark.models
def test_the_texts_are_those_of_the_examples() -> None:
    from nlpcore.models import load
    from nlpcore.tagging import tag_chinese

    for name in ("mats", "wide", "plain", "fit", "hundred", "fast"):
        for language in LANGUAGES:
            parts = [part for part in re.split(r"[.。]\s*", PRESETS[name]["state"]["text"][language]) if part]
            if language == "zh":
                parts = [" ".join(each.text for each in tag_chinese(load("lac-zh"), part).segments) for part in parts]
            assert "\n".join(parts) == LINES["mats"][language], (name, language)


def test_cat_and_dog_never_meet_and_have_the_same_row(mats: str) -> None:
    cat, dog = ("cat", "dog") if "cat" in mats else ("小猫", "小狗")
    for window in (2, 10):  # the examples "Two sentences" and "A wide window"
        counted = read_cooccurrences(mats, window).counted
        assert counted.row_of(cat)[counted.words.index(dog)] == 0
    counted = read_cooccurrences(mats, 2).counted
    assert counted.row_of(cat).tolist() == counted.row_of(dog).tolist()
    near = {word for word, x in zip(counted.words, counted.row_of(cat), strict=True) if x}
    assert near == ({"the", "sat", "on"} if cat == "cat" else {"坐", "在"})


def test_without_distance_all_counts_are_whole(mats: str) -> None:
    values = read_cooccurrences(mats, 3, by_distance=False).counted.values
    assert (values == values.round()).all() and not (read_cooccurrences(mats, 3).counted.values % 1 == 0).all()


def test_few_cells_are_fitted_and_rates_do_what_is_said_of_them(mats: str) -> None:
    def left(steps: int, **settings: float) -> float:
        after, before = (learn_small_glove(mats, n, **settings).shown.terms.objective for n in (steps, 0))  # type: ignore[arg-type]
        return after / before

    assert left(2000, rate=0.2) < 1 / 20
    assert left(500, rate=0.2, x_max=100.0) > 1 / 2
    most = 0.06 if "cat" in mats else 0.08
    assert learn_small_glove(mats, 0, x_max=100.0).shown.terms.weights.max() < most
    assert left(100, rate=5.0) > 10 and left(2000, rate=5.0) < 1


def test_of_five_sentences_most_ratios_are_none_and_of_one_sentence_all_are_numbers() -> None:
    w = Words(LESSON.words, "en")
    probes = tuple(w("ratio.probes").split())
    ice = "\n".join(part for part in re.split(r"\.\s*", PRESETS["ice"]["state"]["text"]["en"]) if part)
    assert ice.count("\n") == 4
    found = cooccurrence_ratios(ice, ("ice", "steam"), probes, 5).ratios
    assert sum(not np.isfinite(each) or each == 0 for each in found) == 3
    both = re.sub(r"[:,]", "", PRESETS["both"]["state"]["text"]["en"])
    found = cooccurrence_ratios(both, ("ice", "steam"), probes[:3], 10).ratios
    assert np.isfinite(found).all() and (found > 0).all()
    assert shared.MOST_WINDOW == 10


@pytest.mark.models
def test_after_a_pass_everything_is_near_everything() -> None:
    """As the example of 4 MB says, on a third of it: the typical cosine of two frequent words, pass by pass."""
    from nlpcore.models import load

    lines = load("wikitext-2").network.lines
    training = TextGlove(lines[: len(lines) // 3], GloveSettings(seed=1))
    rng = np.random.default_rng(0)
    i, j = rng.integers(0, 500, (2, 400))
    typical = []
    for _ in range(8):
        for _ in range(20):
            training.step()
        vectors = training.shown().vectors
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        typical.append(float(np.median((unit[i] * unit[j]).sum(axis=1))))
    assert typical[0] > 0.95 and typical[7] < 0.6
    assert training.shown().nearest("king", 1)[0].cosine < 0.95


# -- GloVe beside Word2Vec ---------------------------------------------------------------------------------------------


def test_what_is_kept_is_what_the_benchmark_printed() -> None:
    rows = json.loads((ROOT / "tests" / "bench" / "results.json").read_text("utf-8"))["glove"]["rows"]
    kept = measured()
    for place, each in enumerate(kept.results):
        row = rows[2 + place]
        assert float(row["from the text on, s"].split()[0]) == pytest.approx(each.seconds, abs=0.051)
        for judged, column, others, seeds in (
            (each.judged[0], "WordSim-353", "its other seeds", kept.seeds[place][0]),
            (each.judged[1], "SimLex-999", "its other seeds ", kept.seeds[place][1]),
        ):
            found = correlation(judged)
            value, low, high = (float(x) for x in re.findall(r"-?\d\.\d+", row[column])[:3])
            assert (found.value, found.low, found.high) == pytest.approx((value, low, high), abs=0.015)
            assert row[column].endswith(f" {found.known} pairs")
            assert [f"{rho:.3f}" for rho in seeds[1:]] == row[others].split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_get_wrong_is_put_right_with_the_numbers_measured(language: str) -> None:
    told = Words(LESSON.words, language)
    better, slower = (item["truth"] for item in told.resolve(told.node("misconceptions"))[:2])
    glove, cbow, skip = measured().results
    gaps = [difference(glove.judged[n], skip.judged[n]) for n in range(2)]
    assert gaps[0].low < 0 < gaps[0].high and gaps[1].high < 0, "the test that cannot tell, and the one that can"
    for number in (f"+{gaps[0].value:.2f}", f"−{-gaps[0].low:.2f}", f"+{gaps[0].high:.2f}"):
        assert number in better, number
    for number in (f"{-gaps[1].value:.2f}", f"{-gaps[1].high:.2f}", f"{-gaps[1].low:.2f}"):
        assert number in better, number
    assert cbow.seconds < glove.seconds < skip.seconds and "CBOW" in slower, "as it says without the seconds"
    assert questions.better(gaps[0], 0).right == 2, "as the reason and the example say"


@pytest.mark.models
def test_the_largest_step_is_from_4_mb_to_billions_of_words() -> None:
    from nlpcore.words.similarity import judge_vectors

    small = measured().results
    for n, test in enumerate(("wordsim", "simlex")):
        among = tuple(each.judged[n] for each in small)
        published = correlation(judge_vectors("glove-6b-50d", test=test), among).value
        found = [correlation(each).value for each in among]
        if test == "wordsim":
            assert published - max(found) > max(found) - min(found)
        assert published > max(found)
