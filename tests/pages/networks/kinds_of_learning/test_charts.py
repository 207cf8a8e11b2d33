"""The lesson's figures: what they draw is what the traces hold."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest

from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.learning import (
    classify,
    cluster,
    cut_sizes,
    cut_target,
    last_layer,
    mean_regret,
    own_examples,
    pull,
    regress,
    self_train,
)
from nlpcore.learning.last_layer import LastLayer
from nlpcore.learning.points import Data, points
from pages.networks.kinds_of_learning import charts, charts_cut, charts_labels, charts_tasks, idea

ALL: tuple[Data, ...] = get_args(Data)
ID = "kinds-of-learning"


@pytest.fixture(params=LANGUAGES)
def w(request: pytest.FixtureRequest) -> Words:
    return Words(lesson(ID).words, request.param)


def markers(figure: Any) -> list[Any]:
    return [t for t in figure.data if t.type == "scatter" and t.mode == "markers" and len(t.x) and t.x[0] is not None]


@pytest.mark.parametrize("data", ALL)
def test_the_line_is_drawn_once_it_is_told(w: Words, data: Data) -> None:
    trace = regress(data, 4.0)
    before, after = (charts.line(trace, w, told).checked() for told in (False, True))
    assert len(before.data) == 1 and len(after.data) == 3
    np.testing.assert_allclose(np.column_stack([before.data[0].x, before.data[0].y]), points(data).places)
    drawn = after.data[1]
    np.testing.assert_allclose(drawn.y, np.polyval(np.polyfit(*points(data).places.T, 1), drawn.x))
    assert after.data[2].y[0] == pytest.approx(trace.answer)
    rows = charts.line_rows(trace, w, True)
    assert "line" not in charts.line_rows(trace, w, False)[0]
    assert rows[3]["line"] == pytest.approx(trace.slope * rows[3]["x"] + trace.intercept)
    for name in "xy":
        low, high = charts.range_of(data, name)
        column = points(data).places[:, "xy".index(name)]
        assert low < column.min() and column.max() < high


@pytest.mark.parametrize("data", ALL)
def test_areas_are_the_classes_that_scores_say_and_wait_for_the_answer(w: Words, data: Data) -> None:
    trace = classify(data, 4.0, 1.6)
    before, after = (charts.borders(trace, w, told).checked() for told in (False, True))
    assert not [t for t in before.data if t.type == "heatmap"]
    area = next(t for t in after.data if t.type == "heatmap")
    for row, column in ((0, 0), (40, 70), (89, 12)):
        place = np.array([[area.x[column], area.y[row]]])
        assert area.z[row][column] == trace.borders.probabilities(place).argmax()
    drawn = markers(after)
    assert [t.name for t in drawn] == [w(f"classes.{data}.c{n}") for n in range(trace.points.count)]
    assert sum(len(t.x) for t in drawn) == len(trace.points.places)
    given = charts.border_rows(trace, w, True)
    assert np.mean([row["class"] == row["given"] for row in given]) == pytest.approx(trace.accuracy)
    assert "given" not in charts.border_rows(trace, w, False)[0]


def test_a_step_of_k_means_has_its_groups_and_centres(w: Words) -> None:
    trace = cluster("flowers", 3, 1)
    count = charts.step_count(trace)
    assert [charts.kind_of(n) for n in range(4)] == ["start", "assign", "move", "assign"]
    for step in range(count):
        for told in (False, True):
            figure = charts.groups(trace, step, w, told).checked()
            centres = next(t for t in figure.data if t.name == w("chart.centres"))
            np.testing.assert_allclose(np.column_stack([centres.x, centres.y]), trace.centres[step // 2])
            dots = [t for t in markers(figure) if t.name != w("chart.centres")]
            assert sum(len(t.x) for t in dots) == 150
            assert len({t.marker.symbol for t in dots}) == (3 if told else 1)
            colours = {t.marker.color for t in dots}
            assert colours == ({charts.PLAIN} if step == 0 else set(charts.GROUPS[:3]))
        rows = charts.group_rows(trace, step)
        if step:
            nearest = ((trace.points.places[:, None] - trace.centres[(step - 1) // 2]) ** 2).sum(axis=2).argmin(axis=1)
            assert [row["group"] for row in rows] == (nearest + 1).tolist()
    assert charts.kind_of(count - 1) == "assign" and (trace.groups[-1] == trace.groups[-2]).all()
    assert charts.groups(cluster("words", 1, 1), 1, w, True).checked()


@pytest.fixture(scope="module")
def five() -> dict[str, LastLayer]:
    text = "The waiter in Paris was rude."
    asked = {
        "feeling": ("minilm-l6-imdb", ""), "pair": ("minilm-l6-nli", "Somebody was rude."), "tags": ("minilm-l6-ner", ""),
        "answer": ("minilm-l6-qa", "Who was rude?"), "next": ("smollm2-135m", ""),
    }  # fmt: skip
    return {task: last_layer(model, text, second) for task, (model, second) in asked.items()}


@pytest.mark.models
def test_each_bar_is_whole_and_cut_into_the_likeliest_classes(w: Words, five: dict[str, LastLayer]) -> None:
    figure = charts_tasks.bars(five, w).checked()
    np.testing.assert_allclose(np.sum([t.x for t in figure.data], axis=0), 1, atol=1e-9)
    rows = charts_tasks.rows_of(five)
    assert [task for task, _ in rows] == ["feeling", "pair", "tags", "answer", "answer", "next"]
    for rank in range(4):
        shares = [float(d.probabilities[rank]) if rank < d.classes else 0.0 for _, d in rows]
        np.testing.assert_allclose(figure.data[rank].x, shares)
    assert "Paris" in figure.layout.yaxis.ticktext[2] and "9" in figure.layout.yaxis.ticktext[2]
    assert "49,152" in figure.layout.yaxis.ticktext[5] and "49,148" in figure.data[4].text[5]
    assert figure.data[0].text[0].startswith(w(f"labels.{five['feeling'].decisions[0].names[0]}"))
    table = charts_tasks.bar_rows(five, w)
    for task, decision in rows:
        own = [r["probability"] for r in table if r["about"] == decision.about and r["task"] == w(f"task.{task}")]
        assert sum(own) == pytest.approx(1)


@pytest.mark.models
def test_every_word_has_its_nine_tags(w: Words, five: dict[str, LastLayer]) -> None:
    figure = charts_tasks.words(five["tags"], w).checked()
    np.testing.assert_allclose(np.sum(figure.data[0].z, axis=1), 1, atol=1e-6)
    assert figure.data[0].z[3][charts_tasks.TAGS.index("B-LOC")] > 0.9
    assert charts_tasks.outside_share(five["tags"]) == pytest.approx(6 / 7)
    rows = charts_tasks.word_rows(five["tags"])
    assert rows[3]["word"] == "Paris"
    first, last = figure.layout.yaxis.range
    assert first > len(rows) - 1 and last < 0, "all words, from the top"


def test_classes_that_are_not_seen_have_a_name(w: Words) -> None:
    assert charts_tasks.name_of("next", "\n\n", w) == "↵" and charts_tasks.name_of("next", "  ", w) == "␣"
    assert charts_tasks.name_of("next", " a" + 30 * "b", w) == "a" + 10 * "b" + "…"
    assert charts_tasks.name_of("tags", "B-LOC", w) == "B-LOC"


def test_a_cut_target_has_its_classes_and_both_answers(w: Words) -> None:
    trace = cut_target("fork", 8)
    figure = charts_cut.cut(trace, w).checked()
    heat, dots, line, steps = figure.data
    np.testing.assert_allclose(np.sum(heat.z, axis=0), 1)
    assert len(dots.x) == 400 and list(line.y) == trace.line.tolist() and list(steps.y) == trace.steps.tolist()
    assert (
        len(figure.layout.shapes) == 9 and len(charts_cut.cut(cut_target("fork", 64), w).layout.get("shapes", ())) == 0
    )
    sizes = cut_sizes("wave")
    drawn = charts_cut.sizes(sizes, w).checked()
    assert [list(t.y) for t in drawn.data] == [
        sizes.by_rounding.tolist(),
        sizes.by_class.tolist(),
        [sizes.by_number] * 6,
    ]
    assert [row["classes"] for row in charts_cut.size_rows(sizes)] == [2, 4, 8, 16, 32, 64]
    row = charts_cut.cut_rows(trace)[5]
    assert row["middle"] - trace.width / 2 <= row["y"] <= row["middle"] + trace.width / 2


def test_labels_that_were_told_stand_out_from_those_that_were_written(w: Words) -> None:
    trace = self_train("rings", 2, 2)
    for step, each in enumerate(trace.rounds):
        figure = charts_labels.few(trace, step, w).checked()
        dots = [t for t in markers(figure) if t.marker.size != 21]
        large = [t for t in dots if t.marker.size == 17]
        rings = [t for t in markers(figure) if t.marker.size == 21]
        assert all((a.x == b.x).all() and a.marker.color == "white" for a, b in zip(rings, large, strict=True))
        assert sum(len(t.x) for t in large) == 4 and sum(len(t.x) for t in dots) == 120
        grey = [t for t in dots if t.marker.color == charts.PLAIN]
        assert sum(len(t.x) for t in grey) == (each.labels == -1).sum()
        rows = charts_labels.few_rows(trace, step)
        assert (
            sum(row["told"] for row in rows) == 4
            and sum(row["label"] == "" for row in rows) == (each.labels == -1).sum()
        )


@pytest.mark.parametrize("how", ["next_word", "masked"])
def test_each_row_asks_for_one_word(w: Words, how: str) -> None:
    trace = own_examples(("the", "cat", "sat", "down"))
    figure = charts_labels.own(trace, how, w).checked()
    asked = figure.data[1]
    assert list(asked.y) == list(range(3 if how == "next_word" else 4))
    assert list(asked.x) == ([1, 2, 3] if how == "next_word" else [0, 1, 2, 3])
    assert list(figure.layout.xaxis.ticktext) == ["the", "cat", "sat", "down"]
    rows = charts_labels.own_rows(trace, how)
    seen, label = charts_labels.example(trace, how, -1)
    assert label == "down" == rows[-1]["asked"]
    if how == "next_word":
        assert seen == ["the", "cat", "sat"] and rows[-1]["given"] == "the cat sat ___"
    else:
        assert seen == ["the", "cat", "sat", "___"] and rows[1]["given"] == "the ___ sat down"


def test_pulls_and_regrets_are_drawn(w: Words) -> None:
    trace = pull(0.4, 0.6, 0.1, 40, 2)
    figure = charts_labels.reward(trace, w).checked()
    for arm in (0, 1):
        line = next(t for t in figure.data if t.name == w("chart.estimate", arm=w(f"arm.{arm}")))
        np.testing.assert_allclose(line.y, trace.estimates[1:, arm])
    strip = [t for t in figure.data if t.yaxis == "y2"]
    assert sum(len(t.x) for t in strip) == 40
    won = [t for t in strip if t.marker.symbol == "circle"]
    assert sum(len(t.x) for t in won) == trace.rewards.sum()
    rows = charts_labels.reward_rows(trace)
    assert [row["arm"] for row in rows] == ["AB"[arm] for arm in trace.arms]
    regrets = mean_regret(0.4, 0.6, 40)
    drawn = charts_labels.regrets(regrets, w).checked()
    np.testing.assert_allclose([t.y for t in drawn.data], regrets.mean)
    assert {tuple(t.x) for t in drawn.data} == {tuple(range(1, 41))}
    assert charts_labels.regret_rows(regrets)[-1]["epsilon_0.1"] == pytest.approx(regrets.mean[1, -1])
    assert charts_labels.regret_said(regrets, 3).startswith("ε = 1: ")


@pytest.mark.parametrize("data", ALL)
def test_the_idea_is_told_with_a_point_of_the_data(w: Words, data: Data) -> None:
    of = points(data)
    told = idea.values(of, w)
    row = idea.example(of)
    assert told["name"] == w(f"classes.{data}.c{of.classes[row]}") and told["count"] == len(of.places)
    assert float(str(told["x"])) == pytest.approx(of.places[row, 0], abs=0.051)
    picture = idea.sketch(of, w).svg("alt")
    assert str(told["x"]) in picture and str(told["name"]) in picture and w("way.clustering") in picture


def test_the_legend_names_every_group_and_the_answers_number_covers_few_points(w: Words) -> None:
    trace = cluster("flowers", 3, 1)
    for told in (False, True):
        figure = charts.groups(trace, charts.step_count(trace) - 1, w, told).checked()
        named = [t.name for t in figure.data if t.name and t.showlegend is not False]
        assert named == [*(w("chart.group", n=n) for n in (1, 2, 3)), w("chart.centres")]
    assert charts.clear_corner(regress("flowers", 4.0)) == "top left"
    assert charts.clear_corner(regress("flowers", 0.0)) == "top right"  # elsewhere it would leave the axes
    assert "bottom" not in charts.clear_corner(regress("flowers", 1.5))
