"""Short messages of two classes, unwanted ones (spam) and others, as bags of words. All of them were written for this project."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nlpcore.arguments import check_option
from nlpcore.arrays import Floats, Integers
from nlpcore.models.serving import served

Language = Literal["en", "zh"]
MOST_MESSAGES = 80  # to learn from; the other 40 are held back


@dataclass(frozen=True, slots=True, eq=False)
class Messages:
    """Messages in the order in which they were drawn: the first ones are learnt from, the last 40 are held back.

    Attributes:
        texts: their words, with a space between two, in Chinese too.
        classes: (n,), the label: 1 for spam.
        count: how many of the first are learnt from.
        wrong: (n,), whether the label was turned round; never among those that are held back.
        words: the vocabulary: every word of those, by the alphabet.
        bags: (n, words), how often each message has each word; what is not in the vocabulary is not counted.
    """

    texts: tuple[str, ...]
    classes: Integers
    count: int
    wrong: NDArray[np.bool_]
    words: tuple[str, ...]
    bags: Floats

    @property
    def held_back(self) -> slice:
        """Which ones nothing is learnt from."""
        return slice(MOST_MESSAGES, None)


@cache
def _read(language: Language) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the classes and the texts of the 120 messages of a language."""
    lines = Path(__file__).with_name(f"messages.{language}.txt").read_text(encoding="utf-8").splitlines()
    kinds, texts = zip(*(line.split("\t") for line in lines), strict=True)
    return kinds, texts


@served
def draw_messages(language: Language = "en", count: int = 40, noise: float = 0.15, seed: int = 1) -> Messages:
    """Draw ``count`` messages to learn from (2 to 80) and 40 that are held back, half of each class as far as that goes.

    ``noise``: the share of those learnt from that get the wrong label, as by a hasty hand; 0 to 0.5. Raises ValueError for
    another language, or a share outside of that.
    """
    if not 0 <= noise <= 0.5:
        raise ValueError("a share of wrong labels is from 0 to 0.5")
    check_option("language", language, Language)
    kinds, texts = _read(language)
    count = max(2, min(count, MOST_MESSAGES))
    rng = np.random.default_rng(seed)
    spam, ham = (rng.permutation([i for i, kind in enumerate(kinds) if kind == each]) for each in ("spam", "ham"))
    order = np.column_stack([spam, ham]).ravel()  # by turns: so many of one as of the other are learnt from
    drawn = [texts[i] for i in order]
    counts = [Counter(text.split()) for text in drawn]
    words = sorted(set().union(*counts[:count]))
    bags = np.array([[each[word] for word in words] for each in counts], dtype=np.float64)
    wrong = np.zeros(len(drawn), dtype=bool)
    wrong[rng.permutation(count)[: round(noise * count)]] = True
    classes = np.array([kinds[i] == "spam" for i in order], dtype=np.int64) ^ wrong
    return Messages(tuple(drawn), classes, count, wrong, tuple(words), bags)
