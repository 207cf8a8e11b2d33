"""Keys: each press counts once, and a lecturer's lead to examples, lessons and answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from app.lessons import LESSONS
from app.shell import hall, keys, visit
from app.shell.frame import Below, LessonPage
from tests.shell.driving import SHELL, components, drawn, made_up
from tests.shell.test_predict import PEAK


class Browser:
    """Stands for Streamlit's component: what the browser counts is told by ``press``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.state: dict[str, Any] = {}
        self.mounted: dict[str, Any] = {}
        self.counts: dict[str, dict[str, int]] = {}
        monkeypatch.setattr(visit, "st", SimpleNamespace(session_state=self.state))
        monkeypatch.setattr(hall, "st", SimpleNamespace())
        monkeypatch.setattr(keys, "_counter", lambda: lambda **given: self.mounted.update({given["key"]: given}))

    def press(self, widget: str, *pressed: str) -> None:
        """Press keys that all are told in one message, as those are that wait for a run."""
        counts = self.counts.setdefault(widget, {})
        for key in pressed:
            counts[key] = counts.get(key, 0) + 1
        self.state[widget] = {"counts": dict(counts)}
        self.mounted[widget]["on_counts_change"]()


def test_presses_that_come_in_one_message_all_count(monkeypatch: pytest.MonkeyPatch) -> None:
    browser, done = Browser(monkeypatch), list[tuple[str, int]]()
    keys.on_keys("x", ("ArrowLeft", "p"), lambda key, times: done.append((key, times)))
    nothing = {"here": [], "seen": "{}"}
    assert browser.mounted["keys_x"]["data"] == {"name": "x", "keys": ["ArrowLeft", "p"]} | nothing
    browser.press("keys_x", "ArrowLeft", "ArrowLeft", "p", "ArrowLeft")
    assert sorted(done) == [("ArrowLeft", 3), ("p", 1)]
    browser.press("keys_x", "p")
    assert done[2:] == [("p", 1)]
    browser.press("keys_x", "Home")
    assert len(done) == 3, "a key of another part of the page is not this one's"


def test_the_browser_may_not_have_heard_of_what_the_keys_before_have_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each message brings the controls' values as the browser knows them: the first one, one on the way, or the last one."""
    browser, clock = Browser(monkeypatch), SimpleNamespace(now=10.0)
    monkeypatch.setattr(keys.time, "monotonic", lambda: clock.now)
    browser.state |= {"layer": 1, "head": 1}
    hall.arrow_keys("layer", "head")
    for told, key, wanted in (
        (1, "ArrowDown", (2, 1)),
        (1, "ArrowDown", (3, 1)),
        (2, "ArrowRight", (3, 2)),
        (3, "ArrowDown", (4, 2)),
    ):
        browser.state["layer"] = told
        browser.press("keys_arrows", key)
        assert (browser.state["layer"], browser.state["head"]) == wanted
    clock.now += 11
    browser.state["layer"] = 2  # moved by the mouse since
    browser.press("keys_arrows", "ArrowDown")
    assert browser.state["layer"] == 3


def lead(monkeypatch: pytest.MonkeyPatch, *pressed: str, preset: str | None = None, lesson: int = 1) -> Any:
    """Press keys on a page with the examples a, b, c; return what is chosen, and the lesson that is to be opened."""
    browser, shown = Browser(monkeypatch), list[str]()
    browser.state["preset"] = preset
    monkeypatch.setattr(hall, "_toggles", lambda: lambda **_: None)
    hall.keys(LESSONS[lesson], dict.fromkeys(LESSONS), ["a", "b", "c"], shown.append)  # type: ignore[arg-type]
    browser.press("keys_hall", *pressed)
    return shown, visit.visit().get("go_to_lesson"), hall.reveals()


@pytest.mark.parametrize(
    ("preset", "pressed", "shown"),
    [
        (None, "PageDown", "a"), ("a", "PageDown", "b"), ("c", "PageDown", "c"), ("b", "PageUp", "a"), ("a", "PageUp", "a"),
        (None, "PageUp", "c"), ("gone", "PageDown", "a"),
    ],
)  # fmt: skip
def test_page_keys_go_through_the_examples(
    monkeypatch: pytest.MonkeyPatch, preset: str | None, pressed: str, shown: str
) -> None:
    assert lead(monkeypatch, pressed, preset=preset) == ([shown], None, False)
    assert lead(monkeypatch, "PageDown", "PageDown", preset="a")[0] == ["c"]


@pytest.mark.parametrize(
    ("at", "pressed", "opened"),
    [
        (0, "Shift+PageUp", 0),
        (0, "Shift+PageDown", 1),
        (1, "Shift+PageUp", 0),
        (len(LESSONS) - 1, "Shift+PageDown", -1),
    ],
)
def test_with_shift_they_go_through_the_lessons(
    monkeypatch: pytest.MonkeyPatch, at: int, pressed: str, opened: int
) -> None:
    assert lead(monkeypatch, pressed, lesson=at) == ([], LESSONS[opened].id, False)


def test_r_reveals_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lead(monkeypatch, "r") == ([], None, True)
    assert not hall.reveals()


