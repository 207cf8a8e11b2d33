"""A neuron that reads words: logistic regression on word vectors, which tells pleasant words from unpleasant ones.

It learns from about 240 words of each language with their labels (``pleasant_words.yaml``) and judges every word of the table:
that the vectors carry such a direction, and what else lies along it, Caliskan, Bryson & Narayanan (2017) measured.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from nlpcore.arrays import Floats
from nlpcore.errors import LearnerError, Note
from nlpcore.intervals import wilson
from nlpcore.models.serving import served_on
from nlpcore.networks.activations import activate
from nlpcore.text import clean, the_first
from nlpcore.word_lists import split_list
from nlpcore.words.languages import naming_languages
from nlpcore.words.table import VectorTable

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

MOST_WORDS = 12  # that are judged at once
FOLDS = 10
STRENGTH = 1.0  # C of scikit-learn: the inverse of how strongly large weights are held down
_NAMED = 12  # unknown words that a note names one by one
_LISTS = Path(__file__).with_name("pleasant_words.yaml")


@dataclass(frozen=True, slots=True, eq=False)
class WordNeuron:
    """A trained neuron and how good it is.

    Attributes:
        weights: (d,), one for each number of a word vector of length 1.
        bias: b.
        words: m words with labels, from which it has learned.
        pleasant: (m,), their labels.
        held_out: (m,), the probability "pleasant" of each by a neuron that was trained without it: ten times with a tenth of the
            words left out.
        right: how many of these are on the right side of ½.
        low, high: 95 % interval of that share (Wilson 1927).
    """

    weights: Floats
    bias: float
    words: tuple[str, ...]
    pleasant: NDArray[np.bool_]
    held_out: Floats
    right: int
    low: float
    high: float

    @property
    def accuracy(self) -> float:
        """The share of words left out that are judged rightly."""
        return self.right / len(self.words)

    def mistakes(self) -> list[int]:
        """Return the rows of the words that are judged wrongly when left out, the surest first."""
        wrong = np.flatnonzero((self.held_out >= 0.5) != self.pleasant)
        return [int(row) for row in wrong[np.argsort(-np.abs(self.held_out[wrong] - 0.5), kind="stable")]]


@dataclass(frozen=True, slots=True, eq=False)
class WordJudgement:
    """What a neuron says of a learner's words.

    Attributes:
        neuron: which.
        words: n words as they stand in the table, in the order in which they were typed.
        vectors: (n, d), of length 1.
        sums: (n,), z = w · x + b.
        probabilities: (n,), σ(z), of "pleasant".
        learned: (n,), whether the word is one of those from which it learned.
        notes: what was changed about what was typed.
    """

    neuron: WordNeuron
    words: tuple[str, ...]
    vectors: Floats
    sums: Floats
    probabilities: Floats
    learned: NDArray[np.bool_]
    notes: tuple[Note, ...]

    def shares(self, word: int) -> Floats:
        """Return what each of the d numbers adds to a word's sum: (d,); with the bias they give z."""
        found: Floats = self.neuron.weights * self.vectors[word]
        return found


@served_on("word-vectors")
def judge(model: LoadedModel, text: str) -> WordJudgement:
    """Have a neuron, trained on the word vectors ``model``, judge the words in ``text``, up to twelve.

    Raises LearnerError ``neuron_no_words``, ``words_all_unknown`` where none of the words is in the table,
    ``word_other_language`` or ``word_no_language`` where they are in another language.
    """
    languages = model.entry.languages
    try:
        cleaned = clean(text)
    except LearnerError as nothing:  # it is words that are missing here, and no sentence
        raise LearnerError("neuron_no_words") from nothing
    with naming_languages(languages):
        rows, notes = _rows(model.network, split_list(cleaned.text, model.network.index) or (cleaned.text,))
    return judged(model.network, rows, trained(model.network, languages[0]), cleaned.notes + notes)


