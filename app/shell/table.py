"""A table in which a row is chosen by a click."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

ROW = 36  # px


def choosing_table(rows: Sequence[Mapping[str, Any]], key: str, on_choice: Callable[[int], None]) -> None:
    """Draw a table in which a click on a row calls ``on_choice`` with its index, before the next run."""

    def take() -> None:
        if chosen := st.session_state[key]["selection"]["rows"]:
            on_choice(chosen[0])

    height = ROW * (len(rows) + 1) + 2
    st.dataframe(rows, key=key, on_select=take, selection_mode="single-row", height=height, hide_index=True)
