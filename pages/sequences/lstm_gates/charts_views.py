"""Further figures of the LSTM lesson: one unit over time, extremes, two versions, other words, gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from app.charts import colours, drawing, style
from app.charts.drawing import Drawing, subplots
from app.text import Say, number, probability
from nlpcore.recurrent import (
    Alternatives,
    CharacterReading,
    Comparison,
    FlowComparison,
    GateExtremes,
    Reading,
    SentimentReading,
)
from pages.sequences.lstm_gates.charts import COLOUR, GRID, MOST_LABELS, escape, token_label
from pages.sequences.lstm_gates.tables import output_of

# -- one unit over time ----------------------------------------------------------------------------------------------


def unit_figure(reading: Reading, w: Say, units: Sequence[int]) -> Drawing:
    """Draw c_t of the first unit as what was kept plus what was added, and c_t of the others as lines."""
    trace, main = reading.trace, units[0]
    steps = list(range(len(reading.tokens)))
    figure = Drawing()
    for part, colour in (("kept", COLOUR["f"]), ("added", COLOUR["i"])):
        y = getattr(trace, part)[:, main]
        name = w(f"unit.{part}", unit=main)
        figure.add_bar(x=steps, y=y, name=name, marker={"color": colour}, opacity=0.75, hovertemplate="%{y:.3f}")
    palette = (COLOUR["c"], colours.PURPLE, colours.SKY, colours.GREY)
    for unit, colour in zip(units, palette, strict=False):
        line = {"color": colour, "width": 3 if unit == main else 2}
        name = w("unit.cell", unit=unit)
        figure.add_scatter(x=steps, y=trace.c[:, unit], name=name, line=line, hovertemplate="%{y:.3f}")
    _plain_time_axis(figure, reading)
    figure.update_yaxes(gridcolor=GRID, zeroline=True, zerolinecolor=colours.MUTED)
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    figure.update_layout(
        **style.base_layout(380, barmode="relative", bargap=0.25, legend=legend, hovermode="x unified")
    )
    return figure


def _plain_time_axis(figure: Drawing, reading: Reading) -> None:
    count = len(reading.tokens)
    places = list(range(0, count, -(-count // MOST_LABELS)))
    labels = [token_label(reading, place) for place in places]
    limits = [-0.6, count - 0.4]
    figure.update_xaxes(tickvals=places, ticktext=labels, range=limits, showgrid=False, zeroline=False)
    figure.update_xaxes(autotickangles=[0, -40, -90])


# -- two versions ----------------------------------------------------------------------------------------------------


def comparison_figure(both: Comparison, w: Say, quantity: str, units: Sequence[int]) -> Drawing:
    """Draw the output of both versions over the aligned tokens, above the difference heatmap (second minus first)."""
    figure = subplots(2, shared_x=True, vertical_spacing=0.04, row_heights=(1, 1.6))
    places = list(range(len(both.pairs)))
    before = [None if pair.before is None else output_of(both.before)[pair.before] for pair in both.pairs]
    after = [None if pair.after is None else output_of(both.after)[pair.after] for pair in both.pairs]
    for name, y, colour, dash in (("before", before, colours.GREY, "dot"), ("after", after, colours.MODEL, "solid")):
        line = {"color": colour, "width": 3, "dash": dash}
        figure.add_scatter(x=places, y=y, name=w(f"compare.{name}"), line=line, connectgaps=True, row=1, col=1)
    difference = both.difference(quantity)[:, list(units)].T
    largest = float(np.nanmax(np.abs(difference), initial=0.0)) or 1.0
    figure.add_heatmap(
        z=difference,
        x=places,
        y=list(range(len(units))),
        colorscale=colours.DIVERGING,
        zmin=-largest,
        zmax=largest,
        hoverongaps=False,
        customdata=[[unit] * len(places) for unit in units],
        hovertemplate=f"{w('figure.unit')} %{{customdata}}<br>Δ{quantity} = %{{z:.3f}}<extra></extra>",
        colorbar={"len": 0.6, "y": 0.3, "thickness": 10, "title": {"text": f"Δ<i>{quantity}</i>"}, "outlinewidth": 0},
        row=2,
        col=1,
    )
    every = -(-len(places) // MOST_LABELS)
    figure.update_xaxes(showgrid=False, zeroline=False, range=[-0.5, len(places) - 0.5])
    figure.update_xaxes(
        row=2,
        col=1,
        tickvals=places[::every],
        ticktext=[_pair_label(both, place) for place in places[::every]],
        autotickangles=[0, -40, -90],
    )
    output_range = [-0.04, 1.04] if isinstance(both.before, SentimentReading) else None
    figure.update_yaxes(row=1, col=1, range=output_range, gridcolor=GRID, zeroline=False)
    figure.update_yaxes(
        row=2, col=1, autorange="reversed", showticklabels=False, ticks="", showgrid=False, zeroline=False
    )
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    figure.update_layout(**style.base_layout(480, legend=legend))
    return figure


def _pair_label(both: Comparison, place: int) -> str:
    pair = both.pairs[place]
    old = "" if pair.before is None else escape(both.before.tokens[pair.before])
    new = "" if pair.after is None else escape(both.after.tokens[pair.after])
    if pair.kind == "same":
        return new
    return " ".join([f"<s>{old}</s>"] * bool(old) + [f"<b>{new}</b>"] * bool(new))


# -- bars ------------------------------------------------------------------------------------------------------------


def extremes_figure(gate: str, found: GateExtremes) -> Drawing:
    """Draw the tokens at which a gate is most open above those at which it is most closed; dotted, its mean.

    The values stand in a column of their own: beside the bars the mean would go through some of them.
    """
    fill = [COLOUR[gate]] * len(found.high) + [colours.with_alpha(COLOUR[gate], 0.45)] * len(found.low)
    items = [(f"{escape(v.token)} ({v.step + 1})", v.value) for v in (*found.high, *found.low[::-1])]
    figure = _bars(items, fill, values_at=1.04)
    figure.add_line(x=found.mean, line={"color": colours.MUTED, "dash": "dot", "width": 2})
    figure.update_xaxes(range=[0, 1.3], tickvals=[0, 0.5, 1], gridcolor=GRID, zeroline=False)
    return figure.update_layout(height=270)


def alternatives_figure(found: Alternatives, by: str, lowest: bool, k: int = 8) -> Drawing:
    """Draw the ``k`` words with the highest (or ``lowest``) value of ``by`` (i, f, g, o or output)."""
    table, _ = found.column(by)
    colour = colours.MODEL if by == "output" else COLOUR[by]
    items = [(escape(word), value) for word, value in found.top(table, k, lowest=lowest)]
    figure = _bars(items, [colours.with_alpha(colour, 0.5) if lowest else colour] * len(items))
    most = max(1.0, float(table.max()))
    return figure.update_xaxes(range=[-1.45 * most if table.min() < 0 else 0, 1.45 * most], visible=False)


def next_figure(reading: CharacterReading, step: int, k: int = 5) -> Drawing:
    """Draw the ``k`` most probable next characters after ``step`` (from 0); the one that came is green."""
    items = reading.next(step, k)
    came = reading.tokens[step + 1] if step + 1 < len(reading.tokens) else None
    fill = [colours.TRUTH if token == came else colours.MODEL for token, _ in items]
    figure = _bars([(escape(token), p) for token, p in items], fill, written=probability)
    return figure.update_xaxes(range=[0, 1.2], visible=False)


def _bars(
    items: Sequence[tuple[str, float]],
    fill: Sequence[str],
    values_at: float | None = None,
    written: Callable[[float], str] = number,
) -> Drawing:
    """Draw horizontal bars with their values, as ``written``, at their ends, or all at one place; the first item on top.

    Labels are already escaped.
    """
    places, values = list(range(len(items))), [written(value) for _, value in items]
    figure = Drawing().add(
        drawing.bar(
            x=[value for _, value in items],
            y=places,
            orientation="h",
            marker={"color": list(fill)},
            text=values if values_at is None else None,
            textposition="outside" if values_at is None else None,
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    if values_at is not None:
        figure.add_scatter(
            x=[values_at] * len(items), y=places, mode="text", text=values, textposition="middle right",
            textfont={"size": style.TEXT}, cliponaxis=False, hoverinfo="skip",
        )  # fmt: skip
    labels = [label for label, _ in items]
    figure.update_yaxes(tickvals=places, ticktext=labels, autorange="reversed", showgrid=False, zeroline=False)
    return figure.update_layout(**style.base_layout(28 * len(items) + 16, showlegend=False, bargap=0.25))


# -- gradients -------------------------------------------------------------------------------------------------------


def gradient_figure(flows: FlowComparison, reading: Reading, w: Say) -> Drawing:
    """Draw ‖∂h_T/∂·‖ for every earlier token on a logarithmic axis, one line a network."""
    steps = list(range(len(reading.tokens)))
    figure = Drawing()
    for name, y, colour, dash in (
        ("rnn", flows.rnn.hidden, colours.VERMILLION, "solid"),
        ("gru", flows.gru.hidden, colours.ORANGE, "solid"),
        ("lstm_hidden", flows.lstm.hidden, colours.HIDDEN_STATE, "dot"),
        ("lstm_cell", flows.lstm.cell, colours.CELL_STATE, "solid"),
        ("trained_hidden", flows.trained.hidden, colours.GREEN, "dot"),
        ("trained_cell", flows.trained.cell, colours.GREEN, "solid"),
    ):
        line = {"color": colour, "width": 2.5, "dash": dash}
        figure.add_scatter(x=steps, y=y, name=w(f"gradients.{name}"), line=line, hovertemplate="%{y:.2g}")
    _plain_time_axis(figure, reading)
    # Below the rounding of double precision a size means nothing: lines leave the figure there.
    figure.update_yaxes(
        range=_decades(flows), type="log", gridcolor=GRID, exponentformat="power", dtick=2, zeroline=False
    )
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    figure.update_layout(**style.base_layout(440, legend=legend, hovermode="x unified"))
    return figure


def _decades(flows: FlowComparison) -> tuple[float, float]:
    """Return the decades to show, from 10⁻¹⁶ at the lowest."""
    curves = np.concatenate(
        [c for f in (flows.rnn, flows.gru, flows.lstm, flows.trained) for c in (f.hidden, f.cell) if c is not None]
    )
    seen = curves[(curves > 0) & np.isfinite(curves)]
    return max(-16.0, float(np.log10(seen.min())) - 0.3), float(np.log10(seen.max())) + 0.3
