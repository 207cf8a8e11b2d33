"""What the lesson hands to BertViz, caught before BertViz makes a page of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest


@pytest.fixture
def drawn_weights(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """The weights of each page of BertViz that is drawn, the latest last."""
    drawn: list[np.ndarray] = []

    def page(view: str, weights: np.ndarray, *rest: Any, **more: Any) -> str:
        drawn.append(weights)
        return "<p></p>"

    monkeypatch.setattr("pages.transformers.attention.bertviz_page.page", page)
    return drawn
