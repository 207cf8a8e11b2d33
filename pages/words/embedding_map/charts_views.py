"""Views beside the embedding map: several perplexities, the course of KL(P‖Q), how many neighbours are kept; its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.charts import colours, drawing, style
from app.charts.drawing import Drawing
from app.text import Say
from nlpcore.words.projection import EXAGGERATED_STEPS, Projection
from nlpcore.words.projection_toys import ToyMap
from nlpcore.words.projection_words import WordMap
from pages.words.embedding_map.charts_parts import axis, heading, scatter, toy_marker
from pages.words.embedding_map.questions import telling


def perplexity_figure(trace: ToyMap, perplexity: float, w: Say) -> Drawing:
    """Draw the map of a toy set small, under its perplexity."""
    figure = Drawing(layout=style.base_layout(250, margin={"l": 4, "r": 4, "t": 34, "b": 4}, showlegend=False))
    figure.update_layout(xaxis=axis(), yaxis=axis(scaleanchor="x"))
    figure.add_annotation(heading(w("figure.perplexity", value=f"{perplexity:g}"), 0.5))
    figure.add(scatter(trace.projection.coordinates, toy_marker(trace, w) | {"size": 5}, hoverinfo="skip"))
    return figure


def run_figure(projection: Projection, w: Say, step: int) -> Drawing:
    """Draw KL(P‖Q) over the iterations of the run, with a ring at frame ``step`` (from 0)."""
    x, y = [f.iteration for f in projection.frames], [f.kl_divergence for f in projection.frames]
    figure = Drawing(layout=style.base_layout(320, margin={"l": 60, "r": 12, "t": 12, "b": 50}, showlegend=False))
    line = {"color": colours.MODEL, "width": 3}
    hover = w("hover.run") + "<extra></extra>"
    figure.add(drawing.scatter(x=x, y=y, mode="lines+markers", line=line, hovertemplate=hover))
    ring = {"size": 18, "symbol": "circle-open", "color": colours.FOCUS, "line": {"width": 3}}
    figure.add(drawing.scatter(x=[x[step]], y=[y[step]], mode="markers", marker=ring, hoverinfo="skip"))
    figure.add_line(x=EXAGGERATED_STEPS, line={"dash": "dot", "color": colours.GREY})
    figure.add_annotation(
        x=EXAGGERATED_STEPS,
        y=1,
        yref="paper",
        text=w("figure.exaggeration_ends"),
        showarrow=False,
        xanchor="left",
        xshift=6,
    )
    figure.update_xaxes(title={"text": w("axis.iteration")}, showgrid=False)
    figure.update_yaxes(title={"text": w("axis.kl")}, rangemode="tozero")
    return figure


def frame_figure(projection: Projection, marker: Mapping[str, Any], step: int) -> Drawing:
    """Draw one frame of the run (from 0), without labels."""
    reach = np.abs(projection.coordinates).max(axis=0) * 1.05 + 1e-9
    figure = Drawing(layout=style.base_layout(320, showlegend=False))
    figure.update_layout(
        xaxis=axis(range=[-reach[0], reach[0]]), yaxis=axis(range=[-reach[1], reach[1]], scaleanchor="x")
    )
    figure.add(scatter(projection.frames[step].coordinates, dict(marker) | {"size": 6}, hoverinfo="skip"))
    return figure


def kept_figure(projection: Projection, w: Say) -> Drawing:
    """Draw how many points kept 0, 1 … k of their k nearest: in this map, in PCA's, in a random one."""
    k = projection.quality.k
    figure = Drawing(
        layout=style.base_layout(
            300, margin={"l": 60, "r": 12, "t": 30, "b": 50}, barmode="group", legend={"orientation": "h", "y": 1.12}
        )
    )
    maps = [("random", projection.random, colours.GREY), ("pca", projection.pca, colours.ORANGE)]
    if projection.method == "tsne":
        maps.append(("tsne", projection.quality, colours.BLUE))
    for name, measured, hue in maps:
        counts = np.bincount(np.rint(measured.preserved * k).astype(int), minlength=k + 1)
        figure.add(drawing.bar(x=list(range(k + 1)), y=counts, name=w(f"method.{name}"), marker={"color": hue}))
    figure.update_xaxes(title={"text": w("axis.kept", k=k)}, dtick=1)
    figure.update_yaxes(title={"text": w("axis.points")})
    return figure


def word_rows(trace: WordMap, names: Mapping[str, str], asked: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return the data of the map, one row a word; of the words of an open question, ``asked``, not which are near them."""
    quality, hidden = trace.projection.quality, telling(trace, asked)
    return [
        {
            "word": word,
            "category": names.get(trace.categories[i], ""),
            "frequency_rank": int(trace.ranks[i]),
            "x": round(float(trace.projection.coordinates[i, 0]), 5),
            "y": round(float(trace.projection.coordinates[i, 1]), 5),
            f"kept_of_{quality.k}": "" if word in hidden else round(float(quality.preserved[i]) * quality.k),
            "nearest_in_original_space": ""
            if word in hidden
            else " ".join(trace.words[j] for j in trace.projection.neighbours[i]),
        }
        for i, word in enumerate(trace.words)
    ]


def toy_rows(trace: ToyMap, seen: bool = True) -> list[dict[str, Any]]:
    """Return the data of a toy map, one row a point; of the truth alone where the map may not be ``seen`` yet."""
    columns = np.column_stack([trace.toy.truth, trace.projection.coordinates]).round(5).tolist()
    return [
        {"group": int(group) + 1, "true_x": row[0], "true_y": row[1]} | ({"x": row[2], "y": row[3]} if seen else {})
        for group, row in zip(trace.toy.groups, columns, strict=True)
    ]
