"""Figures of BERT's training text: the four steps of one draw, and a thousand draws counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.drawing import Drawing, subplots
from app.text import Say, plotly_text
from nlpcore.language_models.masking import CorruptionCounts, Count, Fate
from nlpcore.language_models.text_masking import TrainingExample
from nlpcore.text import shortened

FATE_COLOURS: dict[Fate, str] = {Fate.MASKED: colours.SKY, Fate.RANDOM: colours.ORANGE, Fate.KEPT: colours.GREEN}
SELECTED = colours.YELLOW
FATE_NAMES: dict[Fate, str] = {Fate.MASKED: "masked", Fate.RANDOM: "random", Fate.KEPT: "kept"}
STEPS = ("select", "decide", "replace", "predict")
BROKEN = (1, 3)  # steps whose cells have two lines of small text, but in a hall
A_ROW = 7  # tokens; more would not be legible on a phone
CELL, HALL_CELL = 76, 63  # px, and in a hall, which has text below, before it is enlarged
LONGEST = 11  # characters of a token in a cell


def masking_steps(trace: TrainingExample, step: int, w: Say, told: bool = False, hall: bool = False) -> Drawing:
    """Draw the text as a grid of tokens at one of the four steps: select, decide the fate, replace, predict.

    ``told``: the tokens at which the loss is counted are framed, once it was asked which they are. ``hall``: it will be
    enlarged.
    """
    n = len(trace.tokens)
    figure = Drawing()
    figure.update_layout(shapes=[_cell(trace, i, step, told) for i in range(n)])
    coloured = [i for i in range(n) if _colour(trace, i, step)]
    plain = [i for i in range(n) if not _colour(trace, i, step)]
    for where, dim in ((coloured, False), (plain, True)):
        inks = [colours.readable_on(_colour(trace, i, step) or colours.MUTED) for i in where]
        up = 0.26 if step in BROKEN and not hall else 0.16
        for dy, size, text in (
            (up, style.TEXT, _upper(trace, step)),
            (-0.2, style.SMALL, _lower(trace, step, w, hall)),
        ):
            font: dict[str, Any] = {"size": size} if dim else {"size": size, "color": inks}
            figure.add_scatter(
                x=[i % A_ROW for i in where],
                y=[-(i // A_ROW) + dy for i in where],
                text=[text(i) for i in where],
                mode="text",
                textfont=font,
                hoverinfo="skip",
                showlegend=False,
            )
    _add_legend(figure, step, w, told)
    rows = -(-n // A_ROW)
    figure.update_xaxes(
        range=[-0.52, min(n, A_ROW) - 0.48 if n > A_ROW else A_ROW - 0.48], visible=False, fixedrange=True
    )
    figure.update_yaxes(range=[-rows + 0.48, 0.52], visible=False, fixedrange=True)
    legend = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False}
    height = rows * (HALL_CELL if hall else CELL) + 56
    return figure.update_layout(style.base_layout(height, legend=legend, margin={"l": 4, "r": 4, "t": 44, "b": 4}))


def _colour(trace: TrainingExample, i: int, step: int) -> str | None:
    if not trace.corruption.selected[i]:
        return None
    return SELECTED if step == 0 else FATE_COLOURS[Fate(int(trace.corruption.fates[i]))]


def _cell(trace: TrainingExample, i: int, step: int, told: bool) -> dict[str, Any]:
    column, row, colour = i % A_ROW, i // A_ROW, _colour(trace, i, step)
    quiet = {"width": 1, "color": colours.with_alpha(colours.MUTED, 0.5)}
    return {
        "type": "rect",
        "x0": column - 0.48,
        "x1": column + 0.48,
        "y0": -row - 0.46,
        "y1": -row + 0.46,
        "layer": "below",
        "fillcolor": colour or "rgba(0,0,0,0)",
        "line": {"width": 4, "color": colours.FOCUS} if told and trace.corruption.selected[i] else quiet,
    }


def _upper(trace: TrainingExample, step: int) -> Callable[[int], str]:
    """The token in the cell: as it stands until it is replaced, then as the model is shown it."""
    tokens = trace.tokens if step < 2 else trace.shown_tokens
    return lambda i: _short(tokens[i])


def _lower(trace: TrainingExample, step: int, w: Say, hall: bool) -> Callable[[int], str]:
    """The small text in the cell: the draw that decides, the original word, or what has to be predicted.

    The cells of a phone are narrow, those of a hall low.
    """
    drawn, between = trace.corruption, " " if hall else "<br>"

    def text(i: int) -> str:
        if step == 0:
            return f"{drawn.selection_draws[i]:.2f}" if drawn.eligible[i] else w("training.never")
        if not drawn.selected[i]:
            return ""
        if step == 1:
            fate = w("training.short." + FATE_NAMES[Fate(int(drawn.fates[i]))])
            return f"{drawn.fate_draws[i]:.2f} →{between}{fate}"
        if step == 2:
            return f"({_short(trace.tokens[i])})"
        return f"{_short(trace.tokens[i])}:{between}{trace.losses[i]:.1f}"

    return text


def _short(token: str) -> str:
    """A token that fits into a cell, harmless as Plotly's HTML."""
    return plotly_text(shortened(token, LONGEST))


