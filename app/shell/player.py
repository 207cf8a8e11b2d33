"""The step player: first, back, play, forward, last; by button, by slider, by the arrow keys."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from app.shell import state
from app.shell.keys import on_keys, set_by_key
from app.shell.language import language, settled, shell_words
from app.shell.visit import give, held, holds, visit
from app.shell.visitor import turn
from app.words import LOCALES, Words

log = logging.getLogger(__name__)

SECONDS_A_STEP = 1.2
KEYS = ("Home", "ArrowLeft", "ArrowRight", "End", "p")
_ICONS = {"Home": "first_page", "ArrowLeft": "chevron_left", "ArrowRight": "chevron_right", "End": "last_page"}

# The question that is open has its options; an answered one has none. It may lie under the figure, or under another one.
_TO_THE_QUESTION = """
export default function({ parentElement, data }) {
  const link = parentElement.querySelector("button");
  link.textContent = data.text;
  link.onclick = () => {
    const options = document.querySelector('[class*="st-key-_guess_"]');
    options?.closest('[class*="st-key-question_"]')?.querySelector('[aria-expanded="false"]')?.click();  // on a phone
    const smooth = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    options?.scrollIntoView({ block: "center", behavior: smooth ? "smooth" : "instant" });
    options?.querySelector("input")?.focus({ preventScroll: true });
  };
}
"""
_AS_A_LINK = """
button { font: inherit; color: var(--st-link-color); background: none; border: 0; padding: 0; cursor: pointer;
  text-decoration: underline; white-space: nowrap; }
