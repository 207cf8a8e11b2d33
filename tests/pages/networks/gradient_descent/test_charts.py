"""The figures draw what the traces hold: paths, losses, data, and the graph at each step of the calculation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.lessons import lesson
from app.words import Words
from nlpcore.networks import by_hand, compare_sizes, fit_line, walk
from nlpcore.networks.batches import examples, line_loss
from nlpcore.networks.surfaces import surface
from pages.networks.gradient_descent import charts, charts_hand
from pages.networks.gradient_descent.charts import loss_said

W = Words(lesson("gradient-descent").words, "en")


def named(figure: Any, key: str) -> dict[str, Any]:
    return next(trace for trace in figure.traces if trace.get("name") == W(key))


@pytest.mark.parametrize("name", ["bowl", "ravine", "two_valleys", "saddle", "scaled", "unscaled"])
def test_a_landscape_is_drawn_as_high_as_it_is(name: str) -> None:
    drawn = charts.landscape(name)
    height = line_loss(*examples(name == "scaled")) if "scaled" in name else surface(name)  # type: ignore[arg-type]
    zs = np.asarray(drawn["z"])
    least = min(height(np.array([x, y]))[0] for x in drawn["x"] for y in drawn["y"])
    for row, column in ((0, 0), (10, 50), (60, 30)):
        wanted = height(np.array([drawn["x"][column], drawn["y"][row]]))[0]
        assert zs[row, column] ** 2 == pytest.approx(wanted - least, abs=1e-9)
    across, up = charts.window(name)
    assert (drawn["x"][0], drawn["x"][-1], drawn["y"][0], drawn["y"][-1]) == (*across, *up)


@pytest.mark.parametrize("step", [-1, 0, 7, 39])
def test_the_path_goes_to_the_end_of_the_step_and_the_step_stands_out(step: int) -> None:
    trace = walk("ravine")
    figure = charts.walk_figure(trace, step, W)
    figure.checked()
    path, last = named(figure, "legend.path"), named(figure, "legend.step")
    np.testing.assert_array_equal(np.column_stack([path["x"], path["y"]]), trace.descent.points[: step + 2])
    np.testing.assert_array_equal(last["x"], trace.descent.points[max(step, 0) : step + 2, 0])
    assert len(last["marker"]["size"]) == len(last["x"])
    star = named(figure, "legend.lowest")
    np.testing.assert_array_equal(np.column_stack([star["x"], star["y"]]), trace.lowest)


@pytest.mark.parametrize(("rate", "kind"), [(0.09, "linear"), (0.11, "log")])
def test_a_loss_that_climbs_far_has_a_logarithmic_axis(rate: float, kind: str) -> None:
    trace = walk("ravine", rate=rate, steps=30)
    figure = charts.loss_figure(trace.descent, 29 if kind == "log" else 5, W)
    figure.checked()
    assert figure.layout["yaxis"]["type"] == kind
    shown = figure.traces[0]
    np.testing.assert_array_equal(shown["y"], trace.descent.values[: len(shown["y"])])
    assert charts.loss_figure(walk("saddle").descent, 40, W).layout["yaxis"]["type"] == "linear", "it goes below 0"


def test_powers_of_ten_are_raised_as_in_texts_and_the_last_loss_stands_under_a_curve_that_swings() -> None:
    trace = walk("ravine", "momentum", 0.03, 0.7)
    figure = charts.loss_figure(trace.descent, 40, W)
    axis, values = figure.layout["yaxis"], trace.descent.values
    assert "10⁻⁴" in axis["ticktext"] and not any("e" in text or "<" in text for text in axis["ticktext"])
    assert min(axis["tickvals"]) <= values.min() * 100 and max(axis["tickvals"]) >= values.max() / 100
    told = figure.traces[-1]
    assert told["text"] == [charts.loss_said(float(values[-1]))] and told["y"][0] == values[-13:].min() < values[-1]


def test_the_words_of_a_batch_stand_out_and_the_line_is_that_of_the_step() -> None:
    trace = fit_line(10, 0.05, steps=9)
    figure = charts.data_figure(trace, 4, W)
    figure.checked()
    batch = named(figure, "legend.batch")
    assert batch["customdata"] == [trace.words[i] for i in trace.batches[4]]
    np.testing.assert_array_equal(batch["y"], [len(word) for word in batch["customdata"]])
    for key, point in (("legend.after", trace.descent.points[5]), ("legend.before", trace.descent.points[4])):
        line = named(figure, key)
        np.testing.assert_allclose(line["y"], point[0] * np.array(line["x"]) + point[1])
    whole = charts.data_figure(fit_line(1000, steps=3), 1, W)
    assert len(named(whole, "legend.batch")["x"]) == 0, "where all of them are meant none stands out"
    charts.data_figure(fit_line(steps=0), -1, W).checked()
    rows = charts.data_rows(trace, 4)
    assert [row["word"] for row in rows if row["in_batch"]] == [
        w for i, w in enumerate(trace.words) if i in trace.batches[4]
    ]


def test_tables_hold_what_is_seen_and_no_more() -> None:
    trace = walk("ravine")
    rows = charts.walk_rows(trace.descent, 5, ("w1", "w2"))
    assert [row["update"] for row in rows] == list(range(6))
    assert rows[3]["w2"] == trace.descent.points[3, 1] and rows[3]["gradient_w2"] == pytest.approx(20 * rows[3]["w2"])
    assert rows[5]["gradient_w1"] == "" and rows[5]["loss"] == trace.descent.values[5]
    assert len(charts.walk_rows(trace.descent, 60, ("w1", "w2"))) == 41


def test_compared_walks_and_sizes_are_drawn_above_the_lowest() -> None:
    walks = {method: walk("two_valleys", method, 0.1, steps=20) for method in ("sgd", "momentum", "adam")}  # type: ignore[arg-type]
    figure = charts.walks_figure(walks, W)
    figure.checked()
    least = surface("two_valleys")(walks["sgd"].lowest[0])[0]
    for trace, found in zip(figure.traces, walks.values(), strict=True):
        np.testing.assert_allclose(trace["y"], np.maximum(found.descent.values - least, 1e-6))
    rows = charts.walks_rows(walks)
    assert len(rows) == 21 and rows[20]["adam"] == walks["adam"].descent.values[20]
    assert charts.walks_rows({"sgd": walk(rate=1e6), "adam": walk("ravine", "adam")})[40]["sgd"] == ""

    sizes = compare_sizes(0.05, 2)
    figure = charts.sizes_figure(sizes, W)
    figure.checked()
    for size, trace, descent in zip(sizes.sizes, figure.traces, sizes.descents, strict=True):
        assert trace["x"][-1] == 2000 and len(trace["x"]) <= 300
        updates = np.array(trace["x"]) // size
        np.testing.assert_allclose(trace["y"], np.maximum(descent.values[updates] - sizes.least, 1e-6))
    assert {row["batch_size"] for row in charts.sizes_rows(sizes)} == {1, 10, 100, 1000}


def texts(at: int, name: str) -> list[str]:
    figure = charts_hand.graph_figure(by_hand(), at, W)
    figure.checked()
    return list(next(trace for trace in figure.traces if trace["name"] == name)["text"])


def test_the_graph_shows_what_is_worked_out_and_nothing_else() -> None:
    assert texts(0, "nodes") == ["1", "2", "", "", ""]
    assert texts(1, "nodes") == ["1", "2", "0.5", "", ""] and texts(3, "nodes") == ["1", "2", "0.5", "1.5", "0"]
    assert not any("δ" in note for note in texts(4, "notes")) and not any("∂" in label for label in texts(5, "labels"))
    assert "<b>δ −1</b>" in texts(5, "notes")[4]
    at = texts(6, "labels")
    assert [label for label in at if "∂" in label] == ["w₅ 1<br><b>∂ −0.5</b>", "w₆ −0.5<br><b>∂ −1.5</b>"]
    assert texts(11, "labels")[:2] == ["w₁ 1.1<br><b>∂ −1</b>", "w₂ −0.3<br><b>∂ −2</b>"]


def test_after_the_step_the_graph_shows_what_the_new_weights_make_of_the_inputs() -> None:
    """Worked out on paper: h = (1.1 − 0.3·2 + 0.6, 0.45 + 0.9·2 − 1.05); each b is the old one − η δ."""
    hidden = (1.1 - 0.3 * 2 + 0.6, 0.45 + 0.9 * 2 - 1.05)
    output = 1.05 * hidden[0] - 0.35 * hidden[1] + 0.35
    assert texts(11, "nodes")[2:] == [charts_hand.short(value) for value in (*hidden, output)]
    assert (output - 1) ** 2 / 2 == pytest.approx(by_hand().loss_after) == pytest.approx(by_hand().again.loss)
    assert [note.split("<br>")[0] for note in texts(11, "notes")[2:]] == ["b 0.6", "b −1.05", "b 0.35"]


@pytest.mark.parametrize(("at", "marked"), [(1, 2), (4, 0), (5, 0), (6, 2), (7, 1), (8, 2), (11, 6)])
def test_the_edges_of_a_step_are_thick(at: int, marked: int) -> None:
    figure = charts_hand.graph_figure(by_hand(), at, W)
    lines = next(trace for trace in figure.traces if trace["name"] == "marked")["x"]
    assert len(lines) == 6 * marked  # two pieces of three each


def test_the_loss_stands_above_the_output_once_it_is_known() -> None:
    titles = [charts_hand.graph_figure(by_hand(), at, W).layout["annotations"][2]["text"] for at in (3, 4, 11)]
    after = by_hand().loss_after
    assert titles == ["output", "output · <b>L 0.5</b>", f"<b>L 0.5 → {charts_hand.short(after)}</b>"]


def test_weights_are_numbered_as_in_mazur() -> None:
    trace = by_hand("mazur")
    numbers = [
        charts_hand.weight_number(trace, *place) for place in ((0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 1, 1))
    ]
    assert numbers == [1, 2, 3, 5, 8] and charts_hand.subscript("w", 12) == "w₁₂"
    rows = charts_hand.graph_rows(trace, len(trace.stages) - 1)
    assert [row["weight"] for row in rows] == [f"w{n}" for n in range(1, 9)]
    assert all(row["gradient"] == pytest.approx(row["error"] * row["input"]) for row in rows)
    early = charts_hand.graph_rows(trace, 2)
    assert all(row["gradient"] == "" for row in early) and [row["input"] for row in early[4:]] == [""] * 4


def test_paths_without_rates_have_letters() -> None:
    walks = [walk("ravine", rate=rate) for rate in (0.104, 0.08, 0.004)]
    figure = charts_hand.paths_figure(walks, W)
    figure.checked()
    assert [note["text"] for note in figure.layout["annotations"]] == ["A", "B", "C"]
    lines = [trace for trace in figure.traces if trace.get("mode") == "lines+markers"]
    for trace, found in zip(lines, walks, strict=True):
        np.testing.assert_array_equal(trace["y"], found.descent.points[:, 1])


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "0"), (12.0, "12"), (0.5, "0.5"), (-0.655, "−0.655"), (0.0001234, "1.23\u00a0×\u00a010⁻⁴"),
     (3.17e10, "3.17\u00a0×\u00a010¹⁰"), (-1e-9, "−1.00\u00a0×\u00a010⁻⁹"), (9999.0, "1e+04")],
)  # fmt: skip
def test_losses_are_said_with_three_digits(value: float, said: str) -> None:
    assert loss_said(value) == said
