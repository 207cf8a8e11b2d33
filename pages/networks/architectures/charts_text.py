"""Figures of the filters that read a review, and of letters that go through a bottleneck."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.drawing import Drawing, Spec
from app.text import Say, number, plotly_text, signed
from nlpcore.arrays import Floats
from nlpcore.networks.chains import TRIED, WORDS, Counting, chain, run_through
from nlpcore.networks.letters import COLUMNS, ROWS, Squeezed, letters
from nlpcore.networks.text_cnn import CNNReading
from nlpcore.text import shortened
from pages.networks.architectures.charts import PALE
from pages.networks.architectures.questions import UNHEARD

Row = dict[str, Any]
FOR, AGAINST, ANSWER, PEAK = colours.ORANGE, colours.BLUE, colours.SKY, colours.VERMILLION
VOTES = 8  # filters drawn
_LABELS = 26  # tokens of which each has its label
_IN_A_LINE = 13  # letters
_STEPS = 6  # on which letters of one number stand, so that neighbours do not cover each other
_PAPER = "#E8EEF4"


def strongest_filter(reading: CNNReading) -> int:
    """Return the filter that answers most to some n-gram of the review, from 0."""
    return int(reading.strongest.argmax())


def sliding_figure(reading: CNNReading, number_of: int, w: Say) -> Drawing:
    """Draw what one filter answers to the n-gram that begins at each token; the strongest is marked."""
    answers, at = reading.answers[number_of], int(reading.places[number_of])
    places = list(range(len(answers)))
    fills = [PEAK if place == at and answers[at] > 0 else ANSWER for place in places]
    figure = Drawing()
    figure.add_bar(
        x=places, y=answers, marker={"color": fills},
        customdata=[plotly_text(reading.ngram(number_of, place)) for place in places],
        hovertemplate="%{customdata}: %{y:.2f}<extra></extra>",
    )  # fmt: skip
    if answers[at] > 0:
        figure.add_annotation(
            x=at, y=float(answers[at]), text=f"<b>{plotly_text(shortened(reading.ngram(number_of), 30))}</b>", yanchor="bottom",
            showarrow=False, xanchor="left" if at < len(places) / 3 else "right" if at > 2 * len(places) / 3 else "center",
            font={"size": style.TEXT},
        )  # fmt: skip
    every = max(1, -(-len(reading.tokens) // _LABELS))
    shown = list(range(len(reading.tokens)))[::every]
    names = [plotly_text(shortened(reading.tokens[place], 11)) for place in shown]
    figure.update_xaxes(tickmode="array", tickvals=shown, ticktext=names, tickangle=-50, fixedrange=True, type="linear",
                        range=[-0.6, len(reading.tokens) - 0.4])  # fmt: skip
    top = 1.2 * max(float(answers.max()), 0.5)
    figure.update_yaxes(title={"text": w("axis_of.answer")}, range=[0, top], nticks=4, fixedrange=True)
    return figure.update_layout(style.base_layout(280, showlegend=False))


def sliding_rows(reading: CNNReading, number_of: int) -> list[Row]:
    """Return the answers of a filter for the CSV."""
    return [
        {"place": place, "ngram": reading.ngram(number_of, place), "answer": float(answer)}
        for place, answer in enumerate(reading.answers[number_of])
    ]


def voters(reading: CNNReading) -> list[int]:
    """Return the filters that say most for or against, the strongest first; those that are silent are left out."""
    order = np.argsort(-np.abs(reading.votes), kind="stable").tolist()
    return [place for place in order[:VOTES] if abs(reading.votes[place]) >= UNHEARD]


def votes_figure(reading: CNNReading, w: Say) -> Drawing:
    """Draw the largest votes, each with the n-gram that it was cast for."""
    found = voters(reading)
    places = list(range(len(found)))
    votes = [float(reading.votes[place]) for place in found]
    figure = Drawing()
    figure.add_bar(
        x=votes, y=places, orientation="h", marker={"color": [FOR if vote > 0 else AGAINST for vote in votes]},
        text=[signed(vote) for vote in votes], textposition="outside", cliponaxis=False, hoverinfo="skip",
        textfont={"size": style.SMALL},
    )  # fmt: skip
    names = [f"{plotly_text(shortened(reading.ngram(place), 22))} · {place + 1}" for place in found]
    figure.update_yaxes(
        tickmode="array",
        tickvals=places,
        ticktext=names,
        autorange="reversed",
        fixedrange=True,
        type="linear",
        title={"text": w("axis_of.voters")},
    )
    # With room for the number beside the longest bar, on phones and in halls too, whose figure is narrow.
    reach = 1.8 * max([abs(vote) for vote in votes], default=1.0)
    figure.update_xaxes(
        range=[-reach, reach], title={"text": w("axis_of.votes")}, nticks=5, zeroline=True, fixedrange=True
    )
    return figure.update_layout(style.base_layout(90 + 30 * max(len(found), 2), showlegend=False))


def vote_rows(reading: CNNReading) -> list[Row]:
    """Return all votes for the CSV."""
    return [
        {"filter": n + 1, "words": int(width), "ngram": reading.ngram(n), "strongest": float(most), "vote": float(vote)}
        for n, (width, most, vote) in enumerate(zip(reading.widths, reading.strongest, reading.votes, strict=True))
    ]


# -- letters ---------------------------------------------------------------------------------------------------------


def in_and_out(shown: Squeezed) -> Floats:
    """Return all letters side by side in lines of 13, each line of what goes in above that of what comes out; NaN between."""
    pictures = letters()[1]
    lines: list[Floats] = []
    for begin in range(0, len(pictures), _IN_A_LINE):
        for row in (pictures, shown.pictures):
            line = np.full((ROWS + 1, _IN_A_LINE * (COLUMNS + 1)), np.nan)
            for place, picture in enumerate(row[begin : begin + _IN_A_LINE]):
                left = place * (COLUMNS + 1)
                line[:ROWS, left : left + COLUMNS] = picture.reshape(ROWS, COLUMNS)
            lines.append(line)
        lines.append(np.full((1, _IN_A_LINE * (COLUMNS + 1)), np.nan))
    return np.concatenate(lines[:-1])


def pictures_figure(values: Floats, height: int = 250) -> Drawing:
    """Draw pictures of letters: the darker, the more ink."""
    figure = Drawing()
    figure.add_heatmap(
        z=values, zmin=0, zmax=1, colorscale=[[0.0, _PAPER], [1.0, "#08306B"]], showscale=False, hoverinfo="skip",
        hoverongaps=False, xgap=0.5, ygap=0.5,
    )  # fmt: skip
    rows, columns = values.shape
    hidden: Spec = {"visible": False, "fixedrange": True, "constrain": "domain"}
    figure.update_yaxes(range=[rows + 0.5, -1.5], scaleanchor="x", **hidden)
    figure.update_xaxes(range=[-1.5, columns + 0.5], **hidden)
    # paper all around: on a dark page dark ink would run into the page, and the letters be read as their negatives
    return figure.update_layout(style.base_layout(height, showlegend=False, plot_bgcolor=_PAPER))


def codes_figure(shown: Squeezed, w: Say, hall: bool = False) -> Drawing:
    """Draw where the letters lie in the middle, by the first two numbers of each; of one number in steps along a line."""
    names, codes = letters()[0], shown.codes
    flat = codes.shape[1] == 1
    heights = codes[:, 0].argsort().argsort() % _STEPS if flat else codes[:, 1]
    figure = Drawing()
    figure.add_scatter(
        x=codes[:, 0], y=heights, mode="text", text=[f"<b>{name}</b>" for name in names],
        textfont={"size": 18, "color": colours.edge_of(colours.BLUE)}, hoverinfo="skip", cliponaxis=False,
    )  # fmt: skip
    figure.update_xaxes(title={"text": w("axis_of.first")}, nticks=5, fixedrange=True)
    figure.update_yaxes(
        title={"text": "" if flat else w("axis_of.second")},
        nticks=5,
        fixedrange=True,
        showticklabels=not flat,
        showgrid=not flat,
        zeroline=not flat,
    )
    return figure.update_layout(style.base_layout(430 if hall else 320, showlegend=False))


def code_rows(shown: Squeezed) -> list[Row]:
    """Return the letters' places for the CSV, and how many points of each come out wrong."""
    return [
        {"letter": name, "wrong_points": int(wrong)} | {f"code_{n}": float(value) for n, value in enumerate(code, 1)}
        for name, code, wrong in zip(letters()[0], shown.codes, shown.wrong, strict=True)
    ]


