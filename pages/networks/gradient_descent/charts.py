"""Figures of the walks downhill: a surface with its path, the loss on the way, the data with their line."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.drawing import Drawing, Spec
from app.text import Say, number
from nlpcore.arrays import Floats
from nlpcore.networks.batches import LineFit, Sizes, examples, line_loss
from nlpcore.networks.optimizers import Descent
from nlpcore.networks.surfaces import surface
from nlpcore.networks.walks import Walk

PATH, GOAL, BATCH = colours.VERMILLION, colours.GREEN, colours.VERMILLION
STEP = colours.edge_of(colours.PURPLE)
SIZE_COLOURS = (colours.VERMILLION, colours.ORANGE, colours.SKY, colours.BLUE)
HEIGHT, SIDE_HEIGHT = 400, 400
_CELLS = 61  # of a surface, along each weight
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LEAST_DRAWN = 1e-6  # of a loss above the lowest, on a logarithmic axis
_LOGARITHMIC = 50  # times: losses that differ more are drawn on a logarithmic axis
Span = tuple[float, float]
_LINE = ((-3.0, 4.0), (-1.0, 10.0))  # slope and intercept of a line through data
# What is drawn of a surface: along the first weight and along the second.
WINDOWS: Mapping[str, tuple[Span, Span]] = MappingProxyType(
    {
        "bowl": ((-2.6, 2.6), (-2.6, 2.6)),
        "ravine": ((-2.6, 2.6), (-1.6, 1.6)),
        "two_valleys": ((-2.4, 2.4), (-1.6, 1.6)),
        "saddle": ((-1.9, 1.9), (-1.9, 1.9)),
        "scaled": _LINE,
        "unscaled": _LINE,
    }
)
_QUIET: Spec = {"visible": True, "showgrid": False, "zeroline": False, "fixedrange": True}


def walk_figure(trace: Walk, step: int, w: Say, hall: bool = False) -> Drawing:
    """Draw a landscape with the path up to the end of ``step`` (from 0); -1 is before the first."""
    return _surface_figure(trace.name, trace.descent, trace.lowest, step, (w("axis.w1"), w("axis.w2")), w, hall)


def fit_figure(trace: LineFit, step: int, w: Say, hall: bool = False) -> Drawing:
    """Draw the loss of the data over slope and intercept, with the path up to the end of ``step``."""
    name = "scaled" if abs(float(trace.inputs.mean())) < 1e-6 else "unscaled"
    axes = (w("axis.slope"), w("axis.intercept"))
    return _surface_figure(name, trace.descent, trace.lowest, step, axes, w, hall)


def _surface_figure(
    name: str, descent: Descent, lowest: Floats, step: int, axes: tuple[str, str], w: Say, hall: bool
) -> Drawing:
    across, up = window(name)
    figure = Drawing([landscape(name)])
    points = descent.points[: step + 2]
    figure.add_scatter(
        x=lowest[:, 0], y=lowest[:, 1], mode="markers", name=w("legend.lowest"), hoverinfo="skip",
        marker={"symbol": "star", "size": 16, "color": GOAL, "line": {"width": 1.5, "color": "#FFFFFF"}},
    )  # fmt: skip
    figure.add_scatter(
        x=points[:, 0], y=points[:, 1], mode="lines+markers", name=w("legend.path"), showlegend=False,
        line={"color": PATH, "width": 2.5}, marker={"size": 6, "color": PATH, "line": {"width": 1, "color": "#FFFFFF"}},
        customdata=[f"{value:.4g}" for value in descent.values[: step + 2]],
        hovertemplate=w("hover.point") + "<extra></extra>",
    )  # fmt: skip
    # Where the step that is shown begins, and where it leads.
    ends = points[max(len(points) - 2, 0) :]
    figure.add_scatter(
        x=ends[:, 0], y=ends[:, 1], mode="lines+markers", name=w("legend.step"), hoverinfo="skip",
        line={"color": STEP, "width": 3},
        marker={"size": [11, 14][-len(ends) :], "symbol": ["circle-open", "circle"][-len(ends) :], "color": STEP,
                "line": {"width": 2, "color": "#FFFFFF"}},
    )  # fmt: skip
    figure.update_xaxes(title={"text": axes[0]}, range=list(across), **_QUIET)
    figure.update_yaxes(title={"text": axes[1]}, range=list(up), **_QUIET)
    legend = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False}
    margin = {"l": 8, "r": 8, "t": 44 if hall else 30, "b": 8}
    return figure.update_layout(style.base_layout(HEIGHT, legend=legend, margin=margin))


def window(name: str) -> tuple[Span, Span]:
    """Return what is drawn of a surface."""
    return WINDOWS[name]


@lru_cache(maxsize=8)
def landscape(name: str) -> Spec:
    """Return the surface as coloured levels: dark is low. Their roots, so that the slopes of a bowl have even levels."""
    across, up = window(name)
    xs, ys = np.linspace(*across, _CELLS), np.linspace(*up, _CELLS)
    height = height_of(name)
    values = np.array([[height(np.array([x, y]))[0] for x in xs] for y in ys])
    return {"type": "contour"} | {
        "x": xs, "y": ys, "z": np.sqrt(values - values.min()), "colorscale": colours.MAGNITUDE, "showscale": False,
        "ncontours": 18, "opacity": 0.75, "line": {"width": 0.7, "color": "#FFFFFF"}, "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip


def height_of(name: str) -> Callable[[Floats], tuple[float, Floats]]:
    """Return the surface of this name: a landscape, or the loss of the ``scaled`` or ``unscaled`` data."""
    return line_loss(*examples(name == "scaled")) if name in ("scaled", "unscaled") else surface(name)  # type: ignore[arg-type]


def loss_figure(descent: Descent, step: int, w: Say, hall: bool = False) -> Drawing:
    """Draw the loss after each step up to ``step``, the shown one marked."""
    values = descent.values[: step + 2]
    figure = Drawing()
    numbers = list(range(len(values)))
    figure.add_scatter(
        x=numbers, y=values, mode="lines+markers", line={"color": PATH, "width": 2.5}, marker={"size": 5, "color": PATH},
        hovertemplate=w("hover.loss") + "<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=numbers[-1:], y=values[-1:], mode="markers", hoverinfo="skip", cliponaxis=False,
        marker={"size": 12, "color": PATH, "line": {"width": 2, "color": "#FFFFFF"}},
    )  # fmt: skip
    where, height = _beside(values)
    figure.add_scatter(
        x=numbers[-1:], y=[height], mode="markers+text", text=[loss_said(float(values[-1]))], textposition=where,
        textfont={"size": style.TEXT}, hoverinfo="skip", cliponaxis=False,
        marker={"size": 12, "opacity": 0},  # as far from it as from the one that is seen
    )  # fmt: skip
    rising = values.max() > _LOGARITHMIC * max(values.min(), 1e-12) and values.min() > 0
    if rising:
        decades = math.log10(values.max() / values.min())
        figure.update_yaxes(**_powers(values, max(1, math.ceil(decades / 5))))
    else:
        figure.update_yaxes(type="linear", nticks=6)
    figure.update_yaxes(title={"text": w("axis.loss_log" if rising else "axis.loss")})
    count = max(len(values) - 1, 5)
    figure.update_xaxes(
        title={"text": w("axis.updates")},
        range=[-0.04 * count, (1.08 if len(values) > 20 else 1.35) * count],
        dtick=_tick(count),
    )
    margin = {"l": 8, "r": 8, "t": 44 if hall else 30, "b": 8}
    return figure.update_layout(style.base_layout(SIDE_HEIGHT, showlegend=False, margin=margin))


def _beside(values: Floats) -> tuple[str, float]:
    """Return on which side the last number of a curve stands clear of it, and of what height."""
    last = float(values[-1])
    if len(values) <= 20:
        return "middle right", last
    if last > values[0]:
        return "top left", last
    return "bottom left", float(values[-len(values) // 3 :].min())  # under the dips of a curve that swings


def _tick(count: int) -> int:
    return next(tick for tick in (1, 2, 5, 10, 20, 50, 100) if count <= 6 * tick or tick == 100)


def data_figure(trace: LineFit, step: int, w: Say, hall: bool = False) -> Drawing:
    """Draw the words with the line before and after the step, and those of its batch marked."""
    figure = Drawing()
    of = trace.batches[step] if 0 <= step < len(trace.batches) else np.zeros(0, dtype=np.int64)
    if len(of) == len(trace.words):
        of = of[:0]  # all of them: none stands out
    low, high = float(trace.inputs.min()), float(trace.inputs.max())
    figure.add_scatter(
        x=trace.inputs, y=trace.lengths, mode="markers", hoverinfo="skip", name=w("legend.words"), showlegend=False,
        marker={"size": 5, "color": colours.with_alpha(colours.BLUE, 0.45)},
    )  # fmt: skip
    names = [trace.words[i] for i in of]
    figure.add_scatter(
        x=trace.inputs[of], y=trace.lengths[of], mode="markers", name=w("legend.batch"), customdata=names,
        hovertemplate="%{customdata}<extra></extra>", cliponaxis=False,
        marker={"size": 13 if len(of) == 1 else 8, "color": BATCH, "line": {"width": 1, "color": "#FFFFFF"}},
    )  # fmt: skip
    ends = trace.descent.points[max(step, 0) : step + 2]
    for line, dash, name in zip(ends[::-1], ("solid", "dot"), ("legend.after", "legend.before"), strict=False):
        figure.add_scatter(
            x=[low, high], y=[line[0] * low + line[1], line[0] * high + line[1]], mode="lines", name=w(name),
            line={"color": colours.edge_of(colours.GREY), "width": 3, "dash": dash}, hoverinfo="skip",
        )  # fmt: skip
    figure.update_xaxes(title={"text": w("axis.scaled" if low < 0 else "axis.log_count")}, fixedrange=True)
    figure.update_yaxes(title={"text": w("axis.letters")}, range=[-1, 16], dtick=5, fixedrange=True)
    legend = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False}
    margin = {"l": 8, "r": 8, "t": 44 if hall else 30, "b": 8}
    return figure.update_layout(style.base_layout(SIDE_HEIGHT, legend=legend, margin=margin))


def walks_figure(walks: Mapping[str, Walk], w: Say) -> Drawing:
    """Draw the loss of walks that differ in their method alone, on one logarithmic axis above the lowest loss that there is."""
    least = min(float(surface(trace.name)(point)[0]) for trace in walks.values() for point in trace.lowest)
    figure, drawn = Drawing(), list[Floats]()
    for (method, trace), colour in zip(walks.items(), (colours.ORANGE, colours.BLUE, colours.GREEN), strict=True):
        values = np.maximum(trace.descent.values - least, _LEAST_DRAWN)
        drawn.append(values)
        figure.add_scatter(
            x=list(range(len(values))), y=values, mode="lines", name=w(f"method.{method}"),
            line={"color": colour, "width": 3}, hovertemplate="%{y:.3g}<extra></extra>",
        )  # fmt: skip
    return _compared(figure, w("axis.updates"), np.concatenate(drawn), w)


def sizes_figure(trace: Sizes, w: Say) -> Drawing:
    """Draw the loss above the least over the examples that were seen, for each size of the batches."""
    figure, drawn = Drawing(), list[Floats]()
    for size, descent, colour in zip(trace.sizes, trace.descents, SIZE_COLOURS, strict=True):
        kept = _thinned(len(descent.values))
        drawn.append(np.maximum(descent.values[kept] - trace.least, _LEAST_DRAWN))
        figure.add_scatter(
            x=kept * size, y=drawn[-1], mode="lines+markers",
            name=w("legend.size", size=f"{size:,}"), line={"color": colour, "width": 2.5},
            marker={"size": 6 if len(kept) < 40 else 1, "color": colour}, hovertemplate="%{x:,}: %{y:.3g}<extra></extra>",
        )  # fmt: skip
    return _compared(figure, w("axis.examples"), np.concatenate(drawn), w)


def _thinned(count: int, most: int = 300) -> np.ndarray:
    """Return at most so many of the indices 0 to ``count`` - 1, evenly, the last one among them."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))


