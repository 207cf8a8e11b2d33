"""GloVe on a text of 4 MB: how long it takes, beside gensim's Word2Vec, and how well both agree with people.

Keeps what the lesson shows (``measured.json`` in its folder): the cosines of the first seed, and the correlations of all.
"""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np

from app.lessons import lesson
from nlpcore.models import load
from nlpcore.words.cooccurrences import count_cooccurrences
from nlpcore.words.glove_text import GloveSettings, TextGlove
from nlpcore.words.rivals import RIVALS, Rivals, compare_rivals
from nlpcore.words.similarity import TESTS, Correlation, correlation, difference
from tests.bench.report import Benchmark, Row, spread

TEXT, SEEDS, ROUNDS = "wikitext-2", (1, 2, 3), 3
SETTINGS = {"dimensions": 50, "window": 5, "epochs": 5, "passes": 25}
KEPT = lesson("glove").folder / "measured.json"
COUNTED, LEARNT, WHOLE = "counted, s (goal 3)", "25 passes, s (goal 30)", "from the text on, s"
COLUMNS = ("what", COUNTED, LEARNT, WHOLE, "WordSim-353", "its other seeds", "SimLex-999", "its other seeds ")
PLACES = ((0, "WordSim-353", "its other seeds"), (1, "SimLex-999", "its other seeds "))
NAMES = {"glove": "GloVe, 25 passes", "cbow": "CBOW, 5 epochs", "skip_gram": "skip-gram, 5 epochs"}


def measure() -> list[Row]:
    text = load(TEXT).network
    rows = [timed(text.lines, window) for window in (5, 10)]
    found = [compare_rivals(text.lines, seed=seed, **SETTINGS) for seed in SEEDS]
    keep(found, text.words)
    every = [
        *rows,
        *(judged(found, place) for place in range(len(RIVALS))),
        *(apart(found[0], place) for place in (1, 2)),
    ]
    return [dict.fromkeys(COLUMNS, "") | row for row in every]


def timed(lines: str, window: int) -> Row:
    """Return how long counting and weighting take, and 25 passes after it."""
    counting, learning = [], []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        cells = len(count_cooccurrences(lines, window, 5).values)
        counting.append(time.perf_counter() - begun)
        training = TextGlove(lines, GloveSettings(window=window))
        begun = time.perf_counter()
        while training.step() is not None:
            pass
        learning.append(time.perf_counter() - begun)
    return {
        "what": f"GloVe, window {window}: {cells:,} cells",
        COUNTED: spread(counting),
        LEARNT: spread(learning),
    }


def judged(found: list[Rivals], place: int) -> Row:
    """Return what one way takes from the text on, and its agreement with people."""
    row: dict[str, Any] = {"what": NAMES[RIVALS[place]]}
    row[WHOLE] = spread([each.results[place].seconds for each in found])
    for number, name, others in PLACES:
        row[name] = said(correlation(found[0].results[place].judged[number]))
        row[others] = " ".join(f"{rho:.3f}" for rho in seeds(found, place, number)[1:])
    return row


def apart(found: Rivals, place: int) -> Row:
    """Return by how much GloVe agrees better than another way."""
    row: dict[str, Any] = {"what": f"GloVe less {RIVALS[place]}"}
    for number, name, _ in PLACES:
        row[name] = said(difference(found.results[0].judged[number], found.results[place].judged[number]))
    return row


def said(found: Correlation) -> str:
    return f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f}), {found.known} pairs"


def seeds(found: list[Rivals], place: int, number: int) -> list[float]:
    return [correlation(each.results[place].judged[number]).value for each in found]


def keep(found: list[Rivals], words: int) -> None:
    """Write what the lesson shows."""
    results = [
        {
            "rival": rival,
            "seconds": round(float(np.median([each.results[place].seconds for each in found])), 1),
            "cosines": {
                test: [
                    None if np.isnan(x) else round(float(x), 4) for x in found[0].results[place].judged[number].cosines
                ]
                for number, test in enumerate(TESTS)
            },
            "seeds": {
                test: [round(rho, 3) for rho in seeds(found, place, number)] for number, test in enumerate(TESTS)
            },
        }
        for place, rival in enumerate(RIVALS)
    ]
    about = {"text": TEXT, "words": words, **SETTINGS, "command": "python -m tests.bench glove"}
    KEPT.write_text(json.dumps({**about, "results": results}) + "\n", encoding="utf-8")


BENCHMARK = Benchmark(
    "glove",
    "GloVe, and Word2Vec on the same text",
    "WikiText-2, 4 MB, 50 dimensions, words that occur five times; a median (smallest–largest) of three. Correlations are "
    "Spearman's on WordSim-353 and SimLex-999 with the 95 % interval of a bootstrap over the pairs, for the first of three "
    "seeds; Word2Vec is gensim's inner loop with one thread, GloVe ours in NumPy and SciPy; the window is 5 for all.",
    measure,
    "All correlations are low, as 4 MB are "
    "little: the vectors that were published after 6 billion words reach 0.5 and 0.26 with as many dimensions.",
)
