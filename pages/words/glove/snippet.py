"""The code behind what is on the screen of the lesson."""

from __future__ import annotations

from typing import Any


def counts(text: str, window: int, by_distance: bool) -> str:
    """Return the lines that print the matrix of a text."""
    return f"""from nlpcore.words.glove_reading import read_cooccurrences

counted = read_cooccurrences({text!r}, window={window}, by_distance={by_distance}).counted
print(counted.words)
print(counted.dense().round(2))
"""


def learn(text: str, steps: int, settings: dict[str, Any]) -> str:
    """Return the lines that train as the screen does, and print the objective and the vectors."""
    return f"""from nlpcore.words.glove_reading import learn_small_glove

settings = {settings!r}
state = learn_small_glove({text!r}, steps={steps}, **settings).shown
print(round(state.terms.objective, 4))
print(state.counted.words)
print(state.parameters.vectors.round(2))
"""


def ratio(text: str, words: tuple[str, ...], probes: tuple[str, ...], window: int, by_distance: bool) -> str:
    """Return the lines that print the ratios of a text."""
    return f"""from nlpcore.words.glove_reading import cooccurrence_ratios

found = cooccurrence_ratios({text!r}, words={words!r}, probes={probes!r}, window={window}, by_distance={by_distance})
print(found.probabilities)
print(dict(zip(found.probes, found.ratios)))
"""


def text(corpus: str, steps: int, settings: dict[str, Any], watched: tuple[str, ...]) -> str:
    """Return the lines that learn a text as the screen does, and print the nearest words.

    ``corpus`` is its id in the catalogue; "" for a file of the learner's own.
    """
    own = """from pathlib import Path

from nlpcore.words.glove_text import learn_glove
from nlpcore.words.texts import decoded, prepare

text = prepare(decoded(Path("my-text.txt").read_bytes()))
"""
    listed = f"""from nlpcore.words.glove_text import learn_glove
from nlpcore.words.texts import prepared

text = prepared({corpus!r})
"""
    return f"""{listed if corpus else own}learnt = learn_glove(text.lines, steps={steps}, **{settings!r}).shown
for word in {watched!r}:
    if word in learnt.words:
        print(word, [near.word for near in learnt.nearest(word, 5)])
"""


def compare(passes: int, epochs: int) -> str:
    """Return the lines that compare GloVe and Word2Vec on one text; they take about a minute."""
    return f"""from nlpcore.words.rivals import compare_rivals
from nlpcore.words.similarity import correlation
from nlpcore.words.texts import prepared

text = prepared("wikitext-2")
for result in compare_rivals(text.lines, dimensions=50, window=5, epochs={epochs}, passes={passes}).results:
    print(result.rival, round(result.seconds, 1), [correlation(judged) for judged in result.judged])
"""
