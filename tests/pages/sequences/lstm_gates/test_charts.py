"""The LSTM lesson's figures show the trace's numbers, in both languages and for both kinds of network."""

import dataclasses

import numpy as np
import pytest

from app.charts import colours
from app.lessons import lesson
from app.words import Words
from nlpcore.recurrent import (
    alternatives,
    compare,
    flow_comparison,
    gate_extremes,
    read,
    read_characters,
    read_sentence,
)
from pages.sequences.lstm_gates import charts, charts_views
from tests.pages.sequences.lstm_gates.readings import letters

TEXT = "the film was not very good , but i do n't do it <b> ."


@pytest.fixture(params=["en", "zh"])
def w(request):
    return Words(lesson("lstm-gates").words, request.param)


def heatmaps(figure):
    return [trace for trace in figure.data if trace.type == "heatmap"]


@pytest.mark.parametrize("kind", ["sentiment", "characters"])
@pytest.mark.parametrize("quantity", ["all", "i", "c"])
def test_heatmaps_hold_the_trace_up_to_the_step(kind, quantity, w, request):
    reading = read(request.getfixturevalue(kind), TEXT)
    units = charts.rows_to_show(reading, "variance", 4, 6)
    figure = charts.reading_figure(reading, w, 3, 6, units, quantity).checked()
    names = charts.QUANTITIES if quantity == "all" else (quantity,)
    assert len(heatmaps(figure)) == len(names)
    for drawn, name in zip(heatmaps(figure), names, strict=True):
        np.testing.assert_allclose(drawn.z[:, :4], getattr(reading.trace, name)[:4, units].T, atol=1e-6)
        assert np.isnan(drawn.z[:, 4:]).all()
        if name in "ifo":
            assert (drawn.zmin, drawn.zmax) == (0, 1)
        else:
            assert drawn.zmin == -drawn.zmax
            assert np.abs(getattr(reading.trace, name)).max() <= drawn.zmax
    whole = charts.reading_figure(reading, w, 3, 6, units, quantity, len(reading.tokens)).checked()
    assert not any(np.isnan(drawn.z).any() for drawn in heatmaps(whole))


def test_output_row_is_the_prediction(sentiment, characters, w):
    reading = read_sentence(sentiment, TEXT)
    figure = charts.reading_figure(reading, w, 5, 0, [0, 1]).checked()
    np.testing.assert_allclose(figure.data[0].y, reading.positive[:6])
    letters = read_characters(characters, "a good film")
    np.testing.assert_allclose(charts.reading_figure(letters, w, 5, 0, [0, 1]).checked().data[0].y, letters.bits[:6])


def test_learners_markup_is_shown_letter_for_letter(sentiment, w):
    reading = read_sentence(sentiment, "<script> film " + "x" * 50)
    labels = charts.reading_figure(reading, w, 0, 0, [0]).checked().layout.xaxis.ticktext
    assert labels[0] == "<b><i>&lt;</i>?</b>"
    assert not any("<script" in label for label in labels)
    assert len(charts.escape("x" * 50)) == 14


@pytest.mark.parametrize("text", ["film", "film ." * 100])
def test_shortest_and_longest_texts_are_drawn(sentiment, characters, text, w):
    for model in (sentiment, characters):
        reading = read(model, text)
        last = len(reading.tokens) - 1
        units = charts.rows_to_show(reading, "clustered", 100, 0)
        assert sorted(units) == list(range(7))
        axis = charts.reading_figure(reading, w, last, 0, units).checked().layout.xaxis
        assert len(axis.tickvals) <= 2 * charts.MOST_LABELS
        assert last in axis.tickvals
        assert charts_views.unit_figure(reading, w, [0, 3]).checked().data[-1].y[last] == reading.trace.c[last, 3]


