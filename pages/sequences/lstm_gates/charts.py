"""The LSTM lesson's main figure: the output after every token above heatmaps of the gates and states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.drawing import Drawing
from app.charts.label_placement import room_for
from app.text import Say, number, plotly_text
from nlpcore.arrays import Floats
from nlpcore.recurrent import CharacterReading, Reading, SentimentReading, unit_order, values
from nlpcore.text import shortened
from pages.sequences.lstm_gates.names import SIGNS

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
HEIGHT_IN_A_HALL = 500  # px: under it stands what to look for
_LONGEST_LABEL = 14
MOST_LABELS = 60
MOST_NAMED = 40  # words of which each has room for its name on a laptop
MOST_FRAMED = 40  # tokens: of more the lines of a frame are as wide as the column in it
OUTPUT = (-0.06, 1.06)  # the span of the axis of a probability
NARROWEST, TOKENS_ABOVE = 440, 50  # px: of a laptop's columns together, and of the tokens' names above them
GRID = "rgba(138,138,138,0.25)"


@dataclass(frozen=True)
class Mark:
    """What the reason of an answered question speaks of.

    Attributes:
        step: where, from 0.
        text: what the output did there, written beside it; "" for nothing.
        unit: the unit that is pointed at there, in every row; None for none.
    """

    step: int
    text: str = ""
    unit: int | None = None


def rows_to_show(reading: Reading, order: str, most: int, *named: int) -> list[int]:
    """Return the units to draw: the ``most`` that vary most over time and those ``named``, in the order asked for."""
    varied = unit_order(reading.trace, "variance")[:most]
    shown = {*map(int, varied), *named}
    return [int(u) for u in unit_order(reading.trace, order) if int(u) in shown]


def reading_figure(
    reading: Reading,
    w: Say,
    step: int,
    unit: int,
    units: Sequence[int],
    quantity: str = "all",
    last: int | None = None,
    hall: bool = False,
    told: int | None = None,
    marks: Sequence[Mark] = (),
) -> Drawing:
    """Draw the output after every token above heatmaps (units × tokens) of the gates and states, on one time axis.

    ``step`` (from 0) is marked in all rows; what comes after the first ``last`` tokens, by default after ``step``, is
    left blank. ``quantity``: one of i, f, o, g, c, h, or "all". ``hall``: it will be enlarged. ``told``: how many
    tokens the heatmaps show, by default ``last`` as well. ``marks``: what answers speak of, where it is drawn. The figure is
    built as one description, so that stepping does not wait for Plotly's checks.
    """
    shown = QUANTITIES if quantity == "all" else (quantity,)
    last = step + 1 if last is None else last
    told = last if told is None else told
    left = 150 if hall else 92  # px for the names of the rows
    domains = _domains([1.25, *([1.0] * len(shown) if len(shown) > 1 else [4.2])])
    output, output_axis = _output_row(reading, w, last)
    data, layout = [output], {"xaxis": _time_axis(reading, step, marks), "yaxis": output_axis | {"domain": domains[0]}}
    kind = "bits" if isinstance(reading, CharacterReading) else "positive"
    labels = [_row_label(domains[0], w(f"figure.{kind}_short"), left)]
    for row, name in enumerate(shown, start=2):
        domain = domains[row - 1]
        data.append(_heatmap(reading, w, name, units, told, domain, len(shown) > 1) | {"yaxis": f"y{row}"})
        layout[f"yaxis{row}"] = _unit_axis(units, domain, len(shown) > 1)
        labels += [
            _row_label(domain, _row_name(name, w), left),
            _unit_mark(row, units.index(unit), len(shown) > 1 or len(units) > 24, hall),
        ]
        if told <= step < last:
            labels.append(_asked(told, row, (len(units) - 1) / 2))
    half = {"type": "line", "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": 0.5, "y1": 0.5}
    shapes = _current(step, len(reading.tokens), domains)
    for mark in (one for one in marks if one.step < last):
        labels += _change(reading, mark, step, last, domains[0]) if mark.text else []
        labels += _pointed(mark, units, len(shown)) if mark.unit in units and mark.step < told else []
    if isinstance(reading, SentimentReading):
        shapes.append(half | {"line": {"color": colours.MUTED, "dash": "dot", "width": 1}})
    pointed = len(reading.tokens) > MOST_FRAMED
    margin = {"l": left, "r": 8, "t": 8, "b": (24 if hall else 16) if pointed else 8}
    if pointed:
        labels.append(_pointer(step))
    layout |= style.base_layout(
        HEIGHT_IN_A_HALL if hall else HEIGHT, showlegend=False, margin=margin, annotations=labels, shapes=shapes
    )
    return Drawing(data, layout)


def _current(step: int, count: int, domains: Sequence[tuple[float, float]]) -> list[dict[str, Any]]:
    """Frame the column of the current step; of many narrow ones draw a line through the output alone, behind it."""
    line = {"color": colours.FOCUS, "width": 2}
    if count <= MOST_FRAMED:
        column = {"x0": step - 0.5, "x1": step + 0.5, "y0": 0, "y1": 1}
        return [{"type": "rect", "xref": "x", "yref": "paper", "line": line, "layer": "above"} | column]
    ends = {"x0": step, "x1": step, "y0": domains[0][0], "y1": domains[0][1]}
    return [{"type": "line", "xref": "x", "yref": "paper", "line": line, "layer": "below"} | ends]


def _pointer(step: int) -> dict[str, Any]:
    """Point at the current column from below."""
    at = {"xref": "x", "yref": "paper", "x": step, "y": 0, "yanchor": "top", "yshift": 3}
    return at | {"text": "▲", "showarrow": False, "font": {"size": style.SMALL, "color": colours.FOCUS}}


def _asked(step: int, row: int, middle: float) -> dict[str, Any]:
    """Put a question mark into the column of a row that is still asked about."""
    at = {"xref": "x", "yref": f"y{row}", "x": step, "y": middle, "showarrow": False}
    return at | {"text": "?", "font": {"size": style.TEXT, "color": colours.FOCUS}}


def _change(reading: Reading, mark: Mark, step: int, last: int, domain: tuple[float, float]) -> list[dict[str, Any]]:
    """Write beside the output's line what it did at a step: where neither the line nor the dotted half goes through it.

    It names its token, as it stands outside of that step's column, and of the next one where that is framed: a frame would
    cross out a digit.
    """
    if not isinstance(reading, SentimentReading):
        return []
    mark = replace(mark, text=f"{escape(reading.tokens[mark.step])}: {mark.text}")
    places = [(side, shift) for shift in (12, -12, 20, -20, 28, -28, 36, -36, 44, -44) for side in ("left", "right")]
    beside = "left" if mark.step < len(reading.tokens) / 2 else "right"
    places.sort(key=lambda place: place[0] != beside)
    line = reading.positive
    faults: dict[tuple[str, int], float] = {}
    for place in places:
        faults[place] = _hits(line, mark, step, last, domain, *place)
        if not faults[place]:
            break
    side, shift = min(faults, key=faults.__getitem__)
    x = _outside(side, mark.step, step, len(reading.tokens))
    where = {"xref": "x", "yref": "y", "x": x, "y": float(line[mark.step]), "showarrow": False}
    look = {"text": f"<b>{mark.text}</b>", "font": {"size": style.SMALL}}
    return [where | look | {"xanchor": side, "yshift": shift}]


def _hits(
    output: Floats, mark: Mark, step: int, last: int, domain: tuple[float, float], side: str, shift: int
) -> float:
    """Return how much a text beside the line has in it of the line, of the dotted half, and of what is beyond the row.

    Worked out in tokens and probabilities, for the columns of a laptop, the narrowest screen on which all of it is read.
    """
    of_a_px = (OUTPUT[1] - OUTPUT[0]) / ((domain[1] - domain[0]) * (HEIGHT - TOKENS_ABOVE))
    width = room_for(mark.text, style.SMALL) / NARROWEST * len(output)
    start = _outside(side, mark.step, step, len(output))
    ends = (start, start + width) if side == "left" else (start - width, start)
    middle = float(output[mark.step]) + shift * of_a_px
    low, high = middle - 0.6 * style.SMALL * of_a_px, middle + 0.6 * style.SMALL * of_a_px
    at = np.linspace(ends[0], ends[1], 60)
    line = np.interp(at, np.arange(last), output[:last], left=np.nan, right=np.nan)
    through = float(np.mean((line > low) & (line < high))) + (low < 0.5 < high)
    beyond = (ends[0] < -0.5) + (ends[1] > len(output) - 0.5) + (low < OUTPUT[0]) + (high > OUTPUT[1])
    return through + 2 * beyond


def _outside(side: str, at: int, framed: int, count: int) -> float:
    """Return where on the axis of tokens a text about the column ``at`` begins or ends, beside which ``framed`` may be."""
    away = 0.55 if count <= MOST_FRAMED else 0.0
    beside = framed if away and framed - at == (1 if side == "left" else -1) else at
    return beside + (away if side == "left" else -away)


def _pointed(mark: Mark, units: Sequence[int], rows: int) -> list[dict[str, Any]]:
    """Point at one unit at one step in every row of heatmaps, from the right: a frame would cover what is in it."""
    place = units.index(mark.unit) if mark.unit is not None else 0
    at = {"xref": "x", "x": mark.step + 0.5, "y": place, "xanchor": "left", "showarrow": False}
    look = {"text": "◀", "font": {"size": style.SMALL, "color": colours.FOCUS}}
    return [at | look | {"yref": f"y{row}"} for row in range(2, rows + 2)]


def _domains(heights: Sequence[float], gap: float = 0.012) -> list[tuple[float, float]]:
    """Return the vertical share of each row, the first on top."""
    unit = (1 - gap * (len(heights) - 1)) / sum(heights)
    domains, top = [], 1.0
    for height in heights:
        domains.append((max(0.0, top - height * unit), top))
        top -= height * unit + gap
    return domains


def _output_row(reading: Reading, w: Say, last: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The probability of positive as a line, or of a text the bits of each character as bars; with the row's axis."""
    axis: dict[str, Any] = {"gridcolor": GRID, "zeroline": False, "tickfont": {"size": style.SMALL}}
    x = list(range(last))
    if isinstance(reading, CharacterReading):
        most = max(4.0, 1.05 * float(np.nanmax(reading.bits, initial=0.0)))
        hover = f"%{{x}}<br>{w('figure.bits')} %{{y:.1f}}<extra></extra>"
        bars = {"type": "bar", "x": x, "y": reading.bits[:last], "marker": {"color": colours.MODEL}}
        return bars | {"hovertemplate": hover}, axis | {"range": [0, most], "nticks": 3}
    y = reading.positive[:last] if isinstance(reading, SentimentReading) else reading.signal[:last]
    hover = f"%{{x}}<br>{w('figure.positive')} %{{y:.2f}}<extra></extra>"
    mode = "lines+markers" if len(reading.tokens) <= MOST_LABELS else "lines"
    line = {"type": "scatter", "mode": mode, "x": x, "y": y, "line": {"color": colours.MODEL, "width": 2.5}}
    return line | {"hovertemplate": hover}, axis | {"range": list(OUTPUT), "tickvals": [0, 0.5, 1]}


