"""The idea of the lesson in a small picture: the loss cut along its slope, and the first step of the example on the screen."""

from __future__ import annotations

import itertools

import numpy as np

from app.charts import colours
from app.charts.sketch import Sketch
from nlpcore.networks.walks import Cut
from pages.networks.gradient_descent.charts import loss_said

_LEFT, _RIGHT, _TOP, _BOTTOM = 30.0, 400.0, 34.0, 150.0
_SHORT = 3  # signs of a number that stand above a ball clear of the curve
_TOUCH = 22.0  # balls that are no further apart have no room for an arrow between them


def sketch(cut: Cut) -> Sketch:
    """Draw the cut with a ball before the step and one after it."""
    picture = Sketch(430, 186)
    low, high = float(cut.values.min()), float(cut.values.max())

    def place(rate: float, value: float) -> tuple[float, float]:
        share = (rate - cut.rates[0]) / (cut.rates[-1] - cut.rates[0])
        height = (value - low) / (high - low) if high > low else 0.0
        return _LEFT + (_RIGHT - _LEFT) * share, _BOTTOM - (_BOTTOM - _TOP) * min(height, 1.12)

    drawn = [place(float(rate), float(value)) for rate, value in zip(cut.rates, cut.values, strict=True)]
    for (x1, y1), (x2, y2) in itertools.pairwise(drawn):
        picture.line(x1, y1, x2, y2, colours.BLUE, 2.5)
    picture.line(_LEFT, _TOP - 8, _LEFT, _BOTTOM + 8, colours.MUTED).text(_LEFT - 14, _TOP + 4, "L")
    picture.ring(*place(cut.best, float(np.interp(cut.best, cut.rates, cut.values))), colours.TRUTH)
    picture.text((_LEFT + _RIGHT) / 2, 16, f"η = {rate_said(cut.rate)}")
    x, y = place(0.0, cut.before)
    picture.dot(x, y, colours.MUTED, 8)
    inside = cut.rate <= cut.rates[-1]
    to, down = place(cut.rate, cut.after) if inside else (_RIGHT + 14, y - 6)
    if abs(to - x) > _TOUCH:
        picture.arrow(x + 9, y - 4, to - 9 if inside else to, down - 4)
    if inside:
        picture.dot(to, down, colours.FOCUS, 8)
    alone = abs(to - x) > _TOUCH or cut.rate == 0
    # Of balls that touch the numbers stand side by side, with the arrow between them.
    before = loss_said(cut.before)
    if alone and len(before) > _SHORT:  # to the left it would lie on the curve
        picture.text(x - 8, y - 14, before, "start", bold=True)
    else:
        picture.text(x if alone else x + 36, y - 14, before, "middle" if alone else "end", bold=True)
    if not alone:
        picture.arrow(x + 41, y - 18, x + 63, y - 18)
        picture.text(x + 68, y - 14, loss_said(cut.after), "start", bold=True)
    elif cut.rate > 0:
        aside = 26 if down > _BOTTOM - 20 else -14
        picture.text(min(to, _RIGHT), down + aside, loss_said(cut.after), "middle" if inside else "end", bold=True)
    return picture


def values(cut: Cut) -> dict[str, object]:
    """Return what fills the blanks of the idea's text."""
    return {"before": loss_said(cut.before), "after": loss_said(cut.after), "rate": rate_said(cut.rate)}


def rate_said(rate: float) -> str:
    """Return a learning rate as it stands in texts."""
    return np.format_float_positional(rate, trim="-") if rate >= 1e-6 or rate == 0 else f"{rate:g}"
