"""Attention maps as figures: one head, all heads at a glance, one dot product, what each head does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.charts import colours, drawing, style
from app.charts.cells import numbers_on_cells
from app.charts.drawing import Drawing, Spec
from app.charts.mosaic import mosaic, root_scale
from app.text import Say, plotly_text, told_apart
from nlpcore.arrays import descending
from nlpcore.attention import AttentionMaps, HeadSummaries, HeadVectors
from pages.transformers.attention import bars, labels
from pages.transformers.attention.bars import MOST_CLICKABLE
from pages.transformers.attention.labels import Labels

Array = NDArray[np.floating[Any]]

MOST_SLANTING = 14  # tokens of a hall's map beside all heads: a line of its type fits between two slanting names
_BARS = 0.8  # the heatmap ends here, the bars of the chosen row begin a little above
_ROW, _HEIGHT, _HIGHEST = 21, 560, 840  # px of height for each token, and of the whole figure
_ALL_IN_A_HALL = 19  # tokens that all have their label there; the last two need a higher figure
FEW_LAYERS = 12  # whose thumbnails are large enough in a low figure too
SEGMENTS = (colours.GREEN, colours.PURPLE)


# -- one head ----------------------------------------------------------------------------------------------------------


def head_map(
    maps: AttentionMaps,
    w: Say,
    layer: int,
    head: int,
    query: int,
    secret: int | None = None,
    needed: Sequence[int] = (),
    hall: bool = False,
) -> Drawing:
    """Draw one head: the weights as a heatmap, and above it the chosen query's row as bars over the same keys.

    ``secret``: a query whose row is left blank until the learner has guessed. ``needed``: keys whose columns have their
    label however many there are, as the query's row has; so have the others of them where they have room. ``hall``: it
    will be enlarged.
    """
    weights = maps.weights[layer, head].astype(np.float32)
    if secret is not None:
        weights = weights.copy()
        weights[secret] = np.nan
    n = len(maps.tokens)
    higher = max(0, labels.height(n) - _HEIGHT) if n <= _ALL_IN_A_HALL else 3 * max(0, n - 40)
    height = _HEIGHT + higher if hall else max(_HEIGHT, min(_ROW * n, _HIGHEST))
    strongest = [] if query == secret else [int(weights[query].argmax())]
    rows = labels.some(maps.tokens, [query], [*needed, *strongest], height, hall)
    # In bold, so that a phone leaves none of them out.
    columns = labels.some(maps.tokens, needed, [*strongest, query], height, hall, bold=True)
    figure = Drawing([_heatmap(weights, w), bars.drawn(weights[query], maps.tokens), _targets(weights, maps.tokens, w)])
    tallest = float(np.nanmax(weights[query])) if query != secret else 1.0
    figure.update_layout(**_map_layout(maps, w, query, height, tallest or 1.0, (rows, columns), hall))
    figure.add_shape(_row_outline(n, query))
    for shape in _segment_strips(maps):
        figure.add_shape(shape)
    for number in bars.numbers_aside(weights[query]):
        figure.add_annotation(number)
    if secret is not None:
        figure.add_annotation(_question(n, secret))
        if query == secret:
            figure.add_annotation(_bars_to_come(w))
    return figure


def _heatmap(weights: Array, w: Say) -> Spec:
    largest = float(np.nanmax(weights)) if np.isfinite(weights).any() else 1.0
    return drawing.heatmap(
        z=weights,
        zmin=0,
        zmax=largest or 1.0,
        colorscale=root_scale(),
        colorbar={
            "title": {"text": w("figure.weight"), "side": "top"},
            "thickness": 12,
            "len": _BARS,
            "y": _BARS,
            "yanchor": "top",
        },
        hoverinfo="none" if len(weights) <= MOST_CLICKABLE else None,
        hovertemplate=None if len(weights) <= MOST_CLICKABLE else "%{z:.2f}<extra></extra>",
        xgap=1 if len(weights) <= 40 else 0,
        ygap=1 if len(weights) <= 40 else 0,
    )


def _targets(weights: Array, tokens: Sequence[str], w: Say) -> Spec:
    """Invisible marks that can be clicked and hovered: Plotly reports no selection in a heatmap itself."""
    n = len(tokens)
    if n <= MOST_CLICKABLE:
        y, x = (axis.ravel() for axis in np.mgrid[0:n, 0:n])
    else:
        y, x = np.arange(n), np.full(n, -1)
    names = [plotly_text(name) for name in told_apart(tokens)]
    value = [weights[i, j] if j >= 0 else np.nan for i, j in zip(y, x, strict=True)]
    text = [
        names[i] if j < 0 else f"{names[i]} → {names[j]}: " + ("?" if np.isnan(v) else f"{v:.2f}")
        for i, j, v in zip(y, x, value, strict=True)
    ]
    faint = 0.0 if n <= MOST_CLICKABLE else 0.5
    return drawing.scatter(
        x=x,
        y=y,
        mode="markers",
        marker={"symbol": "square", "size": 8, "opacity": faint, "color": colours.QUERY},
        selected={"marker": {"opacity": faint}},
        unselected={"marker": {"opacity": faint}},
        text=text,
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )


def _map_layout(
    maps: AttentionMaps, w: Say, query: int, height: int, tallest: float, named: tuple[Labels, Labels], hall: bool
) -> dict[str, Any]:
    n = len(maps.tokens)
    left = -0.5 if n <= MOST_CLICKABLE else -1.8
    edge = left - 0.035 * n if len(set(maps.segments)) > 1 else left
    rows, columns = named
    own = f"<b>{rows[query].removeprefix('<b>').removesuffix('</b>')}</b>"
    size = style.TEXT if n <= 20 and labels.fit(style.TEXT, n, height, hall) else style.SMALL
    return style.base_layout(
        height,
        xaxis=_ticks(columns) | {
            "range": [edge, n - 0.5], "autotickangles": _angles(n, hall), "tickfont": {"size": size},
            "title": {"text": _keyed(colours.KEY, w("figure.keys"))}, "zeroline": False, "side": "bottom",
        },
        yaxis=_ticks({**rows, query: own}) | {
            "range": [n - 0.5, -0.5 - (0.035 * n if edge < left else 0)], "domain": [0, _BARS], "zeroline": False,
            "tickfont": {"size": size}, "title": {"text": _keyed(colours.QUERY, w("figure.queries"))},
        },
        yaxis2={
            "domain": [_BARS + 0.02, 0.95], "showgrid": False, "zeroline": False, "showticklabels": False,
            "range": [0, 1.3 * tallest], "fixedrange": True,
        },
        hovermode="closest",
        hoverdistance=30,
        bargap=bars.GAP,
        dragmode=False,
        showlegend=False,
    )  # fmt: skip


def _angles(count: int, hall: bool) -> list[int]:
    """Return how names of columns may be turned: in a hall, slanting ones of narrow columns would lie on each other."""
    return [0, -90] if hall and count > MOST_SLANTING else [0, -45, -90]


def _ticks(named: Labels) -> dict[str, Any]:
    return {"tickvals": list(named), "ticktext": list(named.values()), "tickmode": "array", "showgrid": False}


def _keyed(colour: str, text: str) -> str:
    """A square in a concept's colour before its name: the name itself keeps the page's colour and its contrast."""
    return f"<span style='color:{colour}'>■</span> {text}"


def _row_outline(n: int, query: int) -> dict[str, Any]:
    line = {"color": colours.FOCUS, "width": 2.5}
    return {
        "type": "rect", "x0": -0.5, "x1": n - 0.5, "y0": query - 0.5, "y1": query + 0.5, "line": line,
        "fillcolor": "rgba(0,0,0,0)",
    }  # fmt: skip


def _segment_strips(maps: AttentionMaps) -> list[dict[str, Any]]:
    """For a pair of texts: a coloured strip along both axes, one colour a text."""
    if len(set(maps.segments)) < 2:
        return []
    n, shapes = len(maps.tokens), []
    left = -0.5 if n <= MOST_CLICKABLE else -1.8
    for segment in (0, 1):
        places = [i for i, s in enumerate(maps.segments) if s == segment]
        span = (min(places) - 0.5, max(places) + 0.5)
        outside, inside = (-0.5 - 0.03 * n, -0.5 - 0.008 * n), (left - 0.03 * n, left - 0.008 * n)
        fill = {"type": "rect", "fillcolor": SEGMENTS[segment], "line": {"width": 0}}
        shapes.append(fill | {"x0": span[0], "x1": span[1], "y0": outside[0], "y1": outside[1]})
        shapes.append(fill | {"y0": span[0], "y1": span[1], "x0": inside[0], "x1": inside[1]})
    return shapes


def _bars_to_come(w: Say) -> dict[str, Any]:
    where = {"x": 0.5, "y": (_BARS + 1) / 2, "xref": "paper", "yref": "paper", "showarrow": False}
    return where | {"text": w("figure.after"), "font": {"size": style.SMALL}}


def _question(n: int, secret: int) -> dict[str, Any]:
    where = {"x": (n - 1) / 2, "y": secret, "xref": "x", "yref": "y"}
    mark = {"text": "?  ?  ?", "showarrow": False, "font": {"size": style.TEXT, "color": colours.FOCUS}}
    return where | mark


# -- all heads ---------------------------------------------------------------------------------------------------------


def overview(
    maps: AttentionMaps,
    summary: HeadSummaries,
    w: Say,
    layer: int,
    head: int | None,
    whole: bool = False,
    secret: tuple[int, int] | None = None,
    hall: bool = False,
) -> Drawing:
    """Draw every head of every layer as a thumbnail, all in one picture; the chosen one is framed.

    ``head`` None frames the whole layer, with ``whole`` also the layers below it. ``secret``: layer and head of which
    nothing is told but the name, as the learner is asked about it. ``hall``: it will be enlarged.
    """
    layers, heads = maps.layers, maps.heads
    figure = Drawing([_head_targets(summary, w, secret)])
    picture = {
        "source": mosaic(maps.weights), "xref": "x", "yref": "y", "x": 0.5, "y": 0.5, "sizex": heads, "sizey": layers,
        "sizing": "stretch", "layer": "below",
    }  # fmt: skip
    x = (0.5, heads + 0.5) if head is None else (head + 0.5, head + 1.5)
    y = (0.5 if whole else layer + 0.5, layer + 1.5)
    line = {"color": colours.FOCUS, "width": 3}
    figure.add_shape(type="rect", x0=x[0], x1=x[1], y0=y[0], y1=y[1], line=line, fillcolor="rgba(0,0,0,0)")
    plain = {"showgrid": False, "zeroline": False, "fixedrange": True, "tickfont": {"size": style.SMALL}}
    every = 1 if layers <= FEW_LAYERS else 3
    figure.update_layout(
        **style.base_layout(
            overview_height(layers, heads, hall),
            xaxis=plain | {
                "range": [0.5, heads + 0.5], "side": "top", "tickvals": list(range(1, heads + 1)), "tickangle": 0,
                "title": {"text": w("figure.head"), "standoff": 10},
            },
            yaxis=plain | {
                "range": [layers + 0.5, 0.5], "tickvals": list(range(1, layers + 1, every)),
                "title": {"text": w("figure.layer"), "standoff": 10},
            },
            images=[picture],
            hovermode="closest",
            hoverdistance=-1,
            dragmode=False,
            showlegend=False,
        )
    )  # fmt: skip
    return figure


def overview_height(layers: int, heads: int, hall: bool = False) -> int:
    """Thumbnails about square in a column of some 400 pixels, no figure higher than what stands beside it.

    A hall has what is said about it below, on the same screen.
    """
    most = 480 if not hall else 238 if layers <= FEW_LAYERS else 400
    return int(min(most, 60 + layers * max(18, 380 / heads)))


def _head_targets(summary: HeadSummaries, w: Say, secret: tuple[int, int] | None) -> Spec:
    layers, heads = summary.entropy.shape
    cells = [(layer, head) for layer in range(layers) for head in range(heads)]
    names = [w("hover.head", layer=layer + 1, head=head + 1) for layer, head in cells]
    habits = [
        ()
        if cell == secret
        else (w(f"pattern.{summary.pattern(*cell)}"), w("hover.entropy", bits=f"{summary.entropy[cell]:.1f}"))
        for cell in cells
    ]
    text = ["<br>".join((name, *habit)) for name, habit in zip(names, habits, strict=True)]
    return drawing.scatter(
        x=[head + 1 for _, head in cells],
        y=[layer + 1 for layer, _ in cells],
        mode="markers",
        marker={"symbol": "square", "size": 20, "opacity": 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        text=text,
        hovertemplate="%{text}<extra></extra>",
    )


# -- one dot product ---------------------------------------------------------------------------------------------------


def dot_product(vectors: HeadVectors, w: Say, layer: int, head: int, query: int, key: int) -> Drawing:
    """Draw how the products of the components add up to q · k: each bar starts where the one before it ended."""
    q, k = vectors.q[layer, head, query], vectors.k[layer, vectors.key_head(head), key]
    order = descending(q * k)
    products = (q * k)[order]
    reached = np.cumsum(products)
    figure = Drawing().add(
        drawing.bar(
            x=np.arange(1, len(products) + 1),
            y=products,
            base=reached - products,
            marker={"color": np.where(products >= 0, colours.BLUE, colours.VERMILLION).tolist()},
            customdata=np.stack([order + 1, q[order], k[order], products], axis=-1),
            hovertemplate=w("hover.product"),
        )
    )
    figure.add_line(y=float(reached[-1]), line={"color": colours.GREY, "dash": "dot", "width": 1.5})
    figure.add_annotation(
        x=len(products), y=float(reached[-1]), text=f"q · k = {reached[-1]:.2f}", showarrow=False, xanchor="right",
        yanchor="bottom" if reached.max() <= reached[-1] else "top", font={"size": style.TEXT},
    )  # fmt: skip
    figure.update_layout(
        **style.base_layout(
            320,
            xaxis={"title": {"text": w("figure.components", count=len(products))}, "showticklabels": False},
            yaxis={"title": {"text": w("figure.running_sum")}, "zeroline": True},
            bargap=0.1,
        )
    )
    return figure


# -- what each head does -----------------------------------------------------------------------------------------------


def measure_grid(summary: HeadSummaries, w: Say, measure: str, layer: int, head: int) -> Drawing:
    """Draw one number a head: a measure of :class:`HeadSummaries`, shares in percent, with its value in each cell."""
    share = measure not in ("entropy", "distance")
    values = getattr(summary, measure) * (100 if share else 1)
    layers, heads = values.shape
    most = 100.0 if share else float(values.max()) or 1.0
    digits = 0 if share else 1
    table = drawing.heatmap(
        z=values,
        x=list(range(1, heads + 1)),
        y=list(range(1, layers + 1)),
        zmin=0,
        zmax=most,
        colorscale=colours.MAGNITUDE,
        xgap=1,
        ygap=1,
        hovertemplate=f"{w('figure.layer')} %{{y}}, {w('figure.head')} %{{x}}: %{{z:.{digits}f}}<extra></extra>",
        colorbar={"title": {"text": w(f"measures.{measure}.unit"), "side": "right"}, "thickness": 12},
    )
    numbers = numbers_on_cells(values, colours.MAGNITUDE, (0, most), f"{{:.{digits}f}}".format, style.SMALL, first=1)
    figure = Drawing([table, numbers])
    x, y = head + 1, layer + 1
    line = {"color": colours.FOCUS, "width": 3}
    figure.add_shape(type="rect", x0=x - 0.5, x1=x + 0.5, y0=y - 0.5, y1=y + 0.5, line=line)
    figure.update_layout(
        **style.base_layout(
            int(70 + layers * (38 if layers <= 12 else 24)),
            xaxis={
                "title": {"text": w("figure.head")}, "tickvals": list(range(1, heads + 1)), "showgrid": False,
                "range": [0.5, heads + 0.5],
            },
            yaxis={
                "title": {"text": w("figure.layer")}, "tickvals": list(range(1, layers + 1)), "showgrid": False,
                "range": [layers + 0.5, 0.5],
            },
        )
    )  # fmt: skip
    return figure


# -- rows for the CSV, and labels --------------------------------------------------------------------------------------


def map_rows(maps: AttentionMaps, layer: int, head: int, secret: int | None = None) -> list[dict[str, Any]]:
    """Return one row for each pair of tokens of one head; a row that the learner is still guessing is left out."""
    weights = maps.weights[layer, head]
    return [
        {"query_position": i, "query": query, "key_position": j, "key": key, "weight": float(weights[i, j])}
        for i, query in enumerate(maps.tokens)
        if i != secret
        for j, key in enumerate(maps.tokens)
    ]


def summary_rows(summary: HeadSummaries, measures: Sequence[str]) -> list[dict[str, Any]]:
    """Return one row a head with all its measures."""
    layers, heads = summary.entropy.shape
    return [
        {"layer": layer + 1, "head": head + 1}
        | {measure: float(getattr(summary, measure)[layer, head]) for measure in measures}
        for layer in range(layers)
        for head in range(heads)
    ]


def dot_product_rows(vectors: HeadVectors, layer: int, head: int, query: int, key: int) -> list[Mapping[str, Any]]:
    """Return one row for each component of q and k."""
    q, k = vectors.q[layer, head, query], vectors.k[layer, vectors.key_head(head), key]
    pairs = zip(q.tolist(), k.tolist(), strict=True)
    return [{"component": i + 1, "q": a, "k": b, "product": a * b} for i, (a, b) in enumerate(pairs)]
