"""Every parameter of a lesson's link with values that no control of it would write.

The names are those that the pages register (``app.shell.state``), on every screen of every lesson. First all of a
screen's parameters are spoilt at once, then each alone, since one bad value may hide what another does; of a family of
parameters that differ by a number alone (the tags of a sentence's words) one stands for all.

To open a link takes a quarter of a second, and parameters times values times screens would be thousands of links. So
each commit tries a share of them, another one each time; ``make test-all`` tries all. Each of ``VALUES`` stands for what
one kind of reader trips over: no number, too small, too large, infinite, a digit of another script, nothing, markup, a
separator, a character that no text has, a very long text. Beside it a parameter takes what one of the same name is in
other lessons.
"""

from __future__ import annotations

import re

import pytest

from app.lessons import LESSONS, lesson
from app.words import LANGUAGES, Words
from nlpcore.models import catalogue
from tests.hostile.pages import assert_sound, has_figure, is_answered, screens
from tests.pages.screen import open_page
from tests.sample import sample

pytestmark = pytest.mark.models

IDS = [lesson.id for lesson in LESSONS]
LONG = "a1 " * 6_667  # 20 kB: of all parameters together Streamlit takes 512 kB, and nothing at all of more
VALUES = ("-1", "1e999", "NaN", "", "99999999999999999999999", "²", "a~b~c", "<b>x</b>", LONG, "\x00")


AT_ONCE, ALONE, SWITCHES = 6, 8, 2  # links that a commit tries of each kind, for each lesson


def of_other_lessons(lesson_id: str) -> dict[str, list[str]]:
    """Return values that parameters of the same names have in the presets of other lessons, and every model."""
    found: dict[str, list[str]] = {"model": list(catalogue())}
    for other in IDS:
        presets = Words(lesson(other).words, "en").node("presets") if other != lesson_id else {}
        for name, value in (pair for preset in presets.values() for pair in preset.get("state", {}).items()):
            if isinstance(value, str | int | float):
                found.setdefault(name, []).append(str(value))
    return found


@pytest.mark.parametrize("lesson_id", IDS)
def test_a_sound_link_is_followed(lesson_id: str) -> None:
    """Else the tests below would pass because nothing in a link is read at all."""
    views = [screen for screen in screens(lesson_id) if "panel" not in screen.query]
    for screen in (*views, screens(lesson_id)[-1]):
        app = open_page(lesson_id, screen.query) if screen.query else None
        assert app is None or {name: str(app.session_state[name]) for name in screen.query} == screen.query


def test_a_number_in_a_link_is_taken() -> None:
    """Else the tests below would pass because nothing in a link is read at all."""
    assert open_page("masked-language-model", {"k": "12"}).session_state["k"] == 12
    assert open_page("masked-language-model", {"k": "1e9"}).session_state["k"] == 8


@pytest.mark.parametrize("lesson_id", IDS)
def test_all_parameters_spoilt_at_once(lesson_id: str, caplog: pytest.LogCaptureFixture) -> None:
    """Of a panel the texts are left alone, since a page without an answer has no panel."""
    cases = [(screen, value) for screen in screens(lesson_id) for value in VALUES]
    for turn, (screen, value) in enumerate(sample(cases, AT_ONCE, lesson_id)):
        left = {*screen.query, *(screen.fields if "panel" in screen.query else ())}
        spoilt = {name: value for name in screen.parameters if name not in left}
        app = open_page(lesson_id, {**screen.query, **spoilt, "lang": LANGUAGES[turn % 2]})
        assert_sound(app, caplog, (screen.query, value[:40]))
        assert is_answered(app), (screen.query, value[:40])


@pytest.mark.parametrize("lesson_id", IDS)
def test_each_parameter_spoilt_alone(lesson_id: str, caplog: pytest.LogCaptureFixture) -> None:
    elsewhere, families, cases = of_other_lessons(lesson_id), set(), []
    for screen in screens(lesson_id):
        for name in screen.parameters:
            family = re.sub(r"\d+", "", name)
            if family not in families and name not in screen.query:
                families.add(family)
                cases += [(screen, name, value) for value in (*VALUES, *elsewhere.get(name, ()))]
    for screen, name, value in sample(cases, ALONE, lesson_id):
        app = open_page(lesson_id, {**screen.query, name: value})
        assert_sound(app, caplog, (screen.query, name, value[:40]))
        assert is_answered(app), (screen.query, name, value[:40])


@pytest.mark.parametrize("lesson_id", IDS)
def test_switches_of_the_shell_spoilt(lesson_id: str, caplog: pytest.LogCaptureFixture) -> None:
    """The shell is the same around every lesson: they share the values."""
    usual = has_figure(open_page(lesson_id, {}))
    for value in sample(VALUES, SWITCHES, lesson_id):
        spoilt = {"lang": value, "lecture": value, "no_such_parameter": value, value[:50] or "x": "y"}
        app = open_page(lesson_id, spoilt)
        assert_sound(app, caplog, value[:40])
        assert has_figure(app) == usual, value[:40]
