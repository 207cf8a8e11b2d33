"""What the two small trained LSTMs make of a text, token after token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nlpcore.arrays import Floats, descending, softmax
from nlpcore.errors import LearnerError, Note
from nlpcore.graphemes import graphemes
from nlpcore.models.errors import ModelUnsuitable
from nlpcore.models.serving import served_on
from nlpcore.recurrent.lstm_network import CLASSIFIER, LANGUAGE_MODEL, LSTMNetwork, network
from nlpcore.recurrent.traces import LSTMTrace, trace_lstm
from nlpcore.recurrent.word_tokens import word_tokens
from nlpcore.text import clean, language_notes, the_first, without_line_break_tags

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

MOST_TOKENS = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as an LSTM has read it.

    Attributes:
        tokens: the tokens that were read, as the learner wrote them apart from upper case.
        known: false where the token is not in the vocabulary and was read as "<unk>".
        trace: all gates and states, one step a token.
        notes: what was changed about the input.
    """

    tokens: tuple[str, ...]
    known: tuple[bool, ...]
    trace: LSTMTrace
    notes: tuple[Note, ...]

    @property
    def signal(self) -> Floats:
        """(steps,): the one number that stands for the output after each token; here ‖h_t‖."""
        return np.asarray(np.linalg.norm(self.trace.h, axis=1))


@dataclass(frozen=True, slots=True)
class SentimentReading(Reading):
    """A film review with the classifier's judgement after every token.

    Attributes:
        logits: (steps, labels): output layer on the pooled hidden state.
        labels: names of the columns of ``logits``.
    """

    logits: Floats
    labels: tuple[str, ...]

    @property
    def probabilities(self) -> Floats:
        """(steps, labels): softmax of the logits; each row sums to 1."""
        return softmax(self.logits)

    @property
    def positive(self) -> Floats:
        """(steps,): probability that the review is positive, after each token."""
        return self.probabilities[:, self.labels.index("positive")]

    @property
    def signal(self) -> Floats:
        """(steps,): log-odds of positive, log p/(1-p): unbounded, so equal steps are equal evidence."""
        at = self.labels.index("positive")
        others = np.delete(self.logits, at, axis=1)
        return np.asarray(self.logits[:, at] - np.logaddexp.reduce(others, axis=1))


@dataclass(frozen=True, slots=True)
class CharacterReading(Reading):
    """A text with the language model's expectation of the next character after every character.

    Attributes:
        vocabulary: character of each column of ``probabilities``.
        probabilities: (steps, vocabulary): probability of each next character, after each character; each row sums to
            1.
        bits: (steps,): -log2 of the probability that a character had when it came; nan for the first and for unknown
            ones.
    """

    vocabulary: tuple[str, ...]
    probabilities: Floats
    bits: Floats

    @property
    def bits_per_character(self) -> float:
        """The mean of ``bits`` over the characters that have one; nan if there are none (lower: better expected)."""
        here = self.bits[np.isfinite(self.bits)]
        return float(here.mean()) if len(here) else float("nan")

    @property
    def signal(self) -> Floats:
        """(steps,): entropy of the next character in bits: 0 for certain, log2 of the vocabulary for no idea."""
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(self.probabilities > 0, self.probabilities * np.log2(self.probabilities), 0.0)
        return np.asarray(-terms.sum(axis=1))

    def next(self, step: int, k: int = 5) -> tuple[tuple[str, float], ...]:
        """Return the ``k`` most probable characters after step ``step`` (from 0), with their probabilities."""
        row = self.probabilities[step]
        return tuple((self.vocabulary[i], float(row[i])) for i in descending(row)[:k])


@served_on("lstm")
def read(model: LoadedModel, text: str, limit: int = MOST_TOKENS) -> SentimentReading | CharacterReading:
    """Read ``text`` with whichever of the two kinds of network ``model`` is; at most ``limit`` tokens.

    Raises LearnerError ``empty_text``.
    """
    classifies = network(model).architecture == CLASSIFIER
    return read_sentence(model, text, limit) if classifies else read_characters(model, text, limit)


