"""Figures of words that are near: by FastText, by Word2Vec, and two by two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.charts import colours, style
from app.charts.drawing import Drawing
from app.text import Say, number, plotly_text
from nlpcore.text import shortened
from nlpcore.words.fasttext import WordPair, WordReading
from nlpcore.words.table import Neighbour

Row = dict[str, Any]
ALIKE, UNLIKE, WORD2VEC, COMMON = colours.BLUE, colours.SKY, colours.ORANGE, colours.GREY
LONGEST = 16


def neighbours_figure(reading: WordReading, w: Say) -> Drawing:
    """Draw the words nearest by FastText; those that share no n-gram are paler."""
    near = reading.neighbours
    names = [plotly_text(shortened(each.word, LONGEST)) for each in near]
    figure = Drawing()
    for alike, colour in ((True, ALIKE), (False, UNLIKE)):
        figure.add_bar(
            orientation="h", x=[each.cosine if (each.shared > 0) is alike else None for each in near], y=names,
            marker={"color": colour}, name=w("unknown.alike" if alike else "unknown.unlike"),
            text=[number(each.cosine) if (each.shared > 0) is alike else "" for each in near], textposition="outside",
            cliponaxis=False, textfont={"size": style.TEXT}, hoverinfo="skip",
        )  # fmt: skip
    legend = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"}
    return _bars(figure, names, w).update_layout(showlegend=True, legend=legend, barmode="overlay")


def neighbour_rows(reading: WordReading) -> list[Row]:
    """Return them for the CSV, with the share of n-grams in common."""
    return [{"word": each.word, "cosine": each.cosine, "shared_ngrams": each.shared} for each in reading.neighbours]


def word2vec_figure(near: Sequence[Neighbour], w: Say) -> Drawing:
    """Draw the words nearest by Word2Vec."""
    names = [plotly_text(shortened(each.word, LONGEST)) for each in near]
    figure = Drawing()
    figure.add_bar(
        orientation="h", x=[each.cosine for each in near], y=names, marker={"color": WORD2VEC},
        name=w("unknown.word2vec"), text=[number(each.cosine) for each in near], textposition="outside", cliponaxis=False,
        textfont={"size": style.TEXT}, hoverinfo="skip",
    )  # fmt: skip
    legend = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"}
    return _bars(figure, names, w).update_layout(showlegend=True, legend=legend)


def _bars(figure: Drawing, names: Sequence[str], w: Say) -> Drawing:
    lowest = min([0.0, *(x for trace in figure.traces for x in trace["x"] if x is not None)])
    figure.update_xaxes(title={"text": w("unknown.cosine")}, range=[1.25 * lowest, 1.2], tickvals=[0, 0.5, 1],
                        fixedrange=True)  # fmt: skip
    figure.update_yaxes(type="category", autorange="reversed", categoryorder="array", categoryarray=list(names), dtick=1,
                        tickfont={"size": style.TEXT})  # fmt: skip
    return figure.update_layout(
        style.base_layout(30 * len(names) + 100, bargap=0.25, margin={"l": 8, "r": 8, "t": 44, "b": 44})
    )


def pairs_figure(pairs: Sequence[WordPair], told: bool, w: Say) -> Drawing:
    """Draw for each two words the n-grams in common, and once it is ``told`` how near both models put them."""
    names = [plotly_text(f"{shortened(pair.first, LONGEST)} – {shortened(pair.second, LONGEST)}") for pair in pairs]
    bars: list[tuple[str, str, list[float | None]]] = [("common", COMMON, [pair.share for pair in pairs])]
    if told:
        bars += [
            ("fasttext", ALIKE, [pair.cosine for pair in pairs]),
            ("word2vec", WORD2VEC, [pair.word2vec for pair in pairs]),
        ]
    figure = Drawing()
    for name, colour, values in bars:
        figure.add_bar(
            orientation="h", x=[0.0 if value is None else value for value in values], y=names, marker={"color": colour},
            name=w(f"pairs.{name}"), text=[w("pairs.none") if value is None else number(value) for value in values],
            textposition="outside", cliponaxis=False, constraintext="none", textfont={"size": style.SMALL},
            hoverinfo="skip",
        )  # fmt: skip
    lowest = min([0.0, *(x for trace in figure.traces for x in trace["x"])])
    figure.update_xaxes(
        range=[1.3 * lowest, 1.25], tickvals=[0, 0.5, 1], fixedrange=True, title={"text": w("pairs.axis")}
    )
    figure.update_yaxes(type="category", autorange="reversed", categoryorder="array", categoryarray=names, dtick=1,
                        tickfont={"size": style.TEXT})  # fmt: skip
    legend = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal"}
    height = (72 if told else 44) * len(names) + 130
    layout = style.base_layout(
        height, barmode="group", bargap=0.25, legend=legend, margin={"l": 8, "r": 8, "t": 70, "b": 44}
    )
    return figure.update_layout(layout, showlegend=True)


def pair_rows(pairs: Sequence[WordPair], told: bool) -> list[Row]:
    """Return what is drawn for the CSV."""
    return [
        {"first": pair.first, "second": pair.second, "shared_ngrams": pair.share}
        | ({"fasttext": pair.cosine, "word2vec": pair.word2vec, "rank": pair.rank} if told else {})
        for pair in pairs
    ]