def _heatmap(
    reading: Reading, w: Say, name: str, units: Sequence[int], last: int, domain: tuple[float, float], small: bool
) -> dict[str, Any]:
    whole = values(reading.trace, name)
    table = whole[:, list(units)].T.astype(np.float32)  # (units, steps)
    table[:, last:] = np.nan
    scale, limits = _scale(name, whole)
    return {
        "type": "heatmap",
        "z": table,
        "colorscale": scale,
        "zmin": limits[0],
        "zmax": limits[1],
        "hoverongaps": False,
        # %{x} and %{y} are shown as the axes' own labels: the token and the unit's number
        "hovertemplate": f"%{{x}} · {w('figure.unit')} %{{y}}<br>{name} = %{{z:.3f}}<extra></extra>",
        "colorbar": _colourbar(name, domain, limits, small),
        "showscale": not small or name not in ("i", "o"),
    }


def _scale(name: str, table: np.ndarray[Any, Any]) -> tuple[Any, tuple[float, float]]:
    """Gates on [0, 1]; signed values centred at zero: g and h to ±1, c so far that two in a hundred are beyond it."""
    if name in GATES:
        return colours.MAGNITUDE, (0.0, 1.0)
    limit = max(1.0, float(np.ceil(np.percentile(np.abs(table), 98) * 2) / 2)) if name == "c" else 1.0
    return colours.DIVERGING, (-limit, limit)


