"""The view of two arrows under the hand: dot product, lengths, angle, cosine, distance, and what length changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from app.charts import colours
from app.shell.frame import Below, LessonPage
from app.shell.hand import Axis, HandFigure, Handle, Place, Readout
from app.text import number
from nlpcore.words.arrows import Pair, compare, stretched
from pages.words.one_hot import charts, formulas, questions, snippet
from pages.words.one_hot.shared import first_idea

X, Y = Axis(-4, 4), Axis(-3, 3)
STARTS: dict[str, Place] = {"a": (3.0, 1.0), "b": (1.0, 2.0)}
ALWAYS, AFTER = ("a", "b", "length_a", "length_b"), ("dot", "angle", "cosine", "distance")
FACTORS = np.linspace(0, 3, 61)


def arrows_view(lesson: LessonPage) -> Below:
    """Draw the view; what is read out of both arrows together comes once it is predicted what length changes."""
    figure_of = the_figure(lesson, told=False)
    places = figure_of.places(lesson)
    pair = compare(places["a"], places["b"])
    question = questions.stretch(pair)
    first_idea(lesson)
    figure, aside = lesson.stage()
    with aside:
        told = question is None or lesson.ask(question)
        lesson.look_for("arrows.look_for" if told else "arrows.look_first", long=told)
    with figure:
        dashed = {"a": charts.A, "b": charts.B, "distance": charts.DISTANCE, "angle": charts.ANGLE}
        data = {"told": told, "colours": {name: colours.edge_of(colour) for name, colour in dashed.items()}}
        the_figure(lesson, told).show(lesson, places, alt_of(lesson, pair, told), data, lambda: rows(pair, told))
    lesson.formula(formulas.lengths(pair))
    if told:
        lesson.formula(formulas.cosine(pair, lesson.lecture))
    panels: dict[str, Callable[[], None]] = {"stretch": lambda: draw_stretching(lesson, pair)}
    return Below(snippet.of_arrows(pair.a, pair.b), panels, tells={"stretch": "stretch"})


def the_figure(lesson: LessonPage, told: bool) -> HandFigure:
    """Return the figure of the two arrows; ``told``: with what is read out of both together."""
    w = lesson.words
    handles = tuple(
        Handle(name, w("arrows.tip", name=name), *STARTS[name], colours.edge_of(colour))
        for name, colour in (("a", charts.A), ("b", charts.B))
    )
    readouts = tuple(
        Readout(name, w(f"arrows.{name}"), 1 if name == "angle" else 2) for name in ALWAYS + (AFTER if told else ())
    )
    return HandFigure("arrows", Path(__file__).with_name("arrows.js"), X, Y, handles, readouts, equal=True)


def alt_of(lesson: LessonPage, pair: Pair, told: bool) -> str:
    """Return what the figure shows."""
    w, (a, b) = lesson.words, ((number(v[0], ".1f"), number(v[1], ".1f")) for v in (pair.a, pair.b))
    said = w("alt.arrows", a=f"({a[0]}, {a[1]})", b=f"({b[0]}, {b[1]})")
    if not told or pair.cosine is None or pair.angle is None:
        return said
    angle = number(pair.angle, ".0f")
    return f"{said} {w('alt.arrows_told', angle=angle, cosine=number(pair.cosine), dot=number(pair.dot))}"


def rows(pair: Pair, told: bool) -> list[dict[str, object]]:
    """Return the numbers of the figure for the CSV."""
    found: dict[str, object] = {
        "a1": pair.a[0], "a2": pair.a[1], "b1": pair.b[0], "b2": pair.b[1],
        "length_a": pair.length_a, "length_b": pair.length_b,
    }  # fmt: skip
    together = {"dot": pair.dot, "angle_degrees": pair.angle, "cosine": pair.cosine, "distance": pair.distance}
    return [found | (together if told else {})]


def draw_stretching(lesson: LessonPage, pair: Pair) -> None:
    """Draw what becomes of the numbers when b is made longer and shorter."""
    w, trace = lesson.words, stretched(pair.a, pair.b, FACTORS)
    drawn = charts.stretching(trace, w)
    lesson.figure("stretching", drawn, w("alt.stretching"), data=lambda: charts.stretch_rows(trace))
