"""The model picker: which models a lesson can use, how large they are, under which licence, and whether they are here."""

from __future__ import annotations

import time
from functools import lru_cache

import streamlit as st

from app.shell import state
from app.shell.choice import choice, chosen_before_drawing
from app.shell.language import shell_words
from app.shell.slot import Slot
from app.shell.visit import held
from nlpcore.models import catalogue, store
from nlpcore.models.catalogue import TORCH_KINDS, Entry, Kind
from nlpcore.models.store import State, Store

_SECONDS = 2.0  # for which the state of the store is taken as known
_HERE = ("here", "bundled")
_ICONS = {"here": "●", "bundled": "●", "missing": "○", "needs_hub": "☁", "damaged": "⚠"}


def megabytes(size: int) -> str:
    """Return a size in bytes as text: "0.1 MB", "23 MB", "1.1 GB"."""
    if size >= 1e9:
        return f"{size / 1e9:.1f} GB"
    return f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{size / 1e6:.1f} MB"


def model_picker(
    lesson_id: str, kinds: tuple[Kind, ...], default: str, name: str = "model", follow: bool = False, own: bool = False
) -> str:
    """Draw the picker of the models of these ``kinds``; return the chosen id.

    ``follow``: a picker that stands at its default in this lesson goes with it when the default changes. So does any other
    model that has not learned what the new default has, where the text is the learner's ``own``.
    """
    words = shell_words()
    entries: dict[str, Entry] = {entry.id: entry for entry in catalogue().values() if entry.kind in kinds}
    states = _states(tuple(entries), store(), int(time.monotonic() / _SECONDS))
    # What is here comes first; the order within is the catalogue's.
    options = sorted(entries, key=lambda i: states[i] not in _HERE)
    first = default if default in options else options[0]
    if follow:
        _follow(lesson_id, name, first, own)
    asked = str(chosen_before_drawing(options, name, first))
    facts = (
        words(f"model.state.{states[asked]}"),
        megabytes(entries[asked].size_bytes),
        entries[asked].licence,
        _device(entries[asked]),
    )
    told = " · ".join(facts)
    with st.container(key=f"picker_{name}", gap="xxsmall"):
        # Beside the label and not in it: programs that read a page out take a label as it is written.
        st.markdown(f":small[{words('model.label')} :gray[{told}]]", help=f"{told}\n\n{words('model.help')}")
        chosen = choice(
            "select",
            words("model.label"),
            options,
            name,
            default=first,
            labels=lambda i: f"{_ICONS[states[i]]} {i}",
            label_visibility="collapsed",
        )
    return str(chosen)


def _follow(lesson_id: str, name: str, default: str, own: bool) -> None:
    """Have a picker that stands at the default of the run before stand at this one's; see :func:`model_picker`."""
    last: Slot[str | None] = Slot(lesson_id, f"default_{name}", None)
    chosen, before = catalogue().get(held(name, "")), last.value
    if chosen and before:
        lost = own and before != default and not set(chosen.languages) & set(catalogue()[default].languages)
        if chosen.id == before or lost:
            state.put(**{name: default})
    last.value = default


def first_here(kinds: tuple[Kind, ...], language: str) -> str | None:
    """Return the first model of these ``kinds`` that has learned a language and is on this computer; None without one."""
    able = tuple(entry.id for entry in catalogue().values() if entry.kind in kinds and language in entry.languages)
    states = _states(able, store(), int(time.monotonic() / _SECONDS))
    return next((one for one in able if states[one] in _HERE), None)


@lru_cache(maxsize=64)
def _states(model_ids: tuple[str, ...], where: Store, now: int) -> dict[str, State]:
    """Return which models are here, looked up for all sessions together: it reads a file for each model."""
    return {model_id: where.state(model_id) for model_id in model_ids}


def _device(entry: Entry) -> str:
    """Return where the model runs. What is no network of torch uses the CPU, which is known without torch."""
    if entry.kind not in TORCH_KINDS:
        return "CPU"
    from nlpcore.models.device import best_device

    return best_device().upper()
