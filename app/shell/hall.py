"""What a lecturer does without the mouse: examples, lessons, the answer, and what a hall sees on demand only.

Presenters send PageUp and PageDown. What only shows or hides something (the idea, the remark, the settings, the list of
lessons) is the browser's own and runs nothing on the server.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from app.lessons import Lesson
from app.shell import lecture, state
from app.shell.keys import on_keys, set_by_key
from app.shell.language import language, shell_words
from app.shell.path import Pages
from app.shell.visit import held, visit
from app.words import Words

SHOWN = {"i": "idea", "n": "remark", "s": "settings", "l": "lessons", "h": "keys"}  # key -> what it shows or hides
NEXT_EXAMPLE, LAST_EXAMPLE = "PageDown", "PageUp"
NEXT_LESSON, LAST_LESSON = "Shift+PageDown", "Shift+PageUp"
REVEAL = "r"
ARROWS = {
    "ArrowUp": (0, -1),
    "ArrowDown": (0, 1),
    "ArrowLeft": (1, -1),
    "ArrowRight": (1, 1),
}  # which control, by how much
_REVEAL, _OPEN, _LED = "reveal", "go_to_lesson", "keys_led_to"
_USES = "keys_of_the_screen"
_UNSEEN, _THEN, _DRAWN = "revealed_unseen", "reveal_leads_on", "reveal_leads_on_drawn"
_ARRIVED_AFTER = 5.0  # seconds in which a browser shows the lesson that a key has asked for

_JS = """
const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable], [role=combobox]";
export default function({ parentElement, data }) {
  const root = document.documentElement;
  const toggle = (what) => { root.classList.toggle(`shows-${what}`); };
  const press = (event) => {
    const what = data.shown[event.key.toLowerCase()];
    if (!what || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) { return; }
    toggle(what);
  };
  parentElement.querySelectorAll("button").forEach((button) => {
    button.textContent = data.labels[button.dataset.what];
    button.onclick = () => toggle(button.dataset.what);
  });
  if (root.dataset.hallPage !== data.page) {
    Object.values(data.shown).forEach((what) => root.classList.remove(`shows-${what}`));
    root.dataset.hallPage = data.page;
  }
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}
"""
_HTML = '<div><button data-what="settings"></button><button data-what="keys"></button></div>'
_CSS = """
div { display: flex; gap: 0.5rem; }
button { font: inherit; padding: 0.4rem 0.8rem; border-radius: 0.5rem; cursor: pointer; color: var(--st-text-color);
  background: transparent; border: 1px solid var(--st-border-color, #8886); white-space: nowrap; }
button:hover, button:focus-visible { border-color: var(--st-primary-color); color: var(--st-primary-color); }
"""


@st.cache_resource
def _toggles() -> Any:
    return st.components.v2.component("hall_toggles", html=_HTML, css=_CSS, js=_JS)


def go_where_the_keys_lead(pages: Pages) -> None:
    """Open the lesson that a key has asked for in this run; before anything is drawn."""
    wanted = visit().pop(_OPEN, None)
    page = next((page for lesson, page in pages.items() if lesson.id == wanted), None)
    if page is not None:
        settle()  # what was pressed meant the page that is left
        st.switch_page(page, query_params={"lecture": "true", "lang": language()})


def reveals() -> bool:
    """True once after the key that reveals was pressed: the question that is open is answered without a guess."""
    pressed = bool(visit().pop(_REVEAL, False))
    if pressed:
        visit()[_UNSEEN] = True
    return pressed


def settle() -> None:
    """Note that a run has come to its end: what a key has revealed is on the screen, and one that found nothing is forgotten.

    So is what led on, where this run has not drawn it; not before, as a key that interrupts a run means the screen before.
    """
    for name in (_REVEAL, _UNSEEN) if visit().pop(_DRAWN, False) else (_REVEAL, _UNSEEN, _THEN):
        visit().pop(name, None)


def then(go: Callable[[], None] | None) -> None:
    """Draw a button that leads on from a reason to the next question, and have the key that reveals do the same once.

    ``go`` is called before the next run; None where nothing comes next, which the part of a page says that runs alone.
    """
    visit()[_THEN], visit()[_DRAWN] = go, True
    if go:
        st.button(shell_words()("hall.then"), icon=":material/arrow_forward:", on_click=go, key="_hall_then", help="R")


def keys(lesson: Lesson, pages: Pages, examples: Sequence[str], show_example: Callable[[str], None]) -> None:
    """Have the page listen to a lecturer's keys, and draw the buttons that show what a hall sees on demand.

    ``examples``: ids of the lesson's presets in their order; ``show_example`` chooses one.
    """
    visit()[_DRAWN], visit()[_USES] = False, set[str]()
    if examples:
        note("examples")
    if len(pages) > 1:
        note("courses")
    act = partial(_act, lesson, pages, examples, show_example)
    on_keys("hall", (NEXT_EXAMPLE, LAST_EXAMPLE, NEXT_LESSON, LAST_LESSON, REVEAL), act, here=(REVEAL,))
    labels = {"settings": shell_words()("settings"), "keys": shell_words()("hall.label")}
    _toggles()(key="hall_toggles", data={"shown": SHOWN, "page": lesson.id, "labels": labels}, width="content")


def on_demand(name: str) -> AbstractContextManager[object]:
    """Return a place beside the figure, for ``with``, that a hall sees at the key of the notes alone, above the question.

    Elsewhere what is drawn in it stands where it is. ``name`` is unique on the page.
    """
    if not lecture.is_on():
        return nullcontext()
    note("notes")
    return st.container(key=f"hall_note_{name}")


def note(*uses: str) -> None:
    """Take note that keys do something on this screen, for its legend: names of ``hall.keys`` of the words."""
    if lecture.is_on():
        visit().setdefault(_USES, set()).update(uses)


def legend(place: DeltaGenerator, waits: bool) -> None:
    """Draw the list of the keys that do something on this screen, once all of it was drawn.

    ``waits``: a question does, which a key answers.
    """
    words, uses = shell_words(), visit().get(_USES, set()) | {"idea", "lessons", "keys"}
    if visit().get(_THEN):
        uses |= {"then"}
    elif waits:
        uses |= {"reveal"}
    place.markdown(" · ".join(words(f"hall.keys.{use}") for use in words.node("hall.keys") if use in uses))


def lessons(pages: Mapping[Lesson, StreamlitPage]) -> None:
    """Draw a link to every lesson."""
    with st.container(key="hall_lessons", horizontal=True):
        for lesson, page in pages.items():
            st.page_link(page, label=Words(lesson.words, language())("title"), icon=lesson.icon)


def arrow_keys(vertical: str, horizontal: str) -> None:
    """Move two controls with whole numbers by the arrow keys."""

    def act(key: str, times: int) -> None:
        which, by = ARROWS[key]
        name = (vertical, horizontal)[which]
        span = state.span_of(name)
        wanted = int(held(name)) + by * times
        set_by_key(name, max(span.get("min_value", wanted), min(wanted, span.get("max_value", wanted))))

    note("heads")
    on_keys("arrows", tuple(ARROWS), act)


def _act(
    lesson: Lesson, pages: Pages, examples: Sequence[str], show_example: Callable[[str], None], key: str, times: int
) -> None:
    if key == REVEAL:
        if visit().get(_UNSEEN):  # the answer is on its way to the screen: nobody has read it
            return
        if go := visit().pop(_THEN, None):
            go()
        else:
            visit()[_REVEAL] = True
    elif key in (NEXT_LESSON, LAST_LESSON):
        order = [each.id for each in pages]
        # The next press may come from the page before, which the browser still shows: it goes on from where keys have led.
        led_to, when = visit().get(_LED, ("", 0.0))
        here = led_to if time.monotonic() - when < _ARRIVED_AFTER else lesson.id
        step = times if key == NEXT_LESSON else -times
        if here in order:
            there = order[max(0, min(order.index(here) + step, len(order) - 1))]
            visit()[_OPEN], visit()[_LED] = there, (there, time.monotonic())
    elif examples:
        chosen = held("preset")
        place = examples.index(chosen) if chosen in examples else -1 if key == NEXT_EXAMPLE else len(examples)
        step = times if key == NEXT_EXAMPLE else -times
        example = examples[max(0, min(place + step, len(examples) - 1))]
        set_by_key("preset", example)
        show_example(example)
