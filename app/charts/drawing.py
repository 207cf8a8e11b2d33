"""A Plotly figure kept as the plain description that Plotly's JavaScript reads.

Plotly's own Python objects check every property when it is set, in a figure's making as in its sending. That cost more
than all else in an interaction, and a whole class waited for it. A :class:`Drawing` checks nothing. The tests do:
:meth:`Drawing.checked` makes the Plotly figure and compares.
"""

from __future__ import annotations

import binascii
import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import orjson
import plotly.graph_objects as go
import plotly.io
from plotly.subplots import make_subplots

Spec = dict[str, Any]
_AXIS = re.compile(r"[xy]axis\d*")
_PLAIN = frozenset((str, int, float, bool))  # most of what a figure holds


class Kept(Spec):
    """A part of a figure that many drawings share and none changes: it is written as JSON once, and sent as it was written.

    Not for a trace, which Plotly opens before it sends it; for what is in one, in a frame or in the layout.
    """

    __slots__ = ("_written",)
    _written: orjson.Fragment

    def written(self) -> orjson.Fragment:
        """Return it as JSON that stands in a larger one as it is."""
        try:
            return self._written
        except AttributeError:
            plain = {name: _packed(value) for name, value in self.items()}
            self._written = orjson.Fragment(orjson.dumps(plain, option=orjson.OPT_SERIALIZE_NUMPY))
            return self._written


