"""Word2Vec on a text, trained by gensim's own inner loop, a batch a step: so that it can be watched, stopped and continued.

The same batches, learning rates and random numbers as ``gensim.models.Word2Vec.train`` with one worker, and the same vectors
bit for bit.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Literal

import numpy as np

from nlpcore.arguments import check_option
from nlpcore.arrays import Singles
from nlpcore.errors import LearnerError
from nlpcore.models.serving import served
from nlpcore.models.trainings import Run, State, train
from nlpcore.words.nearest import nearest_words
from nlpcore.words.table import Neighbour
from nlpcore.words.windows import count_words, words_of

Architecture = Literal["cbow", "skip_gram"]
_FREQUENT = 1000
MOST_IN_BATCH = 10_000  # words; gensim's own bound, beyond which it reads nothing of a sentence
LAST_RATE = 0.0001  # of the learning rate, which falls in a straight line, as in the program of Mikolov et al.


@dataclass(frozen=True, slots=True)
class TextSettings:
    """How a text is learnt. ValueError for a value with which there is no training.

    Attributes:
        architecture: "cbow" or "skip_gram" (Mikolov et al. 2013a).
        dimensions: of the vectors.
        window: words to each side at most; each time a size up to it is drawn, as in the program.
        negatives: how many words are drawn against each; 0 is hierarchical softmax (2013b).
        sample: threshold of subsampling, see :func:`nlpcore.words.windows.kept_share`.
        at_least: rarer words are left out.
        epochs: how often the text is read.
        rate: the learning rate at the beginning.
        seed: of the first vectors, and of what is drawn.
    """

    architecture: Architecture = "cbow"
    dimensions: int = 50
    window: int = 5
    negatives: int = 5
    sample: float = 1e-3
    at_least: int = 5
    epochs: int = 5
    rate: float = 0.025
    seed: int = 0

    def __post_init__(self) -> None:
        check_option("architecture", self.architecture, Architecture)
        if min(self.dimensions, self.window, self.at_least, self.epochs) < 1 or self.negatives < 0:
            raise ValueError(f"no such training: {self}")
        if not (0 <= self.sample < 1 and self.rate > 0):
            raise ValueError(f"no such training: {self}")


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What has been learnt of a text so far.

    Attributes:
        words: all that have a vector, the most frequent first.
        done: how much of the training, 0 to 1.
        vectors: (words, dimensions), read-only.
    """

    words: tuple[str, ...]
    done: float
    vectors: Singles

    def nearest(self, word: str, most: int = 10) -> tuple[Neighbour, ...]:
        """Return the words with the largest cosines to ``word``, the nearest first. Raises ValueError for an unknown word."""
        return nearest_words(self.words, self.vectors, self.words.index(word), most)

    def as_text(self) -> str:
        """Return the vectors in the form of the program of Mikolov et al.: how many and how long, then a word a line."""
        rows = (
            " ".join((word, *(f"{x:.6g}" for x in row))) for word, row in zip(self.words, self.vectors, strict=True)
        )
        return "\n".join((f"{len(self.words)} {self.vectors.shape[1]}", *rows, ""))


@dataclass(frozen=True, slots=True)
class TextCounts:
    """A text before it is learnt.

    Attributes:
        words: how many it has, repeated ones too.
        distinct: how many different ones.
        kept: how many of those occur often enough to get a vector.
        kept_share: of all words of the text, repeated ones too, how many are one of these; 0 to 1.
        batches: that gensim makes of it, which is how many steps an epoch has.
        frequent: the most frequent of those that are kept, at most 1,000, the most frequent first.
    """

    words: int
    distinct: int
    kept: int
    kept_share: float
    batches: int
    frequent: tuple[str, ...]


