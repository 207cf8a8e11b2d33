"""What the lesson on masked language models asks, worked out from its traces."""

from __future__ import annotations

import math
from collections.abc import Hashable

import numpy as np

from app.questions import Question, Said
from app.text import Markdown, probability
from nlpcore.language_models.comparison import FillComparison
from nlpcore.language_models.context_sides import ContextSides
from nlpcore.language_models.mask_attention import AttentionChange
from nlpcore.language_models.masking import Corruption, CorruptionCounts

ABOUT_THE_SAME = 0.1  # a change of less than this share of the probability


def cut_side(sides: ContextSides, about: Hashable) -> Question | None:
    """Ask what becomes of the likeliest word without one side of the mask; None where nothing stands beside it.

    It is the text after the mask that is cut off, where that is more than a lone full stop.
    """
    if not (sides.tokens_left or sides.tokens_right):
        return None
    after = sides.tokens_right > 1 or not sides.tokens_left
    alone = sides.left if after else sides.right
    rises, falls = alone > (1 + ABOUT_THE_SAME) * sides.both, alone < (1 - ABOUT_THE_SAME) * sides.both
    right = 0 if rises else 1 if falls else 2
    both = Markdown(probability(sides.both))
    return Question(
        "side",
        (Said("side.rises"), Said("side.falls"), Said("side.stays")),
        right,
        "side.because",
        {
            "side": Said("side.after" if after else "side.before"),
            "word": sides.token,
            "p": both,
            "both": both,
            "alone": Markdown(probability(alone)),
        },
        about,
    )


def sides(trace: FillComparison, about: Hashable) -> Question:
    """Ask in which sentence the word is likelier that changes most from one to the other."""
    i = int(np.abs(trace.difference).argmax())
    first, second = (float(np.exp(p[i])) for p in (trace.first_log_probability, trace.second_log_probability))
    rises, falls = first > (1 + ABOUT_THE_SAME) * second, second > (1 + ABOUT_THE_SAME) * first
    return Question(
        "sides",
        (Said("sides.first"), Said("sides.second"), Said("sides.same")),
        0 if rises else 1 if falls else 2,
        "sides.because",
        {
            "word": trace.words[i],
            "first": Markdown(probability(first)),
            "second": Markdown(probability(second)),
            "first_rank": int(trace.first_rank[i]),
            "second_rank": int(trace.second_rank[i]),
        },
        about,
    )


def counted(drawn: Corruption) -> Question:
    """Ask at which tokens the loss is counted: at every selected one, also where the word was kept (Devlin et al. 2019)."""
    options = (Said("counted.masked"), Said("counted.selected"), Said("counted.all"))
    kept = round(100 * drawn.split[2])
    return Question("counted", options, 1, "counted.because", {"selected": int(drawn.selected.sum()), "kept": kept})


def empty_draws(counts: CorruptionCounts) -> Question | None:
    """Ask what twice as many tokens do to the draws that select nothing: (1 − rate)^n is squared.

    None where another option is as right: where that share is 0 or 1 it stays the same, and a half squared is half of it.
    """
    keep, n = 1 - counts.rate, counts.eligible
    if any(math.isclose(keep**n, share) for share in (0, 0.5, 1)):
        return None
    numbers: dict[str, int | str] = {
        "keep": f"{keep:g}",
        "n": n,
        "double": 2 * n,
        "one": f"{keep**n:.2g}",
        "two": f"{keep ** (2 * n):.2g}",
    }
    options = (Said("empty.half"), Said("empty.square"), Said("empty.same"))
    return Question("empty", options, 1, "empty.because", numbers, (n, keep))


def moved_layer(trace: AttentionChange) -> Question | None:
    """Ask in which layer attention moved most, averaged over heads; None where there is one layer."""
    moved = trace.moved().mean(axis=1)
    if len(moved) < 2:
        return None
    most, least = int(moved.argmax()), int(moved.argmin())
    return Question(
        "layer",
        tuple(Said("layer_name", {"layer": layer + 1}) for layer in range(len(moved))),
        most,
        "layer_because",
        {
            "share": f"{100 * moved[most]:.0f}",
            "least": least + 1,
            "least_share": f"{100 * moved[least]:.0f}",
        },
        (trace.tokens, trace.masked),
    )
