"""The pointer on a word of the map lights its nearest up, in the browser alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from app.charts import colours
from app.shell.figures import key_of


@st.cache_resource
def _lights() -> Any:
    script = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    return st.components.v2.component("lit_neighbours", html="<span hidden></span>", js=script)


def light_neighbours(name: str) -> None:
    """Have the figure of this name light up the nearest of the word under the pointer.

    Of its points ``customdata`` is the word, the rows of its nearest that the map kept, and of those that it lost.
    """
    _lights()(key=f"lit_{name}", data={"figure": key_of(name), "colour": colours.FOCUS}, height=0)
