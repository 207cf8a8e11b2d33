"""Figures of the view of points: the static one, those of a layer, their cosines, and how far the senses lie apart by layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.cells import numbers_on_cells
from app.charts.drawing import Drawing
from app.text import Say, number, plotly_text
from nlpcore.arrays import Floats
from nlpcore.text import shortened
from nlpcore.words.senses import Senses

Row = dict[str, Any]
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "hexagon", "star")
ON_EACH_OTHER = 0.005  # distance of unit vectors in the plane, under which two marks are one
BESIDE = {"middle left": (-1, 0), "middle right": (1, 0), "bottom center": (0, -1), "top center": (0, 1)}
COVERED = 0.7  # of a mark's width: a mark drawn later that lies nearer hides the number in the middle
_IN_A_LINE = 4  # senses in one line of a legend
_WRITTEN = 10  # sentences up to which cosines are written on their cells
_HIDDEN: dict[str, Any] = {"showgrid": False, "zeroline": False, "showticklabels": False, "ticks": ""}
_LONGEST = {"en": 16, "zh": 9}  # characters of a sentence beside its row


def colour_of(trace: Senses, i: int) -> str:
    """Return the colour of a sentence: that of its sense, grey without one."""
    told = trace.told
    return colours.CATEGORIES[told.index(trace.senses[i]) % 7] if trace.senses[i] else colours.GREY


def _symbol_of(trace: Senses, i: int) -> str:
    told = trace.told
    return SYMBOLS[told.index(trace.senses[i]) % len(SYMBOLS)] if trace.senses[i] else "circle-open"


def order(trace: Senses) -> list[int]:
    """Return the sentences as they are listed: sense by sense, those without one at the end."""
    told = trace.told
    return sorted(range(len(trace.senses)), key=lambda i: told.index(trace.senses[i]) if trace.senses[i] else len(told))


def _titled(height: int, title: str, hall: bool, named: int = 1) -> dict[str, Any]:
    """Return the layout of a figure that has its title in it: above the figure it would cost a laptop a line.

    ``named``: how many senses its legend has; each line of a long one makes it taller.
    """
    font = {"size": style.TEXT}
    more = (named - 1) // _IN_A_LINE * (30 if hall else 22)
    top = (84 if hall else 58) + more  # of the title and of a legend
    return style.base_layout(
        height + more,
        title={"text": f"<b>{title}</b>", "x": 0, "xanchor": "left", "y": 1, "yanchor": "top", "yref": "container",
               "font": font, "pad": {"t": 4}},
        margin=style.MARGIN | {"t": top},
    )  # fmt: skip


def static_point(trace: Senses, w: Say, hall: bool = False) -> Drawing:
    """Draw the one point that a static vector is, whatever the sentence."""
    count = len(trace.sentences)
    figure = Drawing(layout=_titled(270 if hall else 200, w("points.static"), hall) | {"showlegend": False})
    figure.add_scatter(
        x=[0],
        y=[0],
        mode="markers+text",
        marker={"size": 40 if hall else 28, "color": colours.edge_of(colours.GREY)},
        text=[w("points.all", count=count) if count > 1 else "1"],
        textposition="bottom center",
        textfont={"size": style.TEXT},
        hovertemplate=w("points.hover_static", count=count) + "<extra></extra>",
    )
    figure.update_xaxes(**_HIDDEN, range=[-1, 1])
    figure.update_yaxes(**_HIDDEN, range=[-1, 1])
    return figure


def _names(trace: Senses, layer: int, rows: list[int]) -> list[str]:
    """Return the numbers of some sentences; of those whose points lie on each other the last has all, above its mark."""
    names = []
    for i in rows:
        apart = np.linalg.norm(trace.flat[layer, rows] - trace.flat[layer, i], axis=1)
        same = [j for j, distance in zip(rows, apart.tolist(), strict=True) if distance < ON_EACH_OTHER]
        names.append(" · ".join(str(trace.numbers[j]) for j in same) if i == same[-1] else "")
    return names


def _position(places: Floats, i: int, name: str, reach: float) -> str:
    """Return where the name of a mark is written: in it, or beside it where it is long or a mark drawn later covers it.

    ``places`` (n, 2) are in the order in which they are drawn; what lies nearer than ``reach`` covers a name. Beside its mark
    a name stands where no other mark covers it, away from the nearest if it can.
    """
    later = places[i + 1 :] - places[i]
    distances = np.linalg.norm(later, axis=1)
    if name and (distances < reach).any():
        nearest = later[int(distances.argmin())]
        others = np.delete(places, i, axis=0) - places[i]
        away = sorted(
            BESIDE, key=lambda side: float(np.dot(BESIDE[side], nearest))
        )  # the side away from the nearest first
        room = {side: np.linalg.norm(others - 1.2 * reach * np.array(BESIDE[side]), axis=1).min() for side in away}
        return next((side for side in away if room[side] >= reach), max(away, key=lambda side: room[side]))
    return "middle center" if len(name) < 3 else "top center"


def point_map(trace: Senses, layer: int, w: Say, hall: bool = False) -> Drawing:
    """Draw the points of one layer in the plane of its two widest directions; the scale is the same in every layer."""
    across, up = (1.25 * max(float(reach), 0.05) for reach in np.abs(trace.flat).max(axis=(0, 1)))
    title = w("points.map", layer=layer) if layer else w("points.map_input")
    height, size = (270, 34) if hall else (310, 24)
    figure = Drawing(layout=_titled(height, title, hall, len(set(trace.senses))))
    drawn = trace.flat[layer, order(trace)]
    covered = COVERED * size * 2 * up / (height - 90)  # what is left of the height without title, legend and margins
    for sense in [*trace.told, ""]:
        rows = [i for i, each in enumerate(trace.senses) if each == sense]
        if not rows:
            continue
        colour, names = colour_of(trace, rows[0]), _names(trace, layer, rows)
        first = order(trace).index(rows[0])
        beside = [_position(drawn, first + n, name, covered) for n, name in enumerate(names)]
        inside = [each == "middle center" for each in beside]
        figure.add_scatter(
            x=trace.flat[layer, rows, 0],
            y=trace.flat[layer, rows, 1],
            mode="markers+text",
            name=plotly_text(shortened(sense, 18)) if sense else w("points.no_sense"),
            marker={
                "size": size,
                "color": colour,
                "symbol": _symbol_of(trace, rows[0]) if sense else "circle",
                "opacity": 0.9,
                "line": {"width": 1.5, "color": colours.edge_of(colour)},
            },
            text=names,
            textposition=beside,
            textfont={
                "size": style.SMALL,
                "color": [colours.readable_on(colour) if each else colours.edge_of(colour) for each in inside],
            },
            customdata=[[trace.numbers[i], plotly_text(shortened(trace.sentences[i], 60))] for i in rows],
            hovertemplate="%{customdata[0]}: %{customdata[1]}<extra>%{fullData.name}</extra>",
            cliponaxis=False,
        )
    figure.update_xaxes(**_HIDDEN, range=[-across, across])
    figure.update_yaxes(**_HIDDEN, range=[-up, up], scaleanchor="x", scaleratio=1)
    return figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0})


def point_rows(trace: Senses, layer: int) -> list[Row]:
    """Return the points of :func:`point_map` for the CSV, with the whole vectors."""
    return [
        {
            "number": trace.numbers[i],
            "sense": trace.senses[i],
            "sentence": trace.sentences[i],
            "layer": layer,
            "x": float(trace.flat[layer, i, 0]),
            "y": float(trace.flat[layer, i, 1]),
            **{f"d{n}": float(value) for n, value in enumerate(trace.points[layer, i], 1)},
        }
        for i in range(len(trace.sentences))
    ]


def static_rows(trace: Senses) -> list[Row]:
    """Return the static vector for the CSV."""
    return [{"word": trace.word, **{f"d{n}": float(value) for n, value in enumerate(trace.static, 1)}}]


def _cosine(value: float) -> str:
    text = number(value)
    return "1" if text == "1.00" else text.replace("0.", ".", 1)


def cosine_matrix(trace: Senses, layer: int, w: Say, language: str, hall: bool = False) -> Drawing:
    """Draw the cosine of each pair in one layer, the sentences sense by sense; colours mean the same in every layer."""
    rows, count = order(trace), len(trace.sentences)
    values = trace.cosines[layer][np.ix_(rows, rows)]
    bounds = (min(float(trace.cosines.min()), 0.9), 1.0)
    figure = Drawing()
    numbers = [str(trace.numbers[i]) for i in rows]
    figure.add_heatmap(
        z=values,
        zmin=bounds[0],
        zmax=bounds[1],
        colorscale=colours.MAGNITUDE,
        showscale=False,
        xgap=1,
        ygap=1,
        customdata=[[[one, other] for other in numbers] for one in numbers],
        hovertemplate=w("points.hover_cosine") + "<extra></extra>",
    )
    if count <= _WRITTEN:
        figure.add(numbers_on_cells(values, colours.MAGNITUDE, bounds, _cosine, style.SMALL))
    longest = _LONGEST.get(language, 16)
    names = [f"{plotly_text(shortened(trace.sentences[i], longest))}  {trace.numbers[i]}" for i in rows]
    plain: dict[str, Any] = {"showgrid": False, "zeroline": False, "tickvals": list(range(count))}
    small = style.SMALL
    figure.update_xaxes(**plain, ticktext=numbers, side="top", range=[-0.5, count - 0.5], tickfont={"size": small})
    figure.update_yaxes(**plain, ticktext=names, range=[count - 0.5, -0.5], tickfont={"size": small})
    senses = [trace.senses[i] for i in rows]
    for edge in (place - 0.5 for place in range(1, count) if senses[place] != senses[place - 1]):
        line = {"width": 3, "color": colours.FOCUS}
        figure.add_shape(type="line", x0=edge, x1=edge, y0=-0.5, y1=count - 0.5, line=line)
        figure.add_shape(type="line", y0=edge, y1=edge, x0=-0.5, x1=count - 0.5, line=line)
    height = count * (24 if hall else 28 if count <= 12 else 22) + 44
    return figure.update_layout(style.base_layout(height, showlegend=False))


def cosine_rows(trace: Senses, layer: int) -> list[Row]:
    """Return the pairs of :func:`cosine_matrix` for the CSV."""
    return [
        {
            "first": trace.numbers[i],
            "first_sense": trace.senses[i],
            "second": trace.numbers[j],
            "second_sense": trace.senses[j],
            "layer": layer,
            "cosine": float(trace.cosines[layer, i, j]),
        }
        for i in range(len(trace.sentences))
        for j in range(i + 1, len(trace.sentences))
    ]


def layer_curve(trace: Senses, layer: int, w: Say, hall: bool = False) -> Drawing:
    """Draw the mean silhouette by layer; the best one and the one on the screen are marked."""
    values = trace.by_layer
    best = int(np.argmax(values))
    layers = list(range(trace.layers + 1))
    figure = Drawing(layout=style.base_layout(260 if hall else 290, showlegend=False))
    figure.add_scatter(
        x=layers,
        y=values,
        mode="lines+markers+text",
        line={"color": colours.edge_of(colours.BLUE), "width": 3},
        marker={
            "size": [16 if each == best else 9 for each in layers],
            "color": [colours.edge_of(colours.VERMILLION if each == best else colours.BLUE) for each in layers],
        },
        text=[number(float(value)) for value in values],
        textposition=[_beside(values.tolist(), each) for each in layers],
        textfont={"size": style.TEXT},
        cliponaxis=False,
        hovertemplate=w("points.hover_curve") + "<extra></extra>",
    )
    figure.add_line(x=layer, line={"width": 1.5, "dash": "dot", "color": colours.GREY})
    low, high = float(values.min()), float(values.max())
    room = 0.35 * max(high - low, 0.1)  # for the numbers
    figure.update_xaxes(tickvals=layers, title={"text": w("points.layer_axis")}, range=[-0.4, trace.layers + 0.4])
    figure.update_yaxes(
        title={"text": w("points.silhouette")}, range=[min(low, 0) - room, max(high, 0) + room], zeroline=True
    )
    return figure


def _beside(values: list[float], place: int) -> str:
    """Return the side of a point on which its number stands clear of the line: below where both neighbours are higher."""
    around = [values[each] for each in (place - 1, place + 1) if 0 <= each < len(values)]
    return "bottom center" if around and all(value > values[place] for value in around) else "top center"


def curve_rows(trace: Senses) -> list[Row]:
    """Return the numbers of :func:`layer_curve` for the CSV, and those of each sentence."""
    return [
        {"layer": layer, "silhouette": float(trace.by_layer[layer])}
        | {f"sentence_{trace.numbers[i]}": float(trace.silhouettes[layer, i]) for i, s in enumerate(trace.senses) if s}
        for layer in range(trace.layers + 1)
    ]
