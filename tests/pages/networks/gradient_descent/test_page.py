"""The page of gradient descent: every view, panel and end of a slider, and the code that reproduces it."""

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
from nlpcore.networks import by_hand, fit_line, walk
from pages.networks.gradient_descent.page import VIEWS
from pages.networks.gradient_descent.snippet import fit_code, hand_code, walk_code
from tests.drawn import numbers
from tests.pages.asking import asks, give_up
from tests.pages.screen import figures, open_page, sound, teaching, text_of

ID = "gradient-descent"
EN = Words(lesson(ID).words, "en")


def page(language: str = "en", **query: Any) -> AppTest:
    return sound(open_page(ID, {"lang": language, **{name: str(value) for name, value in query.items()}}))


def path_of(app: AppTest, number: int = 0) -> np.ndarray:
    drawn = next(t for t in figures(app)[number]["data"] if t.get("customdata") is not None)
    return np.column_stack([numbers(drawn["x"]), numbers(drawn["y"])])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_draws_its_figures(language: str, view: str) -> None:
    app = page(language, view=view)
    assert len(figures(app)) == (1 if view == "hand" else 2) and not app.warning


@pytest.mark.parametrize(("view", "panel"), [("surface", "methods"), ("surface", "reading"), ("batches", "sizes")])
def test_panels_have_a_figure_once_it_may_be_seen(view: str, panel: str) -> None:
    app = page(view=view, panel=panel)
    while asks(app):
        give_up(app)
    assert len(figures(app)) == 3


def test_the_walk_is_seen_in_part_until_it_is_said_how_it_ends() -> None:
    trace = walk("ravine", rate=0.09)
    app = page()
    np.testing.assert_allclose(path_of(app), trace.descent.points[:6], atol=1e-6)
    assert "Step **5** of 40" in text_of(app)
    np.testing.assert_allclose(path_of(give_up(app)), trace.descent.points, atol=1e-6)
    app.slider(key="step").set_value(20).run()
    np.testing.assert_allclose(path_of(app), trace.descent.points[:21], atol=1e-6)


ENDS = [
    {"rate": rate, "method": method, "name": name, "x": x, "y": y, "momentum": momentum, "steps": steps}
    for rate, method, name, x, y, momentum, steps in (
        (0, "sgd", "ravine", -2.5, -2.5, 0, 1),
        (1e6, "sgd", "two_valleys", 2.5, 2.5, 0.99, 200),
        (1e6, "adam", "saddle", 2.5, -2.5, 0.99, 200),
        (1e6, "momentum", "bowl", -2.5, 2.5, 0.99, 200),
        (0, "adam", "saddle", 0, 0, 0, 200),
        (0.5, "momentum", "saddle", 0, 0, 0.99, 7),
        (0.11, "momentum", "ravine", 2.5, 2.5, 0.99, 200),
        (1e-6, "adam", "ravine", 2.5, 2.5, 0, 200),
    )
]


@pytest.mark.parametrize("query", ENDS, ids=str)
def test_a_surface_at_the_ends_of_every_control(query: dict[str, Any]) -> None:
    with teaching() as seen:
        app = page(view="surface", **query)
        while asks(app):
            give_up(app)
    assert figures(app) and [fault for formula in seen.formulas for fault in faults(formula)] == []
    trace = walk(**query)
    said = [box.value for box in [*app.info, *app.warning]]
    if query["rate"] == 0:
        assert EN("said.no_rate") in said
    elif not trace.descent.gradients.any():
        assert EN("said.flat") in said
    elif trace.descent.diverged:
        assert any(f"stopped at step {len(trace.descent.gradients) + 1}:" in text for text in said)


@pytest.mark.parametrize("size", [1, 10, 32, 100, 1000])
@pytest.mark.parametrize("rate", [0, 0.09, 1e6])
def test_batches_at_the_ends_of_every_control(size: int, rate: float) -> None:
    scaled = size in (1, 32, 1000)
    with teaching() as seen:
        app = page(
            view="batches", size=size, rate=rate, scaled=str(scaled).lower(), seed=9999, steps=200, momentum=0.99
        )
        while asks(app):
            give_up(app)
    assert [fault for formula in seen.formulas for fault in faults(formula)] == []
    trace = fit_line(size, rate, momentum=0.99, steps=200, seed=9999, scaled=scaled)
    np.testing.assert_allclose(path_of(app), trace.descent.points, rtol=1e-5, atol=1e-5)
    said = [box.value for box in [*app.info, *app.warning]]
    assert (EN("said.no_rate") in said) == (rate == 0)
    assert any("stopped" in text for text in said) == trace.descent.diverged == (rate == 1e6)


