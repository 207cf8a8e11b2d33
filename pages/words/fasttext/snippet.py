"""The code behind what is on the screen of the lesson."""

from __future__ import annotations

from typing import Any


def ngrams(word: str, least: int, most: int, buckets: int) -> str:
    """Return the lines that print the n-grams of a word with their buckets."""
    return f"""from nlpcore.words.fasttext import word_ngrams

cut = word_ngrams({word!r}, least={least}, most={most}, buckets={buckets})
for ngram, bucket in zip(cut.ngrams, cut.buckets.tolist()):
    print(ngram, bucket)
print(len(cut.ngrams), "n-grams")
"""


def overlap(words: tuple[str, ...], least: int, most: int) -> str:
    """Return the lines that print the share of n-grams that words have in common."""
    return f"""from nlpcore.words.fasttext import overlaps

found = overlaps({words!r}, least={least}, most={most})
print(found.counts)
print((100 * found.shares).round())
"""


def unknown(word: str, steps: int, settings: dict[str, Any]) -> str:
    """Return the lines that train as the screen does, and print the neighbours of a word. ``text.txt``: what is learnt."""
    return f"""from nlpcore.words.fasttext import read_word
from nlpcore.words.fasttext_text import learn_ngrams

text = open("text.txt", encoding="utf-8").read().lower()  # a sentence a line, words apart by blanks
settings = {settings!r}
run = learn_ngrams(text, steps={steps}, **settings)
reading = read_word(run.shown, {word!r})
print(reading.known, f"{{reading.share_seen:.0%}} of its n-grams were seen")
for near in reading.neighbours:
    print(near.word, round(near.cosine, 2), round(near.shared, 2))
"""


def pairs(given: tuple[tuple[str, str], ...], steps: int, settings: dict[str, Any], common: dict[str, Any]) -> str:
    """Return the lines that train as the screen does, and compare words two by two."""
    return f"""from nlpcore.words.fasttext import compare_pair
from nlpcore.words.fasttext_text import learn_ngrams
from nlpcore.words.word2vec_text import learn_text

text = open("text.txt", encoding="utf-8").read().lower()  # a sentence a line, words apart by blanks
common = {common!r}
other = learn_text(text, steps={steps}, **common)
run = learn_ngrams(text, steps={steps}, **common, **{ {name: settings[name] for name in ("shortest", "longest", "buckets")}!r})
for first, second in {given!r}:
    print(compare_pair(run.shown, first, second, other.shown.words, other.state["first"]))
"""
