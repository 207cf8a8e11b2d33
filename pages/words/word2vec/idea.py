"""The idea of the lesson in a small picture: a window, the word in the middle, and what it is asked to predict."""

from __future__ import annotations

from app.charts import colours
from app.charts.sketch import Sketch
from app.text import markdown_escape
from app.words import Words
from nlpcore.text import shortened
from nlpcore.words.reading import WindowReading
from pages.words.word2vec.charts import CENTRE, CONTEXT

_MOST = 5  # words drawn
_LONGEST = 9  # characters of one


def middle(reading: WindowReading) -> int:
    """Return the place of the window that stands for the text: the one with most around it, the first of equals."""
    return max(range(len(reading.tokens)), key=lambda place: len(reading.windows[place].context))


def sketch(reading: WindowReading) -> Sketch:
    """Draw a word in the middle with arrows to those around it, each with its vector of unknown numbers."""
    at = middle(reading)
    first = max(0, min(at - _MOST // 2, len(reading.tokens) - _MOST))
    shown = range(first, min(first + _MOST, len(reading.tokens)))
    picture = Sketch(430, 140)
    width = 82.0
    xs = {place: 6 + 84.0 * number for number, place in enumerate(shown)}
    for place, x in xs.items():
        inside = place in reading.windows[at].context
        word = shortened(reading.tokens[place], _LONGEST)
        if place == at:  # it is asked, and stands above its place
            picture.labelled(x, 6, width, 34, CENTRE, word, 0.35)
        else:
            picture.labelled(x, 96, width, 34, CONTEXT if inside else colours.GREY, word, 0.35 if inside else 0.05)
    start = xs[at] + width / 2
    for place, x in xs.items():
        if place in reading.windows[at].context:
            picture.arrow(start, 42, x + width / 2, 92)
    return picture


def values(reading: WindowReading, words: Words, plain: bool = False) -> dict[str, object]:
    """Return what fills the blanks of the idea's texts, which are Markdown, or ``plain``."""
    at = middle(reading)

    def said(place: int) -> str:
        word = reading.tokens[place]
        return word if plain else f"**{markdown_escape(word)}**"

    around = words.listed(said(place) for place in reading.windows[at].context)
    return {"word": said(at), "around": around, "size": reading.size}