@served_on("lstm")
def read_sentence(model: LoadedModel, text: str, limit: int = MOST_TOKENS) -> SentimentReading:
    """Return the judgement of an LSTM classifier after every word of ``text``, with the trace behind it.

    A review is read as those of the training were, without line break tags. At most ``limit`` tokens are read.
    Raises LearnerError ``empty_text``, ModelUnsuitable for a language model.
    """
    net = _network(model, CLASSIFIER)
    cleaned = clean(without_line_break_tags(text))
    tokens, notes = _cut(word_tokens(cleaned.text), limit)
    known, trace, unknown = _run(net, tokens)
    return SentimentReading(
        tokens=tuple(tokens),
        known=known,
        trace=trace,
        notes=(*cleaned.notes, *language_notes(cleaned.text, model.entry.languages, model.id), *notes, *unknown),
        logits=net.logits(pooled(trace.h, net.pooling)),
        labels=net.labels,
    )


@served_on("lstm")
def read_characters(model: LoadedModel, text: str, limit: int = MOST_TOKENS) -> CharacterReading:
    """Return what an LSTM language model expects after every character of ``text``, with the trace behind it.

    At most ``limit`` characters are read. One of several code points, such as a flag, is one character, which the network
    does not know. Raises LearnerError ``empty_text``, ModelUnsuitable for a classifier.
    """
    net = _network(model, LANGUAGE_MODEL)
    cleaned = clean(text, lines=True)  # the novels were read with theirs
    tokens, notes = _cut(list(graphemes(cleaned.text)), limit)
    known, trace, unknown = _run(net, tokens)
    probabilities = softmax(net.logits(trace.h))
    return CharacterReading(
        tokens=tuple(tokens),
        known=known,
        trace=trace,
        notes=(*cleaned.notes, *language_notes(cleaned.text, model.entry.languages, model.id), *notes, *unknown),
        vocabulary=net.vocabulary,
        probabilities=probabilities,
        bits=_bits(probabilities, np.array(net.ids(tokens)), known),
    )


def _network(model: LoadedModel, architecture: str) -> LSTMNetwork:
    found = network(model)
    if found.architecture != architecture:
        raise ModelUnsuitable("model_of_another_kind", model=model.id, kind=found.architecture, wanted=architecture)
    return found


def pooled(hidden: Floats, pooling: str) -> Floats:
    """Return what the classifier judges after each step: h_t itself, or the mean of h_1 … h_t; (steps, hidden)."""
    if pooling == "last":
        return hidden
    return np.asarray(np.cumsum(hidden, axis=0) / np.arange(1, len(hidden) + 1)[:, None])


def _cut(tokens: list[str], limit: int) -> tuple[list[str], list[Note]]:
    if not tokens:
        raise LearnerError("empty_text")
    if len(tokens) <= limit:
        return tokens, []
    return tokens[:limit], [Note("cut_tokens", {"kept": limit, "given": len(tokens)})]


def _run(net: LSTMNetwork, tokens: list[str]) -> tuple[tuple[bool, ...], LSTMTrace, list[Note]]:
    known = tuple(token in net.index for token in tokens)
    return known, trace_lstm(net.cell, net.embedding[net.ids(tokens)]), unknown_note(tokens, known)


def unknown_note(tokens: list[str], known: tuple[bool, ...]) -> list[Note]:
    """Return what is said of tokens that are not in the vocabulary: nothing where all are."""
    strangers = dict.fromkeys(token for token, is_known in zip(tokens, known, strict=True) if not is_known)
    if not strangers:
        return []
    if not any(known):
        return [Note("all_unknown")]
    return [
        Note(
            "unknown_tokens",
            {"count": known.count(False), "given": len(tokens), "words": the_first(strangers, 6, between=" ")},
        )
    ]


def _bits(probabilities: Floats, ids: NDArray[np.int64], known: tuple[bool, ...]) -> Floats:
    bits = np.full(len(ids), np.nan)
    with np.errstate(divide="ignore"):
        bits[1:] = -np.log2(probabilities[np.arange(len(ids) - 1), ids[1:]])
    bits[~np.array(known)] = np.nan
    return bits
