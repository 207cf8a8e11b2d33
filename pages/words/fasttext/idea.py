"""The idea of the lesson in a small picture: a word between < and >, its shortest pieces, and one vector of them all."""

from __future__ import annotations

from app.charts import colours
from app.charts.sketch import Sketch
from app.text import Say, inline_code, markdown_escape
from app.words import Words
from nlpcore.text import shortened
from nlpcore.words.fasttext import WordNgrams

_MOST = 5  # pieces drawn
_LONGEST = 12  # characters of the word


def shortest(cut: WordNgrams, least: int) -> tuple[str, ...]:
    """Return the different n-grams of the shortest length that the word has."""
    return tuple(dict.fromkeys(ngram for ngram in cut.ngrams if len(ngram) == least))


def sketch(cut: WordNgrams, least: int, w: Say) -> Sketch:
    """Draw the word, its first pieces, and the vector that is their mean."""
    picture = Sketch(430, 150)
    marked = cut.marked if len(cut.marked) <= _LONGEST else shortened(cut.marked[1:-1], _LONGEST)
    picture.labelled(135, 4, 160, 30, colours.ORANGE, marked, 0.3)
    pieces = [*shortest(cut, least)[:_MOST], "…"]
    width = 66.0
    left = (430 - (width + 4) * len(pieces)) / 2
    for number, piece in enumerate(pieces):
        x = left + (width + 4) * number
        picture.arrow(215, 36, x + width / 2, 56)
        picture.labelled(x, 58, width, 28, colours.SKY, piece, 0.35)
        picture.arrow(x + width / 2, 88, 215, 112)
    picture.labelled(135, 114, 160, 30, colours.GREEN, w("idea.vector"), 0.3)
    return picture


def values(cut: WordNgrams, least: int, words: Words, plain: bool = False) -> dict[str, object]:
    """Return what fills the blanks of the idea's texts, which are Markdown, or ``plain``."""
    pieces = shortest(cut, least)[:_MOST]
    said = pieces if plain else [inline_code(piece) for piece in pieces]
    word, marked = (cut.word, cut.marked) if plain else (f"**{markdown_escape(cut.word)}**", inline_code(cut.marked))
    return {"word": word, "marked": marked, "pieces": words.listed(said)}
