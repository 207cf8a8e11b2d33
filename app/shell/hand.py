"""Figures that move under the hand: redrawn in the browser at each frame, without Python, which hears when the hand lets go.

A lesson names the handles, the axes and what is read out, and has a JavaScript file in its folder that draws one frame::

    function draw(view, places, data) {       // places: {"a": [x, y], …}; data: what Python gave to show()
      view.arrow([0, 0], places.a, { colour: data.colours.a });
      return { length: Math.hypot(...places.a) };   // what is read out, by name: a number, or a text
    }

``view`` has ``line``, ``polyline``, ``arrow``, ``arc``, ``dot`` and ``text``, all in units of the data
(``scripts/hand/view.js``). Where the handles are is held by ordinary controls: a handle ``a`` has ``?ax=`` and ``?ay=`` in the
link, or one of them where it moves in one direction only.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from app.shell.exports import Data
from app.shell.figures import key_of
from app.shell.frame import LessonPage
from app.shell.language import shell_words
from app.shell.slot import Slot
from app.shell.visit import give, held
from app.text import number

Place = tuple[float, float]
Places = dict[str, Place]
_SCRIPTS = Path(__file__).parent / "scripts" / "hand"
_HTML = """\
<div class="hand"><div class="plot"><svg role="group"></svg></div><dl class="readouts"></dl><p class="how"></p></div>
"""


@dataclass(frozen=True, slots=True)
class Axis:
    """One of the two axes, in units of the data.

    Attributes:
        least, most: its ends, between which the handles stay.
        tick: units from one line of the grid to the next; lines stand at whole multiples of it.
        title: what it measures; "" for nothing.
    """

    least: float
    most: float
    tick: float = 1.0
    title: str = ""

    def told(self) -> dict[str, Any]:
        """Return what the browser is told of it."""
        first, last = math.ceil(self.least / self.tick - 1e-9), math.floor(self.most / self.tick + 1e-9)
        ticks = [round(n * self.tick, 9) for n in range(first, last + 1)]
        texts = [number(tick, f".{decimals(self.tick)}f") for tick in ticks]
        return {"least": self.least, "most": self.most, "ticks": ticks, "texts": texts, "title": self.title}


@dataclass(frozen=True, slots=True)
class Handle:
    """Something that is dragged, or moved with the arrow keys.

    Attributes:
        name: of its controls: ``<name>x`` and ``<name>y`` in the link.
        label: what a screen reader calls it, in the page's language.
        x, y: where it is at first.
        colour: ``#RRGGBB``.
        step: units by which an arrow key moves it, and the grid on which it stays.
        large: the same with the shift key.
        moves: in which directions.
    """

    name: str
    label: str
    x: float
    y: float
    colour: str
    step: float = 0.1
    large: float = 1.0
    moves: Literal["xy", "x", "y"] = "xy"


@dataclass(frozen=True, slots=True)
class Readout:
    """A number that is read out beside the figure at each frame.

    Attributes:
        name: under which the lesson's ``draw`` returns it.
        label: what stands before it, in the page's language.
        digits: decimals.
    """

    name: str
    label: str
    digits: int = 2


@dataclass(frozen=True, slots=True)
class HandFigure:
    """A figure that moves under the hand.

    Attributes:
        name: unique on the page, as of every figure.
        script: the lesson's JavaScript file with its ``draw``.
        x, y: the axes.
        handles: at least one, in the order in which Tab comes to them.
        readouts: what is read out, from top to bottom.
        equal: whether a unit is as long in both directions, as where angles are looked at.
        height: rem; less where the screen is narrow.
    """

    name: str
    script: Path
    x: Axis
    y: Axis
    handles: tuple[Handle, ...]
    readouts: tuple[Readout, ...] = ()
    equal: bool = False
    height: float = 24

    def places(self, lesson: LessonPage) -> Places:
        """Return where the handles are: what the hand has just let go of, else what the controls hold.

        Before the figure is drawn. Whatever a link says they are inside of the axes, on the grid of their steps.
        """
        names = [(handle, letter) for handle in self.handles for letter in "xy"]
        value = (lesson.value(key_of(self.name)) or {}).get("places")
        taken, sent = self._taken(lesson), read(value, len(names))
        if sent and value != taken.value:
            moved = zip(names, sent[1], strict=True)
            lesson.put(**{handle.name + letter: at for (handle, letter), at in moved if letter in handle.moves})
        taken.value = value
        return {handle.name: self._place(lesson, handle) for handle in self.handles}

    def show(
        self,
        lesson: LessonPage,
        places: Places,
        alt: str,
        data: Mapping[str, Any] | None = None,
        rows: Data | None = None,
    ) -> None:
        """Draw the figure and the menu to take it away.

        ``places``: of :meth:`places`. ``alt`` says what it shows with these. ``data``: plain values that the lesson's ``draw``
        is given; ``rows``: for the CSV.
        """
        key, words = key_of(self.name), shell_words()
        value = (lesson.value(key) or {}).get("places")
        sent = read(value, 2 * len(self.handles))
        told = {
            "turn": sent[0] if sent else 0,
            "x": self.x.told(),
            "y": self.y.told(),
            "equal": self.equal,
            "height": self.height,
            "handles": [_told_of(handle, places[handle.name]) for handle in self.handles],
            "readouts": [{"name": one.name, "label": one.label, "digits": one.digits} for one in self.readouts],
            "words": {"how": words("hand.how"), "keys": words("hand.keys"), "at": words("hand.at")},
            "alt": alt,
            "data": dict(data or {}),
        }
        # As text: for every list or mapping in a component's data Streamlit asks pandas whether it is a table.
        _component(f"hand_{lesson.lesson.module}_{self.name}", self.script)(
            key=key, data=json.dumps(told), on_places_change=lambda: None
        )
        lesson.take_away(self.name, rows)

    def _taken(self, lesson: LessonPage) -> Slot[Any]:
        return lesson.slot(f"hand_{self.name}", None)

    def _place(self, lesson: LessonPage, handle: Handle) -> Place:
        """Return where a handle is, its controls put inside of the axes and on the grid."""
        found = [handle.x, handle.y]
        for n, (letter, axis) in enumerate((("x", self.x), ("y", self.y))):
            if letter in handle.moves:
                control = handle.name + letter
                lesson.bound(control, float(found[n]), axis.least, axis.most)
                found[n] = on_grid(float(held(control)), handle.step, axis)
                give(control, found[n])
        return found[0], found[1]


def on_grid(value: float, step: float, axis: Axis) -> float:
    """Return the whole multiple of ``step`` that is nearest to a finite ``value``, between the ends of the axis."""
    near = round(value / step) * step
    return round(min(max(near, axis.least), axis.most), decimals(step)) + 0.0  # and no −0


def decimals(step: float) -> int:
    """Return how many decimals a number needs that is a multiple of ``step``; at most 6."""
    return next((digits for digits in range(6) if math.isclose(step, round(step, digits), rel_tol=1e-9)), 6)


def read(value: object, count: int) -> tuple[int, tuple[float, ...]] | None:
    """Return the turn and the ``count`` finite numbers that the browser sent as ``"3 1.5 −0.2 …"``; None for anything else.

    The browser counts its turns, so that it knows of which of them the page has heard. What it sends may be anything.
    """
    turn, *sent = (value.split() if isinstance(value, str) else []) or [""]
    if not (turn.isascii() and turn.isdigit()) or len(turn) > 9 or len(sent) != count:
        return None
    try:
        numbers = tuple(float(text) for text in sent)
    except ValueError:
        return None
    return (int(turn), numbers) if all(map(math.isfinite, numbers)) else None


def _told_of(handle: Handle, place: Place) -> dict[str, Any]:
    """Return what the browser is told of a handle."""
    return {
        "name": handle.name,
        "label": handle.label,
        "x": place[0],
        "y": place[1],
        "colour": handle.colour,
        "step": handle.step,
        "large": handle.large,
        "digits": decimals(handle.step),
        "moves": handle.moves,
    }


@cache
def _script(own: Path) -> str:
    parts: Sequence[Path] = (*(_SCRIPTS / f"{name}.js" for name in ("view", "handles", "run")), own)
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)


@st.cache_resource
def _component(name: str, own: Path) -> Any:
    css = (_SCRIPTS / "hand.css").read_text(encoding="utf-8")
    return st.components.v2.component(name, html=_HTML, css=css, js=_script(own))
