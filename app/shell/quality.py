"""One sentence on how good the model is whose answers stand above: the figures of its card."""

from __future__ import annotations

from functools import cache

import streamlit as st

from app import glossary
from app.words import LOCALES, Words
from nlpcore.models.quality import quality

_SHARES = ("accuracy", "f1", "precision", "recall", "share")


def shown(name: str, value: float) -> str:
    """Return a figure as text: a share (0 to 1) in per cent with one decimal, a count whole, else three digits."""
    if value.is_integer() and value >= 1000:
        return f"{value:,.0f}"
    if any(share in name for share in _SHARES):
        return f"{100 * value:.1f}"
    return f"{value:.3g}"


@cache
def sentence(model_id: str, language: str) -> str | None:
    """Return what was measured of the model, its terms linked to the glossary; None for one that was not trained here."""
    words, measured = Words(LOCALES / "quality.yaml", language), quality(model_id)
    if not measured or not words.has(model_id):
        return None
    told = words(model_id, **{name: shown(name, value) for name, value in measured.items()})
    return glossary.with_links(told, language)


def tell(model_id: str, language: str) -> None:
    """Say it under the figure, small."""
    if told := sentence(model_id, language):
        st.caption(f":material/straighten: {told}")
