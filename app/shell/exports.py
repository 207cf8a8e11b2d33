"""Take it away: a figure, or a page of its own in a frame, as PNG or SVG, its data as CSV. Nothing leaves the learner's browser.

A picture shows what is on the screen, zoom included: the Plotly that has drawn a figure makes it, and out of a frame it is
read (``of_figure.js`` and ``of_frame.js`` in ``scripts/pictures``). One way to put it on paper serves both (``paper.js``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

import streamlit as st

from app.shell.language import shell_words
from app.text import html_escape

Rows = Iterable[Mapping[str, Any]]
Data = Rows | Callable[[], Rows]


def to_csv(data: Data) -> bytes:
    """Return rows, or what a function makes of them when it is asked, as CSV that spreadsheets read as UTF-8."""
    rows = list(data() if callable(data) else data)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fieldnames=list(rows[0]) if rows else [])
    writer.writeheader()
    writer.writerows({key: _plain(value) for key, value in row.items()} for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def _plain(value: Any) -> Any:
    """A cell that starts like a formula is run by spreadsheets: a learner's text must not be."""
    return f"'{value}" if isinstance(value, str) and len(value) > 1 and value[0] in "=+-@\t\r" else value


def _picture_buttons(figure_key: str, filename: str, caption: str) -> str:
    """Return the buttons for which the browser makes the picture: ``scripts/errands/take_away.js``."""
    words = shell_words()
    # Encoded, as a caption has what a learner typed, and a browser takes attributes out that look like the end of a comment.
    data = {"figure": figure_key, "filename": filename, "caption": quote(caption)}
    attributes = "".join(f' data-{name}="{html_escape(value)}"' for name, value in data.items())
    buttons = (
        f'<button type="button" class="plain" data-format="{kind}">{html_escape(words(f"export.{kind}"))}</button>'
        for kind in ("png", "svg")
    )
    return f'<div class="take-away"{attributes}>{"".join(buttons)}</div>'


def export_menu(figure_key: str, filename: str, data: Data | None, caption: str = "") -> None:
    """Draw the menu that gives away the figure or frame drawn under ``figure_key``; ``caption`` stands under the picture."""
    words = shell_words()
    with st.popover(words("export.label"), icon=":material/download:", type="tertiary"):
        st.html(_picture_buttons(figure_key, filename, caption))
        if data is not None:
            st.download_button(
                words("export.csv"),
                data=lambda: to_csv(data),
                file_name=f"{filename}.csv",
                mime="text/csv",
                on_click="ignore",
                key=f"csv_{figure_key}",
            )
