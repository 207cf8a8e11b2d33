"""What the figures of GloVe give away as tables, worked out another way, and the mean that is drawn of a loss."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from app.lessons import lesson
from app.words import Words
from nlpcore.words.glove_reading import learn_small_glove, read_cooccurrences
from nlpcore.words.similarity import TESTS, Correlation, Judged
from nlpcore.words.table import Neighbour
from pages.words.glove import charts, charts_text
from tests.drawn import numbers

EN = Words(lesson("glove").words, "en")
MATS = "the cat sat on the mat\nthe dog sat on the rug"
NEAR = {"a": (Neighbour("b", 0.9), Neighbour("c", 0.4)), "d": (Neighbour("e", -0.2),)}


def test_each_count_has_its_weight_and_its_cells() -> None:
    counted = read_cooccurrences(MATS).counted
    rows = charts.weight_rows(counted, 2.0, 0.75)
    assert {row["count"]: row["cells"] for row in rows} == Counter(counted.values.tolist())
    assert [row["weight"] for row in rows] == pytest.approx([min(1.0, row["count"] / 2.0) ** 0.75 for row in rows])


def test_the_losses_and_their_running_mean() -> None:
    run = learn_small_glove(MATS, 50, rate=0.2)
    assert [(row["step"], row["loss"]) for row in charts.loss_rows(run)] == list(enumerate(run.losses, 1))
    each, mean = charts.loss_figure(run, EN).traces
    for trace in (each, mean):
        assert numbers(trace["x"]).tolist() == list(range(1, 51))
    np.testing.assert_allclose(numbers(each["y"]), run.losses)
    np.testing.assert_allclose(numbers(mean["y"]), pd.Series(run.losses).ewm(alpha=0.05, adjust=False).mean())


def test_neighbours_stand_under_their_word_from_top_to_bottom() -> None:
    rows = charts_text.neighbour_rows(NEAR)
    assert [tuple(row.values()) for row in rows] == [("a", 1, "b", 0.9), ("a", 2, "c", 0.4), ("d", 1, "e", -0.2)]
    cells, texts = charts_text.neighbours_figure(NEAR, EN).traces
    np.testing.assert_array_equal(numbers(cells["z"]).reshape(2, 2), [[0.9, -0.2], [0.4, np.nan]])
    said = dict(zip(zip(texts["x"], texts["y"], strict=True), texts["text"], strict=True))
    assert said == {(0, 0): "b<br>0.90", (1, 0): "e<br>−0.20", (0, 1): "c<br>0.40"}


def test_a_correlation_is_given_with_its_interval_and_its_test() -> None:
    found = {"glove": (Correlation(9, 0.2, 0.1, 0.3), Correlation(8, 0.5, 0.4, 0.6)),
             "cbow": (Correlation(9, 0.3, 0.2, 0.4), Correlation(8, 0.1, 0.0, 0.2))}  # fmt: skip
    rows = charts_text.agreement_rows(found)
    assert [(row["vectors"], row["test"]) for row in rows] == [(name, test) for name in found for test in TESTS]
    assert [tuple(row.values())[2:] for row in rows] == [
        (9, 0.2, 0.1, 0.3), (8, 0.5, 0.4, 0.6), (9, 0.3, 0.2, 0.4), (8, 0.1, 0.0, 0.2),
    ]  # fmt: skip
    traces = charts_text.agreement_figure(found, EN).traces
    drawn = [(*numbers(line["x"]), *numbers(dot["x"])) for line, dot in zip(traces[::2], traces[1::2], strict=True)]
    of = dict(zip(((row["test"], row["vectors"]) for row in rows), rows, strict=True))
    wanted = [of[test, name] for test in TESTS for name in found]
    assert drawn == [(row["low"], row["high"], row["spearman"]) for row in wanted]


def test_pairs_that_are_not_known_are_left_out() -> None:
    judged = Judged(
        "wordsim", (("a", "b"), ("a", "c"), ("d", "e")), np.array([9.0, 1.0, 4.0]), np.array([0.5, np.nan, -0.1])
    )
    assert [tuple(row.values()) for row in charts_text.pair_rows(judged)] == [
        ("a", "b", 9.0, 0.5), ("d", "e", 4.0, -0.1),
    ]  # fmt: skip
    (dots,) = charts_text.pairs_figure(judged, EN).traces
    assert numbers(dots["x"]).tolist() == [9.0, 4.0] and numbers(dots["y"]).tolist() == [0.5, -0.1]
    assert dots["hovertext"] == ["a – b", "d – e"]