def _add_legend(figure: Drawing, step: int, w: Say, told: bool) -> None:
    entries = (
        {w("training.selected"): SELECTED}
        if step == 0
        else {w(f"training.fate.{FATE_NAMES[fate]}"): colour for fate, colour in FATE_COLOURS.items()}
    )
    for name, colour in entries.items():
        figure.add_scatter(
            x=[None], y=[None], mode="markers", marker={"symbol": "square", "size": 14, "color": colour}, name=name
        )
    if told:
        frame = {"symbol": "square-open", "size": 13, "color": colours.FOCUS, "line": {"width": 3}}
        figure.add_scatter(x=[None], y=[None], mode="markers", marker=frame, name=w("training.counts_here"))


def example_rows(trace: TrainingExample, losses: bool = True) -> list[dict[str, Any]]:
    """Return one row for each token for the CSV, with its loss where it has one and ``losses`` are to be told."""
    drawn = trace.corruption
    rows = [
        {
            "position": i,
            "token": token,
            "eligible": bool(drawn.eligible[i]),
            "selection_draw": float(drawn.selection_draws[i]),
            "selected": bool(drawn.selected[i]),
            "fate_draw": float(drawn.fate_draws[i]) if drawn.selected[i] else "",
            "fate": Fate(int(drawn.fates[i])).name.lower(),
            "shown": trace.shown_tokens[i],
            "loss": float(trace.losses[i]) if drawn.selected[i] else "",
        }
        for i, token in enumerate(trace.tokens)
    ]
    return rows if losses else [{name: value for name, value in row.items() if name != "loss"} for row in rows]


def counted(counts: CorruptionCounts, fates: bool = True) -> list[tuple[str, Count]]:
    """Return the counts that the figure and the CSV show, by the name of their words; ``fates``: not the first alone."""
    every = [
        ("selected", counts.selected),
        ("masked", counts.masked),
        ("random", counts.random),
        ("kept", counts.kept),
        ("changed", counts.visibly_changed),
    ]
    return every if fates else every[:1]


