"""Whose run this is, so that everybody gets their turn however many tabs somebody has open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from app.hosting.guards import VISITOR
from nlpcore.models import turns
from nlpcore.models.line import visiting


def visitor() -> str | None:
    """Return the name that this tab's browser was given; without one its address, None where that is unknown as well."""
    return st.context.cookies.get(VISITOR) or st.context.ip_address


@contextmanager
def turn() -> Iterator[None]:
    """Hold a turn of this visitor's: around every run of a page, and of a fragment, which runs outside of its page."""
    with visiting(visitor()), turns.turn():
        yield
