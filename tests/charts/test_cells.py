"""Numbers in cells can be read: by the formulas of WCAG 2.2, written anew in :mod:`tests.charts.test_colours`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import ImageColor

from app.charts import cells, colours, drawing
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
    table = drawing.heatmap(
        z=values, x=list(range(10)), y=list("abcdef"), zmin=-3, zmax=5, colorscale=SCALES[scale]
    )  # fmt: skip
    written = cells.numbers_in_cells(table, [[f"{value:.1f}" for value in row] for row in values])
    assert written["mode"] == "text" and written["hoverinfo"] == "skip"
    assert [(y, x) for y, x in zip(written["y"], written["x"], strict=True)] == [
        (y, x) for y in "abcdef" for x in range(10)
    ]
    for value, text, ink in zip(values.ravel(), written["text"], written["textfont"]["color"], strict=True):
        ground = "#{:02X}{:02X}{:02X}".format(*map(round, drawn(SCALES[scale], (value + 3) / 8)))
        assert text == f"{value:.1f}" and contrast(ink, ground) >= 4.5, (value, ink, ground)
