"""The code behind what is on the screen of the lesson."""

from __future__ import annotations

from typing import Any

from nlpcore.words.texts import PreparedText


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


def text(of: PreparedText, corpus: str, steps: int, settings: dict[str, Any], word: str) -> str:
    """Return the lines that learn a whole text as the screen does, and print the nearest words of one.

    ``corpus`` is its id in the catalogue; for a file of the learner's own the code names a file.
    """
    own = """from pathlib import Path

from nlpcore.words.texts import decoded, prepare
from nlpcore.words.word2vec_text import learn_text

text = prepare(decoded(Path("my-text.txt").read_bytes()))
"""
    listed = f"""from nlpcore.words.texts import prepared
from nlpcore.words.word2vec_text import learn_text

text = prepared({corpus!r})
"""
    return f"""{listed if corpus else own}print(text.words, "words")
run = learn_text(text.lines, steps={steps}, **{settings!r})
print(run.steps, "steps, loss", run.losses[-20:].mean() if run.steps else "–")
print(run.shown.nearest({word!r}) if {word!r} in run.shown.words else "not learnt")
"""
