"""The training panel without a browser: how far its buttons and keys go, when it pauses, what it says when a run ends."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.shell import training
from app.shell.frame import Below, LessonPage
from app.shell.training import STEPS, take_along, trained
from nlpcore.models import trainings
from nlpcore.models.trainings import Kept, Run
from tests.models.line_training import line
from tests.shell.driving import SHELL, drawn, labels, made_up, press, sound, written

MOST = 300
W = SHELL["en"]


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainings, "kept", Kept())


def panel(
    query: dict[str, str] | None = None, pressed: list[tuple[str, int]] | None = None, **given: Any
) -> tuple[AppTest, list[Run | None]]:
    """Return the page, and what each of its runs got of the training.

    ``pressed``: keys, and how often each, that are told before a run that is not the first, as Streamlit tells them.
    """
    seen: list[Run | None] = []

    def body() -> None:
        page = LessonPage(made_up())
        while seen and pressed:
            training._press(page, MOST, bool(given.get("locked")), *pressed.pop())
        seen.append(trained(page, line, MOST, **given))
        page.finish(Below())

    return drawn(body, query), seen


def said(app: AppTest) -> str:
    return next(each.value for each in app.markdown if each.value.startswith(W("training.at", steps="x")[:7]))


def test_it_begins_untrained_and_its_buttons_add_up() -> None:
    app, seen = panel()
    assert seen[-1] is not None and seen[-1].steps == 0
    assert labels(app, disabled=True) == [W("training.anew")]
    for label, steps in (("+1", 1), ("+20", 21), ("+1", 22), ("+100", 122), ("+100", 222), ("+100", MOST)):
        press(app, label)
        assert seen[-1] is not None and seen[-1].steps == steps and written(app)[STEPS] == str(steps)
        np.testing.assert_array_equal(seen[-1].losses, line(steps=steps).losses)
    assert {"+1", "+20", "+100", W("training.all", most="300")} <= set(labels(app, disabled=True))
    press(app, W("training.anew"))
    assert seen[-1] is not None and seen[-1].steps == 0 and written(app)[STEPS] is None


def test_all_of_it_at_once() -> None:
    app, seen = panel()
    press(app, W("training.all", most="300"))
    assert seen[-1] is not None and seen[-1].steps == MOST


@pytest.mark.parametrize(
    ("link", "steps"), [("7", 7), ("0", 0), ("301", MOST), ("-5", 0), ("x", 0), ("nan", 0), ("1e9", 0)]
)
def test_a_link_names_the_steps(link: str, steps: int) -> None:
    _, seen = panel({STEPS: link})
    assert seen[-1] is not None and seen[-1].steps == steps


def test_the_loss_that_is_told_is_the_mean_of_the_last() -> None:
    for steps, count in ((0, 0), (1, 1), (5, 5), (50, 20)):
        app, seen = panel({STEPS: str(steps)})
        assert seen[-1] is not None
        numbers = re.findall(r"\*\*([\d.]+)\*\*", said(app))
        assert numbers[0] == str(steps)
        if steps:
            assert numbers[1] == f"{np.mean(seen[-1].losses[-count:]):.2f}"
        else:
            assert len(numbers) == 1
        assert (f"last {count}" in said(app)) is (count > 1)


def test_what_is_locked_trains_nothing_and_comes_when_it_is_open() -> None:
    pressed: list[tuple[str, int]] = []
    app, seen = panel({STEPS: "40"}, pressed, locked="Answer first.")
    assert seen[-1] is not None and seen[-1].steps == 0
    assert set(labels(app)) == set(labels(app, disabled=True))
    assert any("Answer first." in each.value for each in app.markdown)
    assert written(app).get(STEPS, "40") == "40"
    pressed.append(("ArrowRight", 3))
    sound(app.run())
    assert seen[-1] is not None and seen[-1].steps == 0 and app.session_state[STEPS] == 40


def test_a_run_that_diverges_says_so_and_stays_at_the_last_sound_step() -> None:
    app, seen = panel({STEPS: "300"}, rate=50.0)
    run = seen[-1]
    assert run is not None and run.diverged and 0 < run.steps < MOST and np.isfinite(run.losses).all()
    assert [box.value for box in app.warning] == [W("training.diverged")]
    assert written(app)[STEPS] == str(run.steps)
    assert W("training.all", most="300") in labels(app, disabled=True)


def test_what_is_heard_on_the_way_is_drawn() -> None:
    heard: list[Run] = []
    _, seen = panel({STEPS: "60"}, wait=0.002, every=0.02, live=heard.append)
    assert heard and all(0 < run.steps < 60 for run in heard)
    assert seen[-1] is not None and seen[-1].steps == 60


@pytest.mark.parametrize(
    ("key", "times", "begun", "steps"),
    [
        ("ArrowRight", 3, 10, 13), ("ArrowRight", 1000, 10, MOST), ("Home", 1, 10, 0), ("p", 1, 10, MOST), ("p", 2, 10, 10),
        ("p", 1, 4, 4),
    ],
)  # fmt: skip
def test_keys_do_what_buttons_do(key: str, times: int, begun: int, steps: int) -> None:
    """``begun``: steps of the 10 wanted ones that were heard of; fewer, and P is a pause."""
    pressed: list[tuple[str, int]] = []
    app, seen = panel({STEPS: "10"}, pressed)
    app.session_state["_visit"]["slot_made-up_trained"] = ((), begun, False)
    pressed.append((key, times))
    sound(app.run())
    assert seen[-1] is not None and seen[-1].steps == steps


def test_it_can_be_taken_along() -> None:
    from safetensors.numpy import load

    run = line(steps=5)
    found = load(trainings.taken_along(run))
    np.testing.assert_array_equal(found["weights"], run.state["weights"])

    def body(vectors: bool) -> None:
        page = LessonPage(made_up())
        take_along(page, run, (lambda: "2 1\na 0\n") if vectors else None)
        page.finish(Below())

    for vectors, kinds in ((False, ["weights"]), (True, ["weights", "vectors"])):
        app = drawn(partial(body, vectors))
        shown = [part.proto.label for part in app.get("download_button")]
        assert [W(f"training.{kind}") for kind in kinds] == [label for label in shown if "." in label]
