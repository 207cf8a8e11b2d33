"""What a figure leaves out on a phone, whose columns are narrow: the server does not know how wide a screen is."""

from __future__ import annotations

import streamlit as st

from app.shell.figures import key_of


def thin_labels(figure: str, all_of_them: bool = False) -> None:
    """Leave labels of the x axis out of a figure of this name on a phone: all bold ones stay, of the others every third
    that stands beside none, or none of them."""
    plain = f".st-key-{key_of(figure)} g.xtick:not(:has(tspan))"  # Plotly writes what is bold as a tspan
    left_out = "" if all_of_them else ":is(:not(:nth-child(3n + 1)), :has(+ .xtick tspan), .xtick:has(tspan) + *)"
    st.html(f"<style>@media (max-width: 640px) {{ {plain}{left_out} {{ display: none; }} }}</style>")
