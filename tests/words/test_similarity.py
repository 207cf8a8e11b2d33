"""Agreement with people: scipy's and gensim's numbers, and what a bootstrap by loops gives."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gensim.models import KeyedVectors, Word2Vec
from gensim.test.utils import datapath
from scipy.stats import spearmanr

from nlpcore.errors import LearnerError
from nlpcore.words import similarity
from nlpcore.words.glove_text import GloveSettings, TextGlove
from nlpcore.words.rivals import RIVALS, Rivals, _compared, compare_rivals
from nlpcore.words.similarity import TESTS, Judged, correlation, difference, judge, word_pairs

FILES = {"wordsim": "wordsim353.tsv", "simlex": "simlex999.txt"}


@pytest.fixture(scope="module")
def made() -> tuple[dict[str, int], np.ndarray]:
    """Return numbers for nine in ten of the words of both tests, the same for cat and tiger."""
    words = sorted({word for test in TESTS for pair in word_pairs(test)[0] for word in pair})
    rng = np.random.default_rng(4)
    kept = [word for word in words if rng.random() < 0.9 or word in ("cat", "tiger")]
    vectors = rng.normal(size=(len(kept), 7))
    vectors[kept.index("cat")] = vectors[kept.index("tiger")]
    return {word: row for row, word in enumerate(kept)}, vectors


@pytest.mark.parametrize("test", TESTS)
def test_it_is_gensim_s_own_number(test: str, made: tuple[dict[str, int], np.ndarray]) -> None:
    index, vectors = made
    keyed = KeyedVectors(7)
    keyed.add_vectors(list(index), vectors.astype(np.float32))
    _, (wanted, _), unknown = keyed.evaluate_word_pairs(datapath(FILES[test]))
    judged = judge(index, vectors.astype(np.float32), test)  # type: ignore[arg-type]
    found = correlation(judged)
    assert found.value == pytest.approx(wanted, abs=1e-6)
    assert len(judged.pairs) - found.known == pytest.approx(unknown / 100 * len(judged.pairs))
    assert len(judged.pairs) == {"wordsim": 353, "simlex": 999}[test]
    assert found.low < found.value < found.high


def pairs_of(count: int, seed: int, noise: float) -> Judged:
    rng = np.random.default_rng(seed)
    people = np.round(rng.random(count) * 10)
    return Judged("wordsim", (("a", "b"),) * count, people, people / 10 + noise * rng.normal(size=count))


def test_the_interval_is_that_of_drawing_again_and_again() -> None:
    one, other = pairs_of(60, 1, 0.2), pairs_of(60, 1, 0.6)
    found, apart = correlation(one), difference(one, other)
    rng = np.random.default_rng(99)
    alone, between = [], []
    for _ in range(1500):
        drawn = rng.integers(60, size=60)
        a = spearmanr(one.people[drawn], one.cosines[drawn])[0]
        alone.append(a)
        between.append(a - spearmanr(one.people[drawn], other.cosines[drawn])[0])
    for interval, wanted in ((found, alone), (apart, between)):
        assert (interval.low, interval.high) == pytest.approx(tuple(np.percentile(wanted, [2.5, 97.5])), abs=0.03)
    assert apart.value == pytest.approx(spearmanr(one.people, one.cosines)[0] - spearmanr(one.people, other.cosines)[0])
    assert correlation(one) == found, "the same draws each time"


def test_only_pairs_count_that_all_know() -> None:
    one, other = pairs_of(40, 1, 0.2), pairs_of(40, 2, 0.2)
    one.cosines[:5] = np.nan
    other.cosines[30:] = np.nan
    assert (correlation(one).known, correlation(other).known) == (35, 30)
    assert correlation(one, (other,)).known == 25 == difference(one, other).known
    middle = slice(5, 30)
    assert correlation(one, (other,)).value == pytest.approx(spearmanr(one.people[middle], one.cosines[middle])[0])
    few = Judged("wordsim", (("a", "b"),) * 2, np.array([1.0, 2.0]), np.array([0.1, 0.2]))
    for none in (correlation(few), difference(few, few)):
        assert none.known == 2 and math.isnan(none.value) and math.isnan(none.low)


def test_missing_tests_and_unknown_ones_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="test"):
        word_pairs("men")  # type: ignore[arg-type]
    similarity.word_pairs.cache_clear()
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(LearnerError, match="similarity_test_missing"):
        word_pairs("wordsim")


SENTENCES = "\n".join(["the tiger and the cat eat a book of paper", "a computer has a keyboard near the book"] * 30)


def test_three_ways_learn_one_text() -> None:
    heard: list[Rivals] = []
    found = _compared(SENTENCES, 8, 3, 2, 3, 1, heard.append)
    assert [each.rival for each in found.results] == list(RIVALS) and found.done == 1 and found.now == ""
    assert all(each.seconds > 0 for each in found.results)
    for each in found.results:
        known = {
            pair for pair, cosine in zip(each.judged[0].pairs, each.judged[0].cosines, strict=True) if cosine == cosine
        }
        assert {("tiger", "cat"), ("book", "paper"), ("computer", "keyboard")} <= known
        assert [judged.test for judged in each.judged] == list(TESTS)
    cosines = [each.judged[0].cosines for each in found.results]
    assert not np.array_equal(cosines[1], cosines[2], equal_nan=True)
    assert not np.array_equal(cosines[0], cosines[1], equal_nan=True)


def test_each_of_the_three_has_the_words_window_and_seed_that_are_asked_for() -> None:
    """CBOW and skip-gram are gensim's own; rarer words than five times are left out by all."""
    text = SENTENCES + "\n" + "the student has a professor " * 4
    found = {each.rival: each.judged for each in _compared(text, 8, 3, 2, 3, 5, None).results}
    keyed = {}
    for sg, rival in enumerate(("cbow", "skip_gram")):
        lines = [line.split() for line in text.split("\n")]
        keyed[rival] = Word2Vec(lines, vector_size=8, window=3, min_count=5, sg=sg, epochs=2, seed=5, workers=1).wv
    glove = TextGlove(text, GloveSettings(8, 3, at_least=5, passes=3, seed=5))
    while glove.step() is not None:
        pass
    learnt = glove.shown()
    keyed["glove"] = KeyedVectors(8)
    keyed["glove"].add_vectors(learnt.words, learnt.vectors)
    for rival, judged in found.items():
        for each in judged:
            wanted = [
                keyed[rival].similarity(*pair) if all(word in keyed[rival] for word in pair) else np.nan
                for pair in each.pairs
            ]
            np.testing.assert_allclose(each.cosines, wanted, atol=1e-5)
        rare = [set(pair) == {"professor", "student"} for pair in judged[0].pairs]
        assert np.isfinite(judged[0].cosines).sum() >= 3 and any(rare) and np.isnan(judged[0].cosines[rare]).all()


def test_it_is_what_is_asked_for_and_poor_texts_are_told() -> None:
    asked = compare_rivals(SENTENCES, dimensions=8, window=3, epochs=2, passes=3)
    same = _compared(SENTENCES, 8, 3, 2, 3, 1, None)
    for one, other in zip(asked.results, same.results, strict=True):
        for a, b in zip(one.judged, other.judged, strict=True):
            np.testing.assert_array_equal(a.cosines, b.cosines)
    with pytest.raises(LearnerError, match="text_without_words"):
        compare_rivals("a b c")
    with pytest.raises(ValueError, match="no such training"):
        compare_rivals(SENTENCES, epochs=0)
