"""Figures of the lesson on masked language models: what fills a mask, two sentences compared, attention changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from app.charts import colours, drawing, style
from app.charts.drawing import Drawing, subplots
from app.text import Say, plotly_text, probability, signed, told_apart
from nlpcore.language_models.comparison import FillComparison
from nlpcore.language_models.fill_mask import Candidate, Fill, FillMask
from nlpcore.language_models.mask_attention import AttentionChange
from nlpcore.text import shortened

FIRST, SECOND = colours.BLUE, colours.ORANGE  # the two sentences of a comparison
MOST_PANELS = 6
ROW, HALL_ROW = 31, 24  # px for a bar, and in a hall, which has text below it, before it is enlarged
LEGEND_LINE, TITLE_LINE = 21, 26  # px for a line of the legend, and for what stands above a mask
MOST_OF_A_NAME = 9  # characters of a token in what stands above a mask
HIDDEN = "?"
_HEIGHT_IN_A_HALL = 510  # px before it is enlarged: what is left under the controls, for up to 18 tokens


# -- filling masks --


@dataclass(frozen=True, slots=True)
class Cut:
    """The probability (0 to 1) of a token at the first mask with nothing "before" or "after" it, which is its ``side``."""

    token: str
    side: str
    probability: float


def bars_of(fill: Fill) -> list[tuple[str, Candidate]]:
    """Return (kind, candidate) for each bar of a mask: the likeliest, then the original and the guesses not among them.

    kind is "model", "original" or "guess"; what is both original and guessed counts as the original.
    """
    kinds = {guess.token_id: "guess" for guess in fill.guesses}
    if fill.original:
        kinds[fill.original.token_id] = "original"
    extra = [*([fill.original] if fill.original else []), *fill.guesses]
    shown = {candidate.token_id for candidate in fill.candidates}
    late = {candidate.token_id: candidate for candidate in extra if candidate.token_id not in shown}
    bars = [*fill.candidates, *sorted(late.values(), key=lambda candidate: candidate.rank)]
    return [(kinds.get(candidate.token_id, "model"), candidate) for candidate in bars]


def fill_bars(trace: FillMask, w: Say, cover: bool = False, cut: Cut | None = None, hall: bool = False) -> Drawing:
    """Draw the likeliest tokens of each mask as bars, with the original and the guesses; ``cover`` hides words.

    ``cut``: what a token of the first mask has without one side, which an answered question was about. ``hall``: it will
    be enlarged.
    """
    fills = trace.fills[:MOST_PANELS]
    columns = 1 if len(fills) == 1 else 2
    rows = -(-len(fills) // columns)
    titles = [_mask_title(trace, i, w, cover) for i in range(len(fills))] if len(fills) > 1 else None
    longest = max(len(fill.candidates if cover else bars_of(fill)) for fill in fills)
    figure = subplots(
        rows,
        columns,
        titles,
        {"size": style.TEXT},
        horizontal_spacing=0.2 if columns > 1 else 0,
        vertical_spacing=_between(rows, longest, hall),
    )
    named: set[str] = set()
    for i, fill in enumerate(fills):
        place = {"row": i // columns + 1, "col": i % columns + 1}
        _draw_fill(figure, fill, w, cover, named, place, None if i else cut)
    # Masks that stand beside each other are compared: a bar of the same length is the same probability.
    longest_bar = max(candidate.probability for fill in fills for _, candidate in bars_of(fill))
    room = 1.18 if columns == 1 else 1.45  # for the numbers at the bars, in two columns of a phone too
    end = room * max(longest_bar, cut.probability if cut and _row_of(fills[0], cut) is not None else 0)
    figure.update_xaxes(range=[0, end], tickformat=".2~g", nticks=6)
    for i in range(max(0, len(fills) - columns), len(fills)):  # the last of each column: above another, a title stands
        figure.update_xaxes(title={"text": w("fill.axis")}, row=i // columns + 1, col=i % columns + 1)
    # The same row of two masks is at the same height: left alone, Plotly makes room for the diamond at one of them.
    figure.update_yaxes(range=[longest - 0.5, -0.5])
    # A sentence for a name gets a line of its own: how a row of names would be broken, only the browser knows.
    names = sum(trace.get("showlegend", True) for trace in figure.traces)
    lines = names if names > len(named) else 1 if hall else 2  # a phone breaks the row
    large = style.LECTURE_FACTOR if hall else 1
    top = 8 + large * (LEGEND_LINE * lines + (TITLE_LINE if titles else 0))
    legend = {
        "orientation": "v" if names > len(named) else "h",
        "yref": "container",
        "y": 0.99,
        "yanchor": "top",
        "x": 0,
        "tracegroupgap": 0,
    }
    return figure.update_layout(
        style.base_layout(
            height=int(max(260, rows * (longest * (HALL_ROW if hall else ROW) + 60) + 50 + max(0, top - 70))),
            barmode="overlay",
            margin={"l": 8, "r": 8, "t": top, "b": 40},
            legend=legend,
        )
    )


def _between(rows: int, longest: int, hall: bool) -> float:
    """Return the share of the height between two rows of masks that the numbers of the upper and the title of the lower take."""
    room = (TITLE_LINE + 26) * (style.LECTURE_FACTOR if hall else 1)
    height = rows * (longest * (HALL_ROW if hall else ROW) + 60) * (style.LECTURE_HEIGHT if hall else 1)
    return float(room / height) if rows > 1 else 0.0


def _mask_title(trace: FillMask, index: int, w: Say, cover: bool) -> str:
    """Return what stands above the bars of a mask: no longer than a phone has room for, above the right one of two too."""
    fill = trace.fills[index]
    title = w("fill.title", number=index + 1)
    if trace.order == "certain_first":
        return f"{title} · {w('fill.step', step=fill.step)}"
    if cover or not fill.original:
        return title
    return f"{title} · {plotly_text(shortened(fill.original.token, MOST_OF_A_NAME))}"


def _draw_fill(
    figure: Drawing, fill: Fill, w: Say, cover: bool, named: set[str], place: dict[str, int], cut: Cut | None
) -> None:
    bars = bars_of(fill)
    if cover:
        bars = [("model", candidate) for candidate in fill.candidates]
    row = _row_of(fill, cut)
    for kind, colour in (("model", colours.MODEL), ("original", colours.TRUTH), ("guess", colours.LEARNER)):
        chosen = [(i, candidate) for i, (of, candidate) in enumerate(bars) if of == kind]
        if not chosen:
            continue
        figure.add_bar(
            x=[c.probability for _, c in chosen],
            y=[i for i, _ in chosen],
            orientation="h",
            marker={"color": colour},
            text=[probability(c.probability) for _, c in chosen],
            textposition="outside",
            cliponaxis=False,
            constraintext="none",  # low bars would make it small
            textfont={"size": style.TEXT},
            name=w(f"legend.{kind}"),
            legendgroup=kind,
            showlegend=kind not in named,
            customdata=[[HIDDEN if cover else plotly_text(c.token), c.rank, f"{c.logit:.2f}"] for _, c in chosen],
            hovertemplate=w("fill.hover") + "<extra></extra>",
            **place,
        )
        named.add(kind)
    if cut and row is not None:
        figure.add_scatter(
            x=[cut.probability],
            y=[row],
            mode="markers",
            marker={"symbol": "diamond", "size": 16, "color": colours.FOCUS, "line": {"width": 2, "color": "white"}},
            name=w(f"legend.{cut.side}", word=plotly_text(cut.token), p=probability(cut.probability)),
            hoverinfo="skip",
            cliponaxis=False,
            **place,
        )
    labels = [HIDDEN if cover else f"{plotly_text(c.token)}  {c.rank}." for _, c in bars]
    figure.update_yaxes(tickvals=list(range(len(bars))), ticktext=labels, tickfont={"size": style.TEXT}, **place)
    if cut and row is not None:  # at a probability of next to nothing, the diamond would lie on the place's number
        figure.update_yaxes(ticks="outside", ticklen=8, tickcolor="rgba(0,0,0,0)", **place)


def _row_of(fill: Fill, cut: Cut | None) -> int | None:
    """Return the bar of a mask at which the token stands that a question was about."""
    tokens = [candidate.token for _, candidate in bars_of(fill)]
    return tokens.index(cut.token) if cut and cut.token in tokens else None


def fill_rows(trace: FillMask, cover: bool = False) -> list[dict[str, Any]]:
    """Return the bars' numbers for the CSV; ``cover`` hides words, as in the figure."""
    return [
        {
            "mask": i,
            "kind": "model" if cover else kind,
            "token": HIDDEN if cover else c.token,
            "rank": c.rank,
            "probability": c.probability,
            "log_probability": c.log_probability,
            "logit": c.logit,
            "entropy_bits": fill.entropy_bits,
        }
        for i, fill in enumerate(trace.fills, 1)
        for kind, c in bars_of(fill)
        if not cover or c in fill.candidates
    ]