def test_r_leads_on_from_a_reason_before_it_reveals_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pressed twice in a moment, too: the answer of the next question is told to nobody who has not read it."""
    browser, gone = Browser(monkeypatch), list[str]()
    monkeypatch.setattr(hall, "_toggles", lambda: lambda **_: None)
    monkeypatch.setattr(hall.st, "button", lambda *_, **__: False, raising=False)
    hall.keys(LESSONS[0], {}, (), lambda _: None)
    browser.press("keys_hall", "r")
    assert hall.reveals()
    browser.press("keys_hall", "r")
    assert not hall.reveals(), "what the first one has revealed is not on the screen yet"
    hall.then(lambda: gone.append("on"))
    hall.settle()
    browser.press("keys_hall", "r")
    assert gone == ["on"] and not hall.reveals()
    hall.settle()
    browser.press("keys_hall", "r")
    assert gone == ["on"] and hall.reveals()


def test_what_leads_on_goes_with_what_it_was_drawn_for(monkeypatch: pytest.MonkeyPatch) -> None:
    browser, gone = Browser(monkeypatch), list[str]()
    monkeypatch.setattr(hall, "_toggles", lambda: lambda **_: None)
    monkeypatch.setattr(hall.st, "button", lambda *_, **__: False, raising=False)
    for ends, goes in (
        (lambda: hall.then(None), 0),  # a part of the page that ran alone
        (lambda: (hall.keys(LESSONS[0], {}, (), lambda _: None), hall.settle()), 0),  # a run that has not drawn it
        (
            lambda: hall.keys(LESSONS[0], {}, (), lambda _: None),
            1,
        ),  # one that the key interrupts: its button is still seen
    ):
        hall.keys(LESSONS[0], {}, (), lambda _: None)
        hall.then(lambda: gone.append("on"))
        hall.settle()
        ends()
        browser.press("keys_hall", "r")
        assert len(gone) == goes and hall.reveals() is not bool(goes)
        hall.settle()


def test_arrows_move_two_controls_within_their_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser(monkeypatch)
    browser.state |= {"layer": 5, "head": 1}
    visit.visit()["spans"] = {"layer": {"min_value": 1, "max_value": 6}, "head": {"min_value": 1}}
    hall.arrow_keys("layer", "head")
    browser.press("keys_arrows", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight")
    assert (browser.state["layer"], browser.state["head"]) == (6, 2)
    browser.press("keys_arrows", "ArrowUp", "ArrowLeft", "ArrowLeft", "ArrowLeft")
    assert (browser.state["layer"], browser.state["head"]) == (5, 1)


def legend_of(body: Any, language: str = "en") -> str:
    """Return the legend of a made-up lesson's page in a hall, on which ``body`` draws what it has."""

    def page() -> None:
        made = LessonPage(made_up())
        body(made)
        made.finish(Below())

    app = drawn(page, {"lang": language, "lecture": "true"})
    return next(text.value for text in app.markdown if "**H**" in text.value)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_legend_names_the_keys_that_do_something_on_the_screen(language: str) -> None:
    said = {name: SHELL[language](f"hall.keys.{name}") for name in SHELL[language].node("hall.keys")}
    assert all(f"**{key.upper()}**" in " ".join(said.values()) for key in (*hall.SHOWN, hall.REVEAL))
    always = ("examples", "idea", "lessons", "keys")

    def legend(*names: str) -> str:
        return " · ".join(said[name] for name in said if name in (*always, *names))

    def walked(page: LessonPage) -> None:
        page.stepped("step", 3, lambda _: None)
        page.settings()

    assert legend_of(lambda page: None, language) == legend()
    assert legend_of(lambda page: page.ask(PEAK), language) == legend("reveal")
    assert legend_of(walked, language) == legend("steps", "play", "settings")
    assert legend_of(lambda page: page.look_for("title", long=True), language) == legend("notes")
    assert legend_of(lambda page: page.then(lambda: None), language) == legend("then")


def test_a_key_that_has_revealed_the_last_answer_is_named_no_more() -> None:
    def answered(page: LessonPage) -> None:
        visit.visit()["predictions"] = {("made-up.peak", PEAK.subject): 0}
        page.ask(PEAK)

    assert "**R**" not in legend_of(answered)


def test_the_page_tells_the_browser_what_each_key_shows() -> None:
    app = drawn(lambda: hall.keys(LESSONS[0], {}, [], lambda _: None))
    [toggles] = components(app, "hall_toggles")
    assert toggles["shown"] == hall.SHOWN and toggles["page"] == LESSONS[0].id
    assert toggles["labels"] == {"settings": "Settings", "keys": "Keys"}


def test_a_key_that_reveals_means_the_page_that_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pressed before the key that leads on, or while the next lesson is on its way, it opens no answer there."""
    browser = Browser(monkeypatch)
    visit.visit().update({hall._REVEAL: True, hall._OPEN: LESSONS[0].id, hall._THEN: lambda: None})
    went: list[object] = []
    monkeypatch.setattr(hall.st, "switch_page", lambda page, **_: went.append(page), raising=False)
    monkeypatch.setattr(hall, "language", lambda: "en")
    hall.go_where_the_keys_lead({LESSONS[0]: "its page"})  # type: ignore[dict-item]
    assert went == ["its page"] and not hall.reveals()
    assert not visit.visit().get(hall._THEN)
    monkeypatch.setattr(hall, "_toggles", lambda: lambda **_: None)
    monkeypatch.setattr(hall, "shell_words", lambda: str)
    hall.keys(LESSONS[0], {}, (), lambda _: None)
    assert browser.mounted["keys_hall"]["data"]["here"] == ["r"]
