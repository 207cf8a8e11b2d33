"""The view of a sum of ReLUs that the learner bends by hand until it fits a curve."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from app.charts import colours
from app.shell.frame import Below, LessonPage, Slot
from app.shell.hand import Axis, HandFigure, Handle
from nlpcore.arrays import Floats
from nlpcore.networks.relu_sum import BEYOND, LEFT, RIGHT, Curve, ReluSum, bent, knots_of, on_curve
from pages.networks.neuron import charts_words as charts
from pages.networks.neuron import formulas, questions, snippet
from pages.networks.neuron.numbers import short
from pages.networks.neuron.shared import tell_idea

UNITS = (3, 6, 12)
AT_FIRST = 6
TALLEST = 1.5  # of a handle
STEP = 0.05
AT = 2.5  # where the formula gives the height
_SCRIPT = Path(__file__).with_name("curve.js")


def curve_view(lesson: LessonPage) -> Below:
    """Draw the curve and the sum of ReLUs that the hand bends."""
    w = lesson.words
    curve, units = choose(lesson)
    tell_idea(lesson)
    (parts_place,) = lesson.settings(1)
    with parts_place:
        parts = bool(st.toggle(w("controls.parts"), **lesson.bound("parts", True)))
    hand = hand_figure(lesson, units)
    places = hand.places(lesson)
    trace = bent([places[f"h{n}"][1] for n in range(units + 1)], curve)
    figure, aside = lesson.stage()
    with aside:
        lesson.ask(questions.twice(trace, STEP))
    with figure:
        values = {"units": units, "largest": short(trace.largest), "outside": short(trace.outside)}
        alt = w("alt.curve", curve=w(f"curves.{curve}"), **values)
        hand.show(lesson, places, alt, drawn(lesson, trace, parts), lambda: charts.curve_rows(trace))
        if not lesson.lecture:  # a hall reads it in the figure
            st.markdown(w("curve.errors", **values))
        st.caption(" ".join(w(f"curve.{key}") for key in ("legend", *(("zipf",) if curve == "zipf" else ()))))
    with figure if lesson.lecture else aside:
        lesson.look_for("look_for_curve")
    lesson.formula(formulas.height(trace, AT, lesson.lecture), w("curve.letters", x=f"{AT:g}"))
    return Below(snippet.curve(trace), {"needed": lambda: needed(lesson)}, tells={"needed": "twice"})


def choose(lesson: LessonPage) -> tuple[Curve, int]:
    """Draw the controls above the figure; return which curve, and how many ReLUs."""
    w = lesson.words
    with lesson.controls(), st.container(horizontal=True, vertical_alignment="bottom", key="curve_controls"):
        curve: Curve = lesson.choice(
            "segmented", w("controls.curve"), charts.CURVES, "curve", default="wave", labels="curves"
        )
        units = int(
            lesson.choice(
                "segmented", w("controls.units"), UNITS, "units", default=AT_FIRST, on_change=lambda: refit(lesson)
            )
        )
        _units_before(lesson).value = units
        buttons = (("lay", "line_curve", on_curve(curve, units)), ("level", "horizontal_rule", np.zeros(units + 1)))
        for name, icon, heights in buttons:
            st.button(
                w(f"controls.{name}"), icon=f":material/{icon}:", on_click=set_heights, args=(lesson, heights),
                key=f"_{name}",
            )  # fmt: skip
    return curve, units


def hand_figure(lesson: LessonPage, units: int) -> HandFigure:
    """Return the figure with a handle at each knot, which moves up and down."""
    handles = tuple(
        Handle(
            f"h{n}", lesson.words("curve.handle", number=n + 1, x=f"{x:g}"), float(x), 0.0, charts.KNOT, STEP, 0.5, "y"
        )
        for n, x in enumerate(knots_of(units))
    )
    across, up = Axis(LEFT - BEYOND, RIGHT + BEYOND, 1.0, "x"), Axis(-TALLEST, TALLEST, 0.5)
    return HandFigure("curve", _SCRIPT, across, up, handles)


def drawn(lesson: LessonPage, trace: ReluSum, parts: bool) -> dict[str, object]:
    """Return what the browser needs to draw a frame by itself. ``parts``: each unit too."""
    return {
        "names": [f"h{n}" for n in range(len(trace.knots))],
        "left": LEFT,
        "right": RIGHT,
        "beyond": BEYOND,
        "parts": parts,
        "live": lesson.words("curve.live"),
        "x": trace.x.round(4).tolist(),
        "target": trace.target.round(4).tolist(),
        "colours": {"target": charts.TARGET, "sum": charts.SUM, "unit": charts.UNIT, "edge": colours.MUTED},
    }


def _units_before(lesson: LessonPage) -> Slot[int]:
    return lesson.slot("units_before", AT_FIRST)


def set_heights(lesson: LessonPage, heights: Floats) -> None:
    """Set the handles, on their grid."""
    kept = np.clip(np.round(heights / STEP) * STEP, -TALLEST, TALLEST)
    lesson.put(**{f"h{n}y": round(float(height), 2) + 0.0 for n, height in enumerate(kept)})


def refit(lesson: LessonPage) -> None:
    """Have another number of units draw the line that was drawn before, as far as it can."""
    before, now = _units_before(lesson).value, int(lesson.value("units", AT_FIRST))
    heights = [float(lesson.value(f"h{n}y", 0.0)) for n in range(before + 1)]
    set_heights(lesson, np.interp(knots_of(now), knots_of(before), heights))


def needed(lesson: LessonPage) -> None:
    """Draw how the largest error falls with the number of units, for each curve."""
    w = lesson.words
    st.markdown(w("panels.needed_text"))
    lesson.figure("needed", charts.needed(w), w("alt.needed"), data=charts.needed_rows)
