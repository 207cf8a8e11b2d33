"""Choices whose labels are translated: the URL carries the option's id, never its label.

Streamlit's own ``bind`` writes the label that the learner sees into the URL, so a link copied in Chinese would mean
nothing in English. Everything without a translated label (numbers, free text, toggles) uses :func:`app.shell.state.bound`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar

import streamlit as st

from app.shell import state
from app.shell.language import shell_words
from app.shell.visit import give, held, visit

T = TypeVar("T", bound=str | int | float)
Kind = Literal["segmented", "pills", "select", "radio", "slider"]


def choice(
    kind: Kind,
    label: str,
    options: Sequence[T],
    name: str,
    default: T | None = None,
    labels: Callable[[T], str] = str,
    **more: Any,
) -> T | None:
    """Draw a choice of one option and return it; ``?name=<id>`` in the URL. None only where ``default`` is None.

    ``labels`` gives an option's translated label; its id is ``str(option)``. ``more`` goes to the widget.
    """
    chosen_before_drawing(options, name, default)
    if kind in ("select", "radio", "slider"):
        chosen_now = held(name)
        _tell_anew(name, None if chosen_now is None else labels(chosen_now))
    if kind == "select":
        st.selectbox(label, options, format_func=labels, key=name, **more)
    elif kind == "radio":
        st.radio(label, options, format_func=labels, key=name, **more)
    elif kind == "slider":  # over options that lie apart as they like, such as 10, 20, 50, 100
        st.select_slider(label, options, format_func=labels, key=name, **more)
    else:
        draw = st.segmented_control if kind == "segmented" else st.pills
        draw(label, options, format_func=labels, required=default is not None, key=name, **more)
    chosen: T | None = held(name)
    return chosen


def chosen_before_drawing(options: Sequence[T], name: str, default: T | None = None) -> T | None:
    """Return what :func:`choice` will show, for a label that speaks of it; see there for the arguments."""
    ids = {str(option): option for option in options}
    chosen: T | None = state.register(name, default, ids.get)
    if chosen not in options:
        chosen = default
        give(name, chosen)  # also where the options have changed under the learner
    return chosen


def choices(
    label: str,
    options: Sequence[T],
    name: str,
    default: Sequence[T] = (),
    labels: Callable[[T], str] = str,
    kind: Literal["pills", "select"] = "pills",
    **more: Any,
) -> list[T]:
    """Draw a choice of any number of options and return them; ``?name=<id>~<id>`` in the URL."""
    ids = {str(option): option for option in options}
    current = state.register(
        name,
        list(default),
        lambda text: [ids[part] for part in text.split(state.SEPARATOR) if part in ids],
        lambda chosen: state.SEPARATOR.join(map(str, chosen)),
    )
    known = [option for option in current if option in options] if isinstance(current, list) else list(default)
    if known != current:
        give(name, known)
    if kind == "pills":
        st.pills(label, options, selection_mode="multi", format_func=labels, key=name, **more)
    else:
        _tell_anew(name, [labels(option) for option in known])
        st.multiselect(label, options, format_func=labels, placeholder=shell_words()("choose"), key=name, **more)
    return list(held(name))


def _tell_anew(name: str, shown: Any) -> None:
    """Have a list or radio buttons show ``shown``: they hold what was chosen as text, and would keep the old language's."""
    before = visit().setdefault("shown", {})
    if before.get(name) != shown:
        give(name, held(name))
        before[name] = shown
