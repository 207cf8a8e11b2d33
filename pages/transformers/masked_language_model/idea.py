"""The idea of the lesson in a small picture: a sentence with a gap, and three tokens with their probabilities."""

from __future__ import annotations

from dataclasses import dataclass

from app.charts import colours
from app.charts.sketch import Sketch
from app.text import markdown_escape, probability
from app.words import Words
from nlpcore.language_models.fill_mask import FillMask
from nlpcore.text import is_han, shortened

CANDIDATES = 3
_BEFORE, _AFTER = 24, 14  # characters of the sentence that are shown on each side of the gap
HIDDEN = "?"


@dataclass(frozen=True)
class Gap:
    """A gap and what a model would fill in.

    Attributes:
        before, after: the text on its two sides, cut to what has room.
        candidates: (token, probability), the likeliest first; the tokens are HIDDEN while the learner still guesses.
        vocabulary: how many tokens share the probability of 1.
    """

    before: str
    after: str
    candidates: tuple[tuple[str, float], ...]
    vocabulary: int

    def said(self, words: Words, plain: bool = False) -> dict[str, object]:
        """Return what fills the blanks of the texts, which are Markdown, or ``plain``."""
        names = [token if plain else f"**{markdown_escape(token)}**" for token, _ in self.candidates]
        listed = words.listed(f"{name} {probability(p)}" for name, (_, p) in zip(names, self.candidates, strict=True))
        sentence = " ".join(filter(None, (self.before, "[MASK]", self.after)))
        return {
            "words": listed,
            "vocabulary": f"{self.vocabulary:,}",
            "sentence": sentence if plain else markdown_escape(sentence),
        }


def gap(trace: FillMask, covered: bool = False) -> Gap:
    """Return the first gap of a text; ``covered``: its words are still to be guessed."""
    fill = trace.fills[0]
    found = tuple(
        (HIDDEN if covered else candidate.token, candidate.probability) for candidate in fill.candidates[:CANDIDATES]
    )
    tokens, last = trace.tokens, len(trace.tokens) - 1  # the first and the last are [CLS] and [SEP]
    before, after = joined(tokens[1 : fill.position]), joined(tokens[fill.position + 1 : last])
    before = before if len(before) <= _BEFORE else "…" + before[1 - _BEFORE :]
    return Gap(before, shortened(after, _AFTER), found, trace.vocabulary)


def joined(tokens: tuple[str, ...]) -> str:
    """Return word pieces as running text: no blank inside a word, nor between two Chinese characters."""
    text = ""
    for token in tokens:
        piece = token.removeprefix("##")
        apart = (
            text and piece == token and not is_han(text[-1]) and not is_han(piece[0]) and piece[0] not in ".,;:!?。，"
        )
        text += f"{' ' if apart else ''}{piece}"
    return text


def sketch(at: Gap) -> Sketch:
    """Draw the sentence with its gap, and under it a bar for each candidate."""
    picture = Sketch(430, 160)
    picture.text(196, 24, at.before, "end")
    picture.labelled(202, 4, 78, 30, colours.FOCUS, "[MASK]")
    picture.text(288, 24, at.after, "start")
    picture.arrow(241, 36, 241, 54)
    top = max(p for _, p in at.candidates)
    for row, (token, p) in enumerate(at.candidates):
        y = 60 + 33 * row
        picture.text(196, y + 17, shortened(token, 14), "end")
        length = 150 * p / top
        picture.bar(204, y + 2, length, colours.MODEL, 20)
        picture.text(204 + max(length, 1) + 8, y + 17, probability(p), "start", bold=True)
    return picture
