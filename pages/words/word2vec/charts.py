"""Figures of the window, of what is drawn, and of the tree."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from app.charts import colours, style
from app.charts.drawing import Drawing, subplots
from app.text import Say, plotly_text
from nlpcore.text import shortened
from nlpcore.words.huffman import HuffmanTree
from nlpcore.words.reading import WindowReading, zipf_turns

CENTRE, CONTEXT = colours.ORANGE, colours.SKY
A_ROW = 7  # words; more would not be legible on a phone
CELL = 62  # px
LONGEST = 11  # characters of a word in a cell
MOST_BARS = 12
MOST_LEAVES = 16  # words of the tree; of more, ways are drawn that no one can follow
SIZES = (10, 100, 1_000, 10_000, 100_000)


def window_figure(reading: WindowReading, at: int, w: Say) -> Drawing:
    """Draw the text as a grid of words, the middle of the window and what is around it coloured."""
    tokens, window = reading.tokens, reading.windows[at]
    n = len(tokens)
    fills = dict.fromkeys(window.context, CONTEXT) | {window.centre: CENTRE}
    figure = Drawing()
    figure.update_layout(shapes=[_cell(place, fills.get(place)) for place in range(n)])
    for where in ([place for place in range(n) if place in fills], [place for place in range(n) if place not in fills]):
        inks = {"color": [colours.readable_on(fills[place]) for place in where]} if where and where[0] in fills else {}
        figure.add_scatter(
            x=[place % A_ROW for place in where], y=[-(place // A_ROW) for place in where], mode="text",
            text=[plotly_text(shortened(tokens[place], LONGEST)) for place in where],
            textfont={"size": style.TEXT} | inks, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    for name, colour in (("centre", CENTRE), ("context", CONTEXT)):
        marker = {"symbol": "square", "size": 14, "color": colour}
        figure.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=w(f"window.{name}"))
    rows = -(-n // A_ROW)
    figure.update_xaxes(range=[-0.52, A_ROW - 0.48], visible=False, fixedrange=True)
    figure.update_yaxes(range=[-rows + 0.48, 0.52], visible=False, fixedrange=True)
    legend = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False}
    margin = {"l": 4, "r": 4, "t": 44, "b": 4}
    return figure.update_layout(style.base_layout(rows * CELL + 56, legend=legend, margin=margin))


def _cell(place: int, colour: str | None) -> dict[str, Any]:
    column, row = place % A_ROW, place // A_ROW
    return {
        "type": "rect", "x0": column - 0.48, "x1": column + 0.48, "y0": -row - 0.46, "y1": -row + 0.46,
        "layer": "below", "fillcolor": colour or "rgba(0,0,0,0)",
        "line": {"width": 1, "color": colours.with_alpha(colours.MUTED, 0.5)},
    }  # fmt: skip


def window_rows(reading: WindowReading) -> list[dict[str, Any]]:
    """Return every pair of skip-gram for the CSV, window by window."""
    tokens = reading.tokens
    return [
        {"centre_place": centre, "context_place": around, "centre": tokens[centre], "context": tokens[around]}
        for window in reading.windows
        for centre, around in window.skip_gram
    ]


def samples_figure(reading: WindowReading, w: Say) -> Drawing:
    """Draw the shares of the most frequent words in the text beside how likely each is drawn as a negative sample."""
    names = [plotly_text(shortened(word, LONGEST)) for word in reading.counts.words[:MOST_BARS]]
    figure = Drawing()
    for values, colour, name in (
        (reading.shares, colours.GREY, "share"),
        (reading.noise, colours.BLUE, "noise"),
    ):
        shown = values[:MOST_BARS]
        figure.add_bar(
            x=shown, y=names, orientation="h", marker={"color": colour}, name=w(f"samples.{name}"),
            text=[f"{value:.3f}" for value in shown], textposition="outside", cliponaxis=False,
            textfont={"size": style.SMALL}, hovertemplate="%{y}: %{x:.3f}<extra></extra>",
        )  # fmt: skip
    most = float(max(reading.shares.max(), reading.noise.max()))
    figure.update_yaxes(type="category", autorange="reversed", dtick=1, tickfont={"size": style.TEXT})
    figure.update_xaxes(title={"text": w("samples.axis")}, range=[0, 1.25 * most], fixedrange=True)
    legend = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal"}
    height = 46 * len(names) + 110
    return figure.update_layout(style.base_layout(height, legend=legend, margin=style.MARGIN | {"t": 44, "b": 44}))


def sample_rows(reading: WindowReading) -> list[dict[str, Any]]:
    """Return what is drawn how often for the CSV."""
    columns = zip(reading.counts.words, reading.counts.counts, reading.shares, reading.noise, reading.kept, strict=True)
    return [
        {"word": word, "count": int(count), "share": float(share), "noise": float(noise), "kept": float(kept)}
        for word, count, share, noise, kept in columns
    ]


# -- the tree ----------------------------------------------------------------------------------------------------------


def tree_figure(reading: WindowReading, word: str, w: Say) -> Drawing:
    """Draw the Huffman tree, its root on top, with the way to one word and the turns on it."""
    tree, words = reading.tree, reading.counts.words
    places = _layout(tree)
    way = _nodes_of(tree, words.index(word))
    figure = Drawing()
    for colour, width, on_way in ((colours.GREY, 1.5, False), (colours.FOCUS, 4, True)):
        xs: list[float | None] = []
        ys: list[float | None] = []
        for parent, child, _ in _edges(tree):
            if (parent in way and child in way) is on_way:
                xs += [places[parent][0], places[child][0], None]
                ys += [places[parent][1], places[child][1], None]
        line = {"color": colour, "width": width}
        figure.add_scatter(x=xs, y=ys, mode="lines", line=line, hoverinfo="skip", showlegend=False)
    turns = [(parent, child, turn) for parent, child, turn in _edges(tree) if parent in way and child in way]
    figure.add_scatter(
        x=[(places[a][0] + places[b][0]) / 2 for a, b, _ in turns],
        y=[(places[a][1] + places[b][1]) / 2 for a, b, _ in turns],
        mode="text", text=[f"<b>{turn}</b>" for *_, turn in turns], textposition="middle right",
        textfont={"size": style.TEXT}, hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    inner = [node for node in places if node.startswith("n")]
    marker = {"size": 9, "color": [colours.FOCUS if node in way else colours.GREY for node in inner]}
    figure.add_scatter(
        x=[places[node][0] for node in inner], y=[places[node][1] for node in inner], mode="markers", marker=marker,
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    _name_leaves(figure, reading, places, word)
    deepest = max((-y for _, y in places.values()), default=0)
    figure.update_xaxes(visible=False, range=[-0.7, len(words) - 0.3], fixedrange=True)
    figure.update_yaxes(visible=False, range=[-deepest - 1.7, 0.4], fixedrange=True)
    return figure.update_layout(style.base_layout(int(60 * (deepest + 2)) + 60))


def _name_leaves(figure: Drawing, reading: WindowReading, places: dict[str, tuple[float, float]], word: str) -> None:
    """Write each word under its leaf, upright where the leaves are close together."""
    words = reading.counts.words
    for number, each in enumerate(words):
        x, y = places[f"w{number}"]
        name = f"{plotly_text(shortened(each, LONGEST))} {reading.counts.counts[number]}"
        figure.add_annotation(
            x=x, y=y, text=f"<b>{name}</b>" if each == word else name, showarrow=False, yanchor="top", yshift=-4,
            xanchor="center", textangle=-90 if len(words) > 4 else 0, font={"size": style.SMALL},
        )  # fmt: skip


def _edges(tree: HuffmanTree) -> list[tuple[str, str, int]]:
    """Return (parent, child, turn) of every edge: nodes are "n<number>", leaves "w<number>"."""
    found: dict[tuple[str, str], int] = {}
    for word, (code, points) in enumerate(zip(tree.codes, tree.points, strict=True)):
        names = [*(f"n{point}" for point in points), f"w{word}"]
        for (parent, child), turn in zip(pairwise(names), code, strict=True):
            found[parent, child] = turn
    return [(parent, child, turn) for (parent, child), turn in found.items()]


def _nodes_of(tree: HuffmanTree, word: int) -> set[str]:
    return {f"w{word}", *(f"n{point}" for point in tree.points[word])}


def _layout(tree: HuffmanTree) -> dict[str, tuple[float, float]]:
    """Return a place for every node: leaves side by side from left to right, a node above the middle of its two."""
    order = sorted(range(len(tree.codes)), key=lambda word: tree.codes[word])
    places = {f"w{word}": (float(x), -float(len(tree.codes[word]))) for x, word in enumerate(order)}
    children: dict[str, list[str]] = {}
    depths: dict[str, int] = {}
    for code, points in zip(tree.codes, tree.points, strict=True):
        for depth, point in enumerate(points[: len(code)]):
            depths[f"n{point}"] = depth
    for parent, child, _ in _edges(tree):
        children.setdefault(parent, []).append(child)
    for node in sorted(children, key=lambda each: -depths[each]):
        xs = [places[child][0] for child in children[node]]
        places[node] = (sum(xs) / len(xs), -float(depths[node]))
    return places


def tree_rows(reading: WindowReading) -> list[dict[str, Any]]:
    """Return each word's way for the CSV."""
    columns = zip(reading.counts.words, reading.counts.counts, reading.tree.codes, reading.tree.points, strict=True)
    return [
        {"word": word, "count": int(count), "code": "".join(map(str, code)), "nodes": " ".join(map(str, points))}
        for word, count, code, points in columns
    ]


