"""The sign that something is being computed, where that may take long enough to be seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import streamlit as st

from app.shell.language import shell_words

_SOON = 0.1  # seconds; Streamlit itself waits as long before it shows a spinner
_quick: set[tuple[Any, ...]] = set()  # what took no longer when it was last asked


@contextmanager
def spinner(function: Callable[..., Any], model_id: str | None, data: Mapping[str, Hashable]) -> Iterator[None]:
    """Show that ``function`` is at work, unless with this model and texts of about this length it was quick the last time.

    A spinner starts a thread whether it comes to be seen or not, and most answers are there before it would be.
    """
    length = sum(len(value) for value in data.values() if isinstance(value, str)).bit_length()
    kind = (function, model_id, length)
    began = time.perf_counter()
    if kind in _quick:
        yield
    else:
        with st.spinner(shell_words()("computing"), show_time=True):
            yield
    (_quick.add if time.perf_counter() - began < _SOON else _quick.discard)(kind)
