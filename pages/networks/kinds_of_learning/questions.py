"""What the lesson asks, worked out from its traces."""

from __future__ import annotations

import numpy as np

from app.questions import Question, Said, Value
from app.text import Markdown, number, probability
from nlpcore.learning.bandit import Regrets
from nlpcore.learning.few_labels import SelfTraining
from nlpcore.learning.last_layer import LastLayer
from nlpcore.learning.own_labels import OwnExamples
from nlpcore.learning.rounding import SIZES, CutTarget
from nlpcore.learning.three_ways import Classification, Clustering, Regression

ALL, MOST = 0.995, 0.9  # shares that count as all and as most
IN_STEP, HARDLY = 1.3, 0.9  # of an error: times what the number of classes says; times what it was
SAME = 0.01  # of an accuracy: in whole percent the difference of more is seen


def line(trace: Regression) -> Question:
    """Ask what the line will say at x; the wrong answers are two errors away, so that eyes can tell."""
    step = max(0.1, round(2.5 * trace.error, 1))
    right = round(trace.x * 10) % 3
    said = [trace.answer + step * (place - right) for place in range(3)]
    values: dict[str, Value] = {
        "x": Markdown(number(trace.x, ".1f")),
        "answer": Markdown(number(trace.answer)),
        "x_name": Said(f"axis.{trace.points.data}.x"),
        "y_name": Said(f"axis.{trace.points.data}.y"),
        "why": Said("line.below" if trace.answer < 0 else "line.beyond" if _beyond(trace) else "line.within"),
    }
    options = tuple(Said("line.number", {"value": Markdown(number(value, ".1f"))}) for value in said)
    return Question("line", options, right, "line.because", values, (trace.points.data, trace.x))


def _beyond(trace: Regression) -> bool:
    xs = trace.points.places[:, 0]
    return not xs.min() <= trace.x <= xs.max()


def name(trace: Classification) -> Question:
    """Ask which class the new point is given."""
    data = trace.points.data
    first, second = np.argsort(-trace.probabilities, kind="stable")[:2].tolist()
    values: dict[str, Value] = {
        "name": Said(f"classes.{data}.c{first}"),
        "p": Markdown(probability(float(trace.probabilities[first]))),
        "other": Said(f"classes.{data}.c{second}"),
        "other_p": Markdown(probability(float(trace.probabilities[second]))),
    }
    options = tuple(Said(f"classes.{data}.c{label}") for label in range(trace.points.count))
    return Question("name", options, trace.answer, "name.because", values, (data, *trace.place.tolist()))


def agree(trace: Clustering) -> Question:
    """Ask how far the groups are the classes that nobody told."""
    share = trace.agrees
    right = 0 if share >= ALL else 1 if share >= MOST else 2
    classes = trace.points.count
    why = "number" if trace.k != classes else "same" if right == 0 else "near" if right == 1 else "shape"
    values: dict[str, Value] = {
        "k": trace.k,
        "share": Markdown(number(100 * share, ".0f")),
        "why": Said(f"agree.why.{why}", {"classes": classes, "k": trace.k}),
        "kinds": Said(f"kinds.{trace.points.data}"),
    }
    options = tuple(Said(f"agree.{each}") for each in ("all", "most", "few"))
    about = (trace.points.data, trace.k, tuple(trace.centres[0].ravel().tolist()))
    return Question("agree", options, right, "agree.because", values, about)


def numbers(layer: LastLayer) -> Question:
    """Ask how many numbers come out of the last layer of the model that says the next token, for the whole text."""
    offered = sorted({1, layer.vectors, layer.outputs, layer.numbers})
    options = tuple(f"{each:,}" for each in offered)
    values: dict[str, Value] = {"tokens": layer.vectors, "classes": layer.outputs, "numbers": layer.numbers}
    return Question("numbers", options, offered.index(layer.numbers), "numbers.because", values, layer.vectors)