# -- what an example costs ---------------------------------------------------------------------------------------------


def costs(reading: WindowReading, negatives: int) -> dict[str, float]:
    """Return the dot products that one example costs: full softmax, negative sampling, the tree."""
    return {"softmax": float(len(reading.counts.words)), "negatives": 1.0 + negatives, "tree": reading.turns}


def costs_figure(reading: WindowReading, negatives: int, w: Say) -> Drawing:
    """Draw the dot products of an example: on this text, and for larger vocabularies of words as frequent as Zipf's."""
    figure = subplots(2, 1, vertical_spacing=0.24, row_heights=(0.42, 0.58))
    own = costs(reading, negatives)
    names = {"softmax": colours.VERMILLION, "negatives": colours.BLUE, "tree": colours.GREEN}
    figure.add_bar(
        x=list(own.values()), y=[w(f"costs.{name}") for name in own], orientation="h", showlegend=False,
        marker={"color": list(names.values())}, text=[f"{value:.3g}" for value in own.values()],
        textposition="outside", cliponaxis=False, textfont={"size": style.TEXT},
        hovertemplate="%{y}: %{x:.3g}<extra></extra>", row=1, col=1,
    )  # fmt: skip
    lines = {
        "softmax": list(SIZES),
        "negatives": [1 + negatives] * len(SIZES),
        "tree": [zipf_turns(size) for size in SIZES],
    }
    for name, values in lines.items():
        figure.add_scatter(
            x=list(SIZES), y=values, mode="lines+markers", name=w(f"costs.{name}"), row=2, col=1,
            line={"color": names[name], "width": 3}, hovertemplate="%{x:,}: %{y:,.3g}<extra></extra>",
        )  # fmt: skip
    figure.update_yaxes(type="category", autorange="reversed", dtick=1, row=1, col=1)
    figure.update_xaxes(range=[0, 1.2 * max(own.values())], title={"text": w("costs.here")}, row=1, col=1)
    figure.update_xaxes(type="log", title={"text": w("costs.size")}, dtick=1, row=2, col=1)
    figure.update_yaxes(type="log", title={"text": w("costs.products")}, dtick=1, row=2, col=1)
    legend = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"}
    return figure.update_layout(style.base_layout(520, legend=legend, margin=style.MARGIN | {"t": 44, "b": 44}))


def cost_rows(reading: WindowReading, negatives: int) -> list[dict[str, Any]]:
    """Return the costs for the CSV."""
    here = len(reading.counts.words)
    rows = [{"words": here, "way": name, "products": value} for name, value in costs(reading, negatives).items()]
    for size in SIZES:
        larger = {"softmax": float(size), "negatives": 1.0 + negatives, "tree": zipf_turns(size)}
        rows += [{"words": size, "way": name, "products": value} for name, value in larger.items()]
    return rows
