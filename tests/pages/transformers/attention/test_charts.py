"""The figures: what they hold for known maps, with words from the lesson in both languages."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from app.charts import style
from app.charts.mosaic import mosaic
from app.lessons import lesson
from app.words import Words
from nlpcore.attention import AttentionMaps, HeadVectors, summarise
from nlpcore.attention.summaries import MEASURES
from pages.transformers.attention import charts, charts_values, questions
from tests.pages.transformers.attention import made_up


@pytest.fixture(params=["en", "zh"])
def w(request: pytest.FixtureRequest) -> Words:
    return Words(lesson("attention").words, request.param)


def maps_of(n: int, layers: int = 2, heads: int = 3, segments: tuple[int, ...] | None = None) -> AttentionMaps:
    """Random weights over ``n`` tokens, the last of which looks like HTML."""
    return made_up.maps_of([*(f"t{i}" for i in range(n - 1)), "<b>x</b>"], layers, heads, segments, seed=n)


def test_the_map_shows_the_head_and_its_row(w: Words) -> None:
    maps = maps_of(6)
    figure = charts.head_map(maps, w, layer=1, head=2, query=4).checked()
    heatmap, bars, targets = figure.data
    np.testing.assert_allclose(heatmap.z, maps.weights[1, 2])
    np.testing.assert_allclose(bars.y, maps.weights[1, 2, 4])
    assert len(targets.x) == 36 and "&lt;b&gt;x&lt;/b&gt;" in targets.text[-1]
    assert figure.layout.xaxis.ticktext[-1] == "&lt;b&gt;x&lt;/b&gt;"


@pytest.mark.parametrize(("n", "hall", "slanting"), [(14, True, True), (15, True, False), (19, False, True)])
def test_names_of_a_hall_s_narrow_columns_stand_upright(w: Words, n: int, hall: bool, slanting: bool) -> None:
    """Beside all heads a hall's map is narrow and its type large: slanting, many names would lie on each other."""
    figure = charts.head_map(maps_of(n), w, layer=0, head=0, query=1, hall=hall).checked()
    assert (-45 in figure.layout.xaxis.autotickangles) is slanting


def test_a_secret_row_is_nowhere_in_the_figure_or_its_data(w: Words) -> None:
    maps = maps_of(6)
    figure = charts.head_map(maps, w, layer=0, head=0, query=3, secret=3).checked()
    heatmap, bars, targets = figure.data
    assert np.isnan(heatmap.z[3]).all() and not np.any(bars.y) and not any(bars.text)
    assert all(text.endswith("?") for text in targets.text[18:24])
    assert {row["query_position"] for row in charts.map_rows(maps, 0, 0, secret=3)} == {0, 1, 2, 4, 5}


def test_128_tokens_have_thinned_labels_and_few_marks(w: Words) -> None:
    figure = charts.head_map(maps_of(128), w, layer=0, head=0, query=77).checked()
    assert len(figure.data[2].x) == 128 and 20 <= len(figure.layout.yaxis.ticktext) <= 60
    assert 77 in figure.layout.yaxis.tickvals
    assert len(figure.to_json()) < 200_000


def test_a_pair_has_strips_in_two_colours(w: Words) -> None:
    figure = charts.head_map(maps_of(6, segments=(0, 0, 0, 1, 1, 1)), w, layer=0, head=0, query=0).checked()
    for colour, (first, end) in zip(charts.SEGMENTS, ((-0.5, 2.5), (2.5, 5.5)), strict=True):
        above, beside = (shape for shape in figure.layout.shapes if shape.fillcolor == colour)
        assert (above.x0, above.x1) == (beside.y0, beside.y1) == (first, end), "from its first token to its last"


