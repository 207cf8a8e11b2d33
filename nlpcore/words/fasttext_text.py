"""FastText on a text, trained by gensim's own inner loop, a batch a step: so that it can be watched, stopped and continued.

The same batches, learning rates and random numbers as ``gensim.models.FastText.train`` with one worker, and the same vectors
bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
import scipy.sparse

from nlpcore.arrays import Floats, Integers, Singles
from nlpcore.errors import LearnerError
from nlpcore.models.serving import served
from nlpcore.models.trainings import Run, State, train
from nlpcore.words.fasttext import BUCKETS, LEAST, MOST, NgramVectors
from nlpcore.words.windows import WordCounts, count_words, noise
from nlpcore.words.word2vec_text import LAST_RATE, Architecture, TextSettings, batches, sentences_of

_EXAMPLES = 400  # of the loss, always the same


@dataclass(frozen=True, slots=True)
class NgramSettings:
    """How a text is learnt.

    Attributes:
        words: what Word2Vec has too; ``negatives`` is at least 1.
        shortest, longest: characters of an n-gram.
        buckets: rows that all n-grams share.
    """

    words: TextSettings
    shortest: int = LEAST
    longest: int = MOST
    buckets: int = BUCKETS

    def __post_init__(self) -> None:
        if not (1 <= self.shortest <= self.longest and self.buckets >= 1 and self.words.negatives >= 1):
            raise ValueError(f"no such training: {self}")


class TextFastText:
    """A :class:`nlpcore.models.trainings.Training`; a step is a batch of about 10,000 words.

    ``text`` has a sentence a line, its words apart by blanks. Raises LearnerError ``text_without_words`` where fewer than two
    words occur as often as ``settings.words.at_least``.
    """

    def __init__(self, text: str, settings: NgramSettings) -> None:
        from gensim.models import FastText  # 60 MB, which a server has no use for: its workers train
        from gensim.models.fasttext_inner import train_batch_any

        common, sentences = settings.words, sentences_of(text)
        counts = count_words(chain.from_iterable(sentences), common.at_least)
        if len(counts.words) < 2:
            raise LearnerError("text_without_words", times=common.at_least)
        model = FastText(
            vector_size=common.dimensions, window=common.window, min_count=common.at_least, seed=common.seed,
            sg=int(common.architecture == "skip_gram"), hs=0, negative=common.negatives, sample=common.sample,
            alpha=common.rate, min_alpha=LAST_RATE, workers=1, epochs=common.epochs, min_n=settings.shortest,
            max_n=settings.longest, bucket=settings.buckets,
        )  # fmt: skip
        model.build_vocab(sentences)
        self._model, self._settings, self._sentences = model, settings, sentences
        self._batches, self._train_batch = batches(map(len, sentences)), train_batch_any
        self._work, self._sum = (np.zeros(common.dimensions, dtype=np.float32) for _ in range(2))
        self._taken = 0
        self._mean = _averaging(model.wv.buckets_word, settings.buckets)
        self._tried = _examples(sentences, model.wv.key_to_index, counts, common)

    @property
    def steps(self) -> int:
        """How many batches all epochs have."""
        return len(self._batches) * self._settings.words.epochs

    def step(self) -> float | None:
        """Train on the next batch; return the mean loss of some examples that are always the same, None at the end."""
        if self._taken == self.steps:
            return None
        common = self._settings.words
        epoch, batch = divmod(self._taken, len(self._batches))
        first, end = self._batches[batch]
        progress = (epoch + first / len(self._sentences)) / common.epochs
        rate = max(LAST_RATE, common.rate - (common.rate - LAST_RATE) * progress)
        self._train_batch(self._model, self._sentences[first:end], rate, self._work, self._sum)
        self._taken += 1
        return self._loss()

    def _loss(self) -> float:
        """Return −ln σ(u · v) of the right word and −ln σ(−u · v) of the drawn ones, on average over the examples."""
        vectors = self._vectors()
        inputs, targets = self._tried
        scores = np.einsum("nd,nkd->nk", vectors[inputs], self._model.syn1neg[targets]).astype(np.float64)
        scores[:, 1:] *= -1
        return float(np.logaddexp(0, -scores).sum(axis=1).mean())

    def _vectors(self) -> Singles:
        """Return the vector of each word, the mean of its own row and those of its buckets: (words, d)."""
        weights, lengths = self._mean
        found: Singles = ((self._model.wv.vectors_vocab + weights @ self._model.wv.vectors_ngrams) / lengths).astype(
            np.float32
        )
        return found

    def shown(self) -> NgramVectors:
        """Return all vectors as they are."""
        wv, settings = self._model.wv, self._settings
        done = min(1.0, self._taken / self.steps)
        return NgramVectors(
            tuple(wv.index_to_key), done, settings.shortest, settings.longest, self._vectors(), wv.vectors_vocab.copy(),
            wv.vectors_ngrams.copy(),
        )  # fmt: skip

    def state(self) -> State:
        """Return the matrices, how many batches were taken, and where the random numbers are."""
        _, numbers, place, *_ = self._model.random.get_state()
        return {
            "words": self._model.wv.vectors_vocab.copy(),
            "ngrams": self._model.wv.vectors_ngrams.copy(),
            "second": self._model.syn1neg.copy(),
            "taken": np.array(self._taken),
            "random": np.append(numbers, np.uint32(place)),
        }

    def restore(self, state: State) -> None:
        """Go on from there."""
        self._model.wv.vectors_vocab[:] = state["words"]
        self._model.wv.vectors_ngrams[:] = state["ngrams"]
        self._model.syn1neg[:] = state["second"]
        self._taken = int(state["taken"])
        self._model.random.set_state(("MT19937", state["random"][:-1], int(state["random"][-1]), 0, 0.0))


def _averaging(buckets: list[np.ndarray], count: int) -> tuple[scipy.sparse.csr_matrix, Singles]:
    """Return how often each word has each bucket, (words, buckets), and of how many rows its vector is the mean, (words, 1)."""
    lengths = np.array([len(each) for each in buckets])
    places = np.concatenate([*buckets, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    ones = np.ones(len(places), dtype=np.float32)
    weights = scipy.sparse.csr_matrix((ones, places, starts), shape=(len(buckets), count))
    return weights, (lengths[:, None] + 1).astype(np.float32)


def _examples(
    sentences: list[list[str]], index: dict[str, int], counts: WordCounts, settings: TextSettings
) -> tuple[Integers, Integers]:
    """Return examples of which the loss is told: words (n,), and for each one near it and drawn ones (n, 1 + negatives)."""
    rng = np.random.default_rng(settings.seed)
    kept = [rows for rows in ([index[word] for word in each if word in index] for each in sentences) if len(rows) > 1]
    inputs, targets = [], []
    shares: Floats = noise(counts)
    drawn = np.array([index[word] for word in counts.words])
    for number in rng.integers(len(kept), size=_EXAMPLES).tolist() if kept else ():
        rows = kept[number]
        at = int(rng.integers(len(rows)))
        near = [j for j in range(at - settings.window, at + settings.window + 1) if 0 <= j < len(rows) and j != at]
        inputs.append(rows[at])
        negatives = drawn[rng.choice(len(drawn), settings.negatives, p=shares)].tolist()
        targets.append([rows[near[int(rng.integers(len(near)))]], *negatives])
    if not inputs:  # each word stands in a line of its own
        inputs, targets = [0], [[1] * (1 + settings.negatives)]
    return np.array(inputs, dtype=np.int64), np.array(targets, dtype=np.int64)


@served
def learn_ngrams(
    text: str,
    steps: int,
    architecture: Architecture = "skip_gram",
    dimensions: int = 32,
    window: int = 5,
    negatives: int = 5,
    sample: float = 1e-3,
    at_least: int = 5,
    epochs: int = 5,
    rate: float = 0.1,
    seed: int = 1,
    shortest: int = LEAST,
    longest: int = MOST,
    buckets: int = BUCKETS,
) -> Run:
    """Return FastText on a text after so many batches, at most all of its epochs; see :class:`TextFastText`.

    ``shown`` of the run are :class:`nlpcore.words.fasttext.NgramVectors`. Raises LearnerError ``text_without_words``,
    ValueError for settings with which there is no training.
    """
    common = TextSettings(architecture, dimensions, window, negatives, sample, at_least, epochs, rate, seed)
    return train(TextFastText, (text, NgramSettings(common, shortest, longest, buckets)), steps)
