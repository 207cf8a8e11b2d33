"""What an example has to say: at once, or, where that tells the answer of the page's question, once it was answered."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from app.shell.language import shell_words
from app.shell.visit import visit

_TOLD = "told_example"


class Remark:
    """The remark on the example that was chosen.

    ``tells`` names the questions of :func:`app.shell.predict.predict` whose answers the remark gives away, if any. A page
    on which none of them is asked shows the remark: there is nothing to give away.
    """

    def __init__(self, example: tuple[str, str], text: str, tells: Collection[str]) -> None:
        self._example, self._text, self._tells = example, text, tells
        self._place = st.empty()
        # Until the page has come to its question, what was right a moment ago stands here: so nothing jumps.
        self._told = not tells or visit().get(_TOLD) == example
        self._draw()

    def settle(self, open_questions: Collection[str]) -> None:
        """Show what is right now that all questions of the page were asked; ``open_questions`` wait for an answer."""
        told = not set(self._tells) & set(open_questions)
        if self._tells:
            visit()[_TOLD] = self._example if told else None
        if told != self._told:
            self._told = told
            self._draw()

    def _draw(self) -> None:
        self._place.caption(self._text if self._told else shell_words()("predict.then_told"))
