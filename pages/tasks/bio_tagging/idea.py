"""The idea of tagging in one small picture: a few words, the tag of each with its probability, and the names they write."""

from __future__ import annotations

from dataclasses import dataclass

from app.charts import colours
from app.charts.label_placement import room_for
from app.charts.sketch import TEXT, Sketch
from app.text import Markdown, inline_code, markdown_escape, probability
from app.words import Words
from nlpcore.tagging import Tagging, from_bio
from nlpcore.text import shortened
from pages.tasks.bio_tagging.spans import colour_of

SENTENCE = "Mary Lee works for Nokia."
MOST = 5  # words in the picture
WIDTH = 420


@dataclass(frozen=True, slots=True)
class Example:
    """The words of the picture.

    Attributes:
        words, tags: one tag a word.
        sure: 0 to 1, the probability that the model gives each of these tags.
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    sure: tuple[float, ...]

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """(text, type) of each entity that the tags write."""
        return tuple((" ".join(self.words[s.start : s.end]), s.type) for s in from_bio(self.tags))

    @property
    def told(self) -> int:
        """The number of the word that the text speaks of: the first of a name, else the first of all."""
        return next((n for n, tag in enumerate(self.tags) if tag != "O"), 0)


def example(trace: Tagging) -> Example:
    """Return the first words of a tagging, or of a line further on, so that its first entity is among them."""
    first = trace.spans[0].start if trace.spans else 0
    start = next((a for a, b in trace.lines if a <= first < b), 0)
    if first - start >= MOST - 1:
        start = max(start, min(first - 1, len(trace.words) - MOST))
    end = min(start + MOST, next((b for a, b in trace.lines if a <= start < b), len(trace.words)))
    rows = trace.word_probabilities
    return Example(
        tuple(word.text for word in trace.words[start:end]),
        trace.tags[start:end],
        tuple(float(rows[n, trace.tag_names.index(trace.tags[n])]) for n in range(start, end)),
    )


def sketch(shown: Example) -> Sketch:
    """Draw each word over its tag and the tag's probability, and a line under every name with its type."""
    picture = Sketch(WIDTH, 150)
    column = WIDTH / len(shown.words)
    for n, (word, tag, sure) in enumerate(zip(shown.words, shown.tags, shown.sure, strict=True)):
        middle = (n + 0.5) * column
        picture.text(middle, 20, _fitting(word, column - 6))
        picture.arrow(middle, 28, middle, 44)
        width = min(column - 8, 76)
        picture.labelled(middle - width / 2, 46, width, 30, colour_of(tag[2:]) if tag[2:] else colours.GREY, tag)
        picture.text(middle, 96, probability(sure))
    for span in from_bio(shown.tags):
        left, right = span.start * column + 8, span.end * column - 8
        picture.line(left, 110, right, 110, colour_of(span.type), 4)
        picture.text((left + right) / 2, 132, span.type, bold=True)
    return picture


def _fitting(word: str, width: float) -> str:
    return next((cut for n in range(len(word), 1, -1) if room_for(cut := shortened(word, n), TEXT) <= width), word[:1])


def values(shown: Example, words: Words) -> dict[str, object]:
    """Return what the text says of the example: a word, its tag and probability, and the names."""
    names = words.listed(f"{kind} {markdown_escape(text)}" for text, kind in shown.names)
    n = shown.told
    return {
        "word": markdown_escape(shown.words[n]),
        "tag": inline_code(shown.tags[n]),
        "probability": probability(shown.sure[n]),
        "names": Markdown(names) or "–",
        "sentence": markdown_escape(" ".join(shown.words)),
    }
