"""Take it away: a figure, or a page of its own in a frame, as PNG or SVG, its data as CSV. Nothing leaves the learner's browser.

A picture shows what is on the screen, zoom included: the Plotly that has drawn a figure makes it (``scripts/of_figure.js``),
and out of a frame it is read (``scripts/of_frame.js``). One way to put it on paper serves both (``scripts/paper.js``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from app.shell.language import shell_words

Rows = Iterable[Mapping[str, Any]]
Data = Rows | Callable[[], Rows]

_SCRIPTS = ("paper", "of_figure", "of_frame", "picture")
_HTML = '<div class="row"><button data-format="png"></button><button data-format="svg"></button></div>'
_CSS = """
.row { display: flex; gap: 0.5rem; }
button { font: inherit; padding: 0.4rem 0.9rem; border-radius: 0.5rem; cursor: pointer; color: var(--st-text-color);
  background: var(--st-background-color); border: 1px solid var(--st-border-color, #8886); }
button:hover, button:focus-visible { border-color: var(--st-primary-color); color: var(--st-primary-color); }
"""


@st.cache_resource
def _picture_buttons() -> Any:
    folder = Path(__file__).parent / "scripts"
    script = "\n".join((folder / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS)
    return st.components.v2.component("figure_export", html=_HTML, css=_CSS, js=script)


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


def export_menu(figure_key: str, filename: str, data: Data | None, caption: str = "") -> None:
    """Draw the menu that gives away the figure or frame drawn under ``figure_key``; ``caption`` stands under the picture."""
    words = shell_words()
    with st.popover(words("export.label"), icon=":material/download:", type="tertiary"):
        names = {"figure": figure_key, "filename": filename, "caption": caption}
        labels = {"png": words("export.png"), "svg": words("export.svg")}
        _picture_buttons()(key=f"export_{figure_key}", data=names | labels)
        if data is not None:
            st.download_button(
                words("export.csv"),
                data=lambda: to_csv(data),
                file_name=f"{filename}.csv",
                mime="text/csv",
                on_click="ignore",
                key=f"csv_{figure_key}",
            )
