"""What the tagging lesson asks, worked out from its traces."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from app.questions import Question, Said
from app.text import Markdown, inline_code, markdown_escape, number
from nlpcore.arrays import descending
from nlpcore.tagging import REPAIRS, ChineseTagging, Tagging
from nlpcore.tagging.exercises import Repairs
from nlpcore.tagging.viterbi import Lattice, viterbi

OFFERED = 3  # tags to choose from


def capitals(trace: Tagging, small: Tagging, about: Hashable) -> Question | None:
    """Ask what the model finds when every capital is made ``small``: fewer or other entities, the same, or more.

    None for a text without capitals.
    """
    if small.text == trace.text:
        return None
    before, after = ([(e.start, e.end, e.type) for e in tagging.entities] for tagging in (trace, small))
    right = 1 if before == after else 2 if len(after) > len(before) else 0
    return Question(
        "capitals",
        (Said("options.fewer"), Said("options.same"), Said("options.more")),
        right,
        "predict.capitals.because",
        {"before": _entities(trace), "after": _entities(small)},
        about,
    )


def _entities(trace: Tagging) -> tuple[Markdown, ...]:
    return tuple(Markdown(f"{e.type} {markdown_escape(e.text)}") for e in trace.entities) or (Markdown("–"),)


def legal(trace: Tagging, best: Tagging, about: Hashable) -> Question | None:
    """Ask which of two tags the ``best`` legal sequence changes: the first that IOB2 forbids, the one before it, or both.

    None where no tag follows one that it may not follow, or where the best legal sequence is what the page shows.
    """
    place = next((place for place in trace.illegal if place.previous is not None), None)
    if place is None or trace.decoding != "greedy":
        return None
    pair = slice(place.position - 1, place.position + 1)
    before, word = (markdown_escape(each.text) for each in trace.words[pair])
    changes = [one != other for one, other in zip(trace.greedy[pair], best.tags[pair], strict=True)]
    right = {(False, True): 0, (True, False): 1, (True, True): 2}[changes[0], changes[1]]
    values: dict[str, str | int | float | Said] = {
        "before": Markdown(before), "word": Markdown(word), "times": Markdown(_times(trace, best))
    }  # fmt: skip
    for name, tags in (("", trace.greedy), ("new_", best.tags), ("repaired_", trace.tags)):
        values |= zip((f"{name}tag_before", f"{name}tag"), map(inline_code, tags[pair]), strict=True)
    return Question(
        "legal",
        (Said("predict.legal.itself", values), Said("predict.legal.one_before", values), Said("predict.legal.both")),
        right,
        "predict.legal.alike" if best.tags == trace.tags else "predict.legal.because",
        values,
        about,
    )


def _times(trace: Tagging, best: Tagging) -> str:
    """Return how many times as probable the ``best`` tags of a sentence are as the repaired ones: with two digits or more."""
    names = list(trace.tag_names)
    gains = (
        trace.logits[row, names.index(one)] - trace.logits[row, names.index(other)]
        for row, one, other in zip(trace.first_piece, best.tags, trace.tags, strict=True)
        if row >= 0
    )
    times = float(np.exp(sum(gains)))
    return number(times, ".2f") if times < 10 else f"{float(f'{times:.2g}'):,.0f}"


def count(found: Repairs) -> Question | None:
    """Ask how many entities conlleval's reading counts; None where no tag is illegal and all readings agree."""
    if not found.illegal:
        return None
    begin, drop, convert = (len(found.way(how)[1]) for how in REPAIRS)
    options = sorted({begin, drop, convert, begin + 1, max(begin - 1, 0)})
    return Question(
        "count",
        tuple(str(number) for number in options),
        options.index(begin),
        "predict.count.because",
        {"begin": begin, "drop": drop, "convert": convert},
        (found.words, found.tags),
    )