"""


@st.cache_resource
def _link_to_the_question() -> Any:
    return st.components.v2.component(
        "to_the_question", html="<button type='button'></button>", css=_AS_A_LINK, js=_TO_THE_QUESTION
    )


def stepped(
    name: str,
    count: int,
    draw: Callable[[int], None],
    labels: Sequence[str] | None = None,
    start: int = 1,
    reach: Callable[[], int] | None = None,
    waits: Callable[[], str] | None = None,
    positions: Sequence[str] | None = None,
) -> None:
    """Draw a player over ``count`` steps and call ``draw`` with the index (from 0) of the one that is shown.

    Only this part of the page runs again at a step. The step stands in the URL, counted from 1. ``labels`` (Markdown)
    name the steps; ``positions`` say where each is, which else is "step n of m". ``reach`` returns the last step (from 1)
    that may be shown now: the player stops there until an open question is answered; the step of a link beyond it is shown
    then. ``waits`` says in a few words for which question.
    """
    if count < 1:
        return
    start = max(1, min(start, count))
    walked = _is_new(name, count, labels)
    if walked and not state.was_set(name) and holds(name):
        give(name, start)
    if walked:
        visit().pop(_beyond(name), None)
    playing = f"playing_{name}"

    @st.fragment(run_every=SECONDS_A_STEP if visit().get(playing) else None)
    @turn()
    @settled()
    def body() -> None:
        state.hold()
        options = state.bound(name, start, 1, count)
        end = count if reach is None else max(1, min(reach(), count))
        if visit().pop(f"{playing}_by_key", False):
            st.rerun()  # as after a click on the button
        _stay_within(name, end)
        _advance(name, playing, end)
        _controls(name, playing, count, options, labels, end, waits, positions)
        step = int(held(name))
        try:
            draw(step - 1)
        except Exception:  # a fragment runs outside of the page that would catch it
            log.exception("drawing step %s of %s failed", step, name)
            st.error(Words(LOCALES / "notes.yaml", language())("unexpected"), icon=":material/error:")
        buttons = {_button_key(name, icon): key for key, icon in _ICONS.items()}
        on_keys(name, KEYS, partial(_press, name, playing, end), buttons=buttons)
        state.remember(name)

    body()


def _beyond(name: str) -> str:
    """Return where the step of a link is kept that may not be shown yet."""
    return f"beyond_{name}"


def _stay_within(name: str, end: int) -> None:
    """Have slider, caption, address and figure stand at one step, ``end`` at most; what a link names beyond it comes later."""
    kept, beyond, step = visit(), _beyond(name), held(name)
    if step > end:
        kept[beyond] = step
        give(name, end)
    elif wanted := kept.get(beyond):
        give(name, max(step, min(wanted, end)))
        if wanted <= end:
            del kept[beyond]


def _slid(name: str, end: int) -> None:
    """Hold the slider where it was drawn too far: that is no wish for later."""
    give(name, min(held(name), end))
    visit().pop(_beyond(name), None)


def _is_new(name: str, count: int, labels: Sequence[str] | None) -> bool:
    """Whether it walks over something else than in the run before on this page: its steps then begin anew."""
    key, walked = f"walked_{name}", ((visit().get("page"), language()), count, tuple(labels or ()))
    before, visit()[key] = visit().get(key), walked
    return before is not None and before[0] == walked[0] and before != walked


def _move(name: str, playing: str, step: int | None, by: int, end: int) -> None:
    """Go to ``step``, or ``by`` steps on from the one that is shown, ``end`` at most: a slider of a new length may have
    gone back to its start after the buttons were drawn."""
    here = min(held(name) or 1, end)
    visit().pop(_beyond(name), None)
    set_by_key(name, max(1, min(here + by, end)) if step is None else step)
    visit()[playing] = False


def _press(name: str, playing: str, end: int, key: str, times: int) -> None:
    """Do what the buttons do, as often as the key was pressed."""
    if key == "p":
        if times % 2:
            _toggle(name, playing, end)
            visit()[f"{playing}_by_key"] = True
    elif key in ("Home", "End"):
        _move(name, playing, 1 if key == "Home" else end, 0, end)
    else:
        _move(name, playing, None, times if key == "ArrowRight" else -times, end)


def _toggle(name: str, playing: str, count: int) -> None:
    on = not visit().get(playing, False)
    visit()[playing] = on
    visit()[f"{playing}_at"] = time.monotonic()
    if on and held(name, 1) >= count:
        give(name, 1)


def _advance(name: str, playing: str, count: int) -> None:
    """Go one step on if it is time to; a run for another reason (a click in the figure) must not."""
    now, last = time.monotonic(), visit().get(f"{playing}_at", 0.0)
    if not visit().get(playing) or now - last < 0.8 * SECONDS_A_STEP:
        return
    visit()[f"{playing}_at"] = now
    step = held(name, 1)
    if step < count:
        give(name, step + 1)
    else:
        visit()[playing] = False
        st.rerun()


def _controls(
    name: str,
    playing: str,
    count: int,
    options: dict[str, Any],
    labels: Sequence[str] | None,
    end: int,
    waits: Callable[[], str] | None,
    positions: Sequence[str] | None,
) -> None:
    words = shell_words()
    step = int(held(name))
    stops = words("player.stops") if step == end < count else None
    on = bool(visit().get(playing))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"player_{name}"):
        for action, icon, target, by, key in (
            ("first", _ICONS["Home"], 1, 0, "Home"),
            ("back", _ICONS["ArrowLeft"], None, -1, "←"),
        ):
            _step_button(words(f"player.{action}"), icon, (name, playing, target, by, end), step <= 1, key)
        clicked = st.button(
            words("player.pause" if on else "player.play"),
            icon=":material/pause:" if on else ":material/play_arrow:",
            on_click=_toggle,
            args=(name, playing, end),
            disabled=end < 2,
            key=f"_{name}_play",
            help="P",
        )
        for action, icon, target, by, key in (
            ("forward", _ICONS["ArrowRight"], None, 1, "→"),
            ("last", _ICONS["End"], end, 0, "End"),
        ):
            _step_button(words(f"player.{action}"), icon, (name, playing, target, by, end), step >= end, key, stops)
        place = st.container(width="content")
        if stops:
            text = words("player.locked") + (words("player.for", question=waits()) if waits else "")
            _link_to_the_question()(key=f"_{name}_waits", data={"text": text}, width="content", height="content")
        if count > 1:
            st.slider(
                words("player.step"),
                label_visibility="collapsed",
                width="stretch",
                on_change=_slid,
                args=(name, end),
                **options,
            )
        with place:
            _caption(int(held(name)), count, labels, end, positions)
    if clicked:
        st.rerun()  # the whole page: only that sets or clears the fragment's own clock


def _button_key(name: str, icon: str) -> str:
    return f"_{name}_{icon}"


def _step_button(
    label: str,
    icon: str,
    move: tuple[str, str, int | None, int, int],
    disabled: bool,
    key: str,
    why: str | None = None,
) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        on_click=_move,
        args=move,
        disabled=disabled,
        key=_button_key(move[0], icon),
        help=why or key,
    )


def _caption(step: int, count: int, labels: Sequence[str] | None, end: int, positions: Sequence[str] | None) -> None:
    text = positions[step - 1] if positions else shell_words()("player.position", step=step, count=count)
    if labels is not None and step <= len(labels):
        text += f" · {labels[step - 1]}"
    if step == end < count:
        text += " · :material/lock:"
    st.markdown(text)
