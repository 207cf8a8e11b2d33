"""What the lesson on masked language models asks, worked out from its traces."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from app.questions import Question, Said
from app.text import Markdown, probability
from nlpcore.language_models.comparison import FillComparison
from nlpcore.language_models.context_sides import ContextSides
from nlpcore.language_models.mask_attention import AttentionChange
from nlpcore.language_models.masking import Corruption, CorruptionCounts

ABOUT_THE_SAME = 0.1  # a change of less than this share of the probability


def cuts_after(sides: ContextSides) -> bool:
    """Whether it is the text after the mask that is cut off: where that is more than a lone full stop."""
    return sides.tokens_right > 1 or not sides.tokens_left


def cut_side(sides: ContextSides, about: Hashable, several: bool = False) -> Question | None:
    """Ask what becomes of the likeliest word without one side of the mask; None where nothing stands beside it.

    It is the text after the mask that is cut off, where that is more than a lone full stop. ``several``: the text has
    more masks than this one, which is its first.
    """
    if not (sides.tokens_left or sides.tokens_right):
        return None
    after = cuts_after(sides)
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
            "place": Said(f"side.{'after' if after else 'before'}_{'first' if several else 'mask'}"),
            "word": sides.token,
            "p": both,
            "both": both,
            "alone": Markdown(probability(alone)),
            "instead": instead(sides, after),
        },
        about,
    )


def instead(sides: ContextSides, cut_after: bool) -> Said:
    """Say what the model expects at the mask with one side alone: without what stands after it, or before it."""
    kept = sides.tokens_left if cut_after else sides.tokens_right
    first, p = sides.left_answer if cut_after else sides.right_answer
    if not kept:
        key = "nothing"
    elif first == sides.token:
        key = "same"
    elif cut_after and not any(character.isalnum() for character in first):
        key = "end"
    elif not cut_after and len(first) == 1 and first.isascii() and first.isalpha():
        key = "letter"
    else:
        key = "other"
    side = Said("side.before" if cut_after else "side.after")
    return Said(f"instead.{key}", {"first": first, "p": Markdown(probability(p)), "kept": side, "word": sides.token})


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


def shown_as_mask(counts: CorruptionCounts) -> Question | None:
    """Ask how many of all tokens are shown as [MASK]: of the selected ones a part (Devlin et al. 2019, section 3.1).

    Who takes one of the two throws for both says the share that is selected, or that of the selected which is masked.
    None for a text without a token that may be selected.
    """
    if not counts.eligible:
        return None
    rate, masked = counts.rate, counts.split[0]
    right, *others = (_percent(share) for share in (rate * masked, rate, masked, (1 - rate) * masked))
    offered = sorted({right, *others}, key=float)
    found = counts.masked
    return Question(
        "masks",
        tuple(Said("masks.share", {"share": share}) for share in offered),
        offered.index(right),
        "masks.because",
        {
            "rate": _percent(rate),
            "masked": _percent(masked),
            "mix": " / ".join(map(_percent, counts.split)),
            "observed": found.observed,
            "trials": found.trials,
            "share": f"{100 * found.observed / found.trials:.1f}",
        },
        (counts.eligible, rate, counts.split),
    )


def _percent(share: float) -> str:
    return f"{100 * share:.4g}"


def moved_layer(trace: AttentionChange) -> Question | None:
    """Ask whether attention moved more in the first layer or in the last, over all heads; None where there is one layer.

    Into the first layer the tokens that are not masked come as before: they can only attend more or less to the mask.
    """
    change = np.abs(trace.hidden - trace.shown).sum(axis=-1).mean(axis=1) / 2  # (layers, queries)
    if len(change) < 2:
        return None
    others = np.delete(change, trace.masked, axis=1)
    first, last = float(change[0].mean()), float(change[-1].mean())
    more, less = last > (1 + ABOUT_THE_SAME) * first, first > (1 + ABOUT_THE_SAME) * last
    return Question(
        "layer",
        (Said("layer.first"), Said("layer.last", {"layers": len(change)}), Said("layer.same")),
        1 if more else 0 if less else 2,
        "layer.because",
        {
            "first": f"{100 * first:.1f}",
            "last": f"{100 * last:.1f}",
            "others": f"{100 * others[0].mean():.1f}",
            "others_last": f"{100 * others[-1].mean():.1f}",
            "layers": len(change),
        },
        (trace.tokens, trace.masked),
    )
