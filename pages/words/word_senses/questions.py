"""What the lesson asks, worked out from its traces."""

from __future__ import annotations

import numpy as np

from app.questions import Question, Said
from app.text import Markdown, number, probability
from nlpcore.arrays import Floats
from nlpcore.language_models.seen import Seen
from nlpcore.language_models.sight import WAYS, Sight
from nlpcore.words.senses import Senses

OFFERED = 4  # layers to choose from
ALIKE = 0.005  # silhouettes that differ by less are the same to two digits


def _layer(layer: int) -> Said:
    return Said("layer.number", {"layer": layer})


def layer(trace: Senses) -> Question | None:
    """Ask in which layer the senses lie farthest apart; None where they cannot be told apart, or two layers tie."""
    if not trace.comparable:
        return None
    values = trace.by_layer
    best = int(np.argmax(values))
    others = [each for each in range(trace.layers + 1) if each != best and values[best] - values[each] >= ALIKE]
    if not others:
        return None
    # The input and the last layer are always offered, and others as evenly as may be.
    spaced = [others[round(place)] for place in np.linspace(0, len(others) - 1, min(OFFERED - 1, len(others)))]
    offered = sorted({best, *spaced})
    told = trace.silhouettes[best]
    worst = int(np.nanargmin(told))
    return Question(
        "layer",
        tuple(_layer(each) for each in offered),
        offered.index(best),
        "predict.layer.because_wrong" if told[worst] < 0 else "predict.layer.because",
        {
            "word": trace.word,
            "values": tuple(
                Said("layer.at", {"layer": each, "value": Markdown(number(float(values[each])))})
                for each in dict.fromkeys((best, trace.layers, 0))
            ),
            "number": trace.numbers[worst],
            "sense": trace.senses[worst],
            "worst": Markdown(number(float(told[worst]))),
            "ending": Said(f"predict.layer.ending.{_ending(values, best)}"),
        },
        (trace.word, trace.sentences, trace.senses, trace.layers),
    )


def _ending(values: Floats, best: int) -> str:
    """Return what the curve teaches: whether it is highest before any layer, in between, or at the end, or as high there."""
    last = len(values) - 1
    if best == 0:
        return "input"
    if best == last:
        return "last"
    return "alike" if values[best] - values[last] < ALIKE else "between"


def other_of(trace: Sight) -> int | None:
    """Return the word that is asked about: the last, or the first where the last one looks; None where there is one word."""
    if len(trace.words) < 2:
        return None
    return len(trace.words) - 1 if trace.at < len(trace.words) - 1 else 0


ANSWERS = (("bert",), ("elmo", "bert"), ("gpt",), ("elmo", "gpt", "bert"))


def sees(trace: Sight) -> Question | None:
    """Ask which of the three ways can use a word when it makes the vector of another; None for one word."""
    other = other_of(trace)
    if other is None:
        return None
    able = tuple(way for way in WAYS if trace.sees(way, trace.at, other))
    return Question(
        "sees",
        tuple(Said(f"sight.answer.{'_'.join(each)}") for each in ANSWERS),
        ANSWERS.index(able),
        "predict.sees.because_after" if other > trace.at else "predict.sees.because_before",
        {
            "word": trace.words[trace.at],
            "other": trace.words[other],
            "place": trace.at + 1,
            "other_place": other + 1,
        },
        (trace.words, trace.at),
    )


def itself(trace: Seen) -> Question | None:
    """Ask at how many places the model's first choice is the word that stands there, nothing hidden; None for one token."""
    count, right = len(trace.tokens), trace.seen_right
    offered = sorted({right, trace.hidden_right, count // 2, count})
    if count < 2 or len(offered) < 2:
        return None
    wrong = [token for token, rank in zip(trace.tokens, trace.seen_rank, strict=True) if rank != 1]
    return Question(
        "itself",
        tuple(Said("itself.of", {"right": each, "count": count}) for each in offered),
        offered.index(right),
        "predict.itself.because_wrong" if wrong else "predict.itself.because",
        {
            "count": count,
            "seen": right,
            "hidden": trace.hidden_right,
            "mean_seen": Markdown(probability(float(trace.seen.mean()))),
            "mean_hidden": Markdown(probability(float(trace.hidden.mean()))),
            "wrong": tuple(dict.fromkeys(wrong))[:4],
        },
        trace.tokens,
    )
