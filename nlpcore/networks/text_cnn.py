"""A convolutional network for texts (Kim 2014, arXiv 1408.5882), opened: what each filter answers at each place, and its vote.

A filter of width w looks at w neighbouring words: a place's answer is ReLU(b + Σ w ⊙ their vectors). Of each filter the strongest
answer alone goes on (maximum over time), times the weight that the last layer gives it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nlpcore.arrays import Floats, Integers, descending, softmax
from nlpcore.errors import LearnerError, Note
from nlpcore.models.catalogue import Entry
from nlpcore.models.loading import Parts, loader
from nlpcore.models.serving import served_on
from nlpcore.recurrent.reading import unknown_note
from nlpcore.recurrent.word_tokens import PAD, UNKNOWN, word_tokens
from nlpcore.text import clean, language_notes, without_line_break_tags

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

MOST_TOKENS = 200


@dataclass(frozen=True, slots=True, eq=False)
class TextCNN:
    """A trained network as plain arrays.

    Attributes:
        vocabulary: token of each id; "<pad>" and "<unk>" first.
        index: id of each token.
        embedding: (vocabulary, e), that of "<pad>" all 0.
        kernels: of each width w, narrow ones first: (filters, e, w), as torch's ``nn.Conv1d`` has them.
        biases: (filters,) of each width.
        output_weight: (labels, all filters).
        output_bias: (labels,).
        labels: "negative" and "positive".
    """

    vocabulary: tuple[str, ...]
    index: Mapping[str, int]
    embedding: Floats
    kernels: tuple[Floats, ...]
    biases: tuple[Floats, ...]
    output_weight: Floats
    output_bias: Floats
    labels: tuple[str, ...]

    @property
    def widths(self) -> tuple[int, ...]:
        """How many words a filter sees, of each kind of filter."""
        return tuple(kernel.shape[2] for kernel in self.kernels)


@loader("text-cnn")
def _load(_: Entry, folder: Path) -> Parts:
    return Parts(read_text_cnn(folder))


def read_text_cnn(folder: str | os.PathLike[str]) -> TextCNN:
    """Return the network of a folder: model.safetensors, config.json, vocabulary.json.

    Raises ValueError where they do not fit each other.
    """
    from safetensors.numpy import load_file

    folder = Path(folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    vocabulary = tuple(json.loads((folder / "vocabulary.json").read_text(encoding="utf-8")))
    arrays = {name: np.asarray(value, np.float64) for name, value in load_file(folder / "model.safetensors").items()}
    count = len(config["widths"])
    found = TextCNN(
        vocabulary=vocabulary,
        index={token: index for index, token in enumerate(vocabulary)},
        embedding=arrays["embedding.weight"],
        kernels=tuple(arrays[f"convolutions.{place}.weight"] for place in range(count)),
        biases=tuple(arrays[f"convolutions.{place}.bias"] for place in range(count)),
        output_weight=arrays["output.weight"],
        output_bias=arrays["output.bias"],
        labels=tuple(str(label) for label in config["labels"]),
    )
    fits = (
        found.widths == tuple(config["widths"])
        and len(found.embedding) == len(vocabulary)
        and vocabulary[:2] == (PAD, UNKNOWN)
        and all(kernel.shape[1] == found.embedding.shape[1] for kernel in found.kernels)
        and found.output_weight.shape == (len(found.labels), sum(len(bias) for bias in found.biases))
        and "positive" in found.labels
    )
    if not fits:
        raise ValueError("config.json, vocabulary.json and model.safetensors do not fit each other")
    return found


@dataclass(frozen=True, slots=True, eq=False)
class CNNReading:
    """A review as the network has read it.

    Attributes:
        tokens: that were read, filled up with "<pad>" to as many as the widest filter sees.
        known: false where the token is not in the vocabulary and was read as "<unk>".
        widths: (filters,), how many words each filter sees.
        answers: one a filter: (places,), what it answers to the n-gram that begins at each token, 0 or more.
        strongest: (filters,), the maximum of each.
        places: (filters,), the token at which it begins; the first of equal ones.
        votes: (filters,), what each adds to the log-odds of "positive".
        bias: what is there without any filter.
        positive: the probability that the review is positive.
        notes: what was changed about the text.
    """

    tokens: tuple[str, ...]
    known: tuple[bool, ...]
    widths: Integers
    answers: tuple[Floats, ...]
    strongest: Floats
    places: Integers
    votes: Floats
    bias: float
    positive: float
    notes: tuple[Note, ...]

    def ngram(self, number: int, place: int | None = None) -> str:
        """Return the words that filter ``number`` (from 0) sees from token ``place`` on; None is where it answers most."""
        begin = int(self.places[number]) if place is None else place
        return " ".join(self.tokens[begin : begin + int(self.widths[number])])


@served_on("text-cnn")
def read_review(model: LoadedModel, text: str, limit: int = MOST_TOKENS) -> CNNReading:
    """Return what each filter answers at each place of ``text``, and the judgement.

    A review is read as those of the training were, without line break tags. At most ``limit`` tokens are read.
    Raises LearnerError ``empty_text``.
    """
    net: TextCNN = model.network
    cleaned = clean(without_line_break_tags(text))
    given = word_tokens(cleaned.text)
    if not given:
        raise LearnerError("empty_text")
    cut = [Note("cut_tokens", {"kept": limit, "given": len(given)})] if len(given) > limit else []
    tokens = given[:limit]
    known = tuple(token in net.index for token in tokens)
    notes = (
        *cleaned.notes, *language_notes(cleaned.text, model.entry.languages, model.id), *cut, *unknown_note(tokens, known),
    )  # fmt: skip
    missing = max(0, max(net.widths) - len(tokens))
    tokens, known = [*tokens, *[PAD] * missing], (*known, *[True] * missing)
    ids = [net.index.get(token, net.index[UNKNOWN]) for token in tokens]
    return _read(net, tuple(tokens), known, net.embedding[ids], notes)


def _read(
    net: TextCNN, tokens: tuple[str, ...], known: tuple[bool, ...], vectors: Floats, notes: tuple[Note, ...]
) -> CNNReading:
    answers: list[Floats] = []
    widths: list[int] = []
    for kernel, bias in zip(net.kernels, net.biases, strict=True):
        width = kernel.shape[2]
        seen = np.lib.stride_tricks.sliding_window_view(vectors, width, axis=0)  # (places, e, width)
        sums = np.einsum("pew,few->fp", seen, kernel) + bias[:, None]
        answers += list(np.maximum(sums, 0.0))
        widths += [width] * len(kernel)
    strongest = np.array([each.max() for each in answers])
    logits = net.output_weight @ strongest + net.output_bias
    at = net.labels.index("positive")
    weights, bias = net.output_weight[at] - net.output_weight[1 - at], net.output_bias[at] - net.output_bias[1 - at]
    return CNNReading(
        tokens, known, np.array(widths), tuple(answers), strongest, np.array([int(each.argmax()) for each in answers]),
        weights * strongest, float(bias), float(softmax(logits)[at]), notes,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fired:
    """An n-gram of some review.

    Attributes:
        ngram: its words.
        review: of which review, from 0.
        answer: what the filter says to it.
    """

    ngram: str
    review: int
    answer: float


@served_on("text-cnn")
def fired(model: LoadedModel, texts: Sequence[str], number: int, most: int = 8) -> tuple[Fired, ...]:
    """Return the different n-grams of several reviews to which filter ``number`` (from 0) answers most, the strongest first.

    Those that it does not answer to are left out. Raises LearnerError ``empty_text``, ValueError for a filter that there is not.
    """
    found: dict[str, Fired] = {}
    for review, text in enumerate(texts):
        reading = read_review(model, text)
        if not 0 <= number < len(reading.widths):
            raise ValueError(f"filters are 0 to {len(reading.widths) - 1}")
        for place, answer in enumerate(reading.answers[number].tolist()):
            ngram = reading.ngram(number, place)
            if answer > 0 and (ngram not in found or found[ngram].answer < answer):
                found[ngram] = Fired(ngram, review, answer)
    ranked = list(found.values())
    order: Any = descending(np.array([each.answer for each in ranked])) if ranked else []
    return tuple(ranked[place] for place in list(order)[:most])
