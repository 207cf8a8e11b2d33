"""The figures of the embedding map show the trace's numbers, each point and bar in its place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.charts import colours
from nlpcore.words.projection import MapSettings
from nlpcore.words.projection_toys import ToyMap, map_toy
from nlpcore.words.projection_words import WordMap, categories, word_map
from pages.words.embedding_map.charts import toy_figure, word_figure
from pages.words.embedding_map.charts_parts import look_of, toy_marker, word_marker
from pages.words.embedding_map.charts_views import (
    frame_figure,
    kept_figure,
    perplexity_figure,
    run_figure,
    toy_rows,
    word_rows,
)
from tests.charts.test_colours import contrast
from tests.drawn import numbers
from tests.pages.words.embedding_map.made_up import NAMES, TABLES, nearest, say


@pytest.fixture(scope="module")
def words() -> WordMap:
    return word_map(
        TABLES["glove-6b-50d"], "en", "categories", ("royalty", "fruit", "animals"), settings=MapSettings(perplexity=10)
    )


@pytest.fixture(scope="module")
def toy() -> ToyMap:
    return map_toy("unequal", 60, perplexity=10)


def points_of(figure: Any) -> Any:
    """The trace that draws the words."""
    return next(trace for trace in figure.data if trace.customdata is not None)


def places(trace: Any) -> np.ndarray:
    return np.column_stack([numbers(trace.x), numbers(trace.y)])


def kept_by(trace: WordMap | ToyMap, coordinates: np.ndarray) -> list[int]:
    """How many of each point's ten nearest a map kept, by sorting all distances."""
    original = trace.unit if isinstance(trace, WordMap) else trace.toy.points
    return [len(set(nearest(original, i, 10)) & set(nearest(coordinates, i, 10))) for i in range(len(coordinates))]


# -- the map of words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("colour", ["category", "trust", "frequency"])
@pytest.mark.parametrize("selected", [None, "king"])
def test_every_frame_moves_every_point(words: WordMap, colour: str, selected: str | None) -> None:
    figure = word_figure(words, say, NAMES, colour, selected).checked()
    points = points_of(figure)
    assert np.allclose(places(points), words.projection.coordinates, atol=1e-4)
    assert [word for word, *_ in points.customdata] == list(words.words)
    for frame, run in zip(figure.frames, words.projection.frames, strict=True):
        assert frame.name == str(run.iteration)
        moved = dict(zip(frame.traces, frame.data, strict=True))
        assert np.allclose(places(moved[figure.data.index(points)]), run.coordinates, atol=1e-3)
        assert len(moved) == len(figure.data), "Plotly forgets what a frame leaves out, and fails at the next click"
        for place, trace in moved.items():
            rests = list(figure.data[place].x) == [None]  # a place in the legend
            assert trace.x is None if rests else len(numbers(trace.x)) == len(figure.data[place].x)
    steps = figure.layout.sliders[0].steps
    assert [list(step.args[0]) for step in steps] == [[frame.name] for frame in figure.frames]
    assert [step.label for step in steps] == [
        f"{run.iteration} · {run.kl_divergence:.2f}" for run in words.projection.frames
    ]


def test_lines_lead_to_the_ten_nearest_dotted_where_the_map_lost_them(words: WordMap) -> None:
    figure = word_figure(words, say, NAMES, selected="king").checked()
    i, drawn = words.index("king"), words.projection.coordinates
    in_map = nearest(drawn, i, 10)
    for dash, kept in (("solid", True), ("dot", False)):
        (line,) = (trace for trace in figure.data if trace.mode == "lines" and trace.line.dash == dash)
        wanted = [j for j in nearest(words.unit, i, 10) if (j in in_map) is kept]
        ends = places(line)
        assert ends[0::3] == pytest.approx(np.tile(drawn[i], (len(wanted), 1)), abs=1e-4)
        assert ends[1::3] == pytest.approx(drawn[wanted].reshape(-1, 2), abs=1e-4)
        assert np.isnan(ends[2::3]).all()
    (ring,) = (t for t in figure.data if t.marker.symbol == "circle-open")
    assert places(ring) == pytest.approx(drawn[[i]], abs=1e-4)


