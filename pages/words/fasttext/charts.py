"""Figures of n-grams: a word cut into them, what each gives to the vector, and which words share how many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.cells import numbers_on_cells
from app.charts.drawing import Drawing
from app.text import Say, number, plotly_text
from nlpcore.arrays import Floats
from nlpcore.text import is_han, shortened
from nlpcore.words.fasttext import Overlaps, WordNgrams, WordReading, fnv1a

Row = dict[str, Any]
EDGE, INNER = colours.ORANGE, colours.SKY
SEEN, UNSEEN = colours.BLUE, colours.GREY
A_ROW = 7  # n-grams at most; more would not be legible on a phone
ROWS = 2  # of one length
MOST_PARTS = 14
LONGEST = 17  # characters of a word at its row
_CELL, _COLOURED, _TITLE = 54, 29, 28  # px: an n-gram with its bucket, the n-gram alone, the line above
_PHONE = 345  # px of a figure
_WIDE, _NARROW = 15.5, 9.5  # px of a character
_SCALE: list[list[float | str]] = [[0.0, "#F7F7F7"], [1.0, colours.BLUE]]


def ngrams_figure(cut: WordNgrams, w: Say, only: int | None = None) -> Drawing:
    """Draw the n-grams by their length, each with its bucket under it. ``only``: those of one length."""
    figure, y = Drawing(), 0.0
    shapes: list[Row] = []
    texts: dict[str, list[tuple[float, float, str]]] = {EDGE: [], INNER: [], "bucket": []}
    lengths = sorted({end - start for start, end in cut.spans})
    for length in [each for each in lengths if only is None or each == only]:
        found = [place for place, (start, end) in enumerate(cut.spans) if end - start == length]
        columns = columns_of([cut.ngrams[place] for place in found])
        width = A_ROW / columns
        figure.add_annotation(
            x=0, y=y, text=w("ngrams.length", length=length), xanchor="left", yanchor="top", showarrow=False,
            font={"size": style.TEXT},
        )  # fmt: skip
        y -= _TITLE
        shown = found if len(found) <= columns * ROWS else found[: columns * ROWS - 1]
        corners = [(width * (at % columns), y - _CELL * (at // columns)) for at in range(len(shown) + 1)]
        for (x, top), place in zip(corners, shown, strict=False):
            start, end = cut.spans[place]
            colour = EDGE if start == 0 or end == len(cut.marked) else INNER
            shapes.append(_cell(x, width, top, colour))
            texts[colour].append((x + width / 2, top - _COLOURED / 2, plotly_text(cut.marked[start:end])))
            texts["bucket"].append((x + width / 2, top - _COLOURED - 11, f"{int(cut.buckets[place]):,}"))
        cells = len(shown)
        if len(shown) < len(found):
            x, top = corners[-1]
            texts["bucket"].append((x + width / 2, top - _COLOURED / 2, f"+{len(found) - len(shown)}"))
            cells += 1
        y -= _CELL * -(-cells // columns) + 6
    for name, places in texts.items():
        ink = {} if name == "bucket" else {"color": colours.readable_on(name)}
        figure.add_scatter(
            x=[x for x, _, _ in places], y=[at for _, at, _ in places], text=[text for *_, text in places], mode="text",
            textfont={"size": style.SMALL if name == "bucket" else style.TEXT} | ink, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    for name, colour in (("edge", EDGE), ("inner", INNER)):
        marker = {"symbol": "square", "size": 14, "color": colour}
        figure.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=w(f"ngrams.{name}"))
    figure.update_xaxes(range=[-0.02, A_ROW + 0.02], visible=False, fixedrange=True)
    figure.update_yaxes(range=[y, 0], visible=False, fixedrange=True)
    legend = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False}
    layout = style.base_layout(round(-y) + 50, legend=legend, margin={"l": 4, "r": 4, "t": 46, "b": 4})
    return figure.update_layout(layout, shapes=shapes)


def columns_of(ngrams: Sequence[str]) -> int:
    """Return how many of these have room side by side on a phone."""
    widest = max(sum(_WIDE if is_han(character) else _NARROW for character in ngram) for ngram in ngrams)
    return max(1, min(A_ROW, int(_PHONE // (widest + 8))))


def _cell(x: float, width: float, top: float, colour: str) -> Row:
    """Return the coloured box of one n-gram; its bucket stands below."""
    return {
        "type": "rect", "x0": x + 0.03, "x1": x + width - 0.03, "y0": top - _COLOURED, "y1": top - 2, "layer": "below",
        "fillcolor": colour, "line": {"width": 1, "color": colours.with_alpha(colours.MUTED, 0.5)},
    }  # fmt: skip


def ngram_rows(cut: WordNgrams) -> list[Row]:
    """Return every n-gram with hash and bucket for the CSV."""
    return [
        {"begins": start, "length": end - start, "ngram": ngram, "hash": fnv1a(ngram), "bucket": int(bucket)}
        for (start, end), ngram, bucket in zip(cut.spans, cut.ngrams, cut.buckets, strict=True)
    ]


# -- what makes a vector -----------------------------------------------------------------------------------------------


def shares(reading: WordReading) -> tuple[Floats, float]:
    """Return what each n-gram gives to the word's vector, (n-grams,), and what the word's own row does; they sum to 1.

    The vector v is the mean of n rows g, so |v|² = Σ g · v / n: each g has a share of it, which may be below 0.
    """
    vector = reading.vector.astype(np.float64)
    length = max(float(vector @ vector), 1e-12)
    count = len(reading.parts) + (reading.own is not None)
    found: Floats = reading.parts.astype(np.float64) @ vector / count / length
    own = 0.0 if reading.own is None else float(reading.own.astype(np.float64) @ vector) / count / length
    return found, own


def part_rows(reading: WordReading) -> list[Row]:
    """Return the share of each different n-gram, the largest first, and of the word's own row."""
    found, own = shares(reading)
    ngrams = reading.ngrams.ngrams
    summed: dict[str, float] = {}
    for ngram, share in zip(ngrams, found.tolist(), strict=True):
        summed[ngram] = summed.get(ngram, 0.0) + share
    seen = dict(zip(ngrams, reading.seen, strict=True))
    rows: list[Row] = [
        {"ngram": ngram, "share": share, "seen": seen[ngram], "own": False} for ngram, share in summed.items()
    ]
    if reading.own is not None:
        rows.append({"ngram": reading.ngrams.word, "share": own, "seen": True, "own": True})
    return sorted(rows, key=lambda row: -float(row["share"]))


