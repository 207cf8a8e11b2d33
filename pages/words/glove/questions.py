"""What the lesson asks, worked out from its traces."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

from app.questions import Question, Said, Value
from app.text import Markdown, number
from nlpcore.words.cooccurrences import distances
from nlpcore.words.glove import GloveState
from nlpcore.words.glove_reading import PAPER, PAPER_PROBES, Cooccurrences
from nlpcore.words.glove_text import MatrixSize
from nlpcore.words.similarity import Correlation
from pages.words.glove.charts import said as said_count

COUNTED = 2  # digits of a count that is no whole number


def _numbers(name: str, right: float, wrong: Sequence[float], digits: int) -> tuple[tuple[Said, ...], int] | None:
    """Return the options of a question for a number, and the place of the right one; None where fewer than three differ."""
    said = {f"{each:.{digits}f}": each for each in (right, *wrong) if math.isfinite(each)}
    kept = sorted(list(said.values())[:3])
    if len(kept) < 3:
        return None
    texts = [said_count(each) if digits == COUNTED else number(each, f".{digits}f") for each in kept]
    options = tuple(Said(f"predict.{name}.option", {"value": Markdown(text)}) for text in texts)
    return options, kept.index(said[f"{right:.{digits}f}"])


def count(read: Cooccurrences, pair: tuple[str, str]) -> Question | None:
    """Ask for one cell of the matrix; None where those of wrong ways to count are the same."""
    one, other = pair
    apart = distances(read.lines, one, other, read.counted.window)
    weighted, times = sum(1 / each for each in apart), float(len(apart))
    right = weighted if read.counted.by_distance else times
    found = _numbers(
        "count", right, (times, weighted, 2 * right, float(max(apart, default=0)), right / 2, right + 1), COUNTED
    )
    if found is None:
        return None
    key = "predict.count.because" if read.counted.by_distance else "predict.count.because_plain"
    values: dict[str, Value] = {
        "one": one, "other": other, "window": read.counted.window, "times": len(apart),
        "value": Markdown(said_count(right)),
    }  # fmt: skip
    name = "count" if read.counted.by_distance else "count_plain"
    return Question(name, found[0], found[1], key, values, (read.lines, read.counted.window, pair))


def cell_of(state: GloveState, pair: tuple[str, str]) -> int | None:
    """Return the place of a pair among the cells; None where the two never stand near each other."""
    counted = state.counted
    row, column = (counted.counts.index(word) for word in pair)
    places = [n for n, (i, j) in enumerate(zip(counted.rows, counted.columns, strict=True)) if (i, j) == (row, column)]
    return places[0] if places else None


def term(state: GloveState, pair: tuple[str, str], about: Hashable) -> Question | None:
    """Ask for one term of the objective; None where the pair has none, or wrong ways give the same."""
    cell = cell_of(state, pair)
    if cell is None:
        return None
    f, d = float(state.terms.weights[cell]), float(state.terms.differences[cell])
    found = _numbers("term", f * d * d, (d * d, f * abs(d), f + d * d), 3)
    if found is None:
        return None
    shown = {
        "weight": f, "score": float(state.terms.scores[cell]), "log": float(state.terms.logs[cell]), "difference": d,
        "value": f * d * d,
    }  # fmt: skip
    values = {name: Markdown(number(value, ".3f")) for name, value in shown.items()}
    values["less"] = Markdown(f"({values['log']})") if shown["log"] < 0 else values["log"]
    return Question(
        "term", found[0], found[1], "predict.term.because", {"one": pair[0], "other": pair[1], **values}, about
    )


def ratio() -> Question:
    """Ask which word tells ice from steam: that of the largest ratio in Table 1 of the paper."""
    ratios = PAPER[2]
    best = ratios.index(max(ratios))
    values = {"ratio": Markdown(f"{ratios[best]:g}"), "water": Markdown(f"{ratios[2]:g}")}
    options = tuple(Said(f"probes.{probe}") for probe in PAPER_PROBES)
    return Question("ratio", options, best, "predict.ratio.because", values)


def sparse(size: MatrixSize, about: Hashable) -> Question:
    """Ask how much of a real text's matrix is not 0."""
    share = 100 * size.share
    right = _percent(share)
    guesses = (share * 8, share * 25, 90.0, 50.0, 20.0, 5.0, 1.0)
    others = [said for guess in guesses if guess < 97 and (said := _percent(guess)) != right]
    options = sorted(list(dict.fromkeys([right, *others]))[:3], key=float)
    values: dict[str, Value] = {
        "words": size.words, "cells": size.cells, "all": size.words**2, "share": Markdown(right),
        "largest": Markdown(f"{size.largest:,.0f}"),
    }  # fmt: skip
    said_options = tuple(Said("predict.sparse.option", {"share": Markdown(option)}) for option in options)
    return Question("sparse", said_options, options.index(right), "predict.sparse.because", values, about)


def _percent(value: float) -> str:
    return f"{value:.1f}" if value < 9.95 else f"{value:.0f}"


def better(apart: Correlation, measured: Hashable) -> Question:
    """Ask who agrees better with people on one test, GloVe or skip-gram: as far as the interval of the difference tells."""
    right = 0 if apart.low > 0 else 1 if apart.high < 0 else 2
    options = tuple(Said(f"predict.better.{name}") for name in ("glove", "skip_gram", "open"))
    values: dict[str, Value] = {
        "pairs": apart.known, "value": Markdown(number(apart.value, "+.2f")), "low": Markdown(number(apart.low, "+.2f")),
        "high": Markdown(number(apart.high, "+.2f")),
    }  # fmt: skip
    because = ("predict.better.because_apart", "predict.better.because_apart", "predict.better.because_open")[right]
    return Question("better", options, right, because, values, measured)