class Drawing:
    """A figure in the making: ``traces``, ``layout`` and ``frames``, named as in Plotly's reference, never with ``_``.

    Values may be arrays; a value of None leaves a property away. Methods return the drawing, so that calls can be chained.
    """

    def __init__(
        self,
        traces: Iterable[Mapping[str, Any]] = (),
        layout: Mapping[str, Any] | None = None,
        frames: Iterable[Spec] = (),
        columns: int = 1,
    ) -> None:
        self.traces = [_without_none(trace) for trace in traces]
        self.layout: Spec = dict(layout or {})
        self.frames = list(frames)
        self._columns = columns  # of a grid of subplots

    def add(self, trace: Mapping[str, Any], row: int | None = None, col: int = 1) -> Drawing:
        """Add a trace; in a grid of :func:`subplots` to the cell at ``row``, ``col``, from 1."""
        number = self._number(row, col)
        place = {} if row is None else {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        self.traces.append(_without_none(trace) | place)
        return self

    def add_scatter(self, row: int | None = None, col: int = 1, **properties: Any) -> Drawing:
        """Add points, lines or texts."""
        return self.add(scatter(**properties), row, col)

    def add_bar(self, row: int | None = None, col: int = 1, **properties: Any) -> Drawing:
        """Add bars."""
        return self.add(bar(**properties), row, col)

    def add_heatmap(self, row: int | None = None, col: int = 1, **properties: Any) -> Drawing:
        """Add coloured cells."""
        return self.add(heatmap(**properties), row, col)

    def add_shape(self, shape: Spec | None = None, **more: Any) -> Drawing:
        """Add a line, rectangle or circle."""
        self.layout["shapes"] = [*self.layout.get("shapes", ()), (shape or {}) | more]
        return self

    def add_annotation(self, annotation: Spec | None = None, **more: Any) -> Drawing:
        """Add a text, with or without an arrow."""
        self.layout["annotations"] = [*self.layout.get("annotations", ()), (annotation or {}) | more]
        return self

    def add_line(self, *, x: float | None = None, y: float | None = None, line: Spec) -> Drawing:
        """Add a line across the whole figure at ``x`` or at ``y``."""
        if x is not None:
            return self.add_shape(type="line", x0=x, x1=x, y0=0, y1=1, yref="y domain", line=line)
        return self.add_shape(type="line", x0=0, x1=1, xref="x domain", y0=y, y1=y, line=line)

    def update_layout(self, layout: Mapping[str, Any] | None = None, **more: Any) -> Drawing:
        """Merge into the layout; lists replace lists."""
        _merge(self.layout, dict(layout or {}) | more)
        return self

    def update_xaxes(self, row: int | None = None, col: int = 1, **properties: Any) -> Drawing:
        """Merge into the x axis of one cell, or of all."""
        return self._update_axes("x", row, col, properties)

    def update_yaxes(self, row: int | None = None, col: int = 1, **properties: Any) -> Drawing:
        """Merge into the y axis of one cell, or of all."""
        return self._update_axes("y", row, col, properties)

    def axes(self) -> list[Spec]:
        """Return the axes, those of a plain figure made where they are not there yet."""
        for name in ("xaxis", "yaxis"):
            self.layout.setdefault(name, {})
        return [value for name, value in self.layout.items() if _AXIS.fullmatch(name)]

    def copy(self) -> Drawing:
        """Return a drawing that can be changed without changing this one. Arrays are shared."""
        other = Drawing(columns=self._columns)
        other.traces, other.layout, other.frames = (_copied(part) for part in (self.traces, self.layout, self.frames))
        return other

    def for_plotly(self) -> go.Figure:
        """Return what everything that takes a Plotly figure takes, without Plotly having looked at it."""
        layout = {"template": _template(), **self.layout}
        frames = {"frames": _packed(self.frames)} if self.frames else {}
        return _Unchecked({"data": _packed(self.traces), "layout": _packed(layout), **frames})

    def checked(self) -> go.Figure:
        """Return the figure as Plotly makes it of this description, for tests.

        Raises ValueError where Plotly does not know a property or value, or would have sent something else, and where
        words stand on an axis that is not of categories: left to choose, Plotly makes numbers of "year" "2008" "million",
        dates of "2024-05"; on an axis of numbers or dates it leaves words out.
        """
        self._refuse_words_as_numbers()
        figure = go.Figure({"data": self.traces, "layout": self.layout, "frames": self.frames})
        made = figure.to_plotly_json()
        made["layout"].pop("template", None)
        for part, own in (("data", self.traces), ("frames", self.frames), ("layout", self.layout)):
            if part in made or own:
                _compare(own, made[part], part)
        return figure

    def _refuse_words_as_numbers(self) -> None:
        for trace in [*self.traces, *(part for frame in self.frames for part in frame.get("data", ()))]:
            for letter in "xy":
                axis = f"{letter}axis{trace.get(f'{letter}axis', letter)[1:]}"
                kind = self.layout.get(axis, {}).get("type")
                if _has_words(trace.get(letter)) and kind != "category":
                    raise ValueError(f"{axis}: words on an axis of type {kind}; {list(trace[letter])!r}"[:500])

    def _number(self, row: int | None, col: int) -> str:
        """Return how the axes of a cell end. Raises ValueError where the grid does not have it: Plotly would make room."""
        number = "" if (row or 1, col) == (1, 1) else str(((row or 1) - 1) * self._columns + col)
        if number and (col > self._columns or f"xaxis{number}" not in self.layout):
            raise ValueError(f"there is no cell in row {row}, column {col}")
        return number

    def _update_axes(self, letter: str, row: int | None, col: int, properties: Spec) -> Drawing:
        names = [name for name in self.layout if re.fullmatch(rf"{letter}axis\d*", name)]
        if row is not None or not names:
            names = [f"{letter}axis{self._number(row, col)}"]
        for name in names:
            _merge(self.layout, {name: properties})
        return self


def subplots(
    rows: int,
    columns: int = 1,
    titles: Sequence[str] | None = None,
    title_font: Spec | None = None,
    *,
    shared_x: bool = False,
    row_heights: tuple[float, ...] | None = None,
    horizontal_spacing: float = 0.0,
    vertical_spacing: float = 0.0,
) -> Drawing:
    """Return an empty drawing with a grid of axes, placed by Plotly; ``titles`` stand above its cells, row by row."""
    layout = copy.deepcopy(
        _grid(rows, columns, bool(titles), shared_x, row_heights, horizontal_spacing, vertical_spacing)
    )
    if titles:
        names = zip(layout["annotations"], titles, strict=False)
        layout["annotations"] = [note | {"text": title, "font": title_font or {}} for note, title in names]
    return Drawing(layout=layout, columns=columns)


@lru_cache(maxsize=64)
def _grid(
    rows: int, columns: int, titled: bool, shared_x: bool, heights: tuple[float, ...] | None, across: float, down: float
) -> Spec:
    grid = make_subplots(
        rows,
        columns,
        shared_xaxes=shared_x,
        row_heights=list(heights) if heights else None,
        horizontal_spacing=across,
        vertical_spacing=down,
        subplot_titles=["-"] * (rows * columns) if titled else None,
    )
    layout: Spec = grid.to_plotly_json()["layout"]
    layout.pop("template", None)
    return layout


def scatter(**properties: Any) -> Spec:
    """Return a trace of points, lines or texts."""
    return {"type": "scatter"} | properties


def bar(**properties: Any) -> Spec:
    """Return a trace of bars."""
    return {"type": "bar"} | properties


def heatmap(**properties: Any) -> Spec:
    """Return a trace of coloured cells."""
    return {"type": "heatmap"} | properties


class _Unchecked(go.Figure):  # type: ignore[misc]
    """Passes for a Plotly figure; what it says of itself is what it was given."""

    def __init__(self, spec: Spec) -> None:
        self.__dict__["_spec"] = spec

    def to_dict(self) -> Spec:
        spec: Spec = self.__dict__["_spec"]
        return spec


@lru_cache(maxsize=4)
def _template_named(name: str) -> Spec:
    return Kept(plotly.io.templates[name].to_plotly_json() if name else {})


def _template() -> Spec:
    """Return the template of a figure that names none, as Plotly would: Streamlit's front end fills it with its theme."""
    return _template_named(plotly.io.templates.default or "")


def _packed(node: Any) -> Any:
    """Return a copy whose arrays of numbers are as Plotly sends them, fractions in single precision: half the bytes."""
    if isinstance(node, Kept):
        return node.written()
    if isinstance(node, dict):
        return {name: value if type(value) in _PLAIN else _packed(value) for name, value in node.items()}
    if isinstance(node, np.ndarray):
        kind = {"f": "f4", "i": "i4", "u": "u4"}.get(node.dtype.kind)
        if kind is None or node.ndim > 2:
            return node.tolist()
        # A run of a map has hundreds: none is copied that need not be.
        values = np.ascontiguousarray(node, dtype=f"<{kind}")
        packed = {"dtype": kind, "bdata": binascii.b2a_base64(values.data, newline=False).decode("ascii")}
        return packed | ({"shape": f"{node.shape[0]}, {node.shape[1]}"} if node.ndim == 2 else {})
    if isinstance(node, list | tuple) and node and not isinstance(node[0], str | float | int):
        return [_packed(item) for item in node]
    return node


def _has_words(values: Any) -> bool:
    return values is not None and not isinstance(values, str) and any(isinstance(value, str) for value in values)


def _without_none(properties: Mapping[str, Any]) -> Spec:
    return {name: value for name, value in properties.items() if value is not None}


def _merge(into: Spec, new: Mapping[str, Any]) -> None:
    for name, value in new.items():
        if value is None:
            into.pop(name, None)
        elif isinstance(value, Mapping):
            into[name] = dict(into.get(name, {}))  # what was given may be shared
            _merge(into[name], value)
        else:
            into[name] = value


def _copied(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _copied(value) for name, value in node.items()}
    if isinstance(node, list | tuple):
        return [_copied(item) for item in node] if node and isinstance(node[0], dict | list | tuple) else list(node)
    return node


def _compare(own: Any, theirs: Any, where: str) -> None:
    """Raise ValueError where Plotly understood something else than what is written: a name with ``_``, a bare title."""
    if isinstance(own, Mapping):
        if not isinstance(theirs, Mapping) or set(own) - {"type"} != set(theirs) - {"type"}:
            raise ValueError(f"{where}: {sorted(own)}, but Plotly has {theirs!r}"[:500])
        for name in set(own) & set(theirs):
            _compare(own[name], theirs[name], f"{where}.{name}")
    elif isinstance(own, list | tuple) and any(isinstance(item, Mapping) for item in own):
        for place, (item, other) in enumerate(zip(own, theirs, strict=True)):
            _compare(item, other, f"{where}[{place}]")
    elif isinstance(theirs, Mapping) and "bdata" not in theirs:
        raise ValueError(f"{where}: {own!r}, but Plotly has {theirs!r}"[:500])