def _colourbar(name: str, domain: tuple[float, float], limits: tuple[float, float], small: bool) -> dict[str, Any]:
    """The scale beside a row; three small rows of gates share one beside the middle one."""
    ticks = limits if small and name not in GATES else (limits[0], sum(limits) / 2, limits[1])
    return {
        "y": sum(domain) / 2,
        "len": (domain[1] - domain[0]) * (2.8 if small and name == "f" else 0.74),
        "thickness": 10,
        "tickvals": ticks,
        "ticktext": [_tick(value, name == "c" and abs(value) == limits[1]) for value in ticks],
        "tickfont": {"size": style.SMALL},
        "outlinewidth": 0,
        "xpad": 6,
        "ypad": 2,
    }


def _tick(value: float, beyond: bool) -> str:
    sign = ("≤" if value < 0 else "≥") if beyond else ""
    return sign + number(value, "g")


def _unit_axis(units: Sequence[int], domain: tuple[float, float], small: bool) -> dict[str, Any]:
    return {
        "domain": domain,
        "autorange": "reversed",
        "showticklabels": not small and len(units) <= 24,
        "ticks": "",
        "tickvals": list(range(len(units))),
        "ticktext": [str(unit) for unit in units],
        "tickfont": {"size": style.SMALL},
        "showgrid": False,
        "zeroline": False,
    }


