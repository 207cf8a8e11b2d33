"""One step of Word2Vec with every number of it: scores, loss, gradients, and both matrices before and after.

The three ways to a probability (Mikolov et al. 2013a, 2013b; derived in Rong 2014, arXiv:1411.2738): softmax over the whole
vocabulary; the word itself against a few drawn ones; the turns on the word's way through a Huffman tree. In all three a
score is u · h, with h the vector of the word in the middle (skip-gram) or the mean of those around it (CBOW), and u a row of
the second matrix.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nlpcore.arrays import Floats, Integers, softmax
from nlpcore.models.trainings import State, generator_state, restored_generator
from nlpcore.networks.activations import activate
from nlpcore.words.huffman import HuffmanTree, huffman_tree
from nlpcore.words.windows import count_words, noise, windows

_RUNAWAY = 100.0  # no vector that is learnt has such a number


@dataclass(frozen=True, slots=True, eq=False)
class Word2VecStep:
    """What one example does.

    Attributes:
        inputs: rows of the first matrix that were read: one (skip-gram), or those around (CBOW).
        rows: (r,), rows of the second matrix that were scored: words, or nodes of the tree.
        wanted: (r,), what each score's probability should be, 0 or 1.
        hidden: (d,), h.
        scores: (r,), u · h.
        probabilities: (r,): softmax of the scores, or σ of each.
        loss: −ln of what the model gives to all that is wanted.
        by_scores: (r,), ∂L/∂score = probability − wanted.
        by_rows: (r, d), ∂L/∂u.
        by_hidden: (d,), ∂L/∂h.
        by_inputs: (inputs, d), ∂L/∂ each row that was read.
        first, second: both matrices after the step: (words, d), (words or nodes, d).
    """

    inputs: tuple[int, ...]
    rows: Integers
    wanted: Floats
    hidden: Floats
    scores: Floats
    probabilities: Floats
    loss: float
    by_scores: Floats
    by_rows: Floats
    by_hidden: Floats
    by_inputs: Floats
    first: Floats
    second: Floats


def step(
    first: Floats,
    second: Floats,
    inputs: Sequence[int],
    target: int,
    rate: float,
    negatives: Sequence[int] | None = None,
    tree: HuffmanTree | None = None,
) -> Word2VecStep:
    """Take one step of gradient descent on one example.

    Args:
        first: (words, d), the vectors that are kept afterwards.
        second: (words, d), the other matrix; (nodes, d) with a tree.
        inputs: rows that are read: of the word in the middle, or of those around.
        target: the word to be predicted.
        rate: the learning rate.
        negatives: words against which the target is told apart; without these and without a tree, softmax over all words.
        tree: through which the target is reached.

    Raises:
        ValueError: nothing is read, or both negatives and a tree are given.
    """
    if not len(inputs) or (negatives is not None and tree is not None):
        raise ValueError("at least one word is read, and negatives and a tree are two different ways")
    hidden = first[list(inputs)].mean(axis=0)
    if tree is not None:
        rows = np.array(tree.points[target], dtype=np.int64)
        wanted = 1.0 - np.array(tree.codes[target], dtype=np.float64)  # a turn to the left is the 1, as in the program
    elif negatives is not None:
        rows = np.array([target, *negatives], dtype=np.int64)
        wanted = np.array([1.0] + [0.0] * len(negatives))
    else:
        rows = np.arange(len(second))
        wanted = (rows == target).astype(np.float64)
    scores = second[rows] @ hidden
    if tree is None and negatives is None:
        probabilities: Floats = softmax(scores)
        loss = float(np.logaddexp.reduce(scores) - scores[target])
    else:
        probabilities = activate("sigmoid", scores)
        loss = float(np.logaddexp(0, np.where(wanted == 1, -scores, scores)).sum())
    by_scores = probabilities - wanted
    by_rows, by_hidden = np.outer(by_scores, hidden), by_scores @ second[rows]
    by_inputs = np.tile(by_hidden / len(inputs), (len(inputs), 1))
    after_first, after_second = first.copy(), second.copy()
    np.subtract.at(after_second, rows, rate * by_rows)  # a word may be drawn twice
    np.subtract.at(after_first, list(inputs), rate * by_inputs)
    return Word2VecStep(
        tuple(inputs), rows, wanted, hidden, scores, probabilities, loss, by_scores, by_rows, by_hidden, by_inputs,
        after_first, after_second,
    )  # fmt: skip


def examples(tokens: Sequence[str], size: int, skip_gram: bool) -> list[tuple[tuple[int, ...], int]]:
    """Return every example of a text as rows of its vocabulary: what is read, and what is to be predicted."""
    row = {word: number for number, word in enumerate(count_words(tokens).words)}
    found: list[tuple[tuple[int, ...], int]] = []
    for window in windows(tokens, size):
        if skip_gram:
            found += [((row[tokens[centre]],), row[tokens[around]]) for centre, around in window.skip_gram]
        else:
            found += [(tuple(row[tokens[i]] for i in around), row[tokens[centre]]) for around, centre in window.cbow]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Matrices:
    """Both matrices of a training, and what its last step did; None before the first.

    Attributes:
        words: of the rows of ``first``.
        first: (words, d).
        second: (words, d), or (nodes, d) with a tree.
        last: the last step.
    """

    words: tuple[str, ...]
    first: Floats
    second: Floats
    last: Word2VecStep | None = None


class SmallWord2Vec:
    """Word2Vec on a few words, an example a step, drawn evenly: a :class:`nlpcore.models.trainings.Training`.

    ``negatives``: how many are drawn for each example; 0 is softmax over all words, −1 the tree.
    """

    def __init__(
        self,
        tokens: tuple[str, ...],
        size: int,
        skip_gram: bool,
        dimensions: int,
        negatives: int,
        rate: float,
        seed: int,
    ) -> None:
        counts = count_words(tokens)
        self._examples = examples(tokens, size, skip_gram)
        if not self._examples:
            raise ValueError("a text of one word has no example")
        self._words, self._noise = counts.words, noise(counts)
        self._tree = huffman_tree(counts.counts.tolist()) if negatives < 0 else None
        self._negatives, self._rate = negatives, rate
        self._rng = np.random.default_rng(seed)
        rows = len(self._words)
        # As the program begins: small numbers for the vectors, zeros for the other matrix.
        self._first = (self._rng.random((rows, dimensions)) - 0.5) / dimensions
        self._second = np.zeros((rows if self._tree is None else max(rows - 1, 1), dimensions))
        self._last: Word2VecStep | None = None

    def step(self) -> float:
        """Take one step on an example by chance, and return its loss; ∞ once the numbers run away."""
        inputs, target = self._examples[self._rng.integers(len(self._examples))]
        negatives = self._drawn(target) if self._negatives > 0 else None
        with np.errstate(over="ignore", invalid="ignore"):  # of a rate that is too large: the loss says so
            taken = step(self._first, self._second, inputs, target, self._rate, negatives, self._tree)
        self._first, self._second, self._last = taken.first, taken.second, taken
        return taken.loss if float(np.abs(taken.first).max()) < _RUNAWAY else math.inf

    def _drawn(self, target: int) -> list[int]:
        """Return negative samples; one that is the target itself is left out, as in the program."""
        drawn: ArrayLike = self._rng.choice(len(self._words), self._negatives, p=self._noise)
        return [int(word) for word in np.asarray(drawn) if word != target]

    def shown(self) -> Matrices:
        """Return both matrices as they are."""
        return Matrices(self._words, self._first, self._second, self._last)

    def state(self) -> State:
        """Return both matrices, and where the random numbers are."""
        found: Mapping[str, np.ndarray] = {
            "first": self._first,
            "second": self._second,
            "random": generator_state(self._rng),
        }
        return found

    def restore(self, state: State) -> None:
        """Go on from there."""
        self._first, self._second = state["first"], state["second"]
        self._rng = restored_generator(state["random"])
