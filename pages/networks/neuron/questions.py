"""What the lesson on one neuron asks, worked out from its traces."""

from __future__ import annotations

import numpy as np

from app.questions import Question, Said
from app.text import Markdown, number, probability
from nlpcore.networks.neuron import NeuronTrace
from nlpcore.networks.relu_sum import ReluSum, errors
from nlpcore.networks.scores import ScoresTrace, weighed
from nlpcore.words.word_neuron import WordJudgement
from pages.networks.neuron.numbers import of_output, short, weight

ABOUT_THE_SAME = 0.1  # a change of less than this share
HALF = 0.5  # of an error
OFFERED = 4  # words of a question


def passes(trace: NeuronTrace) -> int:
    """Return how much of an error gets through the slope: 0 half of it or more, 1 less, 2 hardly any (below 0.01)."""
    return 2 if trace.flat else 1 if trace.slope < HALF else 0


def gradient(trace: NeuronTrace) -> Question:
    """Ask how much of an error comes back through the activation: as much as its slope at the sum.

    It is asked anew where the answer is another one: each time the sum comes to another part of the curve.
    """
    right = passes(trace)
    side = "flat" if right == 2 else "bent" if trace.activation in ("sigmoid", "tanh") or trace.total <= 0 else "steep"
    return Question(
        "slope",
        (Said("slope.much"), Said("slope.some"), Said("slope.none")),
        right,
        "slope.because",
        {
            "z": Markdown(weight(trace.total)),
            "a": Markdown(of_output(trace.output)),
            "steep": Markdown(of_output(trace.slope)),
            "why": Said(f"slope.why.{trace.activation}.{side}"),
        },
        (trace.activation, right),
    )


def second(trace: ScoresTrace) -> int:
    """Return which score is the second largest, of equal ones the first that was typed."""
    return int(np.argsort(-trace.scores, kind="stable")[1])


def hotter(trace: ScoresTrace) -> ScoresTrace:
    """Return the same scores at twice the temperature."""
    return weighed(trace.names, trace.scores, 2 * trace.temperature)


def temperature(trace: ScoresTrace) -> Question:
    """Ask what becomes of the second likeliest when the temperature doubles: it depends on the others."""
    first, place, after = int(trace.scores.argmax()), second(trace), hotter(trace)
    before, then = float(trace.probabilities[place]), float(after.probabilities[place])
    rises, falls = then > (1 + ABOUT_THE_SAME) * before, then < (1 - ABOUT_THE_SAME) * before
    shown = {
        "before": before, "after": then, "first_before": float(trace.probabilities[first]),
        "first_after": float(after.probabilities[first]),
    }  # fmt: skip
    return Question(
        "temperature",
        (Said("hotter.rises"), Said("hotter.falls"), Said("hotter.stays")),
        0 if rises else 1 if falls else 2,
        "hotter.because",
        {name: Markdown(probability(p)) for name, p in shown.items()}
        | {
            "second": trace.names[place],
            "first": trace.names[first],
            "t": Markdown(weight(trace.temperature)),
            "twice": Markdown(weight(after.temperature)),
        },
        (trace.names, tuple(trace.scores.tolist()), trace.temperature),
    )


def most_pleasant(trace: WordJudgement, model: str) -> Question | None:
    """Ask which of the words the neuron holds for the most pleasant; None where there is nothing to choose from.

    Beside it three others are offered, from the most to the least pleasant.
    """
    order = [int(row) for row in np.argsort(-trace.sums, kind="stable")]
    if len(order) < 2 or trace.sums[order[0]] == trace.sums[order[1]]:
        return None
    places = np.unique(np.linspace(0, len(order) - 1, min(OFFERED, len(order))).round().astype(int))
    offered = tuple(sorted(trace.words[order[place]] for place in places))
    best, worst = order[0], order[-1]
    return Question(
        "pleasant",
        offered,
        offered.index(trace.words[best]),
        "pleasant.because",
        {
            "best": trace.words[best],
            "p": Markdown(of_output(float(trace.probabilities[best]))),
            "z": Markdown(weight(float(round(trace.sums[best], 1)))),
            "worst": trace.words[worst],
            "worst_p": Markdown(of_output(float(trace.probabilities[worst]))),
            "told": Said("pleasant.told" if trace.learned[best] else "pleasant.untold", {"best": trace.words[best]}),
        },
        (model, trace.words),
    )


def twice(trace: ReluSum, step: float) -> Question:
    """Ask what twice as many ReLUs, laid on the curve, do to the largest error; ``step``: by which a handle moves."""
    units = len(trace.weights)
    one, other = (float(error) for error in errors(trace.curve, (units, 2 * units)))
    share = other / one if one else 1.0
    right = 0 if share < 0.35 else 1 if share < 0.75 else 2
    return Question(
        "twice",
        (Said("twice.quarter"), Said("twice.half"), Said("twice.hardly")),
        right,
        "twice.because",
        {
            "units": units, "more": 2 * units, "one": Markdown(short(one)), "other": Markdown(short(other)),
            "step": number(step, ".2f"),
            "why": Said(f"twice.why.{'jump' if trace.curve == 'jump' else 'few' if right != 0 else 'smooth'}"),
        },
        (trace.curve, units),
    )  # fmt: skip