def test_the_browser_is_told_what_lights_up_under_the_pointer(words: WordMap) -> None:
    """Of the words of an open question, whose kept neighbours are to be guessed, nothing, and of those that have two of
    them near."""
    coordinates = words.projection.coordinates
    others = set()
    for asked in ((), ("orange", "apple", "king")):
        told = points_of(word_figure(words, say, NAMES, asked=asked).checked()).customdata
        for i, (word, kept, lost) in enumerate(told):
            near, in_map = nearest(words.unit, i, 10), nearest(coordinates, i, 10)
            names = {words.words[j] for j in near}
            pair = bool(asked) and asked[0] in names and bool(names & set(asked[1:]))
            others |= {word} if pair and word not in asked else set()
            hidden = word in asked or pair
            assert list(kept) == [j for j in near if j in in_map and not hidden]
            assert list(lost) == [j for j in near if j not in in_map and not hidden]
    assert others, "else nothing is seen of those that have the pair near"


def test_the_words_of_an_open_question_have_their_names_and_the_first_a_ring(words: WordMap) -> None:
    seldom = [words.words[i] for i in np.argsort(-words.ranks)[:3]]
    figure = word_figure(words, say, NAMES, asked=seldom).checked()
    named = [name for trace in figure.data for name in trace.text or () if "text" in (trace.mode or "")]
    assert set(seldom) <= set(named)
    (ring,) = (t for t in figure.data if t.marker.symbol == "circle-open")
    assert places(ring) == pytest.approx(words.projection.coordinates[[words.words.index(seldom[0])]], abs=1e-4)


@pytest.mark.parametrize("selected", [None, "king"])
def test_the_words_of_an_answered_question_stay_marked(words: WordMap, selected: str | None) -> None:
    """The word by its ring, the neighbours by lines of their own; each with its name, in every frame of the run."""
    told = tuple(words.words[i] for i in np.argsort(-words.ranks)[:3])
    figure = word_figure(words, say, NAMES, selected=selected, told=told).checked()
    drawn = words.projection.coordinates
    named = [name for trace in figure.data for name in trace.text or () if "text" in (trace.mode or "")]
    assert set(told) <= set(named)
    rings = [places(t)[0] for t in figure.data if t.marker.symbol == "circle-open"]
    assert rings == [pytest.approx(drawn[words.index(word)], abs=1e-4) for word in filter(None, (selected, told[0]))]
    lines = {trace.name: trace for trace in figure.data if trace.mode == "lines+markers"}
    assert list(lines) == [f"{told[1]}: truly near", f"{told[2]}: drawn near"]
    for line, end in zip(lines.values(), told[1:], strict=True):
        assert places(line) == pytest.approx(drawn[[words.index(told[0]), words.index(end)]], abs=1e-4)
        assert line.showlegend
    first = figure.frames[0]
    moved = dict(zip(first.traces, first.data, strict=True))[figure.data.index(lines[f"{told[1]}: truly near"])]
    ends = [words.index(told[0]), words.index(told[1])]
    assert places(moved) == pytest.approx(words.projection.frames[0].coordinates[ends], abs=1e-3)


def test_a_ring_stands_once_around_the_word_that_is_looked_at_and_was_asked_about(words: WordMap) -> None:
    figure = word_figure(words, say, NAMES, selected="king", told=("king", *words.words[:2])).checked()
    [ring] = [t for t in figure.data if t.marker.symbol == "circle-open"]
    assert ring.cliponaxis is False, "at the rim of the map it stands out of it"


def test_a_phone_has_its_map_right_below_the_legend(words: WordMap) -> None:
    """Its figure is higher than a map that is true to scale: what is left over is below."""
    axis = word_figure(words, say, NAMES).checked().layout.yaxis
    assert axis.scaleanchor == "x" and axis.constraintoward == "top"


def test_colours_tell_category_trust_and_frequency(words: WordMap) -> None:
    kinds, trust, frequency = (
        points_of(word_figure(words, say, NAMES, colour).checked()).marker
        for colour in ("category", "trust", "frequency")
    )
    of_word = {word: name for name in ("animals", "fruit", "royalty") for word in categories()[name].words["en"]}
    order = list(NAMES)
    assert list(zip(kinds.color, kinds.symbol, strict=True)) == [
        look_of(order.index(of_word[word])) for word in words.words
    ]
    assert list(trust.color) == pytest.approx(kept_by(words, words.projection.coordinates))
    assert (trust.cmin, trust.cmax) == (0, 10)
    rows = [TABLES["glove-6b-50d"].words.index(word) + 1 for word in words.words]
    assert list(frequency.color) == pytest.approx(np.log10(rows))