def _powers(values: Floats, apart: int) -> dict[str, Any]:
    """Return a logarithmic axis with a tick every ``apart`` powers of ten, raised as in texts: a hall cannot read Plotly's."""
    ends = np.floor(np.log10([values.min(), values.max() * 10])).astype(int)
    ticks = [power for power in range(ends[0], ends[1] + 1) if power % apart == 0]
    said = [f"{10.0**power:g}" if abs(power) < 3 else f"10{str(power).translate(_RAISED)}" for power in ticks]
    return {"type": "log", "tickvals": [10.0**power for power in ticks], "ticktext": said}


def _compared(figure: Drawing, across: str, losses: Floats, w: Say) -> Drawing:
    figure.update_xaxes(title={"text": across}, nticks=6)
    decades = math.log10(losses.max() / losses.min())
    figure.update_yaxes(title={"text": w("axis.above")}, **_powers(losses, max(1, math.ceil(decades / 8))))
    legend = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"}
    return figure.update_layout(style.base_layout(400, legend=legend, margin={"l": 8, "r": 8, "t": 44, "b": 8}))


def walk_rows(descent: Descent, steps: int, names: tuple[str, str]) -> list[dict[str, Any]]:
    """Return a row for each point of the first ``steps`` steps for the CSV; ``names``: of the two weights."""
    first, second = names
    rows: list[dict[str, Any]] = []
    for n, (point, value) in enumerate(zip(descent.points[: steps + 1], descent.values, strict=False)):
        slope = [float(each) for each in descent.gradients[n]] if n < min(steps, len(descent.gradients)) else ["", ""]
        rows.append(
            {"update": n, first: float(point[0]), second: float(point[1]), "loss": float(value)}
            | {f"gradient_{first}": slope[0], f"gradient_{second}": slope[1]}
        )
    return rows


