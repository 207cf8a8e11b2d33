"""What a link asks for that is not there is put right. The page says so once, in a sentence that goes by itself."""

from __future__ import annotations

import streamlit as st

from app.shell import state
from app.shell.language import shell_words
from app.shell.visit import visit


def tell() -> None:
    """Say, at the end of a page's run, where a value of the link could not be used."""
    if visit().pop(state.MENDED, False):
        st.toast(shell_words()("link_mended"), icon=":material/link_off:", duration="long")
