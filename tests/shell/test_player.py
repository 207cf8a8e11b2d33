"""The step player: where it starts, where its buttons lead, when it goes on by itself."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.shell import player, state, visit
from app.shell.player import stepped
from tests.shell.driving import SHELL, components, drawn, labels, press, sound, written

ALL = ["First", "Back", "Play", "Forward", "Last"]


def play(
    count: int = 5, query: dict[str, str] | None = None, start: int = 1, names: Any = None, **values: Any
) -> tuple[AppTest, list[int], list[int]]:
    """Return the page, the index that each run drew, and [count], which may be changed."""
    seen: list[int] = []
    counts = [count]

    def body() -> None:
        state.enter("lesson")
        stepped("step", counts[0], seen.append, names, start)
        state.remember()

    return drawn(body, query, **values), seen, counts


@pytest.mark.parametrize("start", [1, 3, 5])
@pytest.mark.parametrize("link", [1, 2, 4, 5])
def test_it_starts_at_the_step_of_the_link(link: int, start: int) -> None:
    app, seen, _ = play(query={"step": str(link)}, start=start)
    assert seen == [link - 1] and app.slider[0].value == link
    ends = {1: ["First", "Back"], 5: ["Forward", "Last"]}
    assert labels(app, disabled=True) == ends.get(link, [])
    assert app.markdown[0].value == f"Step **{link}** of 5"


@pytest.mark.parametrize("link", ["", "x", "²", "99999999999999999999"])
@pytest.mark.parametrize("start", [1, 3, 9])
def test_a_link_that_names_no_step_is_not_followed(link: str, start: int) -> None:
    app, seen, _ = play(query={"step": link}, start=start)
    assert seen == [min(start, 5) - 1]
    assert labels(app) == ALL


@pytest.mark.parametrize("link", ["99", "6"])
def test_a_link_past_the_end_shows_the_last_step(link: str) -> None:
    app, seen, _ = play(query={"step": link}, start=5)
    assert seen == [4] and labels(app, disabled=True) == ["Forward", "Last"]


def test_the_buttons_lead_on_back_and_to_the_ends() -> None:
    app, seen, _ = play(start=3)
    for label, index in [
        ("Back", 1),
        ("Back", 0),
        ("Forward", 1),
        ("Last", 4),
        ("Back", 3),
        ("Forward", 4),
        ("First", 0),
    ]:
        press(app, label)
        assert seen[-1] == index, label
        assert app.session_state["step"] == index + 1
    sound(app.slider[0].set_value(4).run())
    assert seen[-1] == 3


def held(end: int, query: dict[str, str] | None = None, start: int = 1) -> tuple[AppTest, list[int], list[int]]:
    """Return what :func:`play` does, where no step beyond [end] may be shown; that may be changed."""
    seen: list[int] = []
    ends = [end]

    def body() -> None:
        state.enter("lesson")
        stepped("step", 5, seen.append, None, start, lambda: ends[0])
        state.remember()

    return drawn(body, query), seen, ends


def test_it_stops_where_a_question_is_open_and_goes_on_once_it_is_answered() -> None:
    app, seen, ends = held(3)
    for label in ("Forward", "Forward"):
        press(app, label)
    assert seen[-1] == 2 and labels(app, disabled=True) == ["Forward", "Last"]
    assert app.markdown[0].value.endswith(" · :material/lock:")
    assert components(app, "to_the_question") == [{"text": SHELL["en"]("player.locked")}]
    assert [button.help for button in app.button if button.disabled] == [SHELL["en"]("player.stops")] * 2
    press(app, "First")
    press(app, "Last")
    assert seen[-1] == 2
    ends[0] = 5
    sound(app.run())
    assert labels(app, disabled=True) == [] and "lock" not in app.markdown[0].value
    assert not components(app, "to_the_question")
    press(app, "Last")
    assert seen[-1] == 4 and "lock" not in app.markdown[0].value


def test_the_step_of_a_link_beyond_an_open_question_is_shown_once_it_is_answered() -> None:
    app, seen, ends = held(2, query={"step": "4"})
    assert seen == [1] and app.slider[0].value == 2 and "Step **2** of 5" in app.markdown[0].value
    assert written(app)["step"] == "2", "one number"
    ends[0] = 3
    sound(app.run())
    assert seen[-1] == 2 and app.slider[0].value == 3
    ends[0] = 5
    sound(app.run())
    assert seen[-1] == 3 and app.slider[0].value == 4 and written(app)["step"] == "4"
    ends[0] = 2
    sound(app.run())
    press(app, "Back")
    assert seen[-1] == 0


@pytest.mark.parametrize("move", ["First", "slider", "walks"])
def test_who_moves_has_left_the_step_of_the_link(move: str) -> None:
    seen: list[int] = []
    ends, names = [2], ["a", "b", "c", "d", "e"]

    def body() -> None:
        state.enter("lesson")
        stepped("step", 5, seen.append, names, 1, lambda: ends[0])
        state.remember()

    app = drawn(body, {"step": "4"})
    if move == "slider":
        sound(app.slider[0].set_value(5).run())
        assert app.slider[0].value == 2 and seen[-1] == 1, "held where the figure stands"
    elif move == "walks":
        names.reverse()
        sound(app.run())
    else:
        press(app, move)
    ends[0] = 5
    sound(app.run())
    assert seen[-1] == {"First": 0, "slider": 1, "walks": 0}[move]


def test_it_says_what_it_waits_for_with_a_link_to_the_question() -> None:
    def body() -> None:
        state.enter("lesson")
        stepped("step", 5, lambda _: None, None, 2, lambda: 2, lambda: "the forget gate")
        state.remember()

    assert components(drawn(body), "to_the_question") == [{"text": "predict first: the forget gate"}]


@pytest.mark.parametrize("end", [0, -3])
def test_one_step_is_always_shown(end: int) -> None:
    assert held(end)[1] == [0]


def test_playing_ends_where_a_question_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(player.time, "monotonic", lambda: clock.now)
    app, seen, _ = held(2)
    press(app, "Play")
    for _ in range(4):
        clock.now += 2
        sound(app.run())
    assert max(seen) == 1 and not app.session_state["_visit"]["playing_step"]


def test_keys_step_too() -> None:
    app, _, _ = play()
    assert [button.help for button in app.button] == ["Home", "←", "P", "→", "End"]
    [told] = components(app, "keys")
    buttons = json.loads(told.pop("buttons"))
    assert told == {"name": "step", "keys": sorted(player.KEYS), "here": [], "seen": "{}"}
    by_key = {
        button.key: button.label for button in app.button
    }  # a click that the browser counts does what the button does
    assert {by_key[name]: key for name, key in buttons.items()} == {
        "First": "Home", "Back": "ArrowLeft", "Forward": "ArrowRight", "Last": "End"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "times", "at", "shown"),
    [("ArrowRight", 1, 2, 3), ("ArrowRight", 3, 1, 4), ("ArrowRight", 9, 2, 5), ("ArrowLeft", 2, 4, 2), ("ArrowLeft", 9, 4, 1),
     ("Home", 1, 4, 1), ("End", 2, 1, 5)],
)  # fmt: skip
def test_keys_move_as_often_as_they_were_pressed(
    monkeypatch: pytest.MonkeyPatch, key: str, times: int, at: int, shown: int
) -> None:
    session: dict[str, Any] = {"step": at, "_visit": {"playing": True}}
    monkeypatch.setattr(visit, "st", SimpleNamespace(session_state=session))
    player._press("step", "playing", 5, key, times)
    assert session["step"] == shown and not session["_visit"]["playing"]


@pytest.mark.parametrize(("times", "plays"), [(1, True), (2, False), (3, True)])
def test_p_plays_and_pauses(monkeypatch: pytest.MonkeyPatch, times: int, plays: bool) -> None:
    session: dict[str, Any] = {"step": 2}
    monkeypatch.setattr(visit, "st", SimpleNamespace(session_state=session))
    player._press("step", "playing", 5, "p", times)
    assert visit.visit().get("playing", False) is plays and session["step"] == 2


@pytest.mark.parametrize(("names", "caption"), [(["a", "b"], "Step **2** of 5 · b"), (["a"], "Step **2** of 5")])
def test_a_step_has_its_name(names: list[str], caption: str) -> None:
    app, _, _ = play(query={"step": "2"}, names=names)
    assert app.markdown[0].value == caption


def test_a_player_of_nothing_and_of_one_step() -> None:
    app, seen, _ = play(0)
    assert seen == [] and not app.button
    app, seen, _ = play(1)
    assert seen == [0] and labels(app, disabled=True) == ALL and not app.slider
    app, seen, _ = play(2)
    assert labels(app, disabled=True) == ["First", "Back"] and len(app.slider) == 1


def test_where_there_are_fewer_steps_now_it_goes_to_the_last() -> None:
    app, seen, counts = play(query={"step": "5"})
    app.session_state["step"] = 4
    counts[0] = 3
    sound(app.run())
    assert seen[0] == 4 and seen[-1] <= 2


def test_where_it_walks_over_something_else_it_begins_anew() -> None:
    """The step of the text before says nothing about this one."""
    names = ["a", "b", "c", "d", "e"]
    app, seen, _ = play(query={"step": "5"}, start=2, names=names)
    sound(app.run())
    assert seen == [4, 4], "the same text again"
    names[:] = ["f", "g", "h", "i", "j"]
    sound(app.run())
    assert seen[-1] == 1 and app.slider[0].value == 2 and written(app)["step"] is None


def test_a_preset_may_name_the_step_of_its_text() -> None:
    names = ["a", "b", "c", "d", "e"]

    def body() -> None:
        state.enter("lesson")
        st.button("Set", on_click=lambda: (state.set_all({"step": 4}), names.reverse()))
        stepped("step", 5, seen.append, names, 2)
        state.remember()

    seen: list[int] = []
    app = drawn(body)
    press(app, "Set")
    assert seen == [1, 3]
    names.reverse()
    sound(app.run())
    assert seen[-1] == 1


def test_a_drawing_that_fails_says_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    def body() -> None:
        state.enter("lesson")
        stepped("step", 3, [].__getitem__)
        state.remember()

    app = drawn(body)
    assert len(app.error) == 1 and app.error[0].value.startswith("Something went wrong here")
    assert "drawing step 1 of step failed" in caplog.text


def test_play_and_pause() -> None:
    app, _, _ = play(start=3)
    press(app, "Play")
    assert labels(app)[2] == "Pause" and app.session_state["_visit"]["playing_step"] is True
    press(app, "Pause")
    assert labels(app)[2] == "Play" and app.session_state["_visit"]["playing_step"] is False
    press(app, "Play")
    press(app, "Forward")
    assert labels(app)[2] == "Play", "who steps by hand has stopped it"


# -- its clock ---------------------------------------------------------------------------------------------------------


class Clock:
    """The player's time and state, set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **session: Any) -> None:
        self.now, self.reruns = 100.0, 0
        self.kept = {name: value for name, value in session.items() if name != "step"}
        self.session = {"_visit": self.kept} | ({"step": session["step"]} if "step" in session else {})
        monkeypatch.setattr(player, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(player, "st", SimpleNamespace(rerun=self.rerun))
        monkeypatch.setattr(visit, "st", SimpleNamespace(session_state=self.session))

    def rerun(self) -> None:
        self.reruns += 1

    def advance(self, seconds: float, count: int = 3) -> Any:
        self.now += seconds
        player._advance("step", "playing", count)
        return self.session.get("step")


def test_it_goes_on_by_one_step_each_time_it_is_time_and_stops_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, step=1, playing=True, playing_at=100.0)
    assert clock.advance(0.5) == 1, "a run for another reason does not step"
    assert clock.advance(player.SECONDS_A_STEP - 0.5) == 2
    assert clock.advance(0.9 * player.SECONDS_A_STEP) == 3, "a clock is never exact"
    assert clock.kept["playing"] is True and clock.reruns == 0
    assert clock.advance(player.SECONDS_A_STEP) == 3
    assert clock.kept["playing"] is False and clock.reruns == 1
    assert clock.advance(player.SECONDS_A_STEP) == 3 and clock.reruns == 1


def test_it_stands_still_while_it_is_paused(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, step=1, playing=False, playing_at=0.0)
    assert clock.advance(10) == 1


def test_without_a_slider_yet_it_begins_at_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Clock(monkeypatch, playing=True).advance(10) == 2


@pytest.mark.parametrize(("step", "after"), [(1, 1), (2, 2), (3, 1), (None, None)])
def test_play_at_the_end_begins_anew(monkeypatch: pytest.MonkeyPatch, step: int | None, after: int | None) -> None:
    clock = Clock(monkeypatch, **({} if step is None else {"step": step}))
    player._toggle("step", "playing", 3)
    assert clock.session.get("step") == after and clock.kept["playing"] is True
    assert clock.kept["playing_at"] == 100.0, "the step that is shown has its full time"
    player._toggle("step", "playing", 3)
    assert clock.kept["playing"] is False and clock.session.get("step") == after


def test_a_button_never_leads_before_the_first_step(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, step=1, playing=True)
    player._move("step", "playing", None, -1, 5)
    assert clock.session["step"] == 1 and not clock.kept["playing"]
    fresh = Clock(monkeypatch)
    player._move("step", "playing", None, 1, 5)
    assert fresh.session["step"] == 2
