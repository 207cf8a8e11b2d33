"""The idea of the lesson in a small picture: the first words of a vocabulary, each as a row of zeros with a one, and dense."""

from __future__ import annotations

import numpy as np

from app.charts import colours
from app.charts.sketch import Sketch
from app.questions import Language
from app.text import markdown_escape, number
from nlpcore.text import shortened
from nlpcore.words.one_hot import Vocabulary

ROWS, BOXES, NUMBERS = 3, 6, 2  # words, places of a one-hot vector and numbers of a dense one that are drawn
BOX = 23  # units from one box to the next


def chosen(trace: Vocabulary) -> tuple[int, ...]:
    """Return the words that are drawn: the first that have a dense vector, else the first."""
    known = [i for i, there in enumerate(trace.known) if there]
    return tuple((known or list(range(len(trace.words))))[:ROWS])


def sketch(trace: Vocabulary) -> Sketch:
    """Draw up to three words as one-hot rows, and beside each the first numbers of its dense vector."""
    places = min(BOXES, len(trace.words))
    picture, end = Sketch(400, 144), 86 + BOX * places
    for row, i in enumerate(chosen(trace)):
        y = 12 + 44 * row
        picture.text(80, y + 20, shortened(trace.words[i], 9), "end", bold=True)
        for place in range(places):
            value = int(trace.one_hot[i, place])
            picture.box(
                88 + BOX * place, y, BOX - 2, 28, colours.BLUE if value else colours.GREY, 0.5 if value else 0.08
            )
            picture.text(88 + BOX * place + BOX / 2 - 1, y + 20, str(value), bold=bool(value))
        if len(trace.words) > places:
            picture.text(end + 4, y + 20, "…", "start")
        if trace.known[i]:
            picture.arrow(end + 20, y + 14, end + 40, y + 14)
            picture.text(end + 46, y + 20, f"{dense_beginning(trace, i)} …", "start")
    return picture


def dense_beginning(trace: Vocabulary, i: int) -> str:
    """Return the first numbers of a word's dense vector."""
    return "  ".join(number(float(value)) for value in trace.dense[i, :NUMBERS])


def values(trace: Vocabulary, words: Language, plain: bool = False) -> dict[str, object]:
    """Return what fills the blanks of the idea's text, which is Markdown, or of its alt text, which is ``plain``."""
    first = chosen(trace)[0]
    row = " ".join(str(int(value)) for value in trace.one_hot[first])
    known = trace.known[first]
    numbers = (
        words.listed(number(float(value)) for value in trace.dense[first, : NUMBERS + 1])
        if known
        else words("idea.unknown")
    )
    word = shortened(trace.words[first], 24)
    return {
        "count": len(trace.words),
        "word": word if plain else markdown_escape(word),
        "place": first + 1,
        "row": row,
        "dimensions": int(np.shape(trace.dense)[1]),
        "numbers": numbers,
    }
