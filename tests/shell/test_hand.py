"""Figures that move under the hand, without the hand: what the browser is told, what it may send, what a link may say."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from app.shell.frame import Below, LessonPage
from app.shell.hand import Axis, HandFigure, Handle, Readout, decimals, on_grid, read
from tests.shell.driving import components, drawn, made_up, sound, written

SCRIPT = Path(__file__)  # what a page sends it does not run here
X, Y = Axis(-4, 4, title="across"), Axis(-2, 3, 0.5)
HANDLES = (
    Handle("a", "first", 1, 2, "#0072B2"),
    Handle("b", "second", -1, 0.5, "#E69F00", step=0.25, large=1),
    Handle("c", "third", 3, 1, "#009E73", moves="x"),
)
FIGURE = HandFigure("moved", SCRIPT, X, Y, HANDLES, (Readout("long", "length", 3),), equal=True, height=20)
KEY = "figure_moved"


def body() -> None:
    page = LessonPage(made_up())
    places = FIGURE.places(page)
    FIGURE.show(page, places, "Three dots.", {"seen": [1, 2]}, [{"x": 1}])
    page.finish(Below())


def told(app: AppTest) -> dict[str, Any]:
    """Return what the figure in the browser is told."""
    (data,) = components(app, "hand_made_up_moved")
    return dict(json.loads(data))


def places(app: AppTest) -> dict[str, tuple[float, float]]:
    return {handle["name"]: (handle["x"], handle["y"]) for handle in told(app)["handles"]}


def address(app: AppTest) -> dict[str, str]:
    return {name: value for name, value in written(app).items() if value is not None and name[:1] in "abc"}


def let_go(app: AppTest, value: object) -> AppTest:
    """Have the browser tell where the hand has let go."""
    app.session_state[KEY] = {"places": value}
    return sound(app.run())


def test_the_browser_is_told_everything_that_it_draws() -> None:
    data = told(drawn(body))
    assert data["turn"] == 0 and data["alt"] == "Three dots." and data["data"] == {"seen": [1, 2]}
    assert (data["equal"], data["height"]) == (True, 20)
    assert data["x"] == {
        "least": -4, "most": 4, "title": "across", "ticks": [-4, -3, -2, -1, 0, 1, 2, 3, 4],
        "texts": ["−4", "−3", "−2", "−1", "0", "1", "2", "3", "4"],
    }  # fmt: skip
    assert data["y"]["ticks"][:3] == [-2, -1.5, -1] and data["y"]["texts"][:3] == ["−2.0", "−1.5", "−1.0"]
    assert [handle["label"] for handle in data["handles"]] == ["first", "second", "third"]
    assert [(handle["step"], handle["large"], handle["digits"]) for handle in data["handles"]] == [
        (0.1, 1, 1), (0.25, 1, 2), (0.1, 1, 1),
    ]  # fmt: skip
    assert [(handle["colour"], handle["moves"]) for handle in data["handles"]] == [
        ("#0072B2", "xy"), ("#E69F00", "xy"), ("#009E73", "x"),
    ]  # fmt: skip
    assert data["readouts"] == [{"name": "long", "label": "length", "digits": 3}]
    assert {name: bool(text) for name, text in data["words"].items()} == {"how": True, "keys": True, "at": True}


def test_handles_begin_where_the_lesson_says_and_the_address_stays_empty() -> None:
    app = drawn(body)
    assert places(app) == {"a": (1, 2), "b": (-1, 0.5), "c": (3, 1)} and address(app) == {}


def test_what_a_link_says_is_where_they_are() -> None:
    app = drawn(body, {"ax": "2.5", "ay": "-1", "bx": "0.25", "cx": "-2"})
    assert places(app) == {"a": (2.5, -1), "b": (0.25, 0.5), "c": (-2, 1)}
    assert address(app) == {"ax": "2.5", "ay": "-1.0", "bx": "0.25", "cx": "-2.0"}


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("1e999", 1), ("NaN", 1), ("-inf", 1), ("", 1), ("²", 1), ("<b>", 1), ("1~2", 1),  # no number: where it begins
        ("1e300", 4), ("-99999", -4), ("4.0001", 4),  # beyond an end: there
        ("0.123456", 0.1), ("-0.04", 0), ("0.05000001", 0.1),  # beside the grid: on it
    ],
)  # fmt: skip
def test_nothing_that_a_link_says_leads_out_of_the_figure(said: str, place: float) -> None:
    app = drawn(body, {"ax": said})
    x, _ = places(app)["a"]
    assert x == pytest.approx(place, abs=1e-12) and math.copysign(1, x) == (1 if x >= 0 else -1)


def test_a_link_moves_no_handle_in_a_direction_that_it_has_not() -> None:
    app = drawn(body, {"cx": "1", "cy": "-2"})
    assert places(app)["c"] == (1, 1) and "cy" not in address(app)


def test_where_the_hand_lets_go_is_on_the_page_and_in_the_address() -> None:
    app = let_go(drawn(body), "1 2.5 -1.5 -1 0.5 3 1")
    assert places(app)["a"] == (2.5, -1.5) and told(app)["turn"] == 1
    assert address(app) == {"ax": "2.5", "ay": "-1.5"}
    app = let_go(app, "2 2.5 -1.5 0 0.75 -3.5 2.9")
    assert places(app) == {"a": (2.5, -1.5), "b": (0, 0.75), "c": (-3.5, 1)} and told(app)["turn"] == 2


def test_what_was_sent_once_does_not_come_again_over_what_was_set_since() -> None:
    app = let_go(drawn(body), "1 2.5 -1.5 -1 0.5 3 1")
    app.session_state["ax"] = 0.5  # as an example or a step back in the browser's history does
    assert places(sound(app.run()))["a"] == (0.5, -1.5)


@pytest.mark.parametrize("value", ["1 9e9 -9e9 -1 0.5 3 1", "7 1e308 1e308 1e308 1e308 1e308 1e308"])
def test_what_is_sent_from_beyond_the_ends_is_put_between_them(value: str) -> None:
    for x, y in places(let_go(drawn(body), value)).values():
        assert X.least <= x <= X.most and Y.least <= y <= Y.most


@pytest.mark.parametrize(
    "value",
    [None, "", "1", "x 1 2 3 4 5 6", "-1 1 2 3 4 5 6", "1.5 1 2 3 4 5 6", "1 nan 2 3 4 5 6", "1 inf 2 3 4 5 6", "1 1 2 3 4 5",
     "1 1 2 3 4 5 6 7", "1 <b> 2 3 4 5 6", "9999999999 1 2 3 4 5 6", "\u0661 1 2 3 4 5 6", 7, ["1", "2"], {"places": "1"}],
)  # fmt: skip
def test_nonsense_from_the_browser_changes_nothing(value: object) -> None:
    assert read(value, 6) is None
    if isinstance(value, str):
        assert places(let_go(drawn(body), value)) == {"a": (1, 2), "b": (-1, 0.5), "c": (3, 1)}


def test_what_was_sent_is_read() -> None:
    assert read("12 1.5 -2 0", 3) == (12, (1.5, -2.0, 0.0))


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([0.1, 0.25, 0.5, 1, 0.05, 2]))
def test_a_place_on_the_grid_is_finite_between_the_ends_and_stays_where_it_is(value: float, step: float) -> None:
    axis = Axis(-4, 4)
    found = on_grid(max(-1e12, min(value, 1e12)), step, axis)
    assert axis.least <= found <= axis.most and on_grid(found, step, axis) == found
    assert found == pytest.approx(round(found / step) * step, abs=1e-9)
    if axis.least <= value <= axis.most:
        assert abs(found - value) <= step / 2 + 1e-9


@pytest.mark.parametrize(("step", "digits"), [(1, 0), (2, 0), (0.1, 1), (0.25, 2), (0.05, 2), (1e-9, 6), (1 / 3, 6)])
def test_decimals_of_a_step(step: float, digits: int) -> None:
    assert decimals(step) == digits