class TextWord2Vec:
    """A :class:`nlpcore.models.trainings.Training`; a step is a batch of about 10,000 words.

    ``text`` has a sentence a line, its words apart by blanks. Raises LearnerError ``text_without_words`` where fewer than two
    words occur as often as ``settings.at_least``.
    """

    def __init__(self, text: str, settings: TextSettings) -> None:
        from gensim.models import Word2Vec  # 60 MB, which a server has no use for: its workers train
        from gensim.models.word2vec_inner import train_batch_cbow, train_batch_sg

        sentences = sentences_of(text)
        if len(count_words(chain.from_iterable(sentences), settings.at_least).words) < 2:
            raise LearnerError("text_without_words", times=settings.at_least)
        model = Word2Vec(
            vector_size=settings.dimensions, window=settings.window, min_count=settings.at_least, seed=settings.seed,
            sg=int(settings.architecture == "skip_gram"), hs=int(settings.negatives == 0), negative=settings.negatives,
            sample=settings.sample, alpha=settings.rate, min_alpha=LAST_RATE, workers=1, epochs=settings.epochs,
        )  # fmt: skip
        model.build_vocab(sentences)
        model.compute_loss, model.running_training_loss = True, 0.0
        self._model, self._settings, self._sentences = model, settings, sentences
        self._batches = batches(map(len, sentences))
        self._skip_gram, self._cbow = train_batch_sg, train_batch_cbow
        self._second = "syn1neg" if settings.negatives else "syn1"
        self._work, self._sum = (np.zeros(settings.dimensions, dtype=np.float32) for _ in range(2))
        self._taken = 0

    @property
    def steps(self) -> int:
        """How many batches all epochs have."""
        return len(self._batches) * self._settings.epochs

    def step(self) -> float | None:
        """Train on the next batch, and return the loss of a word of it on average; None once all epochs are over."""
        if self._taken == self.steps:
            return None
        epoch, batch = divmod(self._taken, len(self._batches))
        first, end = self._batches[batch]
        sentences = self._sentences[first:end]
        progress = (epoch + first / len(self._sentences)) / self._settings.epochs
        rate = max(LAST_RATE, self._settings.rate - (self._settings.rate - LAST_RATE) * progress)
        self._model.running_training_loss = 0.0
        if self._settings.architecture == "skip_gram":
            trained = self._skip_gram(self._model, sentences, rate, self._work, True)
        else:
            trained = self._cbow(self._model, sentences, rate, self._work, self._sum, True)
        self._taken += 1
        return float(self._model.running_training_loss) / max(int(trained), 1)

    def shown(self) -> Learnt:
        """Return the words and their vectors."""
        vectors = self._model.wv.vectors.copy()
        vectors.flags.writeable = False
        return Learnt(tuple(self._model.wv.index_to_key), min(1.0, self._taken / self.steps), vectors)

    def state(self) -> State:
        """Return both matrices, how many batches were taken, and where the random numbers are."""
        _, numbers, place, *_ = self._model.random.get_state()
        return {
            "first": self._model.wv.vectors.copy(),
            "second": getattr(self._model, self._second).copy(),
            "taken": np.array(self._taken),
            "random": np.append(numbers, np.uint32(place)),
        }

    def restore(self, state: State) -> None:
        """Go on from there."""
        self._model.wv.vectors[:] = state["first"]
        getattr(self._model, self._second)[:] = state["second"]
        self._taken = int(state["taken"])
        self._model.random.set_state(("MT19937", state["random"][:-1], int(state["random"][-1]), 0, 0.0))


def sentences_of(text: str) -> list[list[str]]:
    """Return the words of each line, of a word that occurs again the same string: a text is mostly such.

    gensim reads no more than MOST_IN_BATCH words of a sentence, so longer ones are several.
    """
    found: list[list[str]] = []
    for line in text.split("\n"):
        words = list(map(sys.intern, line.split()))
        found += [words[at : at + MOST_IN_BATCH] for at in range(0, len(words), MOST_IN_BATCH)]
    return found


def batches(lengths: Iterable[int]) -> list[tuple[int, int]]:
    """Return gensim's batches of sentences of so many words, MOST_IN_BATCH words at most: the first sentence, and the end."""
    found: list[tuple[int, int]] = []
    first, size, end = 0, 0, -1
    for end, length in enumerate(lengths):
        if end > first and size + length > MOST_IN_BATCH:
            found.append((first, end))
            first, size = end, 0
        size += length
    return [*found, (first, end + 1)]


@served
def count_text(text: str, at_least: int = 5) -> TextCounts:
    """Return what a training will make of a text, a sentence a line and its words apart by blanks.

    Raises LearnerError ``text_without_words`` as the training does.
    """
    everything = count_words(words_of(text))
    kept = int((everything.counts >= at_least).sum())
    if kept < 2:
        raise LearnerError("text_without_words", times=at_least)
    share = float(everything.counts[:kept].sum()) / everything.total
    frequent = everything.words[: min(kept, _FREQUENT)]
    steps = len(batches(map(len, sentences_of(text))))
    return TextCounts(everything.total, len(everything.words), kept, share, steps, frequent)


@served
def learn_text(
    text: str,
    steps: int,
    architecture: Architecture = "cbow",
    dimensions: int = 50,
    window: int = 5,
    negatives: int = 5,
    sample: float = 1e-3,
    at_least: int = 5,
    epochs: int = 5,
    rate: float = 0.025,
    seed: int = 0,
) -> Run:
    """Return Word2Vec on a text after so many batches, at most all of its epochs; see :class:`TextWord2Vec`.

    ``shown`` of the run is a :class:`Learnt`. Raises LearnerError ``text_without_words``, ValueError for settings with which
    there is no training.
    """
    settings = TextSettings(architecture, dimensions, window, negatives, sample, at_least, epochs, rate, seed)
    return train(TextWord2Vec, (text, settings), steps)
