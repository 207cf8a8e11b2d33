"""What an example has to say, and when."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st

from app.shell.remark import Remark
from tests.shell.driving import SHELL, drawn, sound


class Page:
    """A page with a remark on the example chosen; "a" tells the answer to the question "peak"."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = {"chosen": None, "asked": None, "answered": False}
        self.places: list[str] = []
        self.app = drawn(self.body)

    def body(self) -> None:
        chosen = self.given["chosen"]
        if chosen is None:
            return
        remark = Remark(("lesson", chosen), f"All about {chosen}.", ("peak", "valley") if chosen == "a" else ())
        drawn_before = st.session_state.get("stop_here")
        if not drawn_before:
            remark.settle([self.given["asked"]] if self.given["asked"] and not self.given["answered"] else [])

    def told(self, **given: Any) -> bool:
        self.given |= given
        sound(self.app.run())
        [caption] = self.app.caption
        assert caption.value in (f"All about {self.given['chosen']}.", SHELL["en"]("predict.then_told"))
        return str(caption.value).startswith("All about")


def test_a_remark_that_tells_an_answer_waits_for_the_prediction() -> None:
    page = Page()
    assert not page.told(chosen="a", asked="peak", answered=False)
    assert page.told(chosen="b", asked="peak", answered=False)  # tells nothing
    assert not page.told(chosen="a", asked="peak", answered=False)
    assert page.told(chosen="a", asked="peak", answered=True)
    assert not page.told(chosen="a", asked="peak", answered=False)  # the question is a new one
    assert not page.told(chosen="a", asked="valley", answered=False)
    assert page.told(chosen="a", asked="other", answered=False)
    assert page.told(chosen="a", asked=None, answered=False)


@pytest.mark.parametrize("answered", [True, False])
def test_until_the_question_is_reached_it_stands_as_a_moment_ago(answered: bool) -> None:
    page = Page()
    page.told(chosen="a", asked="peak", answered=answered)
    page.app.session_state["stop_here"] = True
    assert page.told() is answered
    page.app.session_state["stop_here"] = False
    page.told(chosen="b")
    page.told(chosen="a", answered=not answered)
    page.app.session_state["stop_here"] = True
    assert page.told() is not answered
