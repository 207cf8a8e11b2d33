"""Made-up traces for the tagging lesson's tests: random scores, with entities and paths that are drawn."""

from __future__ import annotations

import numpy as np
import scipy.special

from nlpcore.tagging import ChineseTagging, Span, Tagging, Word
from nlpcore.tagging.lac import segment
from nlpcore.tagging.tagger import Entity, Piece
from nlpcore.tagging.viterbi import viterbi

TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
CHINESE_TAGS = ("B-n", "I-n", "B-PER", "I-PER", "O")
TOKENS = ("Ana", "met", "*x*", "<b>", "Oslo", "$y$", "in")
CHARACTERS = "长春市节致辞*<"


def tagging(rng: np.random.Generator, spans: tuple[Span, ...] | None = None, scale: float = 3.0) -> Tagging:
    """A tagged sentence in which every word is one piece; its entities are ``spans``, or drawn."""
    tokens = tuple(rng.choice(TOKENS, size=6).tolist())
    starts = np.cumsum([0, *(len(token) + 1 for token in tokens)])
    words = tuple(Word(token, int(s), int(s) + len(token)) for token, s in zip(tokens, starts, strict=False))
    text = " ".join(tokens)
    logits = rng.normal(scale=scale, size=(len(tokens), len(TAGS)))
    if spans is None:
        spans = tuple(Span(n, n + 1, str(rng.choice(["PER", "LOC"]))) for n in range(6) if rng.random() < 0.25)
    entities = tuple(
        Entity(a.start, b.end, span.type, text[a.start : b.end], 0.5, span)
        for span in spans
        for a, b in [(words[span.start], words[span.end - 1])]
    )
    pieces = tuple(Piece(word.text, n, n, True, word.start, word.end) for n, word in enumerate(words))
    greedy = tuple(TAGS[k] for k in logits.argmax(axis=1))
    return Tagging(
        text, words, pieces, TAGS, logits, scipy.special.softmax(logits, axis=1), tuple(range(len(words))),
        greedy, (), greedy, "greedy", entities, (),
    )  # fmt: skip


def chinese(rng: np.random.Generator, count: int | None = None, alone: tuple[str, ...] = ()) -> ChineseTagging:
    """A lattice of random scores over a few characters; ``alone``: instead of the highest emissions, for questions."""
    count, k = count or int(rng.integers(1, 6)), len(CHINESE_TAGS)
    characters = tuple(rng.choice(list(CHARACTERS), size=count).tolist())
    emissions = rng.normal(scale=float(rng.choice([0.5, 2.0])), size=(count, k))
    lattice = viterbi(emissions, rng.normal(size=(k, k)), rng.normal(size=k), rng.normal(size=k))
    tags = tuple(CHINESE_TAGS[n] for n in lattice.path)
    by_itself = alone or tuple(CHINESE_TAGS[n] for n in emissions.argmax(axis=1))
    known = (True,) * count
    return ChineseTagging(
        "".join(characters), characters, tuple(range(count)), ((0, count),), known, CHINESE_TAGS, lattice, 1.0, tags, by_itself,
        segment(characters, tags), (), (),
    )  # fmt: skip