def contested(trace: ChineseTagging) -> int | None:
    """Return the character (from 0) at which emissions and neighbours may disagree; None where there is but one.

    It is the last one whose tag the CRF changes, so that there is something to step through before; where there is none
    after the very first, the one whose two highest emissions are closest.
    """
    emissions, path = trace.lattice.emissions, trace.lattice.path
    later = range(1, len(path))
    if not later:
        return None
    two = -np.sort(-emissions, axis=1)[:, :2]
    closest = min(later, key=lambda n: float(two[n, 0] - two[n, -1]))
    return max((n for n in later if path[n] != int(emissions[n].argmax())), default=closest)


def compared(trace: ChineseTagging) -> tuple[tuple[int, int], ...]:
    """Return the two cells (character, tag) that the question compares: that of the best path, and its rival's.

    The rival is the tag that the emission alone would take, or where that is the path's, the next one. None where nothing
    is asked.
    """
    place, lattice = contested(trace), trace.lattice
    if place is None:
        return ()
    alone, second = (int(n) for n in descending(lattice.emissions[place])[:2])
    tag = int(lattice.path[place])
    return (place, tag), (place, alone if tag != alone else second)


def crf(trace: ChineseTagging) -> Question | None:
    """Ask which tag the best path gives to the contested character: whether its emission decides or the neighbours do.

    None for a single character. What is shown before the answer ends with the character before it.
    """
    place, lattice = contested(trace), trace.lattice
    if place is None:
        return None
    row = lattice.emissions[place]
    alone, second = (int(n) for n in descending(row)[:2])
    (_, tag), (_, rival) = compared(trace)
    turned = tag != alone
    offered = _offered(trace, place)
    values: dict[str, str | int | float | Said] = {
        "position": place + 1,
        "character": trace.characters[place],
        **_with_gap(float(row[alone]), float(row[second])),
        "reach": float(np.ptp(lattice.transitions)),
        "total": lattice.score,
        "best": best_with(lattice, place, rival),
    }
    names = {"alone": alone, "second": second, "before": lattice.best_until(place - 1)[-1], "tag": tag, "rival": rival}
    values |= {name: inline_code(trace.tag_names[n]) for name, n in names.items()}
    return Question(
        "crf",
        tuple(_role(trace.tag_names[n]) for n in offered),
        offered.index(tag),
        "predict.crf.turned" if turned else "predict.crf.stayed",
        values,
        (trace.text, trace.weight),
    )


def _offered(trace: ChineseTagging, place: int) -> list[int]:
    """Return the tags to choose from: the one on the best path, and those of the highest emissions at the character."""
    tag = trace.lattice.path[place]
    others = [int(n) for n in descending(trace.lattice.emissions[place]) if n != tag]
    return sorted([int(tag), *others[: OFFERED - 1]])


def tag_rows(trace: ChineseTagging) -> tuple[int, ...]:
    """Return the tags that have a row in the figure: the prominent ones, and whatever the question speaks of."""
    place = contested(trace)
    asked = () if place is None else _offered(trace, place)
    return tuple(sorted({*trace.prominent(), *asked}))


def _with_gap(score: float, second: float) -> dict[str, Markdown]:
    """Return two scores and their difference with as many digits as give the difference that is shown."""

    def shown(value: float, digits: int) -> str:
        return number(value, f".{digits}f")

    digits = next((n for n in (2, 3, 4) if shown(round(score, n) - round(second, n), n) == shown(score - second, n)), 4)
    told = {"score": score, "second_score": second, "gap": score - second}
    return {name: Markdown(shown(value, digits)) for name, value in told.items()}


def best_with(lattice: Lattice, place: int, tag: int) -> float:
    """Return the score of the best path that has ``tag`` at ``place``."""
    emissions = lattice.emissions.copy()
    emissions[place, np.arange(emissions.shape[1]) != tag] = -np.inf
    return viterbi(emissions, lattice.transitions, lattice.start, lattice.stop, lattice.begins).score


def _role(tag: str) -> Said:
    prefix, _, kind = tag.partition("-")
    role = {"B": "begins", "I": "goes_on"}.get(prefix, "outside")
    return Said(f"predict.crf.{role}", {"tag": inline_code(tag), "kind": Said(f"pos.{kind or tag}")})
