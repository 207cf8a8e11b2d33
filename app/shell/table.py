"""A table in which a row is chosen by a click."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from app.shell.visit import held

ROW = 36  # px
TALL_ROW = 66  # px, room for three lines: Streamlit wraps texts in rows taller than 4 rem
SENTENCES = 305  # px, of a column that holds sentences


def choosing_table(
    rows: Sequence[Mapping[str, Any]], key: str, on_choice: Callable[[int], None], sentences: str = ""
) -> None:
    """Draw a table in which a click on a row calls ``on_choice`` with its index, before the next run.

    ``sentences``: the column that holds whole sentences, if there is one: they are wrapped, not cut.
    """

    def take() -> None:
        if chosen := held(key)["selection"]["rows"]:
            on_choice(chosen[0])

    row = TALL_ROW if sentences else ROW
    wide = {sentences: st.column_config.TextColumn(width=SENTENCES)} if sentences else None
    st.dataframe(
        rows, key=key, on_select=take, selection_mode="single-row", hide_index=True, height=row * len(rows) + ROW + 2,
        row_height=row, column_config=wide,
    )  # fmt: skip
