"""Parts of the embedding map's figures: axes, points, the scale of trust, and the run with play, pause and slider."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.charts import colours, drawing, style
from app.charts.drawing import Drawing, Kept, Spec
from app.text import Say
from nlpcore.arrays import Floats
from nlpcore.words.projection import Projection
from nlpcore.words.projection_toys import ToyMap
from nlpcore.words.projection_words import WordMap

# What a trace draws of a map: these points, in order, -1 is a gap between two lines; or what finds places in the coordinates
# of one map, (n, 2), or of several, (maps, n, 2).
Places = NDArray[np.int64] | Callable[[Floats], Floats]
Moves = Sequence[Spec]  # what each frame of the run draws of a trace; none where nothing runs
HEIGHT = 600  # px of the main figure
TOY_HEIGHT, TOY_HEIGHT_IN_A_HALL = 470, 395  # px of a toy set beside its map, each of which has half of the width
QUIET = "rgba(128,128,128,0.55)"
# Around points whose colour is a magnitude: its scale begins as dark as the dark page and ends as pale as the light one.
OUTLINE: dict[str, Any] = {"width": 1, "color": colours.GREY}
_EDGE = 1.2  # px: of a mark whose colour is a kind
_MILLISECONDS = 70  # a frame
# Grey and yellow are too faint for points; a second and third round through the colours changes the symbol.
_HUES = tuple(c for c in colours.CATEGORIES if c not in (colours.GREY, colours.YELLOW))
_SYMBOLS = ("circle", "diamond", "square", "triangle-up")


def look_of(place: int) -> tuple[str, str]:
    """Return colour and symbol of the category at ``place`` (from 0): both differ, for those who see few colours."""
    return _HUES[place % len(_HUES)], _SYMBOLS[place // len(_HUES) % len(_SYMBOLS)]


def word_marker(trace: WordMap, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the marker that shows each word's category; ``names``: category id -> name, in the order of the colours."""
    looks = {name: look_of(place) for place, name in enumerate(names)} | {"": (colours.MUTED, "circle")}
    return {
        "color": [looks[kind][0] for kind in trace.categories],
        "symbol": [looks[kind][1] for kind in trace.categories],
        "line": edge([looks[kind][0] for kind in trace.categories]),
    }


def edge(hues: Sequence[str]) -> dict[str, Any]:
    """Return what edges marks of these colours, so that they stand out on a light page and on a dark one."""
    return {"width": _EDGE, "color": [colours.edge_of(hue) for hue in hues]}


def toy_marker(trace: ToyMap, w: Say, colour: str = "category") -> dict[str, Any]:
    """Return the marker of a toy set: its groups, the order along a chain, or how far each point can be trusted."""
    everybody = np.arange(len(trace.toy.groups))
    if colour == "trust":
        return {"size": 8} | trust_scale(trace.projection, w) | {"showscale": False}
    if trace.toy.name == "chain":  # an order, not kinds
        return {"size": 8, "color": everybody, "colorscale": colours.MAGNITUDE, "line": OUTLINE}
    hues = [look_of(int(g))[0] for g in trace.toy.groups]
    return {"size": 8, "color": hues, "line": edge(hues)}


