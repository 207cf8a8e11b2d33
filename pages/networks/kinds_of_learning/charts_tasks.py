"""Figures of the last layers: five bars, each cut into the shares of its classes; the nine tags of each word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.drawing import Drawing
from app.text import Say, plotly_text, probability, told_apart
from nlpcore.learning.last_layer import Decision, LastLayer
from nlpcore.text import shortened

Row = dict[str, Any]
PIECES = 4  # of a bar that are drawn one by one
RANKS = (colours.BLUE, colours.ORANGE, colours.GREEN, colours.SKY)
REST = colours.GREY
ROOM = 0.1  # a share from which its name is written on it
LONGEST = 12
TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-MISC", "I-MISC")


def shown(task: str, layer: LastLayer) -> Decision:
    """Return the decision of a task that is drawn first: of the tags that of the word that is the least sure to have none."""
    if task == "tags" and layer.decisions:
        return min(layer.decisions, key=lambda each: outside(each))
    return layer.decisions[0]


def outside(decision: Decision) -> float:
    """Return the probability of the tag O."""
    return float(decision.probabilities[decision.names.index("O")])


def outside_share(layer: LastLayer) -> float:
    """Return the share of the words of which O is the likeliest tag."""
    return float(np.mean([each.names[0] == "O" for each in layer.decisions])) if layer.decisions else 0.0


def name_of(task: str, name: str, w: Say) -> str:
    """Return what a class is called: a label in the page's language, a tag, a token as it is read."""
    if task in ("feeling", "pair"):
        return w(f"labels.{name}")
    return shortened(name.strip() or ("↵" if "\n" in name else "␣"), LONGEST)


def rows_of(found: Mapping[str, LastLayer]) -> list[tuple[str, Decision]]:
    """Return the bars from the top: task and decision; an answer has two, its start and its end."""
    bars: list[tuple[str, Decision]] = []
    for task, layer in found.items():
        bars += [(task, each) for each in layer.decisions] if task == "answer" else [(task, shown(task, layer))]
    return bars


def title(task: str, decision: Decision, w: Say) -> str:
    """Return the name of a bar: its task, what it is about, how many classes it has."""
    about = shortened(decision.about, LONGEST) if task == "tags" else decision.about
    return w(f"bar.{decision.about if task == 'answer' else task}", word=about, classes=f"{decision.classes:,}")


def bars(found: Mapping[str, LastLayer], w: Say) -> Drawing:
    """Draw each softmax as one bar of length 1."""
    rows = rows_of(found)
    places = list(range(len(rows)))
    figure = Drawing(layout=style.base_layout(64 + 58 * len(rows), margin=style.MARGIN | {"b": 44}))
    for rank in (*range(PIECES), None):
        shares = [_share(decision, rank) for _, decision in rows]
        texts = [_written(task, decision, rank, share, w) for (task, decision), share in zip(rows, shares, strict=True)]
        fill = REST if rank is None else RANKS[rank]
        figure.add_bar(
            orientation="h", y=places, x=shares, marker={"color": fill, "line": {"color": "white", "width": 1}}, text=texts,
            textposition="inside", insidetextanchor="middle", textangle=0, hovertemplate="%{customdata}<extra></extra>",
            customdata=[_hover(task, decision, rank, w) for task, decision in rows], constraintext="inside",
            insidetextfont={"color": colours.readable_on(fill), "size": style.TEXT}, showlegend=False,
        )  # fmt: skip
    figure.update_xaxes(range=[0, 1], title={"text": w("chart.share")}, tickformat=".1f", fixedrange=True)
    names = [plotly_text(title(task, decision, w)).replace("\n", "<br>") for task, decision in rows]
    figure.update_yaxes(
        tickmode="array", tickvals=places, ticktext=names, range=[len(rows) - 0.4, -0.6], showgrid=False, zeroline=False,
        fixedrange=True, tickfont={"size": style.SMALL},
    )  # fmt: skip
    # On a phone a narrow piece has no room for its name: none is written smaller than can be read.
    margin = style.MARGIN | {"r": 24}  # room for the last number of the axis
    return figure.update_layout(
        barmode="stack", bargap=0.25, uniformtext={"minsize": style.SMALL, "mode": "hide"}, margin=margin
    )


def _share(decision: Decision, rank: int | None) -> float:
    if rank is not None:
        return float(decision.probabilities[rank]) if rank < len(decision.names) else 0.0
    return max(0.0, 1 - float(decision.probabilities[:PIECES].sum()))


def _others(decision: Decision) -> int:
    return max(0, decision.classes - PIECES)


def _written(task: str, decision: Decision, rank: int | None, share: float, w: Say) -> str:
    if share < ROOM or (rank is None and not _others(decision)):
        return ""
    name = w("chart.others", count=f"{_others(decision):,}") if rank is None else name_of(task, decision.names[rank], w)
    return f"{plotly_text(name)} {probability(share)}"


def _hover(task: str, decision: Decision, rank: int | None, w: Say) -> str:
    if rank is None:
        return f"{w('chart.others', count=f'{_others(decision):,}')}: {probability(_share(decision, None))}"
    if rank >= len(decision.names):
        return ""
    return f"{plotly_text(name_of(task, decision.names[rank], w))}: {probability(float(decision.probabilities[rank]))}"


def said(task: str, layer: LastLayer, w: Say) -> str:
    """Return a task and its likeliest class in words."""
    decision = shown(task, layer)
    return f"{w(f'task.{task}')}: {name_of(task, decision.names[0], w)} {probability(float(decision.probabilities[0]))}"


def bar_rows(found: Mapping[str, LastLayer], w: Say) -> list[Row]:
    """Return the likeliest classes of each bar for the CSV, and the others together."""
    rows: list[Row] = []
    for task, decision in rows_of(found):
        about = {"task": w(f"task.{task}"), "about": decision.about, "classes": decision.classes}
        for rank, (name, p) in enumerate(
            zip(decision.names[:PIECES], decision.probabilities[:PIECES].tolist(), strict=True)
        ):
            rows.append(about | {"class": name_of(task, name, w), "probability": p, "rank": rank + 1})
        if _others(decision):
            rows.append(about | {"class": "…", "probability": _share(decision, None), "rank": ""})
    return rows


def words(layer: LastLayer, w: Say) -> Drawing:
    """Draw the nine probabilities of each word as a heatmap, the words from the top."""
    names = told_apart([each.about for each in layer.decisions], LONGEST)
    table = np.array([[float(each.probabilities[each.names.index(tag)]) for tag in TAGS] for each in layer.decisions])
    figure = Drawing(layout=style.base_layout(90 + 26 * len(names)))
    figure.add_heatmap(
        z=table, colorscale=colours.MAGNITUDE, zmin=0, zmax=1, hovertemplate="%{z:.3f}<extra></extra>",
        colorbar={"title": {"text": w("chart.probability")}, "thickness": 14},
    )  # fmt: skip
    figure.update_xaxes(
        tickmode="array",
        tickvals=list(range(len(TAGS))),
        ticktext=list(TAGS),
        side="top",
        tickangle=-45,
        fixedrange=True,
    )
    figure.update_yaxes(
        tickmode="array", tickvals=list(range(len(names))), ticktext=[plotly_text(name) for name in names],
        range=[len(names) - 0.5, -0.5], fixedrange=True,
    )  # fmt: skip
    return figure


def word_rows(layer: LastLayer) -> list[Row]:
    """Return the probabilities of each word's tags for the CSV."""
    return [
        {"word": each.about} | {tag: float(each.probabilities[each.names.index(tag)]) for tag in TAGS}
        for each in layer.decisions
    ]
