"""Figures of backpropagation by hand: the network at one step of the calculation; and three paths to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.charts import colours, style
from app.charts.drawing import Drawing, subplots
from app.charts.network_graph import Edge, Node, network_graph
from app.text import Say, number
from nlpcore.networks.by_hand import ByHand, Stage
from nlpcore.networks.walks import Walk
from pages.networks.gradient_descent.charts import GOAL, PATH, landscape, window

HEIGHT, HALL_HEIGHT = 470, 490
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
DONE = colours.BLUE  # a neuron whose output is known


def short(value: float) -> str:
    """Return a number as it stands in the graph: three digits that count, a true minus."""
    return number(value, ".3g")


def subscript(letter: str, number_: int) -> str:
    """Return a name with a small number: w₅."""
    return letter + str(number_).translate(_SUBSCRIPTS)


def weight_number(trace: ByHand, layer: int, neuron: int, of: int) -> int:
    """Return the number of a weight, from 1: layer by layer, neuron by neuron, input by input, as in Mazur 2015."""
    before = sum(part.layer.weights.size for part in trace.network.layers[:layer])
    return int(before + neuron * trace.network.layers[layer].layer.weights.shape[1] + of + 1)


def place_of(trace: ByHand, kind: str, layer: int = -1, neuron: int = -1) -> int:
    """Return the place of a step in the calculation, from 0."""
    return trace.stages.index(Stage(kind, layer, neuron))  # type: ignore[arg-type]


def graph_figure(trace: ByHand, at: int, w: Say, hall: bool = False) -> Drawing:
    """Draw the network with everything that is known at step ``at`` of the calculation (from 0)."""
    columns = [_inputs(trace, at), *(_neurons(trace, layer, at) for layer in range(len(trace.network.layers)))]
    edges = [
        edge
        for layer, part in enumerate(trace.network.layers)
        for neuron in range(len(part.layer.bias))
        for edge in _edges(trace, layer, neuron, at)
    ]
    titles = [w("graph.inputs"), w("graph.hidden"), w("graph.output")]
    if at >= place_of(trace, "loss"):
        titles[-1] += f" · <b>{w('graph.loss')} {short(trace.network.loss)}</b>"
    if at == len(trace.stages) - 1:
        titles[-1] = f"<b>{w('graph.loss')} {short(trace.network.loss)} → {short(trace.loss_after)}</b>"
    return network_graph(columns, edges, titles, HALL_HEIGHT if hall else HEIGHT, hall)


def _inputs(trace: ByHand, at: int) -> list[Node]:
    values = trace.network.layers[0].inputs[0]
    return [
        Node(subscript("x", n), short(value), marked=trace.stages[at].kind == "inputs")
        for n, value in enumerate(values, 1)
    ]


def _neurons(trace: ByHand, layer: int, at: int) -> list[Node]:
    """Return the neurons of a layer: sum, output and ∂L/∂z once they are worked out; after the step sum and output anew."""
    part, stage = trace.network.layers[layer], trace.stages[at]
    shown = trace.again.layers[layer] if stage.kind == "update" else part  # with the new weights, forward once more
    last = layer == len(trace.network.layers) - 1
    found = []
    for neuron, bias in enumerate(shown.layer.bias):
        known = at >= place_of(trace, "forward", layer, neuron)
        back = at >= place_of(trace, "error", layer, neuron)
        notes = [f"b {short(bias)}"]
        notes += [f"z {short(shown.sums[0, neuron])}"] if known else []
        notes += [f"y {short(float(trace.network.targets[0, neuron]))}"] if last else []
        notes += [f"<b>δ {short(part.by_sums[0, neuron])}</b>"] if back else []
        own = (stage.layer, stage.neuron) == (layer, neuron)
        found.append(
            Node(
                subscript("o" if last else "h", neuron + 1),
                short(shown.outputs[0, neuron]) if known else "",
                tuple(notes),
                DONE if known else "",
                own or (stage.kind == "loss" and last),
            )
        )
    return found


def _edges(trace: ByHand, layer: int, neuron: int, at: int) -> list[Edge]:
    """Return the edges into a neuron: weights, with the gradients that are worked out."""
    stage, part = trace.stages[at], trace.network.layers[layer]
    updated = stage.kind == "update"
    weights = trace.after[layer].weights[neuron] if updated else part.layer.weights[neuron]
    back = at >= place_of(trace, "weights", layer, neuron)
    own = (stage.layer, stage.neuron) == (layer, neuron) and stage.kind in ("forward", "weights")
    found = []
    for of, weight in enumerate(weights):
        # what comes back to a hidden neuron comes along the edges that leave it
        returns = stage.kind == "error" and (stage.layer, stage.neuron) == (layer - 1, of)
        name = subscript("w", weight_number(trace, layer, neuron, of))
        gradient = f"∂ {short(part.by_weights[neuron, of])}" if back else ""
        found.append(
            Edge((layer, of), (layer + 1, neuron), f"{name} {short(weight)}", gradient, own or returns or updated)
        )
    return found


def graph_rows(trace: ByHand, at: int) -> list[dict[str, Any]]:
    """Return a row for each weight for the CSV, with what is worked out up to step ``at``."""
    rows = []
    for layer, part in enumerate(trace.network.layers):
        for neuron in range(len(part.layer.bias)):
            known = at >= place_of(trace, "weights", layer, neuron)
            for of, weight in enumerate(part.layer.weights[neuron]):
                rows.append(
                    {
                        "weight": f"w{weight_number(trace, layer, neuron, of)}",
                        "value": float(weight),
                        "input": float(part.inputs[0, of]) if layer == 0 or at >= place_of(trace, "loss") else "",
                        "error": float(part.by_sums[0, neuron]) if known else "",
                        "gradient": float(part.by_weights[neuron, of]) if known else "",
                    }
                )
    return rows


def paths_figure(walks: Sequence[Walk], w: Say) -> Drawing:
    """Draw walks side by side on one landscape without their rates, named A, B, C …"""
    names = [chr(ord("A") + place) for place in range(len(walks))]
    figure = subplots(1, len(walks), titles=names, title_font={"size": style.TEXT}, horizontal_spacing=0.04)
    for column, trace in enumerate(walks, 1):
        figure.add(landscape(trace.name), 1, column)
        points = trace.descent.points
        figure.add_scatter(
            row=1, col=column, x=points[:, 0], y=points[:, 1], mode="lines+markers", hoverinfo="skip", showlegend=False,
            line={"color": PATH, "width": 2}, marker={"size": 5, "color": PATH},
        )  # fmt: skip
        figure.add_scatter(
            row=1, col=column, x=trace.lowest[:, 0], y=trace.lowest[:, 1], mode="markers", hoverinfo="skip",
            showlegend=False, marker={"symbol": "star", "size": 13, "color": GOAL, "line": {"width": 1, "color": "#FFFFFF"}},
        )  # fmt: skip
        across, up = window(trace.name)
        figure.update_xaxes(1, column, range=list(across), visible=False, fixedrange=True)
        figure.update_yaxes(1, column, range=list(up), visible=False, fixedrange=True)
    return figure.update_layout(style.base_layout(260, showlegend=False, margin={"l": 4, "r": 4, "t": 34, "b": 4}))