def test_the_legend_names_the_categories_of_the_map(words: WordMap) -> None:
    figure = word_figure(words, say, NAMES).checked()
    legend = {trace.name: (trace.marker.color, trace.marker.symbol) for trace in figure.data if trace.name}
    order = list(NAMES)
    assert legend == {NAMES[name]: look_of(order.index(name)) for name in ("royalty", "fruit", "animals")}
    assert len({look_of(place) for place in range(len(order))}) == len(order), "two categories look the same"


def test_the_hover_text_tells_rank_and_kept_neighbours(words: WordMap) -> None:
    texts = points_of(word_figure(words, say, NAMES).checked()).hovertext
    for i, (text, kept) in enumerate(zip(texts, kept_by(words, words.projection.coordinates), strict=True)):
        assert text == say(
            "hover.word", word=words.words[i], category=NAMES[words.categories[i]],
            rank=f"{TABLES['glove-6b-50d'].words.index(words.words[i]) + 1:,}", kept=kept, k=10,
        )  # fmt: skip


def test_the_data_of_the_map(words: WordMap) -> None:
    kept = kept_by(words, words.projection.coordinates)
    for i, row in enumerate(word_rows(words, NAMES)):
        near = " ".join(words.words[j] for j in nearest(words.unit, i, 10))
        x, y = words.projection.coordinates[i].round(5)
        rank = TABLES["glove-6b-50d"].words.index(words.words[i]) + 1
        assert list(row.values()) == [words.words[i], NAMES[words.categories[i]], rank, x, y, kept[i], near]


# -- toy sets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("colour", ["category", "trust"])
def test_truth_stands_on_the_left_and_the_map_on_the_right(toy: ToyMap, colour: str) -> None:
    figure = toy_figure(toy, say, colour).checked()
    truth, drawn = figure.data
    assert places(truth) == pytest.approx(toy.toy.points, abs=1e-3)
    assert places(drawn) == pytest.approx(toy.projection.coordinates, abs=1e-3)
    assert figure.layout[f"xaxis{truth.xaxis[1:]}"].domain[1] < figure.layout.xaxis.domain[0]
    assert figure.layout[f"yaxis{truth.yaxis[1:]}"].constraintoward == figure.layout.yaxis.constraintoward == "top"
    assert [note.text for note in figure.layout.annotations] == ["<b>The truth</b>", "<b>The map: t-SNE</b>"]
    assert {note.xanchor for note in figure.layout.annotations} == {"center"}
    kept = kept_by(toy, toy.projection.coordinates)
    assert np.array(drawn.customdata) == pytest.approx(np.column_stack([toy.toy.groups + 1, kept]))
    if colour == "trust":
        assert list(drawn.marker.color) == list(truth.marker.color) == pytest.approx(kept)
    else:
        assert list(truth.marker.color) == [look_of(int(group))[0] for group in toy.toy.groups]


def test_of_ten_dimensions_no_projection_is_called_the_truth() -> None:
    notes = toy_figure(map_toy("noise", 60, "pca"), say).checked().layout.annotations
    assert [note.text for note in notes] == ["<b>Data, seen by PCA</b>", "<b>The map: PCA</b>"]


def test_a_chain_is_coloured_in_its_order() -> None:
    made = map_toy("chain", 60, "pca")
    assert list(toy_marker(made, say)["color"]) == list(range(60))


def test_points_coloured_by_their_kind_stand_out_on_both_pages(words: WordMap, toy: ToyMap) -> None:
    """By their edges, at least 4 : 1; the colours themselves stay those that colour-blind readers tell apart."""
    figure = word_figure(words, say, NAMES).checked()
    marks = [trace.marker for trace in figure.data if trace.showlegend is not False and trace.name]
    marks += [points_of(figure).marker, *(trace.marker for trace in toy_figure(toy, say).checked().data)]
    assert len(marks) == 6
    for mark in marks:
        hues = [mark.color] if isinstance(mark.color, str) else mark.color
        assert set(hues) <= set(colours.CATEGORIES) - {colours.YELLOW}
        assert mark.line.width >= 1 and mark.opacity in (None, 1)
        for hue, edge in zip(hues, mark.line.color, strict=True):
            assert edge == colours.edge_of(hue)
            assert min(contrast(edge, page) for page in colours.PAGE.values()) >= 4


