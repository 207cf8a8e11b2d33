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


def reading(source: str | None, size: int | None) -> str:
    """Return the lines that read a text: one of the catalogue, or a file; its first ``size`` bytes, or all of it."""
    cut = f'.encode()[:{size}].decode(errors="ignore").rpartition("\\n")[0]' if size else ""
    if source is None:
        return f"""from nlpcore.words.texts import decoded, prepare

lines = prepare(decoded(open("text.txt", "rb").read())).lines{cut}"""
    return f"""from nlpcore.words.texts import prepared

lines = prepared({source!r}).lines{cut}"""


def unknown(word: str, steps: int, settings: dict[str, Any], text: str) -> str:
    """Return the lines that train as the screen does, and print the neighbours of a word; ``text``: those that read it."""
    return f"""from nlpcore.words.fasttext import read_word
from nlpcore.words.fasttext_text import learn_ngrams
{text}
settings = {settings!r}
run = learn_ngrams(lines, steps={steps}, **settings)
reading = read_word(run.shown, {word!r})
print(reading.known, f"{{reading.share_seen:.0%}} of its n-grams were seen")
for near in reading.neighbours:
    print(near.word, round(near.cosine, 2), round(near.shared, 2))
"""


def pairs(
    given: tuple[tuple[str, str], ...], steps: int, own: dict[str, Any], common: dict[str, Any], text: str
) -> str:
    """Return the lines that train as the screen does, and compare words two by two; else as :func:`unknown`."""
    return f"""from nlpcore.words.fasttext import compare_pair
from nlpcore.words.fasttext_text import learn_ngrams
from nlpcore.words.word2vec_text import learn_text
{text}
common = {common!r}
own = {own!r}
run = learn_ngrams(lines, steps={steps}, **common, **own)
other = learn_text(lines, steps={steps}, **common).shown
for first, second in {given!r}:
    print(compare_pair(run.shown, first, second, other.words, other.vectors))
"""
