"""The examples of a lesson: what one sets, what ends with it, with which one a visit begins."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.shell.frame import LessonPage
from tests.shell.driving import SHELL, press, sound, written
from tests.shell.test_frame import captions, lesson_page, reopen


def presets(page: LessonPage) -> tuple[str | None, str, Any, Any]:
    chosen = page.presets()
    return chosen, page.text(default="nothing"), page.value("n"), page.value("flag")


def pick(app: AppTest, label: str) -> AppTest:
    next(group for group in app.button_group if group.key == "preset").set_value(label)
    return sound(app.run())


def test_a_preset_sets_the_controls_that_it_names_in_the_language_of_the_page() -> None:
    app, seen = lesson_page(presets)
    group = next(group for group in app.button_group if group.key == "preset")
    assert group.options == ["Cats", "Dogs", "Nothing"] and group.proto.label == "Try"
    assert seen == [(None, "nothing", None, None)] and not captions(app)
    pick(app, "Cats")
    assert seen[-1] == ("cats", "cats", 3, True)
    assert written(app)["preset"] == "cats" and written(app)["text"] == "cats"
    pick(app, "Nothing")
    assert seen[-1][:2] == ("none", "nothing") and not captions(app)
    app, seen = lesson_page(presets, {"lang": "zh"})
    pick(app, "狗")
    assert seen[-1][:2] == ("dogs", "狗")


def controls(page: LessonPage) -> dict[str, Any]:
    chosen = page.presets("text")
    flag = st.toggle("Flag", **page.bound("flag", False))
    return {
        "preset": chosen,
        "text": page.text(default="nothing"),
        "n": page.whole_number("n", "N", 1, 9),
        "flag": flag,
    }


def test_what_a_preset_set_ends_with_it() -> None:
    """The next one names no number and no flag: they are as they would be without the one before."""
    app, seen = lesson_page(controls)
    pick(app, "Cats")
    assert seen[-1] == {"preset": "cats", "text": "cats", "n": 3, "flag": True}
    pick(app, "Dogs")
    assert seen[-1] == {"preset": "dogs", "text": "dogs", "n": 1, "flag": False}
    assert app.slider(key="n").value == 1 and app.toggle(key="flag").value is False
    pick(app, "Cats")
    sound(app.slider(key="n").set_value(7).run())
    pick(app, "Dogs")
    assert seen[-1] == {"preset": "dogs", "text": "dogs", "n": 7, "flag": False}, "the learner's own value stays"


def test_a_preset_and_its_remark_go_when_its_input_is_changed() -> None:
    app, seen = lesson_page(controls)
    pick(app, "Dogs")
    assert captions(app) == ["All about dogs."] and written(app)["preset"] == "dogs"
    sound(app.slider(key="n").set_value(7).run())
    assert seen[-1]["preset"] == "dogs" and captions(app), "how it is looked at is no input"
    sound(app.text_input(key="text").set_value("my own").run())
    assert seen[-1] == {"preset": None, "text": "my own", "n": 7, "flag": False}
    assert not captions(app) and written(app)["preset"] is None
    assert next(group for group in app.button_group if group.key == "preset").value is None


@pytest.mark.parametrize(
    ("query", "preset", "text"),
    [
        ({"preset": "dogs"}, "dogs", "dogs"),
        ({"preset": "dogs", "text": "dogs"}, "dogs", "dogs"),
        ({"preset": "dogs", "text": "cats"}, None, "cats"),
        ({"preset": "dogs", "lang": "zh"}, "dogs", "狗"),
        ({"preset": "x"}, None, "nothing"),
    ],
)
def test_a_link_that_names_a_preset(query: dict[str, str], preset: str | None, text: str) -> None:
    _, seen = lesson_page(controls, query)
    assert (seen[0]["preset"], seen[0]["text"]) == (preset, text)


def opening_on_dogs(page: LessonPage) -> dict[str, Any]:
    chosen = page.presets("text", first="dogs")
    return {"preset": chosen, "text": page.text(default="nothing"), "n": page.whole_number("n", "N", 1, 9)}


@pytest.mark.parametrize(
    ("query", "preset", "text"),
    [
        ({}, "dogs", "dogs"),
        ({"lang": "zh"}, "dogs", "狗"),
        ({"n": "5"}, "dogs", "dogs"),
        ({"text": "dogs"}, "dogs", "dogs"),
        ({"text": "my own"}, None, "my own"),
        ({"preset": "cats"}, "cats", "cats"),
    ],
)
def test_who_comes_without_a_link_meets_the_first_example(query: dict[str, str], preset: str | None, text: str) -> None:
    app, seen = lesson_page(opening_on_dogs, query)
    assert (seen[0]["preset"], seen[0]["text"]) == (preset, text)
    chip = next(group for group in app.button_group if group.key == "preset")
    assert chip.value == preset
    assert written(app)["preset"] == preset
    assert seen[0]["n"] == int(query.get("n", 3 if preset == "cats" else 1))


def test_the_first_example_does_not_come_back_by_itself() -> None:
    app, seen = lesson_page(opening_on_dogs)
    sound(app.text_input(key="text").set_value("my own").run())
    assert seen[-1]["preset"] is None
    sound(app.run())
    reopen(app, "other")
    assert seen[-1]["preset"] == "dogs", "each lesson has its own"
    reopen(app, "made-up")
    assert (seen[-1]["preset"], seen[-1]["text"]) == (None, "my own")


def test_a_click_on_the_chosen_example_shows_it_again_as_it_was() -> None:
    app, seen = lesson_page(controls)
    pick(app, "Cats")
    sound(app.slider(key="n").set_value(7).run())
    chip = next(group for group in app.button_group if group.key == "preset")
    chip.set_value(None)
    sound(app.run())
    assert seen[-1] == {"preset": "cats", "text": "cats", "n": 3, "flag": True}
    assert next(group for group in app.button_group if group.key == "preset").value == "cats"


def test_what_a_preset_has_to_say_waits_for_the_question_whose_answer_it_tells() -> None:
    from app.questions import Question

    def show(page: LessonPage) -> bool:
        page.presets()
        return page.ask(Question("peak", ("a", "b"), 0, values={"n": 2}))

    app, _ = lesson_page(show)
    assert captions(pick(app, "Dogs")) == ["All about dogs."]
    assert captions(pick(app, "Cats")) == [SHELL["en"]("predict.then_told")]
    sound(app.radio[0].set_value(0).run())
    press(app, "Commit")
    assert "All about cats." in captions(app)
    hall, _ = lesson_page(show, {"lecture": "true", "preset": "dogs"})
    assert captions(hall) == ["All about dogs."], "behind the key N; see tests/shell/test_hall.py"
