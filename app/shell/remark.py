"""What an example has to say: at once, or, where that tells the answer of the page's question, once it was answered."""

from __future__ import annotations

import streamlit as st

from app.shell.language import shell_words

_TOLD = "_told_example"


class Remark:
    """The remark on the example that was chosen.

    ``tells`` names the question of :func:`app.shell.predict.predict` whose answer the remark gives away, if any. A page
    on which that question is not asked shows the remark: there is nothing to give away.
    """

    def __init__(self, example: tuple[str, str], text: str, tells: str | None) -> None:
        self._example, self._text, self._tells = example, text, tells
        self._place = st.empty()
        # Until the page has come to its question, what was right a moment ago stands here: so nothing jumps.
        self._told = tells is None or st.session_state.get(_TOLD) == example
        self._open = False
        self._draw()

    def asked(self, question: str, answered: bool) -> None:
        """Take note that the page asks ``question``, and whether it was ``answered`` by now."""
        if question == self._tells:
            self._open = not answered

    def settle(self) -> None:
        """Show what is right now that all questions of the page were asked."""
        told = not self._open
        if self._tells is not None:
            st.session_state[_TOLD] = self._example if told else None
        if told != self._told:
            self._told = told
            self._draw()

    def _draw(self) -> None:
        self._place.caption(self._text if self._told else shell_words()("predict.then_told"))