# -- two sentences --


def comparison_dots(trace: FillComparison, w: Say, both: bool = True, hall: bool = False) -> Drawing:
    """Draw each word's probability in both sentences on a logarithmic axis, with the difference of logarithms.

    ``both`` False leaves the second sentence out, and the order by the difference. ``hall``: enlarged, with text below.
    """
    order = np.argsort(-trace.difference if both else trace.first_rank, kind="stable")
    words = [plotly_text(trace.words[i]) for i in order]
    asked = int(np.abs(trace.difference).argmax())
    names = [f"<b>{word}</b>" if i == asked else word for i, word in zip(order, words, strict=True)]
    first, second = np.exp(trace.first_log_probability[order]), np.exp(trace.second_log_probability[order])
    figure = Drawing()
    sentences = [(w("compare.first"), first, trace.first_rank[order], FIRST)]
    if both:
        _add_links(figure, first, second)
        sentences.append((w("compare.second"), second, trace.second_rank[order], SECOND))
    for name, p, ranks, colour in sentences:
        figure.add_scatter(
            x=p,
            y=list(range(len(order))),
            mode="markers",
            marker={"size": 14, "color": colour},
            name=name,
            customdata=[[word, int(rank), probability(x)] for word, rank, x in zip(words, ranks, p, strict=True)],
            hovertemplate=w("compare.hover") + "<extra></extra>",
        )
    drawn = np.concatenate([p for _, p, _, _ in sentences])
    low, high = np.log10(drawn.min()), np.log10(drawn.max())
    span = high - low + 0.5
    edge = high + 0.08 * span  # on a phone too, the last dot touches no number
    ends = [low - 0.08 * span, edge + 0.25 * span]
    if both:
        _add_differences(figure, trace.difference[order], edge, hall, w)
    for row in range(len(order)):  # up to the numbers: a line of the grid would go through them
        share = (edge - 0.03 * span - ends[0]) / (ends[1] - ends[0]) if both else 1
        at: dict[str, Any] = {"xref": "x domain", "x0": 0, "x1": share, "y0": row, "y1": row, "layer": "below"}
        figure.add_shape(at, type="line", line={"width": 1, "color": colours.with_alpha(colours.MUTED, 0.25)})
    axis: dict[str, Any] = {"type": "log", "range": ends, **_log_ticks(low, edge)}
    figure.update_xaxes(**axis, title={"text": w("compare.axis")})
    top = (-1.6 if hall else -1.1) if both else -0.6
    axis = {"tickvals": list(range(len(order))), "ticktext": names, "range": [len(order) - 0.4, top]}
    figure.update_yaxes(**axis, tickfont={"size": style.TEXT}, showgrid=False, zeroline=False)
    legend = {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0}
    height = max(330, len(order) * HALL_ROW + 115) if hall else max(300, len(order) * ROW + 120)
    margin = {"l": 8, "r": 8, "t": 40 if both else 8, "b": 40}  # a lone sentence has neither legend nor heading
    return figure.update_layout(style.base_layout(height if both else height - 40, margin=margin, legend=legend))