def test_points_coloured_by_a_magnitude_stand_out_on_both_pages(words: WordMap, toy: ToyMap) -> None:
    """Wherever on the scale: it begins as dark as the dark page, and ends nearly as pale as the light one."""
    drawn = [points_of(word_figure(words, say, NAMES, colour).checked()) for colour in ("trust", "frequency")]
    drawn += list(toy_figure(toy, say, "trust").checked().data)
    drawn += list(toy_figure(map_toy("chain", 60, "pca"), say).checked().data)
    assert len(drawn) == 6
    for trace in drawn:
        ends = [str(colour) for _, colour in trace.marker.colorscale][:: len(trace.marker.colorscale) - 1]
        for page in colours.PAGE.values():
            edge = trace.marker.line
            assert min(colours.contrast(end.upper(), page) for end in ends) >= 3 or (
                edge.width >= 1 and colours.contrast(edge.color, page) >= 3
            )


def test_the_data_of_a_toy_map(toy: ToyMap) -> None:
    wanted = zip(toy.toy.groups + 1, toy.toy.points.round(5), toy.projection.coordinates.round(5), strict=True)
    assert [list(row.values()) for row in toy_rows(toy)] == [[group, *truth, *drawn] for group, truth, drawn in wanted]


def test_a_small_map_has_its_perplexity_above_it(toy: ToyMap) -> None:
    figure = perplexity_figure(toy, 2.0, say).checked()
    assert places(figure.data[0]) == pytest.approx(toy.projection.coordinates, abs=1e-3)
    assert figure.layout.annotations[0].text == "<b>perplexity 2</b>"


# -- how far to trust it, and the run ----------------------------------------------------------------------------------


def test_the_bars_count_points_by_how_many_neighbours_they_kept(words: WordMap) -> None:
    figure = kept_figure(words.projection, say).checked()
    bars = {trace.name: list(trace.y) for trace in figure.data}
    assert list(bars) == ["random map", "PCA", "t-SNE"]
    kept = kept_by(words, words.projection.coordinates)
    assert bars["t-SNE"] == [kept.count(number) for number in range(11)]
    centred = words.unit - words.unit.mean(axis=0)
    _, _, axes = np.linalg.svd(centred)
    kept = kept_by(words, centred @ axes[:2].T)
    assert bars["PCA"] == [kept.count(number) for number in range(11)]
    assert sum(bars["random map"]) == len(words.words)
    assert np.dot(bars["random map"], range(11)) < np.dot(bars["PCA"], range(11))
    flat = word_map(TABLES["glove-6b-50d"], "en", "categories", ("fruit", "animals"), settings=MapSettings("pca"))
    assert [trace.name for trace in kept_figure(flat.projection, say).checked().data] == ["random map", "PCA"]


def test_the_run_has_a_ring_at_its_step(words: WordMap) -> None:
    frames = words.projection.frames
    line, ring = run_figure(words.projection, say, 3).checked().data
    assert list(line.x) == [frame.iteration for frame in frames]
    assert list(line.y) == [frame.kl_divergence for frame in frames]
    assert (list(ring.x), list(ring.y)) == ([frames[3].iteration], [frames[3].kl_divergence])


def test_the_place_of_a_hidden_map_is_no_hole() -> None:
    toy = map_toy("two", 50, perplexity=5.0)
    hidden, open_ = (toy_figure(toy, say, seen=seen).checked() for seen in (False, True))
    (cover,) = hidden.layout.shapes
    assert (cover.x0, cover.x1) == tuple(open_.layout.xaxis.domain) and (cover.y0, cover.y1) == (0, 1)
    assert "?" in {note.text for note in hidden.layout.annotations}
    assert not open_.layout.shapes and "?" not in {note.text for note in open_.layout.annotations}


def test_a_frame_stands_still(words: WordMap) -> None:
    still = frame_figure(words.projection, word_marker(words, NAMES), 3).checked().data[0]
    assert np.allclose(places(still), words.projection.frames[3].coordinates, atol=1e-3)
    assert colours.MUTED not in still.marker.color
