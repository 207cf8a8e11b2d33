"""What the lesson on gradient descent asks, worked out from its traces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.questions import Question, Said
from app.text import Markdown, number
from nlpcore.networks.activations import slope
from nlpcore.networks.batches import EXAMPLES, LineFit
from nlpcore.networks.by_hand import ByHand
from nlpcore.networks.walks import RESTS, Fate, Walk
from pages.networks.gradient_descent.charts import loss_said, place_said
from pages.networks.gradient_descent.charts_hand import place_of, short, subscript, weight_number

FATES: tuple[Fate, ...] = ("arrives", "caught", "moving", "away")
FIRST_STEPS = 5  # of a walk that are in sight while it is asked how it ends
_FLAT = 1e-12


def fate(trace: Walk) -> Question | None:
    """Ask how a walk ends, of which the first steps are in sight; None where there is nothing to ask.

    That is where it does not move at all, and where all of it is in sight.
    """
    descent = trace.descent
    moves = len(descent.gradients) and np.abs(descent.points[1] - descent.points[0]).max() > _FLAT
    if not moves or len(descent.gradients) <= FIRST_STEPS:
        return None
    end = descent.points[-1]
    values: dict[str, object] = {
        "steps": trace.steps,
        "shown": FIRST_STEPS,
        "first": Markdown(loss_said(float(descent.values[0]))),
        "last": Markdown(loss_said(float(descent.values[-1]))),
        "w1": Markdown(place_said(float(end[0]))),
        "w2": Markdown(place_said(float(end[1]))),
        "rests": RESTS,
        "move": Markdown(loss_said(float(np.linalg.norm(end - descent.points[-2])))),
    }
    about = (trace.name, trace.optimizer, tuple(descent.points[0].tolist()), trace.steps)
    options = tuple(Said(f"fate.{each}") for each in FATES)
    on_ridge = trace.name == "saddle" and trace.fate == "caught" and end[1] == 0
    because = f"fate.because_{'stopped' if descent.diverged else 'ridge' if on_ridge else trace.fate}"
    return Question("fate", options, FATES.index(trace.fate), because, values, about)  # type: ignore[arg-type]


def epoch(trace: LineFit) -> Question:
    """Ask how many updates one epoch has: ⌈examples / size of a batch⌉."""
    right = trace.an_epoch
    offered = {right, trace.size, EXAMPLES, 1}
    for filler in (10, 100, 500):
        if len(offered) < 4:
            offered.add(filler)
    options = sorted(offered)
    values = {"size": trace.size, "count": EXAMPLES, "updates": right}
    said = tuple(Said("epoch.updates", {"n": n}) if n > 1 else Said("epoch.one") for n in options)
    return Question("epoch", said, options.index(right), "epoch.because", values, trace.size)


def asked_edge(trace: ByHand) -> tuple[int, int, int]:
    """Return layer, neuron and input of the weight that is asked about: the first one into the output, or, where a hidden
    neuron lets no gradient through, the first one into that."""
    hidden = trace.network.layers[0]
    dead = np.flatnonzero(slope(hidden.layer.activation, hidden.sums[0]) == 0)
    return (0, int(dead[0]), 0) if len(dead) else (len(trace.network.layers) - 1, 0, 0)


def asked_at(trace: ByHand) -> int:
    """Return the step of the calculation (from 0) that gives the answer away: the one before may still be shown.

    Of a neuron that lets nothing through that is its δ, of the output the gradients of its weights.
    """
    layer, neuron, _ = asked_edge(trace)
    return place_of(trace, "error" if layer == 0 else "weights", layer, neuron)


def edge(trace: ByHand) -> Question | None:
    """Ask for the gradient of one weight; None where too few different numbers are there to choose from."""
    layer, neuron, of = asked_edge(trace)
    part = trace.network.layers[layer]
    delta, value = float(part.by_sums[0, neuron]), float(part.inputs[0, of])
    weight = float(part.layer.weights[neuron, of])
    right = float(part.by_weights[neuron, of])
    # Turned round, with the weight for what comes in, without the slope, the neighbour's, without the error.
    near = float(part.by_weights[neuron, of + 1])
    wrong = (-right, delta * weight, float(part.by_outputs[0, neuron]) * value, near, value * weight, value)
    offered: dict[str, float] = {short(right): right}
    for each in wrong:
        if len(offered) < 4:
            offered.setdefault(short(each), each)
    if len(offered) < 2:
        return None
    order = sorted(offered, key=offered.__getitem__)
    values = {
        "weight": Markdown(subscript("w", weight_number(trace, layer, neuron, of))),
        "from": Markdown(subscript("xh"[layer], of + 1)),
        "to": Markdown(subscript("ho"[layer], neuron + 1)),
        "delta": Markdown(short(delta)),
        "input": Markdown(short(value)),
        "back": Markdown(short(float(part.by_outputs[0, neuron]))),
        "z": Markdown(short(float(part.sums[0, neuron]))),
        "gradient": Markdown(short(right)),
    }
    about = (trace.example, part.layer.activation, tuple(map(float, trace.network.layers[0].inputs[0])), short(right))
    said = tuple(Said("edge.value", {"n": Markdown(each)}) for each in order)
    because = "edge.because_dead" if layer == 0 else "edge.because"
    return Question("edge", said, order.index(short(right)), because, values, about)  # type: ignore[arg-type]


def reading(walks: Sequence[Walk]) -> Question:
    """Ask which of several paths has too high a learning rate; one of them goes away."""
    right = next(place for place, trace in enumerate(walks) if trace.fate == "away")
    slow = next(place for place, trace in enumerate(walks) if trace.fate == "moving")
    names = [chr(ord("A") + place) for place in range(len(walks))]
    rates = [Markdown(number(trace.optimizer.rate, "g")) for trace in walks]
    values = {"right": names[right], "slow": names[slow], "rate": rates[right], "slow_rate": rates[slow]}
    about = tuple(trace.optimizer.rate for trace in walks)
    return Question("reading", tuple(Said("reading.path", {"name": name}) for name in names), right, "reading.because",
                    values, about)  # fmt: skip
