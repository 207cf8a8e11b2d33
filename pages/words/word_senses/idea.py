"""The idea of the lesson in a small picture: two sentences with one word, its one static point, its two points in a layer."""

from __future__ import annotations

from app.charts.sketch import Sketch
from app.text import Say, markdown_escape, number
from nlpcore.text import shortened
from nlpcore.words.senses import Senses, places
from pages.words.word_senses.charts import colour_of

AROUND = 10  # characters on each side of the word that are drawn


def pair(trace: Senses) -> tuple[int, int]:
    """Return the two sentences that are drawn: the first of two senses, else the first and the last."""
    first = trace.senses[0]
    other = next((i for i, sense in enumerate(trace.senses) if sense != first), len(trace.senses) - 1)
    return 0, other


def snippet(trace: Senses, i: int) -> str:
    """Return the word in a sentence with what stands next to it."""
    sentence = trace.sentences[i]
    at = (places(sentence, trace.word) or [0])[0]
    start, end = max(0, at - AROUND), min(len(sentence), at + len(trace.word) + AROUND)
    while 0 < start < at and sentence[start - 1].isascii() and not sentence[start - 1].isspace():
        start += 1  # a word in letters is drawn whole or not at all
    while len(sentence) > end > at + len(trace.word) and sentence[end].isascii() and not sentence[end].isspace():
        end -= 1
    return ("…" if start else "") + sentence[start:end].strip() + ("…" if end < len(sentence) else "")


def sketch(trace: Senses, w: Say) -> Sketch:
    """Draw both sentences, the static point in which they meet, and the points of the last layer with their cosine."""
    i, j = pair(trace)
    picture = Sketch(470, 148)
    rows = {i: 50.0, j: 116.0}
    picture.text(262, 20, w("idea.static"), bold=True).text(384, 20, w("idea.layer", layer=trace.layers), bold=True)
    for place, y in rows.items():
        picture.text(206, y + 5, shortened(snippet(trace, place), 28), "end")
        picture.line(214, y, 256, 83).line(268, 83, 360, y)
        picture.dot(366, y, colour_of(trace, place), 8)
    picture.dot(262, 83, "#8A8A8A", 8)
    if i != j:
        picture.line(366, 60, 366, 106)
        picture.text(378, 88, f"cos {number(float(trace.cosines[-1, i, j]))}", "start", bold=True)
    picture.text(262, 112, "cos 1.00")
    return picture


def values(trace: Senses, plain: bool = False) -> dict[str, object]:
    """Return what fills the blanks of the idea's text, which is Markdown, or of its alt text, which is ``plain``."""
    i, j = pair(trace)

    def said(text: str) -> str:
        return text if plain else markdown_escape(text)

    return {
        "word": said(shortened(trace.word, 24)),
        "first": said(shortened(trace.sentences[i], 60)),
        "second": said(shortened(trace.sentences[j], 60)),
        "cosine": number(float(trace.cosines[-1, i, j])),
        "layer": trace.layers,
    }
