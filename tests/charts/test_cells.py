"""Numbers in cells can be read: by the formulas of WCAG 2.2, written anew in :mod:`tests.charts.test_colours`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import ImageColor

from app.charts import colours
from app.charts.cells import numbers_on_cells
from tests.charts.test_colours import contrast

SCALES: dict[str, Any] = {"magnitude": colours.MAGNITUDE, "signed": colours.DIVERGING}


def drawn(scale: Any, share: float) -> tuple[float, ...]:
    """The colour as a browser draws it: channel by channel between two steps."""
    places, channels = [at for at, _ in scale], np.array([ImageColor.getrgb(str(colour)) for _, colour in scale])
    return tuple(float(np.interp(share, places, channel)) for channel in channels.T)


@pytest.mark.parametrize("scale", SCALES)
def test_a_colour_of_a_scale_is_the_one_that_is_drawn(scale: str) -> None:
    for share in np.linspace(0, 1, 101):
        ours = ImageColor.getrgb(colours.on_scale(SCALES[scale], float(share)))
        np.testing.assert_allclose(ours, drawn(SCALES[scale], float(share)), atol=1.01)
    assert colours.on_scale(SCALES[scale], -1) == colours.on_scale(SCALES[scale], 0)
    assert colours.on_scale(SCALES[scale], 2) == colours.on_scale(SCALES[scale], 1)


@pytest.mark.parametrize("scale", SCALES)
def test_every_number_can_be_read_on_its_cell(scale: str) -> None:
    values = np.linspace(-3, 5, 60).reshape(6, 10)
    written = numbers_on_cells(values, SCALES[scale], (-3, 5), "{:.1f}".format, 13, first=1)
    assert written["mode"] == "text" and written["hoverinfo"] == "skip"
    places = [(row, column) for row in range(1, 7) for column in range(1, 11)]
    assert list(zip(written["y"], written["x"], strict=True)) == places
    for value, text, ink in zip(values.ravel(), written["text"], written["textfont"]["color"], strict=True):
        ground = "#{:02X}{:02X}{:02X}".format(*map(round, drawn(SCALES[scale], (value + 3) / 8)))
        assert text == f"{value:.1f}" and contrast(ink, ground) >= 4.5, (value, ink, ground)


def test_a_cell_of_nan_has_no_number() -> None:
    values = np.array([[1.0, np.nan], [np.nan, 2.0]])
    written = numbers_on_cells(values, colours.MAGNITUDE, (0, 2), "{:.0f}".format, 13)
    assert (list(written["y"]), list(written["x"]), written["text"]) == ([0, 1], [0, 1], ["1", "2"])