def test_unit_bars_add_up_to_the_cell_state(sentiment, w):
    reading = read_sentence(sentiment, TEXT)
    kept, added, cell = charts_views.unit_figure(reading, w, [2]).checked().data
    before = np.concatenate([[0.0], reading.trace.c[:-1, 2]])
    np.testing.assert_allclose(kept.y, reading.trace.f[:, 2] * before)
    np.testing.assert_allclose(added.y, reading.trace.i[:, 2] * reading.trace.g[:, 2])
    np.testing.assert_allclose(cell.y, reading.trace.c[:, 2])
    names = [w("unit.kept", unit=2), w("unit.added", unit=2), w("unit.cell", unit=2)]
    assert [drawn.name for drawn in (kept, added, cell)] == names
    colour = [kept.marker.color, added.marker.color, cell.line.color]
    assert colour == [charts.COLOUR["f"], charts.COLOUR["i"], charts.COLOUR["c"]]
    np.testing.assert_allclose(kept.y + added.y, cell.y)
    assert charts_views.unit_figure(reading, w, [2]).checked().layout.yaxis.zeroline, "bars stand on a line"


def test_other_views_hold_their_numbers(sentiment, characters, w):
    reading = read_sentence(sentiment, TEXT)
    found = gate_extremes(reading.trace, reading.tokens, 1, "f", 3)
    drawn = charts_views.extremes_figure("f", found).checked().data[0].x
    assert tuple(drawn) == tuple(v.value for v in (*found.high, *found.low[::-1]))
    both = compare(sentiment, TEXT, "the film was very good .")
    lines = charts_views.comparison_figure(both, w, "c", [0, 1]).checked().data
    assert lines[0].y[-1] == both.before.positive[-1]
    np.testing.assert_allclose(lines[2].z, both.difference("c")[:, [0, 1]].T)
    other = alternatives(sentiment, TEXT, 2, 1)
    assert charts_views.alternatives_figure(other, "output", False).checked().data[0].x[0] == other.output.max()
    assert charts_views.alternatives_figure(other, "g", True).checked().data[0].x[0] == other.gates[2].min()
    flows = flow_comparison(sentiment, TEXT)
    lines = {line.name: line.y for line in charts_views.gradient_figure(flows, reading, w).checked().data}
    assert len(lines) == 6
    for network, flow in (("lstm", flows.lstm), ("trained", flows.trained)):
        np.testing.assert_allclose(lines[w(f"gradients.{network}_hidden")], flow.hidden)
        np.testing.assert_allclose(lines[w(f"gradients.{network}_cell")], flow.cell)
    for network, flow in (("rnn", flows.rnn), ("gru", flows.gru)):
        np.testing.assert_allclose(lines[w(f"gradients.{network}")], flow.hidden)
    letters = read_characters(characters, "good film")
    drawn = charts_views.next_figure(letters, 2).checked()
    assert tuple(drawn.data[0].x) == tuple(p for _, p in letters.next(2))
    shown = zip(letters.next(2), drawn.data[0].marker.color, strict=True)
    assert all((colour == colours.TRUTH) == (letter == "d") for (letter, _), colour in shown)
    assert len({*drawn.data[0].marker.color} - {colours.MODEL, colours.TRUTH}) == 0


def test_the_letter_that_came_stands_out(w):
    text = letters(np.random.default_rng(0), "abc")
    order = np.argsort(-text.probabilities[0])
    for place, letter in enumerate(order[:5]):
        read_on = dataclasses.replace(text, tokens=("a", text.vocabulary[letter], "c"))
        drawn = charts_views.next_figure(read_on, 0).checked().data[0].marker.color
        assert [colour == colours.TRUTH for colour in drawn] == [n == place for n in range(5)]


def test_both_versions_stand_at_their_tokens(sentiment, w):
    both = compare(sentiment, "the film was not good", "film was very good .")
    before, after = charts_views.comparison_figure(both, w, "c", [0]).checked().data[:2]
    assert list(before.y) == [*both.before.positive, None] and list(after.y) == [None, *both.after.positive]
