"""What the figures of Word2Vec give away as tables, worked out another way, and the mean that is drawn of a loss."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from app.lessons import lesson
from app.words import Words
from nlpcore.words.reading import learn_words, read_windows
from nlpcore.words.table import Neighbour
from pages.words.word2vec import charts, charts_step, charts_text
from tests.drawn import numbers

EN = Words(lesson("word2vec").words, "en")
SENTENCE = "the cat sees the dog and the dog sees the bird and the sun"
TEXT = tuple(SENTENCE.split())
OFTEN = Counter(TEXT)


def test_words_are_counted_and_drawn_and_kept_as_gensim_does() -> None:
    rows = charts.sample_rows(read_windows(TEXT, sample=0.1))
    powers = {word: count**0.75 for word, count in OFTEN.items()}
    assert {row["word"]: row["count"] for row in rows} == OFTEN
    for row in rows:
        count = OFTEN[row["word"]]
        ratio = count / (0.1 * len(TEXT))
        assert row["share"] == pytest.approx(count / len(TEXT))
        assert row["noise"] == pytest.approx(powers[row["word"]] / sum(powers.values()))
        assert row["kept"] == pytest.approx(min(1.0, (math.sqrt(ratio) + 1) / ratio))
    drawn = charts.samples_figure(read_windows(TEXT), EN).traces
    assert [numbers(trace["x"]).tolist() for trace in drawn] == [[row[of] for row in rows] for of in ("share", "noise")]


def test_no_word_s_way_through_the_tree_begins_another_s() -> None:
    reading = read_windows(TEXT)
    rows = charts.tree_rows(reading)
    assert {row["word"]: row["count"] for row in rows} == OFTEN
    for one, other in combinations([row["code"] for row in rows], 2):
        assert not one.startswith(other) and not other.startswith(one)
    assert all(len(row["nodes"].split()) == len(row["code"]) for row in rows), "a turn at each fork"
    # Kraft: the ways fill the tree, with nothing left over
    assert sum(2.0 ** -len(row["code"]) for row in rows) == 1


def test_what_an_example_costs() -> None:
    reading = read_windows(TEXT)
    rows = charts.cost_rows(reading, 5)
    turns = sum(len(row["code"]) * row["count"] for row in charts.tree_rows(reading)) / len(TEXT)
    here = [row["products"] for row in rows if row["words"] == len(OFTEN)]
    assert here == pytest.approx([len(OFTEN), 6, turns])
    drawn = charts.costs_figure(reading, 5, EN).traces
    assert numbers(drawn[0]["x"]).tolist() == here
    for trace, way in zip(drawn[1:], ("softmax", "negatives", "tree"), strict=True):
        told = [row["products"] for row in rows if row["way"] == way and row["words"] in charts.SIZES]
        assert numbers(trace["y"]).tolist() == told and len(told) == len(charts.SIZES)
    assert [row["products"] for row in rows if (row["words"], row["way"]) == (100_000, "softmax")] == [100_000]


@pytest.mark.parametrize("output", ["softmax", "tree"])
def test_both_matrices_are_a_row_a_word_but_those_of_a_tree_a_row_a_fork(output: str) -> None:
    shown = learn_words(TEXT, 30, output=output).shown  # type: ignore[arg-type]
    rows = charts_step.matrix_rows(shown)
    for name, values in (("first", shown.first), ("second", shown.second)):
        mine = [row for row in rows if row["matrix"] == name]
        np.testing.assert_array_equal([[row[f"d{i}"] for i in range(values.shape[1])] for row in mine], values)
        assert [row["row"] for row in mine] == list(range(len(values)))
        words = [""] * (len(OFTEN) - 1) if (name, output) == ("second", "tree") else list(shown.words)
        assert [row["word"] for row in mine] == words


def test_points_and_losses_are_those_that_are_drawn() -> None:
    run = learn_words(TEXT, 60)
    (dots,) = (trace for trace in charts_step.map_figure(run.shown, EN).traces if trace["mode"] == "markers")
    rows = charts_step.map_rows(run.shown)
    assert [(row["x"], row["y"]) for row in rows] == list(zip(numbers(dots["x"]), numbers(dots["y"]), strict=True))
    assert [row["word"] for row in rows] == list(run.shown.words)
    assert [(row["step"], row["loss"]) for row in charts_step.loss_rows(run)] == list(enumerate(run.losses, 1))
    each, mean = charts_step.loss_figure(run, EN).traces
    for trace in (each, mean):
        assert numbers(trace["x"]).tolist() == list(range(1, 61))
    np.testing.assert_allclose(numbers(each["y"]), run.losses)
    np.testing.assert_allclose(numbers(mean["y"]), pd.Series(run.losses).ewm(alpha=0.05, adjust=False).mean())


def test_the_nearest_words_have_their_places() -> None:
    rows = charts_text.near_rows("a", [Neighbour("b", 0.9), Neighbour("c", 0.4)])
    assert [tuple(row.values()) for row in rows] == [("a", 1, "b", 0.9), ("a", 2, "c", 0.4)]