def test_the_overview_has_a_target_a_head_and_frames_the_chosen_one(w: Words) -> None:
    maps = maps_of(9, layers=4, heads=5)
    figure = charts.overview(maps, summarise(maps), w, layer=2, head=3).checked()
    assert len(figure.data[0].x) == 20
    frame = figure.layout.shapes[0]
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (3.5, 4.5, 2.5, 3.5)
    below = charts.overview(maps, summarise(maps), w, layer=2, head=None, whole=True).checked().layout.shapes[0]
    assert (below.x0, below.x1, below.y0, below.y1) == (0.5, 5.5, 0.5, 3.5)


@pytest.mark.parametrize(("layers", "heads", "n"), [(6, 12, 16), (6, 12, 128), (30, 9, 64)])
def test_all_heads_are_a_picture_of_some_kilobytes(layers: int, heads: int, n: int) -> None:
    from PIL import Image

    uri = mosaic(maps_of(n, layers, heads).weights)
    picture = Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1])))
    picture.load()
    assert picture.width % heads == 0 and picture.height % layers == 0
    assert len(uri) < 450_000


def test_the_picture_shows_the_right_head_in_the_right_place() -> None:
    from PIL import Image

    weights = np.zeros((3, 2, 8, 8), np.float32)
    weights[2, 0, :, 0] = 1  # a sink on the first key, in the third layer's first head
    picture = Image.open(io.BytesIO(base64.b64decode(mosaic(weights).split(",")[1]))).convert("RGBA")
    pixels = np.asarray(picture).astype(int)
    height, width = pixels.shape[0] // 3, pixels.shape[1] // 2
    bright = pixels[..., :3].sum(-1) * (pixels[..., 3] > 0) > 500
    assert bright[2 * height :, :width].any() and bright.sum() == bright[2 * height :, : width // 3].sum()


def test_the_products_add_up_to_the_score(w: Words) -> None:
    rng = np.random.default_rng(0)
    vectors = HeadVectors(*rng.normal(size=(3, 2, 4, 5, 8)), causal=False, tokens=tuple("abcde"))
    figure = charts.dot_product(vectors, w, layer=1, head=2, query=0, key=3).checked()
    score = vectors.trace(1, 2).scores[0, 3]
    bars = figure.data[0]
    assert np.sum(bars.y) == pytest.approx(score) and bars.base[-1] + bars.y[-1] == pytest.approx(score)
    rows: Any = charts.dot_product_rows(vectors, 1, 2, 0, 3)
    assert sum(row["product"] for row in rows) == pytest.approx(score)


@pytest.mark.parametrize("count", [2, 6, 9])
def test_weighted_values_add_up_to_the_output(w: Words, count: int) -> None:
    rng = np.random.default_rng(count)
    vectors = HeadVectors(*rng.normal(size=(3, 2, 4, count, 8)), causal=False, tokens=tuple("abcdefghi"[:count]))
    figure = charts_values.weighted_values(vectors, w, layer=1, head=2, query=1).checked()
    trace, rows = vectors.trace(1, 2), np.asarray(figure.data[0].z)
    np.testing.assert_allclose(rows[-1], trace.output[1], rtol=1e-5)
    np.testing.assert_allclose(rows[:-1].sum(0), rows[-1], rtol=1e-4, atol=1e-6)
    first = int(trace.weights[1].argmax())
    np.testing.assert_allclose(rows[0], trace.weights[1, first] * vectors.v[1, 2, first], rtol=1e-5)
    assert figure.layout.yaxis.ticktext[0] == f"{vectors.tokens[first]} · {trace.weights[1, first]:.2f}"
    assert len(rows) == min(count, 6) + (count > 6) + 1 == len(figure.layout.yaxis.ticktext)
    table: Any = charts_values.weighted_rows(vectors, 1, 2, 1)
    total = sum(row["product"] for row in table if row["component"] == 3)
    assert total == pytest.approx(trace.output[1, 2]) and len(table) == 8 * count


@pytest.mark.parametrize("measure", MEASURES)
def test_the_grid_holds_one_number_a_head(w: Words, measure: str) -> None:
    summary = summarise(maps_of(7))
    figure = charts.measure_grid(summary, w, measure, layer=1, head=2).checked()
    percent = 1 if measure in ("entropy", "distance") else 100
    np.testing.assert_allclose(figure.data[0].z, getattr(summary, measure) * percent)
    assert len(charts.summary_rows(summary, MEASURES)) == 6
    digits = 0 if percent == 100 else 1
    written = zip(figure.data[1].y, figure.data[1].x, figure.data[1].text, strict=True)
    values = getattr(summary, measure) * percent
    assert [(y, x, text) for y, x, text in written] == [
        (layer + 1, head + 1, f"{values[layer, head]:.{digits}f}") for layer in range(2) for head in range(3)
    ]


def test_tokens_that_stand_twice_are_called_at_the_axes_as_the_question_calls_them(w: Words) -> None:
    maps = made_up.maps_of(["the", "cat", "the", "dog", "the"])
    figure = charts.head_map(maps, w, 0, 0, 0).checked()
    names = [label.removeprefix("<b>").removesuffix("</b>") for label in figure.layout.xaxis.ticktext]
    assert names == ["the₁", "cat", "the₂", "dog", "the₃"]
    assert figure.layout.yaxis.ticktext[2] == "the₂"
    question = questions.peak(maps, 0, 0, 2, about=None)
    assert question is not None and question.values["query"] == "the₂"
    offered = {option.values["key"] for option in question.options}  # type: ignore[union-attr]
    assert offered <= set(names)
    assert figure.data[2].text[2 * 5 + 4].startswith("the₂ → the₃: ")


def test_a_head_of_zeros_can_be_drawn(w: Words) -> None:
    maps = replace(maps_of(3), weights=np.zeros((1, 1, 3, 3), np.float32))
    assert charts.head_map(maps, w, 0, 0, 0).checked().data[0].zmax == 1


def test_what_is_hovered_and_taken_away_is_the_weight_from_query_to_key(w: Words) -> None:
    maps = maps_of(5)
    targets = charts.head_map(maps, w, layer=1, head=0, query=2).checked().data[2]
    rows = charts.map_rows(maps, 1, 0)
    assert len(rows) == len(targets.text) == 25
    for text, row, x, y in zip(targets.text, rows, targets.x, targets.y, strict=True):
        weight = maps.weights[1, 0, y, x]
        assert text.endswith(f": {weight:.2f}") and row["weight"] == weight
        assert (row["query_position"], row["key_position"]) == (y, x)
        assert (row["query"], row["key"]) == (maps.tokens[y], maps.tokens[x])
    names = [text.split(": ")[0] for text in targets.text]
    assert names[7] == "t1 → t2"


def test_beyond_the_clickable_a_row_is_chosen_beside_it(w: Words) -> None:
    targets = charts.head_map(maps_of(40), w, layer=0, head=0, query=3).checked().data[2]
    assert list(targets.y) == list(range(40)) and set(targets.x) == {-1}


def test_a_head_is_told_by_its_place_its_habit_and_its_entropy(w: Words) -> None:
    maps = maps_of(4, layers=2, heads=3)
    looks_back = np.eye(4, k=-1, dtype=np.float32)
    looks_back[0, 0] = 1
    maps.weights[1, 2] = looks_back
    summary = summarise(maps)
    targets = charts.overview(maps, summary, w, layer=0, head=0).checked().data[0]
    place = list(zip(targets.y, targets.x, strict=True)).index((2, 3))
    assert targets.text[place].split("<br>") == [
        w("hover.head", layer=2, head=3), w("pattern.previous"), w("hover.entropy", bits="0.0"),
    ]  # fmt: skip
    row = charts.summary_rows(summary, MEASURES)[place]
    assert (row["layer"], row["head"]) == (2, 3) and row["entropy"] == 0 and row["previous"] == 0.75


def test_heads_that_share_keys_multiply_with_the_shared_ones(w: Words) -> None:
    vectors = made_up.vectors_of("abc", heads=4, key_heads=2, seed=3)
    bars = charts.dot_product(vectors, w, layer=1, head=1, query=2, key=0).checked().data[0]
    products = sorted((vectors.q[1, 1, 2] * vectors.k[1, 0, 0]).tolist(), reverse=True)
    np.testing.assert_allclose(bars.y, products, rtol=1e-6)
    for component, q, k, product in bars.customdata:
        place = int(component) - 1
        assert (q, k) == (vectors.q[1, 1, 2, place], vectors.k[1, 0, 0, place])
        assert product == pytest.approx(q * k, rel=1e-6)
    assert [row["component"] for row in charts.dot_product_rows(vectors, 1, 1, 2, 0)] == list(range(1, 9))


@pytest.mark.parametrize("hall", [False, True])
@pytest.mark.parametrize("n", [6, 21, 26, 32, 40, 41, 64, 128])
def test_labels_have_room_and_those_that_are_needed_are_there(n: int, hall: bool, w: Words) -> None:
    """As many as have room for their type in the rows, which take some 0.6 of the height."""
    maps, query, needed = maps_of(n), n // 2, (1, 2, n - 2)
    figure = charts.head_map(maps, w, layer=0, head=0, query=query, needed=needed, hall=hall).checked()
    strongest = int(maps.weights[0, 0, query].argmax())
    height = figure.layout.height * (style.LECTURE_HEIGHT if hall else 1)
    size = style.SMALL * (style.LECTURE_FACTOR if hall else 1)
    room = 0.62 * height / n
    for axis, sure in ((figure.layout.xaxis, {*needed}), (figure.layout.yaxis, {query})):
        named = set(axis.tickvals)
        assert sure <= named
        assert all((b - a) * room >= size - 0.1 for a, b in pairwise(sorted(named)) if not {a, b} <= sure)
        for left_out in {query, strongest, *needed} - named:
            assert any(abs(left_out - other) * room < size for other in named), "there was no room for it"
        assert hall or n > 40 or len(named) == n
        bold = {place for place, label in zip(axis.tickvals, axis.ticktext, strict=True) if label.startswith("<b>")}
        wanted = {query, strongest, *needed} & named
        assert bold == (wanted if n > 20 or axis == figure.layout.xaxis else {query})
    secret = charts.head_map(maps, w, layer=0, head=0, query=query, secret=query, needed=needed, hall=hall).checked()
    assert {*needed} <= set(secret.layout.xaxis.tickvals) and figure.layout.height <= 840


@pytest.mark.parametrize("n", range(6, 20))
def test_labels_do_not_touch_in_a_hall(n: int, w: Words) -> None:
    """A line of type needs a tenth more than its size; rows take 0.62 of the height, which the projector makes larger."""
    figure = charts.head_map(maps_of(n), w, layer=0, head=0, query=n // 2, hall=True).checked()
    room = 0.62 * figure.layout.height * style.LECTURE_HEIGHT / n
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        size = axis.tickfont.size * style.LECTURE_FACTOR
        assert size >= 22 and room >= 1.1 * size - 0.1
        assert len(axis.tickvals) == n


@pytest.mark.parametrize(("layers", "heads"), [(6, 12), (4, 4), (30, 9)])
def test_thumbnails_leave_a_hall_room_for_what_is_said_below_them(layers: int, heads: int) -> None:
    """Of the 764 px under the fields, text of 405 px, or of 185 where there are many layers."""
    height = style.LECTURE_HEIGHT * charts.overview_height(layers, heads, hall=True)
    assert height <= 764 - 45 - (405 if layers <= charts.FEW_LAYERS else 185)
    assert height <= style.LECTURE_HEIGHT * charts.overview_height(layers, heads)