@pytest.mark.parametrize("network", ["paper", "mazur", "dead", "random"])
@pytest.mark.parametrize(
    ("hidden", "corner"), [("tanh", (-5, 5, -5, 1e6)), ("relu", (0, 0, 0, 0)), ("sigmoid", (5, -5, 5, 0.5))]
)
def test_a_network_at_the_ends_of_every_control(network: str, hidden: str, corner: tuple[float, ...]) -> None:
    x1, x2, y1, rate = corner
    with teaching() as seen:
        app = page(view="hand", network=network, hidden=hidden, x1=x1, x2=x2, y1=y1, rate=rate)
        while asks(app):
            give_up(app)
        last = int(app.slider(key="step").max)
        for stage in range(1, last + 1):
            sound(app.slider(key="step").set_value(stage).run())
    assert [fault for formula in seen.formulas for fault in faults(formula)] == []
    assert len(seen.formulas) >= last - 1


def test_before_the_answer_no_gradient_that_is_asked_for_is_drawn() -> None:
    app = page(preset="paper", view="hand")
    drawn = [text for trace in figures(app)[0]["data"] for text in trace.get("text") or []]
    assert any("δ −1" in text for text in drawn) and not any("∂" in text for text in drawn)
    told = give_up(app)
    told.slider(key="step").set_value(7).run()
    drawn = [text for trace in figures(told)[0]["data"] for text in trace.get("text") or []]
    assert any("∂ −0.5" in text for text in drawn)


def test_a_rate_below_0_is_said_and_worked_out_with_0() -> None:
    app = page(rate=-1)
    assert EN("said.below_zero") in [box.value for box in app.info] and len(set(path_of(app)[:, 0])) == 1


def test_the_edges_are_spoken_of_only_where_some_are_thick() -> None:
    app = give_up(page(preset="paper", view="hand"))
    for step, thick in ((6, False), (8, True)):
        sound(app.slider(key="step").set_value(step).run())
        assert ("The thick edges" in text_of(app)) == thick


def test_a_network_brings_its_own_inputs() -> None:
    app = page(view="hand")
    group = next(each for each in app.button_group if each.key == "network")
    sound(group.set_value(EN("network.mazur")).run())
    assert [app.session_state[name] for name in ("x1", "x2", "y1", "y2")] == [0.05, 0.1, 0.01, 0.99]
    group = next(each for each in app.button_group if each.key == "network")
    sound(group.set_value(EN("network.paper")).run())
    assert [app.session_state[name] for name in ("x1", "x2", "y1")] == [1.0, 2.0, 1.0]


def output_of(code: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, {})
    return out.getvalue()


def test_the_code_prints_the_numbers_of_the_screen() -> None:
    asked = {"name": "saddle", "method": "adam", "rate": 0.1, "momentum": 0.9, "x": 1.5, "y": 0.1, "steps": 30}
    trace = walk(**asked)  # type: ignore[arg-type]
    printed = output_of(walk_code(**asked))
    assert str(trace.descent.points[30].round(4)) in printed and f"it {trace.fate} " in printed
    fit = fit_line(size=10, rate=0.05, steps=5)
    printed = output_of(fit_code(size=10, rate=0.05, steps=5))
    assert str(round(float(fit.descent.points[5, 0]), 3)) in printed and "updates in an epoch: 100" in printed
    hand = {"example": "mazur", "x": (0.05, 0.1), "rate": 0.5, "hidden": "sigmoid", "targets": (0.01, 0.99)}
    printed = output_of(hand_code(**hand))
    rows = [line.partition(" ")[2] for line in printed.splitlines() if line.startswith("torch")]
    for row, part in zip(rows, by_hand(**hand).network.layers, strict=True):  # type: ignore[arg-type]
        np.testing.assert_allclose(np.array(eval(row)), part.by_weights, atol=1e-6)
