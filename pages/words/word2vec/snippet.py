"""The code behind what is on the screen of the lesson."""

from __future__ import annotations

from typing import Any


def windows(words: tuple[str, ...], size: int, sample: float) -> str:
    """Return the lines that print the windows of a text, its pairs, and what is drawn."""
    return f"""from nlpcore.words.reading import read_windows

reading = read_windows({words!r}, size={size}, sample={sample!r})
for window in reading.windows:
    print(reading.tokens[window.centre], [reading.tokens[place] for place in window.context])
print(reading.pairs, "pairs of skip-gram,", len(reading.tokens), "examples of CBOW")
print(dict(zip(reading.counts.words, reading.noise.round(3))))
print(dict(zip(reading.counts.words, reading.tree.codes)))
"""


def step(words: tuple[str, ...], steps: int, settings: dict[str, Any], word: str) -> str:
    """Return the lines that train as the screen does, and print the matrices and the neighbours of a word."""
    return f"""from nlpcore.words.reading import learn_words, nearest

settings = {settings!r}
run = learn_words({words!r}, steps={steps}, **settings)
print(run.losses[-20:].mean() if run.steps else "not trained yet")
print(run.shown.first.round(2))
print(run.shown.second.round(2))
print(nearest(run.shown, {word!r})[:3])
"""