def picture_rows(values: Floats) -> list[Row]:
    """Return what is drawn of pictures for the CSV, row by row; empty between two letters."""
    return [
        {f"column_{n}": "" if np.isnan(value) else round(float(value), 3) for n, value in enumerate(line, 1)}
        for line in values
    ]


def vote_said(reading: CNNReading, place: int) -> str:
    """Return a vote with its sign."""
    return number(float(reading.votes[place]), "+.2f")


# -- a network that counts ---------------------------------------------------------------------------------------------


def chains_figure(trace: Counting, w: Say, told: bool) -> Drawing:
    """Draw how likely each chain is praise: by how many "not", before good and before bad; a cross where that is wrong.

    ``told``: those longer than what was learnt from are shown too.
    """
    shown = trace.probabilities.T.copy()  # (2, chains)
    if not told:
        shown[:, trace.seen + 1 :] = np.nan
    columns = list(range(shown.shape[1]))
    figure = Drawing()
    figure.add_heatmap(
        x=columns, y=[0, 1], z=shown, zmin=0, zmax=1, colorscale=PALE, showscale=False, hoverinfo="skip", xgap=3, ygap=3
    )
    for hidden, ink in ((False, "#000000"), (True, None)):  # on the page itself its own colour is read
        at = [(row, column) for row in (0, 1) for column in columns if np.isnan(shown[row, column]) == hidden]
        figure.add_scatter(
            x=[column for _, column in at], y=[row for row, _ in at], mode="text", hoverinfo="skip",
            text=["?" if hidden else f"{shown[row, n]:.2f}{'' if trace.right[n, row] else '<br>✗'}" for row, n in at],
            textfont={"size": style.TEXT} | ({"color": ink} if ink else {}),
        )  # fmt: skip
    figure.add_shape(
        type="line",
        x0=trace.seen + 0.5,
        x1=trace.seen + 0.5,
        y0=-0.6,
        y1=1.6,
        line={"color": PEAK, "width": 3, "dash": "dot"},
    )
    # over the boxes; by the axis of the rows, which is upside down, it would lie below and not be drawn
    for side, key, shift in (("right", "rnn.learnt", -8), ("left", "rnn.new", 8)):
        figure.add_annotation(
            x=trace.seen + 0.5, y=1, yref="paper", text=w(key), showarrow=False, xanchor=side, xshift=shift,
            yanchor="bottom", font={"size": style.SMALL},
        )  # fmt: skip
    figure.update_xaxes(
        title={"text": w("axis_of.nots")}, tickmode="array", tickvals=columns, ticktext=[str(n) for n in columns],
        fixedrange=True, showgrid=False, zeroline=False,
    )  # fmt: skip
    figure.update_yaxes(
        tickmode="array", tickvals=[0, 1], ticktext=[w("phrases.p0"), w("phrases.p2")], range=[1.6, -0.6], fixedrange=True,
        showgrid=False, zeroline=False,
    )  # fmt: skip
    return figure.update_layout(style.base_layout(230, showlegend=False, margin={"l": 8, "r": 8, "t": 30, "b": 8}))


