"""What the lesson on six shapes asks, worked out from its traces."""

from __future__ import annotations

import math
from collections.abc import Hashable

import numpy as np

from app.questions import Question, Said, Value
from app.text import Markdown, probability, signed
from nlpcore.models.trainings import Run
from nlpcore.networks.adversaries import Duel
from nlpcore.networks.chains import TRIED, Counting
from nlpcore.networks.letters import Squeezed
from nlpcore.networks.phrases import SURE, Phrases
from nlpcore.networks.shapes import Architecture, Stage
from nlpcore.networks.text_cnn import CNNReading

# The layer of each shape whose parameters are asked for, from 0.
ASKED = {"feed_forward": 0, "mlp": 0, "cnn": 1, "rnn": 1, "autoencoder": 0, "gan": 2}
AFTER = {"mlp": 1000, "gan": 600, "letters": 1000, "rnn": 500}  # steps after which a training is asked about
OFFERED = 4
UNHEARD = 0.005  # a vote that is written as 0
_LETTER = "O"
_CROWDED = 0.4
_MOSTLY_RIGHT = 91  # wrong points of 910 with which the letters are given back on the whole


def wrong_counts(stage: Stage, batch: int) -> tuple[int, ...]:
    """Return what the parameters of a layer would be by what people forget or add, the likeliest first."""
    right = stage.parameters
    products = sum(math.prod(term) for term in stage.terms if len(term) > 1)
    if stage.kind == "convolution":
        _, dimensions, filters = stage.terms[0]
        places = stage.after[2]
        return (places * right, dimensions * filters + filters, products, right * batch)
    if stage.kind == "recurrent":
        (inputs, hidden), length = stage.terms[0], stage.after[1]
        return (length * right, inputs * hidden + hidden, products, right * batch)
    inputs, outputs = stage.terms[0]
    return (products, right * batch, inputs + outputs, right + inputs)


def count(trace: Architecture) -> Question:
    """Ask how many parameters the middle layer of a shape has."""
    stage = trace.stages[ASKED[trace.shape]]
    right, batch = stage.parameters, stage.before[0]
    wrong = [n for n in dict.fromkeys(wrong_counts(stage, batch)) if n != right][: OFFERED - 1]
    options = sorted([right, *wrong])
    values: dict[str, Value] = {
        "layer": Said(f"layer.{stage.kind}"), "right": right, "batch": batch, "inputs": stage.terms[0][0],
        "outputs": stage.after[-1] if stage.kind != "convolution" else stage.after[1],
        "places": stage.after[2] if stage.kind == "convolution" else stage.after[1] if stage.kind == "recurrent" else 1,
    }  # fmt: skip
    return Question(
        "count", tuple(f"{n:,}" for n in options), options.index(right), f"count.because.{stage.kind}", values,
        (trace.shape, stage.before, stage.after),
    )  # fmt: skip


def learns(after: Run, about: Hashable) -> Question | None:
    """Ask how many of the four phrases the network will know; None for a training that diverges."""
    if after.diverged:
        return None
    trace: Phrases = after.shown
    known, hidden = sum(trace.learnt), len(trace.layers[0].bias) if len(trace.layers) > 1 else 0
    right = 0 if known == 4 else 1 if known >= 2 else 2
    why = "learns.because_all" if right == 0 else "learns.because_none" if hidden == 0 else "learns.because_some"
    values = {"steps": AFTER["mlp"], "known": known, "hidden": hidden, "loss": float(after.losses[-1]), "sure": SURE}
    options = (Said("learns.all"), Said("learns.some"), Said("learns.few"))
    return Question("learns", options, right, why, values, about)


def judged(reading: CNNReading, model: str) -> Question:
    """Ask what the network makes of the review."""
    order = sorted(range(len(reading.votes)), key=lambda place: -abs(reading.votes[place]))
    first, second = order[:2]
    values = {
        "p": Markdown(probability(reading.positive)),
        "first": reading.ngram(first), "first_vote": Markdown(signed(float(reading.votes[first]))),
        "second": reading.ngram(second), "second_vote": Markdown(signed(float(reading.votes[second]))),
        "bias": Markdown(signed(reading.bias)),
    }  # fmt: skip
    right = 0 if reading.positive >= 0.5 else 1
    options = (Said("judged.positive"), Said("judged.negative"))
    why = "judged.because" if abs(reading.votes[first]) >= UNHEARD else "judged.because_silent"
    return Question("judged", options, right, why, values, (model, reading.tokens))


def crowded(trace: Duel) -> bool:
    """Whether the made points lie together: as a rule nearer to their middle than two piles to each other."""
    apart = np.linalg.norm(trace.made - np.median(trace.made, axis=0), axis=1)
    return bool(np.median(apart) < _CROWDED)


def reached(after: Run, about: Hashable) -> Question | None:
    """Ask how many of the real piles the generator will make points for; None for a training that diverges."""
    if after.diverged:
        return None
    trace: Duel = after.shown
    piles, found = len(trace.middles), trace.reached
    if piles < 2:
        return None
    right = 0 if found == piles else 2 if found <= 1 else 1
    why = ("reached.because_all", "reached.because_some", "reached.because_one")[right]
    if right == 2 and not crowded(trace):
        why = "reached.because_lost"
    values = {
        "steps": AFTER["gan"],
        "piles": piles,
        "found": found,
        "near": int(trace.counts.sum()),
        "made": len(trace.made),
    }
    options = (Said("reached.all"), Said("reached.some"), Said("reached.one"))
    return Question("reached", options, right, why, values, about)


def longer(after: Run, about: Hashable) -> Question | None:
    """Ask how many chains longer than all it has learnt from it will judge rightly; None for a training that diverges."""
    if after.diverged:
        return None
    trace: Counting = after.shown
    beyond = trace.right[trace.seen + 1 :]
    found, count = int(beyond.sum()), beyond.size
    right = 0 if found == count else 2 if 2 * found <= count else 1
    known = int(trace.right[: trace.seen + 1].sum())
    values = {
        "steps": AFTER["rnn"], "seen": trace.seen, "tried": TRIED, "found": found, "count": count, "known": known,
        "all": 2 * (trace.seen + 1),
    }  # fmt: skip
    options = (Said("longer.all"), Said("longer.most"), Said("longer.half"))
    why = "longer.because_all" if right == 0 else "longer.because_not"
    if right and known < values["all"]:
        why = "longer.because_short"
    return Question("longer", options, right, why, values, about)


def neighbour(after: Run, about: Hashable) -> Question | None:
    """Ask which letter comes to lie nearest to O in the middle; None for a training that diverges."""
    if after.diverged:
        return None
    trace: Squeezed = after.shown
    near = trace.nearest(_LETTER)
    best = near[0][0]
    offered = sorted({best, *[letter for letter in "QCDG" if letter != best][: OFFERED - 1]})
    values = {
        "letter": _LETTER, "best": best, "steps": AFTER["letters"], "distance": near[0][1],
        "wrong": int(trace.wrong.sum()), "bottleneck": trace.codes.shape[1],
    }  # fmt: skip
    why = "neighbour.because" if values["wrong"] <= _MOSTLY_RIGHT else "neighbour.because_early"
    return Question("neighbour", tuple(offered), offered.index(best), why, values, about)