def counts_figure(counts: CorruptionCounts, w: Say, fates: bool = True, hall: bool = False) -> Drawing:
    """Draw observed shares beside the expected ones with their intervals, and the number selected in each draw.

    ``fates``: whether what became of the selected tokens may be shown. ``hall``: it will be enlarged, and has text below.
    """
    figure = subplots(2, 1, vertical_spacing=0.27 if hall else 0.2, row_heights=(0.5, 0.5) if fates else (0.15, 0.85))
    between = "  " if hall else "<br>"  # a phone has no room for both in one line, a hall's rows are low
    names = [f"{w(f'counts.name.{name}')}{between}{count.observed:,}" for name, count in counted(counts, fates)]
    if fates:  # the share that was asked about
        names[1] += f" = {100 * counts.masked.observed / max(1, counts.masked.trials):.1f} %"
    values = [count for _, count in counted(counts, fates)]
    shares = [100 * c.observed / max(1, c.trials) for c in values]
    frames = [3 if name == "masked" else 0 for name, _ in counted(counts, fates)]  # what was asked about
    fills = [SELECTED, *FATE_COLOURS.values(), colours.GREY][: len(values)]
    figure.add_bar(
        x=shares,
        y=names,
        orientation="h",
        marker={"color": fills, "line": {"color": colours.FOCUS, "width": frames}},
        name=w("counts.observed"),
        showlegend=False,
        hovertemplate="%{y}: %{x:.2f} %<extra></extra>",
        row=1,
        col=1,
    )
    _add_expected(figure, values, names, w)
    _add_per_draw(figure, counts, w)
    # Each row has its name, however low it is: left alone, Plotly leaves every second out in a hall.
    figure.update_yaxes(type="category", autorange="reversed", dtick=1, tickfont={"size": style.TEXT}, row=1, col=1)
    figure.update_xaxes(title={"text": w("counts.share")}, ticksuffix=" %", rangemode="tozero", row=1, col=1)
    figure.update_xaxes(title={"text": w("counts.per_draw")}, row=2, col=1, dtick=_tick(counts.eligible))
    figure.update_yaxes(title={"text": w("counts.draws")}, row=2, col=1)
    legend = {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0}
    return figure.update_layout(
        style.base_layout(
            height=450 if hall else 560, legend=legend, bargap=0.25, margin={"l": 8, "r": 8, "t": 40, "b": 40}
        )
    )


def _add_expected(figure: Drawing, values: list[Count], names: list[str], w: Say) -> None:
    expected = [100 * c.probability for c in values]
    figure.add_scatter(
        x=expected,
        y=names,
        mode="markers",
        marker={"symbol": "diamond", "size": 11, "color": colours.VERMILLION},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [100 * c.high / max(1, c.trials) - e for c, e in zip(values, expected, strict=True)],
            "arrayminus": [e - 100 * c.low / max(1, c.trials) for c, e in zip(values, expected, strict=True)],
            "color": colours.VERMILLION,
            "thickness": 2,
            "width": 8,
        },
        name=w("counts.expected"),
        customdata=[[f"{c.expected:,.0f}", f"{c.low:,}", f"{c.high:,}"] for c in values],
        hovertemplate=w("counts.hover") + "<extra></extra>",
        row=1,
        col=1,
    )


def _add_per_draw(figure: Drawing, counts: CorruptionCounts, w: Say) -> None:
    # The far tail holds nothing to see: stop where neither side counts half a draw any more.
    seen = np.flatnonzero((counts.selected_per_draw > 0) | (counts.expected_per_draw >= 0.5))
    last = int(seen.max()) + 1 if seen.size else 1
    numbers = list(range(last))
    figure.update_xaxes(range=[-0.6, last - 0.4], row=2, col=1)  # for the diamonds at its ends Plotly would go on to -1
    figure.add_bar(
        x=numbers,
        y=counts.selected_per_draw[:last],
        marker={"color": SELECTED, "line": {"width": 1, "color": colours.MUTED}},
        name=w("counts.observed"),
        showlegend=False,
        hovertemplate="%{x}: %{y}<extra></extra>",
        row=2,
        col=1,
    )
    figure.add_scatter(
        x=numbers,
        y=counts.expected_per_draw[:last],
        mode="markers",
        marker={"symbol": "diamond", "size": 9, "color": colours.VERMILLION},
        name=w("counts.expected"),
        showlegend=False,
        hovertemplate="%{x}: %{y:.1f}<extra></extra>",
        row=2,
        col=1,
    )


def _tick(eligible: int) -> int:
    return 1 if eligible <= 40 else 5


def count_rows(counts: CorruptionCounts, fates: bool = True) -> list[dict[str, Any]]:
    """Return the counts for the CSV; ``fates``: as in the figure."""
    return [
        {
            "what": name,
            "observed": c.observed,
            "trials": c.trials,
            "probability": c.probability,
            "expected": c.expected,
            "low_95": c.low,
            "high_95": c.high,
        }
        for name, c in [*counted(counts, fates), ("empty_draws", counts.empty_draws)]
    ]
