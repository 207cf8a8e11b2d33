"""The page of overfitting: every view and panel, the ends of every control, what a lecturer hides, the code."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.formulas import faults
from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.networks import draw_points, fit_messages, fit_points
from nlpcore.networks.batch_sizes import kept
from pages.networks.overfitting import charts, snippet
from pages.networks.overfitting.page import VIEWS
from pages.networks.overfitting.shared import CONTROLS
from pages.networks.overfitting.view_points import CURES
from tests.drawn import numbers
from tests.pages.asking import asks, counted, give_up, guess
from tests.pages.screen import figures, open_page, sound, teaching, text_of

ID = "overfitting"
EN = Words(lesson(ID).words, "en")


def page(lang: str = "en", **query: Any) -> AppTest:
    return sound(open_page(ID, {"lang": lang, **{name: str(value) for name, value in query.items()}}))


def curves(app: AppTest, figure: int = 0) -> list[np.ndarray]:
    drawn = [
        t for t in figures(app)[figure]["data"] if t.get("name") in (EN("legend.training"), EN("legend.validation"))
    ]
    return [numbers(t["y"]) for t in drawn]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("preset", ["much", "messages", "reading"])
def test_every_view_opens_and_its_answer_too(language: str, preset: str) -> None:
    with teaching() as seen:
        app = page(language, preset=preset)
        while asks(app):
            give_up(app)
    assert seen.questions and not app.warning
    assert [fault for formula in seen.formulas for fault in faults(formula)] == []
    assert len(figures(app)) == (2 if preset == "messages" else 1)
    assert len(seen.formulas) >= {"much": 2, "messages": 1, "reading": 0}[preset]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("language_of", ["en", "zh"])
def test_messages_are_in_the_language_that_is_chosen(language: str, language_of: str) -> None:
    app = page(language, view="messages", language=language_of, steps=5)
    ticks = figures(app)[1]["layout"]["yaxis"]["ticktext"]
    assert all(word.isascii() for word in ticks) == (language_of == "en")


def test_nothing_is_trained_until_the_answer_and_then_all_that_was_asked_for() -> None:
    app = page(preset="much")
    assert [len(each) for each in curves(app)] == [1, 1] and EN("locked") in text_of(app)
    fit = fit_points(300).shown
    give_up(app)
    for drawn, own in zip(curves(app), (fit.training, fit.validation), strict=True):
        np.testing.assert_allclose(drawn, own, rtol=1e-6)


def test_the_table_has_the_points_that_are_learnt_from_and_the_curves_after_each_epoch() -> None:
    sets, fit = draw_points(count=12), fit_points(20, count=12).shown
    rows = charts.plane_rows(sets.training, fit)
    dots, after = rows[: len(sets.training.classes)], rows[len(sets.training.classes) :]
    np.testing.assert_array_equal([(row["x1"], row["x2"]) for row in dots], sets.training.inputs)
    assert [row["class"] for row in dots] == sets.training.classes.tolist()
    assert after == [{**dict.fromkeys(("x1", "x2", "class"), ""), **row} for row in charts.curve_rows(fit)]
    assert {row["training_loss"] for row in dots} == {""} and [row["epoch"] for row in after] == list(range(21))
    for name, column in (
        ("training_loss", fit.training), ("validation_loss", fit.validation), ("training_right", fit.training_right),
        ("validation_right", fit.validation_right),
    ):  # fmt: skip
        assert [row[name] for row in after] == column.tolist()
    lines = [numbers(line["y"]).tolist() for line in charts.curves_figure(fit, EN, marked=False).traces]
    assert lines == [[row[name] for row in after] for name in ("training_loss", "validation_loss")]


def test_the_player_goes_through_the_epochs_and_ends_where_the_figure_is() -> None:
    sets, fit = draw_points(count=12), fit_points(90, count=12).shown
    drawn = charts.plane_figure(sets, fit, EN)
    epochs = charts.frames_of(fit.at)
    assert [frame["name"] for frame in drawn.frames] == [str(epoch) for epoch in epochs]
    for place in (0, len(epochs) // 2, len(epochs) - 1):
        frame = drawn.frames[place]
        assert frame["traces"] == list(range(len(drawn.traces))), "what a frame leaves out is forgotten"
        for line, losses in zip(frame["data"][-2:], (fit.training, fit.validation), strict=True):
            assert numbers(line["x"]).tolist() == epochs[: place + 1]
            assert numbers(line["y"]).tolist() == losses[epochs[: place + 1]].tolist()
    *border, _, _, _, _ = zip(drawn.frames[-1]["data"], drawn.traces, strict=True)  # then points and curves, two each
    assert border
    for moved, rests in border:
        for axis in "xy":
            np.testing.assert_array_equal(numbers(moved[axis]), numbers(rests[axis]))


def test_who_changes_an_example_is_asked_no_more_and_trains_as_they_like() -> None:
    app = give_up(page(preset="much"))
    app.slider(key="hidden").set_value(3).run()
    assert not asks(app) and [len(each) for each in curves(app)] == [301, 301]
    app.button(key="_anew").click().run()
    assert [len(each) for each in curves(app)] == [1, 1]
    app.button(key="_train_20").click().run()
    assert [len(each) for each in curves(app)] == [21, 21] and "Epochs: **20**" in text_of(app)


def test_an_answer_to_one_example_is_none_to_another() -> None:
    app = page(preset="much")
    guess(app, 2)
    for label in ("little", "decay", "away"):
        next(group for group in app.button_group if group.key == "preset").set_value(EN(f"presets.{label}.label"))
        sound(app.run())
        assert asks(app) and not app.success and not app.warning


@pytest.mark.parametrize("changed", [{"noise": 0.5}, {"share": 0.0}, {"rate": 0}, {"decay": 0.1}, {"seed": 2}], ids=str)
def test_an_example_with_another_setting_is_that_example_no_more(changed: dict[str, Any]) -> None:
    app = page(preset="much", **changed)
    assert not asks(app) and EN("presets.much.note") not in text_of(app)
    assert EN("presets.much.note") in text_of(give_up(page(preset="much")))


def test_what_to_look_for_is_there() -> None:
    said = {name: EN(f"look_for.{name}")[:40] for name in ("before", "untrained", "points", "away")}
    for query, name in (({"preset": "much"}, "before"), ({"hidden": 5}, "untrained"), ({"hidden": 5, "steps": 9}, "points"),
                        ({"method": "sgd", "rate": 1e6, "steps": 5}, "away")):  # fmt: skip
        text = text_of(page(**query))
        assert [each for each in said if said[each] in text] == [name]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_exercise_keeps_its_settings_to_itself_until_it_is_solved(language: str) -> None:
    numbers_told = [str(4 * 60 + 1), "40 of them", "40 个例子"]
    app = page(language, view="reading")
    while asks(app):
        assert not [each for each in numbers_told if each in text_of(app)]
        give_up(app)
    assert numbers_told[0] in text_of(app)


def test_the_right_answer_counts_and_another_does_not() -> None:
    with teaching() as seen:
        page(preset="little")
    right = seen.questions[0].right
    assert counted(page(preset="little"), right) and not counted(page(preset="little"), (right + 1) % 4)


ENDS = [
    {"hidden": 1, "count": 2, "noise": 0.05, "epochs": 1, "batch": 1, "rate": 0, "seed": 1},
    {"hidden": 100, "count": 500, "noise": 1.0, "epochs": 3, "batch": 500, "rate": 0.03, "seed": 9999, "dropout": 0.9},
    {"share": 0.0, "epochs": 30},
    {"share": 1.0, "epochs": 30, "count": 2, "shape": "spirals"},
    {"method": "sgd", "rate": 1e6, "epochs": 5},
    {"method": "adam", "rate": 1e6, "epochs": 5},
    {"method": "momentum", "rate": 1e6, "decay": 1.0, "epochs": 5, "shape": "coin"},
    {"patience": 1, "epochs": 50, "rate": 0.5},
    {"decay": 1.0, "dropout": 0.9, "epochs": 20, "shape": "rings"},
]


@pytest.mark.parametrize("query", ENDS, ids=str)
def test_points_at_the_ends_of_every_control(query: dict[str, Any]) -> None:
    with teaching() as seen:
        app = page(steps=query["epochs"], **query)
    assert not asks(app) and figures(app)
    assert [fault for formula in seen.formulas for fault in faults(formula)] == []
    said = [box.value for box in [*app.info, *app.warning]]
    if query.get("rate") == 0:
        assert EN("odd.no_rate") in said and len(set(curves(app)[0].tolist())) == 1
    if query.get("share") in (0.0, 1.0):
        assert EN("odd.one_class.points", count=query.get("count", 40)) in said
    assert any("ran away" in text for text in said) == (query.get("rate") == 1e6)
    if "patience" in query:
        fit = fit_points(50, patience=1, rate=0.5).shown
        assert EN("odd.stopped", epoch=fit.epochs, patience=1, best=fit.best) in said
    if query.get("batch") == 500:
        assert EN("odd.whole_batch", count=500) in said


@pytest.mark.parametrize(
    "query",
    [{"hidden": 1, "count": 2, "wrong": 0.5, "epochs": 3}, {"hidden": 100, "count": 80, "wrong": 0.0, "epochs": 2},
     {"rate": 1e6, "epochs": 3}, {"rate": 0, "epochs": 3}],
    ids=str,
)  # fmt: skip
def test_messages_at_the_ends_of_every_control(query: dict[str, Any]) -> None:
    with teaching() as seen:
        app = page(view="messages", steps=query["epochs"], **query)
    assert len(figures(app)) == 2 and [fault for formula in seen.formulas for fault in faults(formula)] == []
    for panel in ("mistaken", "learnt"):
        sound(
            open_page(ID, {"view": "messages", "panel": panel, "steps": "3", **{k: str(v) for k, v in query.items()}})
        )


def test_a_curve_that_leaves_the_axis_is_said_to() -> None:
    app = give_up(page(preset="coin"))
    assert figures(app)[0]["layout"]["yaxis2"]["range"] == [0, 3.0] and EN("chart.cut", most="3") in text_of(app)
    assert EN("chart.cut", most="3") not in text_of(give_up(page(preset="much")))


@pytest.mark.parametrize("steps", [0, 2])
def test_weights_are_worked_out_and_taken_along_once_something_is_learnt(steps: int) -> None:
    with teaching() as seen:
        app = page(steps=steps)
        while asks(app):
            give_up(app)
    assert bool(seen.formulas) == bool(steps)
    panels = next(group for group in sound(app.run()).button_group if group.key == "panel").options
    assert ("take" in panels or EN("panels.take") in panels) == bool(steps)


def test_what_a_lecturer_hides_is_gone_and_counts() -> None:
    app = page(hide="hidden~noise~method~seed", hidden=7, noise=0.5, method="sgd", seed=4, rate=0.2, steps=9)
    keys = {element.key for kind in (app.slider, app.number_input, app.selectbox) for element in kind}
    assert not keys & {"hidden", "noise", "method", "seed"} and {"count", "rate", "shape"} <= keys
    own = fit_points(9, hidden=7, noise=0.5, method="sgd", seed=4, rate=0.2).shown
    np.testing.assert_allclose(curves(app)[0], own.training, rtol=1e-6)
    for name in CONTROLS:
        sound(open_page(ID, {"hide": name}))
    assert "hide" in {element.key for element in app.multiselect}


def test_each_exercise_asks_and_marks() -> None:
    for exercise in (2, 3):
        with teaching() as seen:
            app = page(view="reading", exercise=exercise)
            while asks(app):
                give_up(app)
        names = [question.name for question in seen.questions]
        assert names[0] == "diagnosis" and ("useless" in names) == (exercise not in (3, 6))
        assert EN("reading.grade", right=0, asked=0, whole=10) in text_of(app)
    with teaching() as seen:
        app = page(view="reading")
    right = seen.questions[0].right
    group = next(each for each in app.radio if each.key and each.key.startswith("_guess_"))
    group.set_value(group.options[right]).run()
    app.button(key=f"_go_{ID}.diagnosis").click().run()
    assert EN("reading.grade", right=1, asked=1, whole=10) in text_of(app)


def test_the_panel_of_cures_has_what_each_comes_to() -> None:
    app = page(panel="cures", hidden=39, epochs=200)
    rows = app.table[0].value
    lowered = fit_points(200, hidden=39, decay=0.003).shown
    assert f"{lowered.validation[-1]:.2f}" in rows.to_string() and len(rows) == 7
    assert f"{draw_points().validation.floor:.2f}" in text_of(app)


def test_a_cure_on_points_of_one_class_is_not_judged() -> None:
    app = page(panel="cures", count=4, share=0.05, seed=2, epochs=20)
    rows = app.table[0].value
    said = [row[EN("cures.verdict")] == EN("cures.one_class") for _, row in rows.iterrows()]
    assert said == [name != "data" for name in CURES]  # 400 points are of both


def test_small_batches_are_trained_for_as_long_as_there_is_time() -> None:
    app = page(count=500, batch=1, epochs=1000, hidden=1)
    assert EN("odd.bounded", batch=1, count=500, most="100") in [box.value for box in app.info]
    assert "100" in app.button(key="_train_all").label
    assert not [box for box in page(batch=1, epochs=1000).info if "Larger batches" in box.value]
    table = page(panel="cures", count=2, batch=1, epochs=500, hidden=1).table[0].value
    assert (table[EN("cures.verdict")] == EN("cures.too_many")).tolist() == [name == "data" for name in CURES]


@pytest.mark.parametrize(
    ("preset", "told"),
    [("decay", "0.003"), ("early", "60"), ("away", "1,000,000"), ("much", "It is trained for 300 epochs.")],
)
def test_the_question_says_how_it_is_trained(preset: str, told: str) -> None:
    app = page(preset=preset)
    assert asks(app) and told in text_of(app)


def test_the_panel_of_batches_has_what_was_measured() -> None:
    app = page(panel="batches", hidden=39)
    assert [len(table.value) for table in app.table] == [4, 4]
    text = app.table[0].value.to_string().replace("−", "-")
    assert all(f"{each.validation:.2f}" in text for each in kept() if each.fair == "epochs")


def output_of(code: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, {})
    return out.getvalue()


def test_the_code_prints_the_numbers_of_the_screen() -> None:
    fit = fit_points(20, hidden=5).shown
    printed = output_of(snippet.points(20, {"hidden": 5}))
    assert f"epoch 20 training {round(float(fit.training[-1]), 3)}" in printed
    fit = fit_messages(10, "zh", hidden=3).shown
    printed = output_of(snippet.messages(10, {"language": "zh", "hidden": 3}))
    assert f"epoch 10 training {round(float(fit.training[-1]), 3)}" in printed and "ran away: False" in printed


def test_every_view_is_tried() -> None:
    assert set(VIEWS) == {"points", "messages", "reading"}
