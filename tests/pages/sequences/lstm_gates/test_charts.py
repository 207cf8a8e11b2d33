"""The LSTM lesson's figures show the trace's numbers, in both languages and for both kinds of network."""

import dataclasses

import numpy as np
import pytest

from app.charts import colours, style
from app.lessons import lesson
from app.text import probability
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
from tests.pages.sequences.lstm_gates.readings import letters, review

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
    assert tuple(drawn.data[0].text) == tuple(probability(p) for _, p in letters.next(2))
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


WIDTH = 463  # px of the heatmaps on a screen 1366 px wide


@pytest.mark.parametrize("count", [12, 28, 40, 41, 60, 200])
def test_what_marks_the_current_step_leaves_its_column_in_sight(count: int, w: Words) -> None:
    """A frame's lines lie half inside of the column: they may not take half of it."""
    reading = letters(np.random.default_rng(1), "ab" * (count // 2) + "c" * (count % 2))
    step = count // 2
    figure = charts.reading_figure(reading, w, step, 0, [0]).checked()
    lowest = min(figure.layout[f"yaxis{row}"].domain[0] for row in range(2, 8))
    highest = max(figure.layout[f"yaxis{row}"].domain[1] for row in range(2, 8))
    column = WIDTH / count
    over = [
        shape for shape in figure.layout.shapes
        if shape.layer == "above" and shape.yref == "paper" and shape.y0 < highest and shape.y1 > lowest
    ]  # fmt: skip
    assert all(shape.line.width < column / 2 for shape in over)
    pointers = [note for note in figure.layout.annotations if note.text == "▲"]
    assert [(note.x, note.y) for note in pointers] == ([] if over else [(step, 0)])
    assert over or all(note.yanchor == "top" and note.yshift < style.SMALL for note in pointers)


def test_what_is_asked_about_is_blank_and_what_was_said_is_marked(w: Words) -> None:
    reading = review(np.random.default_rng(2), ("a", "film", "was", "good"), (0.5, 0.5, 0.4, 0.9))
    asked = charts.reading_figure(reading, w, 3, 1, [0, 1], told=3).checked()
    assert len(asked.data[0].y) == 4 and all(np.isnan(drawn.z[:, 3]).all() for drawn in heatmaps(asked))
    assert [note.x for note in asked.layout.annotations if note.text == "?"] == [3] * 6
    marks = [charts.Mark(3, text="0.40 → 0.90"), charts.Mark(2, unit=1), charts.Mark(1, unit=7)]
    told = charts.reading_figure(reading, w, 3, 1, [0, 1], marks=marks).checked()
    pointers = [note for note in told.layout.annotations if note.text == "◀"]
    assert [(one.yref, one.x, one.y, one.xanchor) for one in pointers] == [
        (f"y{row}", 2.5, 1, "left") for row in range(2, 8)
    ]
    [note] = [note for note in told.layout.annotations if "→" in note.text]
    assert (note.x, note.y) == (2.45, pytest.approx(0.9)) and note.text == "<b>good: 0.40 → 0.90</b>"
    before = charts.reading_figure(reading, w, 1, 1, [0, 1], marks=marks).checked()
    assert not [note for note in before.layout.annotations if "→" in note.text], "not read yet"
    assert not [note for note in before.layout.annotations if note.text == "◀"]


@pytest.mark.parametrize(("after", "below"), [(0.1, False), (0.31, True), (0.6, False), (0.9, True)])
def test_what_the_output_did_is_written_clear_of_the_half(after: float, below: bool, w: Words) -> None:
    reading = review(np.random.default_rng(2), ("a", "film"), (0.5, after))
    figure = charts.reading_figure(reading, w, 1, 0, [0], marks=[charts.Mark(1, text="x → y")]).checked()
    [note] = [note for note in figure.layout.annotations if "→" in note.text]
    assert (note.yshift < 0) is below


@pytest.mark.parametrize(
    "output",
    [
        (0.45, 0.43, 0.39, 0.19, 0.2, 0.21),  # falls to it
        (0.45, 0.4, 0.3, 0.15, 0.3, 0.4),  # a valley
        (0.2, 0.3, 0.4, 0.75, 0.6, 0.55),  # a summit
        (0.8, 0.5, 0.4, 0.36, 0.2, 0.05),  # goes on falling
        (0.1, 0.2, 0.4, 0.62, 0.8, 0.9),
        (0.5, 0.5, 0.5, 0.98, 0.97, 0.1),
    ],
)
@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_the_line_of_the_output_goes_through_no_text_beside_it(output: tuple[float, ...], step: int, w: Words) -> None:
    reading = review(np.random.default_rng(2), tuple("abcdef"), output)
    text = "0.39 → 0.19"
    figure = charts.reading_figure(reading, w, 5, 0, [0], marks=[charts.Mark(step, text=text)]).checked()
    [note] = [note for note in figure.layout.annotations if "→" in note.text]
    column, high = (
        440 / 6,
        (figure.layout.yaxis.domain[1] - figure.layout.yaxis.domain[0]) * 490 / 1.12,
    )  # px on a laptop
    width, end = 7.2 * len(f"{'abcdef'[step]}: {text}") / column, 1 if note.xanchor == "left" else -1
    assert -0.5 <= note.x + end * width <= 5.5
    middle = note.y + note.yshift / high
    for share in np.linspace(0, 1, 40):
        at = note.x + end * width * share
        line = float(np.interp(at, range(6), output))
        drawn = 0 <= at <= 5
        assert not drawn or abs(line - middle) * high > 5, (note.xanchor, note.yshift, at)
    assert abs(0.5 - middle) * high > 5


def test_the_value_of_a_gate_stands_where_its_mean_does_not_go(w: Words) -> None:
    reading = review(np.random.default_rng(2), ("a", "film", "was", "good"), (0.5, 0.5, 0.4, 0.9))
    found = gate_extremes(reading.trace, reading.tokens, 1, "f", 3)
    figure = charts_views.extremes_figure("f", found).checked()
    bars, values = figure.data
    assert bars.text is None and list(values.text) == [f"{x:.2f}" for x in bars.x] and tuple(values.y) == tuple(bars.y)
    assert values.mode == "text" and values.textposition == "middle right"
    assert min(values.x) > 1 >= figure.layout.shapes[0].x0, "a gate is 1 at most, and so is its mean"
    assert figure.layout.xaxis.range[1] - max(values.x) > 0.2


@pytest.mark.parametrize("hall", [False, True])
def test_the_mark_of_a_unit_stands_beside_its_number(w: Words, hall: bool) -> None:
    reading = review(np.random.default_rng(2), ("a", "film"), (0.5, 0.4))
    figure = charts.reading_figure(reading, w, 1, 1, [0, 1], "c", hall=hall)
    figure = style.enlarge(figure).checked() if hall else figure.checked()
    [mark] = [note for note in figure.layout.annotations if note.text == "▶"]
    assert figure.layout.yaxis2.showticklabels
    two_digits = 2 * 0.56 * figure.layout.yaxis2.tickfont.size
    assert -mark.xshift >= two_digits + 3


@pytest.mark.parametrize(
    ("count", "step", "marked"), [(12, 5, ()), (40, 39, ()), (41, 40, (7,)), (200, 3, (6, 15, 16))]
)
def test_the_token_of_the_step_and_those_that_answers_speak_of_keep_their_names(
    count: int, step: int, marked: tuple[int, ...], w: Words
) -> None:
    reading = review(np.random.default_rng(2), tuple(f"w{i}" for i in range(count)), (0.5,) * count)
    marks = [charts.Mark(place, unit=0) for place in marked]
    axis = charts.reading_figure(reading, w, step, 0, [0], marks=marks).checked().layout.xaxis
    named = dict(zip(axis.tickvals, axis.ticktext, strict=True))
    assert named[step] == f"<b>w{step}</b>"
    apart = -(-count // 40)
    clear = [
        place for place in marked if all(abs(place - other) >= apart for other in (step, *marked) if other < place)
    ]
    assert {place: named.get(place) for place in clear} == {place: f"<b>w{place}</b>" for place in clear}
    assert {place for place, name in named.items() if "<b>" in name} <= {step, *marked}
    assert min(np.diff(axis.tickvals)) >= apart
    assert len(named) <= 40 and (count > 40 or len(named) == count)
