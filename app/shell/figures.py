"""Figures on a page, each under the key ``figure_<name>``: Plotly's, and pages of their own in a frame."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.charts.drawing import Drawing

# Of Plotly's bar are left nearer, farther and back again: it hangs beside the menu below the figure (page.css).
_LEFT_OUT = ["select2d", "lasso2d", "zoom2d", "pan2d", "autoScale2d"]
_CONFIG: dict[str, Any] = {"displaylogo": False, "scrollZoom": False, "modeBarButtonsToRemove": _LEFT_OUT}


def key_of(name: str) -> str:
    """Return the key under which the figure of this name stands."""
    return f"figure_{name}"


def plot(name: str, figure: Drawing, alt: str, select_mode: str | None, bar: bool = True) -> list[dict[str, Any]]:
    """Draw a figure and return the points that are selected in it; none where ``select_mode`` is None.

    A learner's own zoom stays until the drawing has another ``uirevision``, where it names none for good. ``bar``: whether
    there is room for Plotly's bar below.
    """
    figure.layout.setdefault("uirevision", name)
    options: dict[str, Any] = {"on_select": "rerun", "selection_mode": select_mode} if select_mode else {}
    options["height"] = "content" if figure.layout.get("height") else "stretch"
    config = _CONFIG if bar else _CONFIG | {"displayModeBar": False}
    event = st.plotly_chart(figure.for_plotly(), key=key_of(name), alt=alt, config=config, **options)
    return [dict(point) for point in event["selection"]["points"]] if select_mode else []


def framed(name: str, page: str, height: int, alt: str) -> None:
    """Draw an HTML page that needs no network in a frame, ``height`` px high."""
    with st.container(key=key_of(name)):
        st.iframe(page, height=height, alt=alt)