def chain_rows(trace: Counting, told: bool) -> list[Row]:
    """Return the chains for the CSV."""
    return [
        {
            "not": nots,
            "word": word,
            "probability": float(trace.probabilities[nots, place]) if told or nots <= trace.seen else "",
        }
        for nots in range(len(trace.probabilities))
        for place, word in enumerate(WORDS[1:])
    ]


def states_of(trace: Counting, told: bool) -> Floats:
    """Return the states (steps, units) along the longest chain that was learnt from; ``told``: along the longest tried."""
    return run_through(trace.weights, chain(TRIED, 1)) if told else trace.states


def states_figure(states: Floats, w: Say) -> Drawing:
    """Draw the state after each word of one chain, a row a unit."""
    steps, units = states.shape
    names = [*[w("rnn.not")] * (steps - 1), w("phrases.p0")]
    figure = Drawing()
    figure.add_heatmap(
        x=list(range(steps)), y=list(range(units)), z=states.T, zmin=-1, zmax=1, colorscale=colours.DIVERGING,
        hoverinfo="skip", xgap=2, ygap=2,
        colorbar={"title": {"text": w("axis_of.state")}, "thickness": 12, "tickvals": [-1, 0, 1]},
    )  # fmt: skip
    figure.update_xaxes(tickmode="array", tickvals=list(range(steps)), ticktext=names, fixedrange=True)
    figure.update_yaxes(
        tickmode="array", tickvals=list(range(units)), ticktext=[str(n) for n in range(1, units + 1)], autorange="reversed",
        title={"text": w("axis_of.unit")}, fixedrange=True,
    )  # fmt: skip
    return figure.update_layout(style.base_layout(100 + 30 * units, showlegend=False))


def state_rows(states: Floats) -> list[Row]:
    """Return the states for the CSV."""
    return [
        {"step": step, **{f"unit_{n}": float(value) for n, value in enumerate(state, 1)}}
        for step, state in enumerate(states, 1)
    ]
