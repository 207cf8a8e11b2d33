"""How far a long computation is, shown while it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

Told = tuple[float, str]  # how much of it is done, 0 to 1, and what is said of that


class Progress:
    """Draws how far a long run is, or how many runs of others are before it. What Streamlit raises here when the
    learner has moved on ends the run; where others wait for the same answer, it comes to its end first.

    Args:
        begun: what is said before anything is heard.
        waiting: what is said of so many runs that are before this one.
        told: what is said of a report; None for nothing.
    """

    def __init__(self, begun: str, waiting: Callable[[int], str], told: Callable[[Any], Told | None]) -> None:
        self._waiting, self._told = waiting, told
        self._place = st.empty()
        self._raised: BaseException | None = None
        self._said: Told = 0.0, begun

    def __call__(self, report: Any) -> None:
        if told := self._told(report):
            self._draw(*told)

    def queue(self, before: int) -> None:
        """Say how many runs are before this one; with none what was said stays, unless the learner has moved on."""
        if before:
            self._draw(0.0, self._waiting(before))
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
