"""A training that a learner drives: one step, some, all of it; paused, and begun anew. How far it is stands in the link."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from app.shell import hall
from app.shell.address import write_now
from app.shell.frame import LessonPage, Slot
from app.shell.keys import on_keys
from app.shell.language import shell_words
from app.shell.progress import Progress, Told
from app.shell.visit import held
from nlpcore.models.trainings import Run, taken_along

STEPS = "steps"  # the control that holds how many are wanted
KEYS = ("Home", "ArrowRight", "p")
BY = (1, 20, 100)
_SMOOTHED = 20  # losses of which the mean is told

Heard = tuple[Hashable, int, bool]  # of which training how many steps were on the screen, and whether it is over
_NOTHING: Heard = (None, 0, False)


def trained(
    lesson: LessonPage,
    function: Callable[..., Run],
    most: int,
    locked: str = "",
    by: Sequence[int] = BY,
    live: Callable[[Run], None] | None = None,
    unit: str = "training",
    **data: Any,
) -> Run | None:
    """Draw the buttons, and return the training after as many steps as they say; None after saying what is wrong.

    What is asked for is ``function(steps=…, **data)``, a served function that gives a :class:`Run`. ``most``: steps that
    there can be. ``locked``: why there are none yet; what a link asks for comes when there is no reason any more. ``live``
    draws what has been heard of a training that goes on, several times in a run of the page. ``unit``: what a step is, an
    example ("training") or an epoch ("epochs"), as the words of the frame call it.
    """
    lesson.bound(STEPS, 0, 0, most)
    wanted = 0 if locked else int(held(STEPS))
    which: Hashable = tuple(sorted(data.items()))
    heard: Slot[Heard] = lesson.slot("trained", _NOTHING)
    begun, over = heard.value[1:] if heard.value[0] == which else (0, False)
    under_way = wanted > begun and not over
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="training"):
        main = _buttons(lesson, begun if over else most, by, locked, under_way, wanted, unit)
        place = st.container(width="content")
    hall.note("train")
    on_keys("training", KEYS, partial(_press, lesson, most, bool(locked)))
    words = shell_words()

    def told(run: Run) -> Told:
        heard.value = which, run.steps, False
        if live is not None:
            live(run)
        said = {"steps": f"{run.steps:,}", "most": f"{wanted:,}", "loss": _loss(run, unit)[0]}
        return run.steps / max(wanted, 1), words(f"{unit}.running", seconds=f"{run.seconds_left:.0f}", **said)

    progress = Progress(words("training.begun"), lambda before: words("waiting", count=before), told)
    if under_way:  # whoever loads the page anew meanwhile is where they were
        with st.empty():
            write_now(steps=str(wanted))
    run = lesson.attempt(function, on_progress=progress, on_place=progress.queue, steps=wanted, **data)
    progress.done()
    if run is None:
        return None
    heard.value = which, run.steps, run.ended or run.diverged
    if run.steps != wanted and not locked:
        lesson.put(steps=run.steps)
    with main:
        _train_button(lesson, most, bool(locked), run, unit)
    with place:
        st.markdown(f":material/lock: {locked}" if locked else _told(run, unit))
    if run.diverged and not locked:  # what others have trained tells nobody the answer
        st.warning(words(f"{unit}.diverged"), icon=":material/warning:")
    return run


def _buttons(
    lesson: LessonPage, most: int, by: Sequence[int], locked: str, running: bool, wanted: int, unit: str
) -> Any:
    """Draw them; return the place of the one that trains, and pauses while that takes time."""
    words = shell_words()
    for count in by:
        st.button(
            f"+{count}", on_click=_go, args=(lesson, count, most), key=f"_train_{count}",
            disabled=bool(locked) or wanted >= most,
            help=locked or words(f"{unit}.by", count=count) + (" (→)" if count == 1 else ""),
        )  # fmt: skip
    main = st.empty()
    with main:
        if running:
            st.button(
                words("training.pause"),
                icon=":material/pause:",
                on_click=_pause,
                args=(lesson,),
                key="_pause",
                help="P",
            )
    st.button(
        words("training.anew"), icon=":material/restart_alt:", on_click=lesson.put, kwargs={STEPS: 0}, key="_anew", help="Home",
        disabled=bool(locked) or not wanted,
    )  # fmt: skip
    return main


def _train_button(lesson: LessonPage, most: int, locked: bool, run: Run, unit: str) -> None:
    st.button(
        shell_words()(f"{unit}.all", most=f"{most:,}"), icon=":material/play_arrow:", on_click=_go,
        args=(lesson, most, most), key="_train_all", type="primary", help="P",
        disabled=locked or run.ended or run.diverged or run.steps >= most,
    )  # fmt: skip


def _go(lesson: LessonPage, count: int, most: int) -> None:
    lesson.put(**{STEPS: min(int(held(STEPS) or 0) + count, most)})


def _pause(lesson: LessonPage) -> None:
    """Want what there is: the run that goes on for nobody ends, and is kept."""
    heard: Slot[Heard] = lesson.slot("trained", _NOTHING)
    lesson.put(**{STEPS: heard.value[1]})


def _press(lesson: LessonPage, most: int, locked: bool, key: str, times: int) -> None:
    """Do what the buttons do."""
    if locked:
        return
    if key == "Home":
        lesson.put(**{STEPS: 0})
    elif key == "ArrowRight":
        _go(lesson, times, most)
    elif times % 2:
        heard: Slot[Heard] = lesson.slot("trained", _NOTHING)
        if heard.value[1] < int(held(STEPS) or 0):
            _pause(lesson)
        else:
            _go(lesson, most, most)


def _told(run: Run, unit: str) -> str:
    """Say how far it is."""
    words = shell_words()
    said = words(f"{unit}.at", steps=f"{run.steps:,}")
    if run.steps:
        loss, count = _loss(run, unit)
        said += " · " + (
            words("training.mean", loss=loss, count=count) if count > 1 else words(f"{unit}.loss", loss=loss)
        )
    return said


def _loss(run: Run, unit: str) -> tuple[str, int]:
    """Return the mean of the last losses as text, and how many they are: that of an epoch is a mean already."""
    last = run.losses[-_SMOOTHED if unit == "training" else -1 :]
    if not len(last):
        return "–", 0
    mean = float(np.mean(last))
    return "<0.01" if 0 < mean < 0.01 else f"{mean:.2f}", len(last)


def take_along(lesson: LessonPage, run: Run, vectors: Callable[[], str] | None = None) -> None:
    """Draw the buttons that give away a training's weights, and its word ``vectors`` as text where it has some."""
    words, name = shell_words(), f"{lesson.lesson.id}-{run.steps}"
    with st.container(horizontal=True, key="take_along"):
        st.download_button(
            words("training.weights"), lambda: taken_along(run), f"{name}.safetensors", "application/octet-stream",
            on_click="ignore", key="_weights", icon=":material/download:",
        )  # fmt: skip
        if vectors is not None:
            st.download_button(
                words("training.vectors"), lambda: vectors().encode(), f"{name}.txt", "text/plain", on_click="ignore",
                key="_vectors", icon=":material/download:",
            )  # fmt: skip
