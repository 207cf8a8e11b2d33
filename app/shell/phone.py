"""What a phone leaves out or writes small: labels and numbers of a figure, and of the question beside it all but one line.

The server does not know how wide a screen is: both are sent to everybody, and the style sheet decides.
"""

from __future__ import annotations

import streamlit as st

from app.shell.figures import key_of
from app.text import html_escape

_SMALL_NUMBER, _SMALL_LABEL = 10, 9
_TICK = ":is(.xtick, .x2tick)"  # of a figure, or of the lower of two that share their columns


def fold(text: str, verdict: str = "") -> None:
    """Have a phone show the question that this is drawn in as one line, ``text``, which opens and closes the rest.

    ``verdict``: "right", "wrong" or "told" once the question is answered. What it does is in ``scripts/errands/fold.js``.
    """
    st.html(
        f'<button type="button" class="fold" aria-expanded="false" data-verdict="{verdict}">'
        f"<span>{html_escape(text)}</span></button>"
    )


def small_numbers(figure: str, number: str = "") -> None:
    """Have a phone write the numbers in the cells of a figure of this name small, all or those that read ``number``: three
    characters fit into a cell that is narrower than they are elsewhere."""
    which = f'[data-unformatted="{number}"]' if number else ""  # Plotly keeps what a text is made from
    texts = f".st-key-{key_of(figure)} .textpoint text{which}"
    st.html(f"<style>@media (max-width: 640px) {{ {texts} {{ font-size: {_SMALL_NUMBER}px !important; }} }}</style>")


def thin_labels(figure: str, all_of_them: bool = False) -> None:
    """Leave labels of the x axis out of a figure of this name on a phone: all bold ones stay, of the others every third
    that stands beside none, or none of them. Bold ones side by side are written small: a column is narrower than a line."""
    plain = f".st-key-{key_of(figure)} g{_TICK}:not(:has(tspan))"  # Plotly writes what is bold as a tspan
    left_out = "" if all_of_them else f":is(:not(:nth-child(3n + 1)), :has(+ {_TICK} tspan), {_TICK}:has(tspan) + *)"
    both = f".st-key-{key_of(figure)} g{_TICK}:has(tspan):is(:has(+ {_TICK} tspan), {_TICK}:has(tspan) + *) text"
    small = f"{both} {{ font-size: {_SMALL_LABEL}px !important; }}"
    st.html(f"<style>@media (max-width: 640px) {{ {plain}{left_out} {{ display: none; }} {small} }}</style>")


def no_labels(figure: str) -> None:
    """Leave all labels of the x axis out of a figure of this name on a phone: its columns are narrower than a letter."""
    ticks = f".st-key-{key_of(figure)} g{_TICK}"
    st.html(f"<style>@media (max-width: 640px) {{ {ticks} {{ display: none; }} }}</style>")