def judged(
    vectors: VectorTable, rows: Sequence[int], neuron: WordNeuron, notes: tuple[Note, ...] = ()
) -> WordJudgement:
    """Have a ``neuron`` judge words, which ``rows`` of the table hold."""
    unit = _unit(vectors, rows)
    sums = unit @ neuron.weights + neuron.bias
    words = tuple(vectors.words[row] for row in rows)
    learned = np.isin(np.array(words), np.array(neuron.words))
    return WordJudgement(neuron, words, unit, sums, activate("sigmoid", sums), learned, notes)


def trained(vectors: VectorTable, language: str) -> WordNeuron:
    """Return the neuron of a table, trained on the words of a ``language`` ("en" or "zh"): once for each table."""
    return _KEPT.of(vectors, language)


def train(vectors: VectorTable, pleasant: Iterable[str], unpleasant: Iterable[str]) -> WordNeuron:
    """Train a neuron on the words of two lists that are in the table: σ(w · x + b) is the probability of the first list.

    What is made small is the cross-entropy with ½ |w|² / C (scikit-learn's LogisticRegression, C = 1) on vectors of length 1
    times √d, so that their numbers are about 1.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    lists = [[word for word in dict.fromkeys(words) if word in vectors] for words in (pleasant, unpleasant)]
    words = (*lists[0], *lists[1])
    labels = np.array([True] * len(lists[0]) + [False] * len(lists[1]))
    scale = np.sqrt(vectors.dimensions)
    inputs = scale * _unit(vectors, [vectors.row(word) for word in words])
    model = LogisticRegression(C=STRENGTH, tol=1e-8, max_iter=1000)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    held_out = cross_val_predict(model, inputs, labels, cv=folds, method="predict_proba")[:, 1]
    model.fit(inputs, labels)
    right = int(((held_out >= 0.5) == labels).sum())
    low, high = wilson(right / len(words), len(words))
    weights = np.asarray(model.coef_[0] * scale, dtype=np.float64)
    return WordNeuron(weights, float(model.intercept_[0]), words, labels, held_out, right, low, high)


@lru_cache(maxsize=2)
def word_lists(language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the pleasant and the unpleasant words of a language, "en" or "zh". Raises ValueError for another."""
    import yaml

    lists = yaml.safe_load(_LISTS.read_text("utf-8")).get(language)
    if lists is None:
        raise ValueError(f"there are no words of the language {language!r}")
    return tuple(lists["pleasant"].split()), tuple(lists["unpleasant"].split())


def _rows(vectors: VectorTable, words: Sequence[str]) -> tuple[list[int], tuple[Note, ...]]:
    """Return the rows of the known among ``words``, each once, and notes on what was left out."""
    found = {word: vectors.find(word) for word in words}
    rows = list(dict.fromkeys(row for row in found.values() if row is not None))
    unknown = [word for word, row in found.items() if row is None]
    if not rows:
        raise LearnerError("words_all_unknown", unknown=the_first(unknown, _NAMED))
    notes = vectors.read_as(word for word, row in found.items() if row is not None)
    if unknown:
        notes += (Note("words_left_out", {"count": len(unknown), "words": the_first(unknown, _NAMED)}),)
    if len(rows) > MOST_WORDS:
        notes += (Note("map_words_cut", {"kept": MOST_WORDS, "given": len(rows)}),)
    return rows[:MOST_WORDS], notes


def _unit(vectors: VectorTable, rows: Sequence[int]) -> Floats:
    chosen = np.asarray(vectors.vectors[list(rows)], dtype=np.float64)
    unit: Floats = chosen / np.maximum(np.linalg.norm(chosen, axis=1, keepdims=True), 1e-12)
    return unit


class _Kept:
    """The neuron of each table, for as long as the table itself is in memory. Safe for any threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._neurons: WeakKeyDictionary[VectorTable, WordNeuron] = WeakKeyDictionary()

    def of(self, vectors: VectorTable, language: str) -> WordNeuron:
        with self._lock:
            found = self._neurons.get(vectors)
            if found is None:
                found = self._neurons[vectors] = train(vectors, *word_lists(language))
        return found


_KEPT = _Kept()
