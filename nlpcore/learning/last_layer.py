"""The last layer of five tasks: from the vector of a text, a word or a place to a score for each class, and softmax of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nlpcore.arrays import Floats, descending, log_softmax
from nlpcore.attention.maps import Encoded, encode
from nlpcore.errors import Note
from nlpcore.models.forward import forward
from nlpcore.models.serving import served_on
from nlpcore.tagging.tagger import tag

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

KEPT = 9  # classes of a decision that are kept, the likeliest first
LONGEST = 40  # tokens that are read


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """One choice among classes.

    Attributes:
        about: the word that it is about; "" for the whole text.
        classes: how many there are to choose from.
        names: of the likeliest, 9 at most, the likeliest first: of the model, or tokens of the text.
        logits: of these.
        probabilities: of these, softmax over all classes.
        rest: the probability of all others together.
        normaliser: ln Σ e^z over all classes, so that p = e^(z − normaliser).
    """

    about: str
    classes: int
    names: tuple[str, ...]
    logits: Floats
    probabilities: Floats
    rest: float
    normaliser: float


@dataclass(frozen=True, slots=True, eq=False)
class LastLayer:
    """What the last layer of a model makes of a text.

    Attributes:
        tokens: how many tokens the model read, [CLS] and [SEP] included.
        width: of the vectors that go in.
        outputs: numbers that come out for each vector: rows of the layer's matrix.
        bias: whether a bias is added.
        vectors: how many vectors of this text go through the layer.
        decisions: each one softmax: one for the text, one for each word, or two (start and end).
        notes: what was changed about the text.
    """

    tokens: int
    width: int
    outputs: int
    bias: bool
    vectors: int
    decisions: tuple[Decision, ...]
    notes: tuple[Note, ...]

    @property
    def parameters(self) -> int:
        """Numbers that the layer has learnt."""
        return self.outputs * (self.width + self.bias)

    @property
    def numbers(self) -> int:
        """Scores that come out for this text."""
        return self.outputs * self.vectors


@served_on("sequence-classifier", "token-classifier", "question-answering", "decoder")
def last_layer(model: LoadedModel, text: str, second: str = "") -> LastLayer:
    """Return the last layer and its softmax for ``text``.

    ``second``: the hypothesis beside the text as premise, for a model of sentence pairs; the question whose answer is looked
    for in the text. Of a token classifier one decision for each word; of a decoder the one about the next token.
    Raises LearnerError ``empty_text``, ``no_tokens``.
    """
    kind = model.entry.kind
    if kind == "token-classifier":
        return _of_words(model, text)
    if kind == "question-answering":
        return _of_places(model, text, second)
    encoded = encode(model, text, second or None, LONGEST)
    if kind == "decoder":
        logits = _scored(model, encoded, model.network.lm_head, slice(-1, None))[
            0
        ]  # it would take long to score them all
        made = [_decision("", logits, _Vocabulary(model.tokenizer))]
        return _made(model.network.lm_head, encoded, len(encoded.ids), made)
    logits = _numbers(forward(model, encoded.ids, encoded.type_ids).logits[0])
    return _made(model.network.classifier, encoded, 1, [_decision("", logits, _labels(model))])


def _scored(model: LoadedModel, encoded: Encoded, layer: Any, tokens: slice) -> Floats:
    """Return what a last layer makes of the states of these tokens: (tokens, outputs)."""
    import torch

    outputs = forward(model, encoded.ids, encoded.type_ids, head=False, wanted=("hidden_states",))
    with torch.inference_mode():
        return _numbers(layer(outputs.hidden_states[-1][0, tokens]))


def _of_words(model: LoadedModel, text: str) -> LastLayer:
    tagging = tag(model, text, max_pieces=LONGEST)
    rows = [(word.text, row) for word, row in zip(tagging.words, tagging.first_piece, strict=True) if row >= 0]
    decisions = [_decision(word, tagging.logits[row], tagging.tag_names) for word, row in rows]
    layer, count = model.network.classifier, len(tagging.pieces)
    return LastLayer(count, layer.in_features, layer.out_features, True, count, tuple(decisions), tagging.notes)


def _of_places(model: LoadedModel, text: str, question: str) -> LastLayer:
    """The classes are the tokens of the text: of its two scores each has one as start and one as end."""
    encoded = encode(model, question, text, LONGEST) if question.strip() else encode(model, text, None, LONGEST)
    scores = _scored(model, encoded, model.network.qa_outputs, slice(None))  # (tokens, 2)
    own = max(encoded.segments)
    rows = [i for i, s in enumerate(encoded.segments) if s == own and not encoded.special[i]]
    names = tuple(encoded.tokens[i] for i in rows)
    decisions = [_decision(about, scores[rows, column], names) for column, about in enumerate(("start", "end"))]
    return _made(model.network.qa_outputs, encoded, len(encoded.ids), decisions)


def _made(layer: Any, encoded: Encoded, vectors: int, decisions: Sequence[Decision]) -> LastLayer:
    return LastLayer(
        len(encoded.ids), layer.in_features, layer.out_features, layer.bias is not None, vectors, tuple(decisions),
        encoded.notes,
    )  # fmt: skip


class _Vocabulary:
    """The names of a decoder's classes: its tokens as they are read."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def __getitem__(self, number: int) -> str:
        text: str = self._tokenizer.decode([number])
        return text


def _labels(model: LoadedModel) -> tuple[str, ...]:
    names = model.network.config.id2label
    return tuple(names[i] for i in sorted(names))


def _decision(about: str, logits: Floats, names: Any) -> Decision:
    best = descending(logits)[:KEPT]
    log_p, normaliser = log_softmax(logits)
    p = np.exp(log_p)
    rest = max(0.0, float(p.sum() - p[best].sum())) if len(best) < len(logits) else 0.0
    return Decision(
        about, len(logits), tuple(str(names[int(i)]) for i in best), logits[best], p[best], rest, normaliser
    )


def _numbers(tensor: Any) -> Floats:
    found: Floats = tensor.double().cpu().numpy()
    return found
