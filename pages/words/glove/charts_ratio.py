"""Figures of the ratios: near which of two words is another one likelier?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from app.charts import colours, style
from app.charts.drawing import Drawing, subplots
from app.text import Say, plotly_text
from nlpcore.text import shortened
from nlpcore.words.glove_reading import PAPER, PAPER_PROBES, Ratios

LONGEST = 11
SHORT = 8  # characters of a word under an axis
_ROW, _HALL_ROW = 62, 50  # px
_EDGE = 100.0  # where ∞ stands, and 0 at one over it


def paper_figure(names: Sequence[str], w: Say, told: bool) -> Drawing:
    """Draw Table 1 as points: how likely each word is near ice; with ``told`` also near steam, and the ratios."""
    figure = subplots(1, 2, horizontal_spacing=0.06) if told else Drawing()
    where: dict[str, int] = {"row": 1, "col": 1} if told else {}
    shown = [("ice", PAPER[0], colours.BLUE)] + ([("steam", PAPER[1], colours.ORANGE)] if told else [])
    for name, values, colour in shown:
        figure.add_scatter(
            x=list(values), y=list(names), mode="markers+text", name=w(f"ratio.near_{name}"), **where,
            marker={"size": 14, "color": colour, "symbol": "circle" if name == "ice" else "diamond"},
            text=[_power(value) for value in values], textposition=f"{'top' if name == 'ice' else 'bottom'} center",
            textfont={"size": style.SMALL}, hovertemplate="%{y}: %{x:.2g}<extra></extra>", cliponaxis=False,
        )  # fmt: skip
    figure.update_xaxes(type="log", title={"text": w("ratio.probability")}, tickvals=[1e-5, 1e-4, 1e-3],
                        ticktext=["10⁻⁵", "10⁻⁴", "10⁻³"],
                        range=[-5.2, -2.1], fixedrange=True, **where)  # fmt: skip
    room = [len(names) - 0.5, -0.8]  # above the first row for its number
    figure.update_yaxes(type="category", range=room, dtick=1, tickfont={"size": style.TEXT}, **where)
    if told:
        title = w("ratio.ratio", one=w("ratio.ice"), other=w("ratio.steam"))
        _ratios(figure, names, PAPER[2], title, w)
        figure.update_yaxes(type="category", range=room, dtick=1, showticklabels=False, row=1, col=2)
    legend = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal"}
    return figure.update_layout(
        style.base_layout(_ROW * len(names) + 110, legend=legend, margin=style.MARGIN | {"t": 44, "b": 48})
    )


def own_figure(found: Ratios, w: Say, hall: bool = False) -> Drawing:
    """Draw the counts of the learner's text near both words, and the ratios. ``hall``: it stands above a question."""
    figure = subplots(1, 2, horizontal_spacing=0.06)
    names = [plotly_text(shortened(probe, LONGEST)) for probe in found.probes]
    for row, colour in ((0, colours.BLUE), (1, colours.ORANGE)):
        figure.add_bar(
            x=[float(count) or None for count in found.counts[row]],  # a bar of no length would be a line
            y=names, orientation="h", marker={"color": colour}, row=1, col=1,
            name=w("ratio.near", word=plotly_text(shortened(found.words[row], LONGEST))),
            hovertemplate="%{y}: %{x:.2f}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title={"text": w("ratio.count")}, rangemode="tozero", fixedrange=True, row=1, col=1)
    figure.update_yaxes(type="category", autorange="reversed", dtick=1, tickfont={"size": style.TEXT}, row=1, col=1)
    one, other = (plotly_text(shortened(word, SHORT)) for word in found.words)
    _ratios(figure, names, [float(each) for each in found.ratios], w("ratio.ratio", one=one, other=other), w)
    figure.update_yaxes(type="category", autorange="reversed", dtick=1, showticklabels=False, row=1, col=2)
    legend = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal"}
    height = (_HALL_ROW if hall else _ROW) * len(names) + 110
    return figure.update_layout(style.base_layout(height, legend=legend, margin=style.MARGIN | {"t": 44, "b": 48}))


def _ratios(figure: Drawing, names: Sequence[str], ratios: Sequence[float], title: str, w: Say) -> None:
    """Draw ratios on a logarithmic axis around 1; what is 0 or ∞ stands at its end, that there is none beside 1."""
    figure.add_scatter(
        x=[1.0] * len(names), y=list(names), mode="lines", row=1, col=2, hoverinfo="skip", showlegend=False,
        line={"color": colours.GREY, "width": 2, "dash": "dot"},
    )  # fmt: skip
    places = [1.0 if math.isnan(r) else min(max(r, 1 / _EDGE), _EDGE) for r in ratios]
    figure.add_scatter(
        x=places, y=list(names), mode="markers+text", text=[said(r, w) for r in ratios], row=1, col=2,
        textposition=["middle left" if place > 10 or 0.1 <= place < 1 else "middle right" for place in places],  # not on 1
        textfont={"size": style.TEXT}, showlegend=False, cliponaxis=False,
        marker={"size": 13, "color": colours.PURPLE, "opacity": [0.0 if math.isnan(r) else 1.0 for r in ratios]},
        hovertemplate="%{y}: %{text}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(
        type="log", range=[-math.log10(_EDGE) - 0.3, math.log10(_EDGE) + 0.3], title={"text": title},
        tickvals=[0.01, 0.1, 1, 10, 100], ticktext=["0.01", "0.1", "1", "10", "100"], fixedrange=True, row=1, col=2,
    )  # fmt: skip


def _power(value: float) -> str:
    """Return a small number as the paper writes it: 1.9 × 10⁻⁴."""
    mantissa, exponent = f"{value:.1e}".split("e-")
    return f"{mantissa} × 10⁻{'⁰¹²³⁴⁵⁶⁷⁸⁹'[int(exponent)]}"


def said(ratio: float, w: Say) -> str:
    """Return a ratio as it is written: of nothing by nothing there is none."""
    if math.isnan(ratio):
        return w("ratio.none")
    return "∞" if math.isinf(ratio) else f"{ratio:.3g}" if ratio < 100 else f"{ratio:,.0f}"


def paper_rows(told: bool) -> list[dict[str, Any]]:
    """Return Table 1 for the CSV; only what is drawn."""
    rows = [{"word": probe, "near_ice": ice} for probe, ice in zip(PAPER_PROBES, PAPER[0], strict=True)]
    if told:
        for row, steam, ratio in zip(rows, PAPER[1], PAPER[2], strict=True):
            row |= {"near_steam": steam, "ratio": ratio}
    return rows


def own_rows(found: Ratios) -> list[dict[str, Any]]:
    """Return the counts, probabilities and ratios of the learner's text for the CSV."""
    return [
        {"word": probe, "times": found.occurrences[2 + place], "count_1": float(found.counts[0, place]),
         "count_2": float(found.counts[1, place]), "p_1": float(found.probabilities[0, place]),
         "p_2": float(found.probabilities[1, place]), "ratio": float(found.ratios[place])}
        for place, probe in enumerate(found.probes)
    ]  # fmt: skip
