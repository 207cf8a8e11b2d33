"""How far a long map is, shown while it is computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.shell.frame import LessonPage
from app.shell.language import shell_words
from app.shell.progress import Progress, Told
from nlpcore.words.projection import STEPS_IN_ALL, Frame

_SLOW = 600  # points from which the run takes long enough for its steps to be told


def compute(lesson: LessonPage, function: Callable[..., Any], model: str | None, **settings: Any) -> Any:
    """Return the trace through the lesson's serving, with a progress bar where it takes long; None after a warning."""
    w = lesson.words

    def told(frame: Frame) -> Told | None:
        if len(frame.coordinates) < _SLOW:
            return None
        kl = f"{frame.kl_divergence:.2f}"
        return frame.iteration / STEPS_IN_ALL, w("progress", iteration=frame.iteration, of=STEPS_IN_ALL, kl=kl)

    progress = Progress(w("progress_begun"), lambda before: shell_words()("waiting", count=before), told)
    trace = lesson.attempt(function, model, on_progress=progress, on_place=progress.queue, **settings)
    progress.done()
    return trace
