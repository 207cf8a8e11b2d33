"""The LSTM lesson's main figure: the output after every token above heatmaps of the gates and states."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from app.charts import colours, style
from nlpcore.recurrent import CharacterReading, Reading, SentimentReading, unit_order, values

Words = Callable[..., str]

QUANTITIES = ("i", "f", "o", "g", "c", "h")
GATES = ("i", "f", "o")
COLOUR = {
    "i": colours.INPUT_GATE,
    "f": colours.FORGET_GATE,
    "g": colours.CANDIDATE,
    "o": colours.OUTPUT_GATE,
    "c": colours.CELL_STATE,
    "h": colours.HIDDEN_STATE,
}
HEIGHT = 540  # px: what is left above the fold of a 1080 px screen
_LONGEST_LABEL = 14
MOST_LABELS = 60
GRID = "rgba(138,138,138,0.25)"


def rows_to_show(reading: Reading, order: str, most: int, unit: int) -> list[int]:
    """Return the units to draw: the ``most`` that vary most over time and the chosen one, in the order asked for."""
    varied = unit_order(reading.trace, "variance")[:most]
    shown = {*map(int, varied), unit}
    return [int(u) for u in unit_order(reading.trace, order) if int(u) in shown]


def reading_figure(
    reading: Reading, w: Words, step: int, unit: int, units: Sequence[int], quantity: str = "all", ahead: bool = False
) -> go.Figure:
    """Draw the output after every token above heatmaps (units × tokens) of the gates and states, on one time axis.

    ``step`` (from 0) is marked in all rows; what comes after it is left blank unless ``ahead``. ``quantity``: one of
    i, f, o, g, c, h, or "all".
    """
    shown = QUANTITIES if quantity == "all" else (quantity,)
    last = len(reading.tokens) if ahead else step + 1
    figure = make_subplots(
        rows=1 + len(shown),
        shared_xaxes=True,
        vertical_spacing=0.012,
        row_heights=[1.25, *([1.0] * len(shown) if len(shown) > 1 else [4.2])],
    )
    _draw_output(figure, reading, w, last)
    for row, name in enumerate(shown, start=2):
        _draw_heatmap(figure, row, reading, w, name, units, last)
        _name_row(figure, row, name, w)
        _mark_unit(figure, row, units.index(unit))
    _time_axis(figure, reading, step)
    figure.update_layout(**style.base_layout(HEIGHT, showlegend=False, margin={"l": 92, "r": 8, "t": 8, "b": 8}))
    return figure


def _draw_output(figure: go.Figure, reading: Reading, w: Words, last: int) -> None:
    """Draw row 1: the probability of positive as a line, or of a text the bits of each character as bars."""
    steps, hover = list(range(last)), [escape(token) for token in reading.tokens[:last]]
    if isinstance(reading, CharacterReading):
        most = max(4.0, 1.05 * float(np.nanmax(reading.bits, initial=0.0)))
        form = f"%{{hovertext}}<br>{w('figure.bits')} %{{y:.1f}}<extra></extra>"
        bits, fill = reading.bits[:last], {"color": colours.MODEL}
        figure.add_bar(x=steps, y=bits, hovertext=hover, marker=fill, hovertemplate=form, row=1, col=1)
        axis: dict[str, Any] = {"range": [0, most], "nticks": 3}
    elif isinstance(reading, SentimentReading):
        form = f"%{{hovertext}}<br>{w('figure.positive')} %{{y:.2f}}<extra></extra>"
        line = {"color": colours.MODEL, "width": 2.5}
        look = {"mode": "lines+markers", "line": line, "hovertext": hover, "hovertemplate": form}
        figure.add_scatter(x=steps, y=reading.positive[:last], row=1, col=1, **look)
        figure.add_hline(0.5, line={"color": colours.MUTED, "dash": "dot", "width": 1}, row=1, col=1)
        axis = {"range": [-0.06, 1.06], "tickvals": [0, 0.5, 1]}
    figure.update_yaxes(row=1, col=1, gridcolor=GRID, zeroline=False, tickfont={"size": style.SMALL}, **axis)
    _row_label(figure, 1, w(f"figure.{'bits' if isinstance(reading, CharacterReading) else 'positive'}_short"))


def _draw_heatmap(
    figure: go.Figure, row: int, reading: Reading, w: Words, name: str, units: Sequence[int], last: int
) -> None:
    table = values(reading.trace, name)[:, list(units)].T.astype(np.float32)  # (units, steps)
    scale, limits = _scale(name, values(reading.trace, name))
    together = _height_of(figure, row) < 0.5
    blank = np.full((len(units), len(reading.tokens) - last), np.nan, np.float32)
    labels, unit_word = [escape(token) for token in reading.tokens], w("figure.unit")
    figure.add_trace(
        go.Heatmap(
            z=np.hstack([table[:, :last], blank]),
            x=list(range(len(reading.tokens))),
            y=list(range(len(units))),
            colorscale=scale,
            zmin=limits[0],
            zmax=limits[1],
            hoverongaps=False,
            customdata=[[(unit, label) for label in labels] for unit in units],
            hovertemplate=f"%{{customdata[1]}} · {unit_word} %{{customdata[0]}}<br>{name} = %{{z:.3f}}<extra></extra>",
            colorbar=_colourbar(figure, name, row, limits, together),
            showscale=not together or name not in ("i", "o"),
        ),
        row=row,
        col=1,
    )
    few = len(units) <= 70 and _height_of(figure, row) > 0.5
    figure.update_yaxes(
        row=row,
        col=1,
        autorange="reversed",
        showticklabels=few,
        tickvals=list(range(len(units))) if few else [],
        ticktext=[str(unit) for unit in units] if few and len(units) <= 24 else None,
        tickfont={"size": style.SMALL},
        showgrid=False,
        zeroline=False,
    )


def _scale(name: str, table: np.ndarray[Any, Any]) -> tuple[Any, tuple[float, float]]:
    """Gates on [0, 1]; signed values centred at zero: g and h to ±1, c to its largest size in the whole reading."""
    if name in GATES:
        return colours.MAGNITUDE, (0.0, 1.0)
    limit = max(1.0, float(np.ceil(np.abs(table).max() * 2) / 2)) if name == "c" else 1.0
    return colours.DIVERGING, (-limit, limit)


def _height_of(figure: go.Figure, row: int) -> float:
    low, high = figure.layout[f"yaxis{row}"].domain
    return float(high - low)


def _colourbar(figure: go.Figure, name: str, row: int, limits: tuple[float, float], together: bool) -> dict[str, Any]:
    """The scale beside a row; the three gates, drawn ``together``, share one beside the middle one."""
    low, high = figure.layout[f"yaxis{row}"].domain
    tall = not together or name == "f"
    ticks = [limits[0], sum(limits) / 2, limits[1]] if tall else limits
    return {
        "y": (low + high) / 2,
        "len": (high - low) * (2.8 if together and name == "f" else 0.96),
        "thickness": 10,
        "tickvals": ticks,
        "ticktext": [f"{value:g}".replace("-", "−") for value in ticks],
        "tickfont": {"size": style.SMALL},
        "outlinewidth": 0,
        "xpad": 6,
        "ypad": 2,
    }


def _name_row(figure: go.Figure, row: int, name: str, w: Words) -> None:
    letter = f'<b><i><span style="color:{COLOUR[name]}">{name}</span></i></b>'
    _row_label(figure, row, f"{letter}<br>{w(f'short.{name}')}")


def _row_label(figure: go.Figure, row: int, text: str) -> None:
    low, high = figure.layout["yaxis" if row == 1 else f"yaxis{row}"].domain
    figure.add_annotation(
        text=text,
        xref="paper",
        yref="paper",
        x=0,
        y=(low + high) / 2,
        xshift=-34,
        xanchor="right",
        yanchor="middle",
        align="right",
        showarrow=False,
        font={"size": style.SMALL},
    )


def _mark_unit(figure: go.Figure, row: int, place: int) -> None:
    figure.add_annotation(
        text="▶",
        xref="paper",
        yref=f"y{row}",
        x=0,
        y=place,
        xanchor="right",
        showarrow=False,
        font={"size": style.SMALL, "color": colours.FOCUS},
        xshift=-1 if _height_of(figure, row) < 0.5 else -24,
    )


def _time_axis(figure: go.Figure, reading: Reading, step: int) -> None:
    """Tokens above the highest row; the current one bold, and a frame around its column in every row."""
    count = len(reading.tokens)
    letters = isinstance(reading, CharacterReading)
    every = -(-count // (2 * MOST_LABELS if letters else MOST_LABELS))
    places = sorted({*range(0, count, every), step} - ({step - 1, step + 1} if every > 1 else set()))
    figure.update_xaxes(range=[-0.5, count - 0.5], showgrid=False, zeroline=False, showticklabels=False, ticks="")
    figure.update_xaxes(
        row=1,
        col=1,
        side="top",
        showticklabels=True,
        tickvals=places,
        ticktext=[token_label(reading, place, bold=place == step) for place in places],
        tickfont={"size": style.SMALL if count > 16 else style.TEXT},
        automargin=True,
        **({"tickangle": 0} if letters else {"autotickangles": [0, -40, -90]}),
    )
    frame = {"color": colours.FOCUS, "width": 2}
    figure.add_shape(
        type="rect", xref="x", yref="paper", x0=step - 0.5, x1=step + 0.5, y0=0, y1=1, line=frame, layer="above"
    )


def token_label(reading: Reading, place: int, bold: bool = False) -> str:
    label = escape(reading.tokens[place])
    if not reading.known[place]:
        label = f"<i>{label}</i>?"
    return f"<b>{label}</b>" if bold else label


def escape(token: str) -> str:
    """Return a learner's token as Plotly shows it letter for letter; a blank becomes a visible one."""
    short = token if len(token) <= _LONGEST_LABEL else token[: _LONGEST_LABEL - 1] + "…"
    return html.escape(short, quote=False).replace(" ", "␣")