def _row_name(name: str, w: Say) -> str:
    return f'<b><i><span style="color:{COLOUR[name]}">{name}</span></i></b><br>{w(f"short.{name}")}'


def _row_label(domain: tuple[float, float], text: str, left: int) -> dict[str, Any]:
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": sum(domain) / 2, "xshift": -0.37 * left}
    look = {"xanchor": "right", "yanchor": "middle", "align": "right", "showarrow": False}
    return place | look | {"text": text, "font": {"size": style.SMALL}}


def _unit_mark(row: int, place: int, small: bool, hall: bool) -> dict[str, Any]:
    """Point at a unit, from the left of its number where that stands there."""
    number_of_two = 8 + room_for("00", style.SMALL * (style.LECTURE_FACTOR if hall else 1))
    at = {"xref": "paper", "yref": f"y{row}", "x": 0, "y": place, "xanchor": "right"}
    at |= {"xshift": -1 if small else -number_of_two}
    return at | {"text": "▶", "showarrow": False, "font": {"size": style.SMALL, "color": colours.FOCUS}}


def _time_axis(reading: Reading, step: int, marks: Sequence[Mark]) -> dict[str, Any]:
    """Tokens above the highest row, the current one and those that answers speak of bold; of a long text every second,
    third … one beside these."""
    count = len(reading.tokens)
    letters = isinstance(reading, CharacterReading)
    every = -(-count // (MOST_LABELS if letters else MOST_NAMED))
    places: list[int] = []
    spoken_of = (step, *(mark.step for mark in marks))
    for place in (*spoken_of, *range(0, count, every)):  # the first that come keep their room
        if place not in places and all(abs(place - other) >= every for other in places):
            places.append(place)
    places.sort()
    axis: dict[str, Any] = {"tickangle": 0} if letters else {"autotickangles": [0, -40, -90]}
    return axis | {
        "range": [-0.5, count - 0.5],
        "anchor": "y",
        "side": "top",
        "tickvals": places,
        "ticktext": [token_label(reading, place, bold=place in spoken_of) for place in places],
        "tickfont": {"size": style.SMALL if count > 16 else style.TEXT},
        "automargin": True,
        "ticks": "",
        "showgrid": False,
        "zeroline": False,
    }


def token_label(reading: Reading, place: int, bold: bool = False) -> str:
    label = escape(reading.tokens[place])
    if not reading.known[place]:
        label = f"<i>{label}</i>?"
    return f"<b>{label}</b>" if bold else label


def escape(token: str) -> str:
    """Return a learner's token as Plotly shows it letter for letter; a blank or a line's end becomes a visible sign."""
    return plotly_text(SIGNS.get(token) or shortened(token, _LONGEST_LABEL)).replace(" ", SIGNS[" "])
