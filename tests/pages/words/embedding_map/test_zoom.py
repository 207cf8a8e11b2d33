"""The part of the map around a word: what it holds, where lines leave it, and that no name at its rim is cut."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.charts import style
from app.charts.label_placement import SIDES, text_width
from nlpcore.words.projection import MapSettings
from nlpcore.words.projection_words import WordMap, word_map
from pages.words.embedding_map.charts import word_figure
from pages.words.embedding_map.charts_parts import room_around
from pages.words.embedding_map.zoom import LARGEST, box_around, exits, leaving
from tests.drawn import numbers
from tests.pages.words.embedding_map.made_up import NAMES, TABLES, nearest, random_map, say


@pytest.fixture(scope="module")
def trace() -> WordMap:
    return word_map(
        TABLES["glove-6b-50d"], "en", "categories", ("royalty", "fruit", "animals"), settings=MapSettings(perplexity=10)
    )


@given(st.integers(12, 80), st.integers(0, 50), st.data())
def test_the_part_holds_the_word_and_its_nearest_in_the_map_and_as_many_true_ones_as_half_a_map_has_room_for(
    n: int, seed: int, data: st.DataObject
) -> None:
    trace = random_map(n, seed)
    word = data.draw(st.sampled_from(trace.words))
    places, i, k = trace.projection.coordinates, trace.index(word), trace.projection.quality.k
    low, high = box_around(trace, word)

    def holds(row: int) -> bool:
        return bool((places[row] >= low - 1e-9).all() and (places[row] <= high + 1e-9).all())

    near = nearest(places, i, k)
    assert all(map(holds, [i, *near]))
    whole, hood = np.ptp(places, axis=0), places[[i, *near]]
    least = np.maximum(LARGEST * whole, np.ptp(hood, axis=0))
    assert (high - low <= least + 1e-9).all()
    for row in nearest(trace.unit, i, k):
        if not holds(row):
            wider = np.maximum(high, places[row]) - np.minimum(low, places[row])
            assert (wider > least).any(), "there is room for it"
    outside = sorted(row for row in nearest(trace.unit, i, k) if not holds(row))
    assert sorted(row for group in exits(trace, word, np.stack([low, high])) for row in group) == outside


def test_a_line_leaves_where_it_crosses_the_edge() -> None:
    box = np.array([[-1.0, -2.0], [1.0, 2.0]])
    points = np.array([[0.0, 0.0], [4.0, 4.0], [-3.0, 0.0], [0.0, 5.0], [0.5, 1.0], [1.0, 8.0]])
    assert leaving(points, 0, (1, 2, 3, 5), box) == pytest.approx(np.array([[1, 1], [-1, 0], [0, 2], [0.25, 2]]))
    assert np.isnan(leaving(points, 0, (4,), box)).all(), "it ends within"
    assert np.isnan(leaving(points, 1, (0,), box)).all(), "the word itself is elsewhere"


def ranges(figure: Any) -> np.ndarray[Any, Any]:
    return np.array([figure.layout.xaxis.range, figure.layout.yaxis.range], dtype=float)


def test_the_axes_go_to_the_word_and_back(trace: WordMap) -> None:
    whole, near = (word_figure(trace, say, NAMES, selected="king", near=zoomed).checked() for zoomed in (False, True))
    box = box_around(trace, "king")
    assert (ranges(near)[:, 0] < box[0]).all() and (ranges(near)[:, 1] > box[1]).all()
    assert (np.ptp(ranges(near), axis=1) < np.ptp(ranges(whole), axis=1)).all()
    assert np.allclose(ranges(whole), ranges(word_figure(trace, say, NAMES).checked()))
    assert word_figure(trace, say, NAMES, near=True).layout.get("uirevision") is None, "without a word the map is whole"
    assert near.layout.uirevision != word_figure(trace, say, NAMES, selected="queen", near=True).layout["uirevision"]


def test_neighbours_elsewhere_on_the_map_are_named_where_their_lines_leave(trace: WordMap) -> None:
    """In the last frame and in every other one."""
    word = max(trace.words, key=lambda one: len(exits(trace, one, room_around(box_around(trace, one)))))
    box, i = room_around(box_around(trace, word)), trace.index(word)
    groups = exits(trace, word, box)
    assert groups
    figure = word_figure(trace, say, NAMES, selected=word, near=True).checked()
    (names,) = (one for one in figure.data if one.mode == "text")
    assert figure.layout.xaxis.constrain == figure.layout.yaxis.constrain == "domain"
    assert pytest.approx(box) == ranges(figure).T, "the rim is where the axes end"
    assert list(names.text) == ["<br>".join(f"→ {trace.words[row]}" for row in rows) for rows in groups]
    place = figure.data.index(names)
    frames = [(figure.data, trace.projection.coordinates)]
    frames += [(frame.data, run.coordinates) for frame, run in zip(figure.frames, trace.projection.frames, strict=True)]
    for drawn, coordinates in frames:
        at = np.column_stack([numbers(drawn[place].x), numbers(drawn[place].y)])
        wanted = [leaving(coordinates, i, rows, box).mean(axis=0) for rows in groups]
        assert at == pytest.approx(np.array(wanted), abs=1e-3, nan_ok=True)


@pytest.mark.parametrize(("near", "width"), [(False, 320), (True, 320), (False, 660), (True, 660)])
def test_no_label_reaches_over_the_rim(trace: WordMap, near: bool, width: float) -> None:
    """On a phone the labels of the second trace, on a large screen those of the first too; the narrowest counts."""
    for word in trace.words[::7]:
        figure = word_figure(trace, say, NAMES, selected=word, near=near).checked()
        more, few = (one for one in figure.data if one.mode == "markers+text")
        across, up = ranges(figure)
        scale = min(width / np.ptp(across), (430 if width == 320 else 450) / np.ptp(up))
        for labels in [few] if width == 320 else [few, more]:
            for x, text, side in zip(numbers(labels.x), labels.text, labels.textposition, strict=True):
                if not text:  # one stands in where there is no label
                    continue
                middle = (x - across.mean()) * scale + SIDES[side][0] * (text_width(text, style.SMALL) / 2 + 2)
                assert abs(middle) + text_width(text, style.SMALL) / 2 <= width / 2 + 8, (text, side)