def finer_size(classes: int) -> int:
    """Return with how many classes a target is cut more finely: four times as many, 64 at most."""
    return min(4 * classes, SIZES[-1])


def finer(trace: CutTarget, other: CutTarget) -> Question | None:
    """Ask what more classes do to the classifier's error on examples that it has not seen; None where there are none."""
    classes, more = len(trace.examples), len(other.examples)
    if more == classes:
        return None
    ratio = other.by_class / trace.by_class
    right = 0 if ratio <= IN_STEP * classes / more else 1 if ratio < HARDLY else 2
    values: dict[str, Value] = {
        "classes": classes,
        "more": more,
        "before": Markdown(number(trace.by_class, ".3f")),
        "after": Markdown(number(other.by_class, ".3f")),
        "rounding_before": Markdown(number(trace.by_rounding, ".3f")),
        "rounding_after": Markdown(number(other.by_rounding, ".3f")),
        "why": Said("finer.fork" if trace.target == "fork" else f"finer.why{right}", {"each": _per_class(other)}),
    }
    options = tuple(Said(f"finer.{each}") for each in ("in_step", "less", "hardly"))
    return Question("finer", options, right, "finer.because", values, (trace.target, classes))


def _per_class(trace: CutTarget) -> Markdown:
    return Markdown(number(float(trace.examples.mean()), ".1f"))


def few(trace: SelfTraining) -> Question:
    """Ask what self-training does to the accuracy, of which the first round is in sight."""
    before, after = trace.rounds[0].accuracy, trace.rounds[-1].accuracy
    right = 0 if after > before + SAME else 2 if after < before - SAME else 1
    last = len(trace.rounds) - 1
    values: dict[str, Value] = {
        "before": Markdown(number(100 * before, ".0f")),
        "after": Markdown(number(100 * after, ".0f")),
        "rounds": len(trace.rounds),
        "wrong": trace.wrong(last),
        "why": Said("few.why.none" if not last else f"few.why.{('rises', 'stays', 'falls')[right]}"),
    }
    options = tuple(Said(f"few.{each}") for each in ("rises", "stays", "falls"))
    about = (trace.points.data, tuple(np.flatnonzero(trace.told >= 0).tolist()), trace.threshold)
    return Question("few", options, right, "few.because", values, about)


def own(trace: OwnExamples, how: str) -> Question:
    """Ask how many labelled examples the text gives, which nobody has labelled."""
    n = len(trace.words)
    count = n - 1 if how == "next_word" else n
    offered = sorted({0, 1, n - 1, n})
    values: dict[str, Value] = {"words": n, "count": count, "why": Said(f"own.why_{how}")}
    options = tuple(Said(f"own.count{min(each, 2)}", {"n": each}) for each in offered)
    return Question("own", options, offered.index(count), "own.because", values, (trace.words, how))


def regret(trace: Regrets) -> Question | None:
    """Ask which share of exploring loses least over many runs; None where the runs do not tell the best from the next."""
    ends, margins = trace.mean[:, -1], trace.margin
    best, second = (int(place) for place in np.argsort(ends, kind="stable")[:2])
    if ends[second] - ends[best] <= float(np.hypot(margins[best], margins[second])):
        return None
    values: dict[str, Value] = {
        "pulls": trace.mean.shape[1],
        "best": Markdown(f"{trace.epsilons[best]:g}"),
        "least": Markdown(number(float(ends[best]), ".1f")),
        "all": tuple(
            Said("regret.one", {"epsilon": Markdown(f"{epsilon:g}"), "lost": Markdown(number(float(end), ".1f"))})
            for epsilon, end in zip(trace.epsilons, ends, strict=True)
        ),
        "stuck": Markdown(number(100 * float(trace.stuck[0]), ".0f")),
    }
    options = tuple(Said(f"regret.epsilon{place}") for place in range(len(trace.epsilons)))
    about = (*trace.chances.tolist(), trace.mean.shape[1])
    return Question("regret", options, best, "regret.because", values, about)
