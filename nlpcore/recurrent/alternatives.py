"""What if another token stood here? Every frequent token of the vocabulary tried at one step of a reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nlpcore.arrays import Floats, descending, softmax
from nlpcore.errors import LearnerError
from nlpcore.models.serving import served_on
from nlpcore.recurrent.lstm_network import CLASSIFIER, network
from nlpcore.recurrent.reading import MOST_TOKENS, CharacterReading, SentimentReading, read
from nlpcore.recurrent.traces import lstm_step

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

MOST_WORDS = 5000


@dataclass(frozen=True, slots=True)
class Alternatives:
    """One unit's gates, and the output, for every candidate token at one step; the tokens before it are unchanged.

    Attributes:
        step: place of the token that is exchanged, from 0.
        unit: number of the unit whose gates are kept.
        words: the candidates: the most frequent tokens of the vocabulary.
        gates: (4, words): i, f, g, o of the unit.
        cell: (words,): c_t of the unit.
        output: (words,): probability of positive after the token; of a language model, bits of entropy of what follows.
        actual: i, f, g, o of the unit, and the output, at the token that really stands there.
    """

    step: int
    unit: int
    words: tuple[str, ...]
    gates: Floats
    cell: Floats
    output: Floats
    actual: tuple[float, float, float, float, float]

    def column(self, by: str) -> tuple[Floats, float]:
        """Return the values (words,) of i, f, g, o or ``output``, and the one of the token that really stands there."""
        place = ("i", "f", "g", "o", "output").index(by)
        return (self.output if by == "output" else self.gates[place]), self.actual[place]

    def top(self, values: Floats, k: int, lowest: bool = False) -> tuple[tuple[str, float], ...]:
        """Return the ``k`` candidates with the highest (or lowest) of ``values`` (words,)."""
        order = descending(-values if lowest else values)[:k]
        return tuple((self.words[n], float(values[n])) for n in order)


@served_on("lstm")
def alternatives(model: LoadedModel, text: str, step: int, unit: int, limit: int = MOST_TOKENS) -> Alternatives:
    """Try the most frequent tokens at ``step`` (from 0) of ``text``; what follows that step is not read.

    Raises LearnerError ``empty_text``, ``no_such_step`` where the text is shorter, and ValueError for a unit that is not
    there.
    """
    net, reading = network(model), read(model, text, limit)
    if not 0 <= step < len(reading.tokens):
        raise LearnerError("no_such_step", count=len(reading.tokens))
    if not 0 <= unit < net.cell.hidden:
        raise ValueError(f"there is no unit {unit}")
    trace, words = reading.trace, net.vocabulary[2 : 2 + MOST_WORDS]
    pre = net.embedding[2 : 2 + MOST_WORDS] @ net.cell.weight_ih.T + net.cell.bias_ih
    pre = pre.reshape(len(words), 4, -1) + trace.from_hidden[step]
    i, f, g, o, c, h = lstm_step(pre, trace.c_before[step])
    now = float((reading.positive if isinstance(reading, SentimentReading) else reading.signal)[step])
    return Alternatives(
        step=step,
        unit=unit,
        words=words,
        gates=np.stack([gate[:, unit] for gate in (i, f, g, o)]),
        cell=c[:, unit],
        output=_output(model, reading, step, h),
        actual=(*(float(gate[step, unit]) for gate in (trace.i, trace.f, trace.g, trace.o)), now),  # type: ignore[arg-type]
    )


def _output(model: LoadedModel, reading: SentimentReading | CharacterReading, step: int, h: Floats) -> Floats:
    net = network(model)
    if net.architecture != CLASSIFIER:
        probabilities = softmax(net.logits(h))
        return np.asarray(-(probabilities * np.log2(np.maximum(probabilities, 1e-300))).sum(axis=1))
    if net.pooling == "mean":
        h = (reading.trace.h[:step].sum(axis=0) + h) / (step + 1)
    return softmax(net.logits(h))[:, net.labels.index("positive")]
