"""The figures of the lesson on senses: valid for Plotly, and what they draw is in the trace and in the CSV."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest

from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.language_models.seen import Seen
from nlpcore.language_models.sight import sight
from pages.words.word_senses import charts, charts_itself, charts_sight, idea, questions
from tests.pages.words.word_senses.making import made

W = Words(lesson("word-senses").words, "en")
CASES = [("",), ("a", "", "b", "a"), ("a", "b") * 6, tuple("abcdefghi"), ("a", "a", "b", "b")]


@pytest.mark.parametrize("hall", [False, True])
@pytest.mark.parametrize("senses", CASES)
def test_points_and_cosines(senses: tuple[str, ...], hall: bool) -> None:
    trace = made(senses)
    drawn = charts.point_map(trace, 2, W, hall)
    drawn.checked()
    places = {name: (x, y) for t in drawn.traces for name, x, y in zip(t["text"], t["x"], t["y"], strict=True)}
    assert len(places) == len(senses)
    for i, number in enumerate(trace.numbers):
        np.testing.assert_allclose(places[str(number)], trace.flat[2, i])
    low, high = drawn.layout["xaxis"]["range"]
    assert low <= trace.flat[..., 0].min() and trace.flat[..., 0].max() <= high, "the same scale in every layer"
    names = [t["name"] for t in drawn.traces]
    assert len(names) == len(set(names)) == len(set(senses)) and (W("points.no_sense") in names) is ("" in senses)
    rows = charts.point_rows(trace, 2)
    assert [row["number"] for row in rows] == list(trace.numbers) and rows[0]["d1"] == trace.points[2, 0, 0]

    matrix = charts.cosine_matrix(trace, 2, W, "en", hall)
    matrix.checked()
    order = charts.order(trace)
    assert [name.split()[-1] for name in matrix.layout["yaxis"]["ticktext"]] == [str(trace.numbers[i]) for i in order]
    np.testing.assert_allclose(matrix.traces[0]["z"], trace.cosines[2][np.ix_(order, order)])
    kinds = [trace.senses[i] for i in order]
    edges = sum(a != b for a, b in pairwise(kinds))
    assert edges == len(set(kinds)) - 1 and ("" not in kinds or not kinds[-1]), "sense by sense, those without one last"
    assert len(matrix.layout.get("shapes", ())) == 2 * edges, "a line where a sense ends"
    assert (len(matrix.traces) == 2) is (len(senses) <= 10)
    told = [
        (row["first"], row["first_sense"], row["second"], row["second_sense"]) for row in charts.cosine_rows(trace, 2)
    ]
    named = zip(trace.numbers, trace.senses, strict=True)
    assert told == [(*one, *other) for one, other in combinations(named, 2)]
    charts.static_point(trace, W, hall).checked()
    assert charts.static_rows(trace)[0]["d1"] == trace.static[0]


def test_points_that_lie_on_each_other_are_all_named_once() -> None:
    trace = made(("a", "a", "a", "b"))
    flat = trace.flat.copy()
    flat[0, :2] = flat[0, 2] + [charts.ON_EACH_OTHER / 2, 0]
    drawn = charts.point_map(replace(trace, flat=flat), 0, W)
    drawn.checked()
    assert [list(t["text"]) for t in drawn.traces] == [["", "", "1 · 2 · 3"], ["4"]]
    assert list(drawn.traces[0]["textposition"])[-1] == "top center"
    flat[0, 1] = flat[0, 2] + [0, 2 * charts.ON_EACH_OTHER]
    assert list(charts.point_map(replace(trace, flat=flat), 0, W).traces[0]["text"]) == ["", "2", "1 · 3"]


@pytest.mark.parametrize(
    ("step", "side"),
    [
        ((0.0, 0.1), "bottom center"),
        ((0.0, -0.1), "top center"),
        ((0.1, 0.0), "middle left"),
        ((-0.1, 0.0), "middle right"),
    ],
)
def test_a_number_that_another_mark_covers_stands_beside_its_own(step: tuple[float, float], side: str) -> None:
    trace = made(("a", "a", "b", "b"))
    flat = np.zeros_like(trace.flat)
    flat[:, :, 0], flat[:, :2, 1] = [-1, 1, -1, 1], [1, -1]
    flat[0, 2] = flat[0, 0] + step  # drawn later, as its sense comes later
    drawn = charts.point_map(replace(trace, flat=flat), 0, W)
    drawn.checked()
    assert [list(t["textposition"]) for t in drawn.traces] == [[side, "middle center"], ["middle center"] * 2]
    apart = charts.point_map(replace(trace, flat=flat * [1, 3] if step[0] else flat), 1, W)
    assert {each for t in apart.traces for each in t["textposition"]} == {"middle center"}


@pytest.mark.parametrize("hall", [False, True])
def test_a_long_legend_makes_a_map_taller_and_its_plot_no_smaller(hall: bool) -> None:
    few, many = (charts.point_map(made(tuple("abcdefghijklmnop"[:count])), 1, W, hall).layout for count in (4, 16))
    assert many["margin"]["t"] >= few["margin"]["t"] + 3 * 20
    assert many["height"] - many["margin"]["t"] == few["height"] - few["margin"]["t"]


@pytest.mark.parametrize("layer", [0, 3])
def test_the_curve_marks_the_best_layer(layer: int) -> None:
    trace = made(("a", "a", "b", "b"), seed=3)
    drawn = charts.layer_curve(trace, layer, W)
    drawn.checked()
    curve = drawn.traces[0]
    np.testing.assert_allclose(curve["y"], trace.by_layer)
    assert curve["marker"]["size"].index(max(curve["marker"]["size"])) == int(np.argmax(trace.by_layer))
    assert drawn.layout["shapes"][0]["x0"] == layer
    low, high = drawn.layout["yaxis"]["range"]
    assert low < min(0, trace.by_layer.min()) and high > trace.by_layer.max()
    rows = charts.curve_rows(trace)
    assert [row["silhouette"] for row in rows] == trace.by_layer.tolist()
    assert rows[1]["sentence_2"] == trace.silhouettes[1, 1]


@pytest.mark.parametrize("hall", [False, True])
@pytest.mark.parametrize("count", [1, 2, 10])
def test_masks(count: int, hall: bool) -> None:
    trace = sight(tuple(f"w{n}" for n in range(count)), count // 2)
    other = questions.other_of(trace)
    for told in (False, True):
        drawn = charts_sight.masks(trace, other, told, W, hall)
        drawn.checked()
        assert len(drawn.traces) == 6 and len(drawn.layout["shapes"]) == 3
        signs = [list(t["text"]) for t in drawn.traces[1::2]]
        elmo, gpt, bert = signs
        if told:
            assert elmo.count("→") == elmo.count("←") == count * (count - 1) // 2 and elmo.count("●") == count
            assert gpt.count("→") == int(trace.gpt.sum()) and len(gpt) == gpt.count("→")
            assert bert.count("M") == count and bert.count("●") == count * (count - 1)
        elif count > 1:
            assert all(each.count("?") == 1 for each in signs) and "M" not in bert and "←" not in elmo
    rows = charts_sight.mask_rows(trace, told=True)
    assert len(rows) == count * count and set(charts_sight.mask_rows(trace, told=False)[0]) == {"position", "word"}
    for row in rows:
        seen = row["gpt"] != "blank"
        assert seen == trace.sees("gpt", row["position"] - 1, row["word_position"] - 1)


@pytest.mark.parametrize("count", [1, 8, 24])
def test_bars(count: int) -> None:
    tokens = tuple(f"t{n}" for n in range(count))
    seen, hidden = np.linspace(0.5, 1, count), np.linspace(0, 0.5, count)
    trace = Seen(tokens, seen, hidden, (1,) * count, (2,) * count, tokens, ("x",) * count)
    for told in (False, True):
        drawn = charts_itself.bars(trace, told, W)
        drawn.checked()
        assert len(drawn.traces) == 1 + told
        np.testing.assert_allclose(drawn.traces[0]["y"], hidden)
        rows = charts_itself.bar_rows(trace, told)
        assert ("seen" in rows[0]) is told and rows[-1]["hidden"] == hidden[-1]
    np.testing.assert_allclose(drawn.traces[1]["y"], seen)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("senses", [("a",), ("a", "a", "b"), ("", "")])
def test_the_picture_of_the_idea(senses: tuple[str, ...], language: str) -> None:
    trace, words = made(senses), Words(lesson("word-senses").words, language)
    i, j = idea.pair(trace)
    said = idea.values(trace, plain=True)
    assert said["first"] == trace.sentences[i] and said["second"] == trace.sentences[j]
    assert senses[i] != senses[j] or len(set(senses)) == 1
    assert said["cosine"] == f"{trace.cosines[-1, i, j]:.2f}".replace("-", "−")
    svg = idea.sketch(trace, words).svg("x")
    assert svg.count("cos ") == 1 + (i != j) and words("idea.static") in svg
    assert i == j or f"cos {said['cosine']}" in svg


def test_a_snippet_has_whole_words() -> None:
    trace = made(("a",))
    assert idea.snippet(trace, 0) == "…1 has a bank."
