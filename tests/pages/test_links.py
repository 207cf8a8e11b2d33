"""A link brings back the screen that it was copied from, in every lesson: without a browser, by the address that is written."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.lessons import LESSONS, lesson
from app.words import LANGUAGES, Words
from tests.pages.screen import figures, open_page, sound, switch
from tests.sample import SEED, sample
from tests.shell.driving import written

pytestmark = pytest.mark.models
IDS = [item.id for item in LESSONS]
OTHER = {one: IDS[(place + 1) % len(IDS)] for place, one in enumerate(IDS)}


NATIVE = ("text_input", "text_area", "slider", "select_slider", "number_input", "toggle")


def address(app: AppTest) -> dict[str, str]:
    """Return the query that the address bar shows after a run."""
    query = {name: values[0] if isinstance(values, list) else values for name, values in app.query_params.items()}
    bar = query | written(app)
    return {name: value for name, value in bar.items() if value is not None}


def screen(app: AppTest) -> dict[str, Any]:
    """Return what a link has to bring back: every control's value, every figure's data."""
    kinds = (*NATIVE, "selectbox", "multiselect", "button_group")
    controls = {w.key: w.value for kind in kinds for w in getattr(app, kind) if w.key and not w.key.startswith("_")}
    return {"controls": controls, "figures": [figure["data"] for figure in figures(app)]}


def change_much(app: AppTest, lesson_id: str, turn: int) -> AppTest:
    """Take a preset, then another panel, then move a slider and a toggle, as far as the lesson has them."""
    presets = list(Words(lesson(lesson_id).words, "en").node("presets"))
    _choose(app, "preset", turn % len(presets))
    _choose(app, "panel", turn)
    for slider in [s for s in app.slider if not s.disabled][turn % 2 :: 2]:
        app.slider(key=slider.key).set_value(slider.max if slider.value == slider.min else slider.min).run()
        break
    for toggle in app.toggle[1:2]:  # the first is lecture mode
        app.toggle(key=toggle.key).set_value(not toggle.value).run()
    return see_answers(app)


def see_answers(app: AppTest) -> AppTest:
    """Have every answer shown: what a learner has guessed, and what stays hidden until then, belongs to the visit."""
    while show := next((button for button in app.button if (button.key or "").startswith("_show_")), None):
        show.click().run()
    return sound(app)


def _choose(app: AppTest, key: str, turn: int) -> None:
    group = next((g for g in app.button_group if g.key == key), None)
    if group is not None:
        group.set_value(group.options[turn % len(group.options)])
        app.run()


@pytest.mark.parametrize("lesson_id", IDS)
def test_a_link_brings_the_same_screen(lesson_id: str) -> None:
    for turn in sample(range(12), 2, f"links {lesson_id}"):
        language = LANGUAGES[(SEED + turn) % 2]
        app = change_much(open_page(lesson_id, {"lang": language}), lesson_id, turn)
        here, link = screen(app), address(app)
        assert link.get("preset") or len(link) > 2, link  # a slider that makes the example what it is has ended it
        assert screen(see_answers(open_page(lesson_id, link))) == here, link


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson_id", IDS)
def test_a_first_visit_meets_an_example_whose_chip_is_lit(lesson_id: str, language: str) -> None:
    words, app = Words(lesson(lesson_id).words, language), open_page(lesson_id, {"lang": language})
    name = next(group for group in app.button_group if group.key == "preset").value
    state = words.resolve(words.node(f"presets.{name}.state"))
    here = {control: app.session_state[control] for control in state if control in app.session_state}
    assert here == {control: state[control] for control in here} and here, name


@pytest.mark.parametrize("lesson_id", IDS)
def test_a_link_made_by_hand_that_names_an_example_does_what_clicking_it_does(lesson_id: str) -> None:
    words = Words(lesson(lesson_id).words, "en")
    for name in sample(list(words.node("presets")), 3, f"examples {lesson_id}"):
        clicked = open_page(lesson_id)
        next(group for group in clicked.button_group if group.key == "preset").set_value(words(f"presets.{name}.label"))
        here = screen(see_answers(sound(clicked.run())))
        assert screen(see_answers(open_page(lesson_id, {"preset": name}))) == here, name


@pytest.mark.parametrize(
    ("lesson_id", "query", "expected"),
    [
        ("attention", {"preset": "previous", "layer": "4"}, {"preset": "previous", "layer": 4, "head": 3}),
        ("attention", {"preset": "bytes", "options": "words"}, {"preset": "bytes", "options": ["words"], "layer": 17}),
        ("lstm-gates", {"preset": "dots", "unit": "", "panel": ""}, {"preset": "dots", "unit": None, "panel": None}),
    ],
)
def test_what_the_address_says_otherwise_holds(lesson_id: str, query: dict[str, str], expected: dict[str, Any]) -> None:
    app = open_page(lesson_id, query)
    assert {name: app.session_state[name] for name in expected} == expected
    assert {name: value for name, value in address(app).items() if name in query} == query


@pytest.mark.parametrize("lesson_id", IDS)
def test_a_screen_survives_a_visit_to_another_lesson(lesson_id: str) -> None:
    turn = sample(range(12), 1, f"return {lesson_id}")[0]
    app = change_much(open_page(lesson_id), lesson_id, turn)
    here = screen(app)
    app.query_params.clear()
    switch(app, OTHER[lesson_id]).run()
    app.query_params.clear()
    sound(switch(app, lesson_id).run())
    assert screen(app) == here
