"""The figure of the view of words that see themselves: each token's probability with a mask in its place, and without."""

from __future__ import annotations

from typing import Any

from app.charts import colours, style
from app.charts.drawing import Drawing
from app.text import Say, plotly_text, probability, told_apart
from nlpcore.language_models.seen import Seen
from nlpcore.text import shortened

Row = dict[str, Any]
SEEN, HIDDEN = colours.ORANGE, colours.BLUE
_LONGEST = 10
_HALL = 70  # letters side by side under the bars of a hall


def bars(trace: Seen, told: bool, w: Say, hall: bool = False) -> Drawing:
    """Draw a pair of bars for each token; ``told`` False: those of the masks alone."""
    figure = Drawing(layout=style.base_layout(330 if hall else 350, barmode="group", bargap=0.2))
    places = list(range(len(trace.tokens)))
    kinds = [("hidden", HIDDEN, trace.hidden, trace.hidden_first)]
    if told:
        kinds.append(("seen", SEEN, trace.seen, trace.seen_first))
    for name, colour, values, firsts in kinds:
        figure.add_bar(
            x=places,
            y=values,
            name=w(f"itself.{name}"),
            marker={"color": colour},
            customdata=[
                [plotly_text(token), probability(float(p)), plotly_text(first)]
                for token, p, first in zip(trace.tokens, values, firsts, strict=True)
            ],
            hovertemplate=w("itself.hover") + "<extra>%{fullData.name}</extra>",
        )
    few = len(places) <= 14
    names = [shortened(name, _LONGEST) for name in told_apart(trace.tokens)]
    figure.update_xaxes(
        tickvals=places,
        ticktext=[plotly_text(name) for name in names],
        tickangle=(0 if _level(names) else -60) if hall else None if few else -60,
        tickfont={"size": style.TEXT if few else style.SMALL},
        range=[-0.6, len(places) - 0.4],
        showgrid=False,
    )
    figure.update_yaxes(range=[0, 1.02], title={"text": w("itself.axis")})
    return figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0})


def _level(names: list[str]) -> bool:
    """Tell whether the names stand beside each other in a hall without being turned."""
    widest = max(sum(2 if each >= "\u2e80" else 1 for each in name) for name in names)
    return len(names) * (widest + 1) <= _HALL


def bar_rows(trace: Seen, told: bool) -> list[Row]:
    """Return the numbers of :func:`bars` for the CSV; ``told`` as there."""
    rows = []
    for i, token in enumerate(trace.tokens):
        row: Row = {
            "token": token,
            "hidden": float(trace.hidden[i]),
            "hidden_rank": trace.hidden_rank[i],
            "hidden_first": trace.hidden_first[i],
        }
        if told:
            row |= {
                "seen": float(trace.seen[i]),
                "seen_rank": trace.seen_rank[i],
                "seen_first": trace.seen_first[i],
            }
        rows.append(row)
    return rows