def data_rows(trace: LineFit, step: int) -> list[dict[str, Any]]:
    """Return the words for the CSV, with the mark of those in the batch of the step that is shown."""
    of = set(trace.batches[step].tolist()) if 0 <= step < len(trace.batches) else set()
    rows = zip(trace.words, trace.inputs, trace.lengths, strict=True)
    return [
        {"word": word, "x": float(x), "letters": int(letters), "in_batch": i in of}
        for i, (word, x, letters) in enumerate(rows)
    ]


def walks_rows(walks: Mapping[str, Walk]) -> list[dict[str, Any]]:
    """Return the losses of the compared walks for the CSV."""
    longest = max(len(trace.descent.values) for trace in walks.values())
    return [
        {"update": n} | {m: float(t.descent.values[n]) if n < len(t.descent.values) else "" for m, t in walks.items()}
        for n in range(longest)
    ]


def sizes_rows(trace: Sizes) -> list[dict[str, Any]]:
    """Return the losses of the compared sizes for the CSV."""
    return [
        {"batch_size": size, "examples": int(n) * size, "updates": int(n), "loss": float(descent.values[n])}
        for size, descent in zip(trace.sizes, trace.descents, strict=True)
        for n in _thinned(len(descent.values))
    ]


def loss_said(value: float) -> str:
    """Return a loss as it stands in texts: three digits that count, a very large or small one with a power of ten."""
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return number(value, ".3g")
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{number(float(mantissa))}\u00a0×\u00a010{str(int(exponent)).translate(_RAISED)}"


def place_said(value: float) -> str:
    """Return a weight as it stands in texts: two decimals, a very large one with a power of ten."""
    return number(value) if abs(value) < 1e4 else loss_said(value)