def _add_links(figure: Drawing, first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> None:
    """Join the two dots of each word."""
    for i, ends in enumerate(zip(first, second, strict=True)):
        figure.add_scatter(
            x=ends,
            y=[i, i],
            mode="lines",
            line={"width": 3, "color": colours.with_alpha(colours.MUTED, 0.6)},
            hoverinfo="skip",
            showlegend=False,
        )


def _add_differences(figure: Drawing, differences: npt.NDArray[np.float64], edge: float, hall: bool, w: Say) -> None:
    """Write each word's difference right of the dots, at 10^edge, under a heading."""
    figure.add_scatter(
        x=np.full(len(differences), 10**edge),
        y=list(range(len(differences))),
        mode="text",
        text=[signed(value) for value in differences],
        textposition="middle right",
        textfont={"size": style.TEXT},
        hoverinfo="skip",
        showlegend=False,
    )
    heading: dict[str, Any] = {
        "text": w("compare.difference"),
        "showarrow": False,
        "xanchor": "left",
        "xshift": -12,  # in the middle over the numbers: a phone has no room for it at their right
        "font": {"size": style.SMALL},
    }
    figure.add_annotation(x=edge, y=-1.1 if hall else -0.8, xref="x", yref="y", **heading)


def _log_ticks(low: float, high: float) -> dict[str, list[Any]]:
    """Return ticks of a probability axis from 10^low to 10^high: at 1, 2, 5 of each power of ten, or at 1 alone.

    Right of 10^high stand numbers that the axis does not measure.
    """
    steps = (1, 2, 5) if high - low < 1.7 else (1,)
    values = [step * 10.0**power for power in range(int(low) - 2, 1) for step in steps]
    kept = [value for value in values if low - 0.3 <= np.log10(value) <= min(0.0, high)]
    return {"tickvals": kept, "ticktext": [f"{value:.10f}".rstrip("0").rstrip(".") for value in kept]}


def comparison_rows(trace: FillComparison, both: bool = True) -> list[dict[str, Any]]:
    """Return the comparison's numbers for the CSV; ``both`` False leaves the second sentence out."""
    rows = [
        {
            "word": word,
            "first_probability": float(np.exp(trace.first_log_probability[i])),
            "second_probability": float(np.exp(trace.second_log_probability[i])),
            "first_rank": int(trace.first_rank[i]),
            "second_rank": int(trace.second_rank[i]),
            "difference_ln": float(trace.difference[i]),
        }
        for i, word in enumerate(trace.words)
    ]
    return rows if both else [{name: row[name] for name in ("word", "first_probability", "first_rank")} for row in rows]


# -- attention --


def token_labels(tokens: Sequence[str], masked: Sequence[int]) -> list[str]:
    """Return the tokens as axis labels, those that occur twice numbered; the masked ones have a block before them."""
    names = [plotly_text(name) for name in told_apart(tokens)]
    return [f"▮ {name}" if i in masked else name for i, name in enumerate(names)]


def attention_change_map(trace: AttentionChange, layer: int | None, w: Say, hall: bool = False) -> Drawing:
    """Draw how attention from query (row) to key (column) changed, averaged over heads: blue less, orange more.

    ``hall``: it will be enlarged, and ends on the screen as long as its labels have their lines there.
    """
    change = trace.change(layer)
    n = len(trace.tokens)
    limit = float(np.abs(change).max()) or 1.0
    labels = token_labels(trace.tokens, trace.masked)
    figure = Drawing().add(
        drawing.heatmap(
            z=change,
            zmin=-limit,
            zmax=limit,
            colorscale=colours.DIVERGING,
            colorbar={"title": {"text": w("attention.colour")}, "thickness": 14, "tickformat": ".2f"},
            customdata=[[[labels[q], labels[k]] for k in range(n)] for q in range(n)],
            hovertemplate=w("attention.hover") + "<extra></extra>",
            xgap=1,
            ygap=1,
        )
    )
    axis: dict[str, Any] = {"tickvals": list(range(n)), "ticktext": labels, "showgrid": False, "zeroline": False}
    figure.update_xaxes(**axis, title={"text": w("attention.keys")}, side="top", tickangle=-50)
    figure.update_yaxes(**axis, title={"text": w("attention.queries")}, autorange="reversed")
    height = int(np.clip(150 + 30 * n, 420, 900))
    return figure.update_layout(
        style.base_layout(height=min(height, max(_HEIGHT_IN_A_HALL, 150 + 20 * n)) if hall else height)
    )


def layer_rows(trace: AttentionChange) -> list[dict[str, Any]]:
    """Return how much of its attention each layer moved, in per cent: of all tokens, and of those that are not masked."""
    change = np.abs(trace.hidden - trace.shown).sum(axis=-1).mean(axis=1) / 2  # (layers, queries)
    others = np.delete(change, trace.masked, axis=1)
    return [
        {"layer": layer, "all_tokens": 100 * float(every.mean()), "other_tokens": 100 * float(other.mean())}
        for layer, (every, other) in enumerate(zip(change, others, strict=True), 1)
    ]


def layers_moved(trace: AttentionChange, w: Say) -> Drawing:
    """Draw :func:`layer_rows` as bars."""
    rows, figure = layer_rows(trace), Drawing()
    for name, colour in (("all_tokens", colours.MODEL), ("other_tokens", colours.SKY)):
        shares = [row[name] for row in rows]
        figure.add_bar(
            x=[str(row["layer"]) for row in rows],
            y=shares,
            name=w(f"attention.{name}"),
            marker={"color": colour},
            text=[f"{share:.1f}" for share in shares],
            textposition="outside",
            textfont={"size": style.SMALL},
            cliponaxis=False,
            hoverinfo="skip",
        )
    figure.update_xaxes(title={"text": w("attention.layer")}, type="category", showgrid=False)
    figure.update_yaxes(title={"text": w("attention.moved_share")}, rangemode="tozero")
    legend = {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0}
    return figure.update_layout(style.base_layout(height=230, barmode="group", bargap=0.08, legend=legend))


def heads_moved_map(trace: AttentionChange, w: Say) -> Drawing:
    """Draw how far each head's attention moved: rows are layers, columns heads."""
    moved = trace.moved()
    layers, heads = moved.shape
    figure = Drawing().add(
        drawing.heatmap(
            z=moved,
            zmin=0,
            colorscale=colours.MAGNITUDE,
            x=[str(h + 1) for h in range(heads)],
            y=[str(layer + 1) for layer in range(layers)],
            colorbar={"title": {"text": w("attention.moved")}, "thickness": 14, "tickformat": ".2f"},
            hovertemplate=w("attention.moved_hover") + "<extra></extra>",
            xgap=1,
            ygap=1,
        )
    )
    figure.update_xaxes(title={"text": w("attention.head")}, type="category", showgrid=False)
    figure.update_yaxes(title={"text": w("attention.layer")}, type="category", autorange="reversed", showgrid=False)
    return figure.update_layout(style.base_layout(height=120 + 40 * layers))


def attention_rows(trace: AttentionChange, layer: int | None) -> list[dict[str, Any]]:
    """Return the heatmap's cells for the CSV."""
    change = trace.change(layer)
    return [
        {
            "query": query,
            "query_position": q,
            "key": key,
            "key_position": k,
            "masked_key": k in trace.masked,
            "change": float(change[q, k]),
        }
        for q, query in enumerate(trace.tokens)
        for k, key in enumerate(trace.tokens)
    ]
