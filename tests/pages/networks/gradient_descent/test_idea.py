"""The picture of the idea: the loss before and after the first step, in the picture, the text and what is read out."""

from __future__ import annotations

import re

import numpy as np
import pytest

from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.networks import by_hand, fit_line, walk
from nlpcore.networks.walks import Cut
from pages.networks.gradient_descent import idea

CUTS = {
    "ravine": walk("ravine").cut,
    "slow": walk("ravine", rate=0.002).cut,
    "far": walk("ravine", rate=5.0).cut,
    "still": walk("ravine", rate=0.0).cut,
    "flat": walk("saddle", x=0.0, y=0.0).cut,
    "touching": walk("saddle", rate=0.1, x=1.5, y=0.0).cut,
    "batches": fit_line(10).cut,
    "hand": by_hand().cut,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CUTS)
def test_picture_text_and_description_hold_the_same_numbers(name: str, language: str) -> None:
    cut, w = CUTS[name], Words(lesson("gradient-descent").words, language)
    values = idea.values(cut)
    drawn = re.findall(r">([^<]+)</text>", idea.sketch(cut).svg(w("idea.alt", **values)))
    assert drawn[:3] == ["L", f"η = {values['rate']}", values["before"]]
    assert drawn[3:] == [values["after"]] * (cut.rate > 0), "where the balls touch too"
    for text in (w("idea.text", **values), w("idea.alt", **values)):
        assert all(str(value) in text for value in values.values())


def test_the_numbers_are_those_of_the_first_step() -> None:
    assert idea.values(CUTS["ravine"]) == {
        "before": "12",
        "after": f"{0.5 * 1.82**2 + 10 * 0.8**2:.3g}",
        "rate": "0.09",
    }
    assert idea.values(CUTS["still"])["rate"] == "0" and idea.values(walk(rate=1e6).cut)["rate"] == "1000000"
    assert idea.rate_said(1e-9) == "1e-09"


def test_balls_lie_on_the_curve() -> None:
    rates = np.linspace(-1, 3, 41)
    cut = Cut(rates, (rates - 1) ** 2, 1.0, 0.5, 1.0, 0.25)
    svg = idea.sketch(cut).svg("")
    ring, *dots = [tuple(map(float, pair)) for pair in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', svg)]
    assert ring[1] == max(y for _, y in (ring, *dots)), "where the curve is lowest"
    ends = {tuple(map(float, pair)) for pair in re.findall(r'x1="([\d.]+)" y1="([\d.]+)"', svg)}
    assert len(dots) == 2
    for x, y in dots:
        assert min(np.hypot(x - a, y - b) for a, b in ends) < 3
    assert len(re.findall("<circle", idea.sketch(CUTS["far"]).svg(""))) == 2, "the step leads out of the picture"