def trust_scale(projection: Projection, w: Say, hidden: Sequence[int] = ()) -> dict[str, Any]:
    """Return the marker that colours each point by how many of its nearest the map kept, with its scale.

    ``hidden``: points that have no colour of the scale.
    """
    k = projection.quality.k
    kept = projection.quality.preserved * k
    kept = np.where(np.isin(np.arange(len(kept)), hidden), np.nan, kept)
    steps = [0, k // 2, k]
    return {
        "color": kept,
        "cmin": 0,
        "cmax": k,
        "colorscale": colours.MAGNITUDE,
        "showscale": True,
        "line": OUTLINE,
        "colorbar": bar(w("figure.kept", k=k), steps, [str(s) for s in steps]),
    }


def bar(title: str, ticks: Sequence[float], text: Sequence[str]) -> dict[str, Any]:
    return {
        "thickness": 14,
        "len": 0.7,
        "title": {"text": title, "side": "right", "font": {"size": style.TEXT}},
        "tickfont": {"size": style.SMALL},
        "tickvals": list(ticks),
        "ticktext": list(text),
        "outlinewidth": 0,
    }


# -- the run -----------------------------------------------------------------------------------------------------------


def points_at(coordinates: Floats, places: Places) -> Floats:
    """Return the points that a trace draws of one map, (n, 2), or of several, (maps, n, 2)."""
    if callable(places):
        return places(coordinates)
    gap = np.full((*coordinates.shape[:-2], 1, 2), np.nan)
    found: Floats = np.concatenate([coordinates, gap], axis=-2)[..., places, :]
    return found


def moves(projection: Projection, places: Places) -> Moves:
    """Return what each frame of the run draws of a trace: the same points of each map."""
    if not projection.frames:
        return ()
    run = xy(points_at(_maps(projection), places))
    return [Kept(drawing.scatter(x=x, y=y)) for x, y in zip(run["x"], run["y"], strict=True)]


@lru_cache(maxsize=8)
def _maps(projection: Projection) -> Floats:
    """Return the coordinates of every frame of the run, (frames, n, 2)."""
    return np.stack([frame.coordinates for frame in projection.frames])


def add_run(figure: Drawing, projection: Projection, moving: Sequence[Moves | None], w: Say) -> None:
    """Add frames, play, pause and the slider. ``moving``: for each trace how it :func:`moves`, None where it rests.

    The figure opens with the final map, and nothing moves until the learner starts it. What rests is in every frame too:
    Plotly forgets the drawing of a trace that a frame leaves out, and then fails at the next click on any other.
    """
    if not projection.frames:
        return
    traces, rests = list(range(len(moving))), [_RESTS] * len(projection.frames)
    columns = (rests if moves_of_one is None else moves_of_one for moves_of_one in moving)
    figure.frames = [
        {"name": str(frame.iteration), "traces": traces, "data": list(data)}
        for frame, data in zip(projection.frames, zip(*columns, strict=True), strict=True)
    ]
    figure.update_layout(sliders=[_slider(projection, w)], updatemenus=[_buttons(w)])


_RESTS = Kept(drawing.scatter())


def _animate(target: list[str] | list[None] | None, **more: Any) -> list[Any]:
    timing = {"frame": {"duration": _MILLISECONDS, "redraw": False}, "transition": {"duration": 0}}
    return [target, timing | {"mode": "immediate"} | more]


@lru_cache(maxsize=16)
def _steps(projection: Projection) -> list[Spec]:
    """Return the slider's steps: one to each frame."""
    return [
        Kept(
            method="animate",
            label=f"{frame.iteration} · {frame.kl_divergence:.2f}",
            args=_animate([str(frame.iteration)]),
        )
        for frame in projection.frames
    ]


def _slider(projection: Projection, w: Say) -> dict[str, Any]:
    steps = _steps(projection)
    return {
        "active": len(steps) - 1,
        "steps": steps,
        "x": 0.02,
        "len": 0.96,
        "y": 0,
        "pad": {"t": 14, "b": 0},
        "currentvalue": {"prefix": w("figure.iteration_kl") + " ", "font": {"size": style.TEXT}, "xanchor": "right"},
        "font": {"size": style.SMALL},
        "bgcolor": QUIET,
        "activebgcolor": colours.MODEL,
        "borderwidth": 0,
        "ticklen": 0,
        "minorticklen": 0,
    }


def _buttons(w: Say) -> dict[str, Any]:
    play = _animate(None, fromcurrent=False)
    pause = _animate([None], frame={"duration": 0, "redraw": False})
    return {
        "type": "buttons",
        "direction": "left",
        "x": 0,
        "xanchor": "left",
        "y": 0,
        "yanchor": "top",
        "pad": {"t": 4, "r": 0},
        "showactive": False,
        "bgcolor": "rgba(128,128,128,0.12)",
        "bordercolor": QUIET,
        "font": {"size": style.TEXT, "color": colours.VERMILLION},
        "buttons": [
            {"label": "▶ " + w("figure.play"), "method": "animate", "args": play},
            {"label": "❚❚", "method": "animate", "args": pause},
        ],
    }


# -- small parts -------------------------------------------------------------------------------------------------------


def whole(coordinates: Floats) -> Floats:
    """Return the low and the high corner, (2, 2), of a whole map."""
    reach = np.abs(coordinates).max(axis=0)
    return np.stack([-reach, reach])


def room_around(box: Floats) -> Floats:
    """Return the corners of what is drawn of a map between two corners: with room for labels, on a phone too."""
    centre, reach = box.mean(axis=0), (box[1] - box[0]) / 2 * 1.08 + 1e-9
    return np.stack([centre - reach, centre + reach])


def layout(box: Floats, domain: tuple[float, float] = (0.0, 1.0), height: int = HEIGHT) -> dict[str, Any]:
    """Return the layout of a map between the low and the high corner ``box``, (2, 2)."""
    (left, low), (right, high) = room_around(box).tolist()
    return style.base_layout(
        height,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        hovermode="closest",
        dragmode="pan",
        xaxis=axis(domain=domain, range=[left, right]),
        # A phone's figure is higher than its map: what is left is below, and not between the legend and the dots.
        yaxis=axis(scaleanchor="x", range=[low, high], constraintoward="top"),
        legend={
            "orientation": "h",
            "x": 0.5,
            "xanchor": "center",
            "y": 1.02,  # a label above the uppermost point stands out of the plot
            "yanchor": "bottom",
            "itemsizing": "constant",
            "itemclick": False,
            "itemdoubleclick": False,
        },
    )


def axis(**more: Any) -> dict[str, Any]:
    return {"showgrid": False, "zeroline": False, "showticklabels": False, "ticks": "", **more}


def heading(text: str, x: float) -> dict[str, Any]:
    return {
        "text": f"<b>{text}</b>",
        "x": x,
        "xanchor": "center",  # else Plotly has what stands in the left third begin there
        "y": 1,
        "xref": "paper",
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": 4,
        "showarrow": False,
        "font": {"size": style.TEXT},
    }


def scatter(points: Floats, marker: Mapping[str, Any], **more: Any) -> Spec:
    drawn: dict[str, Any] = {"mode": "markers", "showlegend": False} | more
    return drawing.scatter(**xy(points), marker=dict(marker), **drawn)


def xy(points: Floats) -> dict[str, NDArray[np.float32]]:
    """Return x and y of points (n, 2), NaN for gaps; of several maps, (maps, n, 2), those of each in a row."""
    return {"x": short(points[..., 0]), "y": short(points[..., 1])}


def short(values: Floats) -> NDArray[np.float32]:
    """Half the bytes on the way to the browser; a pixel needs no more."""
    return np.ascontiguousarray(values, dtype=np.float32)