def parts_figure(reading: WordReading, w: Say) -> Drawing:
    """Draw the largest shares of a word's vector, those of n-grams that no word of the text has in grey."""
    rows = part_rows(reading)[:MOST_PARTS]
    names = [plotly_text(w("parts.own") if row["own"] else str(row["ngram"])) for row in rows]
    figure = Drawing()
    for seen, colour in ((True, SEEN), (False, UNSEEN)):
        figure.add_bar(
            orientation="h", x=[row["share"] if row["seen"] is seen else None for row in rows], y=names,
            marker={"color": colour}, name=w("parts.seen" if seen else "parts.unseen"),
            text=[number(row["share"]) if row["seen"] is seen else "" for row in rows], textposition="outside",
            cliponaxis=False, textfont={"size": style.SMALL}, hoverinfo="skip",
        )  # fmt: skip
    low, high = min(0.0, *(row["share"] for row in rows)), max(row["share"] for row in rows)
    room = 0.14 * (high - low)
    figure.update_xaxes(title={"text": w("parts.axis")}, range=[low - (room if low < 0 else 0), high + room],
                        fixedrange=True)  # fmt: skip
    figure.update_yaxes(type="category", autorange="reversed", categoryorder="array", categoryarray=names, dtick=1,
                        tickfont={"size": style.TEXT})  # fmt: skip
    legend = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"}
    layout = style.base_layout(
        30 * len(rows) + 110, barmode="overlay", legend=legend, margin={"l": 8, "r": 8, "t": 44, "b": 44}
    )
    return figure.update_layout(layout, showlegend=True)


# -- words that share n-grams ------------------------------------------------------------------------------------------


def counts_figure(found: Overlaps, w: Say) -> Drawing:
    """Draw how many different n-grams each word has."""
    names = [plotly_text(shortened(word, 24)) for word in found.words]
    figure = Drawing()
    figure.add_bar(
        orientation="h", x=found.counts, y=names, marker={"color": colours.BLUE},
        text=[str(count) for count in found.counts], textposition="outside", cliponaxis=False,
        textfont={"size": style.TEXT}, hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    figure.update_xaxes(
        title={"text": w("long.counts")}, range=[0, 1.15 * max(1, int(found.counts.max()))], fixedrange=True
    )
    figure.update_yaxes(type="category", autorange="reversed", categoryorder="array", categoryarray=names, dtick=1,
                        tickfont={"size": style.TEXT})  # fmt: skip
    return figure.update_layout(style.base_layout(40 * len(names) + 60, margin={"l": 8, "r": 8, "t": 8, "b": 44}))


def overlaps_figure(found: Overlaps, w: Say) -> Drawing:
    """Draw the share of n-grams that each two words have in common, in percent on the cells."""
    names = [plotly_text(shortened(word, LONGEST)) for word in found.words]
    count, values = len(names), 100 * found.shares
    figure = Drawing()
    hover = [
        [f"{one} – {other}: {found.shared[i, j]} / {found.counts[i] + found.counts[j] - found.shared[i, j]}"
         for j, other in enumerate(names)]
        for i, one in enumerate(names)
    ]  # fmt: skip
    figure.add_heatmap(
        z=values, x=list(range(count)), y=list(range(count)), zmin=0, zmax=100, colorscale=_SCALE, showscale=False,
        xgap=1, ygap=1, customdata=hover, hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    figure.add(numbers_on_cells(values, _SCALE, (0, 100), lambda value: f"{value:.0f}", style.TEXT))
    places = list(range(count))
    plain: Row = {"tickvals": places, "tickfont": {"size": style.TEXT}, "showgrid": False, "ticks": ""}
    # Long words would not fit side by side: a column has the number of its row.
    figure.update_xaxes(**plain, ticktext=[str(place + 1) for place in places], side="top")
    rows = [f"{name} <b>{place + 1}</b>" for place, name in enumerate(names)]
    figure.update_yaxes(**plain, ticktext=rows, autorange="reversed")
    return figure.update_layout(style.base_layout(44 * count + 50, margin={"l": 8, "r": 8, "t": 30, "b": 8}))


def overlap_rows(found: Overlaps) -> list[Row]:
    """Return every two words with the n-grams they share for the CSV."""
    return [
        {"first": one, "second": other, "shared": int(found.shared[i, j]), "share": float(found.shares[i, j])}
        for i, one in enumerate(found.words)
        for j, other in enumerate(found.words)
        if i < j
    ] or [{"first": word, "second": "", "shared": 0, "share": 0.0} for word in found.words]
