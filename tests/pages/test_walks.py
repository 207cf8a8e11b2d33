"""Whatever way a learner took, address and screen say the same: random walks through lessons, examples and the history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from streamlit.testing.v1 import AppTest

from app.lessons import LESSONS
from app.words import LANGUAGES
from tests.pages.screen import figures, in_history, open_page, sound, switch
from tests.pages.test_links import address, see_answers

pytestmark = pytest.mark.models
TEXTS = ("Ana lives in Paris & Rome.", "The film was not good, it was great!", "北京很大。", "a+b 100% #1", "猫" * 900)
numbers = st.integers(0, 99)


@dataclass
class Entry:
    """A step in the browser's history: the lesson, its address, and what was on the screen when it was left."""

    lesson: str
    query: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)


def values(app: AppTest) -> dict[str, Any]:
    """Return the value of every control on the page by its name in the address."""
    names = app.session_state["_visit"]["controls"]
    return {name: app.session_state[name] for name in names if name in app.session_state}


class Walk(RuleBasedStateMachine):
    """A visit in one tab, with the history that the browser would hold."""

    @initialize(first=numbers, language=st.sampled_from(LANGUAGES))
    def open(self, first: int, language: str) -> None:
        lesson = LESSONS[first % len(LESSONS)].id
        self.app = sound(open_page(lesson, {"lang": language}))
        self.history, self.at = [Entry(lesson)], 0
        self.changed = True

    @property
    def here(self) -> Entry:
        return self.history[self.at]

    def run(self) -> None:
        sound(self.app.run())
        self.changed = True

    # -- what a learner does ---------------------------------------------------------------------------------------

    @rule(which=numbers)
    def go_to_a_lesson(self, which: int) -> None:
        others = [lesson.id for lesson in LESSONS if lesson.id != self.here.lesson]
        self.history = [*self.history[: self.at + 1], Entry(others[which % len(others)])]
        self.at += 1
        self.app.query_params.clear()
        switch(self.app, self.here.lesson)
        self.run()

    @precondition(lambda self: self.at > 0)
    @rule()
    def back(self) -> None:
        self.step(-1)

    @precondition(lambda self: self.at < len(self.history) - 1)
    @rule()
    def forward(self) -> None:
        self.step(1)

    def step(self, by: int) -> None:
        self.at += by
        then = self.here.values
        self.app.query_params.clear()
        self.app.query_params |= self.here.query
        switch(self.app, self.here.lesson)
        with in_history():
            self.run()
        if self.here.query["lang"] == self.app.session_state["lang"]:  # what stands at its default speaks the new one
            now = values(self.app)
            assert {name: value for name, value in now.items() if then.get(name, value) != value} == {}, self.here

    @rule(which=numbers)
    def take_a_preset(self, which: int) -> None:
        self.choose("preset", which)

    @rule(which=numbers, text=st.sampled_from(TEXTS))
    def type_a_text(self, which: int, text: str) -> None:
        fields = [field for field in (*self.app.text_input, *self.app.text_area) if not field.key.startswith("_")]
        if fields:
            fields[which % len(fields)].set_value(text)
            self.run()

    @rule(which=numbers)
    def move_a_slider(self, which: int) -> None:
        sliders = [slider for slider in self.app.slider if not slider.disabled]
        if sliders:
            slider = sliders[which % len(sliders)]
            slider.set_value(slider.max if slider.value == slider.min else slider.min)
            self.run()

    @rule(group=numbers, option=numbers)
    def choose_something(self, group: int, option: int) -> None:
        keys = [group.key for group in self.app.button_group if not (group.key or "_").startswith("_")]
        self.choose(keys[group % len(keys)], option)

    @rule()
    def speak_another_language(self) -> None:
        self.choose("lang", LANGUAGES.index(self.app.session_state["lang"]) + 1)

    def choose(self, key: str, option: int) -> None:
        group = next(group for group in self.app.button_group if group.key == key)
        chosen = group.options[option % len(group.options)]
        several = group.proto.click_mode == group.proto.MULTI_SELECT
        group.set_value([chosen] if several else chosen)
        self.run()

    # -- what must hold --------------------------------------------------------------------------------------------

    @invariant()
    def a_fresh_visit_to_the_address_shows_the_same(self) -> None:
        if not getattr(self, "changed", False):
            return
        self.changed = False
        see_answers(self.app)
        self.here.query, self.here.values = address(self.app), values(self.app)
        # Who answers there and then is led to what was asked about: the answers are those of this visit from the start.
        known = dict(self.app.session_state["_predictions"]) if "_predictions" in self.app.session_state else {}
        fresh = see_answers(sound(open_page(self.here.lesson, self.here.query, _predictions=known)))
        long = {name for name, value in self.here.values.items() if isinstance(value, str) and len(value) >= 900}
        if not long:  # which no link bears, as the page says
            assert values(fresh) == self.here.values, self.here.query
            assert [f["data"] for f in figures(fresh)] == [f["data"] for f in figures(self.app)], self.here.query


def test_address_and_screen_say_the_same_whatever_way_was_taken() -> None:
    # What fails is not made shorter: each step opens a page
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Walk,
        settings=settings(
            max_examples=3, stateful_step_count=6, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
        ),
    )
