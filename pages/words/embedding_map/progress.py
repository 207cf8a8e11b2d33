"""How far a long map is, shown while it is computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from app.shell.frame import LessonPage
from app.words import Words
from nlpcore.words.projection import STEPS_IN_ALL, Frame

_SLOW = 600  # points from which the run takes long enough for its steps to be told


class Progress:
    """Draws how far a long run is, or how many runs of others are before it. What Streamlit raises here when the
    learner has moved on ends the run; where others wait for the same map, it comes to its end first."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._place = st.empty()
        self._raised: BaseException | None = None
        self._said = 0.0, words("progress_begun")

    def __call__(self, frame: Frame) -> None:
        if len(frame.coordinates) >= _SLOW:
            kl = f"{frame.kl_divergence:.2f}"
            text = self._words("progress", iteration=frame.iteration, of=STEPS_IN_ALL, kl=kl)
            self._draw(frame.iteration / STEPS_IN_ALL, text)

    def queue(self, before: int) -> None:
        """Say how many runs are before this one; with none what was said stays, unless the learner has moved on."""
        if before:
            self._draw(0.0, self._words("waiting", count=before))
        else:
            self._draw(*self._said)

    def done(self) -> None:
        """Take the bar away, or let go on what Streamlit raised."""
        if self._raised is not None:
            raise self._raised
        self._place.empty()

    def _draw(self, share: float, text: str) -> None:
        self._said = share, text
        try:
            self._place.progress(share, text)
        except BaseException as raised:
            self._raised = raised  # Streamlit says it once only
            raise


def compute(lesson: LessonPage, function: Callable[..., Any], model: str | None, **settings: Any) -> Any:
    """Return the trace through the lesson's serving, with a progress bar where it takes long; None after a warning."""
    progress = Progress(lesson.words)
    trace = lesson.attempt(function, model, on_progress=progress, on_place=progress.queue, **settings)
    progress.done()
    return trace
