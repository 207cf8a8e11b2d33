"""Choices with translated labels: the link holds ids, and what is no option is never chosen."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.shell import state
from app.shell.choice import _tell_anew, choice, choices, chosen_before_drawing
from tests.shell.driving import drawn, sound, written

KINDS = ("segmented", "pills", "select", "radio")


def page(draw: Callable[[], object], query: dict[str, str] | None = None, **values: Any) -> tuple[AppTest, list[Any]]:
    """Return the page and the list to which each run adds what was chosen."""
    seen: list[Any] = []

    def body() -> None:
        state.enter("lesson")
        seen.append(draw())
        state.remember()

    return drawn(body, query, **values), seen


def widget(app: AppTest) -> Any:
    return [*app.button_group, *app.selectbox, *app.radio, *app.multiselect][0]


def methods(kind: Any, default: str | None = "tsne") -> Callable[[], object]:
    return lambda: choice(kind, "Method", ["pca", "tsne"], "method", default=default, labels=str.upper)


@pytest.mark.parametrize("kind", KINDS)
def test_a_choice_is_read_from_the_link_by_its_id(kind: str) -> None:
    app, seen = page(methods(kind), {"method": "pca"})
    assert seen == ["pca"] and written(app)["method"] == "pca"
    assert list(widget(app).options) == ["PCA", "TSNE"]
    assert widget(app).proto.label == "Method"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["<script>", "PCA", ""])
def test_nonsense_in_the_link_gives_the_default(kind: str, text: str) -> None:
    app, seen = page(methods(kind), {"method": text})
    assert seen == ["tsne"] and written(app)["method"] is None


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_chosen_stands_in_the_link_and_the_default_does_not(kind: str) -> None:
    app, seen = page(methods(kind))
    assert written(app)["method"] is None
    widget(app).set_value("PCA" if kind != "radio" else "pca")
    sound(app.run())
    assert seen[-1] == "pca" and written(app)["method"] == "pca"
    widget(app).set_value("TSNE" if kind != "radio" else "tsne")
    sound(app.run())
    assert seen[-1] == "tsne" and written(app)["method"] is None


@pytest.mark.parametrize("kind", ["segmented", "pills"])
def test_only_without_a_default_may_nothing_be_chosen(kind: str) -> None:
    app, seen = page(methods(kind, None))
    assert seen == [None] and written(app)["method"] is None
    assert not widget(app).proto.required
    app, _ = page(methods(kind))
    assert widget(app).proto.required


def test_an_option_that_is_gone_is_not_chosen_any_more() -> None:
    options = ["a", "b"]
    app, seen = page(lambda: choice("segmented", "", options, "x", default="a"), {"x": "b"})
    options.remove("b")
    sound(app.run())
    assert seen == ["b", "a"]


def test_options_may_be_numbers() -> None:
    app, seen = page(lambda: choice("pills", "", [1, 2.5], "x", default=1), {"x": "2.5"})
    assert seen == [2.5] and written(app)["x"] == "2.5"


def test_what_will_be_chosen_is_known_before_it_is_drawn() -> None:
    def draw() -> tuple[Any, Any]:
        return chosen_before_drawing(["a", "b"], "x", "a"), choice("pills", "", ["a", "b"], "x", default="a")

    for query, expected in (({"x": "b"}, "b"), ({"x": "?"}, "a"), ({}, "a")):
        assert page(draw, query)[1] == [(expected, expected)]


class Session(dict[str, Any]):
    """A session that notes what is set: only what is set in a run is told to the browser."""

    def __init__(self, **values: Any) -> None:
        super().__init__(values)
        self.told: list[str] = []

    def __setitem__(self, name: str, value: Any) -> None:
        self.told.append(name)
        super().__setitem__(name, value)


def test_a_field_with_a_list_is_told_anew_when_its_label_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds what was chosen as text: without being told it would go on showing the old language's."""
    session = Session(x="b")
    monkeypatch.setattr("app.shell.visit.st", SimpleNamespace(session_state=session))
    for shown, told in (("two", True), ("two", False), ("二", True), ("二", False), (["二"], True)):
        session.told.clear()
        _tell_anew("x", shown)
        assert ("x" in session.told) is told and session["x"] == "b"


@pytest.mark.parametrize(("kind", "shown"), [("select", "B"), ("several", ["B"]), ("pills", None), ("radio", "B")])
def test_lists_and_radio_buttons_alone_need_it(kind: Any, shown: Any) -> None:
    def draw() -> object:
        if kind == "several":
            return choices("x", ["a", "b"], "x", ["a"], labels=str.upper, kind="select")
        return choice(kind, "x", ["a", "b"], "x", default="a", labels=str.upper)

    told = page(draw, {"x": "b"})[0].session_state["_visit"].get("shown", {})
    assert told == ({} if shown is None else {"x": shown})


@pytest.mark.parametrize("kind", ["pills", "select"])
def test_several_are_read_from_the_link_and_written_into_it(kind: Any) -> None:
    def draw() -> list[str]:
        return choices("Words", ["a", "b", "c"], "words", default=["a"], labels=str.upper, kind=kind)

    app, seen = page(draw, {"words": "c~b~nonsense"})
    assert seen == [["c", "b"]] and written(app)["words"] == "c~b"
    assert list(widget(app).options) == ["A", "B", "C"]
    widget(app).set_value(["A"])
    sound(app.run())
    assert seen[-1] == ["a"] and written(app)["words"] is None
    widget(app).set_value([])
    sound(app.run())
    assert seen[-1] == [] and written(app)["words"] == ""
    assert page(draw)[1] == [["a"]]
    assert page(draw, {"words": ""})[1] == [[]], "a link may say that nothing is chosen"


def test_of_several_those_that_are_gone_are_left_out() -> None:
    options = ["a", "b", "c"]
    app, seen = page(lambda: choices("", options, "x"), {"x": "a~c"})
    options.remove("a")
    sound(app.run())
    assert seen == [["a", "c"], ["c"]] and written(app)["x"] == "c"
    assert page(lambda: choices("", options, "x"))[1] == [[]]


def test_more_settings_go_to_the_widget() -> None:
    for kind in KINDS:
        app, _ = page(lambda kind=kind: choice(kind, "x", ["a"], "x", default="a", help="why"))  # type: ignore[misc]
        assert widget(app).proto.help == "why"
    app, _ = page(lambda: choices("x", ["a"], "x", help="why"))
    assert widget(app).proto.help == "why"
